"""A forked copy of the warm process that runs one notebook, cell by cell as its owner asks, and listens to nobody else.

It is no Jupyter kernel: it has no sockets but the one to its owner. Learners' cells run in IPython's shell. The
instructor's run outside it, from code that the owner compiled, tests only when their turn has come and between canaries
that look the same. What is known of a test is said at once, so that what happens later cannot change it.

Functions are bound to names of this module before any code of a learner runs, and the module is taken out of
``sys.modules``: whoever replaces a function elsewhere replaces none here.
"""

from __future__ import annotations

import _thread
import asyncio
import inspect
import marshal
import math
import os
import shutil
import signal
import socket
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any

from pydantic_core import from_json, to_json

from academy.kernels import kernel
from academy.kernels.coded import PLACE
from academy.kernels.frames import CHECK, Joined, cut
from academy.kernels.model import Order
from academy.kernels.shell import Stream, make, recorder
from academy.kernels.witness import Witness

__all__ = ["prepare_warm", "run"]

# Functions below keep these, whatever a learner puts in their place
globals()["__builtins__"] = dict(vars(sys.modules["builtins"]))

_LARGEST_ASK = 8_000_000
"""Bytes of the largest cell."""
_LARGEST_PACKET = 65_536
_COROUTINE = inspect.CO_COROUTINE
_KEEP_TO_OURSELVES = "academy"

_loads, _eval, _repr, _str, _type, _run_coroutine = marshal.loads, eval, repr, str, type, asyncio.run
_read, _write, _getpid, _exit, _isfinite = os.read, os.write, os.getpid, os._exit, math.isfinite
_signal, _interrupt, _ignore = signal.signal, signal.default_int_handler, signal.SIG_IGN
_name_of = type.__dict__["__name__"].__get__
_NUMBERS = (int, float, bool)


def prepare_warm() -> None:
    """Do in the warm process, once, what every notebook's process would do."""
    make()
    Witness.pin()


def run(order: Order, lifelines: Sequence[int], channel: socket.socket) -> None:
    """Run the cells that the owner sends on the second lifeline until she has no more. Does not return."""
    _thread.start_new_thread(_watch, (lifelines[0],))
    talk = _Talk(lifelines[1])
    _go_to_work(order)
    shell = make()
    sys.stdout, sys.stderr = Stream("stdout", 1), Stream("stderr", 2)
    printed = _catch_what_is_printed_below()
    for name in [name for name in sys.modules if name.split(".")[0] == _KEEP_TO_OURSELVES]:
        del sys.modules[name]  # whoever imports them gets copies
    witness = Witness(shell, talk.say_packet)
    witness.start()
    kernel.say(channel, b'{"started": true}')
    channel.close()
    while True:
        _signal(signal.SIGINT, _ignore)
        ask = talk.listen()
        if ask is None:
            _exit(0)
        recorder.start()
        succeeded = _act(ask, shell, witness, talk)
        _signal(signal.SIGINT, _ignore)
        _add_what_was_printed_below(printed)
        talk.say(_answer(ask["nonce"], succeeded))


class _Talk:
    """The socket to the owner, without a method that somebody could replace."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._me = os.getpid()

    def listen(self) -> dict[str, Any] | None:
        joined = Joined(_LARGEST_ASK)
        while True:
            packet = _read(self._number, _LARGEST_PACKET)
            if not packet:
                return None
            message = joined.add(packet)
            if message is not None:
                found: dict[str, Any] = from_json(message)
                return found

    def say(self, message: bytes) -> None:
        for packet in cut(message):
            self.say_packet(packet)

    def say_packet(self, packet: bytes) -> None:
        if _getpid() != self._me:
            _exit(1)  # a copy that a learner's code has made has nothing to say
        _write(self._number, packet)


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
        shutil.copytree(order.files, work, ignore=_links, copy_function=shutil.copyfile)
    os.chdir(work)
    os.environ |= dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR"), order.temporary_folder)
    sys.path.append(str(work))  # last: a file of a submission takes the place of no library


def _links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118 - their names


def _catch_what_is_printed_below() -> int:
    """Let what libraries print past Python land in memory."""
    memory = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600)  # counted with the temporary files: a memfd is not
    for number in (1, 2):
        os.dup2(memory, number)
    return memory


def _answer(nonce: str, succeeded: bool) -> bytes:  # noqa: FBT001 - the two parts of an answer
    for output in recorder.outputs:
        output.pop("_name", None)
    said = {"nonce": nonce, "succeeded": succeeded, "outputs": recorder.outputs}
    try:
        return to_json(said, fallback=_str, inf_nan_mode="strings")
    except Exception:  # noqa: BLE001 - something in the output has no text
        return to_json(said | {"outputs": []})


def _add_what_was_printed_below(printed: int) -> None:
    size = os.lseek(printed, 0, os.SEEK_END)
    if size:
        text = os.pread(printed, 1_000_000, 0).decode("utf-8", "replace")
        os.ftruncate(printed, 0)
        os.lseek(printed, 0, os.SEEK_SET)
        recorder.stream("stdout", text)


def _act(ask: Mapping[str, Any], shell: Any, witness: Witness, talk: _Talk) -> bool:
    """Run one cell. Returns whether it came to its end; what is known of a test has been said then."""
    _signal(signal.SIGINT, _interrupt)
    try:
        if ask["doing"] == "test":
            _test(ask, shell, witness, talk)
            return True
        if ask["doing"] == "locked":
            return _locked(ask, shell, witness)
        return bool(shell.run_cell(ask["source"], store_history=True).success)
    except BaseException as error:  # noqa: BLE001 - an interrupt between two lines of ours, or worse
        recorder.error(_name_of(_type(error)), "", [])
        return False


def _locked(ask: Mapping[str, Any], shell: Any, witness: Witness) -> bool:
    """Run a cell that the instructor has written, and show the value of its last line."""
    before = dict(shell.user_ns)
    (piece,) = ask["pieces"]
    found = _piece(piece, shell.user_ns, shell.user_ns, witness, show=shell)
    witness.remember({name: value for name, value in shell.user_ns.items() if before.get(name, witness) is not value})
    if found["end"] != "done":
        said = f"line {found['line']}: {found['error']}: {found['message']}"
        recorder.error(found["error"], found["message"], [said])
    return bool(found["end"] == "done")


def _test(ask: Mapping[str, Any], shell: Any, witness: Witness, talk: _Talk) -> None:
    """Run a test and its canaries, one like the other, between two looks at the interpreter."""
    space = shell.user_ns
    witness.look(ask["names"], ask["guarded"], space)
    for place, piece in enumerate(ask["pieces"]):
        own = _Own(space, ask["shared"])
        with shell.builtin_trap:
            found = _piece(piece, space, own, witness)
        if own.changed():
            witness.doubt("a variable of the test was changed from outside")
        talk.say_packet(CHECK + to_json({**found, "nonce": ask["nonce"], "place": place}))
    witness.look(ask["names"], ask["guarded"], space)


class _Own(dict[str, Any]):
    """The variables of a test: it sees its own values of them, whatever others do to the notebook's."""

    def __init__(self, space: dict[str, Any], shared: Sequence[str]) -> None:
        super().__init__()
        self._space = space
        self._shared = frozenset(shared)

    def __setitem__(self, name: str, value: Any) -> None:
        self._space[name] = value
        if name not in self._shared:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.pop(name, None)
        del self._space[name]

    def changed(self) -> bool:
        """Tell whether the notebook's values are others than the test has given."""
        return any(self._space.get(name, self) is not value for name, value in self.items())


def _piece(
    data: str, space: dict[str, Any], own: dict[str, Any], witness: Witness, *, show: Any = None
) -> dict[str, Any]:
    """Run one piece of the instructor's code."""
    parts = [_fill(part, witness) for part in _loads(b64decode(data)) if part is not None]
    found: dict[str, Any] = {"end": "done", "error": "", "message": "", "line": 0, "number": None, "text": ""}
    try:
        value = [_value_of(part, space, own) for part in parts][-1]
        if show is not None and value is not None:
            shown, about = show.display_formatter.format(value)
            recorder.show("execute_result", shown, about, execution_count=0)
        elif value is not None:
            found |= _plain(value)
    except BaseException as error:  # noqa: BLE001 - every way in which a test can fail
        found |= _failure(error, parts[0].co_filename)
        if found["end"] == "exit":
            witness.doubt("the code ended the program instead of giving an answer")
    return found


def _fill(code: CodeType, witness: Witness) -> CodeType:
    """Put the function that looks at values, and the same in inner functions, where the owner left room for it."""
    witness.trust(code.co_filename)
    consts = tuple(
        witness.looked_at if part == PLACE else _fill(part, witness) if _type(part) is CodeType else part
        for part in code.co_consts
    )
    return code.replace(co_consts=consts)


def _value_of(code: CodeType, space: dict[str, Any], own: dict[str, Any]) -> Any:
    """Run code; ``await`` is allowed outside functions, as in a notebook."""
    value = _eval(code, space, own)
    return _run_coroutine(value) if code.co_flags & _COROUTINE else value


def _plain(value: Any) -> Mapping[str, Any]:
    """Return the value of a test's last line: as a number if it is one, otherwise as text."""
    kind = _type(value)
    if kind in _NUMBERS or kind.__module__ == "numpy":
        with suppress(TypeError, ValueError, OverflowError):
            number = float(value)
            if _isfinite(number):
                return {"number": number, "text": _repr(number)}
    try:
        return {"text": _str(_repr(value))[:20_000]}
    except Exception:  # noqa: BLE001 - it has no text
        return {"text": "a value that cannot be shown"}


def _failure(error: BaseException, filename: str) -> Mapping[str, Any]:
    """Say how a piece failed. What kind of error it is, its class decides and not its name, which may be any."""
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == filename:
            line = step.tb_lineno
        step = step.tb_next
    try:
        message = _str(error)[:2000]
    except Exception:  # noqa: BLE001 - it has no text
        message = ""
    return {
        "end": _kind(_type(error)),
        "error": _name_of(_type(error))[:100] or "Exception",
        "message": message,
        "line": line,
    }


def _kind(kind: type[BaseException]) -> str:
    if kind is AssertionError:
        return "assertion"
    if kind is MemoryError:
        return "memory"
    if kind is KeyboardInterrupt:
        return "interrupt"
    return "exit" if SystemExit in kind.__mro__ else "error"
