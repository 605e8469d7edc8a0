"""What a call log gives away without content: five links between two phones.

Pure: values in, values out. The number of links is the inference score, a teaching rule of this course. It shows how
traces hang together and measures no real danger: a log without any of the five links can still tell something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from academy.interactive.call_log.model import LINKS, Case, Entry, Link

__all__ = ["CROWD", "links"]

SHORTLY_BEFORE = 30
"""Longest time from a call to the silence, in minutes, that still counts as just before it."""
SHORTLY_AFTER = 10
"""Longest time from the end of the silence to the call to the lawyer, in minutes."""
CROWD = 10
"""From this many other phones on, two phones on one mast say nothing about each other."""
AGAIN = 2
"""Calls between the two on a later day that count as repeated."""


def links(case: Case, log: Iterable[Entry]) -> tuple[Link, ...]:
    """Return the links that this log still shows; their number is the inference score, 0 to 5."""
    entries = tuple(log)
    return tuple(link for link in LINKS if any(_RULES[link](case, entries, number) for number in sorted(case.unnamed)))


def _silences(case: Case, log: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(entry for entry in log if entry.silent and case.documenter in entry.callers)


def _only_salma(case: Case, log: tuple[Entry, ...], number: str) -> bool:
    """Tell whether the documenter, and nobody else in the log, calls the number."""
    return {caller for entry in log if number in entry.called for caller in entry.callers} == {case.documenter}


def _before_silence(case: Case, log: tuple[Entry, ...], number: str) -> bool:
    """Tell whether the two phones call each other shortly before a silence."""
    return any(
        entry.between(case.documenter, number) and 0 < silence.start - entry.end <= SHORTLY_BEFORE
        for silence in _silences(case, log)
        for entry in log
    )


def _same_mast(case: Case, log: tuple[Entry, ...], number: str) -> bool:
    """Tell whether both phones rest at one mast, without a crowd around them."""
    return any(number in silence.callers and silence.others < CROWD for silence in _silences(case, log))


def _lawyer_after(case: Case, log: tuple[Entry, ...], _: str) -> bool:
    """Tell whether the documenter calls the lawyer shortly after a silence."""
    return any(
        case.documenter in entry.callers
        and case.lawyer in entry.called
        and 0 <= entry.start - silence.end <= SHORTLY_AFTER
        for silence in _silences(case, log)
        for entry in log
    )


def _calls_again(case: Case, log: tuple[Entry, ...], number: str) -> bool:
    """Tell whether the two phones call each other more than once on a day after their first one."""
    days = [entry.day for entry in log if entry.between(case.documenter, number)]
    return any(days.count(day) >= AGAIN for day in days if day > min(days))


_RULES: Mapping[Link, Callable[[Case, tuple[Entry, ...], str], bool]] = {
    "only-salma": _only_salma,
    "before-silence": _before_silence,
    "same-mast": _same_mast,
    "lawyer-after": _lawyer_after,
    "calls-again": _calls_again,
}
