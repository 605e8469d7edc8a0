"""The owner's side of a notebook's process: cells go in one by one, what came of each comes out.

Nothing that the process says about a test is believed unless canaries confirm it, and nothing that it does can make
this side wait for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import signal
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from academy.kernels import pool
from academy.kernels.frames import Joined, cut
from academy.kernels.model import Confinement, Excess, Order
from academy.kernels.steps import Answer, Ask, Check, Doing, End, Shown, Step
from academy.kernels.warm import NOTEBOOK

__all__ = ["run", "warm_up"]

_LONGEST_ANSWER = 8_000_000
"""Bytes that one cell's process may say."""
_GRACE = 2.0
"""Seconds that interrupted code has to stop."""
_START = 30.0
"""Seconds for a process to be there."""


def warm_up(modules: tuple[str, ...]) -> None:
    """Start the warm process for notebooks with these libraries now, so that it is there when it is needed."""
    pool.start(_preload(modules))


def _preload(modules: tuple[str, ...]) -> tuple[str, ...]:
    return (NOTEBOOK, *modules)


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
        self._joined = Joined(_LONGEST_ANSWER)

    async def ask(self, message: bytes) -> None:
        """Send one message. Raises ``OSError`` when nobody is there."""
        for frame in cut(message):
            await self.forked.send(frame)

    async def listen(self) -> bytes | None:
        """Wait for one message; None when the process has ended. Raises ``ValueError`` when it says too much."""
        while True:
            frame = await self.forked.hear()
            if frame is None:
                return None
            message = self._joined.add(frame)
            if message is not None:
                return message

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
    ask, place = _asked(step)
    timed_out = False
    try:
        await process.ask(ask.model_dump_json().encode())
        try:
            message = await asyncio.wait_for(process.listen(), seconds)
        except TimeoutError:
            timed_out = True
            process.forked.signal(signal.SIGINT)
            message = await asyncio.wait_for(process.listen(), _GRACE)
        if message is None:
            raise ConnectionError
        answer = Answer.model_validate_json(message)
    except (TimeoutError, OSError):
        process.end()
        return Shown(end=End.TIMED_OUT if timed_out else _why(process))
    except (ValidationError, ValueError, RecursionError):
        process.end()
        return Shown(end=End.DIED, doubts=("the process said something that no cell can say",))
    return _shown(step, ask, answer, place, timed_out=timed_out)


def _why(process: _Process) -> End:
    """Return how a process that has gone came to its end."""
    ends = {Excess.MEMORY: End.OUT_OF_MEMORY, Excess.CPU: End.TIMED_OUT, Excess.WALL: End.TIMED_OUT}
    excess = process.forked.ended_by
    return ends.get(excess, End.DIED) if excess else End.DIED


def _asked(step: Step) -> tuple[Ask, int]:
    """Return what the process is told, and which of the sources is the cell itself."""
    before = secrets.randbelow(len(step.canaries) + 1)
    canaries = [source for source, _ in step.canaries]
    sources = (*canaries[:before], step.source, *canaries[before:])
    return Ask(doing=step.doing, nonce=secrets.token_hex(16), sources=sources), before


def _shown(step: Step, ask: Ask, answer: Answer, place: int, *, timed_out: bool) -> Shown:
    outputs = tuple(answer.outputs)
    if timed_out:
        return Shown(end=End.TIMED_OUT, outputs=outputs)
    if step.doing is not Doing.TEST:
        return Shown(end=End.DONE if answer.succeeded else End.ERROR, outputs=outputs)
    checks = list(answer.checks)
    if answer.nonce != ask.nonce or len(checks) != len(ask.sources):
        return Shown(end=End.ERROR, outputs=outputs, doubts=("the answer belongs to no question", *answer.doubts))
    check = checks.pop(place)
    doubts = [*answer.doubts]
    if any(not _as_expected(told, must) for told, (_, must) in zip(checks, step.canaries, strict=True)):
        doubts.append("statements that must fail did not fail, or the other way round")
    if check.error == "MemoryError":
        return Shown(end=End.OUT_OF_MEMORY, outputs=outputs, check=check, doubts=tuple(doubts))
    return Shown(end=End.ERROR if check.error else End.DONE, outputs=outputs, check=check, doubts=tuple(doubts))


def _as_expected(told: Check, must: bool) -> bool:  # noqa: FBT001 - one of two values of a pair
    return told.error == ("" if must else "AssertionError")
