"""A forked copy of the warm process that runs one notebook, cell by cell as its owner asks, and listens to nobody else.

It is no Jupyter kernel: it has no sockets but the one to its owner. Learners' cells run in IPython's shell. Tests run
outside it, from plain Python that the owner sends only when their turn has come, with canaries that look the same.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import math
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from academy.kernels import frames, kernel
from academy.kernels.model import Order
from academy.kernels.shell import Stream, make, recorder
from academy.kernels.steps import Ask, Doing
from academy.kernels.witness import Witness, names_in

__all__ = ["prepare_warm", "run"]

_LARGEST_ASK = 4_000_000
"""Bytes of the largest cell."""
_SHORTEST = 16
"""Characters of the random name under which a test finds the comparison."""

# As they were before anybody could replace them
_compile, _eval, _parse, _repr = compile, eval, ast.parse, repr
_KEEP_TO_OURSELVES = ("academy",)


def prepare_warm() -> None:
    """Do in the warm process, once, what every notebook's process would do."""
    make()
    ast.parse("assert 1 == 1")


def run(order: Order, lifelines: Sequence[int], channel: socket.socket) -> None:
    """Run the cells that the owner sends on the second lifeline until she has no more. Does not return."""
    threading.Thread(target=_watch, args=(lifelines[0],), name="lifeline", daemon=True).start()
    talk = socket.socket(fileno=lifelines[1])
    _go_to_work(order)
    shell = make()
    sys.stdout, sys.stderr = Stream("stdout", 1), Stream("stderr", 2)
    printed = _catch_what_is_printed_below()
    for name in [name for name in sys.modules if name.split(".")[0] in _KEEP_TO_OURSELVES]:
        del sys.modules[name]  # whoever imports them gets copies
    witness = Witness(shell)
    witness.start()
    kernel.say(channel, b'{"started": true}')
    channel.close()
    while True:
        _ignore_interrupts()
        message = frames.receive(talk, _LARGEST_ASK)
        if message is None:
            os._exit(0)
        frames.send(talk, _answer(Ask.model_validate_json(message), shell, witness, printed))


def _watch(lifeline: int) -> None:
    with suppress(OSError):
        os.read(lifeline, 1)
        os._exit(1)


def _go_to_work(order: Order) -> None:
    """Go to an empty folder of one's own, with copies of the files that belong to the notebook."""
    work = Path(order.temporary_folder) / "work"
    if order.files is None:
        work.mkdir()
    else:
        shutil.copytree(order.files, work, symlinks=True, copy_function=shutil.copyfile)
    os.chdir(work)
    os.environ |= dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR"), order.temporary_folder)
    sys.path.append(str(work))  # last: a file of a submission takes the place of no library


def _catch_what_is_printed_below() -> int:
    """Let what libraries print past Python land in memory."""
    memory = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600)  # counted with the temporary files: a memfd is not
    for number in (1, 2):
        os.dup2(memory, number)
    return memory


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _answer(ask: Ask, shell: Any, witness: Witness, printed: int) -> bytes:
    """Run one cell and return the answer as JSON."""
    recorder.start()
    checks: list[dict[str, Any]] = []
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if ask.doing is Doing.TEST:
            checks = _test(ask, shell, witness)
            succeeded = True
        else:
            succeeded = _run(ask, shell, witness)
    except BaseException as error:  # noqa: BLE001 - an interrupt between two lines of ours
        succeeded = False
        recorder.error(type(error).__name__, "", [])
    _ignore_interrupts()
    _add_what_was_printed_below(printed)
    for output in recorder.outputs:
        output.pop("_name", None)
    answer = {"nonce": ask.nonce, "outputs": recorder.outputs, "succeeded": succeeded, "checks": checks}
    return json.dumps(answer | {"doubts": witness.doubts()}, default=str).encode("utf-8", "replace")


def _add_what_was_printed_below(printed: int) -> None:
    sys.stdout.flush()
    size = os.lseek(printed, 0, os.SEEK_END)
    if size:
        text = os.pread(printed, 1_000_000, 0).decode("utf-8", "replace")
        os.ftruncate(printed, 0)
        os.lseek(printed, 0, os.SEEK_SET)
        recorder.stream("stdout", text)


def _run(ask: Ask, shell: Any, witness: Witness) -> bool:
    """Run a cell as IPython does. Returns whether it came to its end."""
    if ask.doing is Doing.LOCKED:
        witness.look((), shell.user_ns)
    result = shell.run_cell(ask.sources[0], store_history=True)
    if ask.doing is Doing.LOCKED:
        filename = shell.compile.last
        witness.trust(filename)
        witness.remember_helpers(shell.user_ns, filename)
    return bool(result.success)


def _test(ask: Ask, shell: Any, witness: Witness) -> list[dict[str, Any]]:
    """Run a test and its canaries, one like the other, between two looks at the interpreter."""
    trees = [_parse(source) for source in ask.sources]
    names = set().union(*(names_in(tree) for tree in trees))
    witness.look(names, shell.user_ns)
    with shell.builtin_trap:
        checks = [_check(tree, f"<{ask.nonce}>", shell.user_ns, witness) for tree in trees]
    witness.look(names, shell.user_ns)
    return checks


def _check(tree: ast.Module, filename: str, namespace: dict[str, Any], witness: Witness) -> dict[str, Any]:
    """Run one piece of a test."""
    witness.trust(filename)
    end = tree.body[-1] if tree.body else None
    last = ast.Expression(end.value) if isinstance(end, ast.Expr) else None
    if last is not None:
        tree.body.pop()
    same = f"_{os.urandom(_SHORTEST).hex()}"
    namespace[same] = _comparison(witness)
    found: dict[str, Any] = {"error": "", "message": "", "line": 0, "number": None, "text": ""}
    try:
        _run_code(_Compare(same).visit(tree), filename, "exec", namespace)
        found |= _value(_run_code(last, filename, "eval", namespace) if last is not None else None)
    except SystemExit:
        witness.doubt("the code ended the program instead of giving an answer")
        found["error"] = "SystemExit"
    except BaseException as error:  # noqa: BLE001 - every way in which a test can fail
        found |= _failure(error, filename)
    finally:
        namespace.pop(same, None)
    return found


def _run_code(tree: Any, filename: str, mode: str, namespace: dict[str, Any]) -> Any:
    """Run a compiled piece; ``await`` is allowed outside functions, as in a notebook."""
    code = _compile(tree, filename, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    value = _eval(code, namespace)
    return asyncio.run(value) if code.co_flags & inspect.CO_COROUTINE else value


class _Compare(ast.NodeTransformer):
    """Lets assertions of equality ask through a function that knows who lies."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        """Rewrite ``assert a == b``; everything else stays as it is."""
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
            call = ast.Call(ast.Name(self._name, ast.Load()), [test.left, test.comparators[0]], [])
            node.test = ast.fix_missing_locations(ast.copy_location(call, test))
        return node


def _comparison(witness: Witness) -> Any:
    def same(left: Any, right: Any) -> Any:
        if witness.says_yes_to_anything(left) or witness.says_yes_to_anything(right):
            witness.doubt("a value says that it is equal to everything")
        return left == right

    return same


def _value(value: Any) -> Mapping[str, Any]:
    """Return the value of a test's last line: as a number if it is one, otherwise as text."""
    kind = type(value)
    if value is None:
        return {}
    if kind in (int, float, bool) or kind.__module__ == "numpy":
        with suppress(TypeError, ValueError, OverflowError):
            number = float(value)
            if math.isfinite(number):
                return {"number": number, "text": _repr(number)}
    try:
        return {"text": _repr(value)[:20_000]}
    except Exception:  # noqa: BLE001 - it has no text
        return {"text": f"<{kind.__name__[:100]}>"}


def _failure(error: BaseException, filename: str) -> Mapping[str, Any]:
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == filename:
            line = step.tb_lineno
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename == filename:
        line = error.lineno or 0
    try:
        message = str(error)[:2000]
    except Exception:  # noqa: BLE001 - it has no text
        message = ""
    return {"error": type(error).__name__[:100], "message": message, "line": line}
