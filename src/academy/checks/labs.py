"""A lab is run as it will be: its solutions get all points, and the learner's copy none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from academy.content.build import build_assessment
from academy.content.catalogue import Catalogue
from academy.content.model import Assessment
from academy.errors import AcademyError
from academy.grading import bridge, keys
from academy.grading.gradebook import Score, scores
from academy.grading.model import CourseFolder, Delivery
from academy.grading.overview import in_words

__all__ = ["remarks"]

_SOLVED, _EMPTY = "solved", "empty"
"""Names under which both notebooks are handed in."""


def remarks(catalogue: Catalogue) -> Iterator[str]:
    """Release each lab into a folder that is thrown away, hand in both notebooks, and have them marked."""
    for slug in catalogue.assessments:
        assessment = catalogue.assessment(slug)
        if assessment.lab is not None:
            yield from (f"assessments/{slug}/en/lab.py: {remark}" for remark in _of(assessment))


def _of(assessment: Assessment) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="academy-check-") as folder:
        course = CourseFolder(root=Path(folder) / "course", course_id="check", exchange=Path(folder) / "exchange")
        try:
            marks = _marked(course, assessment)
        except AcademyError as error:
            yield f"it could not be run here: {error.message}"
            return
    tests = {test.id for test in assessment.lab.tests} if assessment.lab else set()
    for mark in marks:
        if mark.question not in tests:
            continue
        if mark.student == _SOLVED and mark.total != mark.most:
            yield f"{mark.question}: the solution gets {_said(mark)}, not {mark.most:g}"
        if mark.student == _EMPTY and mark.total != 0:
            yield f"{mark.question}: the learner's copy gets {_said(mark)}, not 0"


def _said(mark: Score) -> str:
    """Return the points, or why there are none."""
    return f"{mark.total:g} points" if mark.total is not None else f"no points ({in_words(mark.verdict, mark.reason)})"


def _marked(course: CourseFolder, assessment: Assessment) -> list[Score]:
    """Return the marks of both notebooks. Raises ``UntrustedCodeRefused`` where no code can be confined."""
    source = nbformat.writes(build_assessment(assessment)).encode()
    files = assessment.lab.files if assessment.lab else ()
    bridge.release(course, assessment.slug, source, keys.dump(assessment.questions), None, files)
    copies = {_SOLVED: source, _EMPTY: bridge.student_notebook(course, assessment.slug)}
    for student, notebook in copies.items():
        delivery = Delivery(student=student, submitted_at=datetime.now(UTC), notebook=notebook)
        bridge.deliver(course, assessment.slug, delivery)
    bridge.collect(course, assessment.slug)
    bridge.autograde(course, assessment.slug)
    return scores(course, assessment.slug)
