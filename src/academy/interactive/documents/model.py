"""Rules of the file lab: what a reader sees of a document, what else it holds, and a clean copy of it.

Pure: bytes in, values out. ``word`` knows .docx files, ``pdf`` knows simple PDF files; both answer with these records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from academy.errors import BadInput
from academy.interactive.documents import pdf, word
from academy.interactive.documents.parts import Finding, Look
from academy.interactive.guesses import Card

__all__ = ["Comparison", "Paper", "Story", "cleaned", "compare", "look"]

READERS: Mapping[bytes, tuple[Callable[[bytes], Look], Callable[[bytes], bytes]]] = {
    b"PK\x03\x04": (word.look, word.cleaned),
    b"%PDF": (pdf.look, pdf.cleaned),
}
"""How to read and to clean a file, by its first four bytes."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One sample file and the words about it."""

    id: str
    """Name such as ``note``."""
    name: str
    """Name of the file."""
    data: bytes
    """The file itself."""
    title: str
    about: str
    """Two sentences on where the file comes from."""
    cards: tuple[Card, ...]
    """What the file may tell, to guess before looking."""
    lesson: str
    """What the clean copy shows, and what it does not."""


@dataclass(frozen=True, slots=True)
class Story:
    """All sample files in one language."""

    labels: Mapping[str, str]
    """What each finding is called, by its name."""
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file and its clean copy."""

    sizes: tuple[int, int]
    """In bytes."""
    left: tuple[Finding, ...]
    """What the copy still tells."""
    same_words: bool
    """Whether a reader sees the same words in both."""


def look(file: bytes) -> Look:
    """Return what a reader sees and what else the file holds. Raises ``BadInput`` for another kind of file."""
    return _reader(file)[0](file)


def cleaned(file: bytes) -> bytes:
    """Return a new file with what a reader sees, and nothing else. Raises ``BadInput``."""
    return _reader(file)[1](file)


def compare(file: bytes, copy: bytes) -> Comparison:
    """Set a file and its copy side by side. Raises ``BadInput``."""
    before, after = look(file), look(copy)
    return Comparison((len(file), len(copy)), after.findings, before.seen == after.seen)


def _reader(file: bytes) -> tuple[Callable[[bytes], Look], Callable[[bytes], bytes]]:
    if file[:4] not in READERS:
        message = "This file is neither a text document (.docx) nor a PDF."
        raise BadInput(message, code="unknown-file", field="file")
    return READERS[file[:4]]
