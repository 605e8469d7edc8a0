"""Where a person stands in the shared-phone planner; no widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from academy.interactive.phones.model import MOST

__all__ = ["Play"]


@dataclass(frozen=True, slots=True)
class Play:
    """What is chosen."""

    home: str
    """Id of the home."""
    chosen: frozenset[str] = frozenset()
    """Ids of the arrangements."""
    looked: bool = False
    """Whether she wants to see what her choice means."""

    def toggled(self, arrangement: str) -> Play:
        """Choose an arrangement, or put it back."""
        return replace(self, chosen=self.chosen ^ {arrangement})

    @property
    def too_many(self) -> int:
        """How many to put back before the choice can be looked at."""
        return max(0, len(self.chosen) - MOST)
