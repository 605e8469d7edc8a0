"""Records of the grading part: where a cohort's nbgrader course lives, what is handed in, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from academy.config import Config

__all__ = ["CourseFolder", "Delivery", "Job", "JobKind", "Verdict", "course_folder"]


class Verdict(StrEnum):
    """What is known about one marked cell."""

    PASSED = "passed"
    FAILED = "failed"
    PARTLY = "partly"
    DID_NOT_RUN = "did-not-run"
    """There is no evidence, neither for points nor against: a person has to look. So with the next four."""
    TIMED_OUT = "timed-out"
    OUT_OF_MEMORY = "out-of-memory"
    KERNEL_DIED = "kernel-died"
    TAMPERED = "tampered"
    """The test ran, but what checks it no longer worked as it should."""
    MANUAL = "manual"
    """A person marks this one."""


class JobKind(StrEnum):
    """What nbgrader is asked to do, one step at a time."""

    RELEASE = "release"
    DELIVER = "deliver"
    COLLECT = "collect"
    AUTOGRADE = "autograde"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class CourseFolder:
    """nbgrader's course folder of one cohort."""

    root: Path
    """The folder that holds source, release, submitted, autograded, feedback and the gradebook."""
    course_id: str
    """nbgrader's name of the course: the slug of the cohort."""
    exchange: Path
    """nbgrader's exchange."""

    @property
    def gradebook(self) -> Path:
        """nbgrader's database of the course."""
        return self.root / "gradebook.db"

    @property
    def gradebook_url(self) -> str:
        """SQLAlchemy URL of the gradebook."""
        return f"sqlite:///{self.gradebook}"

    @property
    def keys(self) -> Path:
        """Folder of the answer keys; nothing in it is ever released."""
        return self.root / "keys"

    def key(self, assignment: str) -> Path:
        """Return the file with the questions and their keys."""
        return self.keys / f"{assignment}.json"

    def source(self, assignment: str) -> Path:
        """Return the instructor's notebook."""
        return self.root / "source" / assignment / f"{assignment}.ipynb"

    def released(self, assignment: str) -> Path:
        """Return the released notebook, as it stands in the exchange."""
        return self.exchange / self.course_id / "outbound" / assignment / f"{assignment}.ipynb"

    @property
    def inbound(self) -> Path:
        """Folder of the exchange in which submissions arrive."""
        return self.exchange / self.course_id / "inbound"

    def submitted(self, assignment: str, student: str) -> Path:
        """Return the folder of a collected submission."""
        return self.root / "submitted" / student / assignment

    def autograded(self, assignment: str, student: str) -> Path:
        """Return the folder of a marked submission."""
        return self.root / "autograded" / student / assignment


def course_folder(config: Config, cohort: str) -> CourseFolder:
    """Return where nbgrader keeps this cohort's work."""
    return CourseFolder(root=config.courses_dir / cohort, course_id=cohort, exchange=config.exchange_dir)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One submission on its way into nbgrader's exchange."""

    student: str
    """User name, which is nbgrader's student id."""
    submitted_at: datetime
    """When the person handed it in, aware UTC; two attempts of a person differ in it."""
    answers: Mapping[str, Any] | None = None
    """Answers by question id; None: they stand in ``notebook``, if anywhere."""
    notebook: bytes | None = None
    """A whole notebook, handed in as a file: now or, where there are ``answers`` as well, before them."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work for nbgrader, as it stands in the store."""

    id: int
    cohort: str
    assessment: str
    kind: JobKind
    details: Mapping[str, Any]
    asked_by: str
    """User name of who asked."""
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    result: Mapping[str, Any] | None
    """What it reports; None until it ended well."""
    error: str | None
    """One sentence; None if none."""

    @property
    def state(self) -> str:
        """One word: waiting, running, done or failed."""
        if self.ended_at is not None:
            return "failed" if self.error else "done"
        return "running" if self.started_at else "waiting"
