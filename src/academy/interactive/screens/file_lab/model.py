"""What the file lab shows: the steps with a file, and the drawers of records; no widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from academy.interactive.records.model import Record

__all__ = ["DRAWER", "RECORDS_LESSON", "Cleaning", "drawers", "first_tab"]

DRAWER = 5
"""Records that are shown at once."""
RECORDS_LESSON = "which-records-to-keep"
"""The lesson whose link opens the records first."""


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Where a person stands with one file."""

    looked: bool = False
    copied: bool = False
    cleaned: bool = False

    def after_look(self) -> Cleaning:
        """Look inside."""
        return replace(self, looked=True)

    def with_copy(self) -> Cleaning:
        """Make a copy; before somebody has looked, nothing happens."""
        return replace(self, copied=True) if self.looked else self

    def clean(self) -> Cleaning:
        """Clean the copy; without a copy nothing happens."""
        return replace(self, cleaned=True) if self.copied else self


def drawers(records: Sequence[Record]) -> tuple[tuple[Record, ...], ...]:
    """Lay the records into drawers, in their order."""
    return tuple(tuple(records[at : at + DRAWER]) for at in range(0, len(records), DRAWER))


def first_tab(query: Mapping[str, str]) -> int:
    """Return which tab is open first: the records for the lesson about them, else the first file."""
    return 2 if query.get("lesson") == RECORDS_LESSON else 0
