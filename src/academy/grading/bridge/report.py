"""What is known about an assignment after marking: every cell with its points and its verdict, and sentences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from academy.grading.bridge.course import Course
from academy.grading.bridge.marking import Marked
from academy.grading.execution import verdicts
from academy.grading.model import Verdict
from academy.grading.rules import verdict_of

__all__ = ["report"]

STATEMENT = text(
    """
    SELECT work.student_id AS student, part.name AS notebook, cell.name AS cell, cell.type AS kind,
           graded.max_score AS most, grade.auto_score AS auto, grade.manual_score AS manual,
           grade.extra_credit AS extra, solution.id AS solution
      FROM assignment
      JOIN submitted_assignment AS work ON work.assignment_id = assignment.id
      JOIN submitted_notebook AS book ON book.assignment_id = work.id
      JOIN notebook AS part ON part.id = book.notebook_id
      JOIN grade ON grade.notebook_id = book.id
      JOIN base_cell AS cell ON cell.id = grade.cell_id
      JOIN (SELECT id, max_score FROM grade_cells UNION ALL SELECT id, max_score FROM task_cells) AS graded
           ON graded.id = cell.id
 LEFT JOIN base_cell AS solution ON solution.notebook_id = cell.notebook_id AND solution.type = 'SolutionCell'
           AND solution.name = cell.name
     WHERE assignment.name = :assignment
  ORDER BY work.student_id, part.name, cell.name
    """
)


CELLS = text(
    """
    SELECT part.name AS notebook, cell.name AS cell, graded.max_score AS most
      FROM assignment
      JOIN notebook AS part ON part.assignment_id = assignment.id
      JOIN base_cell AS cell ON cell.notebook_id = part.id
      JOIN (SELECT id, max_score FROM grade_cells UNION ALL SELECT id, max_score FROM task_cells) AS graded
           ON graded.id = cell.id
     WHERE assignment.name = :assignment
  ORDER BY part.name, cell.name
    """
)
"""What there is to be marked."""


def report(course: Course, marked: Marked, seconds: float) -> dict[str, Any]:
    """Return the points and verdicts of everybody's submission, and how long marking has taken."""
    engine = create_engine(course.directory.db_url, poolclass=NullPool)
    with engine.connect() as db:
        rows = [dict(row) for row in db.execute(STATEMENT, {"assignment": course.assignment}).mappings()]
        every = [dict(row) for row in db.execute(CELLS, {"assignment": course.assignment}).mappings()]
    wanted = {*marked.marked, *marked.skipped}
    submissions: dict[str, dict[str, list[dict[str, Any]]]] = {student: {} for student in sorted(wanted)}
    known: dict[tuple[str, str], Any] = {}
    for row in rows:
        if row["student"] not in wanted:
            continue
        place = (row["student"], row["notebook"])
        if place not in known:
            known[place] = _known(course.autograded(row["student"]) / f"{row['notebook']}.ipynb")
        submissions[row["student"]].setdefault(row["notebook"], []).append(_cell(row, known[place]))
    for notebooks in submissions.values():
        if not notebooks:  # nothing of it could even be recorded
            for row in every:
                notebooks.setdefault(row["notebook"], []).append(_unknown(row))
    return {
        "submissions": [
            {
                "student": student,
                "notebooks": [{"name": name, "cells": cells} for name, cells in notebooks.items()],
                "notes": marked.notes.get(student, []),
            }
            for student, notebooks in submissions.items()
        ],
        "seconds": round(seconds, 3),
    }


def _unknown(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["cell"], "score": None, "max": row["most"], "verdict": str(Verdict.DID_NOT_RUN)}


def _known(file: Path) -> Any:
    try:
        return verdicts(json.loads(file.read_bytes()))
    except (OSError, ValueError):
        return {}


def _cell(row: dict[str, Any], known: Any) -> dict[str, Any]:
    points = row["auto"] if row["manual"] is None else row["manual"]
    score = None if points is None else points + (row["extra"] or 0.0)
    about = known.get(row["cell"])
    by_hand = row["kind"] == "TaskCell" or row["solution"] is not None
    verdict = (
        Verdict.MANUAL if by_hand else Verdict(about["verdict"]) if about else verdict_of(row["auto"], row["most"])
    )
    said = {"id": row["cell"], "score": score, "max": row["most"], "verdict": str(verdict)}
    reasons = [about["reason"]] if about and about.get("reason") else []
    if about and about.get("stderr") and verdict is Verdict.PASSED:
        reasons = ["It printed a warning on standard error, which is no mistake."]
    return said | ({"reason": reasons[0]} if reasons else {})
