"""Voluntary answers for statistics: counted, and leading to nobody."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from academy.config import Config
from academy.errors import BadInput, Unavailable
from academy.people import demographic_rows
from academy.people.demographics import (
    NOT_COLLECTED,
    NOTHING,
    QUESTIONS,
    AgeBand,
    Demographic,
    Difficulty,
    Gender,
    Identifier,
    identifier,
    row_key,
    totals,
)
from academy.people.demographics_pages import ROUTES
from academy.people.model import Role
from academy.rights import Actor, Right
from academy.routing import Page, Redirect, Response
from academy.store import schema
from academy.store.database import Store
from tests.conftest import NOW, Cast, enrol, make_cast
from tests.pages import rendered

NONE, SOME, A_LOT, CANNOT, REFUSED, UNKNOWN = Difficulty
SHOW, CHANGE = ROUTES
PATH = {"cohort": "river"}
SIX = [name for name, _ in QUESTIONS]
ANSWER = st.sampled_from([*Difficulty, None])
SIX_ANSWERS = st.lists(ANSWER, min_size=6, max_size=6)
DEMOGRAPHIC = st.builds(
    Demographic,
    gender=st.sampled_from([*Gender, None]),
    age_band=st.sampled_from([*AgeBand, None]),
    disability=st.sampled_from([*Identifier, None]),
)
WOMAN = Demographic(gender=Gender.WOMAN, age_band=AgeBand.FROM_25, disability=Identifier.YES)
Call = Callable[..., Response]


def answer(store: Store, config: Config, actor: Actor, demographic: Demographic = WOMAN) -> None:
    """Answer as somebody of the river cohort."""
    with store.write() as db:
        demographic_rows.answer(
            db, config=config, actor=actor, now=NOW + timedelta(hours=3), cohort="river", demographic=demographic
        )


def kept(store: Store) -> list[tuple[Any, ...]]:
    """Return the rows as they stand."""
    with store.read() as db:
        return [tuple(row) for row in db.execute(schema.demographic.select()).all()]


def others(store: Store) -> str:
    """Return every row of every other table as text."""
    tables = [table for table in schema.metadata.sorted_tables if table is not schema.demographic]
    with store.read() as db:
        return "".join(repr(db.execute(table.select()).all()) for table in tables)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([NONE] * 6, Identifier.NO),
        ([SOME] * 6, Identifier.NO),
        ([NONE, SOME, NONE, SOME, NONE, SOME], Identifier.NO),
        ([A_LOT, *[NONE] * 5], Identifier.YES),
        ([*[NONE] * 5, CANNOT], Identifier.YES),
        ([CANNOT] * 6, Identifier.YES),
        ([A_LOT, None, None, None, None, None], Identifier.YES),
        ([REFUSED, REFUSED, CANNOT, UNKNOWN, None, NONE], Identifier.YES),
        ([*[NONE] * 5, None], Identifier.UNKNOWN),
        ([*[NONE] * 5, REFUSED], Identifier.UNKNOWN),
        ([*[SOME] * 5, UNKNOWN], Identifier.UNKNOWN),
        ([UNKNOWN] * 6, Identifier.UNKNOWN),
        ([*[REFUSED] * 5, None], Identifier.UNKNOWN),
        ([*[REFUSED] * 5, UNKNOWN], Identifier.UNKNOWN),
        ([REFUSED] * 6, Identifier.DECLINED),
        ([None] * 6, None),
    ],
)
def test_the_identifier_follows_the_rule(answers: list[Difficulty | None], expected: Identifier | None) -> None:
    """Cut-off 3; missing is unknown, never 0; refused altogether is declined; open altogether is not collected."""
    assert identifier(answers) == expected


@given(SIX_ANSWERS, st.randoms())
def test_which_of_the_six_it_is_does_not_matter(answers: list[Difficulty | None], random: Any) -> None:
    """The identifier is the same in any order."""
    shuffled = list(answers)
    random.shuffle(shuffled)
    assert identifier(shuffled) == identifier(answers)


@given(SIX_ANSWERS)
def test_the_identifier_is_yes_and_no_exactly_where_it_may_be(answers: list[Difficulty | None]) -> None:
    """Yes: at least one of the two high answers. No: six real answers, none of them high."""
    high = sum(a in {A_LOT, CANNOT} for a in answers)
    real = sum(a in {NONE, SOME, A_LOT, CANNOT} for a in answers)
    assert (identifier(answers) is Identifier.YES) == (high > 0)
    assert (identifier(answers) is Identifier.NO) == (high == 0 and real == 6)


@given(SIX_ANSWERS, st.integers(0, 5), st.sampled_from([A_LOT, CANNOT]))
def test_one_more_difficulty_never_takes_a_yes_away(
    answers: list[Difficulty | None], place: int, more: Difficulty
) -> None:
    """A high answer in any place makes it yes."""
    assert identifier([*answers[:place], more, *answers[place + 1 :]]) is Identifier.YES


@pytest.mark.parametrize("count", [0, 5, 7])
def test_the_short_set_has_six_questions(count: int) -> None:
    """Five answers are a fault of ours, not a person's."""
    with pytest.raises(ValueError, match="six"):
        identifier([NONE] * count)


@given(st.lists(DEMOGRAPHIC, max_size=30), st.integers(0, 10))
def test_every_category_adds_up_to_the_participants(rows: list[Demographic], silent: int) -> None:
    """Nobody is counted twice, nobody is lost, and every value stands, also with 0."""
    found = totals(rows, len(rows) + silent)
    for counts, values in (
        (found.gender, Gender),
        (found.age_band, AgeBand),
        (found.disability, Identifier),
    ):
        assert sum(counts.values()) == found.participants
        assert set(counts) == {*map(str, values), NOT_COLLECTED}
    assert found.answered == sum(row != NOTHING for row in rows)


def test_not_collected_and_declined_and_no_are_three_things() -> None:
    """Each has its own count."""
    rows = [
        Demographic(disability=Identifier.NO, gender=Gender.DECLINED),
        Demographic(disability=Identifier.DECLINED),
        Demographic(disability=Identifier.UNKNOWN),
    ]
    found = totals(rows, 5)
    assert found.disability == {"1": 0, "0": 1, "unknown": 1, "declined": 1, NOT_COLLECTED: 2}
    assert found.gender == {"woman": 0, "man": 0, "other": 0, "declined": 1, NOT_COLLECTED: 4}


def test_more_answers_than_participants_are_a_fault() -> None:
    """A negative "not collected" would be a lie."""
    with pytest.raises(ValueError, match="more answers"):
        totals([WOMAN, WOMAN], 1)


def test_answering_again_replaces_ones_own_row(any_store: Store, config: Config) -> None:
    """One row a person; another person's stays."""
    salma = make_cast(any_store).salma
    bela = enrol(any_store, "bela", Role.PARTICIPANT, "river")
    answer(any_store, config, bela, Demographic(gender=Gender.MAN))
    answer(any_store, config, salma)
    changed = Demographic(gender=Gender.OTHER, disability=Identifier.UNKNOWN)
    answer(any_store, config, salma, changed)
    with any_store.read() as db:
        found = demographic_rows.rows(db, config=config, cohort="river")
        own = demographic_rows.find(db, config=config, cohort="river", person=str(salma.person))
    assert own == changed
    assert len(found) == 2
    assert set(found) == {changed, Demographic(gender=Gender.MAN)}


def test_the_same_form_sent_twice_at_once_is_one_row(any_store: Store, config: Config) -> None:
    """A double tap breaks nothing and counts once."""
    salma = make_cast(any_store).salma
    together = threading.Barrier(4)
    problems: list[BaseException] = []

    def send() -> None:
        together.wait()
        try:
            answer(any_store, config, salma)
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            problems.append(error)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(kept(any_store)) == 1


@pytest.mark.parametrize("withdraw", [True, False])
def test_answers_can_be_taken_back(any_store: Store, config: Config, *, withdraw: bool) -> None:
    """By the button, or by sending nothing at all."""
    salma = make_cast(any_store).salma
    answer(any_store, config, salma)
    with any_store.write() as db:
        if withdraw:
            demographic_rows.withdraw(db, config=config, actor=salma, now=NOW, cohort="river")
    if not withdraw:
        answer(any_store, config, salma, NOTHING)
    assert kept(any_store) == []


def test_who_left_the_cohort_is_not_counted_among_its_participants(store: Store, cast: Cast, config: Config) -> None:
    """The rows that are counted never outnumber the people."""
    bela = enrol(store, "bela", Role.PARTICIPANT, "river")
    answer(store, config, cast.salma)
    answer(store, config, bela)
    with store.write() as db:
        db.execute(schema.enrolment.delete().where(schema.enrolment.c.person == bela.person))
    with store.read() as db:
        assert demographic_rows.rows(db, config=config, cohort="river") == [WOMAN]


def guesses(store: Store, actor: Actor) -> set[str]:
    """Return what somebody with the database alone might try as the key of a person's row."""
    known = [str(actor.person), str(actor.username), "river", "", "cohort-river", "demographic"]
    with store.read() as db:
        for table in schema.metadata.sorted_tables:
            if table is not schema.demographic:
                known += [str(value) for row in db.execute(table.select()) for value in row]
    person = str(actor.person).encode()
    found = {hashlib.sha256(text.encode()).hexdigest() for text in known}
    for text in known:
        found.add(row_key(text.encode(), str(actor.person)))
        found.add(hmac.new(text.encode(), person, hashlib.sha256).hexdigest())
    return found


def test_the_row_cannot_be_matched_to_a_person_without_the_cohorts_secret(any_store: Store, config: Config) -> None:
    """Nothing in the database makes the key; with the secret, which is a file, it is made at once."""
    salma = make_cast(any_store).salma
    answer(any_store, config, salma)
    ((key, *_),) = kept(any_store)
    assert key not in guesses(any_store, salma)
    assert key not in others(any_store)
    secret = bytes.fromhex((config.home / "secrets" / "cohort-river").read_text(encoding="ascii"))
    assert key == row_key(secret, str(salma.person))
    assert secret.hex() not in others(any_store) + repr(kept(any_store))


def test_the_row_has_no_place_for_a_person_a_name_or_a_time() -> None:
    """What has no column cannot be stored; rows do not stand in the order in which they came."""
    table = schema.demographic
    assert {column.name for column in table.columns} == {"key", "cohort", "gender", "age_band", "disability"}
    assert {key.target_fullname for key in table.foreign_keys} == {"cohort.slug"}
    assert table.dialect_options["sqlite"]["with_rowid"] is False


def test_the_same_person_has_unrelated_keys_in_two_cohorts(config: Config) -> None:
    """Two cohorts cannot be laid over each other."""
    keys = {demographic_rows._key(config, cohort, "a1") for cohort in ("river", "delta")}
    assert len(keys) == 2


def test_the_audit_tells_neither_who_nor_when(any_store: Store, config: Config) -> None:
    """One row: the cohort and the day. No row that names her changes with it."""
    salma = make_cast(any_store).salma
    before = others(any_store)
    with any_store.read() as db:
        last = db.execute(select(func.max(schema.audit.c.id))).scalar_one()
    answer(any_store, config, salma)
    with any_store.read() as db:
        (row,) = db.execute(schema.audit.select().where(schema.audit.c.id > last)).all()
    assert (row.actor, row.action, row.subject, row.reason) == ("academy", "answer-statistics", "river", "")
    assert row.at == NOW.replace(hour=0, minute=0)
    assert others(any_store).replace(", " + repr(row), "") == before


def test_the_six_answers_are_nowhere_in_the_database(store: Store, cast: Cast, call: Call, tmp_path: Path) -> None:
    """Two people who answered differently and have the same identifier have the same row, but for its key."""
    bela = enrol(store, "bela", Role.PARTICIPANT, "river")
    call(CHANGE, cast.salma, path=PATH, body={"seeing": "a-lot", "hearing": "do-not-know", "walking": "refused"})
    call(CHANGE, bela, path=PATH, body=dict.fromkeys(SIX, "cannot-do"))
    one, other = kept(store)
    assert one[1:] == other[1:] == ("river", None, None, "1")
    store.tidy()
    content = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
    words = [*Difficulty, *SIX]
    distinct = [word for word in words if word not in {"none", "some"}]
    assert [word for word in distinct if word.encode() in content] == []


def test_a_stolen_database_does_not_tell_who_answered(store: Store, cast: Cast, config: Config) -> None:
    """Whether she answered or somebody else, what stands about her elsewhere is the same."""
    bela = enrol(store, "bela", Role.PARTICIPANT, "river")
    answer(store, config, cast.salma)
    assert str(cast.salma.person) not in repr(kept(store))
    assert str(bela.person) not in repr(kept(store))
    assert "salma" not in repr(kept(store))


@pytest.mark.parametrize("text", ["", "abc"])
def test_a_broken_secret_is_never_used(store: Store, cast: Cast, config: Config, text: str) -> None:
    """An empty one would make keys that anybody can make."""
    (config.home / "secrets").mkdir()
    (config.home / "secrets" / "cohort-river").write_text(text, encoding="ascii")
    with pytest.raises(Unavailable):
        answer(store, config, cast.salma)
    assert kept(store) == []


def test_the_page_asks_the_six_in_the_official_order_and_avoids_the_word(cast: Cast, call: Call) -> None:
    """Between gender and age, not at the end, without a question before them that lets people out."""
    shown = rendered(call(SHOW, cast.salma, path=PATH), cast.salma)
    places = [shown.index(text) for _, text in QUESTIONS]
    assert shown.index('name="gender"') < places[0]
    assert places == sorted(places)
    assert places[-1] < shown.index('name="age_band"')
    assert "disab" not in shown.casefold()
    assert " required" not in shown


def test_the_form_keeps_what_may_be_kept(store: Store, cast: Cast, config: Config, call: Call) -> None:
    """And the page then says what that is; her facilitator has no such page."""
    body = {"gender": "other", "age_band": "36-59", **dict.fromkeys(SIX, "some")}
    assert call(CHANGE, cast.salma, path=PATH, body=body) == Redirect("/c/river/statistics")
    with store.read() as db:
        found = demographic_rows.find(db, config=config, cohort="river", person=str(cast.salma.person))
    assert found == Demographic(gender=Gender.OTHER, age_band=AgeBand.FROM_36, disability=Identifier.NO)
    shown = rendered(call(SHOW, cast.salma, path=PATH), cast.salma)
    assert "no or some difficulty with each of the six" in shown
    assert call(CHANGE, cast.salma, path=PATH, body={"withdraw": "yes"}) == Redirect("/c/river/statistics")
    assert kept(store) == []


def test_left_open_in_a_browser_is_not_collected(store: Store, cast: Cast, call: Call) -> None:
    """A browser sends empty fields; they are no answer."""
    open_all = dict.fromkeys([*SIX, "gender", "age_band"], "")
    call(CHANGE, cast.salma, path=PATH, body=open_all)
    assert kept(store) == []
    call(CHANGE, cast.salma, path=PATH, body={**open_all, "gender": "declined"})
    assert [row[1:] for row in kept(store)] == [("river", "declined", None, None)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"gender": "queen"}, "gender"),
        ({"age_band": "34"}, "age_band"),
        ({"seeing": "3"}, "seeing"),
        ({"gender": ["woman", "man"]}, "gender"),
        ({"gender": "woman", "name": "Salma"}, "name"),
        ({"disability": "1"}, "disability"),
        ({"withdraw": "yes", "gender": "man"}, "gender"),
        ({"withdraw": "no"}, "withdraw"),
    ],
)
def test_bad_input_is_refused_with_the_field_named_and_changes_nothing(
    store: Store, cast: Cast, config: Config, call: Call, *, body: dict[str, object], field: str
) -> None:
    """What was kept before is still there, and the page can be shown again."""
    answer(store, config, cast.salma)
    before = kept(store)
    page = call(CHANGE, cast.salma, path=PATH, body=body)
    assert isinstance(page, Page)
    assert page.status == 400
    problem = page.context["problem"]
    assert isinstance(problem, BadInput)
    assert problem.field == field
    assert "Salma" not in problem.message
    assert rendered(page, cast.salma)
    assert kept(store) == before


@pytest.mark.parametrize("who", ["anika", "nura", "davit"])
def test_only_participants_are_asked(cast: Cast, who: str) -> None:
    """Neither the facilitator nor the coordinator nor the outsider has the page."""
    actor: Actor = getattr(cast, who)
    assert {route.right for route in ROUTES} == {Right.TAKE}
    assert not actor.may(Right.TAKE, "river")
