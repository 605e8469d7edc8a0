"""A small nbgrader course as anybody could have made it, and the submissions in it."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from tests.attacks.model import RIGHT_MIDDLE, RIGHT_SQUARES, RIGHT_TOTAL, Place, Submission, cell

__all__ = ["ASSIGNMENT", "CELL_SECONDS", "hand_in", "make_course", "set_up"]

ASSIGNMENT = "task"
CELL_SECONDS = 2
"""Time limit of a cell: what never ends costs the test no more than this."""

SETTINGS = f"""
c = get_config()
c.CourseDirectory.course_id = "attacks"
c.Exchange.root = %r
c.ExecutePreprocessor.timeout = {CELL_SECONDS}
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}}
"""

HELPER = """
NEAR = 1e-9

def check_close(first, second, near=NEAR):
    return abs(first - second) < near
"""

SQUARES_TEST = """
assert squares(1) == [1]
assert squares(2) == [1, 4]
### BEGIN HIDDEN TESTS
hidden = '@HIDDEN@'
assert squares(10) == [n * n for n in range(1, 11)]
assert isinstance(squares(3), list) and len(squares(3)) == 3
### END HIDDEN TESTS
"""

TOTAL_TEST = """
import math
marks = 0
if total([1, 2, 3]) == 6:
    marks += 1
if total([]) == 0:
    marks += 1
### BEGIN HIDDEN TESTS
hidden = '@HIDDEN@'
if check_close(total([0.1] * 10), 1.0):
    marks += 1
if math.isclose(total([0.5, 0.25]), 0.75):
    marks += 1
### END HIDDEN TESTS
marks
"""

MIDDLE_TEST = """
from unittest import TestCase
check = TestCase()
check.assertEqual(middle([3, 1, 2]), 2)
### BEGIN HIDDEN TESTS
from numpy.testing import assert_allclose
hidden = '@HIDDEN@'
assert_allclose(middle([0.5, 1.5]), 1.0)
### END HIDDEN TESTS
"""


def _about(grade_id: str, **values: Any) -> dict[str, Any]:
    """Return nbgrader's data of a cell."""
    kind = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": kind | {"grade_id": grade_id} | values}


def _solution(grade_id: str, text: str, place: Place) -> Any:
    source = f"### BEGIN SOLUTION\n# {place.secret('source')}\n{text}### END SOLUTION"
    return new_code_cell(source, metadata=_about(grade_id, solution=True))


def _test(grade_id: str, text: str, points: int, place: Place) -> Any:
    source = text.strip().replace("@HIDDEN@", place.secret("hidden-tests"))
    return new_code_cell(source, metadata=_about(grade_id, grade=True, locked=True, points=points))


def _source(place: Place) -> Any:
    """Return the instructor's notebook."""
    cells = [
        new_markdown_cell("# Lists\nThree functions and a few words."),
        new_code_cell(HELPER.strip(), metadata=_about("helper", locked=True)),
        _solution("squares", RIGHT_SQUARES, place),
        _test("squares-test", SQUARES_TEST, 2, place),
        _solution("total", RIGHT_TOTAL, place),
        _test("total-test", TOTAL_TEST, 4, place),
        _solution("middle", RIGHT_MIDDLE, place),
        _test("middle-test", MIDDLE_TEST, 3, place),
        new_markdown_cell("Which list grows?", metadata=_about("essay", grade=True, solution=True, points=2)),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def make_course(place: Place) -> None:
    """Make the course folder with the real nbgrader, and plant a secret wherever no submission may look."""
    for folder in (place.exchange, place.home, place.temporary, place.course / "source" / ASSIGNMENT):
        folder.mkdir(parents=True)
    (place.course / "nbgrader_config.py").write_text(SETTINGS % str(place.exchange))
    nbformat.write(_source(place), place.course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    (place.home / "key.txt").write_text(place.secret("home"))
    (place.exchange / "notes.txt").write_text(place.secret("exchange"))
    _nbgrader(place, "generate_assignment", ASSIGNMENT)
    with Gradebook(f"sqlite:///{place.course / 'gradebook.db'}") as book:
        book.update_or_create_student(place.neighbour, email=place.secret("gradebook"))


def _nbgrader(place: Place, *arguments: str) -> None:
    environment = os.environ | {"PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=place.course, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def set_up(place: Place, submissions: Mapping[str, Submission]) -> None:
    """Hand in submissions by student id; their folders are arranged when all notebooks are there."""
    released = nbformat.read(place.course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for student, submission in submissions.items():
        hand_in(place, released, student, submission)
    shutil.copy(_folder(place, place.neighbour) / f"{ASSIGNMENT}.ipynb", place.collected)
    for student, submission in submissions.items():
        submission.arrange(_folder(place, student), place)


def hand_in(place: Place, released: Any, student: str, submission: Submission) -> None:
    """Write one submission's notebook into the course folder."""
    nb = copy.deepcopy(released)
    for name in ("squares", "total", "middle"):
        cell(nb, name).source = getattr(submission, name)
    secret = f" {place.secret('submission')}" if student == place.neighbour else ""
    cell(nb, "essay").source = submission.essay + secret
    submission.change(nb)
    text = place.fill(nbformat.writes(nb))
    _folder(place, student).mkdir(parents=True)
    (_folder(place, student) / f"{ASSIGNMENT}.ipynb").write_bytes(
        submission.spoil(text.encode("utf-8", "surrogatepass"))
    )


def _folder(place: Place, student: str) -> Path:
    return place.course / "submitted" / student / ASSIGNMENT


def students(submissions: Iterable[Submission]) -> dict[str, Submission]:
    """Give everybody a student id in which her number stands first, so that neighbours stay neighbours."""
    named = {}
    for number, submission in enumerate(submissions):
        named[submission.student or f"{number:03d}-{submission.name}"[:31].strip("-")] = submission
    return named
