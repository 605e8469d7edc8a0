"""Headers of every response: nothing from another host, no address of a page given away."""

from __future__ import annotations

import re
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

__all__ = ["CONTENT_SECURITY_POLICY", "SafeHeaders"]

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' blob:",  # blob: anywidget imports a widget's module from one
    "style-src": "'self' 'unsafe-inline'",  # JupyterLab's bundle and ipywidgets write style elements
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{name} {value}" for name, value in POLICY.items())

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


STATIC = re.compile(r"/voila/(?:static|labextensions|templates)/(?P<version>v-[0-9a-f]+/)?")
KEPT = frozenset({200, 304})
AN_HOUR, FOR_EVER = "private, max-age=3600", "private, max-age=31536000, immutable"


class SafeHeaders(OutputTransform):
    """Sets the headers on pages, errors and static files alike, whichever class answers."""

    def __init__(self, request: HTTPServerRequest) -> None:
        super().__init__(request)
        self.path = request.path
        self.versioned = "v" in request.arguments

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: Any,  # noqa: ARG002 - Tornado fixes the signature
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add the headers before the first byte leaves."""
        for name, value in HEADERS.items():
            headers[name] = value
        if status_code in KEPT and (found := STATIC.search(self.path)):
            headers["Cache-Control"] = FOR_EVER if found["version"] or self.versioned else AN_HOUR
        headers.pop("Server", None)
        return status_code, headers, chunk

    def transform_chunk(self, chunk: bytes, finishing: Any) -> bytes:  # noqa: ARG002 - Tornado fixes the signature
        """Leave the body as it is."""
        return chunk
