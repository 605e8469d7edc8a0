"""The bridge against the real nbgrader: release, hand in, collect, mark, feedback, and what must not pass."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.converters import Autograde

from academy.errors import Conflict
from academy.grading import bridge
from academy.grading.bridge.folder import configuration, course_directory, gradebook
from academy.grading.gradebook import Score
from academy.grading.keys import dump
from academy.grading.model import CourseFolder, Delivery
from academy.kernels.layers import layers
from tests.integration.grading_sample import ANSWERS, ASSIGNMENT, POINTS, QUESTIONS, SECRETS, delivery, notebook

needs_confinement = pytest.mark.skipif(
    not all(granted.granted for granted in layers()), reason="this system does not confine code of strangers"
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning"),
]

Make = Callable[[], CourseFolder]


def release(course: CourseFolder, data: bytes | None = None) -> None:
    """Release the sample."""
    bridge.release(course, ASSIGNMENT, data or notebook(), dump(QUESTIONS), None)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """Keep a course in which the sample is released; only to copy from."""
    home = tmp_path_factory.mktemp("home")
    course = CourseFolder(root=home / "nbgrader" / "river", course_id="river", exchange=home / "exchange")
    release(course)
    return course


@pytest.fixture(scope="module")
def make(released: CourseFolder, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Make courses in which the sample is released and nobody has sent anything."""

    def copied() -> CourseFolder:
        home = tmp_path_factory.mktemp("course")
        shutil.copytree(released.root.parents[1], home, dirs_exist_ok=True)
        course = CourseFolder(root=home / "nbgrader" / "river", course_id="river", exchange=home / "exchange")
        bridge.prepare_course(course)  # its settings name the folder
        return course

    return copied


@pytest.fixture
def course(make: Make) -> CourseFolder:
    """Make one course for one test."""
    return make()


@pytest.fixture(scope="module")
def marked(make: Make) -> CourseFolder:
    """Keep a course whose four people have been collected and marked; only to read from."""
    course = make()
    bridge.add_students(course, ANSWERS)
    assert bridge.deliver_all(course, ASSIGNMENT, [delivery(student) for student in ANSWERS]) == [None] * len(ANSWERS)
    assert bridge.collect(course, ASSIGNMENT) == {"students": sorted(ANSWERS), "notes": []}
    assert bridge.autograde(course, ASSIGNMENT)["notes"] == []
    return course


def by_question(course: CourseFolder) -> dict[tuple[str, str], Score]:
    """Return the gradebook's scores by student and question."""
    return {(score.student, score.question): score for score in bridge.scores(course, ASSIGNMENT)}


def hand_in(course: CourseFolder, student: str, data: bytes, name: str = f"{ASSIGNMENT}.ipynb") -> Path:
    """Put a submission into the exchange as somebody with her own nbgrader would, and return its folder."""
    folder = course.inbound / f"{student}+{ASSIGNMENT}+2026-11-24 09:00:00.000000 UTC+c2VjcmV0"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(data)
    (folder / "timestamp.txt").write_text("2026-11-24 09:00:00.000000 UTC")
    (folder / "submission_secret.txt").write_text("0" * 128)
    return folder


def edited(course: CourseFolder, student: str, change: Callable[[Any], None]) -> Delivery:
    """Return a submission of a student's whole answers, changed as if in an editor."""
    before = bridge.student_notebook(course, ASSIGNMENT).decode()
    nb = nbformat.reads(before, as_version=4)
    from academy.content.notebook import write_answers  # noqa: PLC0415

    nb = write_answers(nb, ANSWERS[student])
    change(nb)
    return replace(delivery(student), answers=None, notebook=str(nbformat.writes(nb)).encode())


def cell_of(nb: Any, grade_id: str) -> Any:
    """Return the cell with this grade id."""
    return next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def run(course: CourseFolder, *deliveries: Delivery) -> dict[str, Any]:
    """Hand in, collect and mark."""
    for one in deliveries:
        bridge.deliver(course, ASSIGNMENT, one)
    bridge.collect(course, ASSIGNMENT)
    return bridge.autograde(course, ASSIGNMENT)


def test_the_released_notebook_holds_no_key_no_hidden_test_and_no_reason(released: CourseFolder) -> None:
    """Not in the notebook, and not anywhere else in the exchange."""
    assert any(secret in notebook().decode() for secret in SECRETS)
    files = [file for file in released.exchange.rglob("*") if file.is_file()]
    assert [file.name for file in files] == [f"{ASSIGNMENT}.ipynb"]
    text = bridge.student_notebook(released, ASSIGNMENT).decode()
    assert [secret for secret in SECRETS if secret in text] == []
    solutions = [cell for cell in json.loads(text)["cells"] if cell["metadata"]["nbgrader"]["solution"]]
    assert {"".join(cell["source"]) for cell in solutions} == {"answer = None", "YOUR ANSWER HERE"}


def test_the_keys_are_readable_by_their_owner_only(released: CourseFolder) -> None:
    """The key and the course folder are closed to other accounts of the machine."""
    assert released.key(ASSIGNMENT).stat().st_mode & 0o777 == 0o600
    assert released.root.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("student", sorted(ANSWERS))
def test_the_gradebook_holds_what_the_answers_are_worth(marked: CourseFolder, student: str) -> None:
    """Every score equals the one worked out by hand, partial credit included; essays wait for a person."""
    found = {question: score for (who, question), score in by_question(marked).items() if who == student}
    assert list(found) == [question.id for question in QUESTIONS]
    for question, points in POINTS[student].items():
        score = found[question]
        assert score.most == next(one.points for one in QUESTIONS if one.id == question)
        assert (score.auto is None) == (points is None)
        assert score.needs_manual_grade == (points is None)
        if points is not None:
            assert Fraction(str(score.auto)).limit_denominator(1000) == points


def test_stock_nbgrader_gives_the_same_scores(make: Make) -> None:
    """nbgrader's own autograding, with a kernel and the hidden tests, agrees with ours for every type of question."""
    ours, stock = make(), make()
    for course in (ours, stock):
        bridge.deliver_all(course, ASSIGNMENT, [delivery(student) for student in ANSWERS])
        bridge.collect(course, ASSIGNMENT)
    bridge.autograde(ours, ASSIGNMENT)
    config = configuration(stock)
    del config.Autograde.autograde_preprocessors, config.Autograde.sanitize_preprocessors
    Autograde(coursedir=course_directory(stock, ASSIGNMENT), config=config).start()
    expected, found = by_question(stock), by_question(ours)
    assert found.keys() == expected.keys()
    for key, score in found.items():
        assert (key, score.auto) == (key, expected[key].auto)
        assert score.needs_manual_grade == expected[key].needs_manual_grade


def test_handing_in_twice_leaves_one_copy(course: CourseFolder) -> None:
    """The same attempt again is recognised, and so is one that a kill left half-written."""
    one = delivery("heron")
    bridge.deliver(course, ASSIGNMENT, one)
    bridge.deliver(course, ASSIGNMENT, one)
    (folder,) = course.inbound.iterdir()
    assert folder.name.startswith(f"heron+{ASSIGNMENT}+2026-11-24 08:30:00.000250 UTC+")
    folder.chmod(0o755)
    (folder / f"{ASSIGNMENT}.ipynb").unlink()
    bridge.deliver(course, ASSIGNMENT, one)
    (folder,) = course.inbound.iterdir()
    assert (folder / f"{ASSIGNMENT}.ipynb").exists()


def test_a_later_attempt_takes_the_place_of_the_earlier_one(course: CourseFolder) -> None:
    """The newest attempt counts, whichever was handed in last; a mark by hand stays, to be looked at again."""
    run(course, delivery("wren"))
    with gradebook(course) as book:
        grade = book.find_grade("rc-a", ASSIGNMENT, ASSIGNMENT, "wren")
        grade.manual_score, grade.needs_manual_grade = 3, False
        book.db.commit()
    second = delivery("wren", {"RC.1": "c", "RC-A": "Another plan."}, minutes=9)
    run(course, second, delivery("wren", {"RC.1": "b"}, minutes=5))
    found = by_question(course)
    assert found["wren", "RC.1"].auto == 0
    assert found["wren", "RC-A"].total == 3
    assert found["wren", "RC-A"].needs_manual_grade
    assert found["wren", "RC.1"].submitted_at == second.submitted_at


def test_a_collection_that_a_kill_broke_off_is_made_whole(course: CourseFolder) -> None:
    """A collected folder without its notebook is collected again."""
    bridge.deliver(course, ASSIGNMENT, delivery("wren"))
    bridge.collect(course, ASSIGNMENT)
    (course.submitted(ASSIGNMENT, "wren") / f"{ASSIGNMENT}.ipynb").unlink()
    bridge.collect(course, ASSIGNMENT)
    assert bridge.autograde(course, ASSIGNMENT)["notes"] == []
    assert by_question(course)["wren", "RC.1"].auto == 1


def test_marking_that_a_kill_broke_off_is_done_again(course: CourseFolder) -> None:
    """What is marked is left alone, unless its marking did not come to its end, or its key changed."""
    run(course, delivery("wren"), delivery("heron"))
    marked = {name: course.autograded(ASSIGNMENT, name) / f"{ASSIGNMENT}.ipynb" for name in ("wren", "heron")}
    before = {name: file.stat().st_mtime_ns for name, file in marked.items()}
    half = course.root / ".grading" / ASSIGNMENT / "heron"
    half.parent.mkdir(parents=True)
    course.autograded(ASSIGNMENT, "heron").rename(half)
    bridge.autograde(course, ASSIGNMENT)
    after = {name: file.stat().st_mtime_ns for name, file in marked.items()}
    assert after["wren"] == before["wren"]
    assert after["heron"] > before["heron"]


def test_a_corrected_key_marks_everybody_again(course: CourseFolder) -> None:
    """Releasing again with another key changes the scores at the next marking, and keeps the submissions."""
    run(course, delivery("heron"))
    other = [question.model_dump(mode="json") for question in QUESTIONS]
    for option in other[0]["options"]:
        option["ok"] = option["id"] == "a"
    bridge.release(course, ASSIGNMENT, notebook(), json.dumps(other), None)
    later = course.key(ASSIGNMENT).stat().st_mtime + 5
    os.utime(course.key(ASSIGNMENT), (later, later))
    bridge.autograde(course, ASSIGNMENT)
    assert by_question(course)["heron", "RC.1"].auto == 1


def test_questions_cannot_be_taken_away_once_people_have_answered(course: CourseFolder) -> None:
    """The refusal is one sentence, and what was released before is whole again."""
    run(course, delivery("heron"))
    before = bridge.student_notebook(course, ASSIGNMENT)
    nb = nbformat.reads(notebook().decode(), as_version=4)
    nb.cells = nb.cells[3:]
    with pytest.raises(Conflict, match="cannot be added or removed"):
        bridge.release(course, ASSIGNMENT, str(nbformat.writes(nb)).encode(), dump(QUESTIONS[1:]), None)
    assert bridge.student_notebook(course, ASSIGNMENT) == before
    assert course.source(ASSIGNMENT).read_bytes() == notebook()
    assert run(course, delivery("wren"))["notes"] == []


@needs_confinement
def test_code_beside_questions_runs_confined_and_the_questions_do_not(course: CourseFolder) -> None:
    """A lab cell is run and tested; an answer beside it stays data, even a call that would end the kernel."""
    nb = nbformat.reads(notebook().decode(), as_version=4)
    about = {"schema_version": 3, "task": False, "solution": False, "locked": True}
    test = about | {"grade": True, "grade_id": "lab", "points": 1}
    solution = about | {"grade": False, "grade_id": "work", "solution": True, "locked": False}
    nb.cells.append(new_code_cell("### BEGIN SOLUTION\nhalf = 21\n### END SOLUTION", metadata={"nbgrader": solution}))
    nb.cells.append(new_code_cell("assert half * 2 == 42", metadata={"nbgrader": test}))
    release(course, str(nbformat.writes(nb)).encode())
    handed = bridge.student_notebook(course, ASSIGNMENT).decode().replace("answer = None", "answer = exit()", 1)
    filled = nbformat.reads(handed, as_version=4)
    next(cell for cell in filled.cells if cell.metadata.nbgrader.get("grade_id") == "work").source = "half = 21"
    one = replace(delivery("wren"), answers=None, notebook=str(nbformat.writes(filled)).encode())
    bridge.deliver(course, ASSIGNMENT, one)
    bridge.collect(course, ASSIGNMENT)
    found = {cell["question"]: cell for cell in bridge.autograde(course, ASSIGNMENT)["submissions"][0]["cells"]}
    assert found["lab"]["verdict"] == "passed"
    assert found[QUESTIONS[0].id]["verdict"] == "did-not-run"
