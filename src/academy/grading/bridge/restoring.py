"""What a submission says about its own cells is not believed: only cells that the gradebook knows are special."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nbformat
from nbgrader.nbgraderformat import SCHEMA_VERSION
from nbgrader.preprocessors import OverwriteCells

from academy.grading.bridge.session import Book

__all__ = ["Role", "put_in_order", "roles"]

_ROLES = ("grade", "solution", "task")


@dataclass(frozen=True, slots=True)
class Role:
    """What a cell is, by the gradebook."""

    source: Any
    """nbgrader's record of the cell as it was released."""
    released: str | None
    """Its text as learners got it; None: not known."""
    points: float | None
    """None: it carries none."""
    grade: bool
    solution: bool
    task: bool


def roles(book: Book, assignment: str, name: str, released: Any | None) -> dict[str, Role]:
    """Return the role of each cell of a notebook, by nbgrader's name of the cell; ``released`` is what learners got."""
    texts = (
        {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in released.cells} if released else {}
    )
    part = book.find_notebook(name, assignment)
    graded = {cell.name: float(cell.max_score) for cell in part.grade_cells}
    tasks = {cell.name: float(cell.max_score) for cell in part.task_cells}
    solutions = {cell.name for cell in part.solution_cells}
    return {
        cell.name: Role(
            source=cell,
            released=texts.get(cell.name),
            points=(graded | tasks).get(cell.name),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
        )
        for cell in part.source_cells
    }


def put_in_order(nb: Any, known: Mapping[str, Role], name: str, notes: list[str]) -> Any:
    """Give every cell the role that it had when it was released, and put back graded cells that are missing."""
    there = set()
    for cell in nb.cells:
        cell.metadata.pop("academy", None)  # where verdicts stand
        about = cell.metadata.get("nbgrader")
        if about is None:
            continue
        grade_id = about.get("grade_id") if isinstance(about, dict) else None
        if isinstance(grade_id, str) and grade_id in known:
            there.add(grade_id)
            _take_role(cell, grade_id, known[grade_id], notes)
        else:
            if isinstance(about, dict) and any(about.get(role) for role in (*_ROLES, "locked")):
                notes.append("A cell claims to be part of the assignment and is not; it was run like any other.")
            del cell.metadata["nbgrader"]
    missing = {key: role for key, role in known.items() if key not in there and role.points is not None}
    for grade_id, role in missing.items():
        notes.append(f"The cell “{grade_id}” was missing from {name}.ipynb and was put back.")
        restore = OverwriteCells().missing_cell_transform
        cell = restore(role.source, role.points, is_solution=role.solution, is_task=role.task)
        nb.cells.append(nbformat.from_dict(cell))
    return nb


def _take_role(cell: Any, grade_id: str, role: Role, notes: list[str]) -> None:
    about = cell.metadata["nbgrader"]
    known = {"grade": role.grade, "solution": role.solution, "task": role.task}
    if any(bool(about.get(kind)) != is_it for kind, is_it in known.items()):
        notes.append(f"The cell “{grade_id}” was given another role; it has its own again.")
    if role.source.locked and role.released is not None and cell.source.strip() != role.released.strip():
        notes.append(f"The locked cell “{grade_id}” was changed; it has its own text again.")
    about |= known | {"locked": role.source.locked, "schema_version": SCHEMA_VERSION}
    about.pop("points", None)
    if role.points is not None:
        about["points"] = role.points
