"""The few system calls that Python 3.11 does not offer, each with the manual page that its numbers come from.

Every function raises ``OSError`` with the reason when the system says no.
"""

from __future__ import annotations

import ctypes
import os

__all__ = [
    "CLONE_NEWIPC",
    "CLONE_NEWNET",
    "CLONE_NEWNS",
    "CLONE_NEWPID",
    "CLONE_NEWUSER",
    "CLONE_NEWUTS",
    "MS_BIND",
    "MS_NODEV",
    "MS_NOEXEC",
    "MS_NOSUID",
    "MS_PRIVATE",
    "MS_REC",
    "adopt_orphans",
    "detach",
    "drop_capabilities",
    "few_arenas",
    "filter_calls",
    "make_read_only",
    "mount",
    "no_new_privileges",
    "pivot_root",
    "syscall",
    "unshare",
]

# unshare(2), clone(2); values from linux/sched.h
CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

# mount(2); values from linux/mount.h
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

# A flag of umount2, see its manual page in section 2
_MNT_DETACH = 0x2

# mount_setattr(2), Linux 5.12: the number is the same on every architecture since then
_SYS_MOUNT_SETATTR = 442
_MOUNT_ATTR_RDONLY = 0x1
_READ_ONLY = (ctypes.c_uint64 * 4)(_MOUNT_ATTR_RDONLY, 0, 0, 0)
_AT_RECURSIVE = 0x8000
_AT_FDCWD = -100

# prctl(2); PR_SET_NO_NEW_PRIVS(2const), PR_SET_CHILD_SUBREAPER(2const), PR_SET_SECCOMP(2const)
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38

# capset(2): version 3 holds 64 capabilities in two halves
_LINUX_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITY_HEADER = ctypes.c_uint32 * 2
_CAPABILITIES = ctypes.c_uint32 * 6

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object, what: str) -> int:
    """Call the kernel by number: for calls that the C library has no name for."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), what)


def unshare(flags: int) -> None:
    """Leave the namespaces shared with others (unshare, section 2); a process with threads may not (EINVAL)."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Show a file system or a folder at another place (mount, section 2)."""
    parts = [part.encode() if part is not None else None for part in (source, target, kind, data)]
    result = _libc.mount(parts[0], parts[1], parts[2], ctypes.c_ulong(flags), parts[3])
    _checked(result, f"mount {target}")


def make_read_only(path: str, *, recursive: bool = True) -> None:
    """Make a mount, and those below it, read-only: mount_setattr(2). It only adds, so flags locked by others stay."""
    flags = _AT_RECURSIVE if recursive else 0
    size = ctypes.c_size_t(ctypes.sizeof(_READ_ONLY))
    arguments = (ctypes.c_int(_AT_FDCWD), path.encode(), ctypes.c_uint(flags), _READ_ONLY, size)
    syscall(_SYS_MOUNT_SETATTR, *arguments, what=f"mount_setattr {path}")


def pivot_root(folder: str) -> None:
    """Make a mounted folder the root and let go of the old one, with two dots as its manual page shows."""
    os.chdir(folder)
    _checked(_libc.pivot_root(b".", b"."), "pivot_root")
    detach(".")
    os.chdir("/")


def detach(target: str) -> None:
    """Unmount now, and for those who still use it later: umount2(2) with MNT_DETACH."""
    _checked(_libc.umount2(target.encode(), _MNT_DETACH), f"umount {target}")


def few_arenas() -> None:
    """Let threads share their heaps: M_ARENA_MAX of mallopt, section 3. Each would reserve 64 MiB otherwise."""
    if hasattr(_libc, "mallopt"):  # the GNU C library
        _libc.mallopt(-8, 2)


def adopt_orphans() -> None:
    """Become the parent of descendants whose parent ends: PR_SET_CHILD_SUBREAPER(2const)."""
    _prctl(_PR_SET_CHILD_SUBREAPER)


def no_new_privileges() -> None:
    """Give up gaining privileges by execve(2): PR_SET_NO_NEW_PRIVS(2const)."""
    _prctl(_PR_SET_NO_NEW_PRIVS)


def _prctl(option: int) -> None:
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(option, ctypes.c_ulong(1), zero, zero, zero), f"prctl {option}")


class _Program(ctypes.Structure):
    """``struct sock_fprog`` of seccomp(2)."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def filter_calls(program: bytes) -> None:
    """Filter the system calls of this thread and of all that it starts, for good: PR_SET_SECCOMP(2const)."""
    whole = _Program(len(program) // 8, program)
    zero = ctypes.c_ulong(0)
    mode = ctypes.c_ulong(_SECCOMP_MODE_FILTER)
    _checked(_libc.prctl(_PR_SET_SECCOMP, mode, ctypes.byref(whole), zero, zero), "seccomp")


def drop_capabilities() -> None:
    """Drop every capability, for good: capset(2), capget(2)."""
    header = _CAPABILITY_HEADER(_LINUX_CAPABILITY_VERSION_3, 0)
    nothing = _CAPABILITIES()
    _checked(_libc.capset(header, nothing), "capset")
    left = _CAPABILITIES()
    _checked(_libc.capget(header, left), "capget")
    if any(left):
        message = "capabilities are still there"
        raise OSError(message)
