"""What the pages' policies kept out, counted by directive and family of pages.

A report of a browser names the page and what it wanted to load. Both are dropped here: what stays is how often a
directive was broken on which kind of page, in memory, until the service ends. No address, no person, no time.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from tornado.web import HTTPError

from academy.rights import Right
from academy.routing import Json, Request, Response, Route
from academy.web.handlers import SafeHandler

__all__ = ["DIRECTIVES", "FAMILIES", "ROUTES", "Reports", "counted", "family_of"]

LOG = logging.getLogger("academy.web")
LARGEST = 16 * 1024
"""Bytes of a report that are read; a real one has about one thousand."""
DIRECTIVES = frozenset(
    f"{kind}-src{rest}"
    for kind in ("default", "script", "style", "img", "font", "connect", "frame", "worker", "object", "media")
    for rest in ("", "-elem", "-attr")
) | {"form-action", "base-uri", "frame-ancestors", "manifest-src"}
FAMILIES = (
    ("/services/academy", "plain"),
    ("/services/interactive", "interactive"),
    ("/hub", "hub"),
    ("/user/", "notebooks"),
)
"""Beginning of a path, and what pages below it are called."""
OTHER = "other"
_COUNTS: Counter[tuple[str, str]] = Counter()


def family_of(address: str) -> str:
    """Return the kind of pages that an address belongs to."""
    path = urlsplit(address).path
    if path.startswith("/user/") and "/formgrader" in path:
        return "formgrader"
    return next((family for beginning, family in FAMILIES if path.startswith(beginning)), OTHER)


def counted(body: bytes) -> tuple[str, str]:
    """Return the directive and the family that a report is counted under. Raises ``ValueError`` where it is none."""
    data = json.loads(body)
    report = data["csp-report"] if isinstance(data, dict) and isinstance(data.get("csp-report"), dict) else None
    if report is None:
        message = "not a report"
        raise ValueError(message)
    words = str(report.get("effective-directive") or report.get("violated-directive") or "").split(" ")[0]
    return (words if words in DIRECTIVES else OTHER), family_of(str(report.get("document-uri", "")))


class Reports(SafeHandler):
    """Where browsers send their reports. Nobody has to be signed in, and nothing that is sent is kept."""

    def check_xsrf_cookie(self) -> None:
        """Browsers send no form here."""

    def post(self) -> None:
        """Count a report. The first of its kind is logged, so that whoever runs the machine looks."""
        try:
            key = counted(self.request.body[:LARGEST])
        except ValueError as error:
            raise HTTPError(400) from error
        _COUNTS[key] += 1
        if _COUNTS[key] == 1:
            LOG.warning("A page's policy kept something out: %s on %s pages.", *key)
        self.set_status(204)
        self.finish()

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 - Tornado's signature
        """Say nothing: no person reads this."""
        self.set_status(status_code)
        self.finish()


def show(request: Request) -> Response:  # noqa: ARG001 - the same for everybody who may
    """Return the counts since the service started."""
    rows = [{"directive": key[0], "pages": key[1], "times": times} for key, times in sorted(_COUNTS.items())]
    return Json({"reports": rows})


ROUTES = (Route("GET", "/api/policy-reports", Right.COORDINATE, show),)
