"""Answers as form fields, as JSON and as words.

Form fields: the question's id for one control (radio buttons, check boxes, a text), ``ID.ITEM`` with the place from 1
for each item of an order, ``ID.RIGHT`` with the left id for each pair of a match. A half-filled order or match is a
valid draft: an order that is not finished is a mapping of item to place and gives no points until it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from academy.content.phrases import phrases
from academy.content.questions import Essay, Match, Multi, Numeric, Order, Question, Scenario, Short, Single
from academy.content.scoring import Answer
from academy.errors import BadInput
from academy.languages.phrases import Phrase, phrase

__all__ = [
    "TEXT_LIMIT",
    "Answer",
    "answer_text",
    "field_names",
    "read_fields",
    "read_form",
    "to_fields",
    "unfinished",
]

TEXT_LIMIT = 20_000
"""Most characters of one written answer."""


def field_names(question: Question) -> tuple[str, ...]:
    """Return the names of the question's form fields."""
    match question:
        case Order():
            return tuple(f"{question.id}.{item.id}" for item in question.items)
        case Match():
            return tuple(f"{question.id}.{right.id}" for right in question.right)
        case _:
            return (question.id,)


def read_form(questions: Iterable[Question], fields: Mapping[str, Sequence[str]]) -> dict[str, Answer]:
    """Read a whole form: question id to answer, without the questions that have none.

    Raises ``BadInput`` that names the first field that is unknown or has an unusable value.
    """
    questions = tuple(questions)
    known = {name for question in questions for name in field_names(question)}
    unknown = next((name for name in fields if name not in known), None)
    if unknown is not None:
        raise _refused(unknown, phrase("is not a field of this form"))
    answers = {question.id: read_fields(question, fields) for question in questions}
    return {name: answer for name, answer in answers.items() if answer is not None}


def read_fields(question: Question, fields: Mapping[str, Sequence[str]]) -> Answer | None:
    """Read one question's answer out of a form; ``None`` if it was left out. Raises ``BadInput`` naming the field."""
    match question:
        case Single() | Scenario():
            return _choice(question.id, fields, [option.id for option in question.options])
        case Multi():
            known = {option.id for option in question.options}
            return sorted({_known(question.id, value, known) for value in fields.get(question.id, ())}) or None
        case Order():
            places = [str(place) for place in range(1, len(question.items) + 1)]
            return _order(question, _choices(question, fields, places))
        case Match():
            return _choices(question, fields, [left.id for left in question.left]) or None
        case Numeric() | Short() | Essay():
            return _written(question.id, fields)


def to_fields(question: Question, answer: Any) -> dict[str, list[str]]:
    """Return the form fields that give ``answer``. What does not fit the question is left out."""
    match question:
        case Single() | Scenario() | Numeric() | Short() | Essay():
            return {question.id: [answer]} if isinstance(answer, str) else {}
        case Multi():
            chosen = [value for value in answer if isinstance(value, str)] if isinstance(answer, list) else []
            return {question.id: chosen} if chosen else {}
        case Order() if isinstance(answer, list):
            return {f"{question.id}.{item}": [str(place)] for place, item in enumerate(answer, 1)}
        case Order() | Match() if isinstance(answer, dict):
            known = field_names(question)
            named = ((f"{question.id}.{part}", value) for part, value in answer.items())
            return {name: [value] for name, value in named if name in known and isinstance(value, str)}
        case _:
            return {}


def unfinished(question: Question, answer: Answer | None, language: str = "en") -> str | None:
    """Return one sentence if an order or match was begun and not finished, else ``None``."""
    if not isinstance(answer, dict):
        return None
    if isinstance(question, Order):
        places = set(answer.values())
        return phrases(language)["unfinished-order"].format(open=len(question.items) - len(places))
    if isinstance(question, Match) and len(answer) < len(question.right):
        return phrases(language)["unfinished-match"].format(open=len(question.right) - len(answer))
    return None


def answer_text(question: Question, answer: Any, language: str = "en") -> str:
    """Return an answer in words, for a receipt or a list."""
    texts: list[str] = []
    match question:
        case Single() | Scenario() | Multi():
            chosen = answer if isinstance(answer, list) else [answer]
            texts = [option.text for option in question.options if option.id in chosen]
        case Order():
            names = {item.id: item.text for item in question.items}
            places = _places(question, answer)
            texts = [f"{place}. {names[item]}" for item, place in sorted(places.items(), key=lambda pair: int(pair[1]))]
        case Match():
            left = {item.id: item.text for item in question.left}
            matched = {name: values[0] for name, values in to_fields(question, answer).items() if values[0] in left}
            pairs = ((item.text, matched.get(f"{question.id}.{item.id}")) for item in question.right)
            texts = [f"{text} {left[found]}" for text, found in pairs if found]
        case Numeric() | Short() | Essay() if isinstance(answer, str):
            texts = [answer.strip()]
    return "; ".join(text for text in texts if text) or phrases(language)["no-answer"]


def _places(question: Order, answer: Any) -> dict[str, str]:
    """Return each placed item with its place, for a finished or a half-filled order."""
    names = {f"{question.id}.{item.id}": item.id for item in question.items}
    fields = to_fields(question, answer)
    known = {str(place) for place in range(1, len(names) + 1)}
    return {names[name]: value for name, (value,) in fields.items() if name in names and value in known}


def _refused(field: str, reason: Phrase) -> BadInput:
    return BadInput(phrase("%(field)s: %(reason)s.", field=field, reason=reason), code="bad-field", field=field)


def _known(field: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise _refused(field, phrase("this is not one of the choices"))
    return value


def _choice(field: str, fields: Mapping[str, Sequence[str]], known: Sequence[str]) -> str | None:
    """Read a control with one value; an empty value is no answer."""
    values = [value for value in fields.get(field, ()) if value]
    if len(values) > 1:
        raise _refused(field, phrase("there is more than one value"))
    return _known(field, values[0], known) if values else None


def _choices(question: Order | Match, fields: Mapping[str, Sequence[str]], known: Sequence[str]) -> dict[str, str]:
    read = {name.removeprefix(f"{question.id}."): _choice(name, fields, known) for name in field_names(question)}
    return {part: value for part, value in read.items() if value is not None}


def _order(question: Order, places: dict[str, str]) -> Answer | None:
    if len(set(places.values())) == len(question.items):
        return sorted(places, key=lambda item: int(places[item]))
    return places or None


def _written(field: str, fields: Mapping[str, Sequence[str]]) -> str | None:
    values = fields.get(field, ())
    if len(values) > 1:
        raise _refused(field, phrase("there is more than one value"))
    text = _clean(values[0]) if values else ""
    if len(text) > TEXT_LIMIT:
        raise _refused(
            field, phrase("the text has %(length)s characters; %(most)s is the most", length=len(text), most=TEXT_LIMIT)
        )
    return text if text.strip() else None


def _clean(text: str) -> str:
    """Return ``text`` with plain line ends and without the control signs that no database or notebook keeps."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
