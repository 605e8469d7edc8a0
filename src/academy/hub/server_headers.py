"""Headers of notebook servers, and a small server extension that fits them to formgrader's pages.

JupyterLab brings one short script inside its page, always the same: its hash stands in the policy. Formgrader's pages
bring some that name the page at hand; their hashes are taken as the page goes out. The page of one submission also
shows what a learner wrote, so there only those scripts run that stand before the first word of the submission.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_path
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

from academy.config import REPORTS

__all__ = ["HEADERS", "FormgraderPages", "policy_of", "policy_of_page", "policy_of_submission"]

COMMON = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; form-action 'self'; base-uri 'self'; "
    f"frame-ancestors 'none'; report-uri {REPORTS}; "
)
FORMGRADER = re.compile(r"/formgrader(?:/[A-Za-z0-9_.-]+)*/?$")
"""A page of formgrader. Some write parts of their address into a script: with other signs in it none may run."""
SUBMISSION = re.compile(r"/formgrader/submissions/[^/]+/?$")
NOTEBOOK = re.compile(rb"""<div\b[^>]*\bid=["']notebook["']""")
INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
INLINE_ACTION = re.compile(rb"""\bon[a-z]+="([^"]*)\"""", re.IGNORECASE)


def policy_of(path: str, page: bytes) -> str | None:
    """Return the policy for a page of formgrader; None where the path is none of its pages."""
    if SUBMISSION.search(path):
        return policy_of_submission(page)
    if "/formgrader" in path and "/formgrader/static/" not in path:
        return policy_of_page(page if FORMGRADER.search(path) else b"")
    return None


def policy_of_submission(page: bytes) -> str:
    """Return the policy for the page of one submission: no script but those before the submission itself."""
    start = NOTEBOOK.search(page)
    return policy_of_page(page[: start.start()] if start else b"")


def policy_of_page(trusted: bytes) -> str:
    """Return the policy under which only files of this site run, and what stands inside ``trusted``."""
    scripts = INLINE_SCRIPT.findall(trusted)
    actions = [html.unescape(action.decode()).encode() for action in INLINE_ACTION.findall(trusted)]
    hashes = " ".join(sorted({_hash(text) for text in (*scripts, *actions)}))
    return f"{COMMON}frame-src 'none'; script-src 'self' 'unsafe-hashes' {hashes}".rstrip()


def _hash(text: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(text.replace(b"\r\n", b"\n")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def _scripts_of_lab() -> str:
    """Return the hashes of the scripts inside JupyterLab's page, as it is installed."""
    pages = [Path(folder) for folder in jupyter_path("lab", "static", "index.html")]
    page = next((file.read_bytes() for file in pages if file.is_file()), b"")
    return " ".join(_hash(script) for script in INLINE_SCRIPT.findall(page) if b"{{" not in script)


HEADERS = {
    "Content-Security-Policy": (
        f"{COMMON}frame-src 'self' blob: data:; script-src 'self' 'unsafe-eval' {_scripts_of_lab()}".rstrip()
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class FormgraderPages(OutputTransform):
    """Sets the policy of formgrader's pages."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self.path = request.path

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: Any
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Set the headers; a page that comes in pieces may run no script of its own text at all.

        The pages name learners, so no browser keeps them; one that it kept all the same would bring another policy.
        """
        if policy := policy_of(self.path, chunk if finishing else b""):
            headers["Content-Security-Policy"] = policy
            headers["Cache-Control"] = "no-store"
        return status_code, headers, chunk

    def transform_chunk(self, chunk: bytes, finishing: Any) -> bytes:  # noqa: ARG002 - Tornado fixes the signature
        """Leave the body as it is."""
        return chunk


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "academy.hub.server_headers"}]


def _load_jupyter_server_extension(app: Any) -> None:
    app.web_app.transforms.insert(0, FormgraderPages)  # before the page is compressed
