"""System calls that a confined server may not make: a filter for bubblewrap's ``--seccomp``, as seccomp(2) reads it.

No links and no special files: the academy's own processes work in the same course folder, and must find nothing there
that leads elsewhere. No namespaces, mounts and keyrings: what is inside needs none. Everything else is allowed.
"""

from __future__ import annotations

import errno
import os
import platform
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from academy.errors import Unavailable

__all__ = ["MACHINES", "Machine", "filter_file", "program"]

LOAD_WORD, JUMP_EQUAL, JUMP_FROM, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""Instructions, from ``linux/bpf_common.h``."""
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
"""Places in ``struct seccomp_data``, in bytes; the first argument's lower half."""
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NEW_USER_NAMESPACE = 0x10000000
OTHER_CALLS = 0x40000000
"""From here on x86 counts the calls of another ABI."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The numbers of one kind of processor: ``syscall_64.tbl`` of x86 and ``asm-generic/unistd.h`` in Linux."""

    architecture: int
    """``AUDIT_ARCH_…`` of ``linux/audit.h``."""
    refused: dict[str, int]
    """Numbers of the calls that are answered with "not permitted"."""
    clone: int
    """Refused where it asks for a user namespace."""


SAME_EVERYWHERE = {
    "io_uring_setup": 425, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
    "fspick": 433, "mount_setattr": 442,
}  # fmt: skip
CLONE3 = 435
"""Its flags cannot be read by a filter: it "does not exist", and the C library takes ``clone`` in its place."""

MACHINES = {
    "x86_64": Machine(
        architecture=0xC000003E,
        clone=56,
        refused=SAME_EVERYWHERE | {
            "symlink": 88, "symlinkat": 266, "mknod": 133, "mknodat": 259, "unshare": 272, "setns": 308, "mount": 165,
            "umount2": 166, "pivot_root": 155, "chroot": 161, "add_key": 248, "request_key": 249, "keyctl": 250,
            "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
        },
    ),
    "aarch64": Machine(
        architecture=0xC00000B7,
        clone=220,
        refused=SAME_EVERYWHERE | {
            "symlinkat": 36, "mknodat": 33, "unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41,
            "chroot": 51, "add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280, "perf_event_open": 241,
            "userfaultfd": 282,
        },
    ),
}  # fmt: skip
"""By what ``uname -m`` says."""


def program(machine: Machine) -> bytes:
    """Return the filter: the calls of another architecture are refused as a whole."""
    steps = [
        _step(LOAD_WORD, ARCHITECTURE),
        _step(JUMP_EQUAL, machine.architecture, yes=1),
        _step(RETURN, REFUSE | errno.EPERM),
        _step(LOAD_WORD, NUMBER),
        *_when(JUMP_FROM, OTHER_CALLS, REFUSE | errno.EPERM),
        *_when(JUMP_EQUAL, CLONE3, REFUSE | errno.ENOSYS),
    ]
    for number in sorted(machine.refused.values()):
        steps += _when(JUMP_EQUAL, number, REFUSE | errno.EPERM)
    steps += [_step(JUMP_EQUAL, machine.clone, yes=1), _step(RETURN, ALLOW), _step(LOAD_WORD, FIRST_ARGUMENT)]
    steps += [*_when(JUMP_BITS, NEW_USER_NAMESPACE, REFUSE | errno.EPERM), _step(RETURN, ALLOW)]
    return b"".join(steps)


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """Return one ``struct sock_filter``; ``yes`` and ``no`` say how many steps are passed over."""
    return struct.pack("=HBBI", code, yes, no, value)


def _when(code: int, value: int, answer: int) -> list[bytes]:
    return [_step(code, value, no=1), _step(RETURN, answer)]


@contextmanager
def filter_file() -> Iterator[int]:
    """Open a file in memory that holds the filter of this machine; gives its number. Raises ``Unavailable``."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        message = f"no filter of system calls is known for {platform.machine()}"
        raise Unavailable(message)
    file = os.memfd_create("filter")
    try:
        os.write(file, program(machine))
        os.lseek(file, 0, os.SEEK_SET)
        yield file
    finally:
        os.close(file)
