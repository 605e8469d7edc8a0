"""Which options a group chose, and whether the strong chose them: pure rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from academy.content.questions import Multi, Question, Scenario, Single
from academy.content.scoring import key_of

__all__ = ["Choice", "choices_of", "misleading", "thirds"]


@dataclass(frozen=True, slots=True)
class Choice:
    """How often an option was chosen, as shares from 0 to 1."""

    option: str
    right: bool
    """Whether it gives all points, or of several right ones its part."""
    all: float
    upper: float | None
    """Share in the upper third by total; None: everybody has about the same total, so there are no thirds."""
    lower: float | None


def thirds(totals: Sequence[float]) -> tuple[list[int], list[int]] | None:
    """Return who is in the upper and who in the lower third, as places in ``totals``.

    People with the same total are in the same third, which may so become larger. None: the two would overlap.
    """
    size = len(totals) // 3
    if size == 0:
        return None
    ranked = sorted(totals)
    low, high = ranked[size - 1], ranked[-size]
    if low >= high:
        return None
    places = range(len(totals))
    return [place for place in places if totals[place] >= high], [place for place in places if totals[place] <= low]


def choices_of(question: Question, answers: Sequence[Any], totals: Sequence[float]) -> tuple[Choice, ...]:
    """Return how often each option was chosen, in the order of the file; nothing for a question without options."""
    if not isinstance(question, Single | Multi | Scenario):
        return ()
    found = thirds(totals)
    share = _share(answers)
    right = _right(question)
    return tuple(
        Choice(
            option=option.id,
            right=option.id in right,
            all=share(option.id, range(len(answers))),
            upper=share(option.id, found[0]) if found else None,
            lower=share(option.id, found[1]) if found else None,
        )
        for option in question.options
    )


def _share(answers: Sequence[Any]) -> Callable[[str, Collection[int]], float]:
    """Return a function that tells in what share of the answers at some places an option was chosen."""

    def share(option: str, places: Collection[int]) -> float:
        return fmean(option in _chosen(answers[place]) for place in places)

    return share


def _chosen(answer: Any) -> Sequence[Any]:
    """Return the options of an answer, which may be anything."""
    return answer if isinstance(answer, list) else [answer]


def _right(question: Single | Multi | Scenario) -> set[str]:
    key = key_of(question)
    if isinstance(question, Scenario):
        return {option for option, score in key["scores"].items() if score == max(key["scores"].values())}
    return set(key["right"]) if isinstance(question, Multi) else {key["right"]}


def misleading(question: Question, choices: Sequence[Choice]) -> tuple[str, ...]:
    """Return the wrong options that more of the upper third chose than the right one, or than one of the right ones."""
    right = [choice.upper for choice in choices if choice.right and choice.upper is not None]
    if not right:
        return ()
    least = min(right) if isinstance(question, Multi) else max(right)
    return tuple(c.option for c in choices if not c.right and c.upper is not None and c.upper > least)
