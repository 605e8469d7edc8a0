"""Records of results: what is known of a cohort, and the figures worked out from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from academy.attendance.model import Register

__all__ = ["AssessmentFacts", "Facts", "Figure", "Known", "ModuleFacts", "Person", "PersonCell", "Row"]


class Known(StrEnum):
    """How far a figure is known. Neither of the last two is 0."""

    KNOWN = "known"
    NOT_YET = "not yet"
    """It will be known later: nothing has happened or been marked so far."""
    NOT_COLLECTED = "not collected"
    """It is never known here: nobody asks for it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A participant of the cohort."""

    id: str
    username: str


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """A module of the course."""

    slug: str
    title: str
    lessons: frozenset[str]


@dataclass(frozen=True, slots=True)
class AssessmentFacts:
    """An assessment of the course, and how far it has come in the cohort."""

    slug: str
    title: str
    points: float
    """The most points."""
    released: bool
    feedback_released: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the figures of a cohort are worked out from."""

    participants: tuple[Person, ...]
    registers: tuple[Register, ...]
    """Of all sessions, earliest first."""
    modules: tuple[ModuleFacts, ...]
    done: frozenset[tuple[str, str, str]]
    """(person, module, lesson)."""
    assessments: tuple[AssessmentFacts, ...]
    marks: Mapping[tuple[str, str], float | None]
    """Points of the newest marked attempt by (person, assessment); None: sent, and not wholly marked yet."""
    modules_to_pass: float
    """Share of the course's modules, 0 to 1."""
    points_to_pass: float
    """Share of all points of the course's assessments, 0 to 1."""
    gained: Mapping[tuple[str, str], float | None] = field(default_factory=dict)
    """What a lab adds to the points of the written task whose place it takes, by (person, lab); None: not yet known."""


@dataclass(frozen=True, slots=True)
class PersonCell:
    """The cell of a row that names somebody; who may not see names is shown a number in its place."""

    username: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a figure."""

    cells: tuple[PersonCell | str, ...]
    counts: int
    """What it adds to the figure: all rows add up to its value."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the cohort, with what it means and the rows it came from."""

    slug: str
    title: str
    definition: str
    unit: str
    known: Known
    value: int
    """Only of use where ``known`` says so."""
    of: int | None
    """What the value is a part of; None: it is no part."""
    of_what: str
    """What ``of`` counts, in words; empty without ``of``."""
    columns: tuple[str, ...]
    """Headings of the rows."""
    rows: tuple[Row, ...]
    at_least: bool = False
    """True: some were counted without a name, so there may be more."""
    remark: str = ""
    """What a reader must know beside the number; may be empty."""

    @property
    def share(self) -> float | None:
        """Value as a share of ``of``; None where there is none."""
        return self.value / self.of if self.known is Known.KNOWN and self.of else None
