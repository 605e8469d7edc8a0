"""The warm process, ``python -m academy.kernels.warm DESCRIPTOR FOLDER MODULE…``: imports, then forks on request.

Protocol between the provisioner (the owner) and this process, over a socket pair that has no name:

- owner → warm: one packet with three descriptors: a connection for this one kernel, a memory file with the ``Order``
  as JSON, and the reading end of a pipe that closes when the owner ends (the lifeline). A notebook's process gets a
  fourth, a socket on which only it and the owner speak.
- kernel → owner, on the connection: ``{"pid"}`` with a pidfd; then ``{"started"}`` or ``{"refused"}``/``{"failed"}``.
- warm → owner, on the connection: ``{"exit"}`` when the kernel has ended.

The warm process never reads an order: what it does not know, no later kernel can find in its memory.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from academy.kernels import confinement, kernel, linux, memory
from academy.kernels.model import Order, UntrustedCodeRefused

__all__ = ["ALWAYS", "NOTEBOOK", "main"]

ALWAYS = (
    "academy.kernels.ready",  # first, so that what is imported afterwards finds a shell as it would in a kernel
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.comm.manager",
    "debugpy.server.api",
    "sqlite3",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "pdb",
    "psutil",
    "tornado.platform.asyncio",
)
"""What every kernel would import while it starts."""
NOTEBOOK = "academy.kernels.notebook"
"""Asked for by who runs notebooks cell by cell and needs no kernel."""


@dataclass(slots=True)
class _Kernels:
    """What the warm process knows of the kernels it forked."""

    starting: dict[int, tuple[int, socket.socket]] = field(default_factory=dict)
    """By the reading end of its report: the forked child, and the connection of its owner."""
    running: dict[int, socket.socket] = field(default_factory=dict)
    """By process id: the connection of its owner."""


def main(arguments: Sequence[str]) -> None:
    """Import, then serve the owner until she ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    owner = socket.socket(fileno=int(arguments[0]))
    asked = arguments[2:]
    for module in (*(() if NOTEBOOK in asked else ALWAYS), *asked):
        with suppress(ImportError):  # the kernel will say so where the module is used
            prepare = getattr(import_module(module), "prepare_warm", None)
            if prepare is not None:
                prepare()
    confinement.prepare()
    linux.adopt_orphans()
    linux.few_arenas()
    memory.settle()
    _serve(owner)
    shutil.rmtree(arguments[1], ignore_errors=True)  # where the owner kept the kernels' folders


def _serve(owner: socket.socket) -> None:
    """Fork for each request; tell the owner when a kernel ends; end, with all kernels, when the owner does."""
    kernels = _Kernels()
    with selectors.DefaultSelector() as selector:
        selector.register(owner, selectors.EVENT_READ, "owner")
        wake = _wake_on_children()
        selector.register(wake, selectors.EVENT_READ, "children")
        while True:
            for key, _ in selector.select():
                if key.data == "owner" and not _fork(owner, kernels, selector):
                    _kill_all(kernels)
                    return
                if key.data == "children":
                    with suppress(BlockingIOError):
                        wake.recv(4096)
                    _read_reports(kernels, selector)
                    _reap(kernels, selector)
                elif key.data == "report":
                    _read_reports(kernels, selector)
                elif isinstance(key.data, int) and key.data in kernels.running:
                    _kill(key.data)  # its owner let go of it
                    selector.unregister(key.fileobj)


def _wake_on_children() -> socket.socket:
    """Return a socket that becomes readable when a child ends: SIGCHLD, signal(7)."""
    read, write = socket.socketpair()
    read.setblocking(False)
    write.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write.detach(), warn_on_full_buffer=False)
    return read


def _fork(owner: socket.socket, kernels: _Kernels, selector: selectors.BaseSelector) -> bool:
    """Take one request and fork. Returns False when the owner has gone."""
    try:
        message, descriptors, _, _ = socket.recv_fds(owner, 16, 4)
    except OSError:
        return False
    if not message or len(descriptors) < 3:  # noqa: PLR2004 - connection, order, lifeline
        return False
    report_read, report_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(report_read)
        _child(descriptors[0], descriptors[1], descriptors[2:], report_write)
    os.close(report_write)
    for descriptor in descriptors[1:]:
        os.close(descriptor)
    kernels.starting[report_read] = (child, socket.socket(fileno=descriptors[0]))
    selector.register(report_read, selectors.EVENT_READ, "report")
    return True


def _read_reports(kernels: _Kernels, selector: selectors.BaseSelector) -> None:
    """Learn the process ids of kernels that have just been forked; a child that reports nothing has failed."""
    for report in list(kernels.starting):
        os.set_blocking(report, False)
        try:
            said = os.read(report, 8)
        except BlockingIOError:
            continue
        child, connection = kernels.starting.pop(report)
        selector.unregister(report)
        os.close(report)
        if not said:
            connection.close()
            continue
        (pid,) = struct.unpack("=q", said)
        kernels.running[pid] = connection
        selector.register(connection, selectors.EVENT_READ, pid)
        if pid != child:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)  # it ends by itself as soon as it has reported; its child is ours then


def _reap(kernels: _Kernels, selector: selectors.BaseSelector) -> None:
    """Take leave of every child that has ended, with what it left behind in its session."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None:
            return
        pid = ended.si_pid
        _read_reports(kernels, selector)  # a kernel becomes our child only after it was reported
        connection = kernels.running.pop(pid, None)
        if connection is not None:
            with suppress(OSError):
                os.killpg(pid, signal.SIGKILL)  # the number is not used again before waitpid
        try:
            _, status, used = os.wait4(pid, 0)
        except ChildProcessError:
            continue  # one that only made way for its child; the reports took leave of it
        if connection is not None:
            with suppress(KeyError):
                selector.unregister(connection)
            said = {"exit": os.waitstatus_to_exitcode(status), "cpu": used.ru_utime + used.ru_stime}
            kernel.say(connection, json.dumps(said).encode())
            connection.close()


def _kill(pid: int) -> None:
    """Kill a kernel that was not reaped yet, with its session."""
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def _kill_all(kernels: _Kernels) -> None:
    """Kill every kernel and wait until it is gone."""
    signal.set_wakeup_fd(-1)
    for pid in (*(child for child, _ in kernels.starting.values()), *kernels.running):
        _kill(pid)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _child(connection: int, order: int, lifelines: list[int], report: int) -> None:
    """Become the kernel. Does not return."""
    channel = socket.socket(fileno=connection)
    try:
        kernel.forget_signals()
        kernel.close_descriptors({connection, order, *lifelines, report})
        asked = _read_order(order)
        _enter(asked, channel, report)
        kernel.take_environment(asked)
        import_module(f"academy.kernels.{asked.task}").run(asked, lifelines, channel)
    except UntrustedCodeRefused as refused:
        said = {"refused": refused.layer, "reason": str(refused.__cause__)}
        kernel.say(channel, json.dumps(said).encode())
    except BaseException as error:  # noqa: BLE001 - a forked child must never return into the warm process's loop
        kernel.say(channel, json.dumps({"failed": f"{type(error).__name__}: {error}"[:2000]}).encode())
    finally:
        os._exit(1)


def _read_order(descriptor: int) -> Order:
    with os.fdopen(descriptor, "rb") as file:
        return Order.model_validate_json(file.read())


def _enter(order: Order, channel: socket.socket, report: int) -> None:
    """Go behind the walls, if any; introduce the process that will be the kernel to the owner and the warm process."""
    alone = order.confinement is not None and confinement.leave(order.confinement)
    pid = os.fork() if alone else os.getpid()
    if pid:
        _introduce(pid, channel, report)
        if alone:
            os._exit(0)
    os.close(report)
    os.setsid()
    if order.confinement is None:
        return
    _silence()
    confinement.enclose(order.confinement, order, alone=alone)


def _introduce(pid: int, channel: socket.socket, report: int) -> None:
    descriptor = os.pidfd_open(pid)
    socket.send_fds(channel, [json.dumps({"pid": pid}).encode()], [descriptor])
    os.close(descriptor)
    os.write(report, struct.pack("=q", pid))


def _silence() -> None:
    """Keep strangers from flooding the log of the server; what a kernel prints goes through its sockets."""
    nowhere = os.open(Path("/dev/null"), os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


if __name__ == "__main__":
    main(sys.argv[1:])
