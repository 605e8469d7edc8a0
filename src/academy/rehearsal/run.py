"""One assessment taken by all takers: released, handed in and marked by nbgrader, in a folder that is thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat

from academy import clock
from academy.content.build import build_assessment
from academy.content.model import Assessment
from academy.content.scoring import score
from academy.errors import BadInput
from academy.grading import bridge, keys
from academy.grading.items import PRECISION, Flag, Item, Sheet, items
from academy.grading.model import CourseFolder, Delivery
from academy.grading.sheets import sheets
from academy.learning.sheet import read_answers, readable_answers
from academy.rehearsal.chance import at_least, by_chance, expected, is_more_than_chance, together
from academy.rehearsal.form import controls
from academy.rehearsal.malformed import expected_points, spoiled
from academy.rehearsal.takers import Kind, Taker, fill

__all__ = ["Habit", "Rehearsal", "rehearse"]

HABITS = (Kind.LONGEST, Kind.SHORTEST)
"""Ways to choose by the look of the options that must not pay."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What one way to choose without knowing anything has brought."""

    kind: Kind
    question: str
    """Question id; empty: the whole assessment."""
    points: float
    by_chance: float
    """Points on average for choosing at random."""
    luck: float
    """How probable so many points are at random, from 0 to 1."""
    pays: bool
    """Whether this is more than chance explains."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of one assessment."""

    assessment: Assessment
    items: list[Item]
    """Statistics over all takers whose answers can be read."""
    habits: list[Habit]
    problems: list[str]
    """One sentence for each thing that has to be mended."""


@dataclass(frozen=True, slots=True)
class _Sent:
    delivery: Delivery
    points: Mapping[str, float | None]
    """What the pure rules give, by question id."""


def rehearse(assessment: Assessment, people: Sequence[Taker], course: CourseFolder) -> Rehearsal:
    """Let all takers take an assessment. Raises what nbgrader cannot do as ``AcademyError``."""
    source = nbformat.writes(build_assessment(assessment)).encode()
    bridge.release(course, assessment.slug, source, keys.dump(assessment.questions), None)
    released = bridge.student_notebook(course, assessment.slug)
    sent = {taker.name: _sent(taker, assessment, released) for taker in people}
    problems = bridge.deliver_all(course, assessment.slug, [one.delivery for one in sent.values()])
    bridge.collect(course, assessment.slug)
    bridge.autograde(course, assessment.slug)
    found = sheets(course, assessment.slug)
    readable = [found[one.name] for one in people if one.kind is not Kind.MALFORMED and one.name in found]
    statistics = items(assessment.questions, readable)
    habits = [habit for one in people if one.kind in HABITS for habit in _habits(one.kind, assessment, found[one.name])]
    return Rehearsal(
        assessment=assessment,
        items=statistics,
        habits=habits,
        problems=[
            *(f"{name}: {problem}" for name, problem in zip(sent, problems, strict=True) if problem),
            *_unlike_the_rules(sent, found),
            *_failed_by_all(statistics),
            *(_too_good(habit) for habit in habits if habit.pays),
        ],
    )


def _sent(taker: Taker, assessment: Assessment, released: bytes) -> _Sent:
    """Return what this person hands in: her form, or a notebook where the form refuses what she sends."""
    fields: dict[str, list[str]] = {}
    for question in assessment.questions:
        fields |= fill(taker, question, controls(question, taker.name))
    now = clock.now()
    try:
        answers = read_answers(assessment.questions, fields)
    except BadInput:
        kept = readable_answers(assessment.questions, fields)
        if any(kept.values()):
            raise
        notebook = spoiled(released, assessment.questions)
        return _Sent(Delivery(taker.name, now, notebook=notebook), expected_points(assessment.questions))
    points = {question.id: score(question, answers[question.id]).points for question in assessment.questions}
    return _Sent(Delivery(taker.name, now, answers=answers), points)


def _unlike_the_rules(sent: Mapping[str, _Sent], found: Mapping[str, Sheet]) -> Iterator[str]:
    """Compare the gradebook with the pure rules, person by person and question by question."""
    for name, one in sent.items():
        if name not in found:
            yield f"{name}: the gradebook does not know what was handed in"
            continue
        for question, right in one.points.items():
            booked = found[name].points.get(question)
            if _rounded(booked) != _rounded(right):
                yield f"{question}: the gradebook gives {name} {_words(booked)}, the rules {_words(right)}"


def _rounded(points: float | None) -> float | None:
    return None if points is None else round(points, PRECISION)


def _words(points: Any) -> str:
    return "no mark" if points is None else f"{points:g}"


def _failed_by_all(statistics: Sequence[Item]) -> Iterator[str]:
    for item in statistics:
        if item.figures is not None and Flag.NOBODY in item.figures.flags:
            yield f"{item.question.id}: nobody gets all points, whoever knows the answer neither"


def _habits(kind: Kind, assessment: Assessment, sheet: Sheet) -> Iterator[Habit]:
    """Return what a habit brings for each question that can be chosen, and for all of them."""
    distributions = {question.id: by_chance(question) for question in assessment.questions}
    chosen = {name: distribution for name, distribution in distributions.items() if len(distribution) > 1}
    got = {name: sheet.points.get(name) or 0.0 for name in chosen}
    for name, distribution in (*chosen.items(), ("", together(chosen.values()))):
        points = got[name] if name else sum(got.values())
        yield Habit(
            kind=kind,
            question=name,
            points=points,
            by_chance=float(expected(distribution)),
            luck=float(at_least(distribution, points)),
            pays=is_more_than_chance(distribution, points),
        )


def _too_good(habit: Habit) -> str:
    what = habit.question or "the whole assessment"
    return (
        f"{what}: whoever always takes the {habit.kind} gets {habit.points:.2f} points, by chance "
        f"{habit.by_chance:.2f}; so many come by chance in {habit.luck:.1%} of cases"
    )
