"""Reading progress, drafts, submissions and deadlines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from academy.errors import NotFound
from academy.learning.model import Attempt, Sitting
from academy.learning.rules import deadline
from academy.store import schema

__all__ = [
    "attempt_by_number",
    "handed_notebook",
    "lessons_done",
    "lessons_done_by_person",
    "opened_at",
    "senders",
    "sitting",
]


def lessons_done(db: Connection, *, person: str, cohort: str) -> set[tuple[str, str]]:
    """Return the (module, lesson) pairs that a person marked as done."""
    table = schema.progress
    rows = db.execute(select(table.c.module, table.c.lesson).where(table.c.person == person, table.c.cohort == cohort))
    return {(row.module, row.lesson) for row in rows}


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        id=row.id,
        number=row.number,
        attempt=row.attempt,
        checksum=row.checksum,
        submitted_at=row.submitted_at,
        arrived_at=row.arrived_at,
        due_at=row.due_at,
        answers=row.answers,
    )


def _attempts(db: Connection, *, person: str, cohort: str, assessment: str) -> tuple[Attempt, ...]:
    table = schema.submission
    rows = db.execute(
        select(table)
        .where(table.c.person == person, table.c.cohort == cohort, table.c.assessment == assessment)
        .order_by(table.c.attempt)
    )
    return tuple(_attempt(row) for row in rows)


def attempt_by_number(db: Connection, *, person: str, cohort: str, number: str) -> tuple[str, Attempt]:
    """Return the assessment and the attempt behind a receipt of this person. Raises ``NotFound``."""
    table = schema.submission
    row = db.execute(
        select(table).where(table.c.person == person, table.c.cohort == cohort, table.c.number == number)
    ).first()
    if row is None:
        raise NotFound
    return row.assessment, _attempt(row)


def handed_notebook(db: Connection, submission: str) -> bytes | None:
    """Return the notebook that was handed in with an attempt; None: answers were sent."""
    table = schema.handed_notebook
    found: bytes | None = db.execute(select(table.c.notebook).where(table.c.submission == submission)).scalar()
    return found


def sitting(db: Connection, *, person: str, cohort: str, assessment: str) -> Sitting:
    """Return where a person stands with an assessment."""
    release, extension, draft = schema.release, schema.extension, schema.draft
    released = db.execute(select(release).where(release.c.cohort == cohort, release.c.assessment == assessment)).first()
    extended = db.execute(
        select(extension.c.due_at).where(
            extension.c.person == person, extension.c.cohort == cohort, extension.c.assessment == assessment
        )
    ).scalar()
    drafts = db.execute(
        select(draft.c.question, draft.c.answer, draft.c.saved_at).where(
            draft.c.person == person, draft.c.cohort == cohort, draft.c.assessment == assessment
        )
    ).all()
    return Sitting(
        released=released is not None and released.released_at is not None,
        due_at=deadline(released.due_at, extended) if released else None,
        attempts=_attempts(db, person=person, cohort=cohort, assessment=assessment),
        draft={row.question: row.answer for row in drafts if row.answer is not None},
        saved_at=max((row.saved_at for row in drafts), default=None),
        feedback_at=released.feedback_at if released else None,
    )


def opened_at(db: Connection, cohort: str, assessment: str) -> datetime | None:
    """Return since when an assessment is open to a cohort; None: not yet."""
    table = schema.release
    found: datetime | None = db.execute(
        select(table.c.released_at).where(table.c.cohort == cohort, table.c.assessment == assessment)
    ).scalar()
    return found


def lessons_done_by_person(db: Connection, cohort: str) -> dict[str, int]:
    """Return how many lessons each person of a cohort marked as done; who did none is missing."""
    table = schema.progress
    rows = db.execute(select(table.c.person, func.count()).where(table.c.cohort == cohort).group_by(table.c.person))
    return dict(iter(rows.tuples()))


def senders(db: Connection, cohort: str) -> dict[str, set[str]]:
    """Return for each assessment who has sent answers."""
    table = schema.submission
    found: dict[str, set[str]] = {}
    for assessment, person in db.execute(select(table.c.assessment, table.c.person).where(table.c.cohort == cohort)):
        found.setdefault(assessment, set()).add(person)
    return found
