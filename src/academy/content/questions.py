"""One question, as the author wrote it: a frozen record per type, parsed strictly.

The formats are in ``docs/reference/content-formats.md``. What a learner may see of a question is decided where it is
shown (``render``, ``notebook``); these records hold everything, the key included.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, TypeAdapter, ValidationInfo, field_validator

from academy.content import rules
from academy.content.parts import (
    Criterion,
    Id,
    Item,
    Left,
    Number,
    NumberSlip,
    Option,
    Points,
    Record,
    Right,
    ScoredOption,
    WordSlip,
)
from academy.content.text import Line

__all__ = [
    "Essay",
    "Match",
    "Multi",
    "Numeric",
    "Order",
    "Question",
    "Scenario",
    "Short",
    "Single",
    "question_adapter",
    "slug_of",
]

QuestionId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*([.-][A-Za-z0-9]+)*$", max_length=40)]


class _Question(Record):
    """What every question has."""

    id: QuestionId
    obj: Line | None = None
    """The objective it belongs to, such as ``O1``."""
    stem: Line
    """The question itself, in Markdown."""
    points: Points = 1.0
    """The most points that it gives."""


class _Shuffled(_Question):
    keep_order: StrictBool = False
    """Whether the parts are shown in the order of the file instead of shuffled."""


def _unique(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    ids = [part.id for part in parts]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        message = f"the id {twice!r} stands twice"
        raise ValueError(message)
    return parts


class Single(_Shuffled):
    """Choose the one right option."""

    type: Literal["single"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]

    @field_validator("options")
    @classmethod
    def _has_one_key(cls, options: tuple[Option, ...]) -> tuple[Option, ...]:
        if sum(option.ok for option in options) != 1:
            message = "exactly one option must have ok: true"
            raise ValueError(message)
        return _unique(options)


class Multi(_Shuffled):
    """Choose all right options."""

    type: Literal["multi"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]

    @field_validator("options")
    @classmethod
    def _has_a_key(cls, options: tuple[Option, ...]) -> tuple[Option, ...]:
        if not any(option.ok for option in options):
            message = "at least one option must have ok: true"
            raise ValueError(message)
        return _unique(options)


class Scenario(_Shuffled):
    """Choose what to do; options are worth 0, 1 or 2."""

    type: Literal["scenario"]
    points: Points = 2.0
    options: Annotated[tuple[ScoredOption, ...], Field(min_length=2)]

    @field_validator("options")
    @classmethod
    def _has_a_best(cls, options: tuple[ScoredOption, ...]) -> tuple[ScoredOption, ...]:
        if not any(option.score == 2 for option in options):  # noqa: PLR2004 - the best score of the format
            message = "at least one option must have score 2"
            raise ValueError(message)
        return _unique(options)


class Order(_Shuffled):
    """Put the items in order."""

    type: Literal["order"]
    items: Annotated[tuple[Item, ...], Field(min_length=2)]
    answer: tuple[Id, ...]
    """The ids in the right order."""
    strict: StrictBool = False
    """Whether only the whole order counts."""
    why: Line

    @field_validator("items")
    @classmethod
    def _has_unique_ids(cls, items: tuple[Item, ...]) -> tuple[Item, ...]:
        return _unique(items)

    @field_validator("answer")
    @classmethod
    def _is_a_permutation(cls, answer: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        items = info.data.get("items")
        if items is not None and sorted(answer) != sorted(item.id for item in items):
            message = "must hold the id of each item exactly once"
            raise ValueError(message)
        if items is not None and info.data.get("keep_order") and answer == tuple(item.id for item in items):
            message = "keep_order would show the items in this very order"
            raise ValueError(message)
        return answer


class Match(_Shuffled):
    """Find the left text for each right one."""

    type: Literal["match"]
    left: Annotated[tuple[Left, ...], Field(min_length=2)]
    right: Annotated[tuple[Right, ...], Field(min_length=1)]

    @field_validator("left")
    @classmethod
    def _has_unique_ids(cls, left: tuple[Left, ...]) -> tuple[Left, ...]:
        return _unique(left)

    @field_validator("right")
    @classmethod
    def _answers_exist(cls, right: tuple[Right, ...], info: ValidationInfo) -> tuple[Right, ...]:
        known = {left.id for left in info.data.get("left", ())}
        lost = next((item for item in right if known and item.answer not in known), None)
        if lost is not None:
            message = f"the answer {lost.answer!r} of {lost.id!r} is no id of left"
            raise ValueError(message)
        return _unique(right)


class Numeric(_Question):
    """Write a number."""

    type: Literal["numeric"]
    answer: Number
    tol: Annotated[Number, Field(ge=0)] = 0.0
    """How far from ``answer`` a number may be."""
    why: Line
    common_errors: tuple[NumberSlip, ...] = ()

    @field_validator("common_errors")
    @classmethod
    def _errors_are_errors(cls, errors: tuple[NumberSlip, ...], info: ValidationInfo) -> tuple[NumberSlip, ...]:
        for error in errors:
            if "tol" in info.data and "answer" in info.data:
                key = {"value": info.data["answer"], "tolerance": info.data["tol"]}
                if rules.numeric_share(error.value, key):
                    message = f"the value {error.value:g} is within the tolerance of the answer"
                    raise ValueError(message)
        return errors


class Short(_Question):
    """Write a word or two."""

    type: Literal["short"]
    accept: Annotated[tuple[Line, ...], Field(min_length=1)]
    why: Line
    common_errors: tuple[WordSlip, ...] = ()

    @field_validator("accept")
    @classmethod
    def _forms_hold_words(cls, accept: tuple[str, ...]) -> tuple[str, ...]:
        empty = next((form for form in accept if not rules.normal(form)), None)
        if empty is not None:
            message = f"{empty!r} holds no letter or digit"
            raise ValueError(message)
        return accept

    @field_validator("common_errors")
    @classmethod
    def _errors_are_errors(cls, errors: tuple[WordSlip, ...], info: ValidationInfo) -> tuple[WordSlip, ...]:
        key = {"accept": info.data.get("accept", ())}
        for error in errors:
            if rules.short_share(error.value, key):
                message = f"the value {error.value!r} is also accepted"
                raise ValueError(message)
        return errors


class Essay(_Question):
    """Write a text that a person reads and marks."""

    type: Literal["essay"]
    points: Points
    rubric: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    """Shown to the learner before writing."""
    guidance: Line | None = None
    """Shown to graders only."""

    @field_validator("rubric")
    @classmethod
    def _adds_up(cls, rubric: tuple[Criterion, ...], info: ValidationInfo) -> tuple[Criterion, ...]:
        best = sum(row.most for row in rubric)
        if "points" in info.data and best != info.data["points"]:
            message = f"the best levels add up to {best:g}, not to the {info.data['points']:g} points"
            raise ValueError(message)
        return rubric


Question = Single | Multi | Order | Match | Numeric | Short | Scenario | Essay

question_adapter: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="type")])
"""Reads one question from the data of a file."""


def slug_of(question_id: str) -> str:
    """Return a question's id in the form that fits a cell's grade_id and an HTML id: ``DS1.1`` gives ``ds1-1``."""
    return question_id.lower().replace(".", "-")
