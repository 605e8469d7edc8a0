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

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from academy.errors import ContentError
from academy.interactive.incidents.log import Entry, Log
from academy.interactive.incidents.model import Action, Case, Gauges, Order, Path
from academy.interactive.incidents.walk import Choice, Place, Tree

__all__ = ["FILE", "Incidents", "load", "read"]

FILE = "incidents.yml"
"""Name of the data file, in this package."""

_Words = Annotated[dict[str, str], Field(min_length=1)]
_Change = Annotated[int, Field(ge=-3, le=3)]
_Say = Callable[[_Words | None], str]


@dataclass(frozen=True, slots=True)
class Incidents:
    """All that the first hour teaches with, in one language."""

    cases: tuple[Case, ...]
    tree: Tree
    log: Log


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Action(_Part):
    id: str
    minutes: Annotated[int, Field(ge=5, le=60)]
    text: _Words
    people: _Change = 0
    access: _Change = 0
    evidence: _Change = 0
    team: _Change = 0
    note: _Words


class _Order(_Part):
    first: str
    then: str
    why: _Words


class _Path(_Part):
    id: str
    title: _Words
    actions: list[str]
    comment: _Words


class _Case(_Part):
    id: str
    begins: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    title: _Words
    story: _Words
    warning: _Words | None = None
    actions: list[_Action]
    orders: list[_Order]
    paths: list[_Path]


class _Choice(_Part):
    text: _Words
    to: str


class _Place(_Part):
    id: str
    title: _Words
    steps: list[_Words] = []
    ask: _Words | None = None
    choices: list[_Choice] = []


class _Entry(_Part):
    day: date
    place: _Words
    seen: _Words


class _Log(_Part):
    hearings: list[date]
    entries: list[_Entry]


class _File(_Part):
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
    try:
        data = _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ContentError(FILE, "This is not readable as YAML.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(FILE, first["msg"], field=".".join(map(str, first["loc"]))) from error
    _check_names(data)

    def say(words: _Words | None) -> str:
        return words.get(language, words.get("en", "")) if words else ""

    return Incidents(
        cases=tuple(_case(case, say) for case in data.cases),
        tree=Tree(tuple(_place(place, say) for place in data.places)),
        log=_log(data.log, say),
    )


def _check_names(data: _File) -> None:
    _check_once("cases", [case.id for case in data.cases])
    _check_once("places", [place.id for place in data.places])
    for place in data.places:
        _check_known(f"places.{place.id}", [choice.to for choice in place.choices], {p.id for p in data.places})
    for case in data.cases:
        field, known = f"cases.{case.id}", {action.id for action in case.actions}
        _check_once(field, [action.id for action in case.actions])
        _check_known(field, [name for order in case.orders for name in (order.first, order.then)], known)
        _check_known(field, [name for path in case.paths for name in path.actions], known)


def _check_once(field: str, names: list[str]) -> None:
    if twice := sorted(name for name in set(names) if names.count(name) > 1):
        raise ContentError(FILE, f"the id {twice[0]} stands twice.", field=field)


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
