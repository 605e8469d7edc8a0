"""Planning, check-in, marks, corrections and head-counts, on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from academy.attendance import actions, codes, queries
from academy.attendance.model import CheckIn, Naming, Outcome, Register, Session, Source, State, Status
from academy.config import Config
from academy.errors import AcademyError, BadInput, Closed, Conflict, NotAllowed, NotFound
from academy.people.model import Role
from academy.rights import NOBODY, Actor
from academy.store import schema
from academy.store.database import Store
from tests.conftest import NOW, Cast, enrol, make_cast

SECONDS = 60
ATTEMPTS = 3
LATER = NOW + timedelta(minutes=5)


@contextmanager
def writing(store: Store, session: str) -> Iterator[tuple[Connection, Session]]:
    """Open a transaction and read the session in it."""
    with store.write() as db:
        yield db, queries.find_session(db, "river", session)


def plan(store: Store, cast: Cast, **changes: Any) -> str:
    """Plan a session of an hour that starts now, and return its id."""
    values = {
        "cohort": "river", "title": "Questions", "starts_at": NOW, "minutes": 60, "zone": "Asia/Dhaka",
        "late_after_minutes": 10, "nonce": "plan-0001",
    } | changes  # fmt: skip
    with store.write() as db:
        return actions.plan_session(db, actor=cast.anika, now=NOW, **values)


def opened(store: Store, cast: Cast) -> str:
    """Plan a session and open its check-in."""
    session = plan(store, cast)
    with writing(store, session) as (db, found):
        actions.open_check_in(db, actor=cast.anika, now=NOW, session=found)
    return session


def close(store: Store, cast: Cast, session: str, now: datetime = LATER) -> None:
    """Close check-in."""
    with writing(store, session) as (db, found):
        actions.close_check_in(db, actor=cast.anika, now=now, session=found)


def code_of(store: Store, session: str, now: datetime = NOW) -> str:
    """Return the code that is read out at ``now``."""
    with store.read() as db:
        return codes.code_at(queries.secret_of(db, session), now, seconds=SECONDS)


def wrong_code(store: Store, session: str, now: datetime = NOW) -> str:
    """Return a code that is neither the one of now nor the one before."""
    with store.read() as db:
        secret = queries.secret_of(db, session)
    candidates = (f"{number:06}" for number in range(10))
    return next(code for code in candidates if not codes.accepts(secret, code, now, seconds=SECONDS))


def check_in(
    store: Store, who: Actor, session: str, naming: Naming = Naming.PSEUDONYM, *, code: str = "", now: datetime = NOW
) -> CheckIn:
    """Check in as somebody, with the right code unless another is given."""
    typed = code or code_of(store, session, now)
    with writing(store, session) as (db, found):
        return actions.check_in(
            db, actor=who, now=now, session=found, code=typed, naming=naming, code_seconds=SECONDS, attempts=ATTEMPTS
        )


def read(store: Store, session: str, now: datetime = LATER) -> Register:
    """Return the register."""
    with store.read() as db:
        return queries.register(db, queries.find_session(db, "river", session), now, code_seconds=SECONDS)


def rows_of(store: Store, table: Any) -> list[dict[str, Any]]:
    """Return all rows of a table."""
    with store.read() as db:
        return [dict(row) for row in db.execute(select(table)).mappings()]


def audited(store: Store) -> list[str]:
    """Return the actions of attendance in the audit, in order."""
    mine = {"plan-session", "open-check-in", "check-in", "close-check-in", "mark", "mark-remaining", "correct", "tally"}
    return [row["action"] for row in rows_of(store, schema.audit) if row["action"] in mine]


def mark(store: Store, cast: Cast, session: str, **changes: Any) -> None:
    """Mark Salma as the facilitator."""
    values = {"person": cast.salma.person, "status": Status.PRESENT, "nonce": "mark-0001"} | changes
    now = values.pop("now", NOW)
    with writing(store, session) as (db, found):
        actions.mark(db, actor=cast.anika, now=now, session=found, **values)


def correct(store: Store, cast: Cast, session: str, **changes: Any) -> None:
    """Correct Salma's row as the facilitator."""
    values = {
        "person": cast.salma.person, "status": Status.EXCUSED, "reason": "wrote before", "nonce": "correct-1",
    } | changes  # fmt: skip
    with writing(store, session) as (db, found):
        actions.correct(db, actor=cast.anika, now=LATER, session=found, **values)


# --- planning, opening, closing -------------------------------------------------------------------------------------


def test_a_session_is_planned_once_however_often_the_form_is_sent(store: Store, cast: Cast) -> None:
    """A double tap plans one session with one audit row."""
    assert plan(store, cast) == plan(store, cast)
    assert plan(store, cast, nonce="plan-0002") != plan(store, cast)
    assert audited(store) == ["plan-session", "plan-session"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"), ({"title": "x" * 121}, "title"), ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"), ({"zone": "Mars/Base"}, "zone"),
    ],
)  # fmt: skip
def test_an_unusable_plan_names_the_field_and_writes_nothing(
    store: Store, cast: Cast, changes: dict[str, Any], field: str
) -> None:
    """Each field that cannot be used gets its sentence."""
    with pytest.raises(BadInput) as caught:
        plan(store, cast, **changes)
    assert caught.value.field == field
    assert rows_of(store, schema.session) == []


def test_the_next_and_the_open_session_are_found_for_the_home_page(store: Store, cast: Cast) -> None:
    """Next is the earliest that is not over; open is the one in which people can check in now."""
    later = plan(store, cast, nonce="plan-later", starts_at=NOW + timedelta(days=7))
    first = plan(store, cast)
    with store.read() as db:
        assert queries.next_session(db, "river", NOW).id == first
        assert queries.open_session(db, "river", NOW) is None
        assert queries.next_session(db, "river", NOW + timedelta(days=1)).id == later
    with writing(store, first) as (db, found):
        actions.open_check_in(db, actor=cast.anika, now=NOW, session=found)
    with store.read() as db:
        assert queries.open_session(db, "river", NOW).id == first
    close(store, cast, first)
    with store.read() as db:
        assert queries.open_session(db, "river", LATER) is None
        assert queries.next_session(db, "river", LATER).id == later


def test_opening_and_closing_twice_is_once(store: Store, cast: Cast) -> None:
    """A repeat of either changes nothing."""
    session = opened(store, cast)
    with writing(store, session) as (db, found):
        actions.open_check_in(db, actor=cast.anika, now=LATER, session=found)
    close(store, cast, session)
    close(store, cast, session, LATER + timedelta(hours=1))
    assert read(store, session).session.closed_at == LATER
    assert audited(store) == ["plan-session", "open-check-in", "close-check-in"]


def test_a_closed_check_in_stays_closed(store: Store, cast: Cast) -> None:
    """Its key is gone, so opening it again could count people twice."""
    session = opened(store, cast)
    close(store, cast, session)
    with writing(store, session) as (db, found), pytest.raises(Closed):
        actions.open_check_in(db, actor=cast.anika, now=LATER, session=found)


def test_a_session_that_has_not_begun_is_not_closed_by_accident(store: Store, cast: Cast) -> None:
    """Closing would make everybody absent."""
    session = plan(store, cast, starts_at=NOW + timedelta(hours=1))
    with pytest.raises(Closed):
        close(store, cast, session)
    assert read(store, session).session.state is State.PLANNED


def test_a_forgotten_check_in_is_closed_half_a_day_later(store: Store, cast: Cast) -> None:
    """No key outlives its session for long, and an untouched plan is left alone."""
    session = opened(store, cast)
    plan(store, cast, nonce="plan-never")
    with store.write() as db:
        assert actions.close_overdue(db, now=NOW + timedelta(hours=12)) == []
        assert actions.close_overdue(db, now=NOW + timedelta(hours=13)) == [session]
        assert queries.secret_of(db, session) == ""


def test_a_session_of_another_cohort_is_not_found(store: Store, cast: Cast) -> None:
    """An id alone opens nothing: the cohort of the path must be the session's."""
    session = plan(store, cast)
    with store.read() as db, pytest.raises(NotFound):
        queries.find_session(db, "other", session)


# --- check-in -------------------------------------------------------------------------------------------------------


def test_a_person_is_in_with_the_code_that_was_read_out(store: Store, cast: Cast) -> None:
    """She is present from this moment, under the name she chose."""
    session = opened(store, cast)
    assert check_in(store, cast.salma, session) == CheckIn(Outcome.IN, at=NOW, naming=Naming.PSEUDONYM)
    (row,) = read(store, session).rows
    assert (row.name, row.status, row.arrived_at, row.late) == ("salma", Status.PRESENT, NOW, False)
    assert audited(store)[-1] == "check-in"


@pytest.mark.parametrize("naming", list(Naming))
@pytest.mark.parametrize("again", list(Naming))
def test_a_second_tap_or_device_is_the_same_check_in(store: Store, cast: Cast, naming: Naming, again: Naming) -> None:
    """However she is named the first and the second time, she is one person in the totals."""
    session = opened(store, cast)
    check_in(store, cast.salma, session, naming)
    second = check_in(store, cast.salma, session, again, code="000 000", now=LATER)
    assert (second.outcome, second.naming) == (Outcome.AGAIN, naming)
    assert second.at == (None if naming is Naming.COUNT else NOW)
    assert len(rows_of(store, schema.claim)) == 1
    assert read(store, session).totals.present == 1
    assert audited(store).count("check-in") == 1


def test_two_check_ins_at_the_same_moment_are_one(any_store: Store) -> None:
    """Also when neither has seen the other's row, the database keeps one, and both are told that they are in."""
    cast = make_cast(any_store)
    session = opened(any_store, cast)
    check_in(any_store, cast.salma, session)
    with writing(any_store, session) as (db, found):
        nonce = codes.check_in_nonce(queries.secret_of(db, session), cast.salma.person)
        outcome = actions._come_in(db, actor=cast.salma, now=LATER, session=found, naming=Naming.COUNT, nonce=nonce)
    assert outcome.outcome is Outcome.IN
    assert len(rows_of(any_store, schema.claim)) == 1


def test_count_only_leaves_nothing_that_names_her(any_store: Store) -> None:
    """Neither claim nor audit nor count of attempts holds her id or name, and the moment is not kept."""
    cast = make_cast(any_store)
    session = opened(any_store, cast)
    check_in(any_store, cast.salma, session, code=wrong_code(any_store, session))
    before = rows_of(any_store, schema.audit)
    check_in(any_store, cast.salma, session, Naming.COUNT, now=LATER)
    (claim,) = rows_of(any_store, schema.claim)
    assert (claim["person"], claim["claimed_by"], claim["arrived_at"], claim["claimed_at"]) == (None, "", NOW, NOW)
    (row,) = rows_of(any_store, schema.audit)[len(before) :]
    assert (row["actor"], row["subject"], row["reason"], row["at"]) == ("academy", session, "", NOW)
    assert rows_of(any_store, schema.check_in_attempt) == []
    found = read(any_store, session)
    assert (found.rows[0].status, found.uncounted, found.totals.present) == (Status.UNMARKED, 1, 1)


def test_after_closing_nobody_can_work_out_who_was_counted(store: Store, cast: Cast) -> None:
    """The key and the counts of wrong codes are gone, and no key that remains gives the nonce."""
    session = opened(store, cast)
    yusuf = enrol(store, "yusuf", Role.PARTICIPANT, "river")
    check_in(store, yusuf, session, code=wrong_code(store, session))
    check_in(store, cast.salma, session, Naming.COUNT)
    with store.read() as db:
        assert queries.own_check_in(db, session, cast.salma.person) is not None
    close(store, cast, session)
    with store.read() as db:
        assert queries.secret_of(db, session) == ""
        assert queries.own_check_in(db, session, cast.salma.person) is None
    assert rows_of(store, schema.check_in_attempt) == []
    (claim,) = rows_of(store, schema.claim)
    assert claim["nonce"] != codes.check_in_nonce("", cast.salma.person)


def test_the_key_is_gone_from_the_files_after_the_store_is_closed(store: Store, cast: Cast, config: Config) -> None:
    """Closing overwrites it: neither the database nor its journal holds it any more."""
    session = opened(store, cast)
    with store.read() as db:
        secret = queries.secret_of(db, session).encode()
    close(store, cast, session)
    store.close()
    files = list(config.home.glob("store.db*"))
    assert files
    assert all(secret not in file.read_bytes() for file in files)


def test_a_wrong_code_is_counted_and_the_right_one_still_works(store: Store, cast: Cast) -> None:
    """She is told how many tries are left; the right code clears the count."""
    session = opened(store, cast)
    wrong = wrong_code(store, session)
    assert check_in(store, cast.salma, session, code=wrong) == CheckIn(Outcome.WRONG, attempts_left=2)
    assert check_in(store, cast.salma, session, code=wrong) == CheckIn(Outcome.WRONG, attempts_left=1)
    assert check_in(store, cast.salma, session).outcome is Outcome.IN
    assert rows_of(store, schema.check_in_attempt) == []


def test_after_too_many_wrong_codes_even_the_right_one_is_refused(store: Store, cast: Cast) -> None:
    """Guessing leads nowhere; other people are not held up by it."""
    session = opened(store, cast)
    yusuf = enrol(store, "yusuf", Role.PARTICIPANT, "river")
    wrong = wrong_code(store, session)
    outcomes = [check_in(store, cast.salma, session, code=wrong).outcome for _ in range(ATTEMPTS)]
    assert outcomes == [Outcome.WRONG, Outcome.WRONG, Outcome.BLOCKED]
    assert check_in(store, cast.salma, session).outcome is Outcome.BLOCKED
    assert check_in(store, yusuf, session).outcome is Outcome.IN


def test_a_slip_of_the_finger_costs_no_attempt(store: Store, cast: Cast) -> None:
    """Five digits are not a wrong code."""
    session = opened(store, cast)
    with pytest.raises(BadInput):
        check_in(store, cast.salma, session, code="12345")
    assert rows_of(store, schema.check_in_attempt) == []


def test_the_code_before_is_accepted_and_an_older_one_is_not(store: Store, cast: Cast) -> None:
    """A slow phone has one more turn of the code."""
    session = opened(store, cast)
    old = code_of(store, session)
    assert check_in(store, cast.salma, session, code=old, now=NOW + timedelta(seconds=125)).outcome is Outcome.WRONG
    assert check_in(store, cast.salma, session, code=old, now=NOW + timedelta(seconds=60)).outcome is Outcome.IN


def test_check_in_is_refused_before_it_opens_and_after_it_closes(store: Store, cast: Cast) -> None:
    """Each gets one sentence that says what to do, and nothing is written."""
    session = plan(store, cast)
    with pytest.raises(Closed, match="not open yet"):
        check_in(store, cast.salma, session)
    with writing(store, session) as (db, found):
        actions.open_check_in(db, actor=cast.anika, now=NOW, session=found)
    close(store, cast, session)
    with pytest.raises(Closed, match="is closed"):
        check_in(store, cast.salma, session, code="123456")
    assert rows_of(store, schema.claim) == []


def test_nobody_who_is_not_signed_in_checks_in(store: Store, cast: Cast) -> None:
    """An account without a person in the store has no way in."""
    session = opened(store, cast)
    for who in (NOBODY, cast.davit):
        with pytest.raises(NotAllowed):
            check_in(store, who, session)


# --- marks, corrections, head-counts --------------------------------------------------------------------------------


def test_a_mark_is_made_once_and_may_be_changed_until_the_end(store: Store, cast: Cast) -> None:
    """A repeat adds nothing; the newest mark holds."""
    session = opened(store, cast)
    for _ in range(2):
        mark(store, cast, session)
    mark(store, cast, session, status=Status.ABSENT, nonce="mark-0002", now=LATER)
    (row,) = read(store, session).rows
    assert (row.status, len(row.claims)) == (Status.ABSENT, 2)
    assert audited(store).count("mark") == 2


def test_a_nonce_stands_for_one_mark_only(store: Store, cast: Cast) -> None:
    """An old page whose button says something else is refused, so that nothing is lost in silence."""
    session = opened(store, cast)
    mark(store, cast, session)
    with pytest.raises(Conflict):
        mark(store, cast, session, status=Status.ABSENT)


def test_after_closing_a_mark_needs_a_reason_and_a_repeat_is_still_welcome(store: Store, cast: Cast) -> None:
    """Whoever repeats a mark that was made in time is not refused; a new one is."""
    session = opened(store, cast)
    mark(store, cast, session)
    close(store, cast, session)
    mark(store, cast, session, now=LATER)
    with pytest.raises(Closed):
        mark(store, cast, session, status=Status.ABSENT, nonce="mark-0002")
    correct(store, cast, session)
    assert read(store, session).rows[0].status is Status.EXCUSED


def test_a_correction_needs_a_reason_and_keeps_what_was_said(store: Store, cast: Cast) -> None:
    """The history shows every claim with its source; the audit holds the reason."""
    session = opened(store, cast)
    check_in(store, cast.salma, session)
    with pytest.raises(BadInput):
        correct(store, cast, session, reason="  ")
    for _ in range(2):
        correct(store, cast, session)
    (row,) = read(store, session).rows
    assert [claim.source for claim in row.claims] == [Source.SELF, Source.CORRECTION]
    assert row.claims[-1].reason == "wrote before"
    assert rows_of(store, schema.audit)[-1]["reason"] == "wrote before"
    assert audited(store).count("correct") == 1
    with pytest.raises(Conflict):
        mark(store, cast, session)


def test_leaving_before_arriving_is_refused(store: Store, cast: Cast) -> None:
    """Two times that contradict each other are not written down."""
    session = opened(store, cast)
    with pytest.raises(BadInput):
        correct(store, cast, session, status=Status.PRESENT, arrived_at=LATER, left_at=NOW)


def test_only_people_of_the_cohort_are_marked(store: Store, cast: Cast) -> None:
    """An id from elsewhere, a facilitator's too, is nobody here."""
    session = opened(store, cast)
    for person in ("nobody", cast.anika.person, cast.nura.person):
        with pytest.raises(NotFound):
            mark(store, cast, session, person=person)
        with pytest.raises(NotFound):
            correct(store, cast, session, person=person)


def test_nobody_can_claim_that_nothing_is_known(store: Store, cast: Cast) -> None:
    """Unmarked is what is left when nobody has said anything."""
    session = opened(store, cast)
    for act in (mark, correct):
        with pytest.raises(BadInput):
            act(store, cast, session, status=Status.UNMARKED)


def test_all_who_remain_are_marked_at_once(store: Store, cast: Cast) -> None:
    """People who are marked already keep their mark; one audit row tells how many were meant."""
    session = opened(store, cast)
    yusuf = enrol(store, "yusuf", Role.PARTICIPANT, "river")
    check_in(store, yusuf, session)
    with writing(store, session) as (db, found):
        values = {"actor": cast.anika, "now": LATER, "session": found, "status": Status.ABSENT, "nonce": "all-0001"}
        assert actions.mark_remaining(db, **values) == 1
        assert actions.mark_remaining(db, **values) == 0
    assert [row.status for row in read(store, session).rows] == [Status.ABSENT, Status.PRESENT]
    assert audited(store).count("mark-remaining") == 1


def test_a_head_count_is_said_again_when_it_was_wrong(store: Store, cast: Cast) -> None:
    """The newest holds; afterwards a reason is asked for."""
    session = opened(store, cast)
    tally = {"actor": cast.anika, "session": None}
    for people, now in ((12, NOW), (9, LATER)):
        with writing(store, session) as (db, found):
            actions.tally(db, **tally | {"session": found}, now=now, people=people, nonce=f"tally-{people:04}")
    assert (read(store, session).uncounted, read(store, session).totals.present) == (9, 9)
    close(store, cast, session)
    with writing(store, session) as (db, found), pytest.raises(BadInput):
        actions.tally(db, **tally | {"session": found}, now=LATER, people=8, nonce="tally-0008")
    for people in (-1, 10_001):
        with writing(store, session) as (db, found), pytest.raises(BadInput):
            actions.tally(db, **tally | {"session": found}, now=LATER, people=people, nonce="tally-bad", reason="x")


# --- the register ---------------------------------------------------------------------------------------------------


def test_whoever_joins_later_is_not_absent_from_what_was_before(store: Store, cast: Cast) -> None:
    """The list of a closed session is that of its day."""
    session = opened(store, cast)
    close(store, cast, session, NOW - timedelta(seconds=1))
    assert [row.username for row in read(store, session).rows] == []


def test_whoever_left_the_cohort_stays_in_the_register(store: Store, cast: Cast) -> None:
    """A row with a claim does not vanish with the place."""
    session = opened(store, cast)
    check_in(store, cast.salma, session)
    with store.write() as db:
        db.execute(schema.enrolment.delete().where(schema.enrolment.c.person == cast.salma.person))
    (row,) = read(store, session).rows
    assert (row.username, row.status) == ("salma", Status.PRESENT)
    with store.read() as db:
        assert [found.totals.present for found in queries.registers(db, "river")] == [1]


def test_one_session_and_all_sessions_give_the_same_registers(store: Store, cast: Cast) -> None:
    """What the numbers are made of is what the facilitator sees."""
    session = opened(store, cast)
    check_in(store, cast.salma, session, Naming.COUNT)
    plan(store, cast, nonce="plan-0002")
    close(store, cast, session)
    with store.read() as db:
        together = queries.registers(db, "river")
        one_by_one = [read(store, found.session.id) for found in together]
    assert together == one_by_one


def test_the_code_is_in_the_register_only_while_check_in_is_open(store: Store, cast: Cast) -> None:
    """Before and after there is no code to read out."""
    session = plan(store, cast)
    assert read(store, session).code is None
    with writing(store, session) as (db, found):
        actions.open_check_in(db, actor=cast.anika, now=NOW, session=found)
    assert read(store, session).code == code_of(store, session, LATER)
    close(store, cast, session)
    assert read(store, session).code is None


def test_claims_are_never_changed_or_removed(store: Store, cast: Cast) -> None:
    """After every action the rows from before stand as they were."""
    session = opened(store, cast)
    seen: list[dict[str, Any]] = []
    for act in (
        lambda: check_in(store, cast.salma, session),
        lambda: mark(store, cast, session),
        lambda: correct(store, cast, session),
        lambda: close(store, cast, session),
    ):
        act()
        rows = {row["id"]: row for row in rows_of(store, schema.claim)}
        assert all(rows[row["id"]] == row for row in seen)
        seen = list(rows.values())
    assert len(seen) == 3


def test_an_action_that_is_refused_writes_nothing(store: Store, cast: Cast) -> None:
    """No refusal leaves half a row behind."""
    session = opened(store, cast)
    with store.read() as db:
        before = db.execute(select(func.count()).select_from(schema.audit)).scalar_one()
    stranger = replace(cast.anika, username=None)
    for attempt in (
        lambda: mark(store, cast, session, person="nobody"),
        lambda: correct(store, cast, session, reason=""),
        lambda: mark(store, replace(cast, anika=stranger), session),
    ):
        with pytest.raises(AcademyError):
            attempt()
    with store.read() as db:
        assert db.execute(select(func.count()).select_from(schema.audit)).scalar_one() == before
    assert rows_of(store, schema.claim) == []
