"""What an answer is worth: the one place that turns questions and answers into points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from academy.content import rules
from academy.content.questions import Essay, Match, Multi, Numeric, Order, Question, Scenario, Short, Single

__all__ = ["RULES", "Answer", "Score", "answer_key", "key_of", "score"]

Answer = str | list[str] | dict[str, str]
"""An answer as JSON: ``"b"``, ``["a", "c"]``, ``{"r1": "h"}`` or text. A question without an answer has ``None``."""

RULES: dict[str, Callable[[Any, Any], float]] = {
    "single": rules.single_share,
    "multi": rules.multi_share,
    "scenario": rules.scenario_share,
    "order": rules.order_share,
    "match": rules.match_share,
    "numeric": rules.numeric_share,
    "short": rules.short_share,
}
"""The rule for each type that needs no person."""


@dataclass(frozen=True, slots=True)
class Score:
    """The points of one answer."""

    points: float | None
    """``None``: a person has to read it."""
    most: float
    """The points that could be had."""


def key_of(question: Question) -> dict[str, Any]:  # noqa: PLR0911 - one line per type
    """Return what the question's rule compares with, as plain JSON data. An essay has no key: ``{}``."""
    match question:
        case Single():
            return {"right": next(option.id for option in question.options if option.ok)}
        case Multi():
            return {
                "right": [option.id for option in question.options if option.ok],
                "wrong": [option.id for option in question.options if not option.ok],
            }
        case Scenario():
            return {"scores": {option.id: option.score for option in question.options}}
        case Order():
            return {"order": list(question.answer), "strict": question.strict}
        case Match():
            return {
                "left": [left.id for left in question.left],
                "pairs": {right.id: right.answer for right in question.right},
            }
        case Numeric():
            return {"value": question.answer, "tolerance": question.tol}
        case Short():
            return {"accept": list(question.accept)}
        case Essay():
            return {}


def score(question: Question, answer: Any) -> Score:
    """Score one answer. Nothing, or something malformed, is worth 0; only a written essay needs a person."""
    if isinstance(question, Essay):
        written = isinstance(answer, str) and bool(answer.strip())
        return Score(None if written else 0.0, question.points)
    return Score(RULES[question.type](answer, key_of(question)) * question.points, question.points)


def answer_key(question: Question) -> Answer:  # noqa: PLR0911 - one line per type
    """Return an answer that gets all points. Raises ``ValueError`` for an essay, which has none."""
    match question:
        case Single():
            return str(key_of(question)["right"])
        case Multi():
            return sorted(key_of(question)["right"])
        case Scenario():
            return max(question.options, key=lambda option: option.score).id
        case Order():
            return list(question.answer)
        case Match():
            return {right.id: right.answer for right in question.right}
        case Numeric():
            return f"{question.answer:f}".rstrip("0").rstrip(".") if question.answer % 1 else f"{question.answer:.0f}"
        case Short():
            return question.accept[0]
        case Essay():
            message = f"{question.id} has no key: a person marks it."
            raise ValueError(message)
