"""The Hub's pages in the reader's language: its one Jinja environment serves everybody, so each text asks who reads."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, pass_context
from jinja2.ext import InternationalizationExtension
from jinja2.runtime import Context
from jupyterhub.handlers.base import BaseHandler

from academy.languages.catalogues import ENGLISH, LANGUAGES, catalogue, direction
from academy.languages.choosing import COOKIE, chosen
from academy.languages.templates import said
from academy.web.languages import choosing_path

__all__ = ["ReadersLanguage", "language_of", "names_for"]

SAFE_METHODS = frozenset({"GET", "HEAD"})


class ReadersLanguage(InternationalizationExtension):
    """Makes ``_("…")`` and every phrase of ours speak the ``language`` of the page's context."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.policies["ext.i18n.trimmed"] = True
        environment.finalize = _finalize
        environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]


def language_of(handler: BaseHandler, default: str) -> str:
    """Return the language of the person who asks: what she chose, or what her browser wishes for."""
    return chosen(handler.get_cookie(COOKIE), handler.request.headers.get("Accept-Language"), default)


def names_for(handler: BaseHandler, default: str) -> dict[str, Any]:
    """Return what every page of the Hub needs to know about languages."""
    language = language_of(handler, default)
    here = handler.request.uri if handler.request.method in SAFE_METHODS else handler.request.path

    def choosing(code: str) -> str:
        return f"/services/academy{choosing_path(code, here)}"

    return {
        "language": language,
        "direction": direction(language),
        "direction_of": direction,
        "languages": LANGUAGES,
        "choosing": choosing,
    }


def _reader(context: Context) -> str:
    return str(context.get("language", ENGLISH))


@pass_context
def _gettext(context: Context, text: str) -> str:
    return catalogue(_reader(context)).gettext(text)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    return catalogue(_reader(context)).ngettext(one, many, number)


@pass_context
def _finalize(context: Context, value: Any) -> Any:
    return said(value, _reader(context))
