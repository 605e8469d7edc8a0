"""Headers of a grading server, and a small server extension that tightens them where learners' words are shown.

JupyterLab and formgrader's lists bring scripts inside their pages. The page of one submission also shows what a
learner wrote, so there only those scripts run that stand before the first word of the submission.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

__all__ = ["HEADERS", "SubmissionPages", "policy_of_submission"]

COMMON = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; form-action 'self'; base-uri 'self'; "
    "frame-ancestors 'none'; "
)

HEADERS = {
    "Content-Security-Policy": COMMON + "frame-src 'self' blob: data:; script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

SUBMISSION = re.compile(r"/formgrader/submissions/[^/]+/?$")
NOTEBOOK = re.compile(rb"""<div\b[^>]*\bid=["']notebook["']""")
INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
INLINE_ACTION = re.compile(rb"""\bon[a-z]+="([^"]*)\"""")


def policy_of_submission(page: bytes) -> str:
    """Return the policy for the page of one submission: no script but those before the submission itself."""
    start = NOTEBOOK.search(page)
    trusted = page[: start.start()] if start else b""
    scripts = INLINE_SCRIPT.findall(trusted)
    actions = [html.unescape(action.decode()).encode() for action in INLINE_ACTION.findall(trusted)]
    hashes = " ".join(sorted({_hash(text) for text in (*scripts, *actions)}))
    return f"{COMMON}frame-src 'none'; script-src 'self' 'unsafe-hashes' {hashes}".rstrip()


def _hash(text: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(text.replace(b"\r\n", b"\n")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


class SubmissionPages(OutputTransform):
    """Sets the policy of pages that show a submission."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self.applies = SUBMISSION.search(request.path) is not None

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: Any
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Set the header; a page that comes in pieces may run no script of its own text at all."""
        if self.applies:
            headers["Content-Security-Policy"] = policy_of_submission(chunk if finishing else b"")
        return status_code, headers, chunk

    def transform_chunk(self, chunk: bytes, finishing: Any) -> bytes:  # noqa: ARG002 - Tornado fixes the signature
        """Leave the body as it is."""
        return chunk


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "academy.hub.server_headers"}]


def _load_jupyter_server_extension(app: Any) -> None:
    app.web_app.transforms.insert(0, SubmissionPages)  # before the page is compressed
