"""The bridge against the real nbgrader: release, hand in, collect, mark, feedback, and what must not pass."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell
from nbgrader.converters import Autograde
from traitlets.config import Config

from academy.errors import AcademyError, BadInput, Conflict, NotFound
from academy.grading import bridge
from academy.grading.bridge.folder import configuration, course_directory, gradebook
from academy.grading.gradebook import Score
from academy.grading.keys import dump
from academy.grading.model import CourseFolder, Delivery, Verdict
from academy.grading.settings import LARGEST_FILE
from tests.integration.grading_sample import ANSWERS, ASSIGNMENT, POINTS, QUESTIONS, SECRETS, delivery, notebook

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
    """What is marked is left alone, unless its marking was begun and not ended, or its key changed."""
    run(course, delivery("wren"), delivery("heron"))
    marked = {name: course.autograded(ASSIGNMENT, name) / f"{ASSIGNMENT}.ipynb" for name in ("wren", "heron")}
    before = {name: file.stat().st_mtime_ns for name, file in marked.items()}
    (course.root / "autograding" / f"{ASSIGNMENT}+heron").touch()
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


def test_graded_code_is_refused_at_release_and_at_marking(course: CourseFolder) -> None:
    """No code is run: a graded cell that belongs to no question stops the release, and the marking."""
    nb = nbformat.reads(notebook().decode(), as_version=4)
    about = {"grade": True, "grade_id": "lab", "locked": True, "points": 1, "schema_version": 3, "solution": False}
    nb.cells.append(new_code_cell("assert True", metadata={"nbgrader": about | {"task": False}}))
    with_code = str(nbformat.writes(nb)).encode()
    with pytest.raises(Conflict, match="graded cells of code"):
        release(course, with_code)
    bridge.deliver(course, ASSIGNMENT, delivery("wren"))
    bridge.collect(course, ASSIGNMENT)
    course.source(ASSIGNMENT).write_bytes(with_code)
    with pytest.raises(Conflict, match="graded cells of code"):
        bridge.autograde(course, ASSIGNMENT)


def test_locked_cells_that_were_edited_deleted_or_doubled_come_back(course: CourseFolder) -> None:
    """A submission is marked with the cells that were released, whatever was done to them."""

    def tamper(nb: Any) -> None:
        cell_of(nb, "rc-1-test").source = "2"
        cell_of(nb, "rc-1-test").outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1.0"})]
        cell_of(nb, "rc-1-test").metadata.nbgrader.points = 50
        cell_of(nb, "rc-1-stem").source = "Another question."
        nb.cells.remove(cell_of(nb, "rc-2-test"))
        doubled = nbformat.from_dict(cell_of(nb, "rc-3-test"))
        nb.cells.insert(0, nbformat.from_dict({**doubled, "id": "doubled", "source": "1"}))

    assert run(course, edited(course, "heron", tamper))["notes"] == []
    found = by_question(course)
    for question, points in POINTS["heron"].items():
        assert Fraction(str(found["heron", question].auto)).limit_denominator(1000) == points


@pytest.mark.parametrize(
    "source",
    [
        "answer = open('/etc/passwd').read()",
        "answer = 'b'; import os",
        "answer = 'a' if False else 'b'",
        "answer = __import__('os').getcwd()",
        "get_ipython()\nanswer = 'b'",
        "answer = ['b'",
        "answer = " + "(" * 5000 + "'b'" + ")" * 5000,
    ],
)
def test_an_answer_that_is_no_plain_value_is_left_to_a_person(course: CourseFolder, source: str) -> None:
    """It is not run, it gives neither points nor a zero, and the neighbours are marked."""

    def write(nb: Any) -> None:
        cell_of(nb, "rc-1").source = source

    found = run(course, edited(course, "wren", write), delivery("heron"))
    assert found["notes"] == []
    score = by_question(course)["wren", "RC.1"]
    assert (score.auto, score.needs_manual_grade, score.verdict) == (None, True, Verdict.DID_NOT_RUN)
    assert by_question(course)["wren", "RC.2"].auto == 1
    assert by_question(course)["heron", "RC.1"].verdict is Verdict.FAILED


def test_an_emptied_cell_is_no_answer_and_a_removed_one_is_a_question(course: CourseFolder) -> None:
    """Nothing written is worth 0; a solution cell that is gone is looked at by a person."""

    def empty(nb: Any) -> None:
        cell_of(nb, "rc-1").source = ""
        nb.cells.remove(cell_of(nb, "rc-2"))
        nb.cells.remove(cell_of(nb, "rc-a"))

    run(course, edited(course, "wren", empty))
    found = by_question(course)
    assert (found["wren", "RC.1"].auto, found["wren", "RC.1"].needs_manual_grade) == (0, False)
    assert (found["wren", "RC.2"].auto, found["wren", "RC.2"].needs_manual_grade) == (None, True)
    assert (found["wren", "RC-A"].auto, found["wren", "RC-A"].needs_manual_grade) == (None, True)


BROKEN: dict[str, bytes] = {
    "empty": b"",
    "not-json": b"{nothing",
    "old-format": b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}',
    "no-cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "deep": b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_a_broken_notebook_gets_one_sentence_and_a_persons_eye(course: CourseFolder, kind: str) -> None:
    """It cannot be handed in; if it is there all the same, every mark stays open and the neighbours are marked."""
    with pytest.raises(BadInput, match="not a notebook") as refused:
        bridge.deliver(course, ASSIGNMENT, replace(delivery("wren"), answers=None, notebook=BROKEN[kind]))
    assert refused.value.field == "notebook"
    assert list(course.inbound.iterdir()) == []
    hand_in(course, "wren", BROKEN[kind])
    found = run(course, delivery("heron"))
    assert found["notes"] == [
        {"student": "wren", "note": "This notebook cannot be read: it is empty, damaged or of an old format."}
    ]
    assert_open(course, "wren")
    assert by_question(course)["heron", "RC.6"].auto == 1


def assert_open(course: CourseFolder, student: str) -> None:
    """Check that every mark of a student waits for a person, also in formgrader's list."""
    scores = [score for score in bridge.scores(course, ASSIGNMENT) if score.student == student]
    assert len(scores) == len(QUESTIONS)
    assert all(score.auto is None and score.needs_manual_grade for score in scores)
    assert (course.autograded(ASSIGNMENT, student) / f"{ASSIGNMENT}.ipynb").exists()


def test_a_submission_without_its_notebook_is_left_to_a_person(course: CourseFolder) -> None:
    """A missing or renamed notebook is not a zero."""
    hand_in(course, "wren", notebook(), name="other.ipynb")
    found = run(course, delivery("heron"))
    assert found["notes"] == [{"student": "wren", "note": "This submission holds no notebook of the assessment."}]
    assert_open(course, "wren")


def test_links_large_files_and_strange_names_stay_in_the_exchange(course: CourseFolder) -> None:
    """Nothing behind a link is read, nothing huge is copied; the neighbours are collected."""
    symbolic = hand_in(course, "wren", b"") / f"{ASSIGNMENT}.ipynb"
    symbolic.unlink()
    symbolic.symlink_to(course.source(ASSIGNMENT))
    hard = hand_in(course, "crake", b"") / f"{ASSIGNMENT}.ipynb"
    hard.unlink()
    hard.hardlink_to(course.source(ASSIGNMENT))
    pipe = hand_in(course, "bittern", b"") / "pipe"
    os.mkfifo(pipe)
    hand_in(course, "huge", b" " * (LARGEST_FILE + 1))
    hand_in(course, "..", notebook())
    hand_in(course, "UPPER", notebook())
    whole = hand_in(course, "linked-folder", notebook())
    shutil.rmtree(whole)
    whole.symlink_to(course.root / "source" / ASSIGNMENT)
    bridge.deliver(course, ASSIGNMENT, delivery("heron"))
    found = bridge.collect(course, ASSIGNMENT)
    assert found["students"] == ["heron"]
    assert sorted(note["student"] for note in found["notes"]) == [
        "..", "UPPER", "bittern", "crake", "huge", "linked-folder", "wren",
    ]  # fmt: skip
    assert all(note["note"].count(".") == 1 for note in found["notes"])
    assert sorted(folder.name for folder in (course.root / "submitted").iterdir()) == ["heron"]
    with pytest.raises(BadInput, match="larger than 1 MB"):
        bridge.deliver(course, ASSIGNMENT, replace(delivery("wren"), answers=None, notebook=b" " * (LARGEST_FILE + 1)))


def test_what_does_not_fit_is_refused_in_one_sentence(course: CourseFolder) -> None:
    """An unknown question, a strange name, an assessment that is not there: nothing is written."""
    problems = bridge.deliver_all(
        course,
        ASSIGNMENT,
        [delivery("wren", {"RC.99": "a"}), replace(delivery("wren"), student="../wren"), delivery("wren")],
    )
    assert [problem is None for problem in problems] == [False, False, True]
    assert len(list(course.inbound.iterdir())) == 1
    for verb in (bridge.collect, bridge.autograde, bridge.release_feedback):
        with pytest.raises(AcademyError):
            verb(course, "no-such-assessment")
    with pytest.raises(NotFound):
        bridge.deliver(course, "no-such-assessment", delivery("wren"))


@pytest.fixture(scope="module")
def informed(make: Make) -> tuple[CourseFolder, list[dict[str, Any]]]:
    """Keep a course with feedback for two people, one of them with marks by hand and a comment."""
    course = make()
    run(course, delivery("wren"), delivery("heron"))
    with gradebook(course) as book:
        grade = book.find_grade("rc-a", ASSIGNMENT, ASSIGNMENT, "wren")
        grade.manual_score, grade.needs_manual_grade = 3.5, False
        comment = book.find_comment("rc-a", ASSIGNMENT, ASSIGNMENT, "wren")
        comment.manual_comment = "Good = clear."
        book.db.commit()
    bridge.release_feedback(course, ASSIGNMENT)
    return course, bridge.release_feedback(course, ASSIGNMENT)  # twice, as after a kill


def test_feedback_names_points_and_words(informed: tuple[CourseFolder, list[dict[str, Any]]]) -> None:
    """One row for each person and question, with the attempt it belongs to."""
    _, rows = informed
    assert len(rows) == 2 * len(QUESTIONS)
    mine = {row["question"]: row for row in rows if row["student"] == "wren"}
    assert mine["RC-A"] == {
        "student": "wren",
        "submitted_at": "2026-11-24T08:30:00.000250+00:00",
        "question": "RC-A",
        "score": 3.5,
        "points": 4.0,
        "comment": "Good = clear.",
    }
    assert sum(row["score"] for row in mine.values()) == 12.5


def test_feedback_pages_show_no_test_ask_no_other_host_and_run_no_script(
    informed: tuple[CourseFolder, list[dict[str, Any]]],
) -> None:
    """nbgrader's own pages too: no hidden test, no script of anybody, nothing loaded from elsewhere."""
    course, _ = informed
    pages = list((course.exchange / course.course_id / "feedback").glob("*.html"))
    assert len(pages) == 2
    for page in pages:
        text = page.read_text()
        assert "HIDDEN" not in text
        assert "WHY-" not in text
        assert_harmless(text)
        assert "<script" not in text


def assert_harmless(text: str) -> None:
    """Check that a learner's markup is shown as text and that nothing is loaded from another host."""
    assert "<script>document.title" not in text
    assert "<img src=x" not in text
    assert "cdnjs" not in text
    for attribute in ('src="http', "src='http", 'src="//', "@import", "url(http", '<link rel="stylesheet" href="http'):
        assert attribute not in text


def test_formgraders_page_of_a_submission_is_as_harmless(marked: CourseFolder) -> None:
    """With the folder's settings, formgrader shows what a learner wrote as text and asks no other host."""
    config = configuration(marked)
    config.HTMLExporter.template_name = "formgrade"
    about = {"assignment_id": ASSIGNMENT, "notebook_id": ASSIGNMENT, "submission_id": "1", "index": 0, "total": 1}
    names = {"base_url": "/user/anika", "student": "wren", "last_name": None, "first_name": None}
    file = marked.autograded(ASSIGNMENT, "wren") / f"{ASSIGNMENT}.ipynb"
    resources = about | names | {"notebook_path": "x"}
    html, _ = HTMLExporter(config=config).from_filename(str(file), resources=resources)
    assert "My plan." in html
    assert_harmless(html)


def nbgrader(course: CourseFolder, *words: str) -> str:
    """Run nbgrader's command line in the course folder and return what it said."""
    home = course.root.parent / "nobody"
    home.mkdir(exist_ok=True)
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course.root, env=environ, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


def test_nbgraders_own_commands_work_in_the_folder_and_do_the_same(make: Make) -> None:
    """``nbgrader list`` and ``autograde`` see the same course and give the same scores, running nothing."""
    course = make()
    bridge.deliver_all(course, ASSIGNMENT, [delivery("wren"), delivery("heron")])
    assert f"river wren {ASSIGNMENT}" in nbgrader(course, "list", "--inbound")
    bridge.collect(course, ASSIGNMENT)
    said = nbgrader(course, "autograde", ASSIGNMENT)
    assert "Executing" not in said
    found = by_question(course)
    assert found["heron", "RC.3"].auto == 0.75
    assert found["wren", "RC-A"].needs_manual_grade


def test_the_settings_file_and_the_bridge_say_the_same(course: CourseFolder) -> None:
    """The folder's own configuration file, read as nbgrader reads it, equals what the bridge uses."""
    from traitlets.config.loader import PyFileConfigLoader  # noqa: PLC0415

    read = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    assert Config(read) == configuration(course)
