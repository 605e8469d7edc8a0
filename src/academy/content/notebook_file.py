"""Notebooks as files that somebody sends: how large they may be, and whether they are any."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import nbformat

__all__ = ["LARGEST_FILE", "is_notebook", "names_of_solutions"]

LARGEST_FILE = 1_000_000
"""Bytes of the largest file that is accepted in a submission; an assessment with its longest answers is a fifth."""


def is_notebook(data: bytes) -> bool:
    """Tell whether these bytes are a notebook of the present format, as far as marking needs it."""
    try:
        found = json.loads(data)
        _number(found)
        nbformat.validate(found, version=4)
        return bool(found["nbformat"] == 4)  # noqa: PLR2004 - older ones have no cells
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is no notebook
        return False


def _number(nb: Any) -> None:
    """Give cells ids of their own: nbformat would write a line to the log for each that is missing or stands twice."""
    if nb["nbformat_minor"] >= 5:  # noqa: PLR2004 - the first version with ids
        for place, cell in enumerate(nb["cells"]):
            cell["id"] = f"cell-{place}"


def names_of_solutions(data: bytes) -> frozenset[str]:
    """Return nbgrader's names of the solution cells of a notebook, for which ``is_notebook`` holds."""
    abouts = [cell.get("metadata", {}).get("nbgrader") for cell in json.loads(data)["cells"]]
    return frozenset(about["grade_id"] for about in abouts if _is_solution(about))


def _is_solution(about: Any) -> bool:
    return isinstance(about, Mapping) and bool(about.get("solution")) and isinstance(about.get("grade_id"), str)
