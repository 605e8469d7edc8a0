"""What the silent log shows, worked out from the rules of ``academy.interactive.call_log``; no widgets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from academy.interactive.call_log.inference import links
from academy.interactive.call_log.model import DAY, DAYS, LINKS, Case, Entry, Habit, Line, changed, lines

__all__ = ["LinkRow", "View", "first_lines", "view", "when"]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link between the phones, as the list shows it."""

    name: str
    why: str
    """What it tells whoever reads the log."""
    left: bool
    """Whether the changed log still shows it."""


@dataclass(frozen=True, slots=True)
class View:
    """All that the second tab shows for a choice of habits."""

    habits: tuple[Habit, ...]
    """The chosen ones."""
    lines: tuple[Line, ...]
    """The log that they lead to."""
    gone: int
    """How many lines of the first log no longer come about."""
    links: tuple[LinkRow, ...]
    score: int
    """Links that are left, 0 to 5."""
    most: int
    """Links of the first log."""


def when(entry: Entry) -> str:
    """Say the time of an entry: ``Tue 07:10``, or ``Tue 07:40 to 09:20``."""
    start = f"{DAYS[entry.day]} {_clock(entry.start)}"
    return start if entry.end == entry.start else f"{start} to {_clock(entry.end)}"


def first_lines(case: Case) -> tuple[Line, ...]:
    """Return the log as it is found."""
    return lines(case, ())


def view(case: Case, chosen: Iterable[str]) -> View:
    """Work out everything that the chosen habits change."""
    names = frozenset(chosen)
    log = changed(case, names)
    left = links(case, log)
    kept = {entry.id for entry in log}
    return View(
        habits=tuple(habit for habit in case.habits if habit.id in names),
        lines=lines(case, names),
        gone=sum(entry.id not in kept for entry in case.entries),
        links=tuple(LinkRow(case.names[link], case.reasons[link], link in left) for link in LINKS),
        score=len(left),
        most=len(links(case, case.entries)),
    )


def _clock(minutes: int) -> str:
    return "{:02}:{:02}".format(*divmod(minutes % DAY, 60))
