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
import time
import unittest.case
from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

from academy.kernels.frames import DOUBT

__all__ = ["count", "doubt", "look", "looked_at", "pin", "remember", "start", "trust"]

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
        "open",
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
_LOOKS, _MOMENT = 10, 0.005
"""How often, and after how many seconds, is looked whether a thread has gone."""
_KNOWN_LIBRARIES = ("builtins", "numpy", "pandas", "datetime", "decimal", "fractions", "collections")
"""Whose classes are equal only to what they are equal to."""
_DEEPEST, _WIDEST = 4, 200
"""How far into lists and the like values are looked at."""
_CONTAINERS = (list, tuple, set, frozenset)
_NUMBERS_AND_TEXT = (int, float, complex, str, bytes)

_OF_ALL_KINDS = 0x40000000
"""__WALL of waitid(2): also children that were made in another way than by fork."""
_getframe, _stat, _waitid, _sleep, _local = sys._getframe, os.stat, os.waitid, time.sleep, threading.local  # noqa: SLF001
_getsignal, _type_name = signal.getsignal, type.__dict__["__name__"].__get__
_mro_of, _dict_of = type.__dict__["__mro__"].__get__, type.__dict__["__dict__"].__get__

_type_of = type
_state = SimpleNamespace(pins={}, class_pins={})
"""No class of ours: whoever finds one finds its methods."""


def pin() -> None:
    """Remember what libraries are like, in the warm process, when all are there."""
    _state.pins = {name: dict(vars(sys.modules[name])) for name in _PINNED if name in sys.modules}
    _state.class_pins = {kind: dict(vars(kind)) for kind in _PINNED_CLASSES}


def start(shell: Any, say: Callable[[bytes, bytes], None]) -> None:
    """Listen from now on, before any code of a learner runs; nobody can take an audit hook away again."""
    _state.shell, _state.space, _state.say = shell, shell.user_ns, say
    _state.said, _state.trusted_names = set(), set()
    _state.prefixes = tuple({sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), "<frozen", _own_folder()})
    _state.helpers, _state.locked = {}, {}
    _state.busy = _local()
    _state.threads = _stat("/proc/self/task").st_nlink
    _state.signals = {number: _getsignal(number) for number in signal.valid_signals() if number != signal.SIGINT}
    _state.odd = (random.randrange(10**12, 10**13), random.random() * 1e9, f"{random.random()}")  # noqa: S311
    sys.addaudithook(_hear)


def count() -> int:
    """Return how many doubts have been said."""
    return len(_state.said)


def doubt(reason: str) -> None:
    """Say a reason, once."""
    if reason not in _state.said and len(_state.said) < _MOST_DOUBTS:
        _state.said.add(reason)
        _state.say(DOUBT, reason[:200].encode("utf-8", "replace"))


def trust(filename: str) -> None:
    """Take code of this file name as the instructor's."""
    _state.trusted_names.add(filename)


def remember(bound: Mapping[str, Any]) -> None:
    """Remember what a locked cell has bound: tests may rely on its functions, and these on its values."""
    for name, value in bound.items():
        _state.locked[name] = value
        if isinstance(value, FunctionType):
            _state.helpers[name] = _parts(value)


def look(names: Iterable[str], guarded: Iterable[str], space: Mapping[str, Any]) -> None:
    """Look at all that a test with these names relies on; ``guarded`` are built-in ones that stay what they are."""
    _look_at_pins()
    _look_at_shell()
    _look_at_helpers(names, space)
    _look_at_modules(names, space)
    for name in guarded:
        if name in space and is_learners(space[name]):
            doubt(f"“{name}” was replaced")
    if any(_getsignal(number) is not before for number, before in _state.signals.items()):
        doubt("a signal is handled by the code")
    if _something_runs():
        doubt("something else was still running beside the test")


def _look_at_pins() -> None:
    for module, pins in _state.pins.items():
        there = sys.modules.get(module)
        _compare(module, pins, vars(there) if isinstance(there, ModuleType) else {})
    for kind, pins in _state.class_pins.items():
        _compare(_type_name(kind), pins, _dict_of(kind))


def _compare(place: str, pins: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    for name, value in pins.items():
        if now.get(name, pins) is not value and (name == "__import__" or not name.startswith("_")):
            doubt(f"“{name}” of {place} was replaced")


def _look_at_shell() -> None:
    shell = _state.shell
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
    if any(is_learners(value) for values in lists for value in values):
        doubt("a step of the shell was replaced")


def _look_at_helpers(names: Iterable[str], space: Mapping[str, Any]) -> None:
    used = [name for name in names if name in _state.helpers]
    for name in used:
        value = _state.locked[name]
        if space.get(name) is not value or _parts(value) != _state.helpers[name]:
            doubt(f"the instructor's “{name}” was replaced")
        inner = set(_state.helpers[name][0].co_names)
        _look_at_what_helpers_use(inner, space)


def _look_at_what_helpers_use(inner: Iterable[str], space: Mapping[str, Any]) -> None:
    for name in inner:
        if name in _state.locked and space.get(name) is not _state.locked[name]:
            doubt(f"the instructor's “{name}” was replaced")
        elif name not in _state.locked and name in _BUILT_IN and name in space:
            doubt(f"“{name}” was replaced")


def _look_at_modules(names: Iterable[str], space: Mapping[str, Any]) -> None:
    known = {name: sys.modules[name] for name in names if name in sys.modules}
    known |= {name: space[name] for name in names if isinstance(space.get(name), ModuleType)}
    for name, module in known.items():
        if name == "__main__":
            continue
        if not isinstance(module, ModuleType) or vars(module).get("__spec__") is None:
            doubt(f"the module “{name}” was replaced")
        elif _installed(module) and any(_changed(value) for value in list(vars(module).values())):
            doubt(f"something in the module “{name}” was replaced")


def _changed(value: Any) -> bool:
    """Tell whether a value of a library, or a method of a class of it, was written by a learner."""
    if isinstance(value, type) and _type_of(value) is type:
        return any(is_learners(part) for part in list(_dict_of(value).values()))
    return is_learners(value)


def _installed(module: ModuleType) -> bool:
    origin = getattr(vars(module).get("__spec__"), "origin", None)
    return not isinstance(origin, str) or origin in ("built-in", "frozen") or origin.startswith(_state.prefixes)


def is_learners(value: Any) -> bool:
    """Tell whether calling ``value`` runs code that a learner wrote, as far as can be seen without running any."""
    while _type_of(value) is functools.partial:
        value = value.func
    if _type_of(value) in (staticmethod, classmethod):
        value = value.__func__
    if isinstance(value, MethodType):
        value = value.__func__
    if isinstance(value, FunctionType):
        return _wrote(value)
    return not isinstance(value, type) and _is_learners_class(_type_of(value))


def _wrote(function: FunctionType) -> bool:
    filename = function.__code__.co_filename
    return filename not in _state.trusted_names and (
        function.__globals__ is _state.space or not filename.startswith(_state.prefixes)
    )


def _is_learners_class(kind: type) -> bool:
    return any(
        isinstance(part, FunctionType) and _wrote(part)
        for one in _mro_of(kind)[:-1]
        if one.__flags__ & _HEAP_TYPE
        for part in list(_dict_of(one).values())
    )


def looked_at(value: Any) -> Any:
    """Return ``value``, which a test is about to use, and doubt it when it only pretends."""
    if _pretends(value, 0):
        doubt("a value pretends to be another")
    return value


def _pretends(value: Any, depth: int) -> bool:
    kind = _type_of(value)
    if kind in _CONTAINERS and depth < _DEEPEST:
        return any(_pretends(part, depth + 1) for part in list(value)[:_WIDEST])
    if kind is dict and depth < _DEEPEST:
        return any(_pretends(part, depth + 1) for part in [*value, *value.values()][:_WIDEST])
    if not kind.__flags__ & _HEAP_TYPE or _is_known(kind):
        return False
    base = next((base for base in _NUMBERS_AND_TEXT if base in _mro_of(kind)), None)
    return _says_yes_to_anything(value) or (base is not None and _is_another(value, base))


def _is_known(kind: type) -> bool:
    """Tell whether a class is the one that a well-known library shows under this name."""
    name = str(_dict_of(kind).get("__module__", ""))
    module = sys.modules.get(name)
    return (
        name.split(".", maxsplit=1)[0] in _KNOWN_LIBRARIES
        and isinstance(module, ModuleType)
        and _installed(module)
        and vars(module).get(_type_name(kind)) is kind
    )


def _says_yes_to_anything(value: Any) -> bool:
    number, fraction, text = _state.odd
    for odd in (object(), number, fraction, text, [object()], [number], (number,), {text: number}):
        try:
            if (value == odd) is not False and bool(value == odd):
                return True
        except Exception:  # noqa: BLE001, S112 - it did not say yes
            continue
    return False


def _is_another(value: Any, base: type) -> bool:
    """Tell whether a number or text of a learner's own kind calculates otherwise than it would by its value."""
    odd: Any = _state.odd[2] if base is str else _state.odd[2].encode() if base is bytes else _state.odd[0]
    try:
        plain = base.__new__(base, base.__str__(value)) if base is str else base.__add__(value, base())  # type: ignore[operator]
        acts = _ACTS_ON_TEXT if base in (str, bytes) else _ACTS_ON_NUMBERS
        return any(act(value, odd) != act(plain, odd) for act in acts if not (base is complex and act in _ORDER))
    except Exception:  # noqa: BLE001 - a number that cannot calculate is none
        return True


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _HEARD and not event.startswith("ctypes."):
        return
    if getattr(_state.busy, "now", False):
        return
    if event == "object.__getattr__" and arguments[1] not in _FRAME_DOORS:
        return
    if event == "compile" and not _under_a_false_name(arguments[1]):
        return
    if event == "open" and not _is_memory(arguments[0]):
        return
    _state.busy.now = True
    try:
        if _asked_by_learner(_getframe(1), anywhere=event in _THROUGH_OTHERS):
            doubt("the code reached into the interpreter")
    finally:
        _state.busy.now = False


def _is_memory(path: Any) -> bool:
    return isinstance(path, str) and path.rsplit("/", 1)[-1] in ("mem", "pagemap", "maps", "smaps")


def _under_a_false_name(filename: Any) -> bool:
    return isinstance(filename, str) and (filename in _state.trusted_names or filename.startswith(_state.prefixes))


def _asked_by_learner(frame: FrameType | None, *, anywhere: bool) -> bool:
    while frame is not None:
        filename = frame.f_code.co_filename
        if filename not in _state.trusted_names and (
            frame.f_globals is _state.space or not filename.startswith(_state.prefixes)
        ):
            return True
        if not anywhere and not filename.endswith(_GO_BETWEENS):
            return False
        frame = frame.f_back
    return False


def _own_folder() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - this package


def _parts(function: Any) -> tuple[CodeType, Any, Any, Any]:
    """Return what a function does and with what."""
    defaults = function.__kwdefaults__
    named = tuple(sorted(defaults.items())) if defaults else None
    return function.__code__, function.__defaults__, named, function.__closure__


def _something_runs() -> bool:
    """Tell whether there is another thread or process; one that has just ended gets a moment to be gone."""
    for _ in range(_LOOKS):
        if _stat("/proc/self/task").st_nlink <= _state.threads and not _has_children():
            return False
        _sleep(_MOMENT)
    return True


def _has_children() -> bool:
    """Tell whether there is a process that this one has started: waitid(2), without taking leave of it."""
    try:
        _waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT | _OF_ALL_KINDS)
    except ChildProcessError:
        return False
    return True
