"""Steps of ours in nbgrader's autograding, in place of the one that would execute what was handed in.

Answers are data: of a submission only the text of its solution cells is taken over; the literal in it is read in this
process with a strict parser and scored by the rules. Nothing that a person handed in is ever run here.

What pages may show of a marked notebook is in ``academy.grading.bridge.showing``.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor, saveautogrades
from traitlets import Integer, Unicode

from academy.content.questions import Question
from academy.grading import execution
from academy.grading.keys import cells_of, read
from academy.grading.rules import Mark, mark_answers, take_answers

__all__ = ["ExecuteConfined", "LeaveToAPerson", "ScoreQuestions", "TakeAnswers"]

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
        released = nbformat.v4.reads(file.read_text(encoding="utf-8"))  # our own, so it needs no validation
        return take_answers(released, nb), resources


class ScoreQuestions(NbGraderPreprocessor):
    """Writes the points of each question as the output of its test cell, where nbgrader looks for them."""

    keys = Unicode("", help="Folder of the answer keys, one JSON file for each assignment.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Score every question of the notebook, and remember its cells: they are data, and never executed."""
        questions = self._questions(resources["nbgrader"]["assignment"])
        marks = {mark.cell: mark for mark in mark_answers(nb, questions)}
        for cell in nb.cells:
            about = cell.metadata.get("nbgrader", {})
            if utils.is_grade(cell) and not utils.is_solution(cell) and about.get("grade_id") in marks:
                _show(cell, marks[about["grade_id"]])
        resources.setdefault("academy_open", []).extend(name for name, mark in marks.items() if mark.points is None)
        resources["academy_data"] = self.data(resources["nbgrader"]["assignment"])
        return nb, resources

    def data(self, assignment: str) -> list[str]:
        """Return nbgrader's names of all cells that belong to questions."""
        return [name for question in self._questions(assignment) for name in cells_of(question)]

    def _questions(self, assignment: str) -> list[Question]:
        return read(Path(self.keys) / f"{assignment}.json")


def _show(cell: NotebookNode, mark: Mark) -> None:
    points = repr(float(mark.points)) if mark.points is not None else "0.0"
    shown = {"output_type": "execute_result", "data": {"text/plain": points}, "metadata": {}, "execution_count": None}
    cell.outputs = [nbformat.from_dict(shown)]
    cell.metadata["academy"] = {"verdict": str(mark.verdict), "points": mark.points, "reason": "", "ran": False}


class ExecuteConfined(NbGraderPreprocessor):
    """Runs the cells of code in a confined process; whoever marks many notebooks runs them side by side instead."""

    timeout = Integer(30, help="Seconds that a cell may take.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Run the notebook. Raises ``UntrustedCodeRefused`` where it cannot be confined."""
        data = frozenset(resources.get("academy_data", ()))
        if not execution.has_code(nb, data):
            return nb, resources
        run = execution.execute(json.dumps(nb).encode(), execution.Run(seconds=float(self.timeout), not_run=data))
        with ThreadPoolExecutor(1) as thread:  # formgrader calls this inside a running event loop
            ran = json.loads(thread.submit(asyncio.run, run).result())
        known = execution.verdicts(ran)
        resources.setdefault("academy_open", []).extend(
            name for name, about in known.items() if about["points"] is None
        )
        return nbformat.from_dict(ran), resources


class LeaveToAPerson(NbGraderPreprocessor):
    """Takes back the points of cells without evidence, and asks for a person's eye instead.

    It stands after nbgrader's ``SaveAutoGrades``, which knows only points and no doubt.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Mark every cell that is open as waiting for a person."""
        about = resources["nbgrader"]
        with saveautogrades.Gradebook(about["db_url"]) as book:  # the one that is open, where there is one
            for cell in dict.fromkeys(resources.get("academy_open", ())):
                grade = book.find_grade(cell, about["notebook"], about["assignment"], about["student"])
                grade.auto_score = None
                grade.needs_manual_grade = True
            book.db.commit()
        return nb, resources
