"""The owner's side of a notebook's process: cells go in one by one, what came of each comes out.

Nothing that the process says about a test is believed unless canaries confirm it, and nothing that it does can make
this side wait for ever.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
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
from academy.kernels.frames import CHECK, DOUBT, Joined, cut
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
) -> list[Shown]:
    """Run the cells of one notebook in a confined process of its own and return what came of each.

    ``files`` is a folder whose content the notebook finds beside itself; it is copied, nothing is ever written to it.
    ``seconds`` limits the notebook as a whole. Raises ``UntrustedCodeRefused`` and ``KernelNotStarted``.
    """
    async with _process(files, confinement, environment, modules) as process:
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

    def __init__(self, forked: pool.Forked) -> None:
        self.forked = forked
        self.gone = False
        self.doubts: list[str] = []
        """Why tests in this process are no evidence; nothing takes one back."""
        self.checks: list[Check] = []
        """What was said of the pieces of the present test, in order."""
        self._joined = Joined(_LONGEST_ANSWER)

    async def ask(self, message: bytes) -> None:
        """Send one message. Raises ``OSError`` when nobody is there."""
        self.checks = []
        for packet in cut(message):
            await self.forked.send(packet)

    async def listen(self) -> Answer:
        """Wait for the end of a cell. Raises ``ConnectionError`` when nobody is left, ``ValueError`` for nonsense."""
        while True:
            packet = await self.forked.hear()
            if packet is None:
                raise ConnectionError
            if packet[:1] == DOUBT:
                self.doubt(packet[1:].decode("utf-8", "replace"))
            elif packet[:1] == CHECK and len(self.checks) < _MOST_CHECKS:
                self.checks.append(Check.model_validate_json(packet[1:]))
            else:
                message = self._joined.add(packet)
                if message is not None:
                    return Answer.model_validate_json(message)

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
    order = Order(
        run_folder=str(folder),
        working_folder=None,
        environment=environment,
        arguments=(),
        confinement=confinement.model_copy(
            update={"readable": (*confinement.readable, *([str(files)] if files else []))}
        ),
        task="notebook",
        files=str(files) if files else None,
    )
    try:
        forked = await pool.fork(order, _preload(modules), seconds=_START)
        try:
            yield _Process(forked)
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
            answer = await asyncio.wait_for(process.listen(), seconds)
        except TimeoutError:
            timed_out = True
            process.forked.signal(signal.SIGINT)
            answer = await asyncio.wait_for(process.listen(), _GRACE)
    except (TimeoutError, OSError):
        process.end()
        return Shown(end=End.TIMED_OUT if timed_out else await _why(process))
    except (ValueError, RecursionError):  # pydantic's errors are of this kind
        process.end()
        return Shown(end=End.DIED, doubts=("the process said something that no cell can say",))
    if answer.nonce != nonce or (process.checks and step.doing is not Doing.TEST):
        process.doubt("an answer belongs to no question")
    if timed_out:
        return Shown(end=End.TIMED_OUT, outputs=tuple(answer.outputs))
    if step.doing is not Doing.TEST:
        return Shown(end=End.DONE if answer.succeeded else End.ERROR, outputs=tuple(answer.outputs))
    return _tested(process, step, answer, nonce, place)


async def _why(process: _Process) -> End:
    """Return how a process that has gone came to its end."""
    await process.forked.status()
    ends = {Excess.MEMORY: End.OUT_OF_MEMORY, Excess.CPU: End.TIMED_OUT, Excess.WALL: End.TIMED_OUT}
    excess = process.forked.ended_by
    return ends.get(excess, End.DIED) if excess else End.DIED


def _asked(step: Step) -> tuple[bytes, str, int]:
    """Return what the process is told, the name of the question, and which piece of it is the cell itself."""
    nonce = secrets.token_hex(16)
    told: dict[str, Any] = {"doing": step.doing.value, "nonce": nonce}
    if step.doing is Doing.RUN:
        return json.dumps(told | {"source": step.source}).encode(), nonce, 0
    before = secrets.randbelow(len(step.canaries) + 1)
    canaries = [source for source, _ in step.canaries]
    sources = (*canaries[:before], step.source, *canaries[before:])
    pieces = [code(source, f"<{nonce}-{place}>") for place, source in enumerate(sources)]
    own = pieces[before]
    guarded = sorted(name for name in own.names if name in vars(builtins) and name not in step.own_names)
    told |= {"pieces": [piece.data for piece in pieces], "names": own.names, "shared": own.shared, "guarded": guarded}
    return json.dumps(told).encode(), nonce, before


def _tested(process: _Process, step: Step, answer: Answer, nonce: str, place: int) -> Shown:
    checks = process.checks
    outputs = tuple(answer.outputs)
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
