"""Reading releases, deliveries, jobs and feedback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from academy.errors import NotFound
from academy.grading.model import Delivery, Job, JobKind
from academy.languages.phrases import phrase
from academy.store import schema

__all__ = [
    "Extension",
    "Feedback",
    "Handed",
    "Release",
    "attempts_by_time",
    "done",
    "extensions",
    "feedback_of",
    "handed_in",
    "informed",
    "job",
    "jobs",
    "last_job",
    "next_job",
    "release_of",
    "undelivered",
    "waiting_deliveries",
]


@dataclass(frozen=True, slots=True)
class Release:
    """An assessment in a cohort, as far as it has come."""

    due_at: datetime | None
    """The cohort's deadline; None: none."""
    released_at: datetime | None
    """None: asked for, not yet in the exchange."""
    feedback_at: datetime | None
    """None: feedback has not been released."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A participant's newest attempt."""

    person: str
    username: str
    attempts: int
    submitted_at: datetime
    delivered: bool
    """Whether all attempts stand in nbgrader's exchange."""


@dataclass(frozen=True, slots=True)
class Extension:
    """More time for one person."""

    person: str
    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One question of an attempt, as it was marked."""

    question: str
    score: float | None
    """None: nobody has marked it yet."""
    points: float
    """The most that could be had."""
    comment: str


def _job(row: Row[Any]) -> Job:
    values = {name: value for name, value in row._mapping.items() if name != "kind"}  # noqa: SLF001 - SQLAlchemy's public name
    return Job(kind=JobKind(row.kind), **values)


def next_job(db: Connection) -> Job | None:
    """Return the oldest job that has not ended."""
    table = schema.job
    row = db.execute(select(table).where(table.c.ended_at.is_(None)).order_by(table.c.id).limit(1)).first()
    return _job(row) if row else None


def job(db: Connection, *, cohort: str, number: int) -> Job:
    """Return a job of this cohort. Raises ``NotFound``."""
    table = schema.job
    row = db.execute(select(table).where(table.c.cohort == cohort, table.c.id == number)).first()
    if row is None:
        message = phrase("There is no such job in this cohort.")
        raise NotFound(message)
    return _job(row)


def jobs(db: Connection, *, cohort: str, assessment: str) -> dict[JobKind, Job]:
    """Return the newest job of each kind."""
    table = schema.job
    rows = db.execute(
        select(table).where(table.c.cohort == cohort, table.c.assessment == assessment).order_by(table.c.id)
    )
    return {JobKind(row.kind): _job(row) for row in rows}


def last_job(db: Connection, *, cohort: str, assessment: str, kind: JobKind) -> Job | None:
    """Return the newest job of a kind that has ended."""
    ended = _ended(cohort, assessment, kind)
    row = db.execute(ended.order_by(schema.job.c.id.desc()).limit(1)).first()
    return _job(row) if row else None


def done(db: Connection, *, cohort: str, assessment: str, kind: JobKind) -> list[Job]:
    """Return all jobs of a kind that came to a good end, oldest first."""
    ended = _ended(cohort, assessment, kind)
    rows = db.execute(ended.where(schema.job.c.error.is_(None)).order_by(schema.job.c.id))
    return [_job(row) for row in rows]


def _ended(cohort: str, assessment: str, kind: JobKind) -> Select[Any]:
    table = schema.job
    return select(table).where(
        table.c.cohort == cohort,
        table.c.assessment == assessment,
        table.c.kind == kind,
        table.c.ended_at.is_not(None),
    )


def undelivered(db: Connection) -> dict[tuple[str, str], list[tuple[str, datetime]]]:
    """Return, by cohort and assessment, id and time of the answers that wait for the exchange."""
    work, out = schema.submission, schema.release
    rows = db.execute(
        select(work.c.cohort, work.c.assessment, work.c.id, work.c.submitted_at)
        .join(out, (out.c.cohort == work.c.cohort) & (out.c.assessment == work.c.assessment))
        .where(work.c.delivered_at.is_(None), out.c.released_at.is_not(None))
    )
    found: dict[tuple[str, str], list[tuple[str, datetime]]] = {}
    for row in rows:
        found.setdefault((row.cohort, row.assessment), []).append((row.id, row.submitted_at))
    return found


def waiting_deliveries(db: Connection, *, cohort: str, assessment: str) -> list[tuple[str, Delivery]]:
    """Return submission ids and what to hand in for them, oldest first."""
    work, person = schema.submission, schema.person
    rows = db.execute(
        select(work.c.id, work.c.answers, work.c.submitted_at, work.c.attempt, work.c.person, person.c.username)
        .join(person)
        .where(work.c.cohort == cohort, work.c.assessment == assessment, work.c.delivered_at.is_(None))
        .order_by(work.c.submitted_at)
    )
    return [(row.id, _delivery(db, row, cohort=cohort, assessment=assessment)) for row in rows]


def _delivery(db: Connection, row: Any, *, cohort: str, assessment: str) -> Delivery:
    """Return what to hand in: answers are written into the notebook that she handed in last, if she ever did."""
    work, file = schema.submission, schema.handed_notebook
    newest = db.execute(
        select(work.c.id, file.c.notebook)
        .join(file, file.c.submission == work.c.id)
        .where(
            work.c.person == row.person,
            work.c.cohort == cohort,
            work.c.assessment == assessment,
            work.c.attempt <= row.attempt,
        )
        .order_by(work.c.attempt.desc())
        .limit(1)
    ).first()
    is_file = newest is not None and newest.id == row.id
    return Delivery(
        student=row.username,
        submitted_at=row.submitted_at,
        answers=None if is_file else row.answers,
        notebook=newest.notebook if newest is not None else None,
    )


def attempts_by_time(db: Connection, *, cohort: str, assessment: str) -> Mapping[tuple[str, str], str]:
    """Return submission ids by user name and ISO time of sending: how nbgrader tells attempts apart."""
    work, person = schema.submission, schema.person
    rows = db.execute(
        select(work.c.id, work.c.submitted_at, person.c.username)
        .join(person)
        .where(work.c.cohort == cohort, work.c.assessment == assessment)
    )
    return {(row.username, row.submitted_at.isoformat()): row.id for row in rows}


def release_of(db: Connection, *, cohort: str, assessment: str) -> Release | None:
    """Return how far an assessment has come in a cohort; None: nobody has asked to release it."""
    table = schema.release
    row = db.execute(select(table).where(table.c.cohort == cohort, table.c.assessment == assessment)).first()
    return Release(due_at=row.due_at, released_at=row.released_at, feedback_at=row.feedback_at) if row else None


def handed_in(db: Connection, *, cohort: str, assessment: str) -> dict[str, Handed]:
    """Return who has sent answers, by person."""
    work, person = schema.submission, schema.person
    rows = db.execute(
        select(
            work.c.person,
            person.c.username,
            func.count(),
            func.max(work.c.submitted_at),
            func.count(work.c.delivered_at),
        )
        .join(person)
        .where(work.c.cohort == cohort, work.c.assessment == assessment)
        .group_by(work.c.person, person.c.username)
    )
    return {
        who: Handed(person=who, username=name, attempts=count, submitted_at=newest, delivered=count == delivered)
        for who, name, count, newest, delivered in rows
    }


def extensions(db: Connection, *, cohort: str, assessment: str) -> list[Extension]:
    """Return who has more time."""
    table = schema.extension
    rows = db.execute(
        select(table.c.person, table.c.due_at, table.c.reason)
        .where(table.c.cohort == cohort, table.c.assessment == assessment)
        .order_by(table.c.granted_at)
    )
    return [Extension(person=row.person, due_at=row.due_at, reason=row.reason) for row in rows]


def informed(db: Connection, *, cohort: str, assessment: str) -> set[tuple[str, datetime]]:
    """Return the attempts, by user name and time, that have their feedback."""
    work, person, table = schema.submission, schema.person, schema.feedback
    rows = db.execute(
        select(person.c.username, work.c.submitted_at)
        .join(work, work.c.person == person.c.id)
        .join(table, table.c.submission == work.c.id)
        .where(work.c.cohort == cohort, work.c.assessment == assessment)
        .distinct()
    )
    return {(username, moment) for username, moment in rows}


def feedback_of(
    db: Connection, *, person: str, cohort: str, assessment: str
) -> tuple[Mapping[str, Any], Sequence[Feedback]] | None:
    """Return a person's marked answers and their marks; None before feedback was released to her.

    It is about the attempt that was marked, which is the newest unless she sent another one since.
    """
    work, table = schema.submission, schema.feedback
    rows = db.execute(
        select(work.c.id, work.c.answers, table.c.question, table.c.score, table.c.points, table.c.comment)
        .join(table, table.c.submission == work.c.id)
        .where(work.c.person == person, work.c.cohort == cohort, work.c.assessment == assessment)
        .order_by(work.c.attempt.desc())
    ).all()
    if not rows:
        return None
    newest = [row for row in rows if row.id == rows[0].id]
    return rows[0].answers, [
        Feedback(question=row.question, score=row.score, points=row.points, comment=row.comment) for row in newest
    ]
