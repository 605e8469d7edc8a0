"""The log of the service: what was asked and how it went; no address, no query, no token."""

from __future__ import annotations

import logging
import re
from ipaddress import IPv6Address
from typing import Any

__all__ = ["log_request", "scrub", "scrub_all_records"]

QUERY = re.compile(r"\?[^\s'\")]+")
FOUR = re.compile(r"(?<![\w.])(?!127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
SIX = re.compile(r"[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*", re.IGNORECASE)
BEARER = re.compile(r"(?i)\b(bearer|token)(\s+|=)[\w.~+/-]{16,}")


def scrub(text: str) -> str:
    """Return ``text`` without query strings, network addresses and tokens."""
    return BEARER.sub(r"\1\2…", SIX.sub(_hidden, FOUR.sub("…", QUERY.sub("?…", text))))


def _hidden(found: re.Match[str]) -> str:
    """Hide what reads as an address, and leave times of day alone."""
    try:
        IPv6Address(found[0].rstrip("."))
    except ValueError:
        return found[0]
    return "…"


def log_request(handler: Any) -> None:
    """Log one request by method, path, status and time in milliseconds."""
    status = handler.get_status()
    level = logging.DEBUG if status < 400 else logging.WARNING if status < 500 else logging.ERROR  # noqa: PLR2004
    took = 1000 * handler.request.request_time()
    logging.getLogger("academy.interactive").log(
        level, "%s %s %s %.0f ms", handler.request.method, handler.request.path, status, took
    )


def scrub_all_records() -> None:
    """Scrub every log record of this process where it is made, whichever library makes it."""
    make = logging.getLogRecordFactory()

    def make_scrubbed(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        record.msg, record.args = scrub(record.getMessage()), None
        return record

    logging.setLogRecordFactory(make_scrubbed)
