"""Keeping a person's choices in the cookies of her browser."""

from __future__ import annotations

from tornado.web import RequestHandler

from academy.choices import SETTINGS, Choices, cookie_name

__all__ = ["choices_of", "count_sending", "remember_choices"]

DAYS_ON_OWN_DEVICE = 365
SENT = "academy-sent"


def choices_of(handler: RequestHandler) -> Choices:
    """Return what was chosen for the browser that asks."""
    return Choices.from_cookies({cookie_name(name): handler.get_cookie(cookie_name(name)) for name in SETTINGS})


def remember_choices(handler: RequestHandler, choices: Choices, path: str) -> None:
    """Ask the browser to keep the choices for all pages below ``path``: on a shared device until it is closed.

    What was not chosen leaves its cookie as it is.
    """
    days = DAYS_ON_OWN_DEVICE if choices.own_device else None
    secure = handler.request.protocol == "https"
    for name in SETTINGS:
        if value := getattr(choices, name):
            handler.set_cookie(
                cookie_name(name), value, expires_days=days, path=path, samesite="Lax", httponly=True, secure=secure
            )


def count_sending(handler: RequestHandler, choices: Choices, path: str) -> None:
    """Change a small number in a cookie after each form, so that pages kept on one's own device are asked for anew."""
    if choices.own_device:
        before = handler.get_cookie(SENT) or ""
        number = int(before) if before.isascii() and before.isdecimal() else 0
        handler.set_cookie(SENT, str((number + 1) % 100), path=path, samesite="Lax", httponly=True)
