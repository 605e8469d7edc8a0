"""What the Hub's pages load, how they travel, and what its log keeps: our own origin, and no address, name or form."""

from __future__ import annotations

import logging
from typing import Any

from academy.config import REPORTS
from academy.interactive.journal import scrub_all_records
from academy.web.compression import Compression

__all__ = ["COOKIES", "HEADERS", "XSRF_WITHOUT_ADDRESS", "log_request", "update_privacy"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
        f"base-uri 'none'; report-uri {REPORTS}"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

XSRF_WITHOUT_ADDRESS = {"JUPYTERHUB_XSRF_ANONYMOUS_IP_CIDRS": "0.0.0.0/0;::/0"}
"""Environment of every process that checks forms. Before sign-in the Hub ties a form to the caller's address, which it
also logs as a hash; over Tor the address changes between two requests. With all addresses alike neither happens."""

COOKIES = {"samesite": "Lax"}
"""How the Hub and the services set the cookies of a session: a request that another site causes brings none."""

SERVER_ERROR = 500


def log_request(handler: Any) -> None:
    """Log requests that failed by a fault of ours, by method, kind and status; never who asked, from where, for what.

    The kind is the class that answered: a path of the Hub may hold a user name.
    """
    status = handler.get_status()
    if status >= SERVER_ERROR:
        kind = type(handler).__name__
        logging.getLogger("JupyterHub").error("%s %s %d", handler.request.method, kind, status)


def update_privacy(c: Any) -> None:
    """Set the headers of every page of the Hub and what its log may hold."""
    scrub_all_records()
    c.JupyterHub.log_level = logging.ERROR  # its warnings tell who did what
    c.JupyterHub.tornado_settings = {
        "headers": dict(HEADERS),
        "log_function": log_request,
        "transforms": [Compression],
        "cookie_options": COOKIES,
    }
    c.JupyterHub.activity_resolution = 3600  # seconds: who was here when is kept no finer than that
