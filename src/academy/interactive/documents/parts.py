"""Records that describe a document, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BAR", "Finding", "Look"]

BAR = "█" * 8
"""What stands for covered words in a line."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a file holds and its page does not show."""

    id: str
    """Name such as ``author``."""
    value: str


@dataclass(frozen=True, slots=True)
class Look:
    """A document, as a reader sees it and as it is."""

    seen: tuple[str, ...]
    """Lines of the page; covered words are a bar."""
    findings: tuple[Finding, ...]
    """What else it holds, in a fixed order."""
