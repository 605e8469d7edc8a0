"""What the dice lab shows, worked out from the rules of ``academy.interactive.keys``; no widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from academy.interactive.keys.clock import Pace, Secret, average_seconds, bits_of, duration, weakest_first
from academy.interactive.keys.data import Lab
from academy.interactive.keys.dice import DICE, FACES, Roll
from academy.interactive.keys.duel import Meeting, row_of, wins

__all__ = ["ENOUGH", "MOST", "Line", "Place", "Score", "Sheet", "clock_table", "placed", "scores", "time_of"]

ENOUGH = 6
"""Words that EFF suggests for most uses."""
MOST = 8
"""Words after which the lab stops rolling."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The words rolled so far."""

    rolls: tuple[Roll, ...] = ()

    def plus(self, roll: Roll) -> Sheet:
        """Write one more word down; a full sheet stays as it is."""
        return self if self.full else replace(self, rolls=(*self.rolls, roll))

    @property
    def full(self) -> bool:
        """Whether there are as many words as anybody needs."""
        return len(self.rolls) >= MOST

    @property
    def phrase(self) -> str:
        """The words with spaces between them."""
        return " ".join(roll.word for roll in self.rolls)

    @property
    def possibilities(self) -> int:
        """How many sheets with as many words there are."""
        return int(FACES ** (DICE * len(self.rolls)))

    @property
    def bits(self) -> float:
        """Strength of the words in bits."""
        return bits_of(self.possibilities)


@dataclass(frozen=True, slots=True)
class Place:
    """One secret in the order from weakest to strongest."""

    place: int
    secret: Secret
    given: int | None
    """Where the learner put it; None when it was left open."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table of times."""

    secret: Secret
    times: tuple[str, ...]
    """In words, one for each pace."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one factor does against all attacks."""

    name: str
    meetings: tuple[Meeting, ...]
    wins: int


def placed(lab: Lab, given: Mapping[str, int]) -> tuple[Place, ...]:
    """Compare the learner's order with the order in which guessing finds the secrets."""
    order = enumerate(weakest_first(lab.ranking), start=1)
    return tuple(Place(number, secret, given.get(secret.id)) for number, secret in order)


def time_of(lab: Lab, secret: Secret, pace: Pace) -> str:
    """Return the average time to guess a secret, in words."""
    return lab.say(duration(average_seconds(secret.possibilities, pace.per_second)))


def clock_table(lab: Lab) -> tuple[Line, ...]:
    """Return the times of all secrets at all paces."""
    return tuple(Line(secret, tuple(time_of(lab, secret, pace) for pace in lab.paces)) for secret in lab.secrets)


def scores(lab: Lab, *, spare: bool) -> tuple[Score, ...]:
    """Return how every factor does against every attack."""
    return tuple(
        Score(factor.name, row_of(lab.duel, factor.id, spare=spare), wins(lab.duel, factor.id, spare=spare))
        for factor in lab.duel.factors
    )
