"""Jinja templates that speak: what is marked in them, and every phrase that they show, in one language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined

from academy.languages.catalogues import catalogue, translated
from academy.languages.phrases import recalled

__all__ = ["environment"]


def environment(loader: BaseLoader, speaks: Callable[[], str]) -> Environment:
    """Return an environment that speaks the language that ``speaks`` names whenever a template is filled.

    ``_("…")`` and ``{% trans %}`` are looked up in the catalogue. A phrase that comes from Python is said in the
    language when it is shown; names and other people's texts are shown as they are, escaped. A name that a template
    uses and nobody gave is an error.
    """
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=lambda value: said(value, speaks()),
    )
    made.policies["ext.i18n.trimmed"] = True
    made.filters["said"] = lambda value: said(value, speaks())
    made.filters["recalled"] = lambda text: said(recalled(text), speaks())

    def gettext(text: str) -> str:
        return catalogue(speaks()).gettext(text)

    def ngettext(one: str, many: str, number: int) -> str:
        return catalogue(speaks()).ngettext(one, many, number)

    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


def said(value: Any, language: str) -> Any:
    """Return what is shown for a value."""
    return translated(value, language) if isinstance(value, str) else value
