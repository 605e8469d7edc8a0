"""What arrives in nbgrader's exchange, looked at before anything of it is copied or opened."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from academy.content.notebook_file import LARGEST_FILE, is_notebook
from academy.grading.model import CourseFolder
from academy.languages.phrases import phrase

__all__ = [
    "UNREADABLE",
    "Arrival",
    "arrivals",
    "collected",
    "fault_of",
    "notebook_fault",
    "username_fault",
]

USERNAME = re.compile(r"[a-z0-9][a-z0-9-]{2,30}")
UNREADABLE = phrase("This notebook cannot be read: it is empty, damaged or of an old format.")
STAMP = "%Y-%m-%d %H:%M:%S.%f UTC"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One attempt in the exchange."""

    student: str
    submitted_at: datetime
    folder: Path


def username_fault(student: str) -> str | None:
    """Say in one sentence why this cannot be a student; None if it can."""
    return None if USERNAME.fullmatch(student) else phrase("This submission carries a name that nobody here has.")


def arrivals(inbound: Path, assignment: str) -> Iterator[Arrival]:
    """Yield the attempts for an assignment; names that nbgrader did not write are passed over."""
    if not inbound.is_dir():
        return
    for entry in sorted(inbound.iterdir()):
        student, found, rest = entry.name.partition(f"+{assignment}+")
        stamp = rest.rsplit("+", 1)[0] if rest.count("+") else rest
        try:
            moment = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        if found:
            yield Arrival(student=student, submitted_at=moment, folder=entry)


def fault_of(folder: Path, largest: int = LARGEST_FILE) -> str | None:
    """Say in one sentence why a submission's files cannot be touched; None if they can. ``largest`` is in bytes.

    Links are refused because whoever follows one reads with our rights what the submitter could not.
    """
    if not stat.S_ISDIR(folder.lstat().st_mode):
        return phrase("This submission is not a folder, so it was left where it is.")
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            fault = _entry_fault((Path(place) / name).lstat(), largest)
            if fault:
                return fault
    return None


def _entry_fault(status: os.stat_result, largest: int) -> str | None:
    if stat.S_ISDIR(status.st_mode):
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        return phrase("This submission holds a link or a special file instead of a notebook, so it was not opened.")
    if status.st_size > largest:
        size = largest // 1_000_000
        return phrase("This submission holds a file larger than %(size)s MB, so it was not opened.", size=size)
    return None


def notebook_fault(file: Path) -> str | None:
    """Say in one sentence why this is no notebook that can be marked; None if it is one."""
    if not file.is_file():
        return phrase("This submission holds no notebook of the assessment.")
    return None if is_notebook(file.read_bytes()) else UNREADABLE


def collected(course: CourseFolder, assignment: str) -> dict[str, datetime]:
    """Return which attempt of each person was collected, by user name; what has no readable time is left out."""
    found = {}
    for file in (course.root / "submitted").glob(f"*/{assignment}/timestamp.txt"):
        with contextlib.suppress(ValueError, OSError):
            moment = datetime.strptime(file.read_text(encoding="utf-8").strip(), STAMP).replace(tzinfo=UTC)
            found[file.parent.parent.name] = moment
    return found
