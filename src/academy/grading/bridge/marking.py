"""Marking by the rules, one person after the other: one broken submission keeps nobody else waiting."""

from __future__ import annotations

import shutil
from typing import Any

import nbformat
from nbgrader.converters import Autograde

from academy.errors import AcademyError, NotFound
from academy.grading.bridge.folder import convert, course_directory, gradebook, plainly
from academy.grading.gradebook import Score, scores
from academy.grading.intake import fault_of, notebook_fault, username_fault
from academy.grading.keys import read, refuse_code
from academy.grading.model import CourseFolder

__all__ = ["autograde"]

NOT_MARKED = "nbgrader could not mark this notebook, so a person has to look at it."


@plainly("mark the submissions")
def autograde(course: CourseFolder, assignment: str, *, again: bool = False) -> dict[str, Any]:
    """Mark all collected submissions that are new, whose key has changed, or (``again``) all.

    Returns ``submissions`` (student and ``cells`` with question, score, most, verdict) and ``notes``, a sentence for
    each submission that a person has to look at. Raises ``Conflict`` when the assignment holds graded code.
    """
    _refuse_code(course, assignment)
    notes = []
    for folder in sorted((course.root / "submitted").glob(f"*/{assignment}")):
        student = folder.parent.name
        if again or _is_new(course, assignment, student):
            note = _mark_one(course, assignment, student)
            if note:
                notes.append({"student": student, "note": note})
    return {"submissions": _by_student(scores(course, assignment)), "notes": notes}


def _refuse_code(course: CourseFolder, assignment: str) -> None:
    source = course.source(assignment)
    if not source.exists():
        message = "This assessment has not been released to the cohort yet."
        raise NotFound(message)
    refuse_code(nbformat.read(source, as_version=4), read(course.key(assignment)))


def _is_new(course: CourseFolder, assignment: str, student: str) -> bool:
    marked = course.autograded(assignment, student) / f"{assignment}.ipynb"
    if not marked.exists() or _journal(course, assignment, student).exists():
        return True
    if marked.stat().st_mtime < course.key(assignment).stat().st_mtime:
        return True
    before, now = (
        (folder / "timestamp.txt").read_bytes() if (folder / "timestamp.txt").is_file() else b""
        for folder in (course.autograded(assignment, student), course.submitted(assignment, student))
    )
    return before != now


def _journal(course: CourseFolder, assignment: str, student: str) -> Any:
    """Return the file that exists while a person's notebook is being marked; a kill leaves it behind."""
    return course.root / "autograding" / f"{assignment}+{student}"


def _mark_one(course: CourseFolder, assignment: str, student: str) -> str | None:
    journal = _journal(course, assignment, student)
    journal.touch()
    note = username_fault(student) or fault_of(course.submitted(assignment, student))
    note = note or notebook_fault(course.submitted(assignment, student) / f"{assignment}.ipynb")
    if note is None:
        try:
            convert(Autograde, course, assignment, student)
        except AcademyError as error:
            note = error.message
        except Exception:  # noqa: BLE001 - whatever a submission provokes, its neighbours are marked all the same
            note = NOT_MARKED
    if note is not None:
        _leave_to_a_person(course, assignment, student)
    journal.unlink()
    return note


def _leave_to_a_person(course: CourseFolder, assignment: str, student: str) -> None:
    """Show an empty notebook in formgrader in place of the one that cannot be marked, with every mark open."""
    moment = _submitted_at(course, assignment, student)
    with gradebook(course) as book:
        book.update_or_create_student(student)
        work = book.update_or_create_submission(assignment, student, timestamp=moment)
        for part in work.notebooks:
            for grade in part.grades:
                grade.auto_score = None
                grade.needs_manual_grade = True
        book.db.commit()
    folder = course.autograded(assignment, student)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(course.released(assignment), folder / f"{assignment}.ipynb")
    for name in ("timestamp.txt", "submission_secret.txt"):
        file = course.submitted(assignment, student) / name
        if file.is_file() and not file.is_symlink():
            shutil.copyfile(file, folder / name)


def _submitted_at(course: CourseFolder, assignment: str, student: str) -> Any:
    directory = course_directory(course, assignment, student)
    try:
        return directory.get_existing_timestamp(str(course.submitted(assignment, student)))
    except Exception:  # noqa: BLE001 - nbgrader's own error path is broken; an unreadable time is no time
        return None


def _by_student(found: list[Score]) -> list[dict[str, Any]]:
    cells: dict[str, list[dict[str, Any]]] = {}
    for score in found:
        cells.setdefault(score.student, []).append(
            {"question": score.question, "score": score.total, "most": score.most, "verdict": str(score.verdict)}
        )
    return [{"student": student, "cells": parts} for student, parts in cells.items()]
