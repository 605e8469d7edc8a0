"""A lesson's pictures, for readers who ask for each one: on a bad line the description comes alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from academy.content.model import Block, Box, Figure, Twin
from academy.content.phrases import phrases
from academy.content.templates import template

__all__ = ["drawing", "figures_of", "kilobytes", "name_of", "with_links"]

_PICTURE = re.compile(r'(?<=<figure class="figure">\n)<svg\b.*?</svg>(?=\n<figcaption>)', re.DOTALL)


def figures_of(blocks: Sequence[Block]) -> Iterator[Figure]:
    """Yield the figures of a lesson's text in reading order."""
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Box | Twin):
            yield from figures_of(block.blocks)


def name_of(figure: Figure) -> str:
    """Return the name by which a page asks for a picture."""
    return figure.file.removesuffix(".svg")


def drawing(figure: Figure) -> Markup:
    """Return the picture as HTML, with its short description for those who do not see it."""
    return Markup(figure.svg.replace("<svg", template("svg.html").render(alt=figure.alt), 1))  # noqa: S704 - checked


def kilobytes(figure: Figure) -> int:
    """Return the size of a picture, rounded, at least 1."""
    return max(1, round(len(figure.svg.encode()) / 1024))


def with_links(html: str, figures: Iterator[Figure], address: Callable[[Figure], str], language: str) -> str:
    """Return a stretch of a lesson's page with a link in place of each picture.

    ``figures`` yields the lesson's figures; as many are taken from it as the stretch holds.
    """

    def link(_: re.Match[str]) -> str:
        figure = next(figures)
        words = phrases(language)["show-picture"].format(kilobytes=kilobytes(figure))
        shown = {"figure": figure, "name": name_of(figure), "address": address(figure), "words": words}
        return template("picture_link.html").render(**shown).strip()

    return _PICTURE.sub(link, html)
