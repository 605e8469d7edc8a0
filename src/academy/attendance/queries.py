"""Reading sessions, claims and registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from academy.attendance import codes, rules
from academy.attendance.model import Claim, Naming, Register, RegisterRow, Session, Source, State, Status
from academy.errors import NotFound
from academy.languages.phrases import phrase
from academy.store import schema

__all__ = [
    "Participant",
    "claims_of",
    "find_session",
    "next_session",
    "open_session",
    "own_check_in",
    "participants",
    "register",
    "registers",
    "secret_of",
    "sessions",
    "wrong_codes",
]

# The secret is left out on purpose: it must not travel into a page or an API answer.
SESSION = [column for column in schema.session.c if column.name != "secret"]


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody on the list of a cohort."""

    person: str
    username: str
    display_name: str
    enrolled_at: datetime
    enrolled: bool = True
    """False: no longer on the list, but there are claims about her."""


def sessions(db: Connection, cohort: str) -> list[Session]:
    """Return all sessions of a cohort, earliest first."""
    query = select(*SESSION).where(schema.session.c.cohort == cohort)
    return [_session(row) for row in db.execute(query.order_by(schema.session.c.starts_at)).mappings()]


def find_session(db: Connection, cohort: str, session: str) -> Session:
    """Return one session. Raises ``NotFound`` when the cohort has none of this id."""
    query = select(*SESSION).where(schema.session.c.id == session, schema.session.c.cohort == cohort)
    row = db.execute(query).mappings().first()
    if row is None:
        message = phrase("There is no such session in this cohort.")
        raise NotFound(message)
    return _session(row)


def next_session(db: Connection, cohort: str, now: datetime) -> Session | None:
    """Return the session that comes next or is under way: the earliest that is neither over nor closed."""
    query = select(*SESSION).where(
        schema.session.c.cohort == cohort,
        schema.session.c.ends_at > now,
        schema.session.c.closed_at.is_(None),
    )
    return _first(db, query.order_by(schema.session.c.starts_at))


def open_session(db: Connection, cohort: str, now: datetime) -> Session | None:
    """Return the session whose check-in is open, the one opened last where there are several."""
    query = select(*SESSION).where(
        schema.session.c.cohort == cohort,
        schema.session.c.opened_at <= now,
        schema.session.c.closed_at.is_(None),
    )
    return _first(db, query.order_by(schema.session.c.opened_at.desc()))


def secret_of(db: Connection, session: str) -> str:
    """Return the key of a session's codes; empty once check-in is closed."""
    query = select(schema.session.c.secret).where(schema.session.c.id == session)
    return str(db.execute(query).scalar_one())


def claims_of(db: Connection, session: str) -> list[Claim]:
    """Return all claims about a session, oldest first."""
    query = select(schema.claim).where(schema.claim.c.session == session)
    return [_claim(row) for row in db.execute(query.order_by(schema.claim.c.claimed_at)).mappings()]


def own_check_in(db: Connection, session: str, person: str) -> Claim | None:
    """Return a person's own check-in; None also for count only once check-in is closed: nobody can know."""
    by_person = (schema.claim.c.person == person) & (schema.claim.c.source == Source.SELF)
    secret = secret_of(db, session)
    if secret:
        by_person |= schema.claim.c.nonce == codes.check_in_nonce(secret, person)
    query = select(schema.claim).where(schema.claim.c.session == session, by_person)
    row = db.execute(query).mappings().first()
    return _claim(row) if row else None


def wrong_codes(db: Connection, session: str, person: str) -> int:
    """Return how many wrong codes a person has typed in a session whose check-in is open."""
    table = schema.check_in_attempt
    query = select(table.c.wrong).where(table.c.session == session, table.c.person == person)
    return db.execute(query).scalar() or 0


def participants(db: Connection, cohort: str) -> list[Participant]:
    """Return the participants of a cohort by username. Facilitators are never among them."""
    query = (
        select(
            schema.person.c.id,
            schema.person.c.username,
            schema.person.c.display_name,
            schema.enrolment.c.enrolled_at,
        )
        .join(schema.enrolment, schema.enrolment.c.person == schema.person.c.id)
        .where(schema.enrolment.c.cohort == cohort, schema.enrolment.c.role == "participant")
        .order_by(schema.person.c.username)
    )
    return [Participant(*row) for row in db.execute(query)]


def register(db: Connection, session: Session, now: datetime, *, code_seconds: int) -> Register:
    """Return the register of a session as it stands at ``now``, with the code while check-in is open."""
    people = participants(db, session.cohort)
    claims = claims_of(db, session.id)
    people += _strangers(db, people, claims)
    is_open = session.state is State.OPEN
    return _build(
        session,
        people,
        claims,
        code=codes.code_at(secret_of(db, session.id), now, seconds=code_seconds) if is_open else None,
        left=codes.new_code_in(now, seconds=code_seconds) if is_open else None,
    )


def registers(db: Connection, cohort: str) -> list[Register]:
    """Return the registers of all sessions of a cohort, earliest first, without codes."""
    found = sessions(db, cohort)
    query = select(schema.claim).where(schema.claim.c.session.in_([session.id for session in found]))
    by_session: dict[str, list[Claim]] = defaultdict(list)
    for row in db.execute(query.order_by(schema.claim.c.claimed_at)).mappings():
        by_session[row["session"]].append(_claim(row))
    people = participants(db, cohort)
    people += _strangers(db, people, [claim for claims in by_session.values() for claim in claims])
    return [_build(session, people, by_session[session.id], code=None, left=None) for session in found]


def _build(
    session: Session, people: Sequence[Participant], claims: Sequence[Claim], *, code: str | None, left: int | None
) -> Register:
    by_person: dict[str | None, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_person[claim.person].append(claim)
    loose = by_person[None]
    counted, tallied = len(rules.counted(loose)), rules.tallied(loose)
    listed = [person for person in people if by_person.get(person.person) or _belongs(person, session)]
    rows = tuple(_row(session, one, by_person, uncounted=counted + tallied) for one in listed)
    return Register(
        session=session,
        code=code,
        code_seconds_left=left,
        rows=rows,
        counted=counted,
        tallied=tallied,
        totals=rules.totals(session, rows, loose),
    )


def _row(
    session: Session, one: Participant, claims: Mapping[str | None, Sequence[Claim]], *, uncounted: int
) -> RegisterRow:
    return rules.register_row(
        session,
        claims.get(one.person, ()),
        person=one.person,
        username=one.username,
        display_name=one.display_name,
        uncounted=uncounted,
    )


def _belongs(one: Participant, session: Session) -> bool:
    """Tell whether somebody without a claim is expected: not who joined after it was closed, nor who has left."""
    return one.enrolled and (session.closed_at is None or one.enrolled_at <= session.closed_at)


def _strangers(db: Connection, people: Sequence[Participant], claims: Iterable[Claim]) -> list[Participant]:
    """Return those whom claims name although they have left the cohort: their rows must not vanish."""
    known = {one.person for one in people}
    missing = {claim.person for claim in claims if claim.person is not None} - known
    columns = (schema.person.c.id, schema.person.c.username, schema.person.c.display_name, schema.person.c.created_at)
    query = select(*columns).where(schema.person.c.id.in_(missing)).order_by(schema.person.c.username)
    return [Participant(*row, enrolled=False) for row in db.execute(query)] if missing else []


def _first(db: Connection, query: Select[Any]) -> Session | None:
    row = db.execute(query.limit(1)).mappings().first()
    return _session(row) if row else None


def _session(row: RowMapping) -> Session:
    return Session(**row)


def _claim(row: RowMapping) -> Claim:
    return Claim(
        person=row["person"],
        source=Source(row["source"]),
        naming=Naming(row["naming"]),
        status=Status(row["status"]),
        arrived_at=row["arrived_at"],
        left_at=row["left_at"],
        people=row["people"],
        reason=row["reason"],
        nonce=row["nonce"],
        claimed_by=row["claimed_by"],
        claimed_at=row["claimed_at"],
    )
