"""Only positive evidence earns points, and what is no evidence is not a 0 either."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.grading.evidence import canaries, hidden_lines, judge, outputs_of
from academy.grading.forging import notes
from academy.grading.model import Verdict
from academy.grading.shown import safe_outputs
from academy.kernels.steps import Check, End, Shown

POINTS = st.floats(0.5, 20, allow_nan=False)
PICTURE = "iVBORw0KGgo="
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part)
)


def checked(**about: Any) -> Check:
    """Return what came of a test that passed, unless ``about`` says otherwise."""
    passed = {"nonce": "n", "place": 0, "end": "done", "error": "", "message": "", "line": 0}
    return Check.model_validate(passed | {"number": None, "text": "", "doubts": 0} | about)


@given(st.sampled_from(list(End)), POINTS, st.booleans(), st.booleans())
def test_points_need_a_test_that_ran_to_its_end_and_no_doubt(end: End, most: float, doubt: bool, there: bool) -> None:  # noqa: FBT001
    """Whatever else happened, only a test that ended well in an interpreter that can be trusted has points."""
    shown = Shown(end=end, check=checked() if there else None, doubts=("a reason",) if doubt else ())
    judged = judge(shown, most)
    earned = bool(judged.points)
    assert earned == (end is End.DONE and there and not doubt)


@given(st.sampled_from([End.TIMED_OUT, End.OUT_OF_MEMORY, End.DIED, End.NOT_REACHED]), POINTS)
def test_what_did_not_end_is_left_to_a_person_with_a_reason(end: End, most: float) -> None:
    """No evidence is None and a sentence, never a 0."""
    judged = judge(Shown(end=end), most)
    assert judged.points is None
    assert judged.verdict == end.value
    assert judged.reason.endswith(".")


@given(POINTS, st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_at_the_end_gives_part_of_the_points(most: float, number: float) -> None:
    """From 0 to all; a number that lies outside is a fault of the test, which a person has to see."""
    judged = judge(Shown(end=End.DONE, check=checked(number=number, text=repr(number))), most)
    if 0 <= number <= most:
        assert judged.points == number
    else:
        assert judged.verdict is Verdict.DID_NOT_RUN
        assert judged.points is None


def test_an_exception_is_a_failed_test() -> None:
    """An assertion and any other error are worth 0."""
    for end, error in (("assertion", "AssertionError"), ("error", "NameError")):
        judged = judge(Shown(end=End.ERROR, check=checked(end=end, error=error)), 2.0)
        assert (judged.verdict, judged.points) == (Verdict.FAILED, 0.0)


def test_some_canaries_must_pass_some_must_fail_and_none_come_twice() -> None:
    """They are true and false sums that nobody can know beforehand."""
    found = [canary for _ in range(20) for canary in canaries()]
    assert len({source for source, _ in found}) == len(found)
    for source, must_pass in found:
        left, right = source.removeprefix("assert ").split(" == ")
        assert (sum(int(part) for part in left.split(" + ")) == int(right)) is must_pass
    assert {must_pass for _, must_pass in canaries()} == {True, False}


def test_warnings_on_standard_error_cost_nothing() -> None:
    """nbgrader takes every word there for a failure, so it is recorded as printed."""
    shown = Shown(
        end=End.DONE, check=checked(), outputs=({"output_type": "stream", "name": "stderr", "text": "old\n"},)
    )
    outputs = outputs_of(shown, judge(shown, 1.0), "f()")
    assert [output["name"] for output in outputs] == ["stdout"]


def test_the_line_of_a_hidden_test_is_not_quoted() -> None:
    """A visible line is; of a hidden one only that it is hidden."""
    source = "assert a\n### BEGIN HIDDEN TESTS\nassert b\n### END HIDDEN TESTS\nassert c"
    lines = source.splitlines()
    assert hidden_lines(lines) == [False, True, True, True, False]
    for number, quoted in ((1, True), (3, False), (5, True)):
        shown = Shown(end=End.ERROR, check=checked(end="assertion", error="AssertionError", line=number))
        text = str(outputs_of(shown, judge(shown, 1.0), source))
        assert (lines[number - 1] in text) is quoted


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("get_ipython().events", "get_ipython"),
        ("import ctypes as c", "ctypes"),
        ("from os import _exit", "_exit"),
        ("getattr(x, 'f_back')", "f_back"),
        ("%magic settrace", "settrace"),
    ],
)
def test_the_usual_means_of_forging_become_a_note(source: str, named: str) -> None:
    """A note names the cell and the word."""
    (note,) = notes([{"source": source, "metadata": {"nbgrader": {"grade_id": "squares"}}}])
    assert "squares" in note
    assert named in note


def test_ordinary_code_gets_no_note() -> None:
    """Neither does text that only looks like it."""
    source = "def squares(n):\n    'Do not exit or stack anything.'\n    return [i**2 for i in range(1, n + 1)]"
    assert notes([{"source": source, "metadata": {}}]) == []


@given(st.lists(ANY_JSON))
def test_whatever_comes_as_output_becomes_text_and_pictures(outputs: list[Any]) -> None:
    """Nothing of it can stop the recording."""
    for output in safe_outputs(outputs):
        assert output["output_type"] in ("stream", "error", "display_data", "execute_result")


def test_markup_programs_and_false_pictures_stay_behind() -> None:
    """Of a display only its text and true pictures are recorded."""
    data = {"text/html": "<b>x</b>", "application/javascript": "1", "image/svg+xml": "<svg/>", "text/plain": "x"}
    data |= {"image/png": PICTURE, "image/jpeg": '"><b>'}
    (output,) = safe_outputs([{"output_type": "display_data", "data": data, "metadata": {"a": "b"}}])
    assert output["data"] == {"text/plain": "x", "image/png": PICTURE}
    assert output["metadata"] == {}
