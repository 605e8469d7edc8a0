"""Points: of a lab and the written task whose place it takes the better counts, and neither costs anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from academy.results.points import gained, total

PLACES = {"lab": ("quiz", "essay")}
POINTS = st.floats(0, 12)
SOME = st.none() | POINTS


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), POINTS))
def test_an_attempt_is_worth_the_sum_of_its_marks(scores: dict[str, float]) -> None:
    """All of them known."""
    assert total(scores) == sum(scores.values())


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), POINTS))
def test_an_attempt_with_a_mark_missing_is_worth_nothing_yet(scores: dict[str, float]) -> None:
    """Which is not 0."""
    assert total({**scores, "d": None}) is None
    assert total(None) is None


@given(POINTS, POINTS, POINTS)
def test_of_the_lab_and_the_written_task_the_better_counts(essay: float, lab: float, rest: float) -> None:
    """Together with the other questions, to the last point."""
    sent = {("salma", "quiz"): {"essay": essay, "other": rest}, ("salma", "lab"): {"one-test": lab}}
    extra = gained(sent, PLACES)["salma", "lab"]
    assert extra is not None
    assert abs(rest + essay + extra - (rest + max(essay, lab))) < 1e-9
    assert extra >= 0


@given(POINTS)
def test_who_took_only_the_lab_has_its_points(lab: float) -> None:
    """She sent nothing else, or left the written task empty."""
    alone = {("salma", "lab"): {"one-test": lab}}
    assert gained(alone, PLACES) == {("salma", "lab"): lab}
    beside = alone | {("salma", "quiz"): {"other": 3.0}}
    assert gained(beside, PLACES) == {("salma", "lab"): lab}


@given(SOME, SOME)
def test_what_waits_for_a_mark_is_not_known_yet(essay: float | None, lab: float | None) -> None:
    """Neither a 0 nor a guess."""
    sent = {("salma", "quiz"): {"essay": essay}, ("salma", "lab"): {"one-test": lab}}
    assert (gained(sent, PLACES)["salma", "lab"] is None) == (essay is None or lab is None)


def test_whoever_did_no_lab_is_left_as_she_was() -> None:
    """Nor does one person's lab concern another."""
    sent = {("teal", "quiz"): {"essay": 3.0}, ("salma", "lab"): {"one-test": 12.0}}
    assert gained(sent, PLACES) == {("salma", "lab"): 12.0}
    assert gained({("teal", "quiz"): {"essay": 3.0}}, PLACES) == {}
