"""From a forked copy of the warm process to a kernel: nothing of the warm process, or of another kernel, is left."""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from academy.kernels.model import Order

__all__ = ["close_descriptors", "forget_signals", "run", "say", "take_environment"]

_FOR_STRANGERS = ("--HistoryManager.enabled=False",)
"""Options of a confined kernel: nobody needs what was typed, and writing it down takes a thread."""


def close_descriptors(keep: set[int]) -> None:
    """Close everything that was inherited but standard input, output, error and ``keep``."""
    last = 2
    for descriptor in sorted(keep):
        os.closerange(last + 1, descriptor)
        last = descriptor
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))


def forget_signals() -> None:
    """Give up the warm process's way of handling signals."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Process 1 of a namespace does not know a signal that it has no handler for: pid_namespaces(7)
    signal.signal(signal.SIGTERM, lambda number, _: os._exit(128 + number))
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def take_environment(order: Order) -> None:
    """Replace the environment with the one that was given, whole; go to the working folder; draw new random numbers."""
    os.environ.clear()
    os.environ.update(order.environment)
    os.environ.pop("JPY_PARENT_PID", None)  # process numbers differ inside a namespace, and we are nobody's child
    tempfile.tempdir = None  # to be looked for in this environment
    time.tzset()
    os.umask(0o077)
    os.chdir(order.working_folder or order.temporary_folder)
    sys.path[:0] = [path for path in order.environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    _draw_new_random_numbers()


def _draw_new_random_numbers() -> None:
    """Give up what all forked kernels would share: the state of generators and the key of multiprocessing."""
    random.seed()
    multiprocessing.current_process().authkey = os.urandom(32)
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def run(order: Order, lifelines: Sequence[int], channel: socket.socket) -> None:
    """Be the kernel until it ends. Does not return.

    "Started" is said when the sockets are there: ZeroMQ waits 100 ms before it tries again to connect.
    """
    code = 1
    try:
        threading.Thread(target=_watch, args=(lifelines[0],), name="lifeline", daemon=True).start()
        _keep_off_the_network(order)
        arguments = _arguments(order)
        app = import_module("academy.kernels.ready").application(arguments)
        app.initialize(arguments)
        say(channel, b'{"started": true}')
        channel.close()  # nobody's code has run so far, and what comes has no way to the owner but ipykernel's sockets
        app.start()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:  # noqa: BLE001 - the last frame of this process
        say(channel, json.dumps({"failed": f"{type(error).__name__}: {error}"[:2000]}).encode())
        traceback.print_exc(file=sys.__stderr__)
    finally:
        with suppress(Exception):
            atexit._run_exitfuncs()  # noqa: SLF001 - taking the interpreter apart would cost 50 ms and gain nothing
        os._exit(code)


def _arguments(order: Order) -> list[str]:
    """Return ipykernel's options, those of a confined kernel included."""
    for_strangers = [option for option in _FOR_STRANGERS if order.confinement and option not in order.arguments]
    return [*order.arguments, *for_strangers]


def _keep_off_the_network(order: Order) -> None:
    """Let children of the kernel hand over what they print through a file: ipykernel would listen on a TCP port."""
    zmq: Any = import_module("zmq")
    app: Any = import_module("ipykernel.kernelapp")
    stream: Any = import_module("zmq.eventloop.zmqstream").ZMQStream
    address = f"ipc://{order.run_folder}/k-6"

    class PrivateThread(app.IOPubThread):
        """ipykernel's own, with another address."""

        def _setup_pipe_in(self) -> None:
            self._pipe_uuid = os.urandom(16)
            inlet = self.socket.context.socket(zmq.PULL)
            inlet.linger = 0
            inlet.bind(address)
            self._pipe_in = stream(inlet, self.io_loop)
            self._pipe_in.on_recv(self._handle_pipe_msg)

        def _setup_pipe_out(self) -> tuple[Any, Any]:
            context = zmq.Context()  # a context does not survive a fork
            outlet = context.socket(zmq.PUSH)
            outlet.linger = 3000
            outlet.connect(address)
            return context, outlet

    app.IOPubThread = PrivateThread


def _watch(lifeline: int) -> None:
    """End when the process that asked for this kernel is gone: nobody could reach the kernel any more."""
    with suppress(OSError):
        os.read(lifeline, 1)
        os._exit(1)


def say(connection: socket.socket, message: bytes) -> None:
    """Tell the provisioner, if it still listens."""
    with suppress(OSError):
        connection.send(message)
