"""How a submission that is wrong and wants to be taken for right is put together."""

from __future__ import annotations

from typing import Any

from tests.attacks.model import (
    DIED,
    FAILED,
    NOT_RUN,
    TAMPERED,
    TIMED_OUT,
    WRONG_MIDDLE,
    WRONG_SQUARES,
    WRONG_TOTAL,
    Submission,
    Verdicts,
    code,
)

__all__ = ["ENDED", "NO_MARK", "forges", "looks"]

NO_MARK = FAILED | TAMPERED
ENDED = TAMPERED | DIED | NOT_RUN | TIMED_OUT


def forges(
    name: str,
    tries: str,
    before: str = "",
    *,
    on_squares: Verdicts = TAMPERED,
    on_total: Verdicts = NO_MARK,
    **more: Any,
) -> Submission:
    """Prepare a forgery in the first solution cell; all functions are wrong."""
    wrong = {"squares": WRONG_SQUARES, "total": WRONG_TOTAL, "middle": WRONG_MIDDLE} | more
    wrong["squares"] = code(before) + wrong["squares"]
    return Submission(name=name, tries=tries, on_squares=on_squares, on_total=on_total, **wrong)


def looks(name: str, tries: str, body: str, on_squares: Verdicts = TAMPERED) -> Submission:
    """Look for the tests while being tested, and show what was found."""
    squares = code(body) + "\ndef squares(n):\n    print(look())\n    return ['wrong']\n"
    return forges(name, tries, squares=squares, on_squares=on_squares)
