"""Scripts and styles of interactive pages: read and compressed once; a browser that may keep them asks once.

``script/bundle`` builds the scripts from ``bundle/``. A name holds a hash of its content: it never means two things.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import brotli
from tornado.web import HTTPError, RequestHandler

from academy.choices import Choices, cookie_name
from academy.errors import ConfigError

__all__ = ["PageFile", "PageFiles", "SendFile", "read_files"]

CODINGS = {"br": ".br", "gzip": ".gz"}
"""Codings in the order in which we would rather send them, and how the names of files in them end."""
NOT_BUILT = "The scripts of the interactive pages are not built. Run script/bundle: it needs npm and a connection."
FOR_EVER, NOT_KEPT = "private, max-age=31536000, immutable", "no-store"


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file that is the same for everybody."""

    media_type: str
    body: bytes
    coded: Mapping[str, bytes]
    """Its body in each coding of ``CODINGS``."""


@dataclass(frozen=True, slots=True)
class PageFiles:
    """What every interactive page names, and all files by name."""

    script: str
    with_script: tuple[str, ...]
    """What the script imports at once: named beside it, so that a browser does not find out one by one."""
    style: str
    by_name: Mapping[str, PageFile]


def read_files(bundle: Path, styles: Sequence[Path]) -> PageFiles:
    """Read the built scripts, and put the style sheets together into one. Raises ``ConfigError``."""
    try:
        manifest = json.loads((bundle / "manifest.json").read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(NOT_BUILT) from error
    sheet = b"\n".join(style.read_bytes() for style in styles)
    style = f"page-{hashlib.sha256(sheet).hexdigest()[:8]}.css"
    found = {file.name: _script(file) for file in bundle.glob("*.js")}
    found[style] = PageFile("text/css; charset=utf-8", sheet, _coded(sheet))
    found["licences.txt"] = _text(bundle / "licences.txt")
    return PageFiles(manifest["page"], tuple(manifest["with_page"]), style, MappingProxyType(found))


def _script(file: Path) -> PageFile:
    coded = {coding: file.with_name(file.name + end).read_bytes() for coding, end in CODINGS.items()}
    return PageFile("text/javascript; charset=utf-8", file.read_bytes(), MappingProxyType(coded))


def _text(file: Path) -> PageFile:
    body = file.read_bytes()
    return PageFile("text/plain; charset=utf-8", body, _coded(body))


def _coded(body: bytes) -> Mapping[str, bytes]:
    small = bytes(brotli.compress(body, mode=brotli.MODE_TEXT))
    return MappingProxyType({"br": small, "gzip": gzip.compress(body, mtime=0)})


def _coding(accepted: str) -> str | None:
    """Return the coding to send, by what a browser says it can read."""
    offers = {offer.partition(";")[0].strip() for offer in accepted.lower().split(",") if ";q=0" not in offer}
    return next((coding for coding in CODINGS if coding in offers), None)


class SendFile(RequestHandler):
    """Sends a file to anyone: there is nothing of a person in it."""

    def initialize(self, files: PageFiles) -> None:
        """Take the files that there are."""
        self.files = files

    def get(self, name: str) -> None:
        """Send it as small as the browser can take it. Raises ``HTTPError`` 404."""
        file = self.files.by_name.get(name)
        if file is None:
            raise HTTPError(404)
        coding = _coding(self.request.headers.get("Accept-Encoding", ""))
        if coding:
            self.set_header("Content-Encoding", coding)
        self.set_header("Content-Type", file.media_type)
        device = Choices.from_cookies({cookie_name("device"): self.get_cookie(cookie_name("device"))}).device
        self.set_header("Cache-Control", NOT_KEPT if device == "shared" else FOR_EVER)
        self.finish(file.coded[coding] if coding else file.body)

    def compute_etag(self) -> None:
        """Do without: a name says all that a tag could."""

    def write_error(self, status_code: int, **kwargs: object) -> None:  # noqa: ARG002 - Tornado's signature
        """Say it in one line: nobody reads this as a page."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"There is no such file ({status_code}).")
