"""The figures of a cohort: what they count, what they never mix, and the rows behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.attendance import rules
from academy.attendance.model import Claim, Naming, Register, Session, Source, Status
from academy.results.indicators import figures
from academy.results.model import AssessmentFacts, Facts, Figure, Known, ModuleFacts, Person

START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
PEOPLE = tuple(Person(f"id-{name}", name) for name in ("blue-heron", "red-fox", "salma"))
MODULE = ModuleFacts("risk", "Risk", frozenset({"one", "two"}))
QUIZ = AssessmentFacts("risk", "Risk", points=10, released=True, feedback_released=True)
EMPTY = Facts(
    participants=PEOPLE, registers=(), modules=(MODULE,), done=frozenset(), assessments=(QUIZ,), marks={},
    modules_to_pass=1.0, points_to_pass=0.6,
)  # fmt: skip


def figure(facts: Facts, slug: str) -> Figure:
    """Return one figure by its slug."""
    return next(one for one in figures(facts) if one.slug == slug)


def register(
    number: int, statuses: list[Status | None], *, counted: int = 0, heads: int = 0, closed: bool = True
) -> Register:
    """Return the register of a session in which people were marked so; None: nobody said anything."""
    starts_at = START + timedelta(days=number)
    session = Session(
        id=str(number), cohort="river", title=f"Session {number}", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1), zone="Asia/Dhaka", late_after_minutes=10, opened_at=starts_at,
        closed_at=starts_at + timedelta(hours=1) if closed else None,
    )  # fmt: skip
    base = Claim(
        person=None, source=Source.SELF, naming=Naming.COUNT, status=Status.PRESENT, arrived_at=starts_at,
        left_at=None, people=1, reason="", nonce="", claimed_by="", claimed_at=starts_at,
    )  # fmt: skip
    loose = [replace(base, nonce=f"count-{index}") for index in range(counted)]
    loose += [replace(base, source=Source.TALLY, people=heads, nonce="tally")] if heads else []
    rows = tuple(
        rules.register_row(
            session,
            [replace(base, person=person.id, naming=Naming.PSEUDONYM, status=status, nonce="own")] if status else [],
            person=person.id,
            username=person.username,
            uncounted=counted + heads,
        )
        for person, status in zip(PEOPLE, statuses, strict=True)
    )
    return Register(
        session=session, code=None, code_seconds_left=None, rows=rows, counted=counted, tallied=heads,
        totals=rules.totals(session, rows, loose),
    )  # fmt: skip


HERE, AWAY = Status.PRESENT, Status.ABSENT


def test_somebody_who_came_twice_is_two_attendances_and_one_person() -> None:
    """Attendances are never people."""
    facts = replace(EMPTY, registers=(register(1, [HERE, HERE, AWAY]), register(2, [HERE, AWAY, None])))
    assert figure(facts, "attendances").value == 3
    people = figure(facts, "unique-people")
    assert (people.value, people.of, people.at_least) == (2, 3, False)


def test_people_without_a_name_are_attendances_and_make_the_people_at_least() -> None:
    """They cannot be told apart from one session to the next, so nobody adds them to the people."""
    facts = replace(EMPTY, registers=(register(1, [HERE, None, None], counted=1, heads=4),))
    assert figure(facts, "attendances").value == 6
    people = figure(facts, "unique-people")
    assert (people.value, people.at_least) == (1, True)
    assert people.remark.startswith("5 attendances without a name")


def test_a_session_counts_when_its_check_in_was_closed() -> None:
    """What is planned or still open is not held yet."""
    facts = replace(EMPTY, registers=(register(1, [HERE, HERE, HERE]), register(2, [HERE, None, None], closed=False)))
    held = figure(facts, "sessions-held")
    assert (held.value, held.of) == (1, 2)
    assert figure(facts, "attendances").value == 3


def test_the_day_of_a_session_is_that_of_its_zone() -> None:
    """20:00 UTC is the next day in Dhaka."""
    facts = replace(EMPTY, registers=(register(1, [HERE, HERE, HERE]),))
    assert figure(facts, "attendances").rows[0].cells[0] == "2026-11-26"


def test_not_yet_and_not_collected_are_not_zero() -> None:
    """Before anything happened figures are "not yet"; a course without assessments does not collect them."""
    states = {one.slug: one.known for one in figures(EMPTY)}
    assert states["sessions-held"] is Known.KNOWN
    assert states["attendances"] is states["unique-people"] is Known.NOT_YET
    waiting = replace(EMPTY, assessments=(replace(QUIZ, released=False, feedback_released=False),))
    assert figure(waiting, "assessments-sent").known is figure(waiting, "passed").known is Known.NOT_YET
    without = replace(EMPTY, assessments=())
    assert figure(without, "assessments-sent").known is figure(without, "passed").known is Known.NOT_COLLECTED
    assert figure(replace(EMPTY, participants=()), "module-risk").known is Known.NOT_YET


def test_a_module_is_completed_with_its_last_lesson() -> None:
    """One lesson of two is not a completed module."""
    done = {("id-salma", "risk", "one"), ("id-salma", "risk", "two"), ("id-red-fox", "risk", "one")}
    completion = figure(replace(EMPTY, done=frozenset(done)), "module-risk")
    assert (completion.value, completion.of) == (1, 3)


def test_a_lesson_that_is_no_longer_in_the_module_completes_nothing() -> None:
    """Progress in a removed lesson does not stand for one that is still there."""
    done = {("id-salma", "risk", "one"), ("id-salma", "risk", "old")}
    assert figure(replace(EMPTY, done=frozenset(done)), "module-risk").value == 0


def test_who_passed_completed_the_modules_and_reached_the_points() -> None:
    """Both parts of the rule count; reaching the share exactly is enough."""
    done = {(person.id, "risk", lesson) for person in PEOPLE[:2] for lesson in MODULE.lessons}
    marks = {("id-blue-heron", "risk"): 6.0, ("id-red-fox", "risk"): 5.9, ("id-salma", "risk"): 10.0}
    found = figure(replace(EMPTY, done=frozenset(done), marks=marks), "passed")
    assert (found.value, found.of, found.share) == (1, 3, 1 / 3)
    assert [row.cells[-1] for row in found.rows] == ["passed", "not passed", "not passed"]


def test_who_waits_for_a_mark_is_neither_passed_nor_failed() -> None:
    """She is left out of the denominator and said to be waiting; who sent nothing is not waiting."""
    done = {(person.id, "risk", lesson) for person in PEOPLE for lesson in MODULE.lessons}
    facts = replace(EMPTY, done=frozenset(done), marks={("id-blue-heron", "risk"): None, ("id-red-fox", "risk"): 9.0})
    found = figure(facts, "passed")
    assert (found.value, found.of, found.remark) == (1, 2, "1 wait for a mark.")


def test_before_all_feedback_is_out_there_is_no_pass_rate() -> None:
    """A rate over half of the assessments would be another figure."""
    second = replace(QUIZ, slug="keys", feedback_released=False)
    assert figure(replace(EMPTY, assessments=(QUIZ, second)), "passed").known is Known.NOT_YET


def test_every_definition_says_what_it_is_a_part_of() -> None:
    """A share without its denominator means nothing."""
    for one in figures(EMPTY):
        assert one.definition.endswith(".")
        assert "{" not in one.definition
        assert (one.of is None) == (not one.of_what)
        assert one.of is None or "out of" in one.definition


STATUSES = st.lists(st.sampled_from([HERE, AWAY, Status.EXCUSED, None]), min_size=3, max_size=3)
REGISTERS = st.builds(
    lambda statuses, counted, heads, closed: (statuses, counted, heads, closed),
    STATUSES, st.integers(0, 3), st.integers(0, 5), st.booleans(),
)  # fmt: skip
KEYS = st.sampled_from([(person.id, "risk") for person in PEOPLE])


@given(
    st.lists(REGISTERS, max_size=4),
    st.frozensets(st.tuples(st.sampled_from([person.id for person in PEOPLE]), st.just("risk"), st.sampled_from("ab"))),
    st.dictionaries(KEYS, st.none() | st.floats(0, 10)),
)
def test_every_figure_is_the_sum_of_its_rows(
    sessions: list[tuple[list[Status | None], int, int, bool]],
    done: frozenset[tuple[str, str, str]],
    marks: dict[tuple[str, str], float | None],
) -> None:
    """Whatever happened in the cohort, the rows add up, and no part is larger than its whole."""
    registers = tuple(
        register(number, statuses, counted=counted, heads=heads, closed=closed)
        for number, (statuses, counted, heads, closed) in enumerate(sessions)
    )
    module = replace(MODULE, lessons=frozenset("ab"))
    facts = replace(EMPTY, registers=registers, done=done, marks=marks, modules=(module,))
    for one in figures(facts):
        assert one.value == sum(row.counts for row in one.rows)
        assert all(len(row.cells) == len(one.columns) for row in one.rows)
        assert one.of is None or one.value <= one.of


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_rule_of_the_course_is_in_the_definition(share: float) -> None:
    """A reader sees the shares that were asked for."""
    definition = figure(replace(EMPTY, points_to_pass=share), "passed").definition
    assert f"{share:.0%} of all points" in definition
