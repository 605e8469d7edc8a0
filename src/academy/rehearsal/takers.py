"""Invented people of mixed ability, and how each fills in the form of a question: the same seed, the same answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from academy.content.answers import to_fields
from academy.content.questions import Essay, Multi, Order, Question
from academy.content.scoring import answer_key, key_of
from academy.rehearsal.form import Control, untouched

__all__ = ["Fields", "Kind", "Taker", "fill", "takers"]

Fields = dict[str, list[str]]
"""What a browser sends: name of the control to its values."""
PLAN = "Whoever keeps the list gives it a code name by Friday. Sign that it failed: somebody asks about a name."


class Kind(StrEnum):
    """How somebody answers."""

    GOOD = "good"
    """Knows nine questions of ten and guesses the others."""
    MIDDLING = "middling"
    """Knows six of ten."""
    GUESSING = "guessing"
    """Chooses anything; writes something."""
    BLANK = "blank"
    """Sends the form as it is."""
    LONGEST = "longest"
    """Chooses the longest texts, as many as are right; of an order the longest first. Writes nothing."""
    SHORTEST = "shortest"
    """The same with the shortest texts."""
    FIRST = "first"
    """Chooses what stands first, as many as are right; leaves an order as it is shown. Writes nothing."""
    MALFORMED = "malformed"
    """Sends what no browser sends, and hands in a notebook with answers that are none."""


KNOWS = {Kind.GOOD: 0.9, Kind.MIDDLING: 0.6, Kind.GUESSING: 0.0}
"""Share of the questions that somebody knows."""


@dataclass(frozen=True, slots=True)
class Taker:
    """One invented person."""

    name: str
    """User name, which also decides in which order she sees options."""
    kind: Kind
    seed: int


def takers(count: int, seed: int) -> list[Taker]:
    """Return one of each kind, then good, middling and guessing ones in turn."""
    usual = (Kind.GOOD, Kind.MIDDLING, Kind.GUESSING)
    kinds = [*Kind, *(usual[number % len(usual)] for number in range(max(0, count - len(Kind))))]
    return [Taker(f"{kind}-{number:03d}", kind, seed) for number, kind in enumerate(kinds[:count], 1)]


def fill(taker: Taker, question: Question, shown: Sequence[Control]) -> Fields:
    """Return the fields that this person sends for a question, of which ``shown`` is the form that she sees."""
    chance = random.Random(f"{taker.seed} {taker.name} {question.id}")  # noqa: S311 - a simulation, no secret
    fields: Fields = untouched(shown)
    match taker.kind:
        case Kind.GOOD | Kind.MIDDLING | Kind.GUESSING:
            known = chance.random() < KNOWS[taker.kind]
            return fields | (_known(question) if known else _guessed(question, shown, chance))
        case Kind.LONGEST:
            return fields | _chosen(question, shown, lambda texts: sorted(texts, key=lambda one: -len(texts[one])))
        case Kind.SHORTEST:
            return fields | _chosen(question, shown, lambda texts: sorted(texts, key=lambda one: len(texts[one])))
        case Kind.FIRST:
            return fields | _chosen(question, shown, list)
        case Kind.MALFORMED:
            return fields | _refused(shown, chance)
        case _:
            return fields


def _known(question: Question) -> Fields:
    return to_fields(question, PLAN if isinstance(question, Essay) else answer_key(question))


def _guessed(question: Question, shown: Sequence[Control], chance: random.Random) -> Fields:
    if isinstance(question, Order):
        places = chance.sample(range(1, len(shown) + 1), len(shown))
        return {control.name: [str(place)] for control, place in zip(shown, places, strict=True)}
    return {control.name: _any(control, chance) for control in shown}


def _any(control: Control, chance: random.Random) -> list[str]:
    values = list(control.offered)
    if control.kind == "text":
        return [chance.choice(["3", "11", "15", "protection", "I am not sure"])]
    return (
        chance.sample(values, chance.randint(1, len(values))) if control.kind == "checkbox" else [chance.choice(values)]
    )


def _chosen(question: Question, shown: Sequence[Control], rank: Callable[[dict[str, str]], list[str]]) -> Fields:
    """Choose by ``rank``, which puts values with their texts in an order without knowing anything."""
    if isinstance(question, Order):
        names = rank({control.name: control.label for control in shown})
        return {name: [str(place)] for place, name in enumerate(names, 1)}
    many = len(key_of(question)["right"]) if isinstance(question, Multi) else 1
    return {control.name: rank(control.offered)[:many] for control in shown if control.offered}


def _refused(shown: Sequence[Control], chance: random.Random) -> Fields:
    """Return fields of which every one is unusable."""
    unknown = [["no-such-option"], ["no-such-option", "nor-this"], ["0"]]
    too_much = [["x" * 30_000], ["one", "two"]]
    return {c.name: chance.choice(unknown if c.offered else too_much) for c in shown}
