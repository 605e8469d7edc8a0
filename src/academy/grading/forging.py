"""A look at what was handed in for the usual means of forging a test. It becomes a note and never a verdict."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["notes"]

_WORTH_A_LOOK = frozenset(
    {
        "AssertionError", "BaseException", "SystemExit", "__builtins__", "__class__", "__code__", "__eq__",
        "__import__", "_exit", "_getframe", "_ih", "abort", "addaudithook", "ast_transformers", "builtins", "compile",
        "ctypes", "currentframe", "display_pub", "displayhook", "eval", "exec", "exit", "f_back", "f_code",
        "f_globals", "f_locals", "gc", "get_ipython", "gi_frame", "input_transformers_cleanup",
        "input_transformers_post", "inspect", "kill", "linecache", "meta_path", "modules", "quit", "run_cell",
        "setprofile", "settrace", "showtraceback", "socket", "stack", "subprocess", "tb_frame", "threading",
    }
)  # fmt: skip
"""Names that ordinary solutions rarely need and forgeries mostly do."""
_MOST_NAMED = 6


def notes(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return one sentence for each cell that uses such names. ``cells`` are those that the learner could write in."""
    found = []
    for place, cell in enumerate(cells, start=1):
        used = sorted(_names(str(cell.get("source", ""))) & _WORTH_A_LOOK)
        if used:
            name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or f"cell {place}"
            more = " and more" if len(used) > _MOST_NAMED else ""
            found.append(f"“{name}” uses {', '.join(used[:_MOST_NAMED])}{more}. That may be fine; have a look at it.")
    return found


def _names(source: str) -> set[str]:
    """Return the names that a cell uses; what is no plain Python is searched as text."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {name for name in _WORTH_A_LOOK if name in source}
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.alias):
            names |= set(node.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            names |= set((node.module or "").split("."))
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in _WORTH_A_LOOK:
            names.add(node.value)
    return names
