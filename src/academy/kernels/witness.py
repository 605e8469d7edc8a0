"""Whether what this interpreter says about a test is evidence: looked at before and after each test, heard in between.

Everything here is Python, in the process of those it watches, so it is a tripwire and no wall: it makes the usual ways
of forging a test visible. What it cannot see stands in docs/topics/grading.md.
"""

from __future__ import annotations

import ast
import builtins
import functools
import os
import sys
import sysconfig
import threading
from collections.abc import Iterable, Mapping
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

__all__ = ["Witness", "names_in"]

_MOST_DOUBTS = 20
_PINNED = ("builtins", "math", "operator", "unittest.case", "numpy", "numpy.testing", "pandas", "pandas.testing")
"""Modules whose own names nobody has a reason to bind anew."""
_GO_BETWEENS = ("inspect.py", "traceback.py", "linecache.py")
"""Whoever asks these to look at the stack has looked at it."""
_FRAME_DOORS = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame", "f_code"})
_HEARD = frozenset(
    {
        "sys._getframe",
        "sys._current_frames",
        "sys._current_exceptions",
        "object.__getattr__",
        "gc.get_objects",
        "gc.get_referrers",
        "gc.get_referents",
        "sys.settrace",
        "sys.setprofile",
        "sys.addaudithook",
        "code.__new__",
    }
)
"""Audit events, from the table in Python's documentation, that a learner's own code has no ordinary reason for."""
_THROUGH_OTHERS = frozenset({"sys.settrace", "sys.setprofile", "sys.addaudithook"})
"""Events that count whoever in the standard library makes them for a learner's code."""

_getframe, _listdir = sys._getframe, os.listdir  # noqa: SLF001 - as they were before anybody could replace them


class Witness:
    """Collects doubts. It is made and started before any code of a learner runs."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._doubts: dict[str, None] = {}
        self._trusted_names: set[str] = set()
        self._prefixes = tuple({sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), "<frozen", *_own_folders()})
        self._pins = {name: dict(vars(sys.modules[name])) for name in _PINNED if name in sys.modules}
        self._helpers: dict[str, tuple[Any, CodeType | None]] = {}
        self._busy = threading.local()
        self._tasks = len(_listdir("/proc/self/task"))

    def start(self) -> None:
        """Listen from now on; nobody can take an audit hook away again."""
        sys.addaudithook(self._hear)

    def doubts(self) -> list[str]:
        """Return the reasons that were found so far."""
        return list(self._doubts)[:_MOST_DOUBTS]

    def doubt(self, reason: str) -> None:
        """Add a reason."""
        if len(self._doubts) < _MOST_DOUBTS:
            self._doubts[reason[:200]] = None

    def trust(self, filename: str) -> None:
        """Take code of this file name as the instructor's."""
        self._trusted_names.add(filename)

    def remember_helpers(self, namespace: Mapping[str, Any], filename: str) -> None:
        """Remember the functions and classes that a locked cell has defined: tests may rely on them."""
        for name, value in list(namespace.items()):
            code = _code_of(value)
            if code is not None and code.co_filename == filename:
                self._helpers[name] = (value, code)

    def look(self, names: Iterable[str], namespace: Mapping[str, Any]) -> None:
        """Look at all that a test with these names relies on."""
        self._look_at_pins()
        self._look_at_shell()
        self._look_at_helpers(names, namespace)
        self._look_at_modules(names, namespace)
        if len(_listdir("/proc/self/task")) > self._tasks or _has_children():
            self.doubt("something else was still running beside the test")

    def _look_at_pins(self) -> None:
        for module, pins in self._pins.items():
            now = vars(sys.modules[module]) if isinstance(sys.modules.get(module), ModuleType) else {}
            for name, value in pins.items():
                if now.get(name, self) is not value and not name.startswith("_"):
                    self.doubt(f"“{name}” of {module} was replaced")
        if "builtins" in self._pins and vars(builtins).get("__import__") is not self._pins["builtins"]["__import__"]:
            self.doubt("the import of modules was replaced")

    def _look_at_shell(self) -> None:
        shell = self._shell
        steps = shell.input_transformer_manager
        lists = (
            steps.cleanup_transforms,
            steps.line_transforms,
            steps.token_transformers,
            shell.input_transformers_post,
            shell.ast_transformers,
            *shell.events.callbacks.values(),
            shell.custom_exceptions,
            list(vars(shell).values()),
            list(vars(type(shell)).values()),
            sys.meta_path,
            sys.path_hooks,
            [sys.displayhook, sys.excepthook, sys.unraisablehook],
        )
        if any(self.is_learners(value) for values in lists for value in values):
            self.doubt("a step of the shell was replaced")

    def _look_at_helpers(self, names: Iterable[str], namespace: Mapping[str, Any]) -> None:
        for name in names:
            if name in self._helpers:
                value, code = self._helpers[name]
                if namespace.get(name) is not value or _code_of(value) is not code:
                    self.doubt(f"the instructor's “{name}” was replaced")

    def _look_at_modules(self, names: Iterable[str], namespace: Mapping[str, Any]) -> None:
        known = {name: sys.modules[name] for name in names if name in sys.modules}
        known |= {name: namespace[name] for name in names if isinstance(namespace.get(name), ModuleType)}
        for name, module in known.items():
            if name == "__main__":
                continue
            if not isinstance(module, ModuleType) or vars(module).get("__spec__") is None:
                self.doubt(f"the module “{name}” was replaced")
            elif any(self.is_learners(value) for value in list(vars(module).values())) and self._installed(module):
                self.doubt(f"something in the module “{name}” was replaced")

    def _installed(self, module: ModuleType) -> bool:
        origin = getattr(vars(module).get("__spec__"), "origin", None)
        return not isinstance(origin, str) or origin in ("built-in", "frozen") or origin.startswith(self._prefixes)

    def is_learners(self, value: Any) -> bool:
        """Tell whether calling ``value`` runs code that a learner wrote, as far as can be seen without running any."""
        while isinstance(value, functools.partial):
            value = value.func
        if isinstance(value, type):
            return False
        code = _code_of(value)
        if code is not None:
            return self._is_learners_file(code.co_filename)
        parts = [part for kind in type(value).__mro__[:-1] for part in vars(kind).values()]
        return type(value).__flags__ & _HEAP_TYPE != 0 and any(
            isinstance(part, FunctionType) and self._is_learners_file(part.__code__.co_filename) for part in parts
        )

    def _is_learners_file(self, filename: str) -> bool:
        return not filename.startswith(self._prefixes) and filename not in self._trusted_names

    def says_yes_to_anything(self, value: Any) -> bool:
        """Tell whether a learner's own ``__eq__`` answers yes to an object that nothing can be equal to."""
        own = next((vars(kind)["__eq__"] for kind in type(value).__mro__[:-1] if "__eq__" in vars(kind)), None)
        if not isinstance(own, FunctionType) or not self._is_learners_file(own.__code__.co_filename):
            return False
        try:
            return bool(value == object())
        except Exception:  # noqa: BLE001 - it did not say yes
            return False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _HEARD and not event.startswith("ctypes."):
            return
        if getattr(self._busy, "now", False) or (event == "object.__getattr__" and arguments[1] not in _FRAME_DOORS):
            return
        self._busy.now = True
        try:
            if self._asked_by_learner(_getframe(1), anywhere=event in _THROUGH_OTHERS):
                self.doubt("the code reached into the interpreter")
        finally:
            self._busy.now = False

    def _asked_by_learner(self, frame: FrameType | None, *, anywhere: bool) -> bool:
        while frame is not None:
            filename = frame.f_code.co_filename
            if self._is_learners_file(filename):
                return True
            if not anywhere and not filename.endswith(_GO_BETWEENS):
                return False
            frame = frame.f_back
        return False


_HEAP_TYPE = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: classes that were made by Python code."""


def _own_folders() -> list[str]:
    return [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]  # noqa: PTH100, PTH120 - this package


def _code_of(value: Any) -> CodeType | None:
    if isinstance(value, MethodType):
        value = value.__func__
    return value.__code__ if isinstance(value, FunctionType) else None


def _has_children() -> bool:
    for task in _listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{task}/children", encoding="ascii") as file:  # noqa: PTH123 - quick
                if file.read(1):
                    return True
        except OSError:
            continue
    return False


def names_in(tree: ast.AST) -> set[str]:
    """Return every name that a piece of code uses, with the modules that it imports and those above them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                names |= _with_those_above(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= _with_those_above(node.module)
    return names


def _with_those_above(module: str) -> set[str]:
    parts = module.split(".")
    return {".".join(parts[: length + 1]) for length in range(len(parts))}
