"""Answers on the line: Brotli where the browser takes it, else gzip, else as they are."""

from __future__ import annotations

import gzip
import re
from typing import Any

import brotli
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

__all__ = ["Compression", "best_coding", "compressed"]

TEXT = re.compile(r"(?:text/|application/(?:json|javascript)|image/svg\+xml)")
WORTH_IT = 600  # bytes; smaller answers fit into one packet anyway
BROTLI_QUALITY = 5  # about as fast as gzip
GZIP_LEVEL = 6
ELSEWHERE = frozenset({"cross-site", "same-site"})


def best_coding(accepted: str) -> str | None:
    """Return ``br``, ``gzip`` or None, by the header with which a browser says what it can read."""
    offers = {}
    for offer in accepted.lower().split(","):
        name, _, weight = offer.replace(" ", "").partition(";q=")
        offers[name] = not re.fullmatch(r"0(?:\.0*)?", weight)
    return next((coding for coding in ("br", "gzip") if offers.get(coding)), None)


def compressed(body: bytes, coding: str) -> bytes:
    """Return the body in a coding. The same body always gives the same bytes."""
    if coding == "br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY))
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


class Compression(OutputTransform):
    """Compresses what is text and comes in one piece.

    What another site asked for goes as it is: its size must tell that site's watcher nothing (see ``masking``).
    """

    def __init__(self, request: HTTPServerRequest) -> None:
        elsewhere = request.headers.get("Sec-Fetch-Site", "") in ELSEWHERE
        self.coding = None if elsewhere else best_coding(request.headers.get("Accept-Encoding", ""))

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: Any
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Compress the body, and tell caches what it depends on."""
        if not TEXT.match(headers.get("Content-Type", "")):
            return status_code, headers, chunk
        headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
        if self.coding and finishing and len(chunk) >= WORTH_IT and "Content-Encoding" not in headers:
            chunk = compressed(chunk, self.coding)
            headers["Content-Encoding"] = self.coding
            headers["Content-Length"] = str(len(chunk))
        return status_code, headers, chunk

    def transform_chunk(self, chunk: bytes, finishing: Any) -> bytes:  # noqa: ARG002 - Tornado fixes the signature
        """Leave further pieces as they are."""
        return chunk
