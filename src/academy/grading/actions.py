"""Changing what is released, extended and asked of nbgrader: one verb, one transaction, one audit row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from academy.errors import BadInput
from academy.grading import queries
from academy.grading.model import Job, JobKind
from academy.languages.phrases import phrase
from academy.people import queries as people
from academy.rights import Actor
from academy.store import schema
from academy.store.database import new_id, record

__all__ = ["ask", "ask_deliveries", "begin", "extend", "finish", "release"]

SERVICE = "academy"
PATIENCE = timedelta(minutes=10)


def ask(
    db: Connection,
    *,
    actor: str,
    now: datetime,
    cohort: str,
    assessment: str,
    kind: JobKind,
    details: Mapping[str, Any] | None = None,
) -> int:
    """Ask for a job and return its number. One that waits already is not asked for twice.

    A job that runs counts as well, except a delivery: it may have begun before the newest submission came.
    """
    table = schema.job
    here = (table.c.cohort == cohort, table.c.assessment == assessment)
    same = [*here, table.c.kind == kind, table.c.ended_at.is_(None)]
    if kind in (JobKind.DELIVER, JobKind.RELEASE):
        same.append(table.c.started_at.is_(None))
    waiting = db.execute(select(table.c.id).where(*same).order_by(table.c.id)).scalar()
    if waiting is not None:
        return int(waiting)
    values = {"cohort": cohort, "assessment": assessment, "kind": str(kind), "details": dict(details or {})}
    added = db.execute(insert(table).values(**values, asked_by=actor, asked_at=now).returning(table.c.id)).scalar_one()
    record(db, actor=actor, now=now, action=f"ask-{kind}", subject=f"{cohort} {assessment}")
    return int(added)


def release(
    db: Connection, *, actor: Actor, now: datetime, cohort: str, assessment: str, due_at: datetime | None
) -> int:
    """Release an assessment to the cohort, or change its deadline, and return the job's number.

    Raises ``BadInput`` for a deadline that has passed.
    """
    if due_at is not None and due_at <= now:
        message = phrase("This deadline has passed already. Choose a later one, or leave it empty.")
        raise BadInput(message, code="deadline-passed", field="due_at")
    table = schema.release
    here = (table.c.cohort == cohort, table.c.assessment == assessment)
    if db.execute(update(table).where(*here).values(due_at=due_at)).rowcount == 0:
        db.execute(insert(table).values(id=new_id(), cohort=cohort, assessment=assessment, due_at=due_at))
    name = str(actor.username)
    record(db, actor=name, now=now, action="release", subject=f"{cohort} {assessment}")
    return ask(db, actor=name, now=now, cohort=cohort, assessment=assessment, kind=JobKind.RELEASE)


def extend(
    db: Connection,
    *,
    actor: Actor,
    now: datetime,
    cohort: str,
    assessment: str,
    person: str,
    due_at: datetime,
    reason: str,
) -> None:
    """Give one participant until ``due_at``. Raises ``BadInput``; a second extension takes the first one's place."""
    if person not in {member.person for member in people.participants(db, cohort)}:
        message = phrase("This person does not take part in this cohort.")
        raise BadInput(message, code="not-here", field="person")
    if due_at <= now:
        message = phrase("This deadline has passed already. Choose a later one.")
        raise BadInput(message, code="deadline-passed", field="due_at")
    table = schema.extension
    here = (table.c.person == person, table.c.cohort == cohort, table.c.assessment == assessment)
    db.execute(delete(table).where(*here))
    values = {"person": person, "cohort": cohort, "assessment": assessment, "due_at": due_at, "reason": reason}
    db.execute(insert(table).values(id=new_id(), granted_at=now, **values))
    subject = f"{cohort} {assessment} {person} {due_at.isoformat()}"
    record(db, actor=str(actor.username), now=now, action="extend", subject=subject, reason=reason)


def ask_deliveries(db: Connection, *, now: datetime) -> None:
    """Ask for a delivery wherever answers wait that are not in nbgrader's exchange yet."""
    for (cohort, assessment), waiting in queries.undelivered(db).items():
        last = queries.last_job(db, cohort=cohort, assessment=assessment, kind=JobKind.DELIVER)
        if last is None or _worth_another_try(last, waiting, now):
            ask(db, actor=SERVICE, now=now, cohort=cohort, assessment=assessment, kind=JobKind.DELIVER)


def _worth_another_try(last: Job, waiting: Sequence[tuple[str, datetime]], now: datetime) -> bool:
    """Tell whether a delivery may fare better than the last one, so that a lasting fault does not fill the table."""
    if last.error is None:
        stuck = set((last.result or {}).get("stuck", []))
        return any(submission not in stuck for submission, _ in waiting)
    newest = max(moment for _, moment in waiting)
    return newest > last.asked_at or last.asked_at < now - PATIENCE


def begin(db: Connection, *, now: datetime) -> Job | None:
    """Take the oldest open job: asked for, or broken off by a kill. None: nothing to do."""
    job = queries.next_job(db)
    if job is not None:
        db.execute(update(schema.job).where(schema.job.c.id == job.id).values(started_at=now))
    return job


def finish(
    db: Connection, *, job: Job, now: datetime, result: Mapping[str, Any] | None = None, error: str | None = None
) -> None:
    """End a job with what it reports, or with one sentence; what it changed is written in the same transaction."""
    if error is None:
        result = _take_over(db, job, now, dict(result or {}))
    db.execute(update(schema.job).where(schema.job.c.id == job.id).values(ended_at=now, result=result, error=error))
    action = f"{job.kind}-done" if error is None else f"{job.kind}-failed"
    record(db, actor=SERVICE, now=now, action=action, subject=f"{job.cohort} {job.assessment}", reason=error or "")


def _take_over(db: Connection, job: Job, now: datetime, result: dict[str, Any]) -> dict[str, Any]:
    """Write what a job changed and return what is worth keeping of its report."""
    delivered = result.pop("delivered", [])
    if delivered:
        table = schema.submission
        db.execute(update(table).where(table.c.id.in_(delivered)).values(delivered_at=now))
        result["delivered"] = len(delivered)
    if job.kind is JobKind.RELEASE:
        _stamp(db, job, released_at=now)
    if job.kind is JobKind.FEEDBACK:
        result["people"] = _write_feedback(db, job, result.pop("rows"))
        _stamp(db, job, feedback_at=now)
    return result


def _stamp(db: Connection, job: Job, **values: datetime) -> None:
    """Note when something happened first."""
    table = schema.release
    for name, moment in values.items():
        db.execute(
            update(table)
            .where(table.c.cohort == job.cohort, table.c.assessment == job.assessment, table.c[name].is_(None))
            .values({name: moment})
        )


def _write_feedback(db: Connection, job: Job, rows: Sequence[Mapping[str, Any]]) -> int:
    """Store the marks of each person's marked attempt and return how many people have some now."""
    attempts = queries.attempts_by_time(db, cohort=job.cohort, assessment=job.assessment)
    marked: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        attempt = attempts.get((row["student"], row["submitted_at"]))
        if attempt is not None:
            marked.setdefault(attempt, []).append(row)
    table = schema.feedback
    for attempt, parts in marked.items():
        db.execute(delete(table).where(table.c.submission == attempt))
        db.execute(insert(table), [_feedback_row(attempt, part) for part in parts])
    return len(marked)


def _feedback_row(attempt: str, part: Mapping[str, Any]) -> dict[str, Any]:
    names = ("question", "score", "points", "comment")
    return {"id": new_id(), "submission": attempt, **{name: part[name] for name in names}}
