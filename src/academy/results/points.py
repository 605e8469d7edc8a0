"""The rule for points: what an attempt is worth, and what a lab adds that takes the place of a written task."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["Scores", "gained", "total"]

Scores = Mapping[str, float | None]
"""Points by question; None: nobody has marked it yet."""


def total(scores: Scores | None) -> float | None:
    """Return the points of an attempt; None while one of them, or the whole attempt (None), waits for a mark."""
    if scores is None or any(score is None for score in scores.values()):
        return None
    return sum(score for score in scores.values() if score is not None)


def gained(
    sent: Mapping[tuple[str, str], Scores | None], places: Mapping[str, tuple[str, str]]
) -> dict[tuple[str, str], float | None]:
    """Return what each lab adds to a person's points, by person and lab: of it and the written task the better counts.

    ``sent`` holds the scores of what people sent, by person and assessment; ``places`` the assessment and the question
    whose place a lab takes, by lab. None: it waits for a mark.
    """
    return {
        (person, lab): _gain(sent.get((person, places[lab][0]), {}), places[lab][1], total(scores))
        for (person, lab), scores in sent.items()
        if lab in places
    }


def _gain(written: Scores | None, question: str, lab: float | None) -> float | None:
    """Return how much better the lab is than the answer to the question; an answer that was not sent is worth 0."""
    points = None if written is None else written.get(question, 0.0)
    return None if points is None or lab is None else max(0.0, lab - points)
