"""Rules of the shared-phone planner: what each arrangement means in each home.

Pure. There is no score and no best choice. What is noticed and what could follow is a teaching rule of this course.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from academy.errors import BadInput

__all__ = ["MOST", "Arrangement", "Home", "Outlook", "Plan", "Remark", "Story", "Voice", "plan"]

MOST = 4
"""So many arrangements can be kept up at once; a teaching rule."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What one invented woman says about it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What one arrangement means in one home."""

    text: str
    care: bool
    """Whether it could put her in danger there."""


@dataclass(frozen=True, slots=True)
class Home:
    """Who uses the phone besides her."""

    id: str
    name: str
    about: str
    """Two sentences on how it is."""
    safety_first: bool
    """Whether somebody frightens her, so that no arrangement comes before her safety."""
    voices: tuple[Voice, ...]
    """Three women in such a home, who would not choose the same."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Something that she could do."""

    id: str
    text: str
    protects: str
    seen: str
    """Who would notice, in words."""
    cost: str
    """What could follow."""
    remarks: dict[str, Remark]
    """What it means, by the id of the home."""


@dataclass(frozen=True, slots=True)
class Story:
    """All homes and arrangements in one language."""

    homes: tuple[Home, ...]
    arrangements: tuple[Arrangement, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """One chosen arrangement in the chosen home."""

    arrangement: Arrangement
    remark: Remark


@dataclass(frozen=True, slots=True)
class Plan:
    """What was chosen, and what it means."""

    home: Home
    outlooks: tuple[Outlook, ...]
    """In the order of the story."""

    @property
    def careful(self) -> tuple[Outlook, ...]:
        """Arrangements that could put her in danger in this home."""
        return tuple(outlook for outlook in self.outlooks if outlook.remark.care)


def plan(story: Story, home: str, chosen: Iterable[str]) -> Plan:
    """Work out what arrangements mean in a home. Raises ``BadInput`` for unknown ids and for more than four."""
    lives = next((one for one in story.homes if one.id == home), None)
    if lives is None:
        message = f"There is no home {home!r}."
        raise BadInput(message, code="unknown-home", field="home")
    wanted = set(chosen)
    if unknown := sorted(wanted - {one.id for one in story.arrangements}):
        message = f"There is no arrangement {unknown[0]!r}."
        raise BadInput(message, code="unknown-arrangement", field="chosen")
    if len(wanted) > MOST:
        message = "Nobody keeps up more than four arrangements at once. Put one back."
        raise BadInput(message, code="too-many", field="chosen")
    picked = (one for one in story.arrangements if one.id in wanted)
    return Plan(lives, tuple(Outlook(one, one.remarks[home]) for one in picked))
