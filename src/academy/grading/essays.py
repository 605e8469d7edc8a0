"""Essays that a person marks: read from the marked notebooks, marked in the gradebook, where formgrader shows it.

An essay is named by the id of its grade, which says nothing about who wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from academy.errors import NotFound
from academy.grading.keys import questions_by_cell
from academy.grading.model import CourseFolder
from academy.grading.sheets import answers_in

__all__ = ["Written", "essay", "essays", "mark"]

STATEMENT = text(
    """
    SELECT grade.id AS id, work.student_id AS student, cell.name AS cell, grade.manual_score AS points,
           COALESCE(remark.manual_comment, '') AS comment
      FROM assignment
      JOIN submitted_assignment AS work ON work.assignment_id = assignment.id
      JOIN submitted_notebook AS book ON book.assignment_id = work.id
      JOIN grade ON grade.notebook_id = book.id
      JOIN base_cell AS cell ON cell.id = grade.cell_id
      JOIN base_cell AS answer ON answer.notebook_id = cell.notebook_id AND answer.type = 'SolutionCell'
           AND answer.name = cell.name
 LEFT JOIN comment AS remark ON remark.cell_id = answer.id AND remark.notebook_id = book.id
     WHERE assignment.name = :assignment
  ORDER BY grade.id
    """
)
SCORE = text("UPDATE grade SET manual_score = :points, needs_manual_grade = 0 WHERE id = :id")
COMMENT = text(
    """
    UPDATE comment SET manual_comment = :comment
     WHERE notebook_id = (SELECT notebook_id FROM grade WHERE id = :id)
       AND cell_id IN (SELECT answer.id
                         FROM grade
                         JOIN base_cell AS cell ON cell.id = grade.cell_id
                         JOIN base_cell AS answer ON answer.notebook_id = cell.notebook_id
                              AND answer.type = 'SolutionCell' AND answer.name = cell.name
                        WHERE grade.id = :id)
    """
)


@dataclass(frozen=True, slots=True)
class Written:
    """One person's essay."""

    id: str
    """Id of its grade."""
    student: str
    """User name; pages that are marked without looking at the person leave it out."""
    question: str
    points: float | None
    """What a person gave; None: not marked yet."""
    comment: str


def essays(course: CourseFolder, assignment: str) -> list[Written]:
    """Return all essays of an assignment in an order that has nothing to do with who wrote them."""
    if not course.gradebook.exists():
        return []
    questions = questions_by_cell(course, assignment)
    engine = create_engine(course.gradebook_url, poolclass=NullPool)
    with engine.connect() as db:
        rows = db.execute(STATEMENT, {"assignment": assignment}).mappings().all()
    return [
        Written(row["id"], row["student"], questions[row["cell"]], row["points"], row["comment"])
        for row in rows
        if row["cell"] in questions
    ]


def essay(course: CourseFolder, assignment: str, grade: str) -> tuple[Written, str]:
    """Return one essay and its text, empty where nothing was written. Raises ``NotFound``."""
    for one in essays(course, assignment):
        if one.id == grade:
            return one, str(answers_in(course, assignment, one.student).get(one.question) or "")
    raise NotFound


def mark(course: CourseFolder, grade: str, points: float, comment: str) -> None:
    """Give an essay its points and a comment, as formgrader would; both or nothing."""
    engine = create_engine(course.gradebook_url, poolclass=NullPool)
    with engine.begin() as db:
        db.execute(SCORE, {"id": grade, "points": points})
        db.execute(COMMENT, {"id": grade, "comment": comment})
