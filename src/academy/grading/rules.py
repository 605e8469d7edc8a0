"""The rules of marking: a notebook and its questions in, marks out. Nothing that was handed in is ever run."""

from __future__ import annotations

from dataclasses import dataclass

from academy.grading.model import Verdict

__all__ = ["Mark", "mark_answers", "verdict_of"]


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


def verdict_of(points: float | None, most: float) -> Verdict:
    """Return the word for a number of points."""
    if points is None:
        return Verdict.DID_NOT_RUN
    if points >= most:
        return Verdict.PASSED
    return Verdict.PARTLY if points > 0 else Verdict.FAILED
