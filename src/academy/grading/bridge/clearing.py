"""The learner's notebook: what stands in a solution cell before there is one."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor

__all__ = ["CODE_TO_WRITE", "ClearAnswers"]

CODE_TO_WRITE = "# Write your code here.\nraise NotImplementedError"
"""Stands in a lab for the code that a learner writes: a test of code that nobody wrote fails, and says why."""


class ClearAnswers(NbGraderPreprocessor):
    """nbgrader's ``ClearSolutions``, as it is set for answers to questions, and with a stub of its own for code."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Take out every solution."""
        resources["language"] = "python"
        answers = ClearSolutions(parent=self)
        code = ClearSolutions(parent=self)
        code.code_stub = {"python": CODE_TO_WRITE}
        for place, cell in enumerate(nb.cells):
            step = answers if "question" in cell.metadata.get("academy", {}) else code
            nb.cells[place], resources = step.preprocess_cell(cell, resources, place)
        return nb, resources
