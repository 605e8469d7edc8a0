"""Changing people and cohorts: one verb, one transaction, one audit row."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from academy.errors import AcademyError, BadInput, Closed, Conflict
from academy.languages.catalogues import LANGUAGES
from academy.languages.phrases import phrase
from academy.people import queries
from academy.people.model import Cohort, Invitation, Member, Role
from academy.people.rules import check_invitation, check_name, check_slug, check_username, hash_code, new_code
from academy.rights import Actor
from academy.store import schema
from academy.store.database import new_id, record

__all__ = [
    "choose_language",
    "create_cohort",
    "create_invitation",
    "enrol",
    "issue_reset_code",
    "remove",
    "rename",
    "use_reset_code",
]

RESET_ATTEMPTS = 5


def create_cohort(db: Connection, *, actor: Actor, now: datetime, cohort: Cohort) -> None:
    """Create a cohort. Raises ``Conflict`` where the short name is taken."""
    check_slug(cohort.slug)
    taken = db.execute(select(schema.cohort.c.slug).where(schema.cohort.c.slug == cohort.slug)).first()
    if taken:
        message = phrase(
            "There is a cohort with the short name %(slug)s already. Choose another one.", slug=cohort.slug
        )
        raise Conflict(message, code="slug-taken", field="slug")
    db.execute(
        insert(schema.cohort).values(
            slug=cohort.slug,
            course=cohort.course,
            title=cohort.title,
            zone=cohort.zone,
            starts_at=cohort.starts_at,
            created_at=now,
        )
    )
    record(db, actor=str(actor.username), now=now, action="create-cohort", subject=cohort.slug)


def create_invitation(
    db: Connection,
    *,
    actor: str,
    now: datetime,
    role: Role,
    cohort: str | None,
    seats: int,
    days: int,
) -> str:
    """Create an invitation and return its code. It is shown once; only its hash is kept.

    ``actor`` is a user name, or ``setup`` for the command line. ``days`` is how long it is open.
    """
    if (role is Role.COORDINATOR) != (cohort is None):
        message = phrase("A coordinator has no cohort; participants and facilitators have one.")
        raise BadInput(message, code="bad-place", field="cohort")
    code = new_code()
    db.execute(
        insert(schema.invitation).values(
            id=new_id(),
            code_hash=hash_code(code),
            cohort=cohort,
            role=role,
            seats=seats,
            used=0,
            expires_at=now + timedelta(days=days),
            created_by=actor,
            created_at=now,
        )
    )
    record(db, actor=actor, now=now, action="create-invitation", subject=f"{role} {cohort or ''} {seats}".strip())
    return code


def enrol(db: Connection, *, now: datetime, username: str, code: str, new: bool = False) -> Invitation:
    """Give a person the place that an invitation stands for; the person is made where she is new.

    Called by the Hub before it makes the account. Repeating it changes nothing, so a sign-up that broke half-way can
    be sent again. ``new``: somebody without an account asks, so a name that is another person's is refused, but only to
    who holds a good invitation: nobody else may learn which names there are. Raises ``BadInput``, ``Closed`` or
    ``Conflict``.
    """
    check_username(username)
    invitation = queries.invitation_by_code(db, code)
    person = queries.person_by_username(db, username)
    if invitation and person and _has_place(db, person.id, invitation):
        return invitation
    check_invitation(invitation, now)
    assert invitation is not None  # noqa: S101 - checked above, for the type checker
    if person and new:
        message = phrase("This user name is taken. Choose another one; your invitation is still good.")
        raise Conflict(message, code="username-taken", field="username")
    person_id = person.id if person else _create_person(db, username, now)
    db.execute(
        insert(schema.enrolment).values(
            id=new_id(), person=person_id, cohort=invitation.cohort, role=invitation.role, enrolled_at=now
        )
    )
    db.execute(
        update(schema.invitation)
        .where(schema.invitation.c.id == invitation.id)
        .values(used=schema.invitation.c.used + 1)
    )
    place = f"{username} {invitation.role} {invitation.cohort or ''}".strip()
    record(db, actor="hub", now=now, action="enrol", subject=place)
    return invitation


def _has_place(db: Connection, person: str, invitation: Invitation) -> bool:
    enrolment = schema.enrolment
    found = db.execute(
        select(enrolment.c.id).where(
            enrolment.c.person == person,
            enrolment.c.role == invitation.role,
            enrolment.c.cohort.is_not_distinct_from(invitation.cohort),
        )
    )
    return found.first() is not None


def _create_person(db: Connection, username: str, now: datetime) -> str:
    person = new_id()
    db.execute(insert(schema.person).values(id=person, username=username, display_name="", language="", created_at=now))
    return person


def rename(db: Connection, *, actor: Actor, now: datetime, display_name: str) -> None:
    """Change the name that others see; empty: only the user name."""
    name = check_name(display_name)
    db.execute(update(schema.person).where(schema.person.c.id == actor.person).values(display_name=name))
    record(db, actor=str(actor.username), now=now, action="rename", subject=str(actor.username))


def choose_language(db: Connection, *, actor: Actor, now: datetime, language: str) -> None:
    """Keep the language of the pages with the account; empty: as the browser asks."""
    if language and language not in LANGUAGES:
        message = phrase("Choose a language from the list.")
        raise BadInput(message, code="bad-language", field="language")
    db.execute(update(schema.person).where(schema.person.c.id == actor.person).values(language=language))
    record(db, actor=str(actor.username), now=now, action="choose-language", subject=str(actor.username))


def remove(db: Connection, *, actor: Actor, now: datetime, cohort: str, member: Member, reason: str) -> None:
    """Take a person's place in a cohort away, at once. What she did there stays in the records of the cohort."""
    enrolment = schema.enrolment
    db.execute(delete(enrolment).where(enrolment.c.person == member.person, enrolment.c.cohort == cohort))
    subject = f"{member.username} {cohort}"
    record(db, actor=str(actor.username), now=now, action="remove", subject=subject, reason=reason)


def issue_reset_code(db: Connection, *, actor: Actor, now: datetime, person: str, username: str, hours: int) -> str:
    """Return a one-time code with which a person sets a new passphrase. An earlier unused code stops working."""
    table = schema.reset_code
    db.execute(update(table).where(table.c.person == person, table.c.used_at.is_(None)).values(used_at=now))
    code = new_code()
    db.execute(
        insert(table).values(
            id=new_id(),
            person=person,
            code_hash=hash_code(code),
            attempts=0,
            issued_by=actor.username,
            expires_at=now + timedelta(hours=hours),
        )
    )
    record(db, actor=str(actor.username), now=now, action="issue-reset-code", subject=username)
    return code


def _waiting_code(db: Connection, username: str) -> Row[Any] | None:
    table = schema.reset_code
    return db.execute(
        select(table)
        .join(schema.person)
        .where(schema.person.c.username == username, table.c.used_at.is_(None))
        .order_by(table.c.expires_at.desc())
        .limit(1)
    ).first()


def use_reset_code(db: Connection, *, now: datetime, username: str, code: str) -> AcademyError | None:
    """Use up a one-time code. Returns the problem instead of raising it, so that a wrong try is counted."""
    waiting = _waiting_code(db, username)
    if waiting is None or waiting.attempts >= RESET_ATTEMPTS:
        message = phrase("There is no open code for this user name. Ask your facilitator for a new one.")
        return Closed(message, code="no-reset-code", field="code")
    if waiting.expires_at <= now:
        return Closed(
            phrase("This code has expired. Ask your facilitator for a new one."), code="reset-expired", field="code"
        )
    table = schema.reset_code
    if not hmac.compare_digest(waiting.code_hash, hash_code(code)):
        db.execute(update(table).where(table.c.id == waiting.id).values(attempts=table.c.attempts + 1))
        return BadInput(
            phrase("This code is not right. Check it letter by letter."), code="wrong-reset-code", field="code"
        )
    db.execute(update(table).where(table.c.id == waiting.id).values(used_at=now))
    record(db, actor="hub", now=now, action="use-reset-code", subject=username)
    return None
