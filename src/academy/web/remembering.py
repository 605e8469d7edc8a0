"""Cookies of a browser: what a person chose for it, and its session when she leaves quickly."""

from __future__ import annotations

from urllib.parse import urlsplit

from tornado.web import RequestHandler

from academy.choices import SETTINGS, Choices, cookie_name

__all__ = ["came_from_here", "choices_of", "count_sending", "end_session_here", "remember_choices"]

DAYS_ON_OWN_DEVICE = 365
SENT = "academy-sent"
SESSION = {
    "jupyterhub-session-id": "/",
    "jupyterhub-hub-login": "/hub/",
    "service-academy": "/services/academy/",
    "service-interactive": "/services/interactive/",
}
"""The cookies by which the Hub and the services know a browser, and their paths."""


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


def came_from_here(handler: RequestHandler) -> bool:
    """Tell whether a page of ours led to this one; no other site can make a browser forget its session."""
    headers = handler.request.headers
    if site := headers.get("Sec-Fetch-Site"):
        return bool(site == "same-origin")
    return bool(urlsplit(headers.get("Referer", "")).netloc == handler.request.host)  # browsers from before 2023


def end_session_here(handler: RequestHandler, root: str) -> None:
    """Remove the cookies of the session, for browsers that do not know ``Clear-Site-Data``."""
    for name, path in SESSION.items():
        handler.clear_cookie(name, path=root + path)
