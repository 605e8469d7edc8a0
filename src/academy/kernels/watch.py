"""Looks at a confined kernel and at all it started, and ends it when together they are above its limits.

The limits of getrlimit(2) hold for each process by itself, and an ordinary account has no control group. What is always
there is /proc: proc_pid_stat(5), proc_pid_smaps(5). A thread for each kernel looks four times a second.
"""

from __future__ import annotations

import os
import re
import select
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from academy.kernels.model import Excess, Limits

__all__ = ["EVERY", "Tree", "Use", "Watch", "begin"]

EVERY = 0.25
"""Seconds between two looks."""
_MEBIBYTE = 1 << 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_KILLED = (-signal.SIGKILL, -signal.SIGXCPU)
"""How a process ends that is above RLIMIT_CPU: getrlimit(2)."""
_PRIVATE = re.compile(rb"^(?:Pss_Anon|SwapPss): +(\d+) kB", re.MULTILINE)
_SHARED = re.compile(rb"^([0-9a-f]+)-([0-9a-f]+) ..[-x]s \S+ \S+ (\d+) +/dev/zero \(deleted\)$", re.MULTILINE)
"""A line of proc_pid_maps(5) for memory that processes share: from, to, and a number that is the same for all."""


@dataclass(frozen=True, slots=True)
class _Process:
    """What one line of proc_pid_stat(5) says."""

    group: int
    own: int
    """Clock ticks of CPU."""
    reaped: int
    """The same, of its children that have ended and were waited for."""
    started: int
    resident: int
    """Bytes, with what is shared with others."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a kernel and all it started use together."""

    memory: int
    """Bytes, temporary files included."""
    cpu: float
    """Seconds since the kernel was started."""


def _read(path: str, folder: int) -> bytes:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(file, "rb") as content:
        return content.read()


def _folder(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _process(pid: str, proc: int) -> _Process:
    words = _read(f"{pid}/stat", proc).rpartition(b") ")[2].split()
    number = {place: int(words[place]) for place in (2, 11, 12, 13, 14, 19, 21)}  # the manual's field, less three
    return _Process(number[2], number[11] + number[12], number[13] + number[14], number[19], number[21] * _PAGE)


@dataclass(slots=True)
class Tree:
    """The processes of one kernel, seen from outside."""

    proc: int
    """Folder with a /proc that shows them: the kernel's own, where it has one. Then it shows no others."""
    group: int | None
    """Their process group, where the /proc is everybody's. They cannot leave it then: ``system_calls``."""
    scratch: int | None
    """Folder with the temporary files, where they are in memory."""
    seen: dict[tuple[str, int], int] = field(default_factory=dict)
    """Clock ticks by process number and start, as they were at the last look."""
    gone: int = 0
    """Clock ticks of those that are no longer there, whether anybody waited for them or not."""

    @classmethod
    def of(cls, pid: int) -> Tree:
        """Open the folders. Raises ``OSError`` when the kernel has ended."""
        root = Path(f"/proc/{pid}/root")
        if (root / "proc").stat().st_dev == Path("/proc").stat().st_dev:
            return cls(_folder(Path("/proc")), pid, None)
        scratch = _folder(root / "tmp")
        try:
            return cls(_folder(root / "proc"), None, scratch)
        except OSError:
            os.close(scratch)
            raise

    def close(self) -> None:
        """Let go of the kernel's folders."""
        for descriptor in (self.proc, self.scratch):
            if descriptor is not None:
                os.close(descriptor)

    def _processes(self) -> Iterator[tuple[str, _Process]]:
        for pid in filter(str.isdigit, os.listdir(self.proc)):  # noqa: PTH208 - it is not a path
            with suppress(OSError):  # it has just ended
                process = _process(pid, self.proc)
                if self.group in {None, process.group}:
                    yield pid, process

    def use(self, enough: int) -> Use:
        """Look once. Memory is found out exactly only where it may be more than ``enough`` bytes: that takes longer."""
        processes = dict(self._processes())
        memory = sum(process.resident for process in processes.values())
        if len(processes) > 1 or memory + self._files() > enough:
            memory = self._memory(processes)
        return Use(memory + self._files(), self._ticks(processes) / _TICKS)

    def _ticks(self, processes: dict[str, _Process]) -> int:
        """Return the larger of two counts: what parents know of their children, and what was seen here."""
        before = self.seen
        self.seen = {(pid, process.started): process.own for pid, process in processes.items()}
        self.gone += sum(ticks for process, ticks in before.items() if process not in self.seen)
        known = sum(process.own + process.reaped for process in processes.values())
        return max(known, self.gone + sum(self.seen.values()))

    def _files(self) -> int:
        if self.scratch is None:
            return 0
        found = os.fstatvfs(self.scratch)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def _memory(self, processes: dict[str, _Process]) -> int:
        """Return private memory and what they share with each other; each part of that once."""
        private = 0
        shared: dict[bytes, int] = {}
        for pid, process in processes.items():
            try:
                found = _PRIVATE.findall(_read(f"{pid}/smaps_rollup", self.proc))
                maps = _read(f"{pid}/maps", self.proc)
            except OSError:  # it has just ended, or does not let itself be looked at
                private += process.resident
                continue
            private += sum(int(kibibytes) << 10 for kibibytes in found)
            shared |= {number: int(end, 16) - int(start, 16) for start, end, number in _SHARED.findall(maps)}
        return private + sum(shared.values())


class Watch:
    """One kernel that is looked at until it ends."""

    def __init__(self, tree: Tree, pidfd: int, limits: Limits, shared: int) -> None:
        self.excess: Excess | None = None
        """Why it was ended; None if by nothing of ours."""
        self._tree = tree
        self._pidfd = pidfd
        self._limits = limits
        self._memory = limits.total_memory * _MEBIBYTE + shared
        self._end = None if limits.wall is None else time.monotonic() + limits.wall

    def run(self) -> None:
        """Look until the kernel has ended; end it when it is above a limit."""
        try:
            while not self._ended_within(EVERY):
                self.excess = self._above()
                if self.excess is not None:
                    signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
                    return
        except ProcessLookupError:  # it ended by itself just then
            self.excess = None
        finally:
            os.close(self._pidfd)
            self._tree.close()

    def _ended_within(self, seconds: float) -> bool:
        if self._end is not None:
            seconds = max(0.0, min(seconds, self._end - time.monotonic()))
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)  # pidfd_open(2): readable at the end
        return bool(poller.poll(seconds * 1000))

    def _above(self) -> Excess | None:
        if self._end is not None and time.monotonic() >= self._end:
            return Excess.WALL
        try:
            use = self._tree.use(self._memory)
        except OSError:  # it ends just now
            return None
        if use.memory > self._memory:
            return Excess.MEMORY
        return Excess.CPU if use.cpu >= self._limits.cpu else None

    def ended(self, status: int, cpu: float) -> None:
        """Hear how it ended, and after how many seconds of CPU: its own limit may have come first."""
        if self.excess is None and status in _KILLED and cpu >= self._limits.cpu:
            self.excess = Excess.CPU


def _own_memory(pid: int) -> int:
    """Return what a process has in memory that comes from no file: proc_pid_statm(5)."""
    try:
        words = Path(f"/proc/{pid}/statm").read_bytes().split()
    except OSError:  # it has gone, and with it what was shared
        return 0
    return (int(words[1]) - int(words[2])) * _PAGE


def begin(pid: int, pidfd: int, limits: Limits, *, warm: int) -> Watch | None:
    """Look at a kernel from now on; None when it has ended already. Raises ``PermissionError``.

    What the warm process, its parent, has in memory is not held against it: how much of that is shared is not known.
    """
    try:
        tree = Tree.of(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None
    watch = Watch(tree, os.dup(pidfd), limits, _own_memory(warm))  # its own descriptor, whatever the owner closes
    threading.Thread(target=watch.run, name=f"watch {pid}", daemon=True).start()
    return watch
