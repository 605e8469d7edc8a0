"""The statistics of questions: worked out by hand, and true for whatever a group hands in."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.content.questions import Essay, Question
from academy.content.scoring import score
from academy.grading.items import FEWEST, Figures, Flag, Item, Sheet, Trend, discrimination, items, trend
from academy.grading.options import thirds
from tests.content_samples import anything, parse, questions

WHY = "A reason that explains it."


def single(name: str) -> Question:
    """Return a question of three options, of which ``a`` is right."""
    options = [{"id": one, "ok": one == "a", "text": f"Option {one}", "why": WHY} for one in "abc"]
    return parse({"id": name, "type": "single", "stem": "Which?", "options": options})


def essay(name: str) -> Question:
    """Return an essay of four points."""
    levels = [{"points": 0, "text": "Nothing."}, {"points": 4, "text": "All."}]
    return parse(
        {"id": name, "type": "essay", "points": 4.0, "stem": "Why?", "rubric": [{"criterion": "It", "levels": levels}]}
    )


ASKED = [single("Q.1"), single("Q.2"), single("Q.3")]


def sheet(answers: str) -> Sheet:
    """Return what somebody hands in who chooses these letters, a dot for none, and what it is worth."""
    chosen = {q.id: None if letter == "." else letter for q, letter in zip(ASKED, answers, strict=True)}
    return Sheet(chosen, {q.id: score(q, chosen[q.id]).points for q in ASKED})


def group(*answers: str) -> list[Item]:
    """Return the statistics of what these people hand in."""
    return items(ASKED, [sheet(one) for one in answers])


def figures(item: Item) -> Figures:
    """Return the figures of a question that has some."""
    assert item.figures is not None
    return item.figures


TEN = ("aaa", "aaa", "aab", "aab", "aba", "abb", "bab", "bbb", "cb.", "cb.")
"""Six right in the first, five in the second, three in the third."""


def test_a_group_of_ten_by_hand() -> None:
    """Mean, share left empty, correlation with the rest and choices of the thirds, each worked out on paper.

    Points in the first: 1 1 1 1 1 1 0 0 0 0. Points in the two others: 2 2 1 1 1 0 1 0 0 0, in sum 8. The products sum
    to 7, so the sum of products about the means is 7 - 6 * 8 / 10 = 2.2; the squares sum to 6 - 3.6 = 2.4 and
    12 - 6.4 = 5.6.
    """
    first, _, third = group(*TEN)
    assert first.answers == 10
    assert first.difficulty == pytest.approx(0.6)
    assert figures(first).mean == pytest.approx(0.6)
    assert figures(first).empty == 0
    assert figures(third).empty == pytest.approx(0.2)
    assert figures(third).mean == pytest.approx(0.3)
    assert figures(first).discrimination == pytest.approx(2.2 / math.sqrt(2.4 * 5.6))
    assert trend(figures(first).discrimination) is Trend.YES


def test_thirds_of_the_ten_by_hand() -> None:
    """Totals are 3 3 2 2 2 1 1 0 0 0: whoever has as many as the third one from the top belongs there too."""
    found = thirds([3, 3, 2, 2, 2, 1, 1, 0, 0, 0])
    assert found == ([0, 1, 2, 3, 4], [7, 8, 9])
    right, wrong, other = figures(group(*TEN)[0]).choices
    assert (right.option, right.right, right.all, right.upper, right.lower) == ("a", True, 0.6, 1.0, 0.0)
    assert (wrong.option, wrong.right, wrong.all) == ("b", False, 0.2)
    assert (wrong.upper, wrong.lower) == (0.0, pytest.approx(1 / 3))
    assert (other.all, other.lower) == (0.2, pytest.approx(2 / 3))


@pytest.mark.parametrize("totals", [[], [1.0, 2.0], [2.0] * 12, [1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]])
def test_a_group_in_which_all_are_alike_has_no_thirds(totals: list[float]) -> None:
    """Two who are as good stand in the same third; where that would be both, there is none."""
    assert thirds(totals) is None


def test_nine_people_have_no_figures_and_no_zero() -> None:
    """They are counted; everything else is unknown."""
    for item in group(*TEN[: FEWEST - 1]):
        assert (item.answers, item.figures, item.difficulty) == (9, None, None)
    assert all(item.figures is not None for item in group(*TEN[:FEWEST]))


def test_a_question_with_marks_to_come_has_no_figures_and_counts_in_no_total() -> None:
    """An empty essay has its 0 at once, a written one waits: what is known would be about those who wrote nothing."""
    asked = [*ASKED, essay("Q.4")]
    plain = [sheet(one) for one in TEN]
    waiting = [Sheet(one.answers, {**one.points, "Q.4": None if place else 4.0}) for place, one in enumerate(plain)]
    found = items(asked, waiting)
    assert (found[3].waiting, found[3].figures) == (9, None)
    assert [item.figures for item in found[:3]] == [item.figures for item in items(ASKED, plain)]


@pytest.mark.parametrize(
    ("answers", "flags"),
    [
        (TEN, {}),
        (("baa",) * 5 + ("cbb",) * 5, {Flag.NOBODY: (), Flag.MISLEADING: ("b",), Flag.UNUSED: ("a",)}),
        (("aaa",) * 5 + ("abb",) * 5, {Flag.EVERYBODY: (), Flag.UNUSED: ("b", "c")}),
        (("aaa",) * 4 + ("bba",) * 5 + ("cbb",), {}),
        (("caa",) * 5 + ("abb",) * 4 + ("bbb",), {Flag.MISLEADING: ("c",)}),
        (("a..",) * 5 + ("b..",) * 5, {Flag.UNUSED: ("c",)}),
    ],
    ids=["nothing", "nobody", "everybody", "only-the-weak", "misleading", "unused"],
)
def test_what_somebody_should_look_at(answers: tuple[str, ...], flags: dict[Flag, tuple[str, ...]]) -> None:
    """Each flag has its case. What most choose and the strong do not is what a wrong option is for: no flag."""
    assert figures(group(*answers)[0]).flags == flags


def test_of_several_right_options_each_is_compared() -> None:
    """A wrong one that the strong choose more often than one of the right ones is worth a look."""
    options = [{"id": one, "ok": one in "ab", "text": one, "why": WHY} for one in "abcd"]
    multi = parse({"id": "M.1", "type": "multi", "stem": "Which?", "options": options})
    strong, weak = ["a", "c"], ["d"]
    sheets = [Sheet({"M.1": strong, "Q.1": "a"}, {"M.1": 0.0, "Q.1": 1.0})] * 5
    sheets += [Sheet({"M.1": weak, "Q.1": "b"}, {"M.1": 0.0, "Q.1": 0.0})] * 5
    assert figures(items([multi, ASKED[0]], sheets)[0]).flags == {
        Flag.NOBODY: (), Flag.MISLEADING: ("c",), Flag.UNUSED: ("b",),
    }  # fmt: skip


def test_an_essay_that_nobody_writes_perfectly_is_no_reason_for_a_flag() -> None:
    """And one that everybody does is none either."""
    asked = [essay("E.1")]
    for points in (1.0, 4.0):
        sheets = [Sheet({"E.1": "Words."}, {"E.1": points})] * FEWEST
        assert figures(items(asked, sheets)[0]).flags == {}


def test_what_does_not_vary_has_no_discrimination() -> None:
    """Neither the question nor the rest; 0 would say that there is no connection."""
    assert discrimination([1.0] * 10, [float(n) for n in range(10)]) is None
    assert discrimination([1.0, 0.0] * 5, [1.0, 0.0] * 5) is None
    assert discrimination([], []) is None
    assert trend(None) is Trend.UNKNOWN


def test_the_same_points_in_another_order_are_no_difference() -> None:
    """0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ in a computer, and in nobody's knowledge."""
    own = [1.0, 0.0] * 5
    rest = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1] * 5
    assert rest[0] != rest[1]
    assert discrimination(own, [left + right for left, right in zip(own, rest, strict=True)]) is None


@pytest.mark.parametrize(
    ("figure", "word"),
    [(1.0, Trend.YES), (0.3, Trend.YES), (0.29, Trend.LITTLE), (0.2, Trend.LITTLE), (0.19, Trend.NO), (-1.0, Trend.NO)],
)
def test_each_figure_has_its_word(figure: float, word: Trend) -> None:
    """A negative one is a plain no."""
    assert trend(figure) is word


letters = st.text("abc.", min_size=3, max_size=3)
groups = st.lists(letters, min_size=FEWEST, max_size=40)


@given(groups)
def test_all_figures_are_possible(answers: list[str]) -> None:
    """Shares lie between 0 and 1, a correlation between -1 and 1, and the options and the empty make the whole."""
    for item in group(*answers):
        found = figures(item)
        assert 0 <= found.mean <= item.question.points
        assert found.discrimination is None or -1 - 1e-9 <= found.discrimination <= 1 + 1e-9
        assert sum(choice.all for choice in found.choices) + found.empty == pytest.approx(1)
        assert sum(choice.all for choice in found.choices if choice.right) == pytest.approx(item.difficulty)


@given(groups, st.randoms())
def test_who_handed_in_first_changes_nothing(answers: list[str], chance: Any) -> None:
    """The same people in another order give the same figures."""
    mixed = list(answers)
    chance.shuffle(mixed)
    for one, other in zip(group(*answers), group(*mixed), strict=True):
        first, second = figures(one), figures(other)
        assert (first.mean, first.empty) == (pytest.approx(second.mean), pytest.approx(second.empty))
        assert first.choices == second.choices
        assert first.flags == second.flags
        assert (first.discrimination is None) == (second.discrimination is None)
        assert first.discrimination is None or first.discrimination == pytest.approx(second.discrimination)


@given(anything)
def test_whatever_a_notebook_holds_gives_figures(answer: Any) -> None:
    """As the answer to a question of any type, and never an error."""
    asked = questions()
    points = {q.id: 0.0 for q in asked}
    for item in items(asked, [Sheet({q.id: answer for q in asked}, points)] * FEWEST):
        assert figures(item).mean == 0
        assert (Flag.NOBODY in figures(item).flags) != isinstance(item.question, Essay)
