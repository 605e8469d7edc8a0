"""``academy grade`` marks any nbgrader course, goes on where it was stopped, and says what it does not know."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from academy.kernels.layers import layers
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    not all(granted.granted for granted in layers()), reason="this system does not confine code of strangers"
)

COMMAND = [sys.executable, "-m", "academy.cli", "grade", "course", "hw"]
MAKE = """
import sys
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
config = Config()
config.CourseDirectory.root = sys.argv[1]
made = NbGraderAPI(config=config).generate_assignment("hw")
assert made["success"], made
"""
RIGHT = "def double(n):\n    return 2 * n"
WRONG = "def double(n):\n    return n"
WARNS = "import warnings\ndef double(n):\n    warnings.warn('old')\n    return 2 * n"
DIES = "import os\ndef double(n):\n    os._exit(0)"
HANGS = "def double(n):\n    while True:\n        pass"


def nbgrader(**about: Any) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell."""
    cell = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": cell | about}


def source() -> Any:
    """Return the instructor's notebook: a function, a test with a hidden part, one for part of the points, an essay."""
    solution = f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"
    test = "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(21) == 42\n### END HIDDEN TESTS"
    part = "(double(1) == 2) + (double(0) == 0)"
    return new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
        cells=[
            new_code_cell(solution, metadata=nbgrader(solution=True, grade_id="double")),
            new_code_cell(test, metadata=nbgrader(grade=True, locked=True, grade_id="test", points=2)),
            new_code_cell(part, metadata=nbgrader(grade=True, locked=True, grade_id="part", points=2)),
            new_markdown_cell("Why?", metadata=nbgrader(grade=True, solution=True, grade_id="essay", points=1)),
        ],
    )


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a course with nbgrader, once."""
    root = tmp_path_factory.mktemp("made") / "course"
    (root / "source" / "hw").mkdir(parents=True)
    nbformat.write(source(), root / "source" / "hw" / "hw.ipynb")
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])  # nbgrader starts alembic by name
    environment = os.environ | {"PATH": path}
    subprocess.run([sys.executable, "-c", MAKE, str(root)], check=True, timeout=120, env=environment)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.ExecutePreprocessor.timeout = 2\n", encoding="utf-8")
    return root


@pytest.fixture
def course(generated: Path, tmp_path: Path) -> Iterator[Path]:
    """Copy the course, so that each test has its own."""
    root = tmp_path / "course"
    shutil.copytree(generated, root)
    yield root
    assert not (root / ".grading").exists(), "something unfinished was left behind"


def hand_in(course: Path, student: str, solution: str, *, stamp: str = "2026-11-20 12:00:00 UTC") -> None:
    """Put a submission where nbgrader collects them."""
    nb = nbformat.read(course / "release" / "hw" / "hw.ipynb", as_version=4)
    nb.cells[0].source = solution
    folder = course / "submitted" / student / "hw"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, folder / "hw.ipynb")
    (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")


def grade(course: Path, *options: str) -> dict[str, Any]:
    """Run the command and return what it prints as JSON."""
    command = [*COMMAND, "--course-dir", str(course), "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cells(found: dict[str, Any], student: str) -> dict[str, tuple[float | None, str]]:
    """Return score and verdict of each cell of a student's one notebook."""
    (submission,) = [one for one in found["submissions"] if one["student"] == student]
    (notebook,) = submission["notebooks"]
    return {cell["id"]: (cell["score"], cell["verdict"]) for cell in notebook["cells"]}


def test_every_cell_gets_the_verdict_that_there_is_evidence_for(course: Path) -> None:
    """Right, wrong, a warning, a dead process and an endless loop, side by side in one run."""
    for student, solution in {"ana": RIGHT, "ben": WRONG, "cleo": WARNS, "dia": DIES, "eli": HANGS}.items():
        hand_in(course, student, solution)
    found = grade(course)
    assert cells(found, "ana") == {"test": (2, "passed"), "part": (2, "passed"), "essay": (0, "manual")}
    assert cells(found, "ben") == {"test": (0, "failed"), "part": (1, "partly"), "essay": (0, "manual")}
    assert cells(found, "cleo")["test"] == (2, "passed")
    assert cells(found, "dia") == {
        "test": (None, "kernel-died"), "part": (None, "did-not-run"), "essay": (0, "manual"),
    }  # fmt: skip
    assert cells(found, "eli")["test"] == (None, "timed-out")
    assert found["seconds"] > 0


def test_what_is_marked_is_left_alone_until_something_newer_comes(course: Path) -> None:
    """A second run changes nothing and says the same; a newer submission is marked, and so is everything on request."""
    hand_in(course, "ana", RIGHT)
    hand_in(course, "ben", WRONG)
    first = grade(course)
    marked = course / "autograded" / "ana" / "hw" / "hw.ipynb"
    before = (course / "gradebook.db").read_bytes(), marked.stat().st_mtime_ns
    again = grade(course)
    assert again["submissions"] == first["submissions"]
    assert ((course / "gradebook.db").read_bytes(), marked.stat().st_mtime_ns) == before
    hand_in(course, "ben", RIGHT, stamp="2026-11-20 13:00:00 UTC")
    assert cells(grade(course), "ben")["test"] == (2, "passed")
    assert marked.stat().st_mtime_ns == before[1]
    grade(course, "--again")
    assert marked.stat().st_mtime_ns > before[1]


def test_a_run_that_is_interrupted_goes_on_with_the_rest(course: Path) -> None:
    """Whoever was marked stays so; the same command marks the others, each once."""
    for student in ("ana", "ben", "cleo"):
        hand_in(course, student, RIGHT)
    hand_in(course, "zoe", HANGS)
    command = [*COMMAND, "--course-dir", str(course), "--jobs", "1"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
        while not (course / "autograded" / "ana" / "hw").exists():
            assert running.poll() is None
        running.send_signal(2)
        said = running.communicate(timeout=60)[1].decode()
    assert running.returncode == 130
    assert "goes on from here" in said
    before = (course / "autograded" / "ana" / "hw" / "hw.ipynb").stat().st_mtime_ns
    found = grade(course)
    assert [cells(found, student)["test"] for student in ("ana", "ben", "cleo")] == [(2, "passed")] * 3
    assert (course / "autograded" / "ana" / "hw" / "hw.ipynb").stat().st_mtime_ns == before


def test_a_table_in_words_names_what_needs_an_eye(course: Path) -> None:
    """Without --json there is a line for each student, with the cells that nobody could mark."""
    hand_in(course, "dia", DIES)
    command = [*COMMAND, "--course-dir", str(course)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=120)
    assert "test (kernel-died)" in done.stdout
    assert "1 marked now" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--course-dir", "nowhere"], "There is no course folder"),
        (["--run-untrusted-code-without", "walls"], "names layers of the confinement"),
    ],
)
def test_bad_options_are_one_sentence(course: Path, options: list[str], said: str) -> None:
    """Exit code 2, and no traceback."""
    command = [*COMMAND, "--course-dir", str(course), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_assignment_that_nobody_knows_is_one_sentence(course: Path) -> None:
    """The sentence names it."""
    command = [*COMMAND[:-1], "elsewhere", "--course-dir", str(course)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 2
    assert "elsewhere" in done.stderr


def test_hands_of_a_person_stay_above_the_machine(course: Path) -> None:
    """A mark given by hand counts after marking anew, and is shown as to be looked at again."""
    hand_in(course, "ben", WRONG)
    grade(course)
    change = (
        "import sys; from nbgrader.api import Gradebook\n"
        "with Gradebook(sys.argv[1]) as book:\n"
        "    grade = book.find_grade('test', 'hw', 'hw', 'ben'); grade.manual_score = 1.5; book.db.commit()\n"
    )
    subprocess.run([sys.executable, "-c", change, f"sqlite:///{course / 'gradebook.db'}"], check=True, timeout=60)
    assert cells(grade(course, "--again"), "ben")["test"] == (1.5, "failed")
