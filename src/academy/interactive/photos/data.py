"""The sample photo and its words, read from ``clinic.jpg`` and ``photos.yml`` into the records of ``model``.

Unknown keys and doubled ids are refused with the name of the file and the field.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from academy.interactive.guesses import Card
from academy.interactive.photos.drawing import FILE as PHOTO
from academy.interactive.photos.drawing import HEIGHT, WIDTH
from academy.interactive.photos.model import Story, Thing
from academy.interactive.stories import Part, Words, check_unique, parsed, words_in

__all__ = ["FILE", "load", "read"]

FILE = "photos.yml"
"""Name of the data file, in this package."""


class _Labels(Part):
    maker: Words
    model: Words
    taken: Words
    offset: Words
    serial: Words
    position: Words


class _Card(Part):
    id: str
    text: Words
    so: bool
    why: Words


class _Thing(_Card):
    x: Annotated[int, Field(ge=0, le=WIDTH)]
    y: Annotated[int, Field(ge=0, le=HEIGHT)]


class _File(Part):
    alt: Words
    labels: _Labels
    cards: list[_Card]
    things: list[_Thing]


@cache
def load(language: str = "en") -> Story:
    """Return the sample in a language; where a translation is missing, the English words stand in."""
    folder = files("academy.interactive.photos")
    words = folder.joinpath(FILE).read_text(encoding="utf-8")
    return read(words, folder.joinpath(PHOTO).read_bytes(), language)


def read(text: str, photo: bytes, language: str = "en") -> Story:
    """Parse the words about a photo. Raises ``ContentError`` naming the field."""
    data = parsed(_File, text, FILE)
    check_unique(FILE, "cards", (card.id for card in data.cards))
    check_unique(FILE, "things", (thing.id for thing in data.things))

    def card(part: _Card) -> Card:
        return Card(part.id, words_in(part.text, language), part.so, words_in(part.why, language))

    return Story(
        photo=photo,
        alt=words_in(data.alt, language),
        labels={name: words_in(words, language) for name, words in data.labels},
        cards=tuple(map(card, data.cards)),
        things=tuple(Thing(number, thing.x, thing.y, card(thing)) for number, thing in enumerate(data.things, 1)),
    )
