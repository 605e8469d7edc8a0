"""Records of attendance: a session, the claims about who was there, and the register worked out from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = [
    "CheckIn",
    "Claim",
    "Naming",
    "Outcome",
    "Register",
    "RegisterRow",
    "Session",
    "Source",
    "State",
    "Status",
    "Totals",
]


class State(StrEnum):
    """Where a session's check-in stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class Source(StrEnum):
    """Who says so."""

    SELF = "self"
    FACILITATOR = "facilitator"
    IMPORT = "import"
    TALLY = "tally"
    CORRECTION = "correction"


class Naming(StrEnum):
    """How a person wants to stand in the register."""

    NAMED = "named"
    PSEUDONYM = "pseudonym"
    COUNT = "count"


class Status(StrEnum):
    """What the register says of a person. ``UNMARKED`` means that nobody knows; no claim ever says it."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
    UNMARKED = "unmarked"


class Outcome(StrEnum):
    """What became of an attempt to check in."""

    IN = "in"
    AGAIN = "again"
    """She was in already; nothing was added."""
    WRONG = "wrong"
    BLOCKED = "blocked"
    """Too many wrong codes; even the right one is refused now."""


@dataclass(frozen=True, slots=True)
class Session:
    """A live session of a cohort. The key of its check-in code is never part of the record."""

    id: str
    cohort: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    """IANA zone in which it was planned."""
    late_after_minutes: int
    opened_at: datetime | None
    closed_at: datetime | None

    @property
    def state(self) -> State:
        """Planned until check-in opens, open until it closes, closed for ever after."""
        if self.closed_at is not None:
            return State.CLOSED
        return State.PLANNED if self.opened_at is None else State.OPEN


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about one person, or about a number of people. Claims are added, never changed."""

    person: str | None
    """Opaque id; None for people who are counted and not named."""
    source: Source
    naming: Naming
    status: Status
    arrived_at: datetime | None
    """None: not known. Of a count-only check-in only "on time" or "late" is kept, as the planned moment."""
    left_at: datetime | None
    """None: not known."""
    people: int
    """1, or the head-count of a tally."""
    reason: str
    nonce: str
    """A repeat of the same claim has the same nonce."""
    claimed_by: str
    """Username; empty for count only."""
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """What the register says of one participant."""

    person: str
    username: str
    name: str
    """As she chose to be shown: display name or username."""
    status: Status
    late: bool
    """False also where the arrival is not known."""
    arrived_at: datetime | None
    left_at: datetime | None
    minutes: float | None
    """Minutes present within the planned span; None: not known, or not present."""
    claims: tuple[Claim, ...]
    """Oldest first."""

    @property
    def corrected(self) -> bool:
        """Tell whether a correction stands, which a plain mark cannot outrank."""
        return any(claim.source is Source.CORRECTION for claim in self.claims)

    @property
    def checked_in_at(self) -> datetime | None:
        """When she checked in herself; None: she did not."""
        return next((claim.arrived_at for claim in self.claims if claim.source is Source.SELF), None)


@dataclass(frozen=True, slots=True)
class Totals:
    """The register in numbers of people. Named, pseudonymous and count-only people weigh the same."""

    expected: int
    """Participants on the list."""
    present: int
    """Everybody who is here: late or not, on the list or in a head-count."""
    late: int
    """Those of ``present`` who are known to have come late."""
    absent: int
    excused: int
    unmarked: int
    """People on the list of whom nothing is known yet."""


@dataclass(frozen=True, slots=True)
class Register:
    """A session with its rows and totals, as a facilitator sees it."""

    session: Session
    code: str | None
    """The check-in code of this moment; None unless check-in is open."""
    code_seconds_left: int | None
    """Seconds until the code changes."""
    rows: tuple[RegisterRow, ...]
    counted: int
    """Count-only check-ins."""
    tallied: int
    """The newest head-count."""
    totals: Totals

    @property
    def uncounted(self) -> int:
        """People who are here without standing in a row: count-only check-ins and the head-count."""
        return self.counted + self.tallied


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What a person is told after she tried to check in."""

    outcome: Outcome
    at: datetime | None = None
    """When she came in; None for a count-only check-in that was repeated: its moment is not kept."""
    naming: Naming | None = None
    attempts_left: int | None = None
    """Wrong codes that she may still type; None when she is in."""
