"""How each question of an assessment did in a group: pure rules over answers and points, without any name.

Discrimination is the correlation of a question's points with the total of the other questions, so that the question is
not compared with itself: J. P. Guilford, The correlation of an item with a composite of the remaining items in a test,
Educational and Psychological Measurement 13, 1953, pages 87 to 93. For a question of all or nothing this is the
corrected point-biserial correlation. Fewer than ``FEWEST`` people give no figures: they would be about persons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import StatisticsError, correlation, fmean
from typing import Any

from academy.content.questions import Essay, Question
from academy.grading.options import Choice, choices_of, misleading

__all__ = ["FEWEST", "Figures", "Flag", "Item", "Sheet", "Trend", "discrimination", "items", "trend"]

FEWEST = 10
"""People who have to have handed in before there are figures."""
PRECISION = 9
"""Decimals that count: two people with the same points are equal, in whatever order these were added."""
GOOD, SOME = 0.3, 0.2
"""From where on a question tells people apart well, and at all: R. L. Ebel, Essentials of Educational Measurement."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person handed in, and what it is worth."""

    answers: Mapping[str, Any]
    """By question id; a question that was left empty has None or is missing."""
    points: Mapping[str, float | None]
    """By question id; None or missing: not marked yet."""


class Flag(StrEnum):
    """What somebody should look at."""

    NOBODY = "nobody"
    """Nobody has all points."""
    EVERYBODY = "everybody"
    MISLEADING = "misleading"
    """In the upper third more people chose a wrong option than the right one."""
    UNUSED = "unused"
    """Nobody chose an option."""


class Trend(StrEnum):
    """Whether those who do well in the other questions do well in this one, too."""

    YES = "yes"
    LITTLE = "little"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Figures:
    """The statistics of one question."""

    mean: float
    """Points on average."""
    empty: float
    """Share of people who left it empty, from 0 to 1."""
    discrimination: float | None
    """From -1 to 1. None: all have the same points here, or the same in all other questions."""
    choices: tuple[Choice, ...]
    """Of a question with options to choose from, in the order of the file; of others none."""
    flags: Mapping[Flag, tuple[str, ...]]
    """With the ids of the options that a flag is about; most are about none."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question in a group."""

    question: Question
    answers: int
    """People who handed in, whether or not they left this question empty."""
    waiting: int
    """Of these, whose answer has no mark yet."""
    figures: Figures | None
    """None: fewer than ``FEWEST`` people, or marks are missing, so that any figure would be one-sided."""

    @property
    def difficulty(self) -> float | None:
        """Mean share of the points, from 0 to 1; the higher, the easier."""
        return None if self.figures is None else self.figures.mean / self.question.points


def items(questions: Sequence[Question], sheets: Sequence[Sheet]) -> list[Item]:
    """Return the statistics of every question. What is not marked for everybody counts in no total."""
    waiting = {q.id: sum(sheet.points.get(q.id) is None for sheet in sheets) for q in questions}
    marked = [q.id for q in questions if not waiting[q.id]]
    totals = [round(sum(_points(sheet, name) for name in marked), PRECISION) for sheet in sheets]
    enough = len(sheets) >= FEWEST
    return [
        Item(q, len(sheets), waiting[q.id], _figures(q, sheets, totals) if enough and q.id in marked else None)
        for q in questions
    ]


def _points(sheet: Sheet, question: str) -> float:
    return sheet.points.get(question) or 0.0


def _figures(question: Question, sheets: Sequence[Sheet], totals: Sequence[float]) -> Figures:
    points = [_points(sheet, question.id) for sheet in sheets]
    choices = choices_of(question, [sheet.answers.get(question.id) for sheet in sheets], totals)
    return Figures(
        mean=fmean(points),
        empty=fmean(sheet.answers.get(question.id) is None for sheet in sheets),
        discrimination=discrimination(points, totals),
        choices=choices,
        flags=_flags(question, points, choices),
    )


def discrimination(points: Sequence[float], totals: Sequence[float]) -> float | None:
    """Correlate a question's points with the totals less these points. None: one of the two does not vary."""
    rest = [round(total - own, PRECISION) for own, total in zip(points, totals, strict=True)]
    try:
        return correlation([round(own, PRECISION) for own in points], rest)
    except StatisticsError:
        return None


def trend(figure: float | None) -> Trend:
    """Return the word for a discrimination."""
    if figure is None:
        return Trend.UNKNOWN
    if figure >= GOOD:
        return Trend.YES
    return Trend.LITTLE if figure >= SOME else Trend.NO


def _flags(question: Question, points: Sequence[float], choices: Sequence[Choice]) -> dict[Flag, tuple[str, ...]]:
    """Return what to look at. Few essays get all points, and that says nothing about the question."""
    if isinstance(question, Essay):
        return {}
    full = sum(own >= question.points for own in points)
    flags: dict[Flag, tuple[str, ...]] = {}
    if full == 0:
        flags[Flag.NOBODY] = ()
    if full == len(points):
        flags[Flag.EVERYBODY] = ()
    if wrong := misleading(question, choices):
        flags[Flag.MISLEADING] = wrong
    if unused := tuple(choice.option for choice in choices if choice.all == 0):
        flags[Flag.UNUSED] = unused
    return flags
