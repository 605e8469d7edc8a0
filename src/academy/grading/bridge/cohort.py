"""Marking a cohort's assessment: what a facilitator's button asks for."""

from __future__ import annotations

from typing import Any

from academy.errors import NotFound
from academy.grading.bridge.course import open_course
from academy.grading.bridge.folder import plainly
from academy.grading.bridge.marking import mark
from academy.grading.execution import Run
from academy.grading.gradebook import scores
from academy.grading.model import CourseFolder
from academy.grading.progress_file import ProgressFile

__all__ = ["autograde"]


@plainly("mark the submissions")
def autograde(course: CourseFolder, assignment: str, *, again: bool = False) -> dict[str, Any]:
    """Mark all collected submissions that are new, whose key or tests have changed, or (``again``) all.

    Returns ``submissions`` (student and ``cells`` with question, score, most, verdict) and ``notes``, sentences for a
    submission that a person has to look at. Raises ``Conflict`` when the key is missing, ``UntrustedCodeRefused`` when
    code would have to be run and cannot be confined.
    """
    if not course.source(assignment).exists():
        message = "This assessment has not been released to the cohort yet."
        raise NotFound(message)
    made_from = [file for file in (course.key(assignment), course.source(assignment)) if file.exists()]
    since = max(file.stat().st_mtime for file in made_from)  # the tests of a lab stand in the notebook
    with ProgressFile(course, assignment) as progress:
        marked = mark(open_course(course.root, assignment), Run(), again=again, since=since, progress=progress.write)
    found = scores(course, assignment)
    submissions: dict[str, list[dict[str, Any]]] = {score.student: [] for score in found}
    for score in found:
        row = {"question": score.question, "score": score.total, "most": score.most, "verdict": str(score.verdict)}
        submissions[score.student].append(row)
    notes = [{"student": student, "note": note} for student, said in marked.notes.items() for note in said]
    return {"submissions": [{"student": name, "cells": cells} for name, cells in submissions.items()], "notes": notes}
