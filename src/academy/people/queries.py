"""Reading people, cohorts and places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from academy.errors import NotFound
from academy.people.model import Cohort, Invitation, Member, Role
from academy.people.rules import groups_of, hash_code
from academy.rights import Actor
from academy.store import schema

__all__ = [
    "actor",
    "cohort",
    "cohorts",
    "facilitators",
    "groups",
    "has_coordinator",
    "invitation_by_code",
    "invitations",
    "language_of",
    "members",
    "participants",
    "person_by_username",
]


def person_by_username(db: Connection, username: str) -> Row[str, str, str] | None:
    """Return id, display name and language of the person with this user name."""
    person = schema.person
    return db.execute(
        select(person.c.id, person.c.display_name, person.c.language).where(person.c.username == username)
    ).first()


def language_of(db: Connection, username: str) -> str:
    """Return the language that a person chose in her account; empty where she chose none."""
    person = schema.person
    return db.execute(select(person.c.language).where(person.c.username == username)).scalar() or ""


def _places(db: Connection, username: str) -> list[tuple[Role, str | None]]:
    rows = db.execute(
        select(schema.enrolment.c.role, schema.enrolment.c.cohort)
        .join(schema.person)
        .where(schema.person.c.username == username)
    )
    return [(Role(role), cohort) for role, cohort in rows]


def actor(db: Connection, *, username: str, scopes: frozenset[str]) -> Actor:
    """Return who acts, with the places that the store knows of."""
    person = person_by_username(db, username)
    places = _places(db, username)
    return Actor(
        username=username,
        person=person.id if person else None,
        scopes=scopes,
        participates=frozenset(str(cohort) for role, cohort in places if role is Role.PARTICIPANT),
        facilitates=frozenset(str(cohort) for role, cohort in places if role is Role.FACILITATOR),
        coordinates=any(role is Role.COORDINATOR for role, _ in places),
    )


def groups(db: Connection, username: str) -> list[str]:
    """Return the Hub groups of a person; none for a stranger."""
    return groups_of(_places(db, username))


def _cohort(row: Row[Any]) -> Cohort:
    return Cohort(slug=row.slug, course=row.course, title=row.title, zone=row.zone, starts_at=row.starts_at)


def cohort(db: Connection, slug: str) -> Cohort:
    """Return a cohort. Raises ``NotFound``."""
    row = db.execute(select(schema.cohort).where(schema.cohort.c.slug == slug)).first()
    if row is None:
        raise NotFound
    return _cohort(row)


def cohorts(db: Connection) -> list[Cohort]:
    """Return all cohorts, newest start first."""
    rows = db.execute(select(schema.cohort).order_by(schema.cohort.c.starts_at.desc(), schema.cohort.c.slug))
    return [_cohort(row) for row in rows]


def members(db: Connection, cohort: str) -> list[Member]:
    """Return everybody who has a place in the cohort, by name."""
    rows = db.execute(
        select(schema.person, schema.enrolment.c.role).join(schema.enrolment).where(schema.enrolment.c.cohort == cohort)
    )
    found = [
        Member(person=row.id, username=row.username, display_name=row.display_name, role=Role(row.role)) for row in rows
    ]
    return sorted(found, key=lambda member: (member.name.casefold(), member.username))


def participants(db: Connection, cohort: str) -> list[Member]:
    """Return the participants of a cohort, by name."""
    return [member for member in members(db, cohort) if member.role is Role.PARTICIPANT]


def facilitators(db: Connection, cohort: str) -> list[Member]:
    """Return the facilitators of a cohort, by name."""
    return [member for member in members(db, cohort) if member.role is Role.FACILITATOR]


def has_coordinator(db: Connection) -> bool:
    """Tell whether anybody coordinates the programme yet."""
    enrolment = schema.enrolment
    return db.execute(select(enrolment.c.id).where(enrolment.c.role == Role.COORDINATOR).limit(1)).first() is not None


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        cohort=row.cohort,
        role=Role(row.role),
        seats=int(row.seats),
        used=int(row.used),
        expires_at=row.expires_at,
    )


def invitation_by_code(db: Connection, code: str) -> Invitation | None:
    """Return the invitation behind a typed code."""
    row = db.execute(select(schema.invitation).where(schema.invitation.c.code_hash == hash_code(code))).first()
    return _invitation(row) if row else None


def invitations(db: Connection, cohort: str | None) -> Sequence[Invitation]:
    """Return the invitations of a cohort (None: those of coordinators), newest first."""
    table = schema.invitation
    rows = db.execute(
        select(table).where(table.c.cohort.is_not_distinct_from(cohort)).order_by(table.c.created_at.desc())
    )
    return [_invitation(row) for row in rows]
