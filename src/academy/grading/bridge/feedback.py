"""Feedback: nbgrader's pages into its exchange, and the same as plain data for our own pages."""

from __future__ import annotations

import contextlib
from typing import Any

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.exchange.default import ExchangeReleaseFeedback

from academy.errors import Conflict
from academy.grading.bridge.folder import configuration, convert, course_directory, plainly
from academy.grading.gradebook import Score, scores
from academy.grading.model import CourseFolder

__all__ = ["release_feedback"]


@plainly("release the feedback")
def release_feedback(course: CourseFolder, assignment: str) -> list[dict[str, Any]]:
    """Write and release everybody's feedback. Returns one row per student and question.

    A row holds ``student``, ``submitted_at`` (ISO 8601, None if unknown), ``question``, ``score`` (None: nobody has
    marked it yet), ``points`` and ``comment``. Raises ``Conflict`` when nothing has been marked.
    """
    found = scores(course, assignment)
    if not found:
        message = "Nothing has been marked yet. Collect the submissions and mark them first."
        raise Conflict(message, code="nothing-marked")
    with contextlib.suppress(NbGraderException):  # it has written all pages but those that failed
        convert(GenerateFeedback, course, assignment)
    for student in sorted({score.student for score in found}):
        directory = course_directory(course, assignment, student)
        exchange = ExchangeReleaseFeedback(coursedir=directory, authenticator=None, config=configuration(course))
        with contextlib.suppress(FileNotFoundError):  # handed in by hand, without nbgrader's receipt
            exchange.start()
    return [_row(score) for score in found]


def _row(score: Score) -> dict[str, Any]:
    return {
        "student": score.student,
        "submitted_at": score.submitted_at.isoformat() if score.submitted_at else None,
        "question": score.question,
        "score": None if score.needs_manual_grade and score.manual is None else score.total,
        "points": score.most,
        "comment": score.comment,
    }
