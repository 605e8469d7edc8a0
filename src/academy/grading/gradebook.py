"""Scores, read straight from nbgrader's gradebook with one statement, without importing nbgrader.

nbgrader's own export asks once per cell and person; this asks once per assignment. The gradebook knows points and no
doubt, so why a cell has none is read from the marked notebook.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from academy.grading.execution import verdicts
from academy.grading.keys import questions_by_cell
from academy.grading.model import CourseFolder, Verdict
from academy.grading.rules import verdict_of

__all__ = ["Score", "scores"]

STATEMENT = text(
    """
    SELECT work.student_id AS student, work.timestamp AS submitted_at, part.name AS notebook, cell.name AS cell,
           graded.max_score AS most, graded.cell_type AS cell_type,
           grade.auto_score AS auto, grade.manual_score AS manual, grade.extra_credit AS extra,
           grade.needs_manual_grade AS waits, answer.name = cell.name AS by_hand,
           COALESCE(remark.manual_comment, '') AS comment
      FROM assignment
      JOIN submitted_assignment AS work ON work.assignment_id = assignment.id
      JOIN submitted_notebook AS book ON book.assignment_id = work.id
      JOIN notebook AS part ON part.id = book.notebook_id
      JOIN grade ON grade.notebook_id = book.id
      JOIN base_cell AS cell ON cell.id = grade.cell_id
      JOIN grade_cells AS graded ON graded.id = cell.id
 LEFT JOIN base_cell AS answer ON answer.notebook_id = cell.notebook_id AND answer.type = 'SolutionCell'
           AND (answer.name = cell.name OR answer.name || '-test' = cell.name)
 LEFT JOIN comment AS remark ON remark.cell_id = answer.id AND remark.notebook_id = book.id
     WHERE assignment.name = :assignment
  ORDER BY work.student_id, cell.name
    """
)
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Score:
    """What the gradebook knows about one person's answer to one question."""

    student: str
    """User name."""
    question: str
    """Question id; nbgrader's cell name where a cell belongs to no question."""
    most: float
    """Points that can be had."""
    auto: float | None
    """Points the rules gave; None: no evidence, or a person marks this."""
    manual: float | None
    """Points a person gave; they count instead of ``auto``. None: none yet."""
    extra: float
    """Extra credit a person gave."""
    comment: str
    """The facilitator's words; empty: none."""
    needs_manual_grade: bool
    submitted_at: datetime | None
    """Which attempt this is about, aware UTC."""
    written: bool
    """Whether it is the answer itself that carries the points, so that a person marks it."""
    found: Verdict | None = None
    """What the marked notebook says about a cell without points; None: nothing, or it was not asked."""
    reason: str = ""
    """One sentence to ``found``; empty where the verdict says it all."""

    @property
    def is_open(self) -> bool:
        """Whether the rules found nothing for or against this answer, and nobody has settled it yet."""
        return self.auto is None and self.needs_manual_grade and not self.written

    @property
    def total(self) -> float | None:
        """The points that count; None while nobody and nothing has given any."""
        points = self.auto if self.manual is None else self.manual
        return None if points is None else points + self.extra

    @property
    def verdict(self) -> Verdict:
        """What is known."""
        if self.written:
            return Verdict.MANUAL
        if self.is_open and self.found is not None:
            return self.found
        return verdict_of(self.total, self.most)


def scores(course: CourseFolder, assignment: str) -> list[Score]:
    """Return what the gradebook holds for an assignment, by student and question; nothing where there is none."""
    if not course.gradebook.exists():
        return []
    engine = create_engine(course.gradebook_url, poolclass=NullPool)
    with engine.connect() as db:
        rows = db.execute(STATEMENT, {"assignment": assignment}).mappings().all()
    questions = questions_by_cell(course, assignment)
    order = {question: place for place, question in enumerate(questions.values())}
    found = [_with_evidence(_score(dict(row), questions), dict(row), course, assignment) for row in rows]
    return sorted(found, key=lambda one: (one.student, order.get(one.question, len(order)), one.question))


def _score(row: dict[str, Any], questions: dict[str, str]) -> Score:
    moment = row["submitted_at"]
    if isinstance(moment, str):  # SQLite hands out text where the statement is plain SQL
        moment = datetime.fromisoformat(moment)
    return Score(
        student=row["student"],
        question=questions.get(row["cell"], row["cell"]),
        most=row["most"],
        auto=row["auto"],
        manual=row["manual"],
        extra=row["extra"] or 0.0,
        comment=row["comment"],
        needs_manual_grade=bool(row["waits"]),
        submitted_at=moment.replace(tzinfo=UTC) if moment else None,
        written=row["cell_type"] == "markdown" or bool(row["by_hand"]),
    )


def _with_evidence(score: Score, row: Mapping[str, Any], course: CourseFolder, assignment: str) -> Score:
    """Add why a cell is open. Notebooks of people with points everywhere are not read."""
    if not score.is_open:
        return score
    file = course.autograded(assignment, score.student) / f"{row['notebook']}.ipynb"
    try:
        about = _evidence(file, file.stat().st_mtime_ns).get(row["cell"])
    except OSError:
        about = None
    return replace(score, found=about[0], reason=about[1]) if about else score


@lru_cache(maxsize=1000)
def _evidence(file: Path, changed: int) -> Mapping[str, tuple[Verdict, str]]:  # noqa: ARG001 - part of the key
    """Return verdict and reason by nbgrader's name of the cell; nothing where the notebook cannot be read."""
    try:
        known = verdicts(json.loads(file.read_bytes()))
        return {
            cell: (Verdict(about["verdict"]), str(about.get("reason") or "")[:_LONGEST_REASON])
            for cell, about in known.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
