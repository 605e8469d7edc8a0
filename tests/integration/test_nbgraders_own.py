"""nbgrader's own tests of its autograding, run against ours, and its own sample course."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from academy.grading.bridge.course import Course, open_course
from academy.grading.bridge.marking import Marked, mark
from academy.grading.bridge.report import report
from academy.grading.execution import Run
from academy.kernels.layers import layers

ROOT = Path(__file__).parents[2]
SECONDS = 500
MODULES = ("nbgrader.tests.apps.test_nbgrader_autograde", "nbgrader.tests.apps.test_api")
TESTS = 73
EXCEPTIONS = {
    "TestNbGraderAutograde::test_showtraceback_exploit": (
        "Who replaces how IPython shows errors has changed what says whether a test passed, so none of the tests in "
        "that notebook is evidence: it earns nothing until a person has looked, while nbgrader gives the point of a "
        "test that only prints."
    ),
    "TestNbGraderAutograde::test_grade_empty_timestamp": (
        "A submission whose time cannot be read is marked all the same, with a sentence for the facilitator; nbgrader "
        "leaves it unmarked."
    ),
    "TestNbGraderAutograde::test_side_effects": (
        "What submitted code writes stays in its own private folder and ends with it; nbgrader lets it write into the "
        "course folder."
    ),
    "TestNbGraderAutograde::test_handle_failure": (
        "A notebook in which all cells are foreign is run like any other and earns nothing, with a sentence for each "
        "cell that claims to be part of the assignment; nbgrader leaves the whole submission unmarked."
    ),
    "TestNbGraderAutograde::test_handle_failure_single_notebook": (
        "As in test_handle_failure: cells that are not the assignment's are no reason to leave a submission unmarked."
    ),
    "TestNbGraderAutograde::test_missing_source_kernelspec": (
        "A notebook in a language that cannot be run here is kept, its tests count as not run and a person is asked; "
        "nbgrader leaves the submission unmarked."
    ),
    "TestNbGraderAutograde::test_incorrect_source_kernelspec": (
        "As in test_missing_source_kernelspec: a language that cannot be run here leaves tests that did not run."
    ),
    "TestNbGraderAutograde::test_grade_missing_notebook": (
        "A notebook that was not handed in is shown as not run and waits for a person, with the released notebook in "
        "its place; nbgrader records 0 and asks nobody."
    ),
    "TestNbGraderAPI::test_filter_existing_notebooks": (
        "As in test_grade_missing_notebook: the notebook that was not handed in is there to be looked at."
    ),
    "TestNbGraderAPI::test_get_student_notebook_submissions": (
        "As in test_grade_missing_notebook: the notebook that was not handed in waits for a person."
    ),
    "TestNbGraderAPI::test_get_submission": (
        "With --no-execute nothing is run, so nothing is known about the tests and a person is asked; nbgrader gives "
        "full marks to tests that never ran."
    ),
    "TestNbGraderAPI::test_get_submission_no_timestamp": (
        "As in test_get_submission: tests that never ran earn nothing."
    ),
    "TestNbGraderAPI::test_get_student": "As in test_get_submission: tests that never ran earn nothing.",
}
"""nbgrader's tests that do not pass with ours, and why ours is different on purpose."""
SKIPPED = {
    "TestNbGraderAutograde::test_many_students",
    "TestNbGraderAutograde::test_infinite_loop_with_output",
    "TestNbGraderAPI::test_get_released_assignments_windows",
}
"""Those that nbgrader itself never runs: they need a server, too much memory, or Windows."""

pytestmark = [
    pytest.mark.skipif(
        not all(layer.granted for layer in layers()), reason="this system does not confine code of strangers"
    ),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning"),
]


def environment(place: Path) -> dict[str, str]:
    """Return an environment in which no settings of the person at the machine count."""
    programs = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    own = {"HOME": "home", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipython"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return kept | {"PATH": programs, "PYTHONPATH": str(ROOT)} | {name: str(place / own[name]) for name in own}


@pytest.fixture(scope="module", autouse=True)
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start nbgrader's own tests at once: they take longer than everything else here."""
    place = tmp_path_factory.mktemp("nbgraders-own")
    (place / "pytest.ini").write_text("[pytest]\n")
    options = ["-c", "pytest.ini", "--rootdir", ".", "-p", "no:cacheprovider", "-p", "tests.nbgraders_own", "-n", "2"]
    outcomes = place / "outcomes.json"
    options += ["--outcomes", str(outcomes), "-q", "-W", "ignore", "--tb=short", "--pyargs", *MODULES]
    command = [sys.executable, "-m", "pytest", *options]
    with (
        (place / "said.txt").open("w") as said,
        subprocess.Popen(command, cwd=place, env=environment(place), stdout=said, stderr=said) as process,
    ):
        yield process, outcomes
        process.terminate()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of nbgrader's own tests."""

    by_test: Mapping[str, str]
    said: str

    def of(self, outcome: str) -> set[str]:
        """Return the tests that ended so."""
        return {test for test, found in self.by_test.items() if found == outcome}


@pytest.fixture(scope="module")
def outcomes(running: tuple[subprocess.Popen[bytes], Path]) -> Outcomes:
    """Wait for nbgrader's own tests."""
    process, file = running
    process.wait(timeout=SECONDS)
    said = file.with_name("said.txt").read_text()
    assert file.is_file(), said[-3000:]
    return Outcomes(json.loads(file.read_text()), said)


def nbgrader_files() -> Path:
    """Return where nbgrader is installed."""
    spec = find_spec("nbgrader")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def notebook(name: str) -> Path:
    """Return a notebook with which nbgrader tests itself."""
    return nbgrader_files() / "tests" / "apps" / "files" / f"{name}.ipynb"


@dataclass(frozen=True, slots=True)
class Sample:
    """The course of ``nbgrader quickstart`` with the two submissions of its manual, marked by both graders."""

    ours: Path
    stock: Path
    said: Mapping[str, Any]
    """What ``academy grade --json`` has said."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Make the sample course and let both graders mark it."""
    place = tmp_path_factory.mktemp("sample")
    ours, stock = place / "ours", place / "stock"
    nbgrader(place, "quickstart", "ours")
    nbgrader(ours, "generate_assignment", "ps1")
    shutil.copytree(nbgrader_files() / "docs" / "source" / "user_guide" / "submitted", ours / "submitted")
    shutil.copytree(ours, stock)
    nbgrader(stock, "autograde", "ps1")
    said = run(place, ["academy.cli", "grade", "ours", "ps1", "--course-dir", str(ours), "--json"])
    return Sample(ours=ours, stock=stock, said=json.loads(said))


def nbgrader(folder: Path, *arguments: str) -> None:
    """Run one of nbgrader's commands."""
    run(folder, ["nbgrader", *arguments])


def run(folder: Path, arguments: list[str]) -> str:
    """Run a module and return what it has said."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


Make = Callable[..., Course]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make courses of nbgrader's test notebooks, each once: one assignment with one notebook, ``p1``."""
    found: dict[str, Path] = {}

    def make(source: str) -> Path:
        if source not in found:
            root = found[source] = tmp_path_factory.mktemp(source)
            (root / "source" / "ps1").mkdir(parents=True)
            shutil.copy(notebook(source), root / "source" / "ps1" / "p1.ipynb")
            nbgrader(root, "generate_assignment", "ps1")
        return found[source]

    return make


@pytest.fixture
def make(generated: Callable[[str], Path], tmp_path: Path) -> Make:
    """Make a course with submissions, which are nbgrader's test notebooks, by student."""

    def made(source: str, settings: str = "", **submissions: str) -> Course:
        shutil.copytree(generated(source), tmp_path, dirs_exist_ok=True)
        (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{settings}\n")
        for student, name in submissions.items():
            (tmp_path / "submitted" / student / "ps1").mkdir(parents=True)
            shutil.copy(notebook(name), tmp_path / "submitted" / student / "ps1" / "p1.ipynb")
        return open_course(tmp_path, "ps1")

    return made


def verdicts(course: Course, marked: Marked) -> dict[str, dict[str, str]]:
    """Return the verdict of each cell, by student."""
    return {
        one["student"]: {cell["id"]: cell["verdict"] for notebook in one["notebooks"] for cell in notebook["cells"]}
        for one in report(course, marked, 0.0)["submissions"]
    }


def grades(root: Path) -> dict[tuple[str, str, str], tuple[float | None, float, bool]]:
    """Return everything that a gradebook says of cells: points, most, and whether a person has to look."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {
            (work.student.id, part.name, grade.name): (grade.auto_score, grade.max_score, grade.needs_manual_grade)
            for work in book.assignment_submissions("ps1")
            for part in work.notebooks
            for grade in part.grades
        }


def test_the_documented_course_gives_the_documented_points(sample: Sample) -> None:
    """1.5 for bitdiddle and 3 for hacker, of the 9 of its questions; the task, with 4 more, is for a person."""
    with Gradebook(f"sqlite:///{sample.ours / 'gradebook.db'}") as book:
        tasks = {cell.name for part in book.find_assignment("ps1").notebooks for cell in part.task_cells}
    found = {}
    for one in sample.said["submissions"]:
        cells = [cell for part in one["notebooks"] for cell in part["cells"]]
        questions = sum(cell["max"] for cell in cells if cell["id"] not in tasks)
        found[one["student"]] = (sum(cell["score"] or 0.0 for cell in cells), questions, sum(c["max"] for c in cells))
    assert found == {"bitdiddle": (1.5, 9.0, 13.0), "hacker": (3.0, 9.0, 13.0)}


def test_the_documented_course_gives_the_same_in_both_gradebooks(sample: Sample) -> None:
    """Cell by cell: points, most, and whether a person has to look."""
    assert grades(sample.ours) == grades(sample.stock)
    assert len(grades(sample.ours)) == 18


def test_formgrader_finds_what_was_marked(sample: Sample) -> None:
    """The lists that it shows are those of nbgrader's own grading, except for random names."""

    def shown(root: Path) -> list[dict[str, Any]]:
        config = Config({"CourseDirectory": {"root": str(root), "db_url": f"sqlite:///{root / 'gradebook.db'}"}})
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        parts = [part for name in ("problem1", "problem2") for part in api.get_notebook_submissions("ps1", name)]
        found = sorted([*api.get_submissions("ps1"), *parts], key=lambda row: (row["name"], row["student"]))
        return [{key: value for key, value in row.items() if key not in {"id", "index"}} for row in found]

    ours = shown(sample.ours)
    assert ours == shown(sample.stock)
    assert len(ours) == 6
    assert all(row["autograded"] and row["needs_manual_grade"] for row in ours if row["name"] == "ps1")


def test_changing_how_errors_are_shown_earns_nothing(make: Make) -> None:
    """Of nbgrader's two notebooks that try it, neither gets the point of the test that it would have to hide."""
    place = make(
        "submitted-unchanged", replaced="submitted-cheat-attempt",
        removed="submitted-cheat-attempt-alternative", honest="submitted-changed", empty="submitted-unchanged",
    )  # fmt: skip
    found = {student: (said["foo"], said["bar"]) for student, said in verdicts(place, mark(place, Run())).items()}
    assert found["honest"] == ("passed", "passed")
    assert found["empty"] == ("passed", "failed")
    assert found["replaced"] == ("tampered", "tampered")
    assert found["removed"] in {("tampered", "tampered"), ("passed", "failed")}  # it may also be undone
    for student in ("replaced", "removed"):
        points, _, _ = grades(place.root)[student, "p1", "bar"]
        assert not points


def test_what_never_ends_and_grows_is_stopped(make: Make) -> None:
    """Also nbgrader's notebook that its own tests leave out, for the memory that it takes."""
    place = make("infinite-loop-with-output", "c.Execute.timeout = 1", salma="infinite-loop-with-output")
    assert mark(place, Run()).marked == ("salma",)
    said = (place.autograded("salma") / "p1.ipynb").read_text()
    assert "CellTimeoutError" in said or "MemoryError" in said


def test_a_test_that_was_not_run_has_not_passed(make: Make) -> None:
    """Where the course's settings switch the execution off, nothing is known and a person is asked."""
    place = make("submitted-unchanged", "c.Execute.enabled = False", salma="submitted-changed")
    found = verdicts(place, mark(place, Run()))
    assert {found["salma"][test] for test in ("foo", "bar")} == {"did-not-run"}
    assert grades(place.root)["salma", "p1", "foo"] == (None, 1.0, True)


def test_tests_run_also_without_the_instructors_folder(make: Make) -> None:
    """What the gradebook knows is enough."""
    place = make("submitted-unchanged", salma="submitted-unchanged")
    shutil.rmtree(place.root / "source")
    found = verdicts(place, mark(place, Run()))
    assert (found["salma"]["foo"], found["salma"]["bar"]) == ("passed", "failed")


def test_a_verdict_that_was_handed_in_is_none(make: Make) -> None:
    """What a submission writes where verdicts stand is removed before anything is looked at."""
    place = make("submitted-unchanged", "c.Execute.enabled = False", salma="submitted-unchanged")
    file = place.submitted("salma") / "p1.ipynb"
    nb = json.loads(file.read_text())
    for cell in nb["cells"]:
        cell["metadata"]["academy"] = {"verdict": "passed", "points": 1.0, "reason": ""}
    file.write_text(json.dumps(nb))
    found = verdicts(place, mark(place, Run()))
    assert {found["salma"][test] for test in ("foo", "bar")} == {"did-not-run"}


def test_a_time_that_cannot_be_read_is_said(make: Make) -> None:
    """The submission is marked; that nobody knows whether it was late stands in the notes."""
    place = make("submitted-unchanged", salma="submitted-changed")
    (place.submitted("salma") / "timestamp.txt").write_text("But I was early")
    marked = mark(place, Run())
    assert verdicts(place, marked)["salma"]["bar"] == "passed"
    assert any("late" in note for note in marked.notes["salma"])


def test_all_of_nbgraders_own_tests_were_run(outcomes: Outcomes) -> None:
    """As many as this version of nbgrader has, less those that it never runs itself."""
    assert len(outcomes.by_test) == TESTS, outcomes.said[-3000:]
    assert outcomes.of("skipped") == SKIPPED


def test_nbgraders_own_tests_pass_except_where_ours_is_different_on_purpose(outcomes: Outcomes) -> None:
    """Every other failure is a fault of ours."""
    failed = outcomes.of("failed") | outcomes.of("error")
    assert failed - EXCEPTIONS.keys() == set(), outcomes.said[-20000:]


def test_every_exception_is_still_one(outcomes: Outcomes) -> None:
    """What passes needs no explanation any more."""
    assert EXCEPTIONS.keys() - outcomes.of("failed") == set()
