"""Homes and arrangements, read from ``phones.yml`` into the records of ``model``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from academy.errors import ContentError
from academy.interactive.phones.model import Arrangement, Home, Remark, Story, Voice
from academy.interactive.stories import Part, Words, check_unique, parsed, words_in

__all__ = ["FILE", "load", "read"]

FILE = "phones.yml"
"""Name of the data file, in this package."""


class _Voice(Part):
    name: Words
    words: Words


class _Home(Part):
    id: str
    name: Words
    about: Words
    safety_first: bool = False
    voices: list[_Voice]


class _Remark(Part):
    text: Words
    care: bool = False


class _Arrangement(Part):
    id: str
    text: Words
    protects: Words
    seen: Words
    cost: Words
    remarks: dict[str, _Remark]


class _File(Part):
    homes: list[_Home]
    arrangements: list[_Arrangement]


@cache
def load(language: str = "en") -> Story:
    """Return the story in a language; where a translation is missing, the English words stand in."""
    return read(files("academy.interactive.phones").joinpath(FILE).read_text(encoding="utf-8"), language)


def read(text: str, language: str = "en") -> Story:
    """Parse the text of a data file. Raises ``ContentError`` naming the field."""
    data = parsed(_File, text, FILE)
    check_unique(FILE, "homes", (home.id for home in data.homes))
    check_unique(FILE, "arrangements", (one.id for one in data.arrangements))
    homes = {home.id for home in data.homes}
    for one in data.arrangements:
        if odd := sorted(homes ^ set(one.remarks)):
            raise ContentError(FILE, f"one remark for each home is needed: {odd[0]}.", field=f"arrangements.{one.id}")
    return Story(
        homes=tuple(_home(home, language) for home in data.homes),
        arrangements=tuple(_arrangement(one, language) for one in data.arrangements),
    )


def _home(home: _Home, language: str) -> Home:
    return Home(
        id=home.id,
        name=words_in(home.name, language),
        about=words_in(home.about, language),
        safety_first=home.safety_first,
        voices=tuple(Voice(words_in(v.name, language), words_in(v.words, language)) for v in home.voices),
    )


def _arrangement(one: _Arrangement, language: str) -> Arrangement:
    return Arrangement(
        id=one.id,
        text=words_in(one.text, language),
        protects=words_in(one.protects, language),
        seen=words_in(one.seen, language),
        cost=words_in(one.cost, language),
        remarks={home: Remark(words_in(remark.text, language), remark.care) for home, remark in one.remarks.items()},
    )
