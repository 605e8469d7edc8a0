"""Changing what a person has learned, saved and sent: one verb, one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from academy.errors import BadInput, Closed
from academy.languages.phrases import phrase
from academy.learning import queries
from academy.learning.model import Attempt
from academy.learning.rules import checksum, closed_reason, file_checksum, new_number
from academy.rights import Actor
from academy.store import schema
from academy.store.database import new_id, record

__all__ = ["mark_done", "save_draft", "submit"]


def mark_done(db: Connection, *, actor: Actor, now: datetime, cohort: str, module: str, lesson: str) -> datetime:
    """Note that a person finished a lesson and return since when. Doing it again changes nothing."""
    table = schema.progress
    since: datetime | None = db.execute(
        select(table.c.done_at).where(
            table.c.person == actor.person,
            table.c.cohort == cohort,
            table.c.module == module,
            table.c.lesson == lesson,
        )
    ).scalar()
    if since is not None:
        return since
    db.execute(
        insert(table).values(id=new_id(), person=actor.person, cohort=cohort, module=module, lesson=lesson, done_at=now)
    )
    record(db, actor=str(actor.username), now=now, action="lesson-done", subject=f"{cohort} {module} {lesson}")
    return now


def save_draft(
    db: Connection, *, actor: Actor, now: datetime, cohort: str, assessment: str, answers: Mapping[str, Any]
) -> datetime:
    """Keep answers that are not sent yet. ``answers`` holds every question asked for; None: left empty.

    A question that is not in ``answers`` keeps what was saved before. Drafts leave no audit row: they change with
    every pause in typing and are nobody else's business.
    """
    table = schema.draft
    place = {"person": actor.person, "cohort": cohort, "assessment": assessment}
    known = set(
        db.execute(select(table.c.question).where(*(table.c[name] == value for name, value in place.items()))).scalars()
    )
    for question, answer in answers.items():
        if question in known:
            where = [table.c[name] == value for name, value in place.items()]
            db.execute(update(table).where(*where, table.c.question == question).values(answer=answer, saved_at=now))
        else:
            db.execute(insert(table).values(id=new_id(), **place, question=question, answer=answer, saved_at=now))
    return now


def submit(
    db: Connection,
    *,
    actor: Actor,
    now: datetime,
    cohort: str,
    assessment: str,
    answers: Mapping[str, Any],
    nonce: str,
    most_attempts: int | None,
    person: str | None = None,
    written_at: datetime | None = None,
    notebook: bytes | None = None,
) -> Attempt:
    """Send answers: a new attempt with a receipt. Raises ``Closed``; the draft stays in either case.

    ``notebook``: the file in which they stand, where a notebook is handed in. Without one there must be a question to
    answer, or ``BadInput`` is raised.

    The same ``nonce`` again (a double tap, a repeated request) gives the same receipt and no second attempt.
    ``person``: whose answers they are, where somebody else brings them. ``written_at``: when answers were saved that
    arrive later; that moment counts.
    """
    person = person or str(actor.person)
    moment = written_at or now
    before = queries.sitting(db, person=person, cohort=cohort, assessment=assessment)
    repeated = _sent_already(db, person=person, cohort=cohort, assessment=assessment, nonce=nonce)
    if repeated is not None:
        return next(attempt for attempt in before.attempts if attempt.number == repeated)
    if not answers and notebook is None:
        message = phrase("This assessment has no questions to answer; hand in its notebook.")
        raise BadInput(message, code="no-questions", field="notebook")
    reason = closed_reason(before, now=moment, most_attempts=most_attempts)
    if reason is not None:
        raise Closed(reason, code="assessment-closed")
    if any(attempt.submitted_at > moment for attempt in before.attempts):
        message = phrase("Newer answers have been sent since these were saved, and they count. Nothing was changed.")
        raise Closed(message, code="newer-answers")
    attempt = Attempt(
        id=new_id(),
        number=new_number(),
        attempt=len(before.attempts) + 1,
        checksum=checksum(answers) if notebook is None else file_checksum(notebook),
        submitted_at=moment,
        arrived_at=now,
        due_at=before.due_at,
        answers=dict(answers),
    )
    _insert(db, attempt, person=person, cohort=cohort, assessment=assessment, nonce=nonce)
    if notebook is not None:
        db.execute(insert(schema.handed_notebook).values(submission=attempt.id, notebook=notebook))
    subject = f"{cohort} {assessment} {attempt.attempt} {attempt.number}"
    record(db, actor=str(actor.username), now=now, action="submit", subject=subject)
    return attempt


def _sent_already(db: Connection, *, person: str, cohort: str, assessment: str, nonce: str) -> str | None:
    table = schema.submission
    return db.execute(
        select(table.c.number).where(
            table.c.person == person,
            table.c.cohort == cohort,
            table.c.assessment == assessment,
            table.c.nonce == nonce,
        )
    ).scalar()


def _insert(db: Connection, attempt: Attempt, *, person: str, cohort: str, assessment: str, nonce: str) -> None:
    db.execute(
        insert(schema.submission).values(
            id=attempt.id,
            person=person,
            cohort=cohort,
            assessment=assessment,
            attempt=attempt.attempt,
            number=attempt.number,
            answers=dict(attempt.answers),
            checksum=attempt.checksum,
            submitted_at=attempt.submitted_at,
            arrived_at=attempt.arrived_at,
            due_at=attempt.due_at,
            nonce=nonce,
        )
    )
