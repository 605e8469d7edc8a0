"""What a person is shown of what is kept about her: everything that leads to her, and nothing of anybody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Connection, Float, Integer, LargeBinary, insert, select

from academy.config import Config
from academy.people import demographic_rows, identity, kept
from academy.people.demographics import Demographic, Gender
from academy.people.identity import Details
from academy.people.kept_pages import HEADINGS, ROUTES
from academy.people.model import Role
from academy.rights import Actor
from academy.routing import Download, Response, Route
from academy.store import schema
from academy.store.database import Store
from academy.store.schema import UtcTime
from tests.conftest import NOW, Cast, enrol
from tests.pages import rendered

PAGE, FILE = ROUTES
STANDING = {"person", "cohort", "enrolment", "demographic", "identity", "session", "release"}
"""Tables that the cast, the places and the sealed details fill by themselves, or that are about no person."""
FIXED = {"source": "self", "naming": "named", "status": "present", "role": "participant", "used": 0, "seats": 1}
"""Values that the tables check."""


@pytest.fixture
def other(store: Store) -> Actor:
    """Let somebody else take part in the same cohort."""
    return enrol(store, "tarek", Role.PARTICIPANT, "river")


def plant(db: Connection, actor: Actor) -> set[str]:
    """Write one row of each kind about a person, with a word of its own in every free field; return the words."""
    words: set[str] = set()
    ids: dict[str, Any] = {"person": actor.person, "cohort": "river"}
    for table in [schema.session, *schema.metadata.sorted_tables]:
        if table.name in ids or (table.name in STANDING and table is not schema.session):
            continue
        row = {column.name: _value(column, table.name, actor, ids, words) for column in table.columns}
        db.execute(insert(table).values({name: value for name, value in row.items() if value is not None}))
        ids[table.name] = row.get("id")
    return words


def _value(column: Column[Any], table: str, actor: Actor, ids: dict[str, Any], words: set[str]) -> Any:
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return ids[key.column.table.name]
    if column.name in FIXED:
        return FIXED[column.name]
    if column.name in kept.BY_NAME:
        return actor.username
    kind = column.type
    if isinstance(kind, UtcTime):
        return NOW.replace(hour=NOW.hour + 1) if column.name == "ends_at" else NOW
    if isinstance(kind, Integer | Float):
        return None if column.primary_key else 1
    word = f"{actor.username}{table}{column.name}".replace("_", "")[: getattr(kind, "length", None) or 99]
    if column.name not in kept.HIDDEN and table not in STANDING:
        words.add(word)
    return {"said": word} if isinstance(kind, JSON) else word.encode() if isinstance(kind, LargeBinary) else word


def short(words: set[str], text: str) -> set[str]:
    """Return the words that a text does not hold, neither as they are nor in base64."""
    return {word for word in words if word not in text and kept._plain(word.encode()) not in text}


def test_every_word_that_is_kept_about_a_person_is_in_her_file(
    store: Store, cast: Cast, other: Actor, call: Callable[..., Response]
) -> None:
    """Also in tables that did not exist when this was written; no word of somebody else is in it."""
    with store.write() as db:
        hers = plant(db, cast.salma)
    answer = call(FILE, cast.salma)
    assert isinstance(answer, Download)
    text = answer.body.decode()
    assert len(hers) > 15
    assert short(hers, text) == set()
    theirs = call(FILE, other)
    assert isinstance(theirs, Download)
    assert short(hers, theirs.body.decode()) == hers
    assert cast.salma.username not in theirs.body.decode()


def test_details_and_statistics_are_in_it_as_she_gave_them(
    store: Store, config: Config, cast: Cast, other: Actor, call: Callable[..., Response]
) -> None:
    """Though the one is sealed and the other stands under a key that does not name her."""
    with store.write() as db:
        details = Details(name="Salma on paper", contact="By the river\nOn Mondays")
        identity.keep(db, config=config, actor=cast.salma, now=NOW, details=details)
        said = Demographic(gender=Gender.OTHER)
        demographic_rows.answer(db, config=config, actor=cast.salma, now=NOW, cohort="river", demographic=said)
        sealed = db.execute(select(schema.identity.c.details)).scalar_one()
    answer = call(FILE, cast.salma)
    assert isinstance(answer, Download)
    found = json.loads(answer.body)
    assert found["identity"] == [{"name": "Salma on paper", "contact": "By the river\nOn Mondays"}]
    assert found["demographic"] == [{"cohort": "river", "gender": "other", "age_band": None, "disability": None}]
    assert sealed not in answer.body.decode()
    theirs = call(FILE, other)
    assert isinstance(theirs, Download)
    assert not json.loads(theirs.body).keys() & {"identity", "demographic"}


def test_no_code_and_no_key_is_in_it(store: Store, cast: Cast, call: Callable[..., Response]) -> None:
    """A stolen file opens nothing."""
    with store.write() as db:
        plant(db, cast.salma)
    answer = call(FILE, cast.salma)
    assert isinstance(answer, Download)
    names = {name for rows in json.loads(answer.body).values() for row in rows for name in row}
    assert not names & {"code_hash", "nonce", "secret", "key"}


def test_the_page_says_the_same_in_words(store: Store, cast: Cast, call: Callable[..., Response]) -> None:
    """Each kind has a heading, and the file's name says nothing."""
    with store.write() as db:
        hers = plant(db, cast.salma)
    html = rendered(call(PAGE, cast.salma), cast.salma)
    assert short(hers, html) == set()
    for table in ("draft", "submission", "claim", "audit"):
        assert f"<h2>{HEADINGS[table]}</h2>" in html
    answer = call(FILE, cast.salma)
    assert isinstance(answer, Download)
    assert answer.filename == "notes.json"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_a_page_is_about_whoever_asks(route: Route) -> None:
    """There is no address under which somebody else's entries could be asked for."""
    assert route.parts == []
