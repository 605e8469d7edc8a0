"""Asking for jobs, ending them, and what they leave in the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from academy.errors import BadInput, NotFound
from academy.grading import actions, queries
from academy.grading.model import Job, JobKind
from academy.learning.actions import submit
from academy.rights import Actor
from academy.store import schema
from academy.store.database import Store
from tests.conftest import NOW, Cast, make_cast

HERE: dict[str, Any] = {"cohort": "river", "assessment": "what-we-protect"}
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def cast(any_store: Store) -> Cast:
    """Put the cast on each database that is promised to work."""
    return make_cast(any_store)


@pytest.fixture
def db(any_store: Store, cast: Cast) -> Iterator[Connection]:
    """Open one transaction on a store with the cast in it."""
    with any_store.write() as connection:
        yield connection


def released(db: Connection, cast: Cast) -> None:
    """Release the assessment, as if nbgrader had done its part."""
    actions.release(db, actor=cast.anika, now=NOW, due_at=NOW + timedelta(days=7), **HERE)
    job = actions.begin(db, now=NOW)
    assert job is not None
    actions.finish(db, job=job, now=NOW, result={})


def sent(db: Connection, who: Actor, *, now: datetime = LATER, answer: str = "b", nonce: str = "nonce-one") -> str:
    """Send one answer and return the submission's id."""
    attempt = submit(db, actor=who, now=now, answers={"DS1.1": answer}, nonce=nonce, most_attempts=None, **HERE)
    return attempt.id


def begin(db: Connection, *, now: datetime = LATER) -> Job:
    """Take the next job; there must be one."""
    job = actions.begin(db, now=now)
    assert job is not None
    return job


def audited(db: Connection) -> list[str]:
    """Return the actions in the audit."""
    return list(db.execute(select(schema.audit.c.action).order_by(schema.audit.c.id)).scalars())


def test_a_release_is_open_to_nobody_before_nbgrader_has_done_it(db: Connection, cast: Cast) -> None:
    """Asking writes the deadline; the time of release comes with the end of the job."""
    actions.release(db, actor=cast.anika, now=NOW, due_at=None, **HERE)
    before = queries.release_of(db, **HERE)
    actions.finish(db, job=begin(db), now=LATER, result={})
    after = queries.release_of(db, **HERE)
    assert before is not None
    assert before.released_at is None
    assert after is not None
    assert after.released_at == LATER
    assert [action for action in audited(db) if "release" in action] == ["release", "ask-release", "release-done"]


def test_a_deadline_that_has_passed_is_refused(db: Connection, cast: Cast) -> None:
    """A release with a past deadline would close before it opened."""
    with pytest.raises(BadInput, match="has passed"):
        actions.release(db, actor=cast.anika, now=NOW, due_at=NOW, **HERE)
    assert queries.release_of(db, **HERE) is None


def test_a_step_that_is_asked_for_twice_is_one_job(db: Connection, cast: Cast) -> None:
    """A double click does not collect twice; a delivery that has begun does not count as asked for."""
    kinds = (JobKind.COLLECT, JobKind.DELIVER)
    first = [actions.ask(db, actor="anika", now=NOW, kind=kind, **HERE) for kind in kinds]
    assert [actions.ask(db, actor="anika", now=NOW, kind=kind, **HERE) for kind in kinds] == first
    assert begin(db).kind is JobKind.COLLECT
    assert actions.ask(db, actor="anika", now=NOW, kind=JobKind.COLLECT, **HERE) == first[0]
    actions.finish(db, job=queries.job(db, cohort="river", number=first[0]), now=LATER, result={})
    assert begin(db).kind is JobKind.DELIVER
    assert actions.ask(db, actor="anika", now=NOW, kind=JobKind.DELIVER, **HERE) not in first


def test_a_job_that_a_kill_broke_off_is_taken_up_again(db: Connection, cast: Cast) -> None:
    """A job that began and did not end is the next one."""
    actions.ask(db, actor="anika", now=NOW, kind=JobKind.COLLECT, **HERE)
    begin(db)
    actions.finish(db, job=begin(db), now=LATER, error="The disk is full.")
    assert actions.begin(db, now=LATER) is None
    assert queries.jobs(db, **HERE)[JobKind.COLLECT].state == "failed"


def test_a_job_of_another_cohort_is_no_job_here(db: Connection, cast: Cast) -> None:
    """A facilitator reads the jobs of her own cohort only."""
    number = actions.ask(db, actor="anika", now=NOW, kind=JobKind.COLLECT, **HERE)
    with pytest.raises(NotFound):
        queries.job(db, cohort="lake", number=number)


def test_answers_that_wait_are_delivered_without_anybody_asking(db: Connection, cast: Cast) -> None:
    """The runner asks for one delivery of all that waits, and for none when nothing waits."""
    released(db, cast)
    actions.ask_deliveries(db, now=LATER)
    assert actions.begin(db, now=LATER) is None
    submission = sent(db, cast.salma)
    actions.ask_deliveries(db, now=LATER)
    actions.ask_deliveries(db, now=LATER)
    job = begin(db)
    assert [one for one, _ in queries.waiting_deliveries(db, **HERE)] == [submission]
    actions.finish(db, job=job, now=LATER, result={"delivered": [submission], "stuck": [], "notes": []})
    actions.ask_deliveries(db, now=LATER)
    assert actions.begin(db, now=LATER) is None
    assert queries.waiting_deliveries(db, **HERE) == []


def test_answers_that_cannot_be_delivered_do_not_fill_the_table(db: Connection, cast: Cast) -> None:
    """After a failure there is one more try when something new came, or after ten minutes."""
    released(db, cast)
    stuck = sent(db, cast.salma)
    actions.ask_deliveries(db, now=LATER)
    actions.finish(db, job=begin(db), now=LATER, error="The disk is full.")
    actions.ask_deliveries(db, now=LATER + timedelta(minutes=9))
    assert actions.begin(db, now=LATER) is None
    actions.ask_deliveries(db, now=LATER + timedelta(minutes=11))
    actions.finish(db, job=begin(db), now=LATER, result={"delivered": [], "stuck": [stuck], "notes": []})
    actions.ask_deliveries(db, now=LATER + timedelta(days=1))
    assert actions.begin(db, now=LATER) is None
    sent(db, cast.salma, now=LATER + timedelta(seconds=1), nonce="nonce-two")
    actions.ask_deliveries(db, now=LATER + timedelta(minutes=1))
    assert begin(db).kind is JobKind.DELIVER


def row(student: str, moment: datetime, score: float | None) -> dict[str, Any]:
    """Return one row as the bridge reports it."""
    about = {"student": student, "submitted_at": moment.isoformat(), "question": "DS1.1"}
    return {**about, "score": score, "points": 1.0, "comment": "Thank you."}


def test_feedback_belongs_to_the_attempt_that_was_marked(db: Connection, cast: Cast) -> None:
    """A newer attempt that nobody has marked takes no feedback from the older one; doing it twice leaves one row."""
    released(db, cast)
    sent(db, cast.salma, answer="a")
    sent(db, cast.salma, answer="b", now=LATER + timedelta(minutes=5), nonce="nonce-two")
    where = {"person": str(cast.salma.person), **HERE}
    assert queries.feedback_of(db, **where) is None
    for _ in range(2):
        actions.ask(db, actor="anika", now=LATER, kind=JobKind.FEEDBACK, **HERE)
        rows = [row("salma", LATER, 0.5), row("stranger", LATER, 1.0)]
        actions.finish(db, job=begin(db), now=LATER, result={"rows": rows})
    found = queries.feedback_of(db, **where)
    assert found is not None
    answers, marks = found
    assert answers == {"DS1.1": "a"}
    assert marks == [queries.Feedback(question="DS1.1", score=0.5, points=1.0, comment="Thank you.")]
    assert queries.jobs(db, **HERE)[JobKind.FEEDBACK].result == {"people": 1}
    assert db.execute(select(func.count()).select_from(schema.feedback)).scalar() == 1
    about = queries.release_of(db, **HERE)
    assert about is not None
    assert about.feedback_at == LATER


def test_more_time_needs_a_participant_and_a_time_to_come(db: Connection, cast: Cast) -> None:
    """An extension is for somebody of the cohort; a second one takes the place of the first; each leaves its reason."""
    until = LATER + timedelta(days=2)

    def extend(person: str | None, due_at: datetime, reason: str = "No electricity") -> None:
        actions.extend(db, actor=cast.anika, now=NOW, person=str(person), due_at=due_at, reason=reason, **HERE)

    with pytest.raises(BadInput, match="does not take part"):
        extend(cast.davit.person, until)
    with pytest.raises(BadInput, match="does not take part"):
        extend(cast.anika.person, until)
    with pytest.raises(BadInput, match="has passed"):
        extend(cast.salma.person, NOW)
    extend(cast.salma.person, LATER)
    extend(cast.salma.person, until, "Still no electricity")
    found = queries.extensions(db, **HERE)
    assert [(one.person, one.due_at, one.reason) for one in found] == [
        (cast.salma.person, until, "Still no electricity")
    ]
    assert audited(db).count("extend") == 2
