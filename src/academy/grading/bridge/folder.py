"""A cohort's nbgrader course folder: made, configured, opened."""

from __future__ import annotations

import contextlib
import functools
import io
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from nbgrader.api import Gradebook
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from academy.errors import AcademyError, Conflict
from academy.grading.model import CourseFolder
from academy.grading.programs import find_programs
from academy.grading.settings import course_settings, settings_file

__all__ = ["add_students", "convert", "course_directory", "gradebook", "naive", "plainly", "prepare_course", "write"]

FOLDERS = ("source", "release", "submitted", "autograded", "feedback", "keys", "autograding")

P = ParamSpec("P")
R = TypeVar("R")


def plainly(doing: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function of the bridge quiet, and make whatever goes wrong in nbgrader one sentence about ``doing``."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            find_programs()
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    return function(*args, **kwargs)
            except AcademyError:
                raise
            except Exception as error:
                message = f"nbgrader could not {doing} ({type(error).__name__}). Nothing is lost; please try again."
                raise Conflict(message, code="nbgrader-failed") from error

        return run

    return decorate


def configuration(course: CourseFolder) -> Config:
    """Return nbgrader's configuration for the course."""
    config = Config()
    course_settings(config, course)
    return config


def course_directory(course: CourseFolder, assignment: str, student: str = "*") -> CourseDirectory:
    """Return nbgrader's own view of the folder, for one assignment and one student (or all)."""
    return CourseDirectory(config=configuration(course), assignment_id=assignment, student_id=student)


def convert(
    kind: type[BaseConverter], course: CourseFolder, assignment: str, student: str = "*", *, force: bool = True
) -> None:
    """Run one of nbgrader's converters. Raises what nbgrader raises."""
    directory = course_directory(course, assignment, student)
    converter = kind(coursedir=directory, config=configuration(course))
    converter.force = force
    converter.start()


@contextlib.contextmanager
def gradebook(course: CourseFolder) -> Iterator[Gradebook]:
    """Open nbgrader's gradebook and close it again."""
    book = Gradebook(course.gradebook_url, course.course_id)
    try:
        yield book
    finally:
        book.close()


def naive(moment: datetime) -> datetime:
    """Return a moment as the gradebook keeps it: UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def write(file: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a file as a whole or not at all; leave it untouched when it already says the same."""
    if file.is_file() and not file.is_symlink() and file.read_bytes() == data:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


@plainly("prepare the course folder")
def prepare_course(course: CourseFolder) -> None:
    """Make the course folder, its settings and its gradebook, where they are missing."""
    course.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in FOLDERS:
        (course.root / name).mkdir(mode=0o700, exist_ok=True)
    course.exchange.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(course.root / "nbgrader_config.py", settings_file(course).encode())
    with gradebook(course):
        pass


@plainly("add the students")
def add_students(course: CourseFolder, usernames: Iterable[str]) -> None:
    """Add participants to the gradebook by their user names; those already in it stay as they are."""
    prepare_course(course)
    with gradebook(course) as book:
        known = {student.id for student in book.students}
        for username in usernames:
            if username not in known:
                book.add_student(username)
