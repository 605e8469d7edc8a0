"""The words of the who-sees-what board, read from ``channels.yml`` into the records of ``model``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pydantic import ValidationInfo, field_validator

from academy.content.parts import Record
from academy.content.reading import as_record, parse_yaml
from academy.content.text import Slug, Text
from academy.interactive.channels.model import FACTS, OBSERVERS, TRACES, Board, Fact, Observer, Row, Trace, Way

__all__ = ["FILE", "load", "read"]

FILE = "channels.yml"
"""Name of the data file, in this package."""


class _Row(Record):
    who: Text
    sees: tuple[Trace, ...]
    note: Text


class _Way(Record):
    id: Slug
    text: Text
    rows: tuple[_Row, ...]


class _File(Record):
    observers: dict[Observer, Text]
    facts: dict[Fact, Text]
    traces: dict[Trace, Text]
    ways: tuple[_Way, ...]

    @field_validator("observers", "facts", "traces")
    @classmethod
    def _names_all(cls, words: dict[str, Text], info: ValidationInfo) -> dict[str, Text]:
        """Refuse a table that leaves an observer, a fact or a trace without words."""
        names = {"observers": OBSERVERS, "facts": FACTS, "traces": TRACES}[info.field_name or ""]
        if missing := [name for name in names if name not in words]:
            message = f"there are no words for {missing[0]}"
            raise ValueError(message)
        return words


@cache
def load(language: str = "en") -> Board:
    """Return the board in a language; where a translation is missing, the English words stand in."""
    return read(files("academy.interactive.channels").joinpath(FILE).read_text(encoding="utf-8"), language)


def read(text: str, language: str = "en") -> Board:
    """Parse the text of a data file. Raises ``ContentError`` naming the field."""
    data = as_record(_File.model_validate, parse_yaml(text, FILE), FILE)
    return Board(
        observers={name: words(language) for name, words in data.observers.items()},
        facts={name: words(language) for name, words in data.facts.items()},
        traces={name: words(language) for name, words in data.traces.items()},
        ways=tuple(
            Way(
                way.id,
                way.text(language),
                tuple(Row(row.who(language), row.sees, row.note(language)) for row in way.rows),
            )
            for way in data.ways
        ),
    )
