"""Three steps of ours in nbgrader's autograding, in place of the one that would execute what was handed in.

Answers are data: of a submission only the text of its solution cells is taken over; the literal in it is read in this
process with a strict parser and scored by the rules. Nothing that a person handed in is ever run here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from academy.grading.keys import read, refuse_code
from academy.grading.rules import Mark, mark_answers, take_answers

__all__ = ["LeaveToAPerson", "ScoreQuestions", "TakeAnswers"]

Step = tuple[NotebookNode, dict[str, Any]]


class TakeAnswers(NbGraderPreprocessor):
    """Puts the submission's answers into the released notebook and goes on with that.

    So locked cells, metadata, outputs and whatever else was changed, added or taken away never get any further.
    """

    released = Unicode("", help="Folder of the released assignments.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Return the released notebook with the answers of ``nb``."""
        about = resources["nbgrader"]
        file = Path(self.released) / about["assignment"] / f"{about['notebook']}.ipynb"
        return take_answers(nbformat.read(file, as_version=4), nb), resources


class ScoreQuestions(NbGraderPreprocessor):
    """Writes the points of each question as the output of its test cell, where nbgrader looks for them."""

    keys = Unicode("", help="Folder of the answer keys, one JSON file for each assignment.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Score every question of the notebook. Raises ``Conflict`` when it holds graded code."""
        questions = read(Path(self.keys) / f"{resources['nbgrader']['assignment']}.json")
        refuse_code(nb, questions)
        marks = {mark.cell: mark for mark in mark_answers(nb, questions)}
        for cell in nb.cells:
            if utils.is_grade(cell) and not utils.is_solution(cell):
                _show(cell, marks[cell.metadata.nbgrader["grade_id"]])
        resources["academy_marks"] = marks
        return nb, resources


def _show(cell: NotebookNode, mark: Mark) -> None:
    points = repr(float(mark.points)) if mark.points is not None else "0.0"
    cell.outputs = [new_output("execute_result", {"text/plain": points}, execution_count=None)]
    cell.metadata["academy"] = {"verdict": str(mark.verdict)}


class LeaveToAPerson(NbGraderPreprocessor):
    """Takes back the points of questions without evidence, and asks for a person's eye instead.

    It stands after nbgrader's ``SaveAutoGrades``, which knows only points and no doubt.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Mark every question that could not be read as waiting for a person."""
        about = resources["nbgrader"]
        doubtful = [mark.cell for mark in resources["academy_marks"].values() if mark.points is None]
        with Gradebook(about["db_url"]) as book:
            for cell in doubtful:
                grade = book.find_grade(cell, about["notebook"], about["assignment"], about["student"])
                grade.auto_score = None
                grade.needs_manual_grade = True
            book.db.commit()
        return nb, resources
