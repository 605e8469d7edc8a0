"""Everything that changes attendance. Each action is one verb with one audit row; claims are only ever added.

An action that is repeated (a double tap, a second device, a lost answer) changes nothing and writes no second row.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from sqlalchemy import Connection, delete, select, update

from academy.attendance import claims, codes, guards, queries, rules
from academy.attendance.model import CheckIn, Claim, Naming, Outcome, Session, Source, State, Status
from academy.errors import BadInput, Closed, NotAllowed
from academy.languages.phrases import phrase
from academy.rights import Actor
from academy.store import schema
from academy.store.database import record

__all__ = [
    "LONGEST_MINUTES",
    "MOST_PEOPLE",
    "REASON_LIMIT",
    "TITLE_LIMIT",
    "check_in",
    "close_check_in",
    "close_overdue",
    "correct",
    "mark",
    "mark_remaining",
    "open_check_in",
    "plan_session",
    "tally",
]

TITLE_LIMIT = 120
REASON_LIMIT = 500
LONGEST_MINUTES = 24 * 60
MOST_PEOPLE = 10_000
OVERDUE = timedelta(hours=12)


def plan_session(
    db: Connection,
    *,
    actor: Actor,
    now: datetime,
    cohort: str,
    title: str,
    starts_at: datetime,
    minutes: int,
    zone: str,
    late_after_minutes: int,
    nonce: str,
) -> str:
    """Plan a live session and return its id; the same ``nonce`` gives the same session.

    Raises ``BadInput`` that names the field.
    """
    guards.require_text(title, "title", TITLE_LIMIT, phrase("Give the session a title. Nothing was changed."))
    if not 1 <= minutes <= LONGEST_MINUTES:
        message = phrase("The length must be between 1 and %(most)s minutes.", most=LONGEST_MINUTES)
        raise BadInput(message, code="bad-length", field="minutes")
    if zone not in available_timezones():
        message = phrase("That time zone is not known. Write it like Africa/Nairobi or UTC.")
        raise BadInput(message, code="bad-zone", field="zone")
    session = claims.derived_nonce("plan", cohort, nonce)[:24]
    if db.execute(select(schema.session.c.id).where(schema.session.c.id == session)).first():
        return session
    db.execute(
        schema.session.insert().values(
            id=session,
            cohort=cohort,
            title=title.strip(),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            zone=zone,
            late_after_minutes=late_after_minutes,
            secret=secrets.token_hex(32),
        )
    )
    _record(db, actor, now, "plan-session", session)
    return session


def open_check_in(db: Connection, *, actor: Actor, now: datetime, session: Session) -> None:
    """Open check-in. Raises ``Closed`` when it was closed before: closing destroyed its key."""
    if session.state is State.CLOSED:
        message = phrase("Check-in was closed and stays closed. Mark or correct people by hand instead.")
        raise Closed(message, code="check-in-closed")
    if session.state is State.PLANNED:
        _set(db, session, opened_at=now)
        _record(db, actor, now, "open-check-in", session.id)


def close_check_in(db: Connection, *, actor: Actor, now: datetime, session: Session) -> None:
    """Close check-in for good. Whoever has no claim is absent from now on by the rule.

    The session's secret and the counts of wrong codes are destroyed: nobody can work out afterwards who was counted
    without a name. Raises ``Closed`` before the session has begun.
    """
    if session.state is State.CLOSED:
        return
    if session.state is State.PLANNED and now < session.starts_at:
        message = phrase("This session has not begun, so there is nothing to close yet.")
        raise Closed(message, code="not-begun")
    _close(db, now, session)
    _record(db, actor, now, "close-check-in", session.id)


def close_overdue(db: Connection, *, now: datetime) -> list[str]:
    """Close every check-in that was forgotten for 12 hours after its session's end; return their ids."""
    query = select(*queries.SESSION).where(
        schema.session.c.closed_at.is_(None),
        schema.session.c.opened_at.is_not(None),
        schema.session.c.ends_at <= now - OVERDUE,
    )
    overdue = [Session(**row) for row in db.execute(query).mappings()]
    for session in overdue:
        _close(db, now, session)
        record(db, actor="academy", now=now, action="close-check-in", subject=session.id, reason="overdue")
    return [session.id for session in overdue]


def check_in(
    db: Connection,
    *,
    actor: Actor,
    now: datetime,
    session: Session,
    code: str,
    naming: Naming,
    code_seconds: int,
    attempts: int,
) -> CheckIn:
    """Check in with a spoken code and tell what became of it; a person is in once, however often she tries.

    A wrong code is told in the result and not raised, so that the transaction keeps its count. Raises ``Closed``
    unless check-in is open, ``BadInput`` when the code is not six digits.
    """
    person = _person(actor)
    guards.require_open(session)
    own = queries.own_check_in(db, session.id, person)
    if own is not None:
        known = None if own.naming is Naming.COUNT else own.claimed_at
        return CheckIn(Outcome.AGAIN, at=known, naming=own.naming)
    wrong = queries.wrong_codes(db, session.id, person)
    if wrong >= attempts:
        return CheckIn(Outcome.BLOCKED, attempts_left=0)
    secret = queries.secret_of(db, session.id)
    if not codes.accepts(secret, codes.read_code(code), now, seconds=code_seconds):
        _count_wrong(db, session.id, person, wrong + 1)
        left = attempts - wrong - 1
        return CheckIn(Outcome.WRONG if left else Outcome.BLOCKED, attempts_left=left)
    return _come_in(
        db, actor=actor, now=now, session=session, naming=naming, nonce=codes.check_in_nonce(secret, person)
    )


def mark(
    db: Connection,
    *,
    actor: Actor,
    now: datetime,
    session: Session,
    person: str,
    status: Status,
    nonce: str,
    arrived_at: datetime | None = None,
) -> None:
    """Mark one person by hand while the register is not closed; a repeat with the same ``nonce`` adds nothing.

    Raises ``Closed`` once it is closed, ``NotFound`` for somebody who is not of the cohort, ``Conflict`` when a
    correction stands or the nonce was used for another mark.
    """
    guards.require_sayable(status)
    guards.require_listed(db, session, person)
    claim = claims.by_hand(
        _name(actor),
        now,
        source=Source.FACILITATOR,
        nonce=nonce,
        person=person,
        status=status,
        arrived_at=arrived_at,
    )
    if claims.is_repeat(db, session.id, claim):
        return
    guards.require_markable(session)
    guards.require_uncorrected(db, session.id, person)
    if claims.add(db, session.id, claim):
        _record(db, actor, now, "mark", f"{session.id} {person} {status}")


def mark_remaining(db: Connection, *, actor: Actor, now: datetime, session: Session, status: Status, nonce: str) -> int:
    """Mark everybody of whom nothing is known yet, and return how many that were. Raises as ``mark`` does."""
    guards.require_sayable(status)
    guards.require_markable(session)
    marked = 0
    for person in _without_claim(db, session):
        claim = claims.by_hand(_name(actor), now, source=Source.FACILITATOR, nonce=nonce, person=person, status=status)
        marked += claims.add(db, session.id, claim)
    if marked:
        _record(db, actor, now, "mark-remaining", f"{session.id} {status} {marked}")
    return marked


def correct(
    db: Connection,
    *,
    actor: Actor,
    now: datetime,
    session: Session,
    person: str,
    status: Status,
    reason: str,
    nonce: str,
    arrived_at: datetime | None = None,
    left_at: datetime | None = None,
) -> None:
    """Correct what the register says of a person, at any time, with a reason; what was said before stays readable.

    Raises ``BadInput`` without a reason or when she would leave before she arrives, else as ``mark`` does.
    """
    guards.require_sayable(status)
    guards.require_text(
        reason, "reason", REASON_LIMIT, phrase("Say in a few words why you change this. Nothing was changed.")
    )
    guards.require_listed(db, session, person)
    if arrived_at and left_at and left_at < arrived_at:
        message = phrase("The time of leaving is before the time of arriving. Nothing was changed.")
        raise BadInput(message, code="bad-times", field="left_at")
    claim = claims.by_hand(
        _name(actor),
        now,
        source=Source.CORRECTION,
        nonce=nonce,
        person=person,
        status=status,
        arrived_at=arrived_at,
        left_at=left_at,
        reason=reason,
    )
    if not claims.is_repeat(db, session.id, claim) and claims.add(db, session.id, claim):
        _record(db, actor, now, "correct", f"{session.id} {person} {status}", reason=claim.reason)


def tally(
    db: Connection, *, actor: Actor, now: datetime, session: Session, people: int, nonce: str, reason: str = ""
) -> None:
    """Write down a head-count of people who are here without a name; it replaces the head-count before it.

    Raises ``BadInput`` for an unusable number, or without a reason once the register is closed.
    """
    if not 0 <= people <= MOST_PEOPLE:
        message = phrase("The head-count must be a number from 0 to %(most)s.", most=MOST_PEOPLE)
        raise BadInput(message, code="bad-count", field="people")
    if session.state is State.CLOSED:
        guards.require_text(
            reason, "reason", REASON_LIMIT, phrase("Say in a few words why you change this. Nothing was changed.")
        )
    claim = claims.by_hand(
        _name(actor),
        now,
        source=Source.TALLY,
        nonce=nonce,
        naming=Naming.COUNT,
        people=people,
        reason=reason,
    )
    if not claims.is_repeat(db, session.id, claim) and claims.add(db, session.id, claim):
        _record(db, actor, now, "tally", f"{session.id} {people}", reason=claim.reason)


def _come_in(db: Connection, *, actor: Actor, now: datetime, session: Session, naming: Naming, nonce: str) -> CheckIn:
    named = naming is not Naming.COUNT
    kept = rules.arrival_kept(session, naming, now)
    claim = Claim(
        person=actor.person if named else None,
        source=Source.SELF,
        naming=naming,
        status=Status.PRESENT,
        arrived_at=kept,
        left_at=None,
        people=1,
        reason="",
        nonce=nonce,
        claimed_by=_name(actor) if named else "",
        claimed_at=kept,
    )
    added = claims.add(db, session.id, claim)
    _forget_wrong(db, session.id, _person(actor))
    if added:
        record(db, actor=claim.claimed_by or "academy", now=kept, action="check-in", subject=session.id)
    return CheckIn(Outcome.IN, at=now, naming=naming)


def _count_wrong(db: Connection, session: str, person: str, wrong: int) -> None:
    table = schema.check_in_attempt
    here = (table.c.session == session) & (table.c.person == person)
    if db.execute(update(table).where(here).values(wrong=table.c.wrong + 1)).rowcount == 0:
        db.execute(table.insert().values(session=session, person=person, wrong=wrong))


def _forget_wrong(db: Connection, session: str, person: str) -> None:
    table = schema.check_in_attempt
    db.execute(delete(table).where(table.c.session == session, table.c.person == person))


def _close(db: Connection, now: datetime, session: Session) -> None:
    _set(db, session, closed_at=now, secret="")
    db.execute(delete(schema.check_in_attempt).where(schema.check_in_attempt.c.session == session.id))


def _set(db: Connection, session: Session, **values: object) -> None:
    db.execute(update(schema.session).where(schema.session.c.id == session.id).values(**values))


def _without_claim(db: Connection, session: Session) -> list[str]:
    spoken_for = {claim.person for claim in queries.claims_of(db, session.id)}
    everybody = [one.person for one in queries.participants(db, session.cohort)]
    return [person for person in everybody if person not in spoken_for]


def _person(actor: Actor) -> str:
    if actor.person is None:
        raise NotAllowed
    return actor.person


def _name(actor: Actor) -> str:
    if actor.username is None:
        raise NotAllowed
    return actor.username


def _record(db: Connection, actor: Actor, now: datetime, action: str, subject: str, *, reason: str = "") -> None:
    record(db, actor=_name(actor), now=now, action=action, subject=subject, reason=reason)
