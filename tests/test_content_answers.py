"""Answers as form fields, JSON and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.content.answers import TEXT_LIMIT, answer_text, field_names, read_fields, read_form, to_fields, unfinished
from academy.content.questions import Question
from academy.content.scoring import answer_key
from academy.errors import BadInput
from tests.content_samples import anything, plausible, question, questions

every_type = pytest.mark.parametrize("asked", questions(), ids=lambda asked: asked.id)


@every_type
@given(data=st.data())
def test_an_answer_comes_back_through_its_form(asked: Question, data: st.DataObject) -> None:
    """What fills a form is what the form gives back."""
    answer = data.draw(plausible(asked))
    assert read_fields(asked, to_fields(asked, answer)) == answer


@every_type
@given(answer=anything)
def test_fields_and_words_are_made_of_anything(asked: Question, answer: object) -> None:
    """An answer that does not fit its question, as a notebook may hold it, raises nothing when it is shown."""
    assert isinstance(to_fields(asked, answer), dict)
    assert isinstance(answer_text(asked, answer), str)


@every_type
@pytest.mark.parametrize("value", [[], [""], [" "]])
def test_an_empty_form_is_no_answer(asked: Question, value: list[str]) -> None:
    """Fields that are missing or empty are a question left out."""
    written = asked.type in {"numeric", "short", "essay"}
    if value == [" "] and not written:
        return
    assert read_fields(asked, dict.fromkeys(field_names(asked), value) if asked.type != "multi" else {}) is None


@pytest.mark.parametrize(
    ("name", "fields", "field"),
    [
        ("S.single", {"S.single": ["z"]}, "S.single"),
        ("S.single", {"S.single": ["a", "b"]}, "S.single"),
        ("S.multi", {"S.multi": ["a", "z"]}, "S.multi"),
        ("S.order", {"S.order.river": ["5"]}, "S.order.river"),
        ("S.order", {"S.order.cloud": ["first"]}, "S.order.cloud"),
        ("S.match", {"S.match.r1": ["x"]}, "S.match.r1"),
        ("S.essay", {"S.essay": ["x" * (TEXT_LIMIT + 1)]}, "S.essay"),
        ("S.short", {"S.short": ["a", "b"]}, "S.short"),
    ],
)
def test_an_unusable_value_is_refused_by_name(name: str, fields: dict[str, list[str]], field: str) -> None:
    """The error names the field, in one sentence, and does not repeat what was written."""
    with pytest.raises(BadInput, match=field.replace(".", r"\.")) as caught:
        read_fields(question(name), fields)
    assert caught.value.field == field
    assert len(caught.value.message) < 120


def test_an_answer_of_the_full_length_is_accepted() -> None:
    """The limit counts characters, not bytes, and includes its end."""
    assert read_fields(question("S.essay"), {"S.essay": ["ক" * TEXT_LIMIT]}) == "ক" * TEXT_LIMIT


def test_a_half_filled_order_is_kept_as_it_stands() -> None:
    """A draft loses nothing: also an order with places missing or taken twice comes back into the form."""
    fields = {"S.order.river": ["1"], "S.order.cloud": ["1"], "S.order.stone": [""]}
    answer = read_fields(question("S.order"), fields)
    assert answer == {"river": "1", "cloud": "1"}
    assert to_fields(question("S.order"), answer) == {"S.order.river": ["1"], "S.order.cloud": ["1"]}
    assert unfinished(question("S.order"), answer) == "Give each one a place of its own; 3 still open."


def test_a_half_filled_match_says_what_is_open() -> None:
    """A match with pairs missing is valid; one sentence says how many."""
    answer = read_fields(question("S.match"), {"S.match.r1": ["h"]})
    assert answer == {"r1": "h"}
    assert unfinished(question("S.match"), answer) == "2 still open."
    assert unfinished(question("S.match"), answer_key(question("S.match"))) is None


def test_line_ends_are_plain_and_control_signs_are_dropped() -> None:
    """A browser's line ends and signs that no database keeps do not reach the store; everything else does."""
    answer = read_fields(question("S.essay"), {"S.essay": ["One\r\ntwo\r\x00three\tfour \u200dঃ"]})
    assert answer == "One\ntwo\nthree\tfour \u200dঃ"


def test_a_whole_form_is_read_at_once() -> None:
    """``read_form`` gives the answered questions only, and refuses a field that no question has."""
    fields = {"S.single": ["b"], "S.multi": ["c", "a"], "S.short": [""]}
    assert read_form(questions(), fields) == {"S.single": "b", "S.multi": ["a", "c"]}
    with pytest.raises(BadInput, match="admin: is not a field of this form"):
        read_form(questions(), {**fields, "admin": ["1"]})


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("S.single", "b", "Safest for what?"),
        ("S.multi", ["a", "c"], "One copy only; One password for all"),
        ("S.order", ["cloud", "river", "stone", "field"], "1. List what to protect; 2. Understand the context"),
        ("S.order", {"field": "1"}, "1. Set a date for review"),
        ("S.match", {"r1": "h"}, "They took a camera last year. History"),
        ("S.numeric", " 77.5 ", "77.5"),
        ("S.single", None, "No answer"),
    ],
)
def test_an_answer_is_told_in_words(name: str, answer: object, words: str) -> None:
    """A receipt shows the words of the options, not their codes."""
    assert answer_text(question(name), answer).startswith(words)
