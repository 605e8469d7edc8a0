"""Rules for passphrases and user names, and how a passphrase is kept."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Container

import bcrypt

from academy.errors import BadInput
from academy.languages.phrases import phrase

__all__ = ["check_passphrase", "hash_passphrase", "is_right", "simplify"]

LONGEST = 256
COST = 12  # bcrypt: about a quarter of a second on a small machine
NOBODY = bcrypt.hashpw(b"nobody", bcrypt.gensalt(COST))
"""Compared with when there is no such account, so that the answer takes as long."""


def simplify(passphrase: str) -> str:
    """Return the text in the form in which it is compared: keyboards send the same letter in different ways."""
    return unicodedata.normalize("NFC", passphrase)


def check_passphrase(passphrase: str, again: str, *, shortest: int, common: Container[str], username: str) -> None:
    """Check a new passphrase. Raises ``BadInput`` with one sentence; the passphrase is never in it.

    ``shortest`` is counted in characters, so that every script is treated alike.
    """
    text = simplify(passphrase)
    if text != simplify(again):
        message = phrase("The two passphrases are not the same. Type both again.")
    elif len(text) < shortest:
        message = phrase(
            "This passphrase is too short. Use %(shortest)s characters or more; several words are easy to remember.",
            shortest=shortest,
        )
    elif len(text) > LONGEST:
        message = phrase("This passphrase is too long. Use %(longest)s characters at most.", longest=LONGEST)
    elif _is_common(text, common) or text.casefold() == username:
        message = phrase("Many people use this passphrase, so it is easy to guess. Choose another one.")
    else:
        return
    raise BadInput(message, code="bad-passphrase", field="password")


def _is_common(text: str, common: Container[str]) -> bool:
    folded = text.casefold()
    return text in common or folded in common or folded.replace(" ", "") in common or len(set(folded)) <= 2  # noqa: PLR2004


def _digest(passphrase: str) -> bytes:
    """Return text of a fixed length: bcrypt takes 72 bytes, which is 24 letters in many scripts."""
    return base64.b64encode(hashlib.sha256(simplify(passphrase).encode()).digest())


def hash_passphrase(passphrase: str) -> bytes:
    """Return what is kept of a passphrase."""
    return bcrypt.hashpw(_digest(passphrase), bcrypt.gensalt(COST))


def is_right(passphrase: str, kept: bytes | None) -> bool:
    """Tell whether ``passphrase`` is the one that ``kept`` was made of; without one it takes as long to say no."""
    return bcrypt.checkpw(_digest(passphrase), kept or NOBODY) and kept is not None
