"""Filters of system calls, as seccomp(2) reads them: one for confined servers, a stricter one for submitted code.

Everything that is not listed is allowed; what is refused is answered with an error, so that the program goes on.
"""

from __future__ import annotations

import errno
import functools
import os
import platform
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from academy.errors import Unavailable
from academy.kernels import linux

__all__ = [
    "MACHINES",
    "SERVERS",
    "Filter",
    "Machine",
    "Rule",
    "filter_file",
    "install",
    "prepare",
    "program",
    "submitted",
]

LOAD_WORD, JUMP_EQUAL, JUMP_FROM, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
"""Instructions, from ``linux/bpf_common.h``."""
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
"""Places in ``struct seccomp_data``, in bytes; of an argument's eight bytes the lower half comes first."""
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
OTHER_CALLS = 0x40000000
"""From here on x86 counts the calls of another ABI."""
CLONE3 = 435
"""Its flags cannot be read by a filter: it "does not exist", and the C library takes ``clone`` in its place."""
FIRST_UNKNOWN = 451
"""Calls from Linux 6.5 on "do not exist" for submitted code, so that nothing gets in that nobody here has looked at."""
WHOLE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """One kind of processor: calls by name, from ``syscall_64.tbl`` of x86 and ``asm-generic/unistd.h`` in Linux."""

    architecture: int
    """``AUDIT_ARCH_…`` of ``linux/audit.h``."""
    calls: dict[str, int]
    """Numbers. A call that a filter names and this processor does not know is not there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A call that is refused by one of its arguments, of which the lower 32 bits are looked at."""

    call: str
    argument: int
    """From 0."""
    only: tuple[int, ...] = ()
    """If there are any: everything else is refused."""
    never: tuple[int, ...] = ()
    """These are refused."""
    mask: int = WHOLE
    """The bits that are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """What may not be called."""

    refused: frozenset[str]
    """Calls that are answered with "not permitted"."""
    rules: tuple[Rule, ...]
    pretended: frozenset[str] = frozenset()
    """Calls that are answered with "done" and not done."""
    strict: bool = False
    """Whether calls that are newer than our tables are refused too."""


def _names(*lines: str) -> frozenset[str]:
    return frozenset(name for line in lines for name in line.split())


_NAMESPACES = 0x7E020000
"""Every CLONE_NEW… flag that clone(2) knows."""
_NO_NEW_NAMESPACE = Rule("clone", 0, only=(0,), mask=_NAMESPACES)

SERVERS = Filter(
    refused=_names(
        # The academy's own processes work in the same folder and must find nothing there that leads elsewhere
        "symlink symlinkat mknod mknodat",
        # What is inside needs no namespaces, mounts or keyrings; the rest would pass by the filter or is often broken
        "unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick",
        "mount_setattr add_key request_key keyctl bpf perf_event_open userfaultfd io_uring_setup",
    ),
    rules=(Rule("clone", 0, only=(0,), mask=0x10000000),),
)
"""For a server of a person: no links and special files, no user namespace, no mounts and keyrings."""

_PROCESSES = _names(
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd get_robust_list",
    "move_pages migrate_pages",
)
"""Looking into other processes."""
_SYSTEM = _names(
    "kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff acct quotactl quotactl_fd",
    "settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname syslog vhangup nfsservctl",
    "lookup_dcookie personality ioperm iopl modify_ldt uselib ustat sysfs _sysctl",
)
"""The machine as a whole, and remains of old times."""
_FILES = _names("name_to_handle_at open_by_handle_at fanotify_init fanotify_mark")
"""Ways to files that are not paths."""
_UNCOUNTED = _names(
    "memfd_create memfd_secret vmsplice shmget shmat shmctl semget semctl semop semtimedop msgget msgsnd msgrcv msgctl",
    "mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr io_uring_enter io_uring_register",
)
"""Memory that belongs to no process, so that no limit counts it."""
_METADATA = _names(
    "chown fchown lchown fchownat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr inotify_add_watch"
)
"""What Landlock does not judge: landlock(7), "Current limitations"."""
_PRETENDED = _names("chmod fchmod fchmodat utime utimes futimesat utimensat sched_setscheduler sched_setparam")
"""Nor these. Python makes the first for each file that it copies and ZeroMQ the last; an error would stop them."""
_OTHERS = _names(
    "setsid setpgid tkill pidfd_send_signal rt_tgsigqueueinfo setpriority ioprio_set",
)
"""Reaching or hiding among the processes of the same account."""

_STREAM, _PACKETS = 1, 5
_TYPE_OF_SOCKET = 0xF
_DUMPABLE = 4
_LEASE, _NOTIFY, _PIPE_SIZE, _OWNER, _SIGNAL, _OWNER_EX = 1024, 1026, 1031, 8, 10, 15
_TTY_INPUT, _TTY_LINUX, _OWNER_OF_FILE, _OWNER_OF_SOCKET = 0x5412, 0x541C, 0x8901, 0x8902
_FILE_FLAGS, _FILE_ATTRIBUTES = 0x40086602, 0x401C5820

_ALWAYS = (
    _NO_NEW_NAMESPACE,
    Rule("socket", 0, only=(1,)),  # AF_UNIX: no network, whatever else is missing; unix(7)
    Rule("socket", 1, only=(_STREAM, _PACKETS), mask=_TYPE_OF_SOCKET),  # a datagram may go to anybody
    Rule("socketpair", 1, only=(_STREAM, _PACKETS), mask=_TYPE_OF_SOCKET),
    Rule("prctl", 0, never=(_DUMPABLE,)),  # whoever counts its memory reads it in /proc
    Rule("fcntl", 1, never=(_LEASE, _NOTIFY, _PIPE_SIZE)),  # F_… of linux/fcntl.h
    Rule("ioctl", 1, never=(_TTY_INPUT, _TTY_LINUX)),  # TIOCSTI, TIOCLINUX: typing for others
)


@functools.cache
def submitted(*, listens: bool, programs: bool, own_tree: bool, pid: int) -> Filter:
    """Return the filter for submitted code.

    ``listens``: it is a kernel, which needs sockets; ``programs``: other programs may be started; ``own_tree``: it has
    process numbers and files of its own. Where it has not, this filter keeps process ``pid`` off those of others.
    """
    refused = SERVERS.refused | _PROCESSES | _SYSTEM | _FILES | _UNCOUNTED
    refused |= frozenset() if listens else _names("socket bind listen")
    refused |= frozenset() if listens and own_tree else _names("connect")
    refused |= frozenset() if programs else _names("execve execveat")
    refused |= frozenset() if own_tree else _METADATA | _OTHERS
    rules = _ALWAYS if own_tree else (*_ALWAYS, *_among_others(pid))
    return Filter(refused, rules, frozenset() if own_tree else _PRETENDED, strict=True)


def _among_others(pid: int) -> tuple[Rule, ...]:
    """Return the rules for a process that shares its numbers with others: signals and settings for itself alone."""
    to_itself = ("prlimit64", "sched_setaffinity", "sched_setattr")
    return (
        Rule("kill", 0, only=(0, pid)),  # 0 is its own group, which it cannot leave
        Rule("tgkill", 0, only=(pid,)),
        Rule("rt_sigqueueinfo", 0, only=(pid,)),
        *(Rule(call, 0, only=(0, pid)) for call in to_itself),
        Rule("fcntl", 1, never=(_OWNER, _SIGNAL, _OWNER_EX)),  # a signal when a file is ready, to whom one likes
        Rule("ioctl", 1, never=(_OWNER_OF_FILE, _OWNER_OF_SOCKET, _FILE_FLAGS, _FILE_ATTRIBUTES)),
    )


_SAME_EVERYWHERE = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447, "process_mrelease": 448,
}  # fmt: skip

MACHINES = {
    "x86_64": Machine(
        architecture=0xC000003E,
        calls=_SAME_EVERYWHERE | {
            "ioctl": 16, "shmget": 29, "shmat": 30, "shmctl": 31, "socket": 41, "connect": 42, "bind": 49, "listen": 50,
            "socketpair": 53, "clone": 56, "execve": 59, "kill": 62, "semget": 64, "semop": 65, "semctl": 66,
            "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "fcntl": 72, "symlink": 88, "chmod": 90,
            "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94, "ptrace": 101, "syslog": 103, "setpgid": 109,
            "setsid": 112, "rt_sigqueueinfo": 129, "utime": 132, "mknod": 133, "uselib": 134, "personality": 135,
            "ustat": 136, "sysfs": 139, "setpriority": 141, "sched_setparam": 142, "sched_setscheduler": 144,
            "vhangup": 153, "modify_ldt": 154, "pivot_root": 155, "_sysctl": 156, "prctl": 157, "adjtimex": 159,
            "chroot": 161, "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167,
            "swapoff": 168, "reboot": 169, "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173,
            "init_module": 175, "delete_module": 176, "quotactl": 179, "nfsservctl": 180, "setxattr": 188,
            "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199,
            "tkill": 200, "sched_setaffinity": 203, "lookup_dcookie": 212, "semtimedop": 220, "clock_settime": 227,
            "tgkill": 234, "utimes": 235, "mq_open": 240, "mq_unlink": 241, "mq_timedsend": 242,
            "mq_timedreceive": 243, "mq_notify": 244, "mq_getsetattr": 245, "kexec_load": 246, "add_key": 248,
            "request_key": 249, "keyctl": 250, "ioprio_set": 251, "inotify_add_watch": 254, "migrate_pages": 256,
            "mknodat": 259, "fchownat": 260, "futimesat": 261, "symlinkat": 266, "fchmodat": 268, "unshare": 272,
            "get_robust_list": 274, "vmsplice": 278, "move_pages": 279, "utimensat": 280, "rt_tgsigqueueinfo": 297,
            "perf_event_open": 298, "fanotify_init": 300, "fanotify_mark": 301, "prlimit64": 302,
            "name_to_handle_at": 303, "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308,
            "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "sched_setattr": 314,
            "memfd_create": 319, "kexec_file_load": 320, "bpf": 321, "execveat": 322, "userfaultfd": 323,
        },
    ),
    "aarch64": Machine(
        architecture=0xC00000B7,
        calls=_SAME_EVERYWHERE | {
            "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16,
            "lookup_dcookie": 18, "fcntl": 25, "inotify_add_watch": 27, "ioctl": 29, "ioprio_set": 30, "mknodat": 33,
            "symlinkat": 36, "umount2": 39, "mount": 40, "pivot_root": 41, "nfsservctl": 42, "chroot": 51,
            "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "vhangup": 58, "quotactl": 60, "vmsplice": 75,
            "utimensat": 88, "acct": 89, "personality": 92, "unshare": 97, "get_robust_list": 100, "kexec_load": 104,
            "init_module": 105, "delete_module": 106, "clock_settime": 112, "syslog": 116, "ptrace": 117,
            "sched_setparam": 118, "sched_setscheduler": 119, "sched_setaffinity": 122, "kill": 129, "tkill": 130,
            "tgkill": 131, "rt_sigqueueinfo": 138, "setpriority": 140, "reboot": 142, "setpgid": 154, "setsid": 157,
            "sethostname": 161, "setdomainname": 162, "prctl": 167, "settimeofday": 170, "adjtimex": 171,
            "mq_open": 180, "mq_unlink": 181, "mq_timedsend": 182, "mq_timedreceive": 183, "mq_notify": 184,
            "mq_getsetattr": 185, "msgget": 186, "msgctl": 187, "msgrcv": 188, "msgsnd": 189, "semget": 190,
            "semctl": 191, "semtimedop": 192, "semop": 193, "shmget": 194, "shmctl": 195, "shmat": 196, "socket": 198,
            "socketpair": 199, "bind": 200, "listen": 201, "connect": 203, "add_key": 217, "request_key": 218,
            "keyctl": 219, "clone": 220, "execve": 221, "swapon": 224, "swapoff": 225, "migrate_pages": 238,
            "move_pages": 239, "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "prlimit64": 261,
            "fanotify_init": 262, "fanotify_mark": 263, "name_to_handle_at": 264, "open_by_handle_at": 265,
            "clock_adjtime": 266, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
            "finit_module": 273, "sched_setattr": 274, "memfd_create": 279, "bpf": 280, "execveat": 281,
            "userfaultfd": 282, "kexec_file_load": 294,
        },
    ),
}  # fmt: skip
"""By what ``uname -m`` says."""


@functools.cache
def program(machine: Machine, wanted: Filter = SERVERS) -> bytes:
    """Return the filter as a program for Linux: the calls of another architecture are refused as a whole."""
    steps = [
        _step(LOAD_WORD, ARCHITECTURE),
        _step(JUMP_EQUAL, machine.architecture, yes=1),
        _step(RETURN, REFUSE | errno.EPERM),
        _step(LOAD_WORD, NUMBER),
        *_when(JUMP_FROM, OTHER_CALLS, REFUSE | errno.EPERM),
        *(_when(JUMP_FROM, FIRST_UNKNOWN, REFUSE | errno.ENOSYS) if wanted.strict else ()),
        *_when(JUMP_EQUAL, CLONE3, REFUSE | errno.ENOSYS),
    ]
    for names, answer in ((wanted.refused, errno.EPERM), (wanted.pretended, 0)):
        for number in sorted(machine.calls[name] for name in names & machine.calls.keys()):
            steps += _when(JUMP_EQUAL, number, REFUSE | answer)
    for rule in wanted.rules:
        steps += _looked_at(machine, rule)
    return b"".join([*steps, _step(RETURN, ALLOW)])


def _looked_at(machine: Machine, rule: Rule) -> list[bytes]:
    """Return the steps for one rule. They are passed over for another call, and begin with its number anew."""
    steps = [_step(LOAD_WORD, ARGUMENTS + 8 * rule.argument), _step(AND, rule.mask)]
    for value in rule.never:
        steps += _when(JUMP_EQUAL, value, REFUSE | errno.EPERM)
    for place, value in enumerate(rule.only):
        steps.append(_step(JUMP_EQUAL, value, yes=len(rule.only) - place))
    steps += [_step(RETURN, REFUSE | errno.EPERM)] if rule.only else []
    return [_step(LOAD_WORD, NUMBER), _step(JUMP_EQUAL, machine.calls[rule.call], no=len(steps)), *steps]


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """Return one ``struct sock_filter``; ``yes`` and ``no`` say how many steps are passed over."""
    return struct.pack("=HBBI", code, yes, no, value & WHOLE)


def _when(code: int, value: int, answer: int) -> list[bytes]:
    return [_step(code, value, no=1), _step(RETURN, answer)]


def prepare(wanted: Filter) -> None:
    """Make the program of a filter now, so that ``install`` finds it ready."""
    machine = MACHINES.get(platform.machine())
    if machine is not None:
        program(machine, wanted)


def install(wanted: Filter) -> None:
    """Lay a filter on this thread, and on all processes and threads that it starts from now on: seccomp(2).

    Needs no-new-privileges. Raises ``OSError`` where this system does not grant it.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        message = f"no filter of system calls is known for {platform.machine()}"
        raise OSError(errno.ENOSYS, message)
    linux.filter_calls(program(machine, wanted))


@contextmanager
def filter_file() -> Iterator[int]:
    """Open a file in memory that holds the servers' filter for this machine; gives its number. Raises ``Unavailable``.

    bubblewrap's ``--seccomp`` takes it.
    """
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
