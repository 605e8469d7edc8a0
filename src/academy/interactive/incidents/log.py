"""Rules of the incident log: counting the same entries by week, place, weekday, or days to the next hearing.

Pure: values in, values out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

__all__ = ["NEAR", "VIEWS", "By", "Count", "Entry", "Log", "counts", "days_to_hearing", "near"]

NEAR = 7
"""How many days before a hearing count as near."""
By = Literal["week", "weekday", "place", "hearing"]
VIEWS: tuple[By, ...] = ("week", "weekday", "place", "hearing")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    day: date
    place: str
    seen: str
    """What was seen, in codes."""


@dataclass(frozen=True, slots=True)
class Log:
    """The log with the days of the hearings."""

    entries: tuple[Entry, ...]
    """In the order of their days."""
    hearings: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries share something."""

    label: str
    count: int
    hearing: bool = False
    """Whether a hearing falls into it; only for weeks."""


def days_to_hearing(log: Log, day: date) -> int | None:
    """Return the days to the next hearing, or None after the last one."""
    return min(((hearing - day).days for hearing in log.hearings if hearing > day), default=None)


def near(log: Log) -> tuple[Entry, ...]:
    """Return the entries of the seven days before a hearing."""
    return tuple(entry for entry in log.entries if _is_near(log, entry.day))


def counts(log: Log, by: By) -> tuple[Count, ...]:
    """Count the entries by one thing; the counts always add up to all entries."""
    ways: dict[By, Callable[[Log], tuple[Count, ...]]] = {
        "week": _by_week,
        "weekday": _by_weekday,
        "place": _by_place,
        "hearing": _by_hearing,
    }
    return ways[by](log)


def _is_near(log: Log, day: date) -> bool:
    days = days_to_hearing(log, day)
    return days is not None and days <= NEAR


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _by_week(log: Log) -> tuple[Count, ...]:
    """Weeks that hold an entry or a hearing; a week is named by its Monday."""
    held = Counter(_monday(entry.day) for entry in log.entries)
    hearings = {_monday(hearing) for hearing in log.hearings}
    return tuple(
        Count(f"{monday.day} {monday:%B}", held[monday], hearing=monday in hearings)
        for monday in sorted(held.keys() | hearings)
    )


def _by_weekday(log: Log) -> tuple[Count, ...]:
    held = Counter(entry.day.weekday() for entry in log.entries)
    return tuple(Count(name, held[number]) for number, name in enumerate(WEEKDAYS))


def _by_place(log: Log) -> tuple[Count, ...]:
    held = Counter(entry.place for entry in log.entries)
    return tuple(Count(place, count) for place, count in sorted(held.items()))


def _by_hearing(log: Log) -> tuple[Count, ...]:
    close = len(near(log))
    return (
        Count(f"{NEAR} days or fewer before a hearing", close),
        Count("All other days", len(log.entries) - close),
    )
