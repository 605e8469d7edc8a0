"""A forked copy of the warm process that runs one notebook, cell by cell as its owner asks, and listens to nobody else.

It is no Jupyter kernel: it has no sockets but the one to its owner. Learners' cells run in IPython's shell. The
instructor's run outside it, from code that the owner compiled, tests only when their turn has come and between canaries
that look the same. What is known of a test is said at once, under a seal, so that nobody else and nothing that happens
later can change it.

Whoever replaces something elsewhere must replace nothing here. So functions of libraries are bound to names of this
module before any code of a learner runs, the module is taken out of ``sys.modules``, and there is no class by which it
could be found again. What is left to find it with is heard by ``academy.kernels.witness``.
"""

from __future__ import annotations

import _thread
import marshal
import math
import os
import shutil
import signal
import socket
import sys
from binascii import a2b_base64
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from types import CodeType
from typing import Any

from pydantic_core import from_json, to_json

from academy.kernels import kernel, witness
from academy.kernels.frames import ANSWER, CHECK, LAST, PLACE, SEAL, cut
from academy.kernels.model import Order
from academy.kernels.own_names import OwnNames
from academy.kernels.shell import Stream, make, recorder

__all__ = ["prepare_warm", "run"]

# Functions below keep these, whatever a learner puts in their place
globals()["__builtins__"] = dict(vars(sys.modules["builtins"]))

_LARGEST_PACKET = 65_536
_NBGRADERS = ("submission_secret.txt", "timestamp.txt")
_KEEP_TO_OURSELVES = "academy"

_loads, _eval, _repr, _str, _type, _decode, _blake2b = marshal.loads, eval, repr, str, type, a2b_base64, blake2b
_read, _write, _getpid, _exit, _isfinite = os.read, os.write, os.getpid, os._exit, math.isfinite
_lseek, _pread, _ftruncate, _end = os.lseek, os.pread, os.ftruncate, os.SEEK_END
_signal, _interrupt, _ignore, _SIGINT = signal.signal, signal.default_int_handler, signal.SIG_IGN, signal.SIGINT
_name_of = type.__dict__["__name__"].__get__
_own_items, _own_parts = dict.items, dict(vars(OwnNames))
_to_json, _from_json = to_json, from_json
_NUMBERS = (int, float, bool)
_BUILTINS = sys.modules["builtins"]


def prepare_warm() -> None:
    """Do in the warm process, once, what every notebook's process would do."""
    make()
    witness.pin()


def run(order: Order, lifelines: Sequence[int], channel: socket.socket) -> None:
    """Run the cells that the owner sends on the second lifeline until she has no more. Does not return."""
    _thread.start_new_thread(_watch, (lifelines[0],))
    _go_to_work(order)
    shell = make()
    sys.stdout, sys.stderr = Stream("stdout", 1), Stream("stderr", 2)
    printed = _catch_what_is_printed_below()
    talk = lifelines[1]
    say = _sealed(talk, bytes.fromhex(order.secret), os.getpid())
    for name in [name for name in sys.modules if name.split(".")[0] == _KEEP_TO_OURSELVES]:
        del sys.modules[name]  # whoever imports them gets copies
    witness.start(shell, say)
    kernel.say(channel, b'{"started": true}')
    channel.close()
    while True:
        _signal(_SIGINT, _ignore)
        ask = _listen(talk)
        if ask is None:
            _exit(0)
        recorder.start()
        succeeded = _act(ask, shell, say)
        _signal(_SIGINT, _ignore)
        say(ANSWER, _to_json({"nonce": ask["nonce"], "succeeded": succeeded, "doubts": witness.count()}))
        _show(talk, printed)


def _listen(talk: int) -> dict[str, Any] | None:
    parts = []
    while True:
        packet = _read(talk, _LARGEST_PACKET)
        if not packet:
            return None
        parts.append(packet[1:])
        if packet[:1] == LAST:
            found: dict[str, Any] = _from_json(b"".join(parts))
            return found


def _sealed(talk: int, secret: bytes, me: int) -> Callable[[bytes, bytes], None]:
    """Return the function that says something to the owner so that she knows who has said it."""

    def say(kind: bytes, message: bytes) -> None:
        if _getpid() != me:
            _exit(1)  # a copy that a learner's code has made has nothing to say
        seal = _blake2b(kind + message, key=secret, digest_size=SEAL).digest()
        _write(talk, kind + seal + message)

    return say


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
        shutil.copytree(order.files, work, ignore=_left_out, copy_function=shutil.copyfile)
    os.chdir(work)
    os.environ |= dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR"), order.temporary_folder)
    sys.path.append(str(work))  # last: a file of a submission takes the place of no library


def _left_out(folder: str, names: list[str]) -> list[str]:
    """Return links, which cannot be made here, and what nbgrader keeps beside a notebook for itself."""
    links = [name for name in names if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118 - their names
    return [*links, *_NBGRADERS]


def _catch_what_is_printed_below() -> int:
    """Let what libraries print past Python land in memory."""
    memory = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600)  # counted with the temporary files: a memfd is not
    for number in (1, 2):
        os.dup2(memory, number)
    return memory


def _show(talk: int, printed: int) -> None:
    """Send what the cell has shown; that is a learner's word, and under no seal."""
    if _lseek(printed, 0, _end):
        text = _pread(printed, 1_000_000, 0).decode("utf-8", "replace")
        _ftruncate(printed, 0)
        recorder.stream("stdout", text)
    for output in recorder.outputs:
        output.pop("_name", None)
    try:
        message = _to_json(recorder.outputs, fallback=_str, inf_nan_mode="strings")
    except Exception:  # noqa: BLE001 - something in the output has no text
        message = b"[]"
    for packet in cut(message):
        _write(talk, packet)


def _act(ask: Mapping[str, Any], shell: Any, say: Callable[[bytes, bytes], None]) -> bool:
    """Run one cell. Returns whether it came to its end; what is known of a test has been said then."""
    _signal(_SIGINT, _interrupt)
    try:
        if ask["doing"] == "test":
            _test(ask, shell, say)
            return True
        if ask["doing"] == "locked":
            return _locked(ask, shell)
        return bool(shell.run_cell(ask["source"], store_history=True).success)
    except BaseException as error:  # noqa: BLE001 - an interrupt between two lines of ours, or worse
        recorder.error(_name_of(_type(error)), "", [])
        return False


def _locked(ask: Mapping[str, Any], shell: Any) -> bool:
    """Run a cell that the instructor has written, and show the value of its last line."""
    space = shell.user_ns
    before = dict(space)
    with shell.builtin_trap:
        found = _piece(ask["pieces"][0], space, space, show=shell)
    witness.remember({name: value for name, value in space.items() if before.get(name, before) is not value})
    if found["end"] != "done":
        said = f"line {found['line']}: {found['error']}: {found['message']}"
        recorder.error(found["error"], found["message"], [said])
    return bool(found["end"] == "done")


def _test(ask: Mapping[str, Any], shell: Any, say: Callable[[bytes, bytes], None]) -> None:
    """Run a test and its canaries, one like the other, between two looks at the interpreter."""
    space = shell.user_ns
    witness.look(ask["names"], ask["guarded"], space)
    space["__builtins__"] = _BUILTINS
    for place, piece in enumerate(ask["pieces"]):
        own = OwnNames(space, ask["shared"])
        with shell.builtin_trap:
            found = _piece(piece, space, own)
        if (
            any(space.get(name, own) is not value for name, value in _own_items(own))
            or dict(vars(OwnNames)) != _own_parts
        ):
            witness.doubt("a variable of the test was changed from outside")
        say(CHECK, _to_json({**found, "nonce": ask["nonce"], "place": place, "doubts": witness.count()}))
    witness.look(ask["names"], ask["guarded"], space)


def _piece(data: str, space: dict[str, Any], own: dict[str, Any], *, show: Any = None) -> dict[str, Any]:
    """Run one piece of the instructor's code."""
    parts = [_fill(part) for part in _loads(_decode(data)) if part is not None]
    found: dict[str, Any] = {"end": "done", "error": "", "message": "", "line": 0, "number": None, "text": ""}
    try:
        value = [_eval(part, space, own) for part in parts][-1]
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


def _fill(code: CodeType) -> CodeType:
    """Put the function that looks at values, and the same in inner functions, where the owner left room for it."""
    witness.trust(code.co_filename)
    consts = tuple(
        witness.looked_at if part == PLACE else _fill(part) if _type(part) is CodeType else part
        for part in code.co_consts
    )
    return code.replace(co_consts=consts)


def _plain(value: Any) -> Mapping[str, Any]:
    """Return the value of a test's last line: as a number if it is one, otherwise as text."""
    kind = _type(value)
    try:
        if kind in _NUMBERS or kind.__module__ == "numpy":
            number = float(value)
            if _isfinite(number):
                return {"number": number, "text": _repr(number)}
    except Exception:  # noqa: BLE001, S110 - an array of numbers, for instance
        pass
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
    name = _name_of(_type(error))[:100] or "Exception"
    return {"end": _kind(_type(error)), "error": name, "message": message, "line": line}


def _kind(kind: type[BaseException]) -> str:
    if kind is AssertionError:
        return "assertion"
    if kind is MemoryError:
        return "memory"
    if kind is KeyboardInterrupt:
        return "interrupt"
    return "exit" if SystemExit in kind.__mro__ else "error"
