"""The parts that questions are made of: options, items, pairs, slips, rubrics."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator, model_validator

from academy.content.text import Line

__all__ = [
    "Criterion",
    "Id",
    "Item",
    "Left",
    "Level",
    "Number",
    "NumberSlip",
    "Option",
    "Points",
    "Record",
    "Right",
    "ScoredOption",
    "WordSlip",
]

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=40)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e15, le=1e15)]
Points = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=1000)]

_MARKERS = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)|AUTOTEST")


class Record(BaseModel):
    """Base of all records of content: unknown keys are refused, nothing changes after parsing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*")
    @classmethod
    def _holds_no_marker(cls, value: Any) -> Any:
        """Refuse nbgrader's markers: it would cut the notebook at them."""
        texts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(text, str) and _MARKERS.search(text) for text in texts):
            message = "holds a marker of nbgrader"
            raise ValueError(message)
        return value


class Option(Record):
    """One option of a single or multiple choice."""

    id: Id
    ok: StrictBool
    """Whether it is right to choose it."""
    text: Line
    why: Line
    """What the learner reads about this option afterwards."""


class ScoredOption(Record):
    """One option of a scenario."""

    id: Id
    score: Annotated[int, Field(strict=True, ge=0, le=2)]
    text: Line
    why: Line


class Item(Record):
    """One thing to put in order."""

    id: Id
    text: Line


class Left(Record):
    """One of the answers that can be matched."""

    id: Id
    text: Line


class Right(Record):
    """One thing to find the answer for."""

    id: Id
    text: Line
    answer: Id
    """The id of the left text it belongs to."""
    why: Line


class NumberSlip(Record):
    """A frequent mistake in a numeric answer and what to say about it."""

    value: Number
    why: Line


class WordSlip(Record):
    """A frequent mistake in a short answer and what to say about it."""

    value: Line
    why: Line


class Level(Record):
    """One level of a criterion."""

    points: Points | Literal[0]
    """The most points of this level."""
    least: Annotated[float, Field(ge=0)]
    """The fewest points of this level; equal to ``points`` unless the file gives a range."""
    text: Line

    @model_validator(mode="before")
    @classmethod
    def _read_range(cls, data: Any) -> Any:
        """Read ``points: 3-4`` as least 3 and most 4."""
        if not isinstance(data, dict) or "least" in data or "points" not in data:
            return data
        points = data["points"]
        span = re.fullmatch(r"(\d{1,3})-(\d{1,3})", points) if isinstance(points, str) else None
        if span is None:
            return data | {"least": points}
        least, most = sorted(map(int, span.groups()))
        return data | {"points": most, "least": least}


class Criterion(Record):
    """One row of a rubric."""

    criterion: Line
    levels: Annotated[tuple[Level, ...], Field(min_length=2)]

    @property
    def most(self) -> float:
        """The points of the best level."""
        return max(level.points for level in self.levels)
