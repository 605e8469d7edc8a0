"""The pure rules of marking: what is read, what it is worth, what comes next."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import academy
from academy.content.notebook import write_answers
from academy.content.questions import Essay
from academy.content.scoring import score
from academy.errors import Conflict
from academy.grading.gradebook import Score
from academy.grading.keys import cells_of, dump, grade_cell, parse
from academy.grading.model import Verdict
from academy.grading.progress import Next, progress
from academy.grading.queries import Handed, Release
from academy.grading.rules import mark_answers, take_answers, verdict_of
from tests.integration.grading_sample import ANSWERS, QUESTIONS, notebook

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part)
)
NAMES = st.sampled_from([f"rc-{number}" for number in range(1, 9)] + ["rc-a", "other"])


SAMPLE = nbformat.reads(notebook().decode(), as_version=4)


def instructor() -> Any:
    """Return the sample's notebook."""
    return copy.deepcopy(SAMPLE)


def test_keys_come_back_as_they_were_written() -> None:
    """The file in the course folder holds the same questions, and is the same for the same questions."""
    text = dump(QUESTIONS)
    assert parse(text) == QUESTIONS
    assert dump(parse(text)) == text


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"id": "RC.1"}]', "[" * 100_000])
def test_a_damaged_key_marks_nothing_and_is_not_quoted(text: str) -> None:
    """Without a key there are no points; the message says nothing of what stands in it."""
    with pytest.raises(Conflict, match="key of this assessment cannot be read") as error:
        parse(text)
    assert "RC.1" not in str(error.value)


@pytest.mark.parametrize("student", sorted(ANSWERS))
def test_marks_are_what_the_rules_of_practice_questions_give(student: str) -> None:
    """One set of rules scores practice and assessment alike; essays are not marked."""
    marks = mark_answers(write_answers(instructor(), ANSWERS[student]), QUESTIONS)
    assert [mark.cell for mark in marks] == [grade_cell(one) for one in QUESTIONS if not isinstance(one, Essay)]
    for mark, question in zip(marks, QUESTIONS, strict=False):
        assert mark.points == score(question, ANSWERS[student].get(question.id)).points


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NAMES, st.text(max_size=60)))
def test_whatever_stands_in_a_cell_nothing_is_run_and_no_mark_is_out_of_range(texts: dict[str, str]) -> None:
    """Any text at all gives points from 0 to the most, or no points and the word for it."""
    nb = instructor()
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = texts.get(name, cell.source)
    for mark in mark_answers(nb, QUESTIONS):
        assert mark.points is None or 0 <= mark.points <= mark.most
        assert (mark.points is None) == (mark.verdict is Verdict.DID_NOT_RUN)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMES | ANYTHING, st.text(max_size=20), st.booleans())))
def test_only_answers_come_out_of_a_submission(cells: list[tuple[Any, str, bool]]) -> None:
    """Whatever cells it has, with whatever metadata, the released notebook's shape is what goes on."""
    submitted = new_notebook()
    for name, text, code in cells:
        make = new_code_cell if code else new_markdown_cell
        submitted.cells.append(make(text))
        submitted.cells[-1]["metadata"] = {"nbgrader": {"grade_id": name, "points": 99}, "other": name}
    released = instructor()
    taken = take_answers(instructor(), submitted)
    for before, after in zip(released.cells, taken.cells, strict=True):
        assert after.metadata == before.metadata
        if not before.metadata.get("nbgrader", {}).get("solution"):
            assert after == before


@pytest.mark.parametrize("about", [None, [], "x", {"grade_id": ["rc-1"]}, {"solution": True}])
def test_metadata_that_is_no_metadata_is_passed_over(about: Any) -> None:
    """A submission may hold anything where nbgrader expects its own words."""
    submitted = new_notebook(cells=[new_code_cell("answer = 'b'")])
    submitted.cells[0]["metadata"] = {"nbgrader": about}
    marks = mark_answers(take_answers(instructor(), submitted), QUESTIONS)
    assert {mark.verdict for mark in marks} == {Verdict.DID_NOT_RUN}


def test_all_three_cells_of_a_question_are_known_as_data() -> None:
    """What belongs to a question is never executed: every code cell of an assessment of questions is on the list."""
    data = {name for question in QUESTIONS for name in cells_of(question)}
    code = [cell.metadata.nbgrader.grade_id for cell in instructor().cells if cell.cell_type == "code"]
    assert code
    assert set(code) <= data


@pytest.mark.parametrize(
    ("points", "verdict"),
    [(None, "did-not-run"), (0.0, "failed"), (0.5, "partly"), (2.0, "passed"), (2.5, "passed")],
)
def test_each_number_of_points_has_its_word(points: float | None, verdict: str) -> None:
    """No evidence is a word of its own, not a zero."""
    assert verdict_of(points, 2.0) == verdict


def made(student: str, *, at: datetime = NOON, auto: float | None = 1.0, waits: bool = False) -> Score:
    """Return a line of the gradebook."""
    return Score(
        student=student,
        question="RC.1",
        most=1.0,
        auto=auto,
        manual=None,
        extra=0.0,
        comment="",
        needs_manual_grade=waits,
        submitted_at=at,
        written=False,
    )


def sent(name: str, *, at: datetime = NOON) -> Handed:
    """Return somebody's newest attempt."""
    return Handed(person=name, username=name, attempts=1, submitted_at=at, delivered=True)


OPEN = Release(due_at=None, released_at=NOON, feedback_at=None)
LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("step", "about"),
    [
        ("release", {"release": None}),
        ("wait-for-release", {"release": Release(due_at=None, released_at=None, feedback_at=None)}),
        ("wait-for-answers", {}),
        ("collect", {"handed": [sent("wren")]}),
        ("collect", {"handed": [sent("wren", at=LATER)], "collected": {"wren": NOON}, "scores": [made("wren")]}),
        ("wait-for-answers", {"handed": [sent("wren")], "refused": {"wren"}}),
        ("autograde", {"handed": [sent("wren")], "collected": {"wren": NOON}}),
        ("by-hand", {"collected": {"wren": NOON}, "scores": [made("wren", waits=True)]}),
        ("feedback", {"handed": [sent("wren")], "collected": {"wren": NOON}, "scores": [made("wren")]}),
        (
            "done",
            {
                "handed": [sent("wren")],
                "collected": {"wren": NOON},
                "scores": [made("wren")],
                "informed": {("wren", NOON)},
            },
        ),
    ],
)
def test_there_is_one_thing_to_do_next(step: str, about: dict[str, Any]) -> None:
    """The facilitator sees the first step that is open, and only that one as the main thing."""
    given_values: dict[str, Any] = {"people": 2, "release": OPEN, "handed": [], "collected": {}, "scores": []} | about
    assert progress(**given_values).next == Next(step)


def test_nbgrader_is_imported_in_the_bridge_only() -> None:
    """Everything else asks the bridge, which runs in a process of its own."""
    source = Path(academy.__file__).parent
    pattern = re.compile(r"^\s*(import|from) nbgrader\b", re.MULTILINE)
    found = {file.relative_to(source) for file in source.rglob("*.py") if pattern.search(file.read_text())}
    assert found
    assert {file.parts[:2] for file in found} == {("grading", "bridge")}
