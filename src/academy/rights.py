"""Who may do what, as data.

The Hub says *what kind* of rights a person has (custom scopes, given through roles); the store says *where* she has
them (her cohorts). A right needs both, so that neither a stale token nor a stray row opens a door by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["NOBODY", "SCOPES", "Actor", "Right"]

SCOPES = {
    "custom:academy:take": "Take the courses of one's own cohorts.",
    "custom:academy:facilitate": "Run the cohorts one facilitates.",
    "custom:academy:coordinate": "Create cohorts, invite facilitators, read the numbers of the programme.",
    "custom:academy:administer": "Run the installation.",
}


class Right(StrEnum):
    """What a route asks of the person who calls it."""

    PUBLIC = "public"
    """Nothing: readable without signing in."""
    MEMBER = "member"
    """A place in any cohort, or a role in the programme."""
    BELONG = "belong"
    """A place in the cohort of the path, as participant or facilitator."""
    TAKE = "take"
    """Participant of the cohort of the path."""
    FACILITATE = "facilitate"
    """Facilitator of the cohort of the path."""
    REPORT = "report"
    """Facilitator of the cohort of the path, or coordinator."""
    COORDINATE = "coordinate"
    """Coordinator of the programme."""
    HUB = "hub"
    """The Hub process itself, by its secret."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``person`` is the opaque id in the store; None when nobody is signed in."""

    username: str | None
    person: str | None
    scopes: frozenset[str]
    participates: frozenset[str]
    """Cohorts in which the person is a participant."""
    facilitates: frozenset[str]
    """Cohorts that the person facilitates."""
    coordinates: bool = False

    def may(self, right: Right, cohort: str | None = None) -> bool:
        """Tell whether this person has ``right``, in ``cohort`` where the right is tied to one."""
        takes = "custom:academy:take" in self.scopes and cohort in self.participates
        facilitates = "custom:academy:facilitate" in self.scopes and cohort in self.facilitates
        coordinates = "custom:academy:coordinate" in self.scopes and self.coordinates
        anywhere = bool(self.participates or self.facilitates or self.coordinates)
        return {
            Right.PUBLIC: True,
            Right.MEMBER: self.person is not None and anywhere,
            Right.BELONG: takes or facilitates,
            Right.TAKE: takes,
            Right.FACILITATE: facilitates,
            Right.REPORT: facilitates or coordinates,
            Right.COORDINATE: coordinates,
            Right.HUB: False,
        }[right]


NOBODY = Actor(username=None, person=None, scopes=frozenset(), participates=frozenset(), facilitates=frozenset())
