"""How long guessing takes: the strength of a randomly chosen secret, and the average time to hit it.

A secret chosen at random among n possibilities has log2(n) bits. Somebody who tries them one after the other needs half
of them on average (J. Bonneau, EFF, 2016), so the average time is n / 2 / guesses per second. The paces of guessing are
illustrations of this course, not measurements.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Duration", "Pace", "Secret", "Unit", "average_seconds", "bits_of", "duration", "weakest_first"]

Unit = Literal["instant", "second", "minute", "hour", "day", "year", "million", "ages"]
"""What a duration is counted in; ``instant`` and ``ages`` have no number."""

MINUTE, HOUR, DAY, YEAR = 60.0, 3600.0, 86400.0, 365.25 * 86400
MILLION = 1e6
_STEPS: tuple[tuple[float, float, Unit], ...] = (
    (MINUTE, 1, "second"),
    (HOUR, MINUTE, "minute"),
    (DAY, HOUR, "hour"),
    (YEAR, DAY, "day"),
    (MILLION * YEAR, YEAR, "year"),
    (1000 * MILLION * YEAR, MILLION * YEAR, "million"),
)
"""Below this many seconds, count in units of this many seconds, called so."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that opens an account or a phone."""

    id: str
    name: str
    base: int
    """Possibilities for each part."""
    length: int
    """Parts, each chosen on its own."""
    note: str
    """How the possibilities are counted, where that is not plain; otherwise empty."""

    @property
    def possibilities(self) -> int:
        """How many secrets of this kind there are."""
        return int(self.base**self.length)

    @property
    def bits(self) -> float:
        """Strength in bits; one more bit doubles the work of guessing."""
        return bits_of(self.possibilities)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast somebody guesses: an illustrative assumption."""

    id: str
    name: str
    """The situation."""
    short: str
    """A few words for the head of a table."""
    per_second: int


@dataclass(frozen=True, slots=True)
class Duration:
    """A time rounded for people."""

    amount: str
    """The number; empty for ``instant`` and ``ages``."""
    unit: Unit


def bits_of(possibilities: int) -> float:
    """Return log2 of the possibilities."""
    return math.log2(possibilities)


def average_seconds(possibilities: int, per_second: int) -> float:
    """Return the average time to guess one of equally likely possibilities, in seconds."""
    return possibilities / 2 / per_second


def duration(seconds: float) -> Duration:
    """Round a time: one decimal below ten, whole numbers below a thousand, two figures above."""
    if seconds < 0.1:  # noqa: PLR2004 - below what a person can count
        return Duration("", "instant")
    for limit, size, unit in _STEPS:
        if seconds < limit:
            return Duration(_rounded(seconds / size), unit)
    return Duration("", "ages")


def weakest_first(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    """Put secrets in the order in which guessing finds them."""
    return tuple(sorted(secrets, key=lambda secret: secret.possibilities))


def _rounded(value: float) -> str:
    if value < 9.95:  # noqa: PLR2004 - rounds to less than ten
        return f"{value:.1f}".removesuffix(".0")
    if value < 1000:  # noqa: PLR2004
        return f"{value:.0f}"
    step = 10 ** (int(math.log10(value)) - 1)
    return f"{round(value / step) * step:,}"
