"""The courses that both graders mark: nbgrader's own sample, and an assessment of ours with invented answers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import nbformat

from academy.content.build import build_assessment
from academy.content.catalogue import load
from academy.demo.answers import answers_of
from academy.grading import bridge
from academy.grading.keys import dump
from academy.grading.model import CourseFolder, Delivery

__all__ = ["Case", "assessment", "environment", "quickstart"]

ROOT = Path(__file__).parents[2]
SAMPLE = "ps1"
ASSESSMENT = "what-we-protect"
HANDED_IN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
STOCK_SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "bench"
"""
TROUBLES: Mapping[str, str] = {
    "warns": """
import logging

def squares(n):
    logging.warning("This will change in the next version.")
    if n < 1:
        raise ValueError
    return [i ** 2 for i in range(1, n + 1)]
""",
    "never-ends": """
def squares(n):
    while True:
        try:
            for i in range(10 ** 9):
                n += 1
        except:
            pass
""",
    "ends-when-called": """
import os

def squares(n):
    os._exit(0)
""",
    "ends-at-once": "import os\nos._exit(0)",
}
"""What stands in the first solution cell of a submission in trouble; its student is called so."""
SHORT = "\nc.ExecutePreprocessor.timeout = 5\n"
"""Seconds that a cell may take where some never end."""


@dataclass(frozen=True, slots=True)
class Case:
    """An assignment with its submissions, ready to be marked, once for each grader."""

    name: str
    assignment: str
    submissions: int
    stock: Path
    """Course folder with nbgrader's own settings."""
    ours: Path
    """The same course folder as ``academy grade`` gets it."""


def environment(place: Path) -> dict[str, str]:
    """Return an environment in which no settings of the person at the machine count."""
    programs = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    own = {"HOME": "home", "JUPYTER_CONFIG_DIR": "config", "IPYTHONDIR": "ipython", "JUPYTER_DATA_DIR": "data"}
    return os.environ | {"PATH": programs} | {name: str(place / folder) for name, folder in own.items()}


def quickstart(place: Path, submissions: int, *, trouble: bool = False) -> Case:
    """Make the course of ``nbgrader quickstart`` with copies of the two submissions that nbgrader's manual shows."""
    course = place / "sample"
    _nbgrader(place, "quickstart", course.name, folder=place)
    _nbgrader(place, "generate_assignment", SAMPLE, folder=course)
    samples = [_manual() / "submitted" / name / SAMPLE for name in ("bitdiddle", "hacker")]
    for number in range(submissions):
        shutil.copytree(samples[number % 2], course / "submitted" / f"student-{number:03d}" / SAMPLE)
    if trouble:
        with (course / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
            settings.write(SHORT)
    for name, source in TROUBLES.items() if trouble else ():
        folder = course / "submitted" / name / SAMPLE
        shutil.copytree(samples[1], folder)
        _replace(folder / "problem1.ipynb", "squares", source.strip())
    return Case("nbgrader quickstart", SAMPLE, submissions + len(TROUBLES) * trouble, course, course)


def _manual() -> Path:
    spec = find_spec("nbgrader")
    if spec is None or spec.origin is None:
        message = "nbgrader is not installed"
        raise RuntimeError(message)
    return Path(spec.origin).parent / "docs" / "source" / "user_guide"


def _nbgrader(place: Path, *arguments: str, folder: Path) -> None:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    subprocess.run(command, cwd=folder, env=environment(place), capture_output=True, check=True)


def _replace(file: Path, grade_id: str, source: str) -> None:
    nb = nbformat.read(file, as_version=4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            cell.source = source
    nbformat.write(nb, file)


def assessment(place: Path, submissions: int) -> Case:
    """Release an assessment of ours, hand in and collect invented people's answers."""
    read = load(ROOT).assessment(ASSESSMENT)
    course = CourseFolder(root=place / "ours" / "bench", course_id="bench", exchange=place / "exchange")
    notebook = str(nbformat.writes(build_assessment(read))).encode()
    bridge.release(course, ASSESSMENT, notebook, dump(read.questions), None)
    people = [f"person-{number:03d}" for number in range(submissions)]
    bridge.add_students(course, people)
    times = [HANDED_IN + timedelta(minutes=number) for number in range(submissions)]
    handed_in = [Delivery(name, time, answers_of(name, read)) for name, time in zip(people, times, strict=True)]
    problems = [problem for problem in bridge.deliver_all(course, ASSESSMENT, handed_in) if problem]
    if problems:
        raise RuntimeError(problems[0])
    bridge.collect(course, ASSESSMENT)
    stock = place / "stock" / "bench"
    shutil.copytree(course.root, stock, ignore=shutil.ignore_patterns("keys"))
    (stock / "nbgrader_config.py").write_text(STOCK_SETTINGS, encoding="utf-8")
    return Case(f"the assessment {ASSESSMENT}", ASSESSMENT, submissions, stock, course.root)
