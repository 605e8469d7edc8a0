"""A small world in which the grader runs, so that whatever it leaves behind can be counted exactly.

``run`` starts this file as process 1 of its own namespaces: there is no other process, no other network and no other
shared memory. Listeners wait there for calls that must not come.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.attacks.model import Place
from tests.attacks.network import ABSTRACT, DNS, PORT, SOCKET

__all__ = ["ROOT", "run"]

ROOT = Path(__file__).parents[2]
_WORLD = (
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "--pid",
    "--net",
    "--ipc",
    "--fork",
    "--kill-child",
    "--mount-proc",
)
_SWITCH_ON = 0x8914, struct.pack("16sH14x", b"lo", 0x41)
"""SIOCSIFFLAGS with IFF_UP and IFF_RUNNING for the loopback: netdevice(7)."""
_GRACE = 10
"""Seconds in which processes may still end after the grader has."""


def run(place: Place, arguments: Sequence[str], *, namespaces: bool, seconds: float) -> dict[str, Any]:
    """Run ``academy`` with these arguments in a world of its own. Returns what came of it, and what was left behind.

    ``namespaces`` says whether that world allows further user namespaces.
    """
    report = place.base / "report.json"
    report.unlink(missing_ok=True)
    command = [*_WORLD, sys.executable, "-m", "tests.attacks.watched", str(report), str(place.home), str(seconds)]
    done = subprocess.run(
        [*command, "yes" if namespaces else "no", *arguments],
        cwd=ROOT,
        env=_environment(place),
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(report.read_text())
    return result


def _environment(place: Place) -> dict[str, str]:
    """Return what the grader finds in its environment: among other things, a token."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "LANG": "C.UTF-8",
        "HOME": str(place.home),
        "TMPDIR": str(place.temporary),
        "ACADEMY_HOME": str(place.home / "academy"),
        "JUPYTERHUB_API_TOKEN": place.secret("environment"),
    }


def _main(report: str, home: str, seconds: str, namespaces: str, *arguments: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "none", "/dev/shm"], check=True)  # noqa: S108 - of this world
    if namespaces == "no":
        Path("/proc/sys/user/max_user_namespaces").write_text("0")  # namespaces(7)
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, *_SWITCH_ON)
    with _listeners(Path(home)) as listeners:
        found = _grade(arguments, float(seconds))
        found["called"] = [name for name, listener in listeners.items() if _was_called(listener)]
    found["processes"] = _survivors()
    found["sockets"] = _sockets()
    found["memory"] = [*map(str, Path("/dev/shm").iterdir()), *_shared_memory()]  # noqa: S108 - of this world
    Path(report).write_text(json.dumps(found))


def _grade(arguments: Sequence[str], seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "academy.cli", *arguments]
    started = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            said, complained = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            said, complained = process.communicate()
            complained += f"\nThe grader was stopped after {seconds} seconds."
    took = time.monotonic() - started
    return {"code": process.returncode, "said": said, "complained": complained, "seconds": took}


@contextlib.contextmanager
def _listeners(home: Path) -> Iterator[dict[str, socket.socket]]:
    """Put up what submissions try to call."""
    where: dict[str, tuple[int, int, Any]] = {
        "TCP": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
        "UDP": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
        "DNS": (socket.AF_INET, socket.SOCK_DGRAM, DNS),
        "TCP over IPv6": (socket.AF_INET6, socket.SOCK_STREAM, ("::1", PORT)),
        "UDP over IPv6": (socket.AF_INET6, socket.SOCK_DGRAM, ("::1", PORT)),
        "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, ABSTRACT),
        "Unix": (socket.AF_UNIX, socket.SOCK_STREAM, str(home / SOCKET)),
    }
    with contextlib.ExitStack() as stack:
        listeners = {}
        for name, (family, kind, address) in where.items():
            listeners[name] = stack.enter_context(socket.socket(family, kind))
            listeners[name].bind(address)
            listeners[name].setblocking(False)
            if kind == socket.SOCK_STREAM:
                listeners[name].listen()
        yield listeners


def _was_called(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_STREAM:
            listener.accept()[0].close()
        else:
            listener.recv(1)
    except BlockingIOError:
        return False
    return True


def _survivors() -> list[str]:
    """Return the command lines of processes that are there some time after the grader has ended."""
    until = time.monotonic() + _GRACE
    while True:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        left = [path.name for path in Path("/proc").iterdir() if path.name.isdigit() and path.name != "1"]
        if not left or time.monotonic() > until:
            return [_command_line(pid) for pid in left]
        time.sleep(0.05)


def _command_line(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return pid


def _sockets() -> list[str]:
    """Return what is open for calls, of every family: proc_pid_net(5)."""
    found = []
    for family in ("tcp", "tcp6", "udp", "udp6", "unix"):
        lines = Path(f"/proc/net/{family}").read_text().splitlines()[1:]
        found += [f"{family} {line}" for line in lines if " 06 " not in line]  # TIME_WAIT is nobody's socket
    return found


def _shared_memory() -> list[str]:
    """Return System V's shared memory, queues and semaphores: sysvipc(7)."""
    kinds = ("shm", "msg", "sem")
    return [line for kind in kinds for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]]


if __name__ == "__main__":
    _main(*sys.argv[1:])
