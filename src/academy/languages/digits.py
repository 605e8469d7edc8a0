"""Digits as people type them: those of every script are the same ten digits."""

from __future__ import annotations

import unicodedata

__all__ = ["ascii_digits"]

INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Marks of direction, which phones put around numbers in right-to-left text."""


def ascii_digits(text: str) -> str:
    """Return a text with the digits of any script as 0 to 9 and without marks of direction."""
    plain = text.translate(INVISIBLE)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain)
