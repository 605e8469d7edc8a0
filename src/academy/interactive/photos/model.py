"""Rules of the photo lab: read the hidden data of a JPEG, take it out, and compare two files.

Pure: bytes in, values out. A JPEG is a row of segments; those named APP1 to APP15 and comments hold what a camera
writes beside the picture (ITU-T T.81, Annex B; Exif 2.32). Taking them out does not touch the picture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from academy.errors import BadInput
from academy.interactive.guesses import Card

__all__ = [
    "Comparison",
    "Field",
    "Place",
    "Position",
    "Story",
    "Thing",
    "compare",
    "fingerprint",
    "hidden",
    "position",
    "resaved",
    "stripped",
]

START, COMMENT, SCAN = 0xD8, 0xFE, 0xDA
APP1, APP14, APP15 = 0xE1, 0xEE, 0xEF
"""Markers of a JPEG. APP14 tells how the colours are written, so it stays."""

EXIF, GPS = 0x8769, 0x8825
TAGS = {"maker": 0x010F, "model": 0x0110}
EXIF_TAGS = {"taken": 0x9003, "offset": 0x9011, "serial": 0xA431}
"""Numbers of the fields, by the names that this course uses."""

PRIME = "\N{PRIME}"

RESAVED_QUALITY = 75


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of hidden data, as it stands in the file."""

    id: str
    """Name such as ``taken``."""
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """One half of a position: degrees, minutes, seconds and the direction."""

    degrees: int
    minutes: int
    seconds: float
    """With two decimals, as the sample holds them."""
    direction: str
    """``N``, ``S``, ``E`` or ``W``."""

    @property
    def decimal(self) -> float:
        """The same as one number of degrees; south and west are negative."""
        value = self.degrees + self.minutes / 60 + self.seconds / 3600
        return -value if self.direction in {"S", "W"} else value

    def __str__(self) -> str:
        return f"{self.degrees}° {self.minutes}{PRIME} {self.seconds:.2f}″ {self.direction}"


@dataclass(frozen=True, slots=True)
class Position:
    """Where the phone was."""

    north: Place
    east: Place


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two files, side by side."""

    sizes: tuple[int, int]
    """In bytes."""
    fingerprints: tuple[str, str]
    """SHA-256 of each, in full."""
    fields: tuple[int, int]
    """How many pieces of hidden data each holds; a position counts as one."""
    same_picture: bool
    """Whether every picture point is the same."""

    @property
    def same_file(self) -> bool:
        """Whether the files are the same, byte by byte."""
        return self.fingerprints[0] == self.fingerprints[1]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to be seen in the picture."""

    number: int
    """Its number on the picture."""
    x: int
    y: int
    """Where the number stands, in picture points."""
    card: Card
    """What it is, and whether it helps a stranger to find a person or the place."""


@dataclass(frozen=True, slots=True)
class Story:
    """The sample photo and the words about it, in one language."""

    photo: bytes
    """The file, as the phone wrote it."""
    alt: str
    """The picture in words."""
    labels: Mapping[str, str]
    """What each piece of hidden data is called, by its name."""
    cards: tuple[Card, ...]
    """What the file may tell, to guess before looking."""
    things: tuple[Thing, ...]


def hidden(photo: bytes) -> tuple[Field, ...]:
    """Return the hidden data that this course knows, in a fixed order. Raises ``BadInput``."""
    exif = _opened(photo).getexif()
    written = {name: exif.get(tag) for name, tag in TAGS.items()}
    written |= {name: exif.get_ifd(EXIF).get(tag) for name, tag in EXIF_TAGS.items()}
    fields = [Field(name, str(value)) for name, value in written.items() if value]
    spot = position(photo)
    return (*fields, Field("position", f"{spot.north}, {spot.east}")) if spot else tuple(fields)


def position(photo: bytes) -> Position | None:
    """Return where the photo was taken, or None if the file does not tell. Raises ``BadInput``."""
    gps = _opened(photo).getexif().get_ifd(GPS)
    if not {1, 2, 3, 4} <= set(gps):
        return None
    return Position(_place(gps[2], gps[1]), _place(gps[4], gps[3]))


def stripped(photo: bytes) -> bytes:
    """Return the file without hidden data; no picture point is touched. Raises ``BadInput`` for what is no JPEG.

    Files with data after the end of the picture, or with several pictures, would need more care than this.
    """
    if photo[:2] != bytes((0xFF, START)):
        raise _no_jpeg()
    kept, at = bytearray(photo[:2]), 2
    while at + 4 <= len(photo):
        if photo[at] != 0xFF:  # noqa: PLR2004 - every marker begins with this byte
            raise _no_jpeg()
        marker = photo[at + 1]
        if marker == SCAN:
            return bytes(kept + photo[at:])
        end = at + 2 + int.from_bytes(photo[at + 2 : at + 4], "big")
        if not _is_hidden(marker):
            kept += photo[at:end]
        at = end
    raise _no_jpeg()


def resaved(photo: bytes) -> bytes:
    """Return the picture saved anew, as an editor does: the hidden data goes, and the picture is written again."""
    file = BytesIO()
    _opened(photo).save(file, "JPEG", quality=RESAVED_QUALITY)
    return file.getvalue()


def compare(one: bytes, other: bytes) -> Comparison:
    """Set two photos side by side. Raises ``BadInput``."""
    return Comparison(
        sizes=(len(one), len(other)),
        fingerprints=(fingerprint(one), fingerprint(other)),
        fields=(len(hidden(one)), len(hidden(other))),
        same_picture=_opened(one).tobytes() == _opened(other).tobytes(),
    )


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of a file in 64 signs."""
    return hashlib.sha256(data).hexdigest()


def _opened(photo: bytes) -> Image.Image:
    try:
        picture = Image.open(BytesIO(photo), formats=["JPEG"])
        picture.load()
    except (UnidentifiedImageError, OSError) as error:
        raise _no_jpeg() from error
    return picture


def _place(parts: Any, direction: str) -> Place:
    degrees, minutes, seconds = parts
    return Place(int(degrees), int(minutes), round(float(seconds), 2), direction)


def _is_hidden(marker: int) -> bool:
    return (APP1 <= marker <= APP15 and marker != APP14) or marker == COMMENT


def _no_jpeg() -> BadInput:
    return BadInput("This file is not a JPEG picture.", code="no-jpeg", field="photo")
