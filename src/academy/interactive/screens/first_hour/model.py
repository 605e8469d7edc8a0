"""What the first hour shows, worked out from the rules of ``academy.interactive.incidents``; no widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from academy.interactive.incidents.model import (
    FULL,
    GAUGES,
    MINUTES,
    Case,
    Early,
    Gauges,
    Hour,
    Path,
    clock,
    early,
    hour,
)

__all__ = ["LABELS", "Bar", "Play", "Told", "View", "bars", "told", "view", "word"]

LABELS = {
    "people": "People safe",
    "access": "Access closed",
    "evidence": "Evidence kept",
    "team": "Team steady",
}


@dataclass(frozen=True, slots=True)
class Play:
    """Where a person stands in the hour."""

    case: str
    taken: tuple[str, ...] = ()
    """Ids of the steps, in the order in which they were taken."""
    ended: bool = False
    """Whether she has looked back at the hour."""
    welcome: frozenset[str] = frozenset()
    """Cases with a warning which she chose to open."""

    def toggled(self, action: str) -> Play:
        """Take a step, or take it back; the steps after it move up."""
        rest = tuple(name for name in self.taken if name != action)
        return replace(self, taken=rest if action in self.taken else (*self.taken, action))


@dataclass(frozen=True, slots=True)
class Bar:
    """One gauge in words."""

    label: str
    value: int
    word: str


@dataclass(frozen=True, slots=True)
class Told:
    """A path beside the hour: what was done at which time of day, and where it led."""

    title: str
    comment: str
    steps: tuple[tuple[str, str], ...]
    """Time of day and what was done."""
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class View:
    """All that the screen shows of one hour."""

    hour: Hour
    now: str
    bars: tuple[Bar, ...]
    own: Told
    early: tuple[Early, ...]
    paths: tuple[Told, ...]

    @property
    def over(self) -> bool:
        """Whether the whole hour is spent."""
        return self.hour.spent == MINUTES


def word(value: int) -> str:
    """Name a gauge from 0 to 10 in a word; the borders are a teaching rule of this course."""
    names = ((FULL, "full"), (7, "good"), (4, "some"), (1, "little"))
    return next((name for least, name in names if value >= least), "none")


def bars(gauges: Gauges) -> tuple[Bar, ...]:
    """Put the gauges into words."""
    return tuple(Bar(LABELS[name], value, word(value)) for name, value in zip(GAUGES, gauges.values(), strict=True))


def told(case: Case, path: Path) -> Told:
    """Tell a path with its times of day."""
    played = hour(case, path.actions)
    steps = tuple((clock(case, step.at), step.action.text) for step in played.steps)
    return Told(path.title, path.comment, steps, bars(played.gauges))


def view(case: Case, play: Play) -> View:
    """Work out everything that the steps change."""
    played = hour(case, play.taken)
    return View(
        hour=played,
        now=clock(case, played.spent),
        bars=bars(played.gauges),
        own=told(case, Path("own", "", play.taken, "")),
        early=early(case, play.taken),
        paths=tuple(told(case, path) for path in case.paths),
    )
