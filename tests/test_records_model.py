"""Twenty records to keep, to code, to move or to delete."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, ContentError
from academy.interactive.records import data
from academy.interactive.records.model import DECISIONS, counts, sort_records

RECORDS = data.load()
IDS = [record.id for record in RECORDS]

given_decisions = st.dictionaries(st.sampled_from(IDS), st.sampled_from(DECISIONS))


def test_there_are_twenty_records_and_no_pile_is_the_rule() -> None:
    """Five of each, so that no single answer carries anybody through."""
    assert len(RECORDS) == 20
    assert counts(RECORDS) == dict.fromkeys(DECISIONS, 5)


def test_each_record_says_what_for_who_is_at_risk_and_where_it_lies() -> None:
    """The feedback names purpose, person and copies."""
    for record in RECORDS:
        assert all(map(str.strip, (record.text, record.purpose, record.at_risk, record.copies, record.why)))
        assert record.best not in record.also


def test_no_drawer_holds_one_kind_only() -> None:
    """Within five records in a row, at least three decisions are needed."""
    for at in range(0, 20, 5):
        assert len({record.best for record in RECORDS[at : at + 5]}) >= 3


@given(given_decisions)
def test_every_record_is_answered_once_in_its_order(decided: dict[str, str]) -> None:
    """Open ones are said to be open; a decision fits if it is the group's or fits as well."""
    rows = sort_records(RECORDS, decided)

    assert [row.record.id for row in rows] == IDS
    assert {row.record.id: row.given for row in rows if row.given} == decided
    assert all(row.fits == (row.given in (row.record.best, *row.record.also)) for row in rows)


def test_a_second_decision_may_fit() -> None:
    """Statements may be coded, or moved; deleting them does not fit."""
    fits = {decision: sort_records(RECORDS[:1], {"R1": decision})[0].fits for decision in DECISIONS}

    assert fits == {"keep": False, "code": True, "move": True, "delete": False}


@pytest.mark.parametrize("decided", [{"R99": "keep"}, {"R1": "burn"}])
def test_unknown_records_and_decisions_are_refused(decided: dict[str, str]) -> None:
    """What is not in the drawers, and what nobody can do, is bad input."""
    with pytest.raises(BadInput) as caught:
        sort_records(RECORDS, decided)

    assert caught.value.field in decided


def test_a_malformed_file_names_the_field() -> None:
    """An unknown decision and a doubled id are refused."""
    words = "text: {en: a}, purpose: {en: a}, at_risk: {en: a}, copies: {en: a}, why: {en: a}"

    with pytest.raises(ContentError) as unknown:
        data.read(f"records: [{{id: R1, best: burn, {words}}}]")
    with pytest.raises(ContentError) as twice:
        data.read(f"records: [{{id: R1, best: keep, {words}}}, {{id: R1, best: keep, {words}}}]")

    assert (unknown.value.field, twice.value.field) == ("records.0.best", "records")
