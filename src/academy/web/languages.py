"""Choosing the language of the pages: a link that sets one cookie and leads back."""

from __future__ import annotations

from urllib.parse import urlencode

from tornado.web import RequestHandler

from academy.languages.choosing import COOKIE, COOKIE_DAYS
from academy.web.handlers import SafeHandler
from academy.web.remembering import choices_of

__all__ = ["ChooseLanguage", "choosing_path", "remember"]


def choosing_path(language: str, back: str) -> str:
    """Return the path, below the service, of the link that chooses a language and leads back to a page of the site."""
    return f"/language/{language}?{urlencode({'next': back})}"


def remember(handler: RequestHandler, language: str, path: str) -> None:
    """Keep the choice in the browser, for all pages below ``path``: a language code and nothing about the person.

    On a device that others use it is gone when the browser is closed, like the other settings.
    """
    days = COOKIE_DAYS if choices_of(handler).own_device else None
    secure = handler.request.protocol == "https"
    handler.set_cookie(COOKIE, language, expires_days=days, path=path, samesite="Lax", httponly=True, secure=secure)


class ChooseLanguage(SafeHandler):
    """The link in the foot of every page. It needs no sign-in and leaves no entry in the log."""

    def initialize(self, root: str) -> None:
        """Know the path below which the whole site stands."""
        self.root = root

    def get(self, language: str) -> None:
        """Keep the choice and go back; only to a page of this site, whatever the link says."""
        remember(self, language, f"{self.root}/")
        back = self.get_query_argument("next", "")
        inside = back.startswith(f"{self.root}/") and not back.startswith(("//", "/\\")) and back.isprintable()
        self.redirect(back if inside else f"{self.root}/services/academy/", status=303)
