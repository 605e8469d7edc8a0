"""Code of the instructor on its way into a notebook's process: compiled by the owner, never sent as text.

So the process of those who are tested holds no text of a test, and nothing in it has a part in how a test is compiled.
Calls and comparisons are led through a function that looks at the values; it travels as a constant, which has no name
that somebody could give to something else.
"""

from __future__ import annotations

import ast
import base64
import builtins
import functools
import marshal
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType

__all__ = ["PLACE", "Coded", "code", "defined_in", "names_in"]

PLACE = "\x00the function that looks at values\x00"
"""Constant in whose place the process puts its own function."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A piece of code as it is sent."""

    data: str
    """Base64 of Python's marshal format: what to execute, and the last line to evaluate or None."""
    names: tuple[str, ...]
    """Every name that it uses, with the modules that it imports and those above them."""
    shared: tuple[str, ...]
    """Variables that its own functions change."""


def code(source: str, filename: str) -> Coded:
    """Compile plain Python. Raises ``SyntaxError`` and ``ValueError``."""
    prepared = _prepared(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the constant is not callable yet
        last = _compiled(prepared.last, filename, "eval") if prepared.last else None
        parts = (_compiled(prepared.body, filename, "exec"), last)
    return Coded(base64.b64encode(marshal.dumps(parts)).decode(), prepared.names, prepared.shared)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A piece of code before it is compiled; nobody changes it any more."""

    body: ast.Module
    last: ast.Expression | None
    names: tuple[str, ...]
    shared: tuple[str, ...]


@functools.lru_cache(maxsize=256)  # the same tests stand in every submission
def _prepared(source: str) -> _Prepared:
    tree = ast.parse(source)
    names = names_in(tree)
    shared = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    looked = ast.fix_missing_locations(_LookAtValues().visit(tree))
    end = looked.body[-1] if looked.body else None
    last = ast.Expression(end.value) if isinstance(end, ast.Expr) else None
    if last is not None:
        looked.body.pop()
    return _Prepared(looked, last, tuple(sorted(names)), tuple(sorted(shared)))


def _compiled(tree: ast.Module | ast.Expression, filename: str, mode: str) -> CodeType:
    compiled: CodeType = builtins.compile(tree, filename, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return compiled


class _LookAtValues(ast.NodeTransformer):
    """Leads the result of every call and both sides of every comparison through the function that looks at values."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Look at what a call returns."""
        self.generic_visit(node)
        return node if isinstance(node.func, ast.Name) and node.func.id == "super" else _looked_at(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Look at what is compared."""
        self.generic_visit(node)
        node.left = _looked_at(node.left)
        node.comparators = [_looked_at(part) for part in node.comparators]
        return node


def _looked_at(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Constant):
        return node
    return ast.copy_location(ast.Call(ast.Constant(PLACE), [node], []), node)


def names_in(tree: ast.AST) -> set[str]:
    """Return every name that a piece of code uses, with the modules that it imports and those above them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Import):
            names |= {part for alias in node.names for part in _with_those_above(alias.name)}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= _with_those_above(node.module)
    return names


def _with_those_above(module: str) -> set[str]:
    parts = module.split(".")
    return {".".join(parts[: length + 1]) for length in range(len(parts))}


def defined_in(sources: Iterable[str]) -> set[str]:
    """Return the names that pieces of code define; what is no plain Python is passed over."""
    names: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return names
