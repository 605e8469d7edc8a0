"""Which language a reader gets: the one she chose, else the first of her browser's that we have, else the default."""

from __future__ import annotations

import re
from collections.abc import Iterable

from academy.languages.catalogues import LANGUAGES

__all__ = ["COOKIE", "COOKIE_DAYS", "chosen"]

COOKIE = "academy-language"
"""Holds a language code and nothing else: no identifier, readable by our own site only."""
COOKIE_DAYS = 365
WISH = re.compile(r"\s*([a-zA-Z]{1,8})(?:-[a-zA-Z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?")


def chosen(cookie: str | None, accepted: str | None, default: str, *, languages: Iterable[str] = LANGUAGES) -> str:
    """Return the language for a request from its cookie and its ``Accept-Language`` header (RFC 9110, 12.5.4)."""
    known = set(languages)
    if cookie in known:
        return str(cookie)
    return next((language for language in _wishes(accepted or "") if language in known), default)


def _wishes(accepted: str) -> list[str]:
    """Return the main languages of the header, the most wanted first; what cannot be read is skipped."""
    found = [WISH.fullmatch(part) for part in accepted[:1000].split(",")]
    wishes = [(float(wish[2] or 1), wish[1].lower()) for wish in found if wish]
    return [language for weight, language in sorted(wishes, key=lambda wish: -wish[0]) if weight]
