"""Jinja templates that speak: what is marked in them, and every phrase that they show, in one language."""

from __future__ import annotations

from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined

from academy.languages.catalogues import catalogue, translated

__all__ = ["environment"]


def environment(loader: BaseLoader, language: str) -> Environment:
    """Return an environment for one language. A name that a template uses and nobody gave is an error.

    ``_("…")`` and ``{% trans %}`` are looked up in the catalogue. A phrase that comes from Python is said in the
    language when it is shown; names and other people's texts are shown as they are, escaped.
    """
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=lambda value: said(value, language),
    )
    made.policies["ext.i18n.trimmed"] = True
    words = catalogue(language)
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


def said(value: Any, language: str) -> Any:
    """Return what is shown for a value."""
    return translated(value, language) if isinstance(value, str) else value
