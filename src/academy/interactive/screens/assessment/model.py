"""What the assessment screen knows: how far a person is, and whether her draft is safe; no widgets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from academy.errors import AcademyError, Unavailable
from academy.interactive.questions import answered

__all__ = ["Drafts", "Progress", "Saving", "progress"]

Fields = Mapping[str, Sequence[str]]
PAUSE = 1.0
RETRY = 5.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How many questions have an answer."""

    done: int
    total: int
    open: tuple[int, ...]
    """Numbers of the questions without one, as shown: the first is 1."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What can be said about the draft."""

    state: str
    """``nothing`` yet, ``waiting``, ``saved``, ``away`` (it will be tried again) or ``refused``."""
    at: str | None = None
    """When it was last saved, ISO 8601."""
    message: str = ""
    """Why it was refused, in one sentence."""


def progress(questions: Sequence[Mapping[str, Any]], fields: Fields) -> Progress:
    """Count the answered questions."""
    missing = tuple(n for n, question in enumerate(questions, 1) if not answered(question["id"], fields))
    return Progress(done=len(questions) - len(missing), total=len(questions), open=missing)


class Drafts:
    """Saves the newest fields a moment after they changed, and again until somebody answers."""

    def __init__(
        self,
        save: Callable[[Fields], Awaitable[Mapping[str, Any]]],
        tell: Callable[[Saving], None],
        *,
        saved_at: str | None = None,
        pause: float = PAUSE,
        retry: float = RETRY,
    ) -> None:
        self._save, self._tell = save, tell
        self._pause, self._retry = pause, retry
        self._newest: Fields | None = None
        self._task: asyncio.Task[None] | None = None
        self.saved_at = saved_at

    def change(self, fields: Fields) -> None:
        """Take note of new fields."""
        self._newest = fields
        self._tell(Saving("waiting", self.saved_at))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def settled(self) -> None:
        """Wait until nothing is left to save."""
        if self._task is not None:
            await self._task

    def stop(self) -> None:
        """Save nothing any more: the answers were sent."""
        self._newest = None
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self._newest is not None:
            await asyncio.sleep(self._pause)
            fields, self._newest = self._newest, None
            if fields is None:
                return
            try:
                self.saved_at = (await self._save(fields))["saved_at"]
            except Unavailable:
                self._newest = self._newest or fields
                self._tell(Saving("away", self.saved_at))
                await asyncio.sleep(self._retry)
            except AcademyError as error:
                self._tell(Saving("refused", self.saved_at, error.message))
            else:
                self._tell(Saving("saved" if self._newest is None else "waiting", self.saved_at))
