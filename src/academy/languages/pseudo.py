"""A language that nobody speaks: every letter of ours with an accent, so that an untranslated text stands out."""

from __future__ import annotations

import re
from gettext import NullTranslations

__all__ = ["PSEUDO", "Accented", "accented"]

PSEUDO = "en-XA"
"""Its code. Nobody can choose it; tests and developers ask for it."""
LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÅƁÇÐÉƑĜĤÎĴĶĻḾÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļḿñöþǫŕšţûṽŵẋýž",
)
KEPT = re.compile(r"(%\(\w+\)s|%%|\{\w*\}|</?[a-z][^>]*>|`[^`]*`|https?://\S+)")
"""What is no word: places for values, tags, code."""


def accented(text: str) -> str:
    """Return a text with accents on its letters; places for values and tags stay as they are."""
    parts = KEPT.split(text)
    return "".join(part if index % 2 else part.translate(LETTERS) for index, part in enumerate(parts))


class Accented(NullTranslations):
    """The catalogue of the language that nobody speaks: it has a translation for everything."""

    def gettext(self, message: str) -> str:
        """Return the text with accents."""
        return accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return one of the two texts with accents."""
        return accented(msgid1 if n == 1 else msgid2)
