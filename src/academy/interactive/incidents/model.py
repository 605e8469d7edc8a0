"""Rules of the first hour: sixty minutes, four gauges, and steps that take time and change the gauges.

Pure: values in, values out. Minutes, gauges and effects are a teaching rule of this course, not a standard. Effects
are added up first and clamped to 0..10 afterwards, so the gauges tell what was done; ``early`` tells what was done
too soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from academy.errors import BadInput

__all__ = [
    "FULL",
    "GAUGES",
    "MINUTES",
    "START",
    "Action",
    "Case",
    "Early",
    "Gauges",
    "Hour",
    "Order",
    "Path",
    "Step",
    "clock",
    "early",
    "fits",
    "hour",
]

MINUTES = 60
"""What there is to spend."""
START, FULL = 3, 10
"""Where each gauge stands in the beginning, and its upper end; the lower end is 0."""
GAUGES = ("people", "access", "evidence", "team")
"""People safe, access closed, evidence kept, team steady."""


@dataclass(frozen=True, slots=True)
class Gauges:
    """Four values, one for each gauge: a state from 0 to 10, or what a step adds."""

    people: int = 0
    access: int = 0
    evidence: int = 0
    team: int = 0

    def values(self) -> tuple[int, int, int, int]:
        """Return the values in the order of ``GAUGES``."""
        return (self.people, self.access, self.evidence, self.team)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that the group can do in the hour."""

    id: str
    text: str
    """What is done, in one sentence."""
    minutes: int
    effect: Gauges
    """What it adds to the gauges; negative is worse."""
    note: str
    """What is said about it afterwards."""

    @property
    def harmful(self) -> bool:
        """Whether it lowers a gauge."""
        return min(self.effect.values()) < 0


@dataclass(frozen=True, slots=True)
class Order:
    """One step that should stand before another."""

    first: str
    """Id of the step that comes earlier."""
    then: str
    why: str


@dataclass(frozen=True, slots=True)
class Path:
    """One way through the hour, with a comment."""

    id: str
    title: str
    actions: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Case:
    """One incident in one language."""

    id: str
    title: str
    story: str
    begins: int
    """Minutes after midnight at which the hour begins."""
    warning: str
    """Said before a case that may distress, which is then optional; otherwise empty."""
    actions: tuple[Action, ...]
    orders: tuple[Order, ...]
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One action that was taken."""

    action: Action
    at: int
    """Minutes since the hour began when it was begun."""
    gauges: Gauges
    """Where the gauges stand after it."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What was done, and where it led."""

    steps: tuple[Step, ...]
    spent: int
    """Minutes."""
    gauges: Gauges

    @property
    def left(self) -> int:
        """Minutes left."""
        return MINUTES - self.spent


@dataclass(frozen=True, slots=True)
class Early:
    """A step that was taken before the one which should come first."""

    first: Action
    then: Action
    why: str
    missing: bool
    """Whether the first one was not taken at all."""


def hour(case: Case, taken: Sequence[str]) -> Hour:
    """Play the actions in their order. Raises ``BadInput`` if one is unknown or doubled, or if time runs out."""
    actions = _picked(case, taken)
    steps, at = [], 0
    for count, action in enumerate(actions, start=1):
        steps.append(Step(action, at, _gauges(actions[:count])))
        at += action.minutes
    if at > MINUTES:
        message = f"These steps take {at} minutes; the hour has {MINUTES}."
        raise BadInput(message, code="too-long", field="taken")
    return Hour(tuple(steps), at, _gauges(actions))


def fits(case: Case, taken: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the actions that are not taken yet and for which there is still time."""
    left = hour(case, taken).left
    return tuple(action.id for action in case.actions if action.id not in taken and action.minutes <= left)


def early(case: Case, taken: Sequence[str]) -> tuple[Early, ...]:
    """Return the steps that were taken before what should come first, in the order of the case."""
    place = {action.id: number for number, action in enumerate(_picked(case, taken))}
    known = {action.id: action for action in case.actions}
    return tuple(
        Early(known[order.first], known[order.then], order.why, missing=order.first not in place)
        for order in case.orders
        if order.then in place and place.get(order.first, len(place)) > place[order.then]
    )


def clock(case: Case, minutes: int) -> str:
    """Return the time of day, such as ``09:45``, that many minutes after the hour began."""
    return f"{(case.begins + minutes) // 60 % 24:02d}:{(case.begins + minutes) % 60:02d}"


def _picked(case: Case, taken: Sequence[str]) -> list[Action]:
    known = {action.id: action for action in case.actions}
    if unknown := [name for name in taken if name not in known]:
        message = f"There is no step {unknown[0]!r}."
        raise BadInput(message, code="unknown-step", field="taken")
    if len(set(taken)) < len(taken):
        message = "A step is taken once."
        raise BadInput(message, code="doubled-step", field="taken")
    return [known[name] for name in taken]


def _gauges(actions: Sequence[Action]) -> Gauges:
    added = (sum(column) for column in zip(*(action.effect.values() for action in actions), strict=True))
    changes = tuple(added) or (0, 0, 0, 0)
    return Gauges(*(max(0, min(FULL, START + change)) for change in changes))
