"""The owner's side: one warm process for each set of libraries, started when first needed and again when it died."""

from __future__ import annotations

import asyncio
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from academy.kernels import watch
from academy.kernels.model import Excess, KernelNotStarted, Layer, Limits, Order, UntrustedCodeRefused
from academy.kernels.watch import Watch

__all__ = ["Forked", "close", "fork", "private_folder", "start"]

_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    # A library that starts threads at import would lose them in the fork; one thread is what the limits allow anyway.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # or debugpy warns at each start
}
"""All that a warm process has in its environment: a kernel could read it in /proc/self/environ."""
_UNKNOWN = -1
"""Exit status of a kernel whose warm process died first, so that nobody could ask."""
_WHOLE_GROUP = 4
"""PIDFD_SIGNAL_PROCESS_GROUP of pidfd_send_signal(2), since Linux 6.9."""
_LONGEST_SOCKET = 107
"""Bytes of a Unix socket's path: unix(7), 108 with the closing zero."""
_LARGEST_PACKET = 65_536
"""Bytes of what a notebook's process says at once."""
_GRACE = 1.0
"""Seconds between the end of a kernel and the warm process's word about it."""


@dataclass(frozen=True, slots=True)
class _Warm:
    """A running warm process."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    owner: int
    """Process that started it: a fork of the owner has to start its own."""


_warm: dict[tuple[str, ...], _Warm] = {}
_folders: dict[int, Path] = {}
"""By owner: the folder that holds its kernels' folders. The warm process removes it when the owner ends."""
_lock = threading.Lock()


def private_folder() -> Path:
    """Make a folder for one kernel that only this account can enter, with a path short enough for sockets."""
    with _lock:
        folder = Path(tempfile.mkdtemp(prefix="", dir=_base()))
    (folder / "tmp").mkdir(mode=0o700)
    return folder


def _base() -> Path:
    me = os.getpid()
    if me not in _folders:
        room = len(tempfile.gettempdir().encode()) < _LONGEST_SOCKET - len("/k-abcdefgh/abcdefgh/k-6")
        _folders.clear()
        _folders[me] = Path(tempfile.mkdtemp(prefix="k-", dir=None if room else "/tmp"))  # noqa: S108 - private
    return _folders[me]


def _start(modules: tuple[str, ...]) -> _Warm:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own module; the names are from the kernel specification
            [sys.executable, "-P", "-m", "academy.kernels.warm", str(theirs.fileno()), str(_base()), *modules],
            env=_ENVIRONMENT,
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    return _Warm(process, ours, os.getpid())


def _get(modules: tuple[str, ...]) -> _Warm:
    """Return the warm process for these modules, a new one if there is none or it died."""
    with _lock:
        warm = _warm.get(modules)
        if warm is None or warm.owner != os.getpid() or warm.process.poll() is not None:
            if warm is not None:
                warm.control.close()
            warm = _warm[modules] = _start(modules)
        return warm


def start(modules: tuple[str, ...]) -> None:
    """Start the warm process with these modules now; the first kernel need not wait for it then."""
    _get(modules)


def close() -> None:
    """End every warm process of this process, and with it every kernel that it forked."""
    with _lock:
        for warm in _warm.values():
            warm.control.close()
            if warm.owner == os.getpid():
                _end(warm.process)
        _warm.clear()
        shutil.rmtree(_folders.pop(os.getpid(), ""), ignore_errors=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Forked:
    """A kernel that was forked: how to wait for it and signal it, whatever becomes of the warm process."""

    def __init__(self, connection: socket.socket, lifeline: int, talk: socket.socket) -> None:
        self.pid = 0
        self._watch: Watch | None = None
        self._connection = connection
        self._lifeline = lifeline
        self._talk = talk
        self._pidfd = -1
        self._exit: int | None = None

    @property
    def ended_by(self) -> Excess | None:
        """Which limit ended it; None if none did."""
        return self._watch.excess if self._watch else None

    def watch(self, limits: Limits, *, warm: int) -> None:
        """Hold all its processes together to the limits. Raises ``UntrustedCodeRefused`` where that cannot be done."""
        try:
            self._watch = watch.begin(self.pid, self._pidfd, limits, warm=warm)
        except PermissionError as error:
            raise UntrustedCodeRefused(Layer.LIMITS, str(error)) from error

    async def begin(self) -> bool:
        """Wait until the kernel runs. Returns False when the warm process died. Raises what the kernel reports."""
        started = False
        while not (started and self.pid):  # two processes say these, so either may come first
            await _readable(self._connection.fileno())
            said = self._receive()
            if said is None:
                return False
            if "refused" in said:
                raise UntrustedCodeRefused(Layer(said["refused"]), said["reason"])
            if "failed" in said or "exit" in said:
                message = f"The kernel could not be started ({said.get('failed', 'it ended at once')})."
                raise KernelNotStarted(message)
            started = started or "started" in said
        return True

    def _receive(self) -> dict[str, Any] | None:
        """Read one message; None when there will be no more."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self._connection, 4096, 1)
        except BlockingIOError:
            return {}
        except OSError:
            return None
        if not message:
            return None
        said: dict[str, Any] = json.loads(message)
        if descriptors:
            self.pid, self._pidfd = int(said["pid"]), descriptors[0]
        return said

    async def send(self, packet: bytes) -> None:
        """Send one packet to a notebook's process. Raises ``OSError`` when it has gone."""
        while True:
            try:
                self._talk.send(packet)
            except BlockingIOError:
                await _ready((self._talk.fileno(),), write=True)
            else:
                return

    async def hear(self) -> bytes | None:
        """Wait for one packet from a notebook's process; None when it has ended."""
        while True:
            with suppress(BlockingIOError):
                return self._talk.recv(_LARGEST_PACKET) or None
            if self.ended():
                return None
            await _ready((self._talk.fileno(), self._pidfd))

    def ended(self) -> bool:
        """Tell whether the process has ended: pidfd_open(2) makes its descriptor readable then."""
        if self._pidfd < 0:
            return True
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)
        return bool(poller.poll(0))

    async def status(self) -> int:
        """Wait for the end and return the exit status; negative for a signal, -1 if nobody knows."""
        if not self.ended():
            await _readable(self._pidfd)
        while self._exit is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(_readable(self._connection.fileno()), _GRACE)
            said = self._receive()
            if said is not None and said and "exit" not in said:
                continue
            self._exit = int(said["exit"]) if said else _UNKNOWN
            if self._watch and said:
                self._watch.ended(self._exit, float(said["cpu"]))
        return self._exit

    def signal(self, number: int) -> None:
        """Signal the kernel and its group, never a process that took over its number."""
        if self._pidfd < 0:
            return
        with suppress(ProcessLookupError):
            try:
                signal.pidfd_send_signal(self._pidfd, number, None, _WHOLE_GROUP)
            except OSError as error:
                if isinstance(error, ProcessLookupError):
                    raise
                signal.pidfd_send_signal(self._pidfd, number)

    def release(self) -> None:
        """Kill what is left and close everything."""
        self.signal(signal.SIGKILL)
        self._connection.close()
        self._talk.close()
        for descriptor in (self._lifeline, self._pidfd):
            if descriptor >= 0:
                os.close(descriptor)
        self._lifeline = self._pidfd = -1


async def _readable(descriptor: int) -> None:
    """Wait until a descriptor can be read."""
    await _ready((descriptor,))


async def _ready(descriptors: Sequence[int], *, write: bool = False) -> None:
    """Wait until one of these can be read or, if asked so, written."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    own = [os.dup(descriptor) for descriptor in descriptors]  # so that two who wait for the same do not collide
    try:
        for descriptor in own:
            (loop.add_writer if write else loop.add_reader)(descriptor, _settle, ready)
        await ready
    finally:
        for descriptor in own:
            (loop.remove_writer if write else loop.remove_reader)(descriptor)
            os.close(descriptor)


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


async def fork(order: Order, modules: tuple[str, ...], *, seconds: float) -> Forked:
    """Fork a kernel from the warm process with ``modules``; one that died or does not answer is replaced.

    Raises ``UntrustedCodeRefused`` where the confinement asked for cannot be had, ``KernelNotStarted`` otherwise.
    """
    for _ in range(3):
        warm = _get(modules)
        forked = _ask(warm, order)
        if forked is None:
            await asyncio.to_thread(_end, warm.process)
            continue
        try:
            if await asyncio.wait_for(forked.begin(), seconds):
                if order.confinement is not None:
                    forked.watch(order.confinement.limits, warm=warm.process.pid)
                return forked
        except TimeoutError:
            warm.process.kill()
        except BaseException:
            forked.release()
            raise
        forked.release()
        await asyncio.to_thread(_end, warm.process)
    message = "The kernel could not be started: the warm process ended each time."
    raise KernelNotStarted(message)


def _ask(warm: _Warm, order: Order) -> Forked | None:
    """Send one request; None when the warm process is gone."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    talk, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    lifeline_read, lifeline_write = os.pipe()
    memory = os.memfd_create("order")
    ours.setblocking(False)
    talk.setblocking(False)
    forked = Forked(ours, lifeline_write, talk)
    try:
        os.write(memory, order.model_dump_json().encode())
        os.lseek(memory, 0, os.SEEK_SET)
        descriptors = [theirs.fileno(), memory, lifeline_read]
        descriptors += [other_end.fileno()] if order.task == "notebook" else []
        socket.send_fds(warm.control, [b"fork"], descriptors)
    except OSError:
        forked.release()
        return None
    finally:
        theirs.close()
        other_end.close()
        os.close(memory)
        os.close(lifeline_read)
    return forked
