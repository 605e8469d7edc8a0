"""The records of the invented group, read from ``records.yml`` into the records of ``model``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pydantic import Field

from academy.interactive.records.model import Decision, Record
from academy.interactive.stories import Part, Words, check_unique, parsed, words_in

__all__ = ["FILE", "load", "read"]

FILE = "records.yml"
"""Name of the data file, in this package."""


class _Record(Part):
    id: str
    text: Words
    best: Decision
    also: list[Decision] = Field(default_factory=list)
    purpose: Words
    at_risk: Words
    copies: Words
    why: Words


class _File(Part):
    records: list[_Record]


@cache
def load(language: str = "en") -> tuple[Record, ...]:
    """Return the records in a language; where a translation is missing, the English words stand in."""
    return read(files("academy.interactive.records").joinpath(FILE).read_text(encoding="utf-8"), language)


def read(text: str, language: str = "en") -> tuple[Record, ...]:
    """Parse the text of a data file. Raises ``ContentError`` naming the field."""
    data = parsed(_File, text, FILE)
    check_unique(FILE, "records", (record.id for record in data.records))
    return tuple(
        Record(
            id=record.id,
            text=words_in(record.text, language),
            best=record.best,
            also=tuple(record.also),
            purpose=words_in(record.purpose, language),
            at_risk=words_in(record.at_risk, language),
            copies=words_in(record.copies, language),
            why=words_in(record.why, language),
        )
        for record in data.records
    )
