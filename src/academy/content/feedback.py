"""What a learner reads about her answer: at once in practice, after grading in an assessment. Reasons, no verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from academy.content import rules
from academy.content.answers import to_fields
from academy.content.markdown import stem_html
from academy.content.phrases import phrases
from academy.content.questions import Match, Multi, Numeric, Order, Question, Scenario, Short, Single, slug_of
from academy.content.scoring import answer_key, score
from academy.content.shuffle import parts_of
from academy.content.templates import template

__all__ = ["feedback_html", "practice_feedback_html"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to read about an answer."""

    text: str | None
    """What was chosen; ``None`` where it goes without saying."""
    why: str


def feedback_html(
    question: Question,
    answer: Any,
    points: float | None,
    comment: str | None = None,
    *,
    number: int | None = None,
    language: str = "en",
    asked: bool = True,
) -> str:
    """Return the rationale of every option, the learner's own answer marked in words, her points and a comment.

    ``points`` is ``None`` for an answer that nobody has marked yet. Without ``asked`` only the reasons are there, to
    stand below a question that is read and not sent.
    """
    legend, rest = stem_html(question.stem)
    return template("feedback.html").render(
        q=question,
        slug=f"f-{slug_of(question.id)}",
        legend=Markup(legend),  # noqa: S704 - made by our own safe Markdown
        rest=Markup(rest),  # noqa: S704
        parts=parts_of(question, ""),
        fields=to_fields(question, answer),
        slip=_slip(question, answer),
        key=answer_key(question) if isinstance(question, Numeric | Short) else None,
        points=points,
        comment=comment,
        asked=asked,
        number=number,
        words=phrases(language),
    )


def practice_feedback_html(question: Question, answer: Any, *, language: str = "en") -> str:
    """Return the reasons for what was chosen, shown at once under a practice question."""
    return template("practice.html").render(
        slug=f"q-{slug_of(question.id)}-feedback",
        opening=_opening(question, answer, phrases(language)),
        reasons=_reasons(question, answer) if to_fields(question, answer) else [],
        more=phrases(language)["more-to-find"] if _missed(question, answer) else None,
    )


def _opening(question: Question, answer: Any, words: Mapping[str, str]) -> str:
    if not to_fields(question, answer):
        return words["choose-first"]
    if isinstance(question, Numeric) and not rules.numbers(answer):
        return words["hint-numeric"]
    points = score(question, answer).points
    if points == question.points:
        return words["fits-all"]
    return words["fits-part"] if points or _some_right(question, answer) else words["look-again"]


def _some_right(question: Question, answer: Any) -> bool:
    return any(_right_chosen(question, answer))


def _missed(question: Question, answer: Any) -> bool:
    """Tell whether something right was chosen and something right was not."""
    chosen = _right_chosen(question, answer)
    return any(chosen) and not all(chosen)


def _right_chosen(question: Question, answer: Any) -> list[bool]:
    """Tell for each right option of a multiple choice whether it was chosen; nothing for other questions."""
    if not isinstance(question, Multi) or not to_fields(question, answer):
        return []
    return [option.id in answer for option in question.options if option.ok]


def _reasons(question: Question, answer: Any) -> list[Reason]:
    match question:
        case Single() | Scenario():
            return [Reason(None, option.why) for option in question.options if option.id == answer]
        case Multi():
            return [Reason(option.text, option.why) for option in question.options if option.id in answer]
        case Match():
            return [Reason(item.text, item.why) for item in question.right if item.id in answer]
        case Numeric() | Short():
            return [Reason(None, _slip(question, answer) or question.why)]
        case Order():
            return [Reason(None, question.why)]
        case _:
            return []


def _slip(question: Question, answer: Any) -> str | None:
    """Return what the author says about this frequent mistake, if it is one."""
    match question:
        case Numeric():
            keys = [(error, {"value": error.value, "tolerance": question.tol}) for error in question.common_errors]
            return next((error.why for error, key in keys if rules.numeric_share(answer, key)), None)
        case Short():
            forms = [(error, {"accept": [error.value]}) for error in question.common_errors]
            return next((error.why for error, key in forms if rules.short_share(answer, key)), None)
        case _:
            return None
