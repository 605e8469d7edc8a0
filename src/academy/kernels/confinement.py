"""Walls around a kernel that runs code of strangers, put up in the forked child before any of that code runs.

``leave`` is called in the single-threaded child and ``enclose`` in its child, which is process 1 of the new process
namespace. What is above the limits for all processes of a kernel together is found by ``academy.kernels.watch``.
"""

# ruff: noqa: PTH102, PTH103, PTH110, PTH112, PTH120
# Just after a fork every object that is touched is a page to copy; pathlib touches many.
from __future__ import annotations

import functools
import os
import platform
import re
import resource
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from academy.kernels import landlock, linux, system_calls
from academy.kernels.model import Confinement, Layer, Limits, Order, UntrustedCodeRefused

__all__ = ["enclose", "file_tree", "leave", "limit", "limit_processes", "prepare"]

MEBIBYTE = 1 << 20
_USER = 1000
"""User and group inside; outside it is the account that runs the academy, without any capability."""
_NAMESPACES = (
    linux.CLONE_NEWUSER
    | linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
)
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_MEMORY_FOLDERS = ("/tmp", "/dev/shm")  # noqa: S108 - the kernel's own, inside its own root
_OWN_THREADS = 128 * MEBIBYTE
"""Address space for the stacks of a kernel's own threads: about twelve of 8 MiB, hardly any of it ever used."""
_LATER = 2
"""Seconds that a process gets beyond its CPU limit: who looks at all of them together comes first and says why."""
_LEAST_PID_MAX = 301
"""Linux keeps 300 process numbers for itself and refuses a smaller limit: RESERVED_PIDS in its ``kernel/pid.c``."""


@contextmanager
def _layer(layer: Layer, confinement: Confinement) -> Iterator[None]:
    """Refuse with the name of the layer that failed, unless it may be missing."""
    try:
        yield
    except OSError as error:
        if layer not in confinement.run_untrusted_code_without:
            raise UntrustedCodeRefused(layer, str(error)) from error


def leave(confinement: Confinement) -> bool:
    """Leave the namespaces of the system. Returns whether a second fork is needed to enter the process namespace.

    Raises ``UntrustedCodeRefused``.
    """
    with _layer(Layer.NAMESPACES, confinement):
        _unshare()
        return True
    return False


def _unshare() -> None:
    """Enter own namespaces as an ordinary user: user_namespaces(7), sections on uid_map and setgroups."""
    user, group = os.getuid(), os.getgid()
    linux.unshare(_NAMESPACES)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{_USER} {user} 1")
    _write("/proc/self/gid_map", f"{_USER} {group} 1")


def _write(path: str, text: str) -> None:
    """Write a setting of /proc, in one go as it has to be."""
    setting = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(setting, text.encode("ascii"))
    finally:
        os.close(setting)


def _read(path: str) -> str:
    """Read a file of /proc."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, 65_536).decode("ascii")
    finally:
        os.close(file)


def enclose(confinement: Confinement, order: Order, *, alone: bool) -> None:
    """Put up every other wall. ``alone`` says whether this is process 1 of its own namespaces.

    Raises ``UntrustedCodeRefused``.
    """
    own_tree = False
    with suppress(OSError):
        _write("/proc/self/oom_score_adj", "1000")  # proc_pid_oom_score_adj(5)
    with _layer(Layer.FILE_TREE, confinement):
        file_tree(confinement, order, alone=alone)
        own_tree = True
    with _layer(Layer.PROCESSES, confinement):
        limit_processes(confinement.limits, alone=alone)
    if own_tree:
        _finish_proc()
    with _layer(Layer.NO_NEW_PRIVILEGES, confinement):
        linux.no_new_privileges()
        linux.drop_capabilities()
    with _layer(Layer.LIMITS, confinement):
        limit(confinement.limits)
    with _layer(Layer.LANDLOCK, confinement):
        landlock.restrict(_rules(confinement, order, own_tree=own_tree))
    with _layer(Layer.SYSTEM_CALLS, confinement):
        system_calls.install(_filter(confinement, order, own_tree=own_tree))


@functools.cache
def prepare() -> None:
    """Find out in the warm process what is the same for all its kernels, so that none of them has to."""
    _kernel_version()
    _shown(_existing((*_SYSTEM, sys.base_prefix, sys.prefix)))
    for listens in (True, False):
        system_calls.prepare(system_calls.submitted(listens=listens, programs=False, own_tree=True, pid=0))


def _filter(confinement: Confinement, order: Order, *, own_tree: bool) -> system_calls.Filter:
    return system_calls.submitted(
        listens=order.task == "kernel",
        programs=confinement.programs,
        own_tree=own_tree,
        pid=0 if own_tree else os.getpid(),
    )


def _readable(confinement: Confinement) -> list[str]:
    """Return what may be read: Python, the system's libraries, and what is given. Missing ones are left out."""
    return [*_existing((*_SYSTEM, sys.base_prefix, sys.prefix)), *_existing(confinement.readable)]


@functools.cache
def _existing(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path for path in dict.fromkeys(paths) if os.path.exists(path))


@functools.cache
def _shown(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return folders under their own names, and under their real ones where a link leads to them; none twice."""
    shown: list[str] = []
    for path in (name for given in paths for name in (given, os.path.realpath(given))):
        if not _below(path, shown):
            shown.append(path)
    return tuple(shown)


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def file_tree(confinement: Confinement, order: Order, *, alone: bool) -> None:
    """Build a root that holds only what is given and move into it: mount_namespaces(7), pivot_root(2).

    Raises ``OSError``.
    """
    if not alone:
        message = "it needs the layer “namespaces”"
        raise OSError(message)
    socket.sethostname("kernel")
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    root = order.run_folder + "/root"
    _memory_folder(root, "size=1m,mode=755")
    scratch = root + "/scratch"
    _memory_folder(scratch, f"size={confinement.limits.scratch}m,nr_inodes={confinement.limits.scratch_files},mode=700")
    for path in _MEMORY_FOLDERS:
        _part_of(scratch, path, root)
    _give_to_read(root, confinement)
    if order.task == "kernel":  # without the root that grows inside it
        _bind(order.run_folder, root + order.run_folder, linux.MS_BIND)
    for path in (*_DEVICES, *([order.working_folder] if order.working_folder else [])):
        _bind(path, root + path)
    _part_of(scratch, order.temporary_folder, root)
    os.mkdir(root + "/proc")
    linux.mount("proc", root + "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    linux.pivot_root(root)
    linux.make_read_only("/", recursive=False)


def _memory_folder(path: str, options: str) -> None:
    """Mount an empty folder that is held in memory: tmpfs(5)."""
    os.makedirs(path, exist_ok=True)
    linux.mount("tmpfs", path, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)


def _part_of(scratch: str, path: str, root: str) -> None:
    """Show a folder of its own inside ``scratch`` as ``path``: all of them share one limit."""
    part = scratch + "/" + path.replace("/", "-")
    os.mkdir(part, 0o700)
    _bind(part, root + path)


def _give_to_read(root: str, confinement: Confinement) -> None:
    """Show what may be read in the new root."""
    always = _shown(_existing((*_SYSTEM, sys.base_prefix, sys.prefix)))
    given = _shown(_existing(confinement.readable))
    for path in (*always, *(path for path in given if not _below(path, always))):
        _bind(path, root + path)
        linux.make_read_only(root + path)


def _bind(source: str, target: str, flags: int = linux.MS_BIND | linux.MS_REC) -> None:
    """Show a file or folder at another place: mount(2) with MS_BIND."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    linux.mount(source, target, None, flags)


def limit_processes(limits: Limits, *, alone: bool) -> None:
    """Limit processes and threads: RLIMIT_NPROC of getrlimit(2), which does not bind the system's root user.

    Root is held by the number of process ids in its own namespace instead: pid_max of proc_sys_kernel(5), which belongs
    to the namespace since Linux 6.14; before, writing it would change the whole system. Raises ``OSError``.
    """
    _lower(resource.RLIMIT_NPROC, limits.processes)
    if _outside_user() != 0:
        return
    if not alone or _kernel_version() < (6, 14):
        message = "root has no limit before Linux 6.14; run the academy from an account of its own"
        raise OSError(message)
    _write("/proc/sys/kernel/pid_max", str(_LEAST_PID_MAX + limits.processes))


def _outside_user() -> int:
    """Return our user as the surrounding user namespace knows it: uid_map of user_namespaces(7)."""
    lines = _read("/proc/self/uid_map").splitlines()
    maps = [[int(number) for number in line.split()] for line in lines]
    me = os.getuid()
    return next((outside + me - inside for inside, outside, size in maps if inside <= me < inside + size), me)


@functools.cache
def _kernel_version() -> tuple[int, ...]:
    numbers = re.match(r"(\d+)\.(\d+)", platform.release())
    return tuple(int(number) for number in numbers.groups()) if numbers else (0, 0)


def _finish_proc() -> None:
    """Allow no namespaces inside these (/proc/sys/user of namespaces(7)), then close /proc for writing."""
    _write("/proc/sys/user/max_user_namespaces", "0")
    linux.make_read_only("/proc")


def _rules(confinement: Confinement, order: Order, *, own_tree: bool) -> dict[str, int]:
    """Return Landlock's rights by path. /proc and /tmp are given only where they are the kernel's own."""
    run = landlock.EXECUTE if confinement.programs else 0
    rules = dict.fromkeys(_readable(confinement), landlock.READ | run)
    rules |= dict.fromkeys(_DEVICES, landlock.WRITE)
    rules |= {"/proc": landlock.READ, **dict.fromkeys(_MEMORY_FOLDERS, landlock.WRITE | run)} if own_tree else {}
    rules |= {order.run_folder: landlock.SOCKETS} if order.task == "kernel" else {}
    rules |= {order.temporary_folder: landlock.WRITE | run}
    return rules | ({order.working_folder: landlock.WRITE | run} if order.working_folder else {})


def limit(limits: Limits) -> None:
    """Limit memory, CPU seconds, open files and file size of each process: getrlimit(2). Raises ``OSError``."""
    mapped = int(_read("/proc/self/statm").split()[0]) * resource.getpagesize()
    _lower(resource.RLIMIT_AS, mapped + _OWN_THREADS + limits.memory * MEBIBYTE)
    _lower(resource.RLIMIT_CPU, limits.cpu + _LATER)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    _lower(resource.RLIMIT_FSIZE, limits.file_size * MEBIBYTE)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, most: int) -> None:
    """Set a limit for good, or keep a lower one that holds already."""
    current = resource.getrlimit(kind)[1]
    most = most if current == resource.RLIM_INFINITY else min(most, current)
    resource.setrlimit(kind, (most, most))
