"""An assessment as one person sees it: her answers read from a form, her questions rendered with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from academy.content.answers import read_fields
from academy.content.catalogue import Assessment
from academy.content.questions import Question
from academy.content.render import question_html
from academy.errors import BadInput

__all__ = ["read_answers", "rendered", "unanswered"]


def read_answers(assessment: Assessment, fields: Mapping[str, Sequence[str] | str]) -> dict[str, Any]:
    """Return the answer to every question, None where it was left empty.

    Raises ``BadInput`` that names the field: one that no question has, or one whose value cannot be read.
    """
    shares: dict[str, dict[str, Sequence[str]]] = {question.id: {} for question in assessment.questions}
    for name, value in fields.items():
        owner = _owner(assessment.questions, name)
        shares[owner][name] = [value] if isinstance(value, str) else list(value)
    return {question.id: read_fields(question, shares[question.id]) for question in assessment.questions}


def _owner(questions: Sequence[Question], name: str) -> str:
    for question in questions:
        if name == question.id or name.startswith(f"{question.id}."):
            return question.id
    message = f"{name[:80]} is not a field of this form. Nothing was changed."
    raise BadInput(message, code="unknown-field", field=name[:80])


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
                problem=problem.message if problem and _concerns(problem, question) else None,
            ),
        }
        for number, question in enumerate(assessment.questions, start=1)
    ]


def _concerns(problem: BadInput, question: Question) -> bool:
    field = problem.field or ""
    return field == question.id or field.startswith(f"{question.id}.")


def unanswered(assessment: Assessment, answers: Mapping[str, Any]) -> list[int]:
    """Return the numbers of the questions that have no answer yet."""
    return [number for number, question in enumerate(assessment.questions, start=1) if answers.get(question.id) is None]
