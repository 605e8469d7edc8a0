"""What a group has handed in and what it is worth, read from the marked notebooks and the gradebook."""

from __future__ import annotations

import json
from typing import Any

import nbformat

from academy.content.notebook import read_answers
from academy.grading.gradebook import scores
from academy.grading.items import Sheet
from academy.grading.model import CourseFolder

__all__ = ["answers_in", "sheets"]


def sheets(course: CourseFolder, assignment: str) -> dict[str, Sheet]:
    """Return a sheet for everybody whose submission was marked, by user name."""
    points: dict[str, dict[str, float | None]] = {}
    for score in scores(course, assignment):
        points.setdefault(score.student, {})[score.question] = score.total
    return {student: Sheet(answers_in(course, assignment, student), hers) for student, hers in points.items()}


def answers_in(course: CourseFolder, assignment: str, student: str) -> dict[str, Any]:
    """Return the answers in somebody's marked notebook by question; none where it cannot be read."""
    file = course.autograded(assignment, student) / f"{assignment}.ipynb"
    try:
        return dict(read_answers(nbformat.from_dict(json.loads(file.read_bytes()))))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
