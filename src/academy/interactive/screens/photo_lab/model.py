"""What the photo lab shows, worked out from the rules of ``academy.interactive.photos``; no widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from academy.interactive.photos.model import Comparison, Position, compare, resaved, stripped

__all__ = ["MAP_SIZE", "Copying", "Way", "dot", "made"]

Way = Literal["strip", "save"]
"""How a copy loses its hidden data: its segments are taken out, or the picture is saved anew."""
WAYS: Mapping[Way, Callable[[bytes], bytes]] = {"strip": stripped, "save": resaved}

MAP_SIZE = 300
"""Width and height of the map, in its own units."""
SOUTH, WEST, SPAN = 15.0, 66.99, 0.03
"""Corner and size of the map in degrees: three squares of one hundredth of a degree each way."""


@dataclass(frozen=True, slots=True)
class Copying:
    """Where a person stands with her copy."""

    copied: bool = False
    """Whether the original lies safe, so that something may be done to the copy."""
    way: Way | None = None
    """What was done to the copy last."""
    compared: bool = False

    def with_copy(self) -> Copying:
        """Make a fresh copy of the original."""
        return Copying(copied=True)

    def cleaned(self, way: Way) -> Copying:
        """Take the hidden data out of the copy; without a copy nothing happens."""
        return replace(self, way=way, compared=False) if self.copied else self

    def set_side_by_side(self) -> Copying:
        """Compare; without a cleaned copy nothing happens."""
        return replace(self, compared=True) if self.way else self


def made(photo: bytes, way: Way) -> Comparison:
    """Compare the photo with what a way makes of it."""
    return compare(photo, WAYS[way](photo))


def dot(position: Position) -> tuple[float, float]:
    """Return where a position stands on the map, from its left and from its top."""
    right = (position.east.decimal - WEST) / SPAN * MAP_SIZE
    down = MAP_SIZE - (position.north.decimal - SOUTH) / SPAN * MAP_SIZE
    return round(right, 1), round(down, 1)
