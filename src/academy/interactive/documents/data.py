"""The sample files and the words about them, read from this package into the records of ``model``.

Unknown keys and doubled ids are refused with the name of the file and the field.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from academy.interactive.documents.model import Paper, Story
from academy.interactive.guesses import Card
from academy.interactive.stories import Part, Words, check_unique, parsed, words_in

__all__ = ["FILE", "load", "read"]

FILE = "documents.yml"
"""Name of the data file, in this package."""


class _Card(Part):
    id: str
    text: Words
    so: bool
    why: Words


class _Paper(Part):
    id: str
    name: str
    title: Words
    about: Words
    cards: list[_Card]
    lesson: Words


class _File(Part):
    labels: dict[str, Words]
    papers: list[_Paper]


@cache
def load(language: str = "en") -> Story:
    """Return the samples in a language; where a translation is missing, the English words stand in."""
    text = files("academy.interactive.documents").joinpath(FILE).read_text(encoding="utf-8")
    return read(text, language)


def read(text: str, language: str = "en") -> Story:
    """Parse the words about the sample files. Raises ``ContentError`` naming the field."""
    data = parsed(_File, text, FILE)
    check_unique(FILE, "papers", (paper.id for paper in data.papers))
    for paper in data.papers:
        check_unique(FILE, f"papers.{paper.id}", (card.id for card in paper.cards))
    return Story(
        labels={name: words_in(words, language) for name, words in data.labels.items()},
        papers=tuple(_paper(paper, language) for paper in data.papers),
    )


def _paper(paper: _Paper, language: str) -> Paper:
    return Paper(
        id=paper.id,
        name=paper.name,
        data=files("academy.interactive.documents").joinpath(paper.name).read_bytes(),
        title=words_in(paper.title, language),
        about=words_in(paper.about, language),
        cards=tuple(
            Card(card.id, words_in(card.text, language), card.so, words_in(card.why, language)) for card in paper.cards
        ),
        lesson=words_in(paper.lesson, language),
    )
