"""What the budget game shows, worked out from the rules of ``academy.interactive.threats``; no widgets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from academy.interactive.threats.model import HIGHEST, LOWEST, Game, Outcome, Threat, best, effort, residual

__all__ = ["CARDS", "Cell", "Meter", "Play", "View", "band", "grid", "obstacle", "view"]

CARDS = 4
"""Cards to choose before the first look."""
FIRST_BUDGET = 9

Band = Literal["low", "medium", "high", "very high"]
Obstacle = Literal["too few", "too many", "too dear"]


@dataclass(frozen=True, slots=True)
class Play:
    """Where a person stands in the game."""

    chosen: frozenset[str] = frozenset()
    """Ids of the chosen measures."""
    budget: int = FIRST_BUDGET
    committed: bool = False
    """Whether she has settled on her first four cards and may see what they do."""

    def toggled(self, measure: str) -> Play:
        """Choose a measure, or put it back."""
        return replace(self, chosen=self.chosen ^ {measure})


@dataclass(frozen=True, slots=True)
class Meter:
    """What the choice costs."""

    effort: int
    budget: int
    cards: int

    @property
    def left(self) -> int:
        """Points left; negative when too many are spent."""
        return self.budget - self.effort


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the map of likelihood and impact."""

    likelihood: int
    impact: int
    band: Band
    threats: tuple[str, ...]
    """Ids of the threats that stand here."""


@dataclass(frozen=True, slots=True)
class View:
    """All that the screen shows after the commitment."""

    meter: Meter
    before: int
    """Sum of all scores without measures."""
    after: int
    lowest: int
    """The lowest sum that the budget can buy."""
    example: tuple[str, ...]
    """Measures that reach it, in words."""
    outcomes: tuple[Outcome, ...]
    unused: tuple[str, ...]
    """Notes on chosen measures that answer none of the threats."""
    map_before: tuple[tuple[Cell, ...], ...]
    map_after: tuple[tuple[Cell, ...], ...]


def band(score: int) -> Band:
    """Name a score from 1 to 25 in words; the borders are a teaching rule of this course."""
    if score >= 15:  # noqa: PLR2004 - borders of the words
        return "very high"
    if score >= 10:  # noqa: PLR2004
        return "high"
    return "medium" if score >= 5 else "low"  # noqa: PLR2004


def meter(game: Game, play: Play) -> Meter:
    """Count what the choice costs."""
    return Meter(effort=effort(game, play.chosen), budget=play.budget, cards=len(play.chosen))


def obstacle(game: Game, play: Play) -> Obstacle | None:
    """Tell why the first four cards cannot be settled yet, or None."""
    count = meter(game, play)
    if count.cards != CARDS:
        return "too few" if count.cards < CARDS else "too many"
    return "too dear" if count.left < 0 else None


def grid(places: Iterable[tuple[Threat, int, int]]) -> tuple[tuple[Cell, ...], ...]:
    """Lay threats with their likelihood and impact on the map; the highest likelihood is the first row."""
    stands = list(places)
    steps = range(LOWEST, HIGHEST + 1)
    return tuple(
        tuple(
            Cell(row, col, band(row * col), tuple(t.id for t, likely, hard in stands if (likely, hard) == (row, col)))
            for col in steps
        )
        for row in reversed(steps)
    )


def view(game: Game, play: Play) -> View:
    """Work out everything that the choice changes."""
    result = residual(game, play.chosen)
    ideal = best(game, play.budget)
    words = {measure.id: measure.text for measure in game.measures}
    return View(
        meter=meter(game, play),
        before=sum(threat.product for threat in game.threats),
        after=result.total,
        lowest=ideal.total,
        example=tuple(words[name] for name in ideal.choices[0]),
        outcomes=result.outcomes,
        unused=tuple(measure.note for measure in result.unused),
        map_before=grid((threat, threat.likelihood, threat.impact) for threat in game.threats),
        map_after=grid((outcome.threat, outcome.likelihood, outcome.impact) for outcome in result.outcomes),
    )
