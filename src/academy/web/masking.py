"""Tokens of forms that look different in every answer.

JupyterHub's token is the same in every page of a session. A page is compressed as a whole: whoever can put words into
it and watch its size on the line could guess a constant secret sign by sign (the attack called BREACH). Under a fresh
mask there is nothing constant to guess.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

__all__ = ["mask", "unmask"]

MARK = "m."
"""A masked token begins so; JupyterHub's own are base64 and hold no full stop."""
SALT = 16  # bytes


def mask(token: str) -> str:
    """Return the token under a mask of its own, so that no two answers share a part of it."""
    salt = secrets.token_bytes(SALT)
    return MARK + urlsafe_b64encode(salt + _masked(token.encode("ascii"), salt)).decode("ascii").rstrip("=")


def unmask(text: str) -> str:
    """Return the token behind a masked one. Anything else comes back as it is, to be refused where it is checked."""
    if not text.startswith(MARK):
        return text
    try:
        data = urlsafe_b64decode(text.removeprefix(MARK) + "==")
        return _masked(data[SALT:], data[:SALT]).decode("ascii")
    except ValueError:
        return text


def _masked(data: bytes, salt: bytes) -> bytes:
    stream = hashlib.shake_256(salt).digest(len(data))
    return bytes(one ^ other for one, other in zip(data, stream, strict=True))
