"""The silent log: its lines, the questions that they answer, and what habits change in them.

Pure: values in, values out. What the changed log still gives away stands in ``inference``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from academy.errors import BadInput

__all__ = [
    "DAY",
    "DAYS",
    "LINKS",
    "Answered",
    "Case",
    "Entry",
    "Habit",
    "Line",
    "Link",
    "Option",
    "Question",
    "answered",
    "changed",
    "lines",
    "moment",
]

Link = Literal["only-salma", "before-silence", "same-mast", "lawyer-after", "calls-again"]
LINKS: tuple[Link, ...] = get_args(Link)

HOUR = 60
DAY = 24 * HOUR
"""Minutes of a day."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    id: str
    start: int
    """Minutes since Monday, 00:00."""
    end: int
    """Equal to ``start`` for a single call."""
    callers: tuple[str, ...]
    """Phones that call; in a silence, the phones that stay silent together."""
    called: tuple[str, ...]
    """Phones that are called; empty in a silence."""
    mast: str
    """The mast that serves the callers."""
    others: int = 0
    """Further phones that do the same at the same mast and time."""

    @property
    def silent(self) -> bool:
        """Whether this is a stretch without calls."""
        return not self.called

    @property
    def day(self) -> int:
        """Day of the week, 0 for Monday."""
        return self.start // DAY

    def between(self, one: str, other: str) -> bool:
        """Whether one of the two phones calls the other one here."""
        return (one in self.callers and other in self.called) or (other in self.callers and one in self.called)


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that people could do in another way, and what it changes in the log."""

    id: str
    text: str
    note: str
    """One to three sentences that say how it goes."""
    removes: frozenset[str]
    """Ids of entries that no longer come about."""
    moves: Mapping[str, str]
    """New masts of entries, by id."""
    crowd: Mapping[str, int]
    """New numbers of other phones, by id."""
    adds: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer to a question about the log."""

    id: str
    text: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question that the log answers."""

    id: str
    text: str
    options: tuple[Option, ...]
    lines: tuple[int, ...]
    """Numbers of the lines that tell it, from 1."""
    why: str

    @property
    def right(self) -> Option:
        """The option that the log points to."""
        return next(option for option in self.options if option.ok)


@dataclass(frozen=True, slots=True)
class Case:
    """The whole log in one language."""

    entries: tuple[Entry, ...]
    documenter: str
    """Whose calls are read."""
    lawyer: str
    unnamed: frozenset[str]
    """Numbers that belong to no colleague and no office."""
    questions: tuple[Question, ...]
    habits: tuple[Habit, ...]
    names: Mapping[Link, str]
    """What each link is, in a few words."""
    reasons: Mapping[Link, str]
    """What each link tells whoever reads the log."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the changed log, beside the first one."""

    entry: Entry
    state: Literal["as before", "new", "changed"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one question about the log."""

    question: Question
    given: Option | None
    """The option that was chosen; None when it was left open."""

    @property
    def fits(self) -> bool:
        """Whether the log points to what was chosen."""
        return self.given is not None and self.given.ok


def moment(text: str) -> int:
    """Return minutes since Monday, 00:00, of a time such as ``Tue 07:40``. Raises ``ValueError``."""
    day, _, time = text.partition(" ")
    hours, _, minutes = time.partition(":")
    if day not in DAYS or not (len(hours) == len(minutes) == 2 and int(hours) < 24 and int(minutes) < HOUR):  # noqa: PLR2004 - a clock
        message = f"{text!r} is not a time such as 'Tue 07:40'"
        raise ValueError(message)
    return DAYS.index(day) * DAY + int(hours) * HOUR + int(minutes)


def changed(case: Case, chosen: Iterable[str]) -> tuple[Entry, ...]:
    """Return the log as it would be with these habits, in the order of time. Raises ``BadInput`` for an unknown one."""
    habits = _pick(case, chosen)
    removed = frozenset().union(*(habit.removes for habit in habits))
    kept = [_moved(entry, habits) for entry in case.entries if entry.id not in removed]
    added = [entry for habit in habits for entry in habit.adds]
    return tuple(sorted([*kept, *added], key=lambda entry: (entry.start, entry.id)))


def lines(case: Case, chosen: Iterable[str]) -> tuple[Line, ...]:
    """Return the changed log, and say of each line whether it is new. Raises ``BadInput``."""
    first = {entry.id: entry for entry in case.entries}
    return tuple(
        Line(entry, "new" if entry.id not in first else "as before" if entry == first[entry.id] else "changed")
        for entry in changed(case, chosen)
    )


def answered(case: Case, given: Mapping[str, str]) -> tuple[Answered, ...]:
    """Compare what somebody read in the log with what it shows. Raises ``BadInput`` for an unknown id."""
    if unknown := sorted(set(given) - {question.id for question in case.questions}):
        message = f"There is no question {unknown[0]!r}."
        raise BadInput(message, code="unknown-question", field=unknown[0])
    return tuple(Answered(question, _option(question, given.get(question.id))) for question in case.questions)


def _option(question: Question, chosen: str | None) -> Option | None:
    if chosen is None:
        return None
    for option in question.options:
        if option.id == chosen:
            return option
    message = f"{question.id} has no option {chosen!r}."
    raise BadInput(message, code="unknown-option", field=question.id)


def _pick(case: Case, chosen: Iterable[str]) -> tuple[Habit, ...]:
    wanted = set(chosen)
    if unknown := sorted(wanted - {habit.id for habit in case.habits}):
        message = f"There is no habit {unknown[0]!r}."
        raise BadInput(message, code="unknown-habit", field="chosen")
    return tuple(habit for habit in case.habits if habit.id in wanted)


def _moved(entry: Entry, habits: Iterable[Habit]) -> Entry:
    for habit in habits:
        mast = habit.moves.get(entry.id, entry.mast)
        entry = replace(entry, mast=mast, others=habit.crowd.get(entry.id, entry.others))
    return entry
