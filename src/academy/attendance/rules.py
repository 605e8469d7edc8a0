"""The register as a pure function of the claims: status, lateness, minutes and totals.

A correction outranks a facilitator's mark, which outranks what the person or a platform says; of equals the newest
holds. What nobody knows stays unknown: it is never turned into 0 or "absent" while somebody uncounted may be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from academy.attendance.model import Claim, Naming, RegisterRow, Session, Source, Status, Totals

__all__ = [
    "arrival_kept",
    "counted",
    "distinct",
    "is_late",
    "late_from",
    "minutes_present",
    "name_shown",
    "register_row",
    "status_of",
    "tallied",
    "totals",
]

RANK = {Source.IMPORT: 1, Source.SELF: 1, Source.FACILITATOR: 2, Source.CORRECTION: 3}

Span = tuple[datetime, datetime]


def distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the claims oldest first, each nonce once: a repeat adds nothing."""
    first: dict[str, Claim] = {}
    for claim in claims:
        first.setdefault(claim.nonce, claim)
    return tuple(sorted(first.values(), key=lambda claim: (claim.claimed_at, claim.nonce)))


def status_of(claims: Sequence[Claim], *, closed: bool, uncounted: int) -> Status:
    """Return the status of one person from her claims, oldest first.

    Without a claim she is absent once check-in is closed, unless people were counted without a name: she may be one
    of them, so nobody knows.
    """
    if claims:
        return max(enumerate(claims), key=lambda pair: (RANK[pair[1].source], pair[0]))[1].status
    return Status.ABSENT if closed and not uncounted else Status.UNMARKED


def late_from(session: Session) -> datetime:
    """Return the moment from which an arrival is late."""
    return session.starts_at + timedelta(minutes=session.late_after_minutes)


def is_late(session: Session, arrived_at: datetime | None) -> bool:
    """Tell whether an arrival is known to be late."""
    return arrived_at is not None and arrived_at >= late_from(session)


def arrival_kept(session: Session, naming: Naming, now: datetime) -> datetime:
    """Return what is kept of an arrival at ``now``: count only keeps no more than "on time" or "late"."""
    if naming is not Naming.COUNT:
        return now
    return late_from(session) if is_late(session, now) else session.starts_at


def minutes_present(session: Session, claims: Sequence[Claim]) -> float | None:
    """Return the minutes that a present person's claims cover of the planned span; None where not known.

    Overlaps count once. Somebody of whom no departure is known stays to the planned end; that is taken as said
    when check-in is closed, and is unknown before.
    """
    stays = session.ends_at if session.closed_at is not None else None
    spans = [(max(a, session.starts_at), min(b, session.ends_at)) for a, b in _spans(claims, stays)]
    return _union_minutes(spans) if spans else None


def _spans(claims: Sequence[Claim], stays: datetime | None) -> list[Span]:
    said = [claim for claim in claims if claim.source is not Source.CORRECTION and claim.status is Status.PRESENT]
    spans = [(claim.arrived_at, claim.left_at or stays) for claim in said if claim.arrived_at is not None]
    correction = _newest_correction(claims)
    if correction and correction.arrived_at:
        known = [left for _, left in spans if left is not None]
        spans = [(correction.arrived_at, correction.left_at or max(known, default=stays))]
    elif correction and correction.left_at:
        cut = correction.left_at
        spans = [(arrived, min(left or cut, cut)) for arrived, left in spans]
    return [(arrived, max(arrived, left)) for arrived, left in spans if left is not None]


def _union_minutes(spans: Iterable[Span]) -> float:
    total, reached = timedelta(), None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        total += max(end - begin, timedelta())
        reached = end if reached is None else max(end, reached)
    return total / timedelta(minutes=1)


def _newest_correction(claims: Sequence[Claim]) -> Claim | None:
    return next((claim for claim in reversed(claims) if claim.source is Source.CORRECTION), None)


def name_shown(username: str, display_name: str, claims: Sequence[Claim]) -> str:
    """Return the name a facilitator sees: the display name only where the person chose to be named here."""
    own = [claim.naming for claim in claims if claim.source is Source.SELF]
    return display_name if own and own[-1] is Naming.NAMED and display_name else username


def register_row(
    session: Session,
    claims: Iterable[Claim],
    *,
    person: str,
    username: str,
    display_name: str = "",
    uncounted: int = 0,
) -> RegisterRow:
    """Work out one row of the register from the claims about one person."""
    said = distinct(claims)
    status = status_of(said, closed=session.closed_at is not None, uncounted=uncounted)
    here = status is Status.PRESENT
    arrived_at, left_at = _times(said) if here else (None, None)
    return RegisterRow(
        person=person,
        username=username,
        name=name_shown(username, display_name, said),
        status=status,
        late=here and is_late(session, arrived_at),
        arrived_at=arrived_at,
        left_at=left_at,
        minutes=minutes_present(session, said) if here else None,
        claims=said,
    )


def _times(claims: Sequence[Claim]) -> tuple[datetime | None, datetime | None]:
    said = [claim for claim in claims if claim.source is not Source.CORRECTION and claim.status is Status.PRESENT]
    arrivals = [claim.arrived_at for claim in said if claim.arrived_at is not None]
    departures = [claim.left_at for claim in said if claim.left_at is not None]
    correction = _newest_correction(claims)
    arrived_at = (correction.arrived_at if correction else None) or min(arrivals, default=None)
    left_at = (correction.left_at if correction else None) or max(departures, default=None)
    return arrived_at, left_at


def counted(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the count-only check-ins."""
    return tuple(claim for claim in distinct(claims) if claim.person is None and claim.source is Source.SELF)


def tallied(claims: Iterable[Claim]) -> int:
    """Return the newest head-count; each replaces the one before."""
    tallies = [claim.people for claim in distinct(claims) if claim.source is Source.TALLY]
    return tallies[-1] if tallies else 0


def totals(session: Session, rows: Sequence[RegisterRow], claims: Iterable[Claim]) -> Totals:
    """Add up the register. ``claims`` are those without a person.

    Somebody who checked in as count only and was then marked present by hand is in both; she is counted once as far
    as the list can tell, because count-only people stand on the list too.
    """
    loose = tuple(claims)
    extra, heads = counted(loose), tallied(loose)
    by_status = {status: sum(row.status is status for row in rows) for status in Status}
    silent = sum(not row.claims for row in rows)
    unknown = max(0, silent - len(extra) - heads)
    closed = session.closed_at is not None
    listed = min(len(extra), len(rows) - by_status[Status.PRESENT])
    late_extra = sum(is_late(session, claim.arrived_at) for claim in extra)
    said_absent = sum(bool(row.claims) and row.status is Status.ABSENT for row in rows)
    return Totals(
        expected=len(rows),
        present=by_status[Status.PRESENT] + listed + heads,
        late=sum(row.late for row in rows) + min(late_extra, listed),
        absent=said_absent + (unknown if closed else 0),
        excused=by_status[Status.EXCUSED],
        unmarked=0 if closed else unknown,
    )
