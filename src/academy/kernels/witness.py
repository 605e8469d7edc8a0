"""Whether what this interpreter says about a test is evidence: looked at before and after each test, heard in between.

Everything here is Python, in the process of those it watches, so it is a tripwire and no wall: it makes the usual ways
of forging a test visible. What it cannot see stands in docs/topics/grading.md. A doubt is said to the owner at once and
cannot be taken back.
"""

from __future__ import annotations

import functools
import operator
import os
import random
import signal
import sys
import sysconfig
import threading
import unittest.case
from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from academy.kernels.frames import DOUBT

__all__ = ["Witness"]

# Functions below keep these, whatever a learner puts in their place
globals()["__builtins__"] = dict(vars(sys.modules["builtins"]))

_BUILT_IN = frozenset(vars(sys.modules["builtins"]))
_MOST_DOUBTS = 20
_PINNED = ("builtins", "math", "operator", "unittest.case", "numpy", "numpy.testing", "pandas", "pandas.testing")
"""Modules whose own names nobody has a reason to bind anew."""
_PINNED_CLASSES = (unittest.case.TestCase,)
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
        "compile",
    }
)
"""Audit events, from the table in Python's documentation, that a learner's own code has no ordinary reason for."""
_THROUGH_OTHERS = frozenset({"sys.settrace", "sys.setprofile", "sys.addaudithook"})
"""Events that count whoever in the standard library makes them for a learner's code."""
_HEAP_TYPE = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: classes that were made by Python code."""
_ORDER: tuple[Callable[[Any, Any], Any], ...] = (operator.lt, operator.gt, operator.le, operator.ge)
_ACTS_ON_NUMBERS = (operator.sub, operator.add, operator.mul, operator.eq, operator.ne, lambda a, b: b - a, *_ORDER)
_ACTS_ON_TEXT = (operator.add, operator.eq, operator.ne, lambda a, _: len(a), *_ORDER)
_DEEPEST, _WIDEST = 4, 200
"""How far into lists and the like values are looked at."""
_CONTAINERS = (list, tuple, set, frozenset)
_NUMBERS_AND_TEXT = (int, float, complex, str, bytes)

_OF_ALL_KINDS = 0x40000000
"""__WALL of waitid(2): also children that were made in another way than by fork."""
_getframe, _stat, _waitid = sys._getframe, os.stat, os.waitid  # noqa: SLF001
_getsignal, _type_name = signal.getsignal, type.__dict__["__name__"].__get__
_mro_of, _dict_of = type.__dict__["__mro__"].__get__, type.__dict__["__dict__"].__get__


class Witness:
    """Collects doubts. It is made and started before any code of a learner runs."""

    _pins: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - filled once, in the warm process
    _class_pins: dict[type, dict[str, Any]] = {}  # noqa: RUF012

    @classmethod
    def pin(cls) -> None:
        """Remember what libraries are like, in the warm process, when all are there."""
        cls._pins = {name: dict(vars(sys.modules[name])) for name in _PINNED if name in sys.modules}
        cls._class_pins = {kind: dict(vars(kind)) for kind in _PINNED_CLASSES}

    def __init__(self, shell: Any, say: Callable[[bytes], None]) -> None:
        self._shell = shell
        self._space = shell.user_ns
        self._say = say
        self._said: set[str] = set()
        self._trusted_names: set[str] = set()
        self._prefixes = tuple({sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), "<frozen", _own_folder()})
        self._helpers: dict[str, tuple[Any, ...]] = {}
        self._locked: dict[str, Any] = {}
        self._busy = threading.local()
        self._threads = _stat("/proc/self/task").st_nlink
        self._signals = {number: _getsignal(number) for number in signal.valid_signals() if number != signal.SIGINT}
        self._odd = (random.randrange(10**12, 10**13), random.random() * 1e9, f"{random.random()}")  # noqa: S311

    def start(self) -> None:
        """Listen from now on; nobody can take an audit hook away again."""
        sys.addaudithook(self._hear)

    def doubt(self, reason: str) -> None:
        """Say a reason, once."""
        if reason not in self._said and len(self._said) < _MOST_DOUBTS:
            self._said.add(reason)
            self._say(DOUBT + reason[:200].encode("utf-8", "replace"))

    def trust(self, filename: str) -> None:
        """Take code of this file name as the instructor's."""
        self._trusted_names.add(filename)

    def remember(self, bound: Mapping[str, Any]) -> None:
        """Remember what a locked cell has bound: tests may rely on its functions, and these on its values."""
        for name, value in bound.items():
            self._locked[name] = value
            if isinstance(value, FunctionType):
                self._helpers[name] = _parts(value)

    def look(self, names: Iterable[str], guarded: Iterable[str], space: Mapping[str, Any]) -> None:
        """Look at all that a test with these names relies on; ``guarded`` are built-in ones that stay what they are."""
        self._look_at_pins()
        self._look_at_shell()
        self._look_at_helpers(names, space)
        self._look_at_modules(names, space)
        for name in guarded:
            if name in space and self.is_learners(space[name]):
                self.doubt(f"“{name}” was replaced")
        if any(_getsignal(number) is not before for number, before in self._signals.items()):
            self.doubt("a signal is handled by the code")
        if _stat("/proc/self/task").st_nlink > self._threads or _has_children():
            self.doubt("something else was still running beside the test")

    def _look_at_pins(self) -> None:
        for module, pins in self._pins.items():
            there = sys.modules.get(module)
            self._compare(module, pins, vars(there) if isinstance(there, ModuleType) else {})
        for kind, pins in self._class_pins.items():
            self._compare(_type_name(kind), pins, _dict_of(kind))

    def _compare(self, place: str, pins: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        for name, value in pins.items():
            if now.get(name, self) is not value and (name == "__import__" or not name.startswith("_")):
                self.doubt(f"“{name}” of {place} was replaced")

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

    def _look_at_helpers(self, names: Iterable[str], space: Mapping[str, Any]) -> None:
        used = [name for name in names if name in self._helpers]
        for name in used:
            value = self._locked[name]
            if space.get(name) is not value or _parts(value) != self._helpers[name]:
                self.doubt(f"the instructor's “{name}” was replaced")
            inner = set(self._helpers[name][0].co_names)
            self._look_at_what_helpers_use(inner, space)

    def _look_at_what_helpers_use(self, inner: Iterable[str], space: Mapping[str, Any]) -> None:
        for name in inner:
            if name in self._locked and space.get(name) is not self._locked[name]:
                self.doubt(f"the instructor's “{name}” was replaced")
            elif name not in self._locked and name in _BUILT_IN and name in space:
                self.doubt(f"“{name}” was replaced")

    def _look_at_modules(self, names: Iterable[str], space: Mapping[str, Any]) -> None:
        known = {name: sys.modules[name] for name in names if name in sys.modules}
        known |= {name: space[name] for name in names if isinstance(space.get(name), ModuleType)}
        for name, module in known.items():
            if name == "__main__":
                continue
            if not isinstance(module, ModuleType) or vars(module).get("__spec__") is None:
                self.doubt(f"the module “{name}” was replaced")
            elif self._installed(module) and any(self._changed(value) for value in list(vars(module).values())):
                self.doubt(f"something in the module “{name}” was replaced")

    def _changed(self, value: Any) -> bool:
        """Tell whether a value of a library, or a method of a class of it, was written by a learner."""
        if isinstance(value, type) and _type_of(value) is type:
            return any(self.is_learners(part) for part in list(_dict_of(value).values()))
        return self.is_learners(value)

    def _installed(self, module: ModuleType) -> bool:
        origin = getattr(vars(module).get("__spec__"), "origin", None)
        return not isinstance(origin, str) or origin in ("built-in", "frozen") or origin.startswith(self._prefixes)

    def is_learners(self, value: Any) -> bool:
        """Tell whether calling ``value`` runs code that a learner wrote, as far as can be seen without running any."""
        while _type_of(value) is functools.partial:
            value = value.func
        if _type_of(value) in (staticmethod, classmethod):
            value = value.__func__
        if isinstance(value, MethodType):
            value = value.__func__
        if isinstance(value, FunctionType):
            return self._wrote(value)
        return not isinstance(value, type) and self._is_learners_class(_type_of(value))

    def _wrote(self, function: FunctionType) -> bool:
        filename = function.__code__.co_filename
        return filename not in self._trusted_names and (
            function.__globals__ is self._space or not filename.startswith(self._prefixes)
        )

    def _is_learners_class(self, kind: type) -> bool:
        return any(
            isinstance(part, FunctionType) and self._wrote(part)
            for one in _mro_of(kind)[:-1]
            if one.__flags__ & _HEAP_TYPE
            for part in list(_dict_of(one).values())
        )

    def looked_at(self, value: Any) -> Any:
        """Return ``value``, which a test is about to use, and doubt it when it only pretends."""
        if self._pretends(value, 0):
            self.doubt("a value pretends to be another")
        return value

    def _pretends(self, value: Any, depth: int) -> bool:
        kind = _type_of(value)
        if kind in _CONTAINERS and depth < _DEEPEST:
            return any(self._pretends(part, depth + 1) for part in list(value)[:_WIDEST])
        if kind is dict and depth < _DEEPEST:
            return any(self._pretends(part, depth + 1) for part in [*value, *value.values()][:_WIDEST])
        if not kind.__flags__ & _HEAP_TYPE or self._is_a_librarys(kind):
            return False
        base = next((base for base in _NUMBERS_AND_TEXT if base in _mro_of(kind)), None)
        return self._says_yes_to_anything(value) or (base is not None and self._is_another(value, base))

    def _is_a_librarys(self, kind: type) -> bool:
        """Tell whether a class is the one that an installed module shows under this name."""
        module = sys.modules.get(str(_dict_of(kind).get("__module__", "")))
        return (
            isinstance(module, ModuleType)
            and vars(module).get("__spec__") is not None
            and self._installed(module)
            and vars(module).get(_type_name(kind)) is kind
        )

    def _says_yes_to_anything(self, value: Any) -> bool:
        number, fraction, text = self._odd
        for odd in (object(), number, fraction, text, [object()], [number], (number,), {text: number}):
            try:
                if (value == odd) is not False and bool(value == odd):
                    return True
            except Exception:  # noqa: BLE001, S112 - it did not say yes
                continue
        return False

    def _is_another(self, value: Any, base: type) -> bool:
        """Tell whether a number or text of a learner's own kind calculates otherwise than it would by its value."""
        odd: Any = self._odd[2] if base is str else self._odd[2].encode() if base is bytes else self._odd[0]
        try:
            plain = base.__new__(base, base.__str__(value)) if base is str else base.__add__(value, base())  # type: ignore[operator]
            acts = _ACTS_ON_TEXT if base in (str, bytes) else _ACTS_ON_NUMBERS
            return any(act(value, odd) != act(plain, odd) for act in acts if not (base is complex and act in _ORDER))
        except Exception:  # noqa: BLE001 - a number that cannot calculate is none
            return True

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _HEARD and not event.startswith("ctypes."):
            return
        if getattr(self._busy, "now", False):
            return
        if event == "object.__getattr__" and arguments[1] not in _FRAME_DOORS:
            return
        if event == "compile" and not self._under_a_false_name(arguments[1]):
            return
        self._busy.now = True
        try:
            if self._asked_by_learner(_getframe(1), anywhere=event in _THROUGH_OTHERS):
                self.doubt("the code reached into the interpreter")
        finally:
            self._busy.now = False

    def _under_a_false_name(self, filename: Any) -> bool:
        return isinstance(filename, str) and (filename in self._trusted_names or filename.startswith(self._prefixes))

    def _asked_by_learner(self, frame: FrameType | None, *, anywhere: bool) -> bool:
        while frame is not None:
            filename = frame.f_code.co_filename
            if filename not in self._trusted_names and (
                frame.f_globals is self._space or not filename.startswith(self._prefixes)
            ):
                return True
            if not anywhere and not filename.endswith(_GO_BETWEENS):
                return False
            frame = frame.f_back
        return False


_type_of = type


def _own_folder() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - this package


def _parts(function: Any) -> tuple[CodeType, Any, Any, Any]:
    """Return what a function does and with what."""
    defaults = function.__kwdefaults__
    named = tuple(sorted(defaults.items())) if defaults else None
    return function.__code__, function.__defaults__, named, function.__closure__


def _has_children() -> bool:
    """Tell whether there is a process that this one has started: waitid(2), without taking leave of it."""
    try:
        _waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT | _OF_ALL_KINDS)
    except ChildProcessError:
        return False
    return True
