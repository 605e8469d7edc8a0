"""The owner's side of a notebook's process: cells go in one by one, what came of each comes out.

Nothing that the process says about a test is believed unless canaries confirm it, and nothing that it does can make
this side wait for ever.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import hashlib
import hmac
import json
import secrets
import shutil
import signal
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from academy.kernels import pool
from academy.kernels.coded import code
from academy.kernels.frames import ANSWER, CHECK, DOUBT, LAST, MORE, SEAL, cut
from academy.kernels.model import Confinement, Excess, Order
from academy.kernels.steps import Answer, Check, Doing, End, Shown, Step
from academy.kernels.warm import NOTEBOOK

__all__ = ["run", "warm_up"]

_LONGEST_ANSWER = 8_000_000
"""Bytes that one cell's process may say."""
_MOST_CHECKS, _MOST_DOUBTS = 20, 20
_GRACE = 2.0
"""Seconds that interrupted code has to stop."""
_START = 30.0
"""Seconds for a process to be there."""


def warm_up(modules: tuple[str, ...]) -> None:
    """Start the warm process for notebooks with these libraries now, so that it is there when it is needed."""
    pool.start(_preload(modules))


def _preload(modules: tuple[str, ...]) -> tuple[str, ...]:
    return (*modules, NOTEBOOK)  # last, so that it finds the libraries as they are


async def run(
    steps: Sequence[Step],
    *,
    files: Path | None,
    confinement: Confinement,
    environment: dict[str, str],
    modules: tuple[str, ...] = (),
    seconds: float = 600.0,
    room: contextlib.AbstractAsyncContextManager[None] | None = None,
) -> list[Shown]:
    """Run the cells of one notebook in a confined process of its own and return what came of each.

    ``files`` is a folder whose content the notebook finds beside itself; it is copied, nothing is ever written to it.
    ``seconds`` limits the notebook as a whole. ``room`` is held while cells run, and not while the process is prepared
    or ended. Raises ``UntrustedCodeRefused`` and ``KernelNotStarted``.
    """
    async with _process(files, confinement, environment, modules) as process, room or contextlib.nullcontext():
        ends = time.monotonic() + seconds
        shown: list[Shown] = []
        for step in steps:
            left = ends - time.monotonic()
            if process.gone or left <= 0:
                shown.append(Shown(end=End.NOT_REACHED))
                continue
            shown.append(await _step(process, step, min(step.seconds, left)))
        return shown


class _Process:
    """A running process and what is left of the conversation with it."""

    def __init__(self, forked: pool.Forked, secret: bytes) -> None:
        self.forked = forked
        self.gone = False
        self.doubts: list[str] = []
        """Why tests in this process are no evidence; nothing takes one back."""
        self.checks: list[Check] = []
        """What was said of the pieces of the present test, in order."""
        self._secret = secret

    async def ask(self, message: bytes) -> None:
        """Send one message. Raises ``OSError`` when nobody is there."""
        self.checks = []
        for packet in cut(message):
            await self.forked.send(packet)

    async def listen(self) -> tuple[Answer, list[Any]]:
        """Wait for the end of a cell and what it has shown.

        Raises ``ConnectionError`` when nobody is left, ``ValueError`` for nonsense.
        """
        answer: Answer | None = None
        shown: list[bytes] = []
        size = 0
        while True:
            packet = await self.forked.hear()
            if packet is None:
                raise ConnectionError
            size += len(packet)
            if size > _LONGEST_ANSWER:
                message = "more was said than is listened to"
                raise ValueError(message)
            kind, content = packet[:1], packet[1:]
            if kind in (MORE, LAST):
                shown.append(content)
                if kind == LAST and answer is not None:
                    return answer, _outputs(b"".join(shown))
                continue
            said = self._unsealed(kind, content)
            if said is None:
                self.doubt("somebody else spoke for the process")
            elif kind == DOUBT:
                self.doubt(said.decode("utf-8", "replace"))
            elif kind == CHECK and len(self.checks) < _MOST_CHECKS:
                self.checks.append(Check.model_validate_json(said))
            elif kind == ANSWER and answer is None:
                answer, shown = Answer.model_validate_json(said), []
            else:
                self.doubt("the process said too much")

    def _unsealed(self, kind: bytes, content: bytes) -> bytes | None:
        """Return what was said, if the process itself has said it."""
        seal, said = content[:SEAL], content[SEAL:]
        own = hashlib.blake2b(kind + said, key=self._secret, digest_size=SEAL).digest()
        return said if hmac.compare_digest(seal, own) else None

    def doubt(self, reason: str) -> None:
        """Remember a reason."""
        if reason not in self.doubts and len(self.doubts) < _MOST_DOUBTS:
            self.doubts.append(reason[:200])

    def end(self) -> None:
        """Let it end."""
        self.gone = True
        self.forked.signal(signal.SIGKILL)


@contextlib.asynccontextmanager
async def _process(
    files: Path | None, confinement: Confinement, environment: dict[str, str], modules: tuple[str, ...]
) -> AsyncIterator[_Process]:
    folder = pool.private_folder()
    secret = secrets.token_bytes(32)
    order = Order(
        run_folder=str(folder),
        working_folder=None,
        environment=environment,
        arguments=(),
        confinement=confinement.model_copy(
            update={"readable": (*confinement.readable, *([str(files)] if files else []))}
        ),
        task="notebook",
        secret=secret.hex(),
        files=str(files) if files else None,
    )
    try:
        forked = await pool.fork(order, _preload(modules), seconds=_START)
        try:
            yield _Process(forked, secret)
        finally:
            forked.signal(signal.SIGKILL)
            await forked.status()
            forked.release()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _step(process: _Process, step: Step, seconds: float) -> Shown:
    """Run one cell."""
    ask, nonce, place = _asked(step)
    timed_out = False
    try:
        await process.ask(ask)
        try:
            answer, outputs = await asyncio.wait_for(process.listen(), seconds)
        except TimeoutError:
            timed_out = True
            process.forked.signal(signal.SIGINT)
            answer, outputs = await asyncio.wait_for(process.listen(), _GRACE)
    except (TimeoutError, OSError):
        process.end()
        return Shown(end=End.TIMED_OUT if timed_out else await _why(process))
    except (ValueError, RecursionError):  # pydantic's errors are of this kind
        process.end()
        return Shown(end=End.DIED, doubts=("the process said something that no cell can say",))
    said_first = max((check.doubts for check in process.checks), default=0)
    if answer.nonce != nonce or (process.checks and step.doing is not Doing.TEST):
        process.doubt("an answer belongs to no question")
    if max(answer.doubts, said_first) > len(process.doubts):
        process.doubt("something that was said did not arrive")
    if timed_out:
        return Shown(end=End.TIMED_OUT, outputs=tuple(outputs))
    if step.doing is not Doing.TEST:
        return Shown(end=End.DONE if answer.succeeded else End.ERROR, outputs=tuple(outputs))
    return _tested(process, step, tuple(outputs), nonce, place)


async def _why(process: _Process) -> End:
    """Return how a process that has gone came to its end."""
    await process.forked.status()
    ends = {Excess.MEMORY: End.OUT_OF_MEMORY, Excess.CPU: End.TIMED_OUT, Excess.WALL: End.TIMED_OUT}
    excess = process.forked.ended_by
    return ends.get(excess, End.DIED) if excess else End.DIED


def _outputs(data: bytes) -> list[Any]:
    """Return what a cell has shown, as far as it has the form of outputs. Raises ``ValueError``."""
    found = json.loads(data)
    return [dict(output) for output in found if isinstance(output, dict)] if isinstance(found, list) else []


def _asked(step: Step) -> tuple[bytes, str, int]:
    """Return what the process is told, the name of the question, and which piece of it is the cell itself."""
    nonce = secrets.token_hex(16)
    told: dict[str, Any] = {"doing": step.doing.value, "nonce": nonce}
    if step.doing is Doing.RUN:
        return json.dumps(told | {"source": step.source}).encode(), nonce, 0
    before = secrets.randbelow(len(step.canaries) + 1)
    canaries = [source for source, _ in step.canaries]
    sources = (*canaries[:before], step.source, *canaries[before:])
    pieces = [code(source, f"<{secrets.token_hex(8)}>") for source in sources]
    own = pieces[before]
    guarded = sorted(name for name in own.names if name in vars(builtins) and name not in step.own_names)
    told |= {"pieces": [piece.data for piece in pieces], "names": own.names, "shared": own.shared, "guarded": guarded}
    return json.dumps(told).encode(), nonce, before


def _tested(process: _Process, step: Step, outputs: tuple[Any, ...], nonce: str, place: int) -> Shown:
    checks = process.checks
    wanted = [(nonce, number) for number in range(len(step.canaries) + 1)]
    if [(check.nonce, check.place) for check in checks] != wanted:
        process.doubt("what was said of the test is not what was asked")
        return Shown(end=End.ERROR, outputs=outputs, doubts=tuple(process.doubts))
    check = checks.pop(place)
    expected = ["done" if must_pass else "assertion" for _, must_pass in step.canaries]
    if [told.end for told in checks] != expected:
        process.doubt("statements that must fail did not fail, or the other way round")
    ends = {"done": End.DONE, "memory": End.OUT_OF_MEMORY, "interrupt": End.TIMED_OUT}
    return Shown(end=ends.get(check.end, End.ERROR), outputs=outputs, check=check, doubts=tuple(process.doubts))
