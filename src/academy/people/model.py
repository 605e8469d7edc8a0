"""Records of the people part: who they are to us is a name they chose and a place in a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["Cohort", "Invitation", "Member", "Role"]


class Role(StrEnum):
    """What an invitation makes of a person."""

    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Cohort:
    """A group of people who take one course together."""

    slug: str
    course: str
    title: str
    zone: str
    """IANA zone in which the cohort plans."""
    starts_at: datetime
    """Start of week 1, aware UTC."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in a cohort."""

    person: str
    """Opaque id."""
    username: str
    """Chosen pseudonym."""
    display_name: str
    """Chosen name, empty where none was chosen."""
    role: Role

    @property
    def name(self) -> str:
        """The name to show: the chosen one, else the pseudonym."""
        return self.display_name or self.username


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code that lets a number of people in; the code itself is not kept, only its hash."""

    id: str
    cohort: str | None
    role: Role
    seats: int
    used: int
    expires_at: datetime
