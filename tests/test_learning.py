"""Progress, drafts, sendings and deadlines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from academy.errors import Closed, NotFound
from academy.learning import actions, queries
from academy.learning.model import Attempt
from academy.learning.rules import checksum, deadline, is_complete
from academy.store import schema
from academy.store.database import Store, new_id
from tests.conftest import NOW, Cast, make_cast

PLACE = {"cohort": "river", "assessment": "what-we-protect"}
MOMENTS = st.datetimes(timezones=st.just(NOW.tzinfo)) | st.none()


def release(store: Store, *, due_at: datetime | None = None) -> None:
    """Open the assessment to the cohort."""
    with store.write() as db:
        db.execute(insert(schema.release).values(id=new_id(), **PLACE, due_at=due_at, released_at=NOW))


def send(store: Store, cast: Cast, answers: dict[str, Any], **changes: Any) -> Attempt:
    """Send answers as Salma."""
    options = {"now": NOW, "nonce": new_id(), "most_attempts": None} | changes
    with store.write() as db:
        return actions.submit(db, actor=cast.salma, **PLACE, answers=answers, **options)


def test_a_lesson_is_done_once(store: Store, cast: Cast) -> None:
    """Marking a lesson again keeps the first time."""
    lesson = {"cohort": "river", "module": "m", "lesson": "l"}
    with store.write() as db:
        first = actions.mark_done(db, actor=cast.salma, now=NOW, **lesson)
        again = actions.mark_done(db, actor=cast.salma, now=NOW + timedelta(days=1), **lesson)
        assert first == again == NOW
        assert queries.lessons_done(db, person=str(cast.salma.person), cohort="river") == {("m", "l")}


def test_a_draft_keeps_what_was_saved_before(any_store: Store) -> None:
    """Saving one answer leaves the others; an emptied answer is empty, not the old one."""
    cast = make_cast(any_store)
    with any_store.write() as db:
        for answers in ({"q1": "a", "q2": ["b", "c"]}, {"q1": None}, {"q3": {"r": "ল"}}):
            actions.save_draft(db, actor=cast.salma, now=NOW, **PLACE, answers=answers)
        sitting = queries.sitting(db, person=str(cast.salma.person), **PLACE)
    assert sitting.draft == {"q2": ["b", "c"], "q3": {"r": "ল"}}


def test_sending_twice_makes_a_second_attempt_and_keeps_the_first(any_store: Store) -> None:
    """Nothing is overwritten: both sendings stand, each with its receipt."""
    cast = make_cast(any_store)
    release(any_store)
    first, second = send(any_store, cast, {"q": "a"}), send(any_store, cast, {"q": "b"})
    with any_store.read() as db:
        sitting = queries.sitting(db, person=str(cast.salma.person), **PLACE)
    assert [attempt.answers for attempt in sitting.attempts] == [{"q": "a"}, {"q": "b"}]
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.number != second.number
    assert first.checksum != second.checksum


def test_a_double_tap_is_one_attempt(store: Store, cast: Cast) -> None:
    """The same sending repeated gives the same receipt."""
    release(store)
    first, repeat = (send(store, cast, {"q": "a"}, nonce="tap") for _ in range(2))
    assert first == repeat


def test_nothing_is_accepted_before_release(store: Store, cast: Cast) -> None:
    """An assessment that is not open takes no answers."""
    with pytest.raises(Closed, match="not open yet"):
        send(store, cast, {"q": "a"})


def test_after_the_deadline_the_sending_is_refused_and_the_draft_stays(store: Store, cast: Cast) -> None:
    """One sentence, and nothing is lost."""
    release(store, due_at=NOW)
    with store.write() as db:
        actions.save_draft(db, actor=cast.salma, now=NOW, **PLACE, answers={"q": "a"})
    assert send(store, cast, {"q": "a"}, now=NOW).attempt == 1
    with pytest.raises(Closed, match=r"deadline has passed.*kept as a draft"):
        send(store, cast, {"q": "b"}, now=NOW + timedelta(seconds=1))
    with store.read() as db:
        sitting = queries.sitting(db, person=str(cast.salma.person), **PLACE)
    assert sitting.draft == {"q": "a"}
    assert len(sitting.attempts) == 1


def test_an_extension_holds_for_its_person_only(store: Store, cast: Cast) -> None:
    """Salma has until tomorrow; the release's deadline is unchanged."""
    release(store, due_at=NOW)
    later = NOW + timedelta(days=1)
    with store.write() as db:
        row = {"id": new_id(), "person": cast.salma.person, **PLACE, "due_at": later, "reason": "power cut"}
        db.execute(insert(schema.extension).values(**row, granted_at=NOW))
    assert send(store, cast, {"q": "a"}, now=later).due_at == later
    with store.read() as db:
        assert queries.sitting(db, person=str(cast.anika.person), **PLACE).due_at == NOW


def test_the_attempts_that_an_assessment_allows_are_kept(store: Store, cast: Cast) -> None:
    """One more than the most is refused."""
    release(store)
    send(store, cast, {"q": "a"}, most_attempts=1)
    with pytest.raises(Closed, match="the most"):
        send(store, cast, {"q": "b"}, most_attempts=1)


def test_a_receipt_is_its_owners(store: Store, cast: Cast) -> None:
    """Nobody else finds a sending by its number."""
    release(store)
    number = send(store, cast, {"q": "a"}).number
    with store.read() as db:
        assert queries.attempt_by_number(db, person=str(cast.salma.person), cohort="river", number=number)
        with pytest.raises(NotFound):
            queries.attempt_by_number(db, person=str(cast.anika.person), cohort="river", number=number)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.lists(st.text(max_size=3))))
def test_a_checksum_depends_on_the_answers_alone(answers: dict[str, Any]) -> None:
    """The order of questions does not matter; any change does."""
    assert checksum(answers) == checksum(dict(reversed(answers.items())))
    assert checksum(answers) != checksum({**answers, "new": "x" * 9})


@given(MOMENTS, MOMENTS)
def test_an_extension_never_takes_time_away(due: datetime | None, extended: datetime | None) -> None:
    """A person's deadline is never before the cohort's."""
    personal = deadline(due, extended)
    assert (personal is None) if due is None else personal is not None and personal >= due


def test_a_module_without_lessons_is_never_complete() -> None:
    """No evidence, no completion."""
    assert not is_complete([], [])
    assert is_complete(["a"], ["a", "b"])
    assert not is_complete(["a", "b"], ["a"])
