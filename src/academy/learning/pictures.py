"""The pictures of a lesson on pages of their own, for readers who want to know what each one costs first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from academy.content.figures import drawing, figures_of, name_of, with_links
from academy.content.model import Figure, Section
from academy.errors import NotFound
from academy.learning.place import Place, lesson_of
from academy.rights import Right
from academy.routing import Page, Request, Response, Route

__all__ = ["ROUTES", "sections"]


def sections(request: Request, place: Place, below: str) -> Iterator[Section]:
    """Yield the sections of a lesson; where little data was chosen, with links in place of pictures.

    ``below`` leads from the address of the page to that of the lesson's pictures.
    """
    lesson = place.lesson
    if not request.choices.low_data:
        yield from lesson.sections
        return
    figures = figures_of(lesson.blocks)
    for section in lesson.sections:
        html = with_links(section.html, figures, lambda figure: f"{below}/{name_of(figure)}", lesson.language)
        yield replace(section, html=html)


def show(request: Request) -> Response:
    """Show one picture of a lesson, with its description."""
    place = lesson_of(request)
    figure = _figure(place, request.path["picture"])
    context = {
        "cohort": place.cohort,
        "module": place.module,
        "lesson": place.lesson,
        "name": name_of(figure),
        "alt": figure.alt,
        "drawing": drawing(figure),
    }
    return Page("learning/picture.html", context, lasting=True)


def _figure(place: Place, name: str) -> Figure:
    for figure in figures_of(place.lesson.blocks):
        if name_of(figure) == name:
            return figure
    raise NotFound


ROUTES = (Route("GET", "/c/{cohort}/lessons/{module}/{lesson}/pictures/{picture}", Right.BELONG, show),)
