"""The stylesheet and its few companions. Their addresses change with their content, so that browsers may keep them."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from tornado.web import HTTPError

from academy.web.handlers import SafeHandler
from academy.web.headers import FOR_EVER, NOT_KEPT
from academy.web.remembering import choices_of

__all__ = ["StaticFile", "StaticFiles", "static_files", "static_path"]


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that is the same for everybody."""

    version: str
    """Hash of its content."""
    media_type: str
    body: bytes


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Return all static files by name, read once."""
    found = {}
    for file in (files("academy.web") / "static").iterdir():
        body = file.read_bytes()
        version = hashlib.sha256(body).hexdigest()[:12]
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        found[file.name] = StaticFile(version, media_type, body)
    return MappingProxyType(found)


def static_path(name: str) -> str:
    """Return the path of a file below the academy service."""
    return f"/static/{static_files()[name].version}/{name}"


class StaticFiles(SafeHandler):
    """Static files, readable by anyone."""

    version = ""

    def get(self, version: str | None, name: str) -> None:
        """Send a file: one's own device may keep it, unless the address is that of another version."""
        file = static_files().get(name)
        if file is None:
            raise HTTPError(404)
        self.version = file.version
        kept = file.version == version and choices_of(self).own_device
        self.set_header("Content-Type", file.media_type)
        self.set_header("Cache-Control", FOR_EVER if kept else NOT_KEPT)
        self.finish(file.body)

    def compute_etag(self) -> str:
        """Return the version of the file: the same however it was compressed."""
        return f'W/"{self.version}"'

    def head(self, version: str | None, name: str) -> None:
        """Answer like ``get``; the server leaves the body out."""
        self.get(version, name)

    def write_error(self, status_code: int, **kwargs: object) -> None:  # noqa: ARG002 - Tornado's signature
        """Say it in one line: nobody reads this as a page."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"There is no such file ({status_code}).")
