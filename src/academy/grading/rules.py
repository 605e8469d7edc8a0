"""The rules of marking: a notebook and its questions in, marks out. Nothing that was handed in is ever run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from academy.content.notebook import CODE_STUB, read_answers
from academy.content.questions import Essay, Question, slug_of
from academy.content.scoring import score
from academy.grading.keys import grade_cell
from academy.grading.model import Verdict

__all__ = ["GONE", "Mark", "mark_answers", "take_answers", "verdict_of"]

GONE = "# This cell was missing from what was handed in."
"""Stands in a solution cell that a submission does not have: no answer can be read from it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the rules say about one question."""

    question: str
    cell: str
    """nbgrader's name of the cell that carries the points."""
    points: float | None
    """None: there is no evidence, a person has to look."""
    most: float
    verdict: Verdict


def mark_answers(nb: Any, questions: Sequence[Question]) -> list[Mark]:
    """Mark every question that needs no person. ``nb`` is a notebook that nbgrader has put in order.

    An empty answer is worth 0. One that is there and cannot be read, or whose cell is gone, is no evidence of anything.
    """
    answers = read_answers(nb)
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source.strip() for cell in nb.cells}
    marks = []
    for question in questions:
        if isinstance(question, Essay):
            continue
        answer = answers.get(question.id)
        empty = sources.get(slug_of(question.id)) in ("", CODE_STUB)
        points = score(question, answer).points if answer is not None or empty else None
        verdict = verdict_of(points, question.points)
        marks.append(Mark(question.id, grade_cell(question), points, question.points, verdict))
    return marks


def take_answers(released: Any, submitted: Any) -> Any:
    """Return ``released`` with the texts of the solution cells of ``submitted``; of two with one name the last.

    Raises nothing, whatever stands in ``submitted``.
    """
    texts: dict[str, str] = {}
    for cell in submitted.cells:
        about = cell.get("metadata", {}).get("nbgrader")
        name = about.get("grade_id") if isinstance(about, dict) else None
        if isinstance(name, str) and isinstance(cell.get("source"), str):
            texts[name] = cell["source"]
    for cell in released.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution"):
            cell.source = texts.get(about["grade_id"], GONE)
    return released


def verdict_of(points: float | None, most: float) -> Verdict:
    """Return the word for a number of points."""
    if points is None:
        return Verdict.DID_NOT_RUN
    if points >= most:
        return Verdict.PASSED
    return Verdict.PARTLY if points > 0 else Verdict.FAILED
