"""A plugin with which nbgrader's own tests call our grader wherever they would call nbgrader's autograding.

Everything else in them stays nbgrader's: how options are read, how a course is made, what is looked up afterwards.
``python -m pytest -p tests.nbgraders_own --outcomes FILE --pyargs nbgrader.tests.apps.test_nbgrader_autograde``
"""

from __future__ import annotations

import copy
import functools
import json
from pathlib import Path
from typing import Any

import nbgrader  # noqa: F401 - the whole package, before ours makes do with less of it
import pytest
from nbgrader import api as gradebooks
from nbgrader.apps import api, autogradeapp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from academy.errors import AcademyError
from academy.grading.bridge.course import open_course
from academy.grading.bridge.marking import mark
from academy.grading.execution import Run

__all__ = ["OurAutograde"]

NBGRADERS_WORDS = {"nothing-handed-in": "No notebooks were matched"}
"""What nbgrader says where ours has a sentence of its own, by the code of ours."""


class OurAutograde(Autograde):
    """Takes nbgrader's settings and marks with ours.

    It fails where ours refuses, and where a submission with notebooks is not marked afterwards.
    """

    def start(self) -> None:
        """Mark what the settings say."""
        options = copy.deepcopy(self.config)
        options.CourseDirectory.db_url = self.coursedir.db_url
        options.Autograde.create_student = self.create_student
        root, assignment, student = (self.coursedir.root, self.coursedir.assignment_id, self.coursedir.student_id)
        try:
            course = open_course(Path(root), assignment, student=student, options=options)
            marked = mark(course, Run(), again=self.force)
        except AcademyError as error:
            self._fail(NBGRADERS_WORDS.get(error.code, error.message))
        for name in marked.marked:
            if any(course.submitted(name).glob("*.ipynb")) and not course.autograded(name).exists():
                self._fail(" ".join(marked.notes[name]))

    def _fail(self, message: str) -> None:
        self.log.error(message)
        raise NbGraderException(message)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the name of the file for what came of each test."""
    parser.addoption("--outcomes", type=Path, required=True)


def pytest_configure() -> None:
    """Put ours in the place of nbgrader's; ask alembic for its newest version once and not for every gradebook."""
    autogradeapp.Autograde = api.Autograde = OurAutograde
    gradebooks.get_alembic_version = functools.cache(gradebooks.get_alembic_version)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write down what came of each test, by its class and its name."""
    found = {
        report.nodeid.split("::", 1)[1]: outcome
        for outcome in ("passed", "failed", "error", "skipped")
        for report in terminalreporter.stats.get(outcome, [])
    }
    config.getoption("outcomes").write_text(json.dumps(found), encoding="utf-8")
