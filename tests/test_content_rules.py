# ruff: noqa: RUF001 - signs of many scripts are what is tested
"""The rules that score answers: bounds, keys, blanks, malformed answers, and each rule's own arithmetic."""

from __future__ import annotations

import itertools
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.content import rules
from academy.content.questions import Essay, Question
from academy.content.scoring import RULES, Score, answer_key, key_of, score
from tests.content_samples import anything, plausible, question, questions

AUTOMATIC = [asked for asked in questions() if not isinstance(asked, Essay)]
every_type = pytest.mark.parametrize("asked", AUTOMATIC, ids=lambda asked: asked.id)


@every_type
def test_the_key_gets_all_points(asked: Question) -> None:
    """The answer of the key is worth all points."""
    assert score(asked, answer_key(asked)) == Score(asked.points, asked.points)


@every_type
@pytest.mark.parametrize("blank", [None, "", " ", [], {}])
def test_a_blank_gets_nothing(asked: Question, blank: Any) -> None:
    """An answer that was left out is worth 0 points, not "unknown"."""
    assert score(asked, blank).points == 0


@every_type
@given(data=st.data())
def test_points_stay_within_bounds(asked: Question, data: st.DataObject) -> None:
    """Whatever stands in the place of an answer, the points are between 0 and the most, and nothing is raised."""
    points = score(asked, data.draw(anything | plausible(asked))).points
    assert points is not None
    assert 0 <= points <= asked.points


@every_type
@pytest.mark.parametrize(
    "malformed",
    [
        True,
        5.5,
        float("nan"),
        float("inf"),
        10**400,
        b"b",
        {"a": ["b"]},
        [["a"]],
        [None],
        ["a", "a"],
        {1: 2},
        "x" * 10**6,
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_malformed_answer_gets_nothing(asked: Question, malformed: Any) -> None:
    """Wrong types, unknown ids, duplicates, truth values and huge values are worth 0."""
    assert score(asked, malformed).points == 0


@given(st.permutations(["a", "c", "e", "b"]))
def test_the_order_of_chosen_options_does_not_count(chosen: list[str]) -> None:
    """Three right and one wrong of three right options give two thirds, in whatever order they were chosen."""
    assert rules.multi_share(chosen, key_of(question("S.multi"))) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("chosen", "share"),
    [(["a"], 1 / 3), (["a", "c"], 2 / 3), (["b", "d"], 0), (["a", "b"], 0), (list("abcde"), 1 / 3), (["a", "z"], 0)],
)
def test_wrong_choices_weigh_as_much_as_right_ones(chosen: list[str], share: float) -> None:
    """Multiple choice: (right chosen - wrong chosen) / number right, never below 0; an unknown id spoils the answer."""
    assert rules.multi_share(chosen, key_of(question("S.multi"))) == pytest.approx(share)


@given(st.permutations(["river", "cloud", "stone", "field"]))
def test_an_order_counts_the_neighbours_of_the_key(answer: list[str]) -> None:
    """The share of pairs side by side in the key whose first stands before its second in the answer."""
    pairs = list(itertools.pairwise(["river", "cloud", "stone", "field"]))
    kept = [first for first, second in pairs if answer.index(first) < answer.index(second)]
    assert rules.order_share(answer, key_of(question("S.order"))) == pytest.approx(len(kept) / 3)


def test_an_order_turned_round_gets_nothing() -> None:
    """No neighbours keep their order when the whole order is turned round."""
    assert rules.order_share(["field", "stone", "cloud", "river"], key_of(question("S.order"))) == 0


def test_a_strict_order_is_all_or_nothing() -> None:
    """With ``strict`` the whole order counts and nothing else."""
    asked = question("S.order").model_copy(update={"strict": True})
    assert rules.order_share(["cloud", "river", "stone", "field"], key_of(asked)) == 0
    assert rules.order_share(["river", "cloud", "stone", "field"], key_of(asked)) == 1


@pytest.mark.parametrize("answer", [{"river": "1", "cloud": "2"}, ["river", "cloud"], ["river"] * 4])
def test_an_order_that_is_not_finished_gets_nothing(answer: Any) -> None:
    """Each item has to stand in the order exactly once."""
    assert rules.order_share(answer, key_of(question("S.order"))) == 0


@given(st.permutations([("r1", "h"), ("r2", "i"), ("r3", "i")]))
def test_a_match_counts_right_pairs(pairs: list[tuple[str, str]]) -> None:
    """Two of three pairs right give two thirds, in whatever order they come."""
    assert rules.match_share(dict(pairs), key_of(question("S.match"))) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("answer", "share"), [({"r1": "h"}, 1 / 3), ({"r1": "h", "r9": "h"}, 0), ({"r1": "x", "r2": "i"}, 0)]
)
def test_a_match_with_an_unknown_id_gets_nothing(answer: Any, share: float) -> None:
    """A pair left open is not right; an unknown id spoils the answer."""
    assert rules.match_share(answer, key_of(question("S.match"))) == pytest.approx(share)


@pytest.mark.parametrize(("choice", "points"), [("a", 0), ("b", 2), ("c", 1), ("z", 0)])
def test_a_scenario_gives_its_options_score(choice: str, points: float) -> None:
    """Scenario options are worth 0, 1 or 2 of 2 points."""
    assert score(question("S.scenario"), choice).points == points


@pytest.mark.parametrize(
    "written",
    [
        "77.5",
        " 77,5 ",
        "+77.50",
        "77.5 %",
        "৭৭.৫",
        "७७,५",
        "٧٧٫٥",
        "۷۷٫۵",
        "\u200f٧٧٫٥\u200e",
        "76.9",
        "78.1",
        "７７.５",
    ],
)
def test_numbers_are_read_in_any_script(written: str) -> None:
    """Digits of any script, the Arabic decimal sign and the comma; the tolerance includes its ends."""
    assert score(question("S.numeric"), written).points == 1


@pytest.mark.parametrize(
    "written", ["76.89", "78.11", "-77.5", "77.5.0", "7_7.5", "nan", "inf", "1e2", "bits", "77..5", "١٢"]
)
def test_what_is_no_number_or_too_far_gets_nothing(written: str) -> None:
    """A number outside the tolerance and a text that is no number are worth 0."""
    assert score(question("S.numeric"), written).points == 0


def test_the_end_of_a_tolerance_is_exact() -> None:
    """15.0128 is within 0.0005 of 15.0123, although binary fractions would say otherwise."""
    key = {"value": 15.0123, "tolerance": 0.0005}
    assert rules.numeric_share("15.0128", key) == 1
    assert rules.numeric_share("15.01281", key) == 0


@pytest.mark.parametrize(
    ("written", "share"), [("7776", 1), ("7,776", 1), ("7 776", 1), ("٧٬٧٧٦", 1), ("7.776", 0), ("77,76", 0)]
)
def test_commas_may_group_digits_in_threes(written: str, share: float) -> None:
    """``7,776`` may mean 7776 as well as 7.776; a person who groups digits is not punished."""
    assert rules.numeric_share(written, {"value": 7776.0, "tolerance": 0.0}) == share


@given(st.integers(-(10**12), 10**12), st.sampled_from("0٠۰०০๐"))
def test_every_whole_number_is_read_back(number: int, zero: str) -> None:
    """A number written with the digits of a script is the number itself."""
    digits = {ord(str(digit)): chr(ord(zero) + digit) for digit in range(10)}
    assert rules.numbers(str(number).translate(digits)) == [number]


@pytest.mark.parametrize(
    "written",
    ["Acceptance", " ACCEPTANCE! ", "«acceptance»", "áccéptance", "gaining   acceptance.", "accept\u00adance"],
)
def test_short_answers_are_compared_kindly(written: str) -> None:
    """Case, punctuation, spaces and Latin accents do not matter."""
    assert score(question("S.short"), written).points == 1


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("مُقَاوَمَة", "مقاومة"),
        ("أمان", "امان"),
        ("١٢ قاعدة", "12 قاعدة"),
        ("১২", "12"),
        ("র‍্যাব", "র্যাব"),
        ("STRASSE", "straße"),
    ],
)
def test_scripts_are_normalised_by_their_own_rules(written: str, accepted: str) -> None:
    """Arabic short vowels and alef forms, digits of any script and invisible joiners do not matter."""
    assert rules.short_share(written, {"accept": [accepted]}) == 1


@pytest.mark.parametrize(("written", "accepted"), [("কল", "কাল"), ("কি", "কী"), ("नम", "नाम"), ("कल", "कुल"), ("ड़", "ड")])
def test_vowels_of_bengali_and_devanagari_are_kept(written: str, accepted: str) -> None:
    """Combining signs carry the vowels: two different words are never made equal."""
    assert rules.short_share(written, {"accept": [accepted]}) == 0


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    """The normal form of a normal form is itself, in whichever Unicode form the text came."""
    once = rules.normal(text)
    assert rules.normal(once) == once


@given(st.text(st.sampled_from("কািীুড়নमाुप़ÀéñAز"), max_size=12))
def test_unicode_forms_do_not_matter(text: str) -> None:
    """A composed and a decomposed form of the same text are the same answer."""
    assert rules.normal(unicodedata.normalize("NFC", text)) == rules.normal(unicodedata.normalize("NFD", text))


def test_an_essay_needs_a_person_unless_it_is_blank() -> None:
    """A written essay has no points yet; one that was left out, or is no text, has 0."""
    essay = question("S.essay")
    assert score(essay, "My plan") == Score(None, 8)
    assert score(essay, " \n") == Score(0, 8)
    assert score(essay, ["My plan"]) == Score(0, 8)
    with pytest.raises(ValueError, match="has no key"):
        answer_key(essay)


def test_points_of_the_assessment_replace_those_of_the_question() -> None:
    """``points`` in assessment.yml scales partial credit as well."""
    asked = question("S.multi")
    assert score(asked, ["a"]) == Score(pytest.approx(1), 3)


def test_every_type_has_a_rule() -> None:
    """No type of question that a machine can score lacks its rule."""
    assert set(RULES) == {asked.type for asked in AUTOMATIC}
