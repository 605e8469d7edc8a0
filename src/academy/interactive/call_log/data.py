"""The silent log, read from ``call_log.yml`` into the records of ``model``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, Field

from academy.content.parts import Record
from academy.content.reading import as_record, parse_yaml
from academy.content.text import Line, Slug, Text
from academy.errors import ContentError
from academy.interactive.call_log.model import LINKS, Case, Entry, Habit, Link, Option, Question, moment

__all__ = ["FILE", "load", "read"]

FILE = "call_log.yml"
"""Name of the data file, in this package."""

_Count = Annotated[int, Field(strict=True, ge=0)]


def _is_moment(text: str) -> str:
    moment(text)
    return text


_Moment = Annotated[str, AfterValidator(_is_moment)]


class _Entry(Record):
    id: Slug
    at: _Moment
    until: _Moment | None = None
    silent: bool = False
    callers: Annotated[tuple[Line, ...], Field(alias="from", min_length=1)]
    called: Annotated[tuple[Line, ...], Field(alias="to")] = ()
    mast: Line
    others: _Count = 0


class _Option(Record):
    id: Slug
    ok: bool
    text: Text


class _Question(Record):
    id: Slug
    text: Text
    lines: tuple[Slug, ...]
    why: Text
    options: tuple[_Option, ...]


class _Words(Record):
    text: Text
    why: Text


class _Habit(Record):
    id: Slug
    text: Text
    note: Text
    removes: tuple[Slug, ...] = ()
    moves: dict[Slug, Line] = Field(default_factory=dict)
    crowd: dict[Slug, _Count] = Field(default_factory=dict)
    adds: tuple[_Entry, ...] = ()


class _File(Record):
    documenter: Line
    lawyer: Line
    unnamed: tuple[Line, ...]
    rows: tuple[_Entry, ...]
    questions: tuple[_Question, ...]
    links: dict[Link, _Words]
    habits: tuple[_Habit, ...]


@cache
def load(language: str = "en") -> Case:
    """Return the case in a language; where a translation is missing, the English words stand in."""
    return read(files("academy.interactive.call_log").joinpath(FILE).read_text(encoding="utf-8"), language)


def read(text: str, language: str = "en") -> Case:
    """Parse the text of a data file. Raises ``ContentError`` naming the field."""
    data = as_record(_File.model_validate, parse_yaml(text, FILE), FILE)
    _check_names(data)
    numbers = {row.id: number for number, row in enumerate(data.rows, start=1)}
    return Case(
        entries=tuple(map(_entry, data.rows)),
        documenter=data.documenter,
        lawyer=data.lawyer,
        unnamed=frozenset(data.unnamed),
        questions=tuple(_question(question, numbers, language) for question in data.questions),
        habits=tuple(_habit(habit, language) for habit in data.habits),
        names={link: words.text(language) for link, words in data.links.items()},
        reasons={link: words.why(language) for link, words in data.links.items()},
    )


def _check_names(data: _File) -> None:
    """Refuse doubled ids, lines that do not exist, and links without words. Raises ``ContentError``."""
    ids = [row.id for row in data.rows] + [row.id for habit in data.habits for row in habit.adds]
    if twice := sorted(name for name in set(ids) if ids.count(name) > 1):
        raise ContentError(FILE, f"the id {twice[0]} stands twice", field="rows")
    rows = {row.id for row in data.rows}
    used = {f"questions.{question.id}": question.lines for question in data.questions}
    used |= {f"habits.{habit.id}": (*habit.removes, *habit.moves, *habit.crowd) for habit in data.habits}
    for field, names in used.items():
        if unknown := sorted(set(names) - rows):
            raise ContentError(FILE, f"there is no line {unknown[0]}", field=field)
    if missing := [link for link in LINKS if link not in data.links]:
        raise ContentError(FILE, f"there are no words for {missing[0]}", field="links")


def _entry(row: _Entry) -> Entry:
    start = moment(row.at)
    called = () if row.silent else row.called
    return Entry(row.id, start, moment(row.until) if row.until else start, row.callers, called, row.mast, row.others)


def _question(question: _Question, numbers: dict[str, int], language: str) -> Question:
    return Question(
        question.id,
        question.text(language),
        tuple(Option(option.id, option.text(language), option.ok) for option in question.options),
        tuple(numbers[line] for line in question.lines),
        question.why(language),
    )


def _habit(habit: _Habit, language: str) -> Habit:
    return Habit(
        habit.id,
        habit.text(language),
        habit.note(language),
        frozenset(habit.removes),
        habit.moves,
        habit.crowd,
        tuple(map(_entry, habit.adds)),
    )
