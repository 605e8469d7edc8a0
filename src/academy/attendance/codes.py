"""The rotating check-in code: six digits from the session's secret and the time, and the nonce of a check-in.

Truncation as in RFC 4226, section 5.3; time steps as in RFC 6238 with HMAC-SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import datetime

from academy.errors import BadInput
from academy.languages.phrases import phrase

__all__ = ["CODE_DIGITS", "accepts", "check_in_nonce", "code_at", "new_code_in", "read_code", "spoken"]

CODE_DIGITS = 6


def code_at(secret: str, now: datetime, *, seconds: int) -> str:
    """Return the code that is shown at ``now``; it changes every ``seconds``."""
    return _truncated(secret, _step(now, seconds))


def new_code_in(now: datetime, *, seconds: int) -> int:
    """Return the whole seconds until the code changes: 1 to ``seconds``."""
    return seconds - int(now.timestamp()) % seconds


def accepts(secret: str, typed: str, now: datetime, *, seconds: int) -> bool:
    """Tell whether six typed digits are the code of this moment or the one before it."""
    step = _step(now, seconds)
    codes = [_truncated(secret, step - back) for back in (0, 1)]
    return any([hmac.compare_digest(code, typed) for code in codes])  # noqa: C419 - both compared, whatever the first says


def read_code(text: str) -> str:
    """Return the six digits in ``text``: digits of any script, with spaces, hyphens and direction marks ignored.

    Raises ``BadInput`` when they are not six digits.
    """
    kept = [char for char in text if unicodedata.category(char) not in {"Zs", "Cc", "Cf", "Pd"}]
    digits = [unicodedata.decimal(char, None) for char in kept]
    if len(digits) != CODE_DIGITS or None in digits:
        message = phrase("The code has six digits. Type the six digits that were read out; your choice is still here.")
        raise BadInput(message, code="bad-code", field="code")
    return "".join(str(digit) for digit in digits)


def spoken(code: str) -> str:
    """Return the code in two groups of three, as it is read out."""
    return f"{code[:3]} {code[3:]}"


def check_in_nonce(secret: str, person: str) -> str:
    """Return the nonce of this person's own check-in, the same for all three ways of being named.

    It is keyed: once the session's secret is destroyed, nobody can tell any more whose it was.
    """
    return hmac.new(secret.encode(), b"check-in:" + person.encode(), hashlib.sha256).hexdigest()


def _step(now: datetime, seconds: int) -> int:
    return int(now.timestamp()) // seconds


def _truncated(secret: str, step: int) -> str:
    digest = hmac.new(secret.encode(), step.to_bytes(8, "big"), hashlib.sha256).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"
