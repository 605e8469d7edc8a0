"""A notebook whose solution cells hold what is no answer, and what the rules have to say to each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import nbformat

from academy.content.questions import Essay, Question, slug_of
from academy.content.scoring import score

__all__ = ["expected_points", "spoiled"]

READABLE: tuple[tuple[str, Any], ...] = (
    ('answer = ["no-such", "no-such"]', ["no-such", "no-such"]),
    ('answer = {"no-such": "nor-this"}', {"no-such": "nor-this"}),
    ('answer = ""', ""),
    ("answer = []", []),
)
"""What stands in a cell, and what is read there; worth nothing."""
UNREADABLE = ("answer = exit()", 'answer = [["nested"]]', 'answer = "a"; answer = "b"', "answer = (", "x" * 300_000)
"""What is no evidence of anything: a person has to look."""


def spoiled(notebook: bytes, questions: Sequence[Question]) -> bytes:
    """Return the released notebook with a malformed answer to each question that needs no person."""
    nb = nbformat.reads(notebook.decode(), as_version=4)
    texts = {slug_of(question.id): text for question, (text, _) in _malformed(questions)}
    for cell in nb.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution") and about["grade_id"] in texts:
            cell.source = texts[about["grade_id"]]
    return str(nbformat.writes(nb)).encode()


def expected_points(questions: Sequence[Question]) -> dict[str, float | None]:
    """Return what the rules give for the answers of ``spoiled``; None: no evidence. The essays are empty."""
    points: dict[str, float | None] = {question.id: 0.0 for question in questions}
    for question, (text, answer) in _malformed(questions):
        points[question.id] = None if text in UNREADABLE else score(question, answer).points
    return points


def _malformed(questions: Sequence[Question]) -> list[tuple[Question, tuple[str, Any]]]:
    """Give each question one of the malformed answers in turn."""
    kinds = itertools.cycle([*READABLE, *((text, None) for text in UNREADABLE)])
    return [(question, next(kinds)) for question in questions if not isinstance(question, Essay)]
