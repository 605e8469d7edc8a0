"""How far marking has come, in a small file that the grading process writes and the pages read."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Self

from academy.grading.model import CourseFolder

__all__ = ["ProgressFile", "progress_of"]


def _file(course: CourseFolder, assignment: str) -> Path:
    return course.root / "autograding" / f"{assignment}.json"


class ProgressFile:
    """Exists while an assignment is being marked."""

    def __init__(self, course: CourseFolder, assignment: str) -> None:
        self._path = _file(course, assignment)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return self

    def write(self, done: int, total: int) -> None:
        """Say how many submissions are done, of how many."""
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps([done, total]), encoding="ascii")
        part.replace(self._path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._path.unlink(missing_ok=True)


def progress_of(course: CourseFolder, assignment: str) -> tuple[int, int] | None:
    """Return how many submissions are marked and of how many; None when nothing is being marked."""
    try:
        done, total = json.loads(_file(course, assignment).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return int(done), int(total)
