"""The cases, the walk and the log, read from ``incidents.yml`` into the records of this package.

Unknown keys, unknown names and doubled ids are refused with the name of the file and the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from academy.errors import ContentError
from academy.interactive.incidents.log import Entry, Log
from academy.interactive.incidents.model import Action, Case, Gauges, Order, Path
from academy.interactive.incidents.walk import Choice, Place, Tree
from academy.interactive.stories import Part, Words, check_unique, parsed, words_in

__all__ = ["FILE", "Incidents", "load", "read"]

FILE = "incidents.yml"
"""Name of the data file, in this package."""

_Change = Annotated[int, Field(ge=-3, le=3)]
_Say = Callable[[Words | None], str]


@dataclass(frozen=True, slots=True)
class Incidents:
    """All that the first hour teaches with, in one language."""

    cases: tuple[Case, ...]
    tree: Tree
    log: Log


class _Action(Part):
    id: str
    minutes: Annotated[int, Field(ge=5, le=60)]
    text: Words
    people: _Change = 0
    access: _Change = 0
    evidence: _Change = 0
    team: _Change = 0
    note: Words


class _Order(Part):
    first: str
    then: str
    why: Words


class _Path(Part):
    id: str
    title: Words
    actions: list[str]
    comment: Words


class _Case(Part):
    id: str
    begins: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    title: Words
    story: Words
    warning: Words | None = None
    actions: list[_Action]
    orders: list[_Order]
    paths: list[_Path]


class _Choice(Part):
    text: Words
    to: str


class _Place(Part):
    id: str
    title: Words
    steps: list[Words] = Field(default_factory=list)
    ask: Words | None = None
    choices: list[_Choice] = Field(default_factory=list)


class _Entry(Part):
    day: date
    place: Words
    seen: Words


class _Log(Part):
    hearings: list[date]
    entries: list[_Entry]


class _File(Part):
    cases: list[_Case]
    places: Annotated[list[_Place], Field(min_length=1)]
    log: _Log


@cache
def load(language: str = "en") -> Incidents:
    """Return everything in a language; where a translation is missing, the English words stand in."""
    text = files("academy.interactive.incidents").joinpath(FILE).read_text(encoding="utf-8")
    return read(text, language)


def read(text: str, language: str = "en") -> Incidents:
    """Parse the text of a data file. Raises ``ContentError`` naming the field."""
    data = parsed(_File, text, FILE)
    _check_names(data)

    def say(words: Words | None) -> str:
        return words_in(words or {}, language)

    return Incidents(
        cases=tuple(_case(case, say) for case in data.cases),
        tree=Tree(tuple(_place(place, say) for place in data.places)),
        log=_log(data.log, say),
    )


def _check_names(data: _File) -> None:
    check_unique(FILE, "cases", [case.id for case in data.cases])
    check_unique(FILE, "places", [place.id for place in data.places])
    for place in data.places:
        _check_known(f"places.{place.id}", [choice.to for choice in place.choices], {p.id for p in data.places})
    for case in data.cases:
        field, known = f"cases.{case.id}", {action.id for action in case.actions}
        check_unique(FILE, field, [action.id for action in case.actions])
        _check_known(field, [name for order in case.orders for name in (order.first, order.then)], known)
        _check_known(field, [name for path in case.paths for name in path.actions], known)


def _check_known(field: str, names: Iterable[str], known: set[str]) -> None:
    if lost := [name for name in names if name not in known]:
        raise ContentError(FILE, f"there is no {lost[0]}.", field=field)


def _case(case: _Case, say: _Say) -> Case:
    hours, minutes = map(int, case.begins.split(":"))
    return Case(
        id=case.id,
        title=say(case.title),
        story=say(case.story),
        begins=hours * 60 + minutes,
        warning=say(case.warning),
        actions=tuple(
            Action(a.id, say(a.text), a.minutes, Gauges(a.people, a.access, a.evidence, a.team), say(a.note))
            for a in case.actions
        ),
        orders=tuple(Order(order.first, order.then, say(order.why)) for order in case.orders),
        paths=tuple(Path(path.id, say(path.title), tuple(path.actions), say(path.comment)) for path in case.paths),
    )


def _place(place: _Place, say: _Say) -> Place:
    choices = tuple(Choice(say(choice.text), choice.to) for choice in place.choices)
    return Place(place.id, say(place.title), tuple(map(say, place.steps)), say(place.ask), choices)


def _log(log: _Log, say: _Say) -> Log:
    entries = (Entry(entry.day, say(entry.place), say(entry.seen)) for entry in log.entries)
    return Log(tuple(sorted(entries, key=lambda entry: entry.day)), tuple(log.hearings))
