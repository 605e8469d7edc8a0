"""The code of an authenticator app: a second step at sign-in for who wants it."""

from __future__ import annotations

import base64
import secrets
import unicodedata

import onetimepass  # type: ignore[import-untyped]

__all__ = ["is_code_of", "new_otp_secret"]

CODE_LENGTH = 6


def new_otp_secret() -> str:
    """Return a fresh secret for an authenticator app (base32, 80 bits: the column is that wide)."""
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii")


def is_code_of(otp_secret: str, code: str) -> bool:
    """Tell whether ``code`` is what an authenticator app with this secret shows now; digits of any script count."""
    signs = "".join(code.split())
    if len(signs) != CODE_LENGTH or not signs.isdecimal():
        return False
    return bool(onetimepass.valid_totp("".join(str(unicodedata.decimal(sign)) for sign in signs), otp_secret))
