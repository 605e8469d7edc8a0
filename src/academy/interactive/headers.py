"""Headers of every response: nothing from another host, no address of a page given away."""

from __future__ import annotations

from typing import Any

from tornado.httputil import HTTPHeaders
from tornado.web import OutputTransform

from academy.config import REPORTS

__all__ = ["CONTENT_SECURITY_POLICY", "SafeHeaders"]

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' blob:",  # blob: anywidget imports a widget's module from one
    "style-src": "'self'",
    "img-src": "'self' data: blob:",  # blob: the image control shows its bytes through one
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "report-uri": REPORTS,
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


class SafeHeaders(OutputTransform):
    """Sets the headers on pages, errors and static files alike, whichever class answers."""

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
        headers.pop("Server", None)
        return status_code, headers, chunk

    def transform_chunk(self, chunk: bytes, finishing: Any) -> bytes:  # noqa: ARG002 - Tornado fixes the signature
        """Leave the body as it is."""
        return chunk
