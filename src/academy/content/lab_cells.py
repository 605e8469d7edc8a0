"""The cells of a lab in the instructor's notebook."""

from __future__ import annotations

from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from academy.content.labs import Lab
from academy.content.notebook import nbgrader_cell

__all__ = ["lab_cells"]


def lab_cells(lab: Lab) -> Iterator[NotebookNode]:
    """Yield nbgrader's cells. A cell's id is its name, and of a text its place: the same with every build."""
    for place, cell in enumerate(lab.cells, 1):
        if cell.role == "text":
            yield new_markdown_cell(cell.source, id=f"text-{place}")
            continue
        test = cell.role == "test"
        made = nbgrader_cell(
            new_code_cell(cell.source),
            cell.grade_id,
            grade=test,
            solution=cell.role == "solution",
            locked=cell.role != "solution",
        )
        if test:
            made.metadata.nbgrader["points"] = cell.points
        yield made
