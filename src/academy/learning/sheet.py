"""An assessment as one person sees it: her answers read from a form, her questions rendered with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from academy.content.answers import field_names, read_fields, read_form
from academy.content.model import Assessment
from academy.content.questions import Question
from academy.content.render import question_html
from academy.errors import BadInput
from academy.languages.catalogues import translated

__all__ = ["read_answers", "readable_answers", "rendered", "unanswered"]


def read_answers(questions: Sequence[Question], fields: Mapping[str, Sequence[str] | str]) -> dict[str, Any]:
    """Return the answer to every question, None where it was left empty.

    Raises ``BadInput`` that names the field: one that no question has, or one whose value cannot be read.
    """
    found = read_form(questions, _lists(fields))
    return {question.id: found.get(question.id) for question in questions}


def readable_answers(questions: Sequence[Question], fields: Mapping[str, Sequence[str] | str]) -> dict[str, Any]:
    """Return the answers that can be read, so that one bad field does not cost the others."""
    found: dict[str, Any] = {}
    for question in questions:
        with suppress(BadInput):
            found[question.id] = read_fields(question, _lists(fields))
    return found


def _lists(fields: Mapping[str, Sequence[str] | str]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in fields.items()}


def rendered(
    assessment: Assessment, answers: Mapping[str, Any], *, seed: str, problem: BadInput | None = None
) -> list[dict[str, str]]:
    """Return id, type and HTML of each question, filled with the answers so far.

    ``seed`` decides the order of options: the same for a person each time, another one for her neighbour.
    """
    return [
        {
            "id": question.id,
            "type": question.type,
            "html": question_html(
                question,
                answer=answers.get(question.id),
                seed=seed,
                number=number,
                language=assessment.language,
                problem=_said(problem, question, assessment.language),
            ),
        }
        for number, question in enumerate(assessment.questions, start=1)
    ]


def _said(problem: BadInput | None, question: Question, language: str) -> str | None:
    """Return what is said beside a question whose field was refused, in the language of the question."""
    return translated(problem.message, language) if problem and problem.field in field_names(question) else None


def unanswered(assessment: Assessment, answers: Mapping[str, Any]) -> list[int]:
    """Return the numbers of the questions that have no answer yet."""
    return [number for number, question in enumerate(assessment.questions, start=1) if answers.get(question.id) is None]
