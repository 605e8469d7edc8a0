"""Imports go one way: a noun may know the nouns before it, never those after it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "academy"

LEVELS = (
    {"languages"},
    {"choices", "errors", "clock", "rights"},
    {"config"},
    {"routing"},
    {"store", "kernels"},
    {"content"},
    {"people"},
    {"learning", "attendance", "community"},
    {"grading"},
    {"results", "checks", "rehearsal"},
    {"web", "interactive"},
    {"hub"},
    {"demo", "bench"},
    {"cli"},
)
LEVEL = {noun: number for number, nouns in enumerate(LEVELS) for noun in nouns}
ONLY_THROUGH_THE_API = {"store", "people", "learning", "attendance", "community", "grading", "results"}
FILES = sorted(file for file in SOURCE.rglob("*.py") if file.parent != SOURCE or file.stem != "__init__")


def noun_of(file: Path) -> str:
    """Return the package or module directly below ``academy``."""
    first = file.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imported_nouns(file: Path) -> set[str]:
    """Return every noun of the academy that a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "academy" else [f"academy.{a.name}" for a in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("academy.")}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_file_imports_only_what_stands_before_it(file: Path) -> None:
    """The order of DESIGN, section 4; packages of one level do not know each other."""
    noun = noun_of(file)
    others = imported_nouns(file) - {noun}
    wrong = {other for other in others if LEVEL[other] >= LEVEL[noun]}
    assert not wrong, f"{noun} may not import {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("file", [f for f in FILES if noun_of(f) == "interactive"], ids=lambda f: f.stem)
def test_the_screens_reach_the_store_only_through_the_api(file: Path) -> None:
    """A Voilà page holds no rule and no row: it asks the service, as the person."""
    assert not imported_nouns(file) & ONLY_THROUGH_THE_API


def test_no_relative_import_hides_from_this_test() -> None:
    """All imports are absolute, so that the order can be read."""
    relative = [
        file
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative


def test_sql_tables_are_defined_in_the_store_only() -> None:
    """Nobody else declares a table or writes SQL text."""
    outside = [file for file in FILES if noun_of(file) != "store"]
    words = ("Table(", "exec_driver_sql", "sqlalchemy.text", "import text")
    guilty = [file.name for file in outside for word in words if "sqlalchemy" in (t := file.read_text()) and word in t]
    assert not guilty


def module_of(file: Path) -> str:
    """Return the dotted name of a file's module."""
    parts = ("academy", *file.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def imported_modules(file: Path) -> set[str]:
    """Return every module of the academy that a file imports, with names that are modules resolved."""
    known = {module_of(other) for other in FILES}
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found & known


def test_no_module_needs_itself_in_a_circle() -> None:
    """Also within a package: every module can be read before those that use it."""
    waiting = {module_of(file): imported_modules(file) - {module_of(file)} for file in FILES}
    while ready := {name for name, needs in waiting.items() if not needs & waiting.keys()}:
        waiting = {name: needs for name, needs in waiting.items() if name not in ready}
    assert not waiting, f"a circle among {', '.join(sorted(waiting))}"
