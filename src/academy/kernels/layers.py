"""Which layers of the confinement this system grants, found out by really trying each in a process of its own."""

from __future__ import annotations

import functools
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from academy.kernels import confinement, landlock, linux, system_calls
from academy.kernels.model import Confinement, Layer, Limits, Order

__all__ = ["Granted", "layers"]


@dataclass(frozen=True, slots=True)
class Granted:
    """What the system says to one layer."""

    layer: Layer
    granted: bool
    reason: str
    """Why it is not granted; empty otherwise."""


@functools.cache
def layers() -> tuple[Granted, ...]:
    """Try every layer and return the answers. The first call takes about 200 ms."""
    if sys.platform != "linux":
        return tuple(Granted(layer, granted=False, reason="it needs Linux") for layer in Layer)
    command = [sys.executable, "-P", "-m", "academy.kernels.layers"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603 - our own
    reasons: dict[str, str] = json.loads(said)
    return tuple(Granted(layer, granted=not reasons[layer], reason=reasons[layer]) for layer in Layer)


def _try_namespaces(_: Order) -> None:
    confinement.leave(Confinement())


def _try_file_tree(order: Order) -> None:
    _alone(lambda: confinement.file_tree(Confinement(), order, alone=True))


def _try_processes(_: Order) -> None:
    """Fork until it fails: a limit that does not bind is none."""
    _alone(_fork_until_refused)


def _fork_until_refused() -> None:
    confinement.limit_processes(Limits(processes=24), alone=True)
    read, write = os.pipe()
    children: list[int] = []
    with suppress(BlockingIOError):
        while len(children) < 500:  # noqa: PLR2004 - more than root's limit, see limit_processes
            child = os.fork()
            if child == 0:
                os.close(write)
                os.read(read, 1)
                os._exit(0)
            children.append(child)
        message = "500 processes were started in spite of a limit"
        raise OSError(message)
    os.close(write)
    for child in children:
        os.waitpid(child, 0)


def _try_no_new_privileges(_: Order) -> None:
    linux.no_new_privileges()
    linux.drop_capabilities()


def _try_landlock(_: Order) -> None:
    linux.no_new_privileges()
    landlock.restrict({"/usr": landlock.READ})
    try:
        list(Path("/etc").iterdir())
    except PermissionError:
        return
    message = "a rule was accepted and does not hold"
    raise OSError(message)


def _try_system_calls(_: Order) -> None:
    linux.no_new_privileges()
    system_calls.install(system_calls.submitted(listens=True, programs=False, own_tree=True, pid=0))
    socket.socketpair()
    try:
        socket.socket(socket.AF_INET)
    except PermissionError:
        return
    message = "a filter was accepted and does not hold"
    raise OSError(message)


def _try_limits(_: Order) -> None:
    confinement.limit(Limits())


_TRIALS: dict[Layer, Callable[[Order], None]] = {
    Layer.NAMESPACES: _try_namespaces,
    Layer.FILE_TREE: _try_file_tree,
    Layer.LANDLOCK: _try_landlock,
    Layer.NO_NEW_PRIVILEGES: _try_no_new_privileges,
    Layer.SYSTEM_CALLS: _try_system_calls,
    Layer.LIMITS: _try_limits,
    Layer.PROCESSES: _try_processes,
}


def _alone(act: Callable[[], object]) -> None:
    """Act as process 1 of new namespaces. Raises ``OSError`` with what went wrong there."""
    confinement.leave(Confinement())
    reason = _reason(act)
    if reason:
        raise OSError(reason)


def _reason(act: Callable[[], object]) -> str:
    """Act in a child; return why it failed, or nothing."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - the child must end here
            os.write(write, (str(error.__cause__ or error) or type(error).__name__).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as said:
        reason = said.read()
    os.waitpid(child, 0)
    return reason


def _main() -> None:
    with tempfile.TemporaryDirectory(prefix="k-") as folder:
        (Path(folder) / "tmp").mkdir()
        order = Order(run_folder=folder, working_folder=None, environment={}, arguments=(), confinement=None)
        answers = {layer: _reason(functools.partial(trial, order)) for layer, trial in _TRIALS.items()}
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    _main()
