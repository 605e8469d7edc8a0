"""Simple PDF files (ISO 32000): one page of words at fixed places, filled boxes, and properties.

Only streams without compression are read, which is how the samples are written. A box that is painted after a word and
lies over it hides the word from the eye; the word itself stays in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from academy.errors import BadInput
from academy.interactive.documents.parts import BAR, Finding, Look

__all__ = ["Box", "Page", "Words", "cleaned", "look", "page_of", "written"]

PROPERTIES = {
    "title": "Title",
    "author": "Author",
    "created": "CreationDate",
    "program": "Creator",
    "printer": "Producer",
}
"""Keys of the properties, by the names that this course uses."""

RESOURCES = "<< /Font << /F1 5 0 R >> >>"
SIZE = 14
"""Height of the letters, in points."""
_STREAM = re.compile(rb"stream\n(.*?)endstream", re.DOTALL)
_STEP = re.compile(r"(?P<x>\d+) (?P<y>\d+) Td \((?P<words>(?:\\.|[^\\)])*)\) Tj|(?P<box>\d+ \d+ \d+ \d+) re f")


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words on the page."""

    x: int
    y: int
    """Where it begins, in points from the bottom left."""
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A filled box on the page, in points from the bottom left."""

    x: int
    y: int
    width: int
    height: int

    def covers(self, words: Words) -> bool:
        """Tell whether the words begin inside the box."""
        return self.x <= words.x < self.x + self.width and self.y <= words.y < self.y + self.height


@dataclass(frozen=True, slots=True)
class Page:
    """What is painted on a page: words first, boxes over them."""

    words: tuple[Words, ...]
    boxes: tuple[Box, ...]

    def is_covered(self, words: Words) -> bool:
        """Tell whether a box hides the words from the eye."""
        return any(box.covers(words) for box in self.boxes)


def look(file: bytes) -> Look:
    """Return the lines of the page, then properties and covered words. Raises ``BadInput``."""
    page = page_of(file)
    written_in = {name: _property(file, key) for name, key in PROPERTIES.items()}
    covered = [Finding("covered", f"“{words.text}”") for words in page.words if page.is_covered(words)]
    return Look(
        seen=_lines(page), findings=(*(Finding(name, value) for name, value in written_in.items() if value), *covered)
    )


def cleaned(file: bytes) -> bytes:
    """Return a new file without properties and without the covered words; the boxes stay. Raises ``BadInput``."""
    page = page_of(file)
    open_words = tuple(words for words in page.words if not page.is_covered(words))
    return written(Page(open_words, page.boxes), {})


def page_of(file: bytes) -> Page:
    """Return the page of a file. Raises ``BadInput``."""
    stream = _STREAM.search(file)
    if stream is None:
        message = "This file is not a PDF that can be read here."
        raise BadInput(message, code="no-pdf", field="file")
    steps = list(_STEP.finditer(stream[1].decode("latin-1")))
    return Page(
        words=tuple(Words(int(s["x"]), int(s["y"]), _plain(s["words"])) for s in steps if s["words"] is not None),
        boxes=tuple(Box(*map(int, s["box"].split())) for s in steps if s["box"]),
    )


def written(page: Page, properties: Mapping[str, str]) -> bytes:
    """Return a page as a PDF file that is the same whenever it is made."""
    info = " ".join(f"/{key} ({_escaped(value)})" for key, value in properties.items())
    stream = "\n".join(_steps(page)) + "\n"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 300] /Contents 4 0 R /Resources {RESOURCES} >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< {info} >>",
    )
    return _file(objects)


def _file(objects: Iterable[str]) -> bytes:
    text, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(places) + 1
    end = (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R /Info {count - 1} 0 R >>\n"
    )
    return f"{text}{end}startxref\n{len(text)}\n%%EOF\n".encode("latin-1")


def _steps(page: Page) -> Iterable[str]:
    for words in page.words:
        yield f"BT /F1 {SIZE} Tf {words.x} {words.y} Td ({_escaped(words.text)}) Tj ET"
    for box in page.boxes:
        yield f"{box.x} {box.y} {box.width} {box.height} re f"


def _lines(page: Page) -> tuple[str, ...]:
    """Return what the eye reads, from top to bottom: words, and a bar for each box."""
    bars = [Words(box.x, box.y, BAR) for box in page.boxes]
    shown = [words for words in page.words if not page.is_covered(words)]
    heights = sorted({words.y for words in page.words if not page.is_covered(words)}, reverse=True)
    near = SIZE // 2
    return tuple(
        " ".join(w.text for w in sorted((*shown, *bars), key=lambda w: w.x) if abs(w.y - height) < near)
        for height in heights
    )


def _property(file: bytes, key: str) -> str:
    found = re.search(rf"/{key} \(((?:\\.|[^\\)])*)\)".encode(), file)
    return _plain(found[1].decode("latin-1")) if found else ""


def _escaped(text: str) -> str:
    return re.sub(r"([\\()])", r"\\\1", text)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
