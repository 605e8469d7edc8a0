"""Jinja templates and the few words that every page needs: dates, addresses, directions of writing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from academy.content.text import Text
from academy.languages.catalogues import LANGUAGES, direction
from academy.languages.dates import clock, duration, when
from academy.languages.templates import environment

__all__ = ["render"]


def number(value: float) -> str:
    """Return a number without needless digits: 3, 0.67."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def in_language(text: str, own: str, *, language: str) -> Markup:
    """Return a text of content, set apart from what stands around it; ``own`` is the language that it is in."""
    if own == language:
        return Markup("<bdi>{}</bdi>").format(text)
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(own, direction(own), text)


def titled(text: Text, *, language: str) -> Markup:
    """Return a text of content in the reader's language, or in English and marked as English."""
    return in_language(text(language), text.language_for(language), language=language)


@lru_cache(maxsize=len(LANGUAGES) + 1)
def _environment(language: str) -> Environment:
    made = environment(PackageLoader("academy.web"), lambda: language)
    made.filters["when"] = partial(when, language=language)
    made.filters["duration"] = partial(duration, language=language)
    made.filters["in_language"] = partial(in_language, language=language)
    made.filters["titled"] = partial(titled, language=language)
    made.filters.update(clock=clock, number=number, html=Markup)
    made.globals.update(direction_of=direction, languages=LANGUAGES)
    return made


def render(template: str, context: Mapping[str, Any], *, language: str, names: Mapping[str, Any]) -> str:
    """Render a page. A name that the template uses and nobody gave is an error, never an empty place."""
    words = {**names, **context, "language": language, "direction": direction(language)}
    return _environment(language).get_template(template).render(words)
