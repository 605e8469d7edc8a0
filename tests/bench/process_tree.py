"""What a command costs with everything that it starts: looked at from outside, in the same way for every command.

Memory is PSS, which counts a page that several processes share once (proc_pid_smaps, section 5 of the manual). It is
looked at 20 times a second, so a shorter peak can be missed. CPU time is what the system counted itself (wait4, section
2), so that no process is too short for it.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from academy.kernels.linux import adopt_orphans

__all__ = ["Cost", "descendants", "run"]

EVERY = 0.05
"""Seconds from one look to the next."""
LEFT_FOR = 10.0
"""Seconds that what a command leaves behind is waited for."""
TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command cost."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processor time, of all its processes together."""
    peak: float
    """Largest sum of PSS at one moment, in MB (10⁶ bytes); 0 if nobody looked."""
    processes: int
    """Most of them at one moment; 0 if nobody looked."""
    others: float
    """Share of the machine's processors that other work took meanwhile, 0 to 1."""
    status: int
    """Exit code."""


@dataclass(slots=True)
class _Seen:
    peak: int = 0
    processes: int = 0
    ended: threading.Event = field(default_factory=threading.Event)


def run(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], out: Path, log: Path, weigh: bool = True
) -> Cost:
    """Run a command to its end and return what it cost; this process must have no other children meanwhile.

    Looking at memory takes time from the command, more from one with many processes; without ``weigh`` nobody looks.
    """
    adopt_orphans()
    seen = _Seen()
    watcher = threading.Thread(target=_watch, args=(seen,)) if weigh else None
    busy, begin = _busy(), time.perf_counter()
    with out.open("wb") as said, log.open("wb") as noted:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=noted)
    if watcher:
        watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    busy = _busy() - busy
    seen.ended.set()
    if watcher:
        watcher.join()
    cpu = used.ru_utime + used.ru_stime + sum(_left_behind())
    others = max(0.0, busy - cpu) / (wall * CORES)
    return Cost(wall, cpu, seen.peak / 1e6, seen.processes, others, process.returncode)


def _left_behind() -> Iterator[float]:
    """Wait for processes that outlived the command and yield their seconds of processor time."""
    until = time.monotonic() + LEFT_FOR
    while time.monotonic() < until:
        try:
            pid, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid:
            yield used.ru_utime + used.ru_stime
        else:
            time.sleep(EVERY)
    message = "the command left processes behind that do not end"
    raise RuntimeError(message)


def _watch(seen: _Seen) -> None:
    while not seen.ended.wait(EVERY):
        sizes = [_memory(pid) for pid in descendants(os.getpid())]
        seen.peak = max(seen.peak, sum(sizes))
        seen.processes = max(seen.processes, len(sizes))


def descendants(pid: int) -> list[int]:
    """Return all processes below one."""
    found: list[int] = []
    with suppress(OSError):  # it has just ended
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found + [below for child in found for below in descendants(child)]


def _memory(pid: int) -> int:
    """Return PSS in bytes; 0 for a process that has just ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _busy() -> float:
    """Return the seconds that the machine's processors have worked since its start (proc_stat, section 5)."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split(maxsplit=9)[1:9])
    return (user + nice + system + irq + softirq + steal) / TICK
