"""Memory, processor and time of a kernel and all it started are counted together; what ended it is known."""

from __future__ import annotations

import mmap
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from academy.kernels import pool
from academy.kernels.layers import layers
from academy.kernels.model import Excess, Limits
from academy.kernels.watch import Tree, Watch
from tests.kernel_rooms import Room, room

MISSING = [granted.layer for granted in layers() if not granted.granted]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"this system does not grant {', '.join(MISSING)}")

IN_CHILDREN = """
import os, signal, time
def in_children(many, act):
    for _ in range(many):
        if os.fork() == 0:
            act()
            signal.pause()
    time.sleep(30)
def keep(mebibytes):
    global kept
    kept = os.urandom(mebibytes << 20)
def burn():
    while True: pass
"""


@pytest.fixture(scope="module", autouse=True)
def _end_warm_processes() -> Iterator[None]:
    """Leave no warm process behind."""
    yield
    pool.close()


def ended(kernel: Room, code: str) -> Excess | None:
    """Run code that ends the kernel; return why it was ended."""
    process = psutil.Process(kernel.pid)
    family = [process, *process.children(recursive=True)]
    kernel.client.execute(IN_CHILDREN + code)
    assert psutil.wait_procs(family, timeout=20)[1] == []
    reason: Excess | None = kernel.manager.provisioner._forked.ended_by
    return reason


FILES = "for n in range(200): open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))\ntime.sleep(30)"
ORPHANS = """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    if os.fork() == 0:
        while time.process_time() < .5: pass
        os._exit(0)
    time.sleep(.5)
"""


@pytest.mark.parametrize(
    ("limits", "code", "reason"),
    [
        ({"memory": 128, "total_memory": 128}, "in_children(4, lambda: keep(60))", Excess.MEMORY),
        ({"total_memory": 64, "scratch": 256}, FILES, Excess.MEMORY),
        ({"cpu": 1}, "in_children(3, burn)", Excess.CPU),
        ({"cpu": 1}, "signal.signal(signal.SIGXCPU, signal.SIG_IGN); burn()", Excess.CPU),
        ({"cpu": 1}, ORPHANS, Excess.CPU),
        ({"wall": 0.5}, "time.sleep(30)", Excess.WALL),
        ({}, "os.kill(os.getpid(), signal.SIGTERM)", None),
        ({"memory": 128, "total_memory": 64}, "keep(60); os._exit(3)", None),
    ],
    ids=["memory", "files in memory", "cpu of children", "own cpu", "cpu of orphans", "wall", "a signal", "own accord"],
)
def test_a_kernel_above_a_limit_is_ended_and_the_reason_is_known(
    tmp_path: Path, limits: dict[str, Any], code: str, reason: Excess | None
) -> None:
    """Whatever it is divided into; a kernel that ends by itself was not ended by us."""
    (tmp_path / "work").mkdir()
    with room(tmp_path, cwd=tmp_path / "work", confine={"limits": limits}) as kernel:
        assert ended(kernel, code) == reason


def test_what_is_shared_with_the_warm_process_is_not_held_against_a_kernel(tmp_path: Path) -> None:
    """The libraries are there once; children that only look at what their parent has use nothing of their own."""
    (tmp_path / "work").mkdir()
    with room(tmp_path, cwd=tmp_path / "work", confine={"limits": {"memory": 256, "total_memory": 128}}) as kernel:
        code = "keep(70)\nfor _ in range(4):\n  if os.fork() == 0: signal.pause()\ntime.sleep(3 * .25)\nprint('alive')"
        assert kernel.say(IN_CHILDREN + code) == "alive"
        assert kernel.manager.provisioner._forked.ended_by is None


def test_memory_that_processes_share_counts_once_even_where_none_of_them_shows_it() -> None:
    """What was written stays, also when the tables of all processes have lost it."""
    size = 64 << 20
    with mmap.mmap(-1, size) as shared:
        shared[:] = bytes(size)
        shared.madvise(mmap.MADV_DONTNEED)
        children = [_paused_child() for _ in range(2)]
        tree = Tree(os.open("/proc", os.O_RDONLY), None, None)
        try:
            mine = {str(pid) for pid in (os.getpid(), *children)}
            counted = tree._memory({pid: process for pid, process in tree._processes() if pid in mine})
            private = psutil.Process().memory_full_info().rss - psutil.Process().memory_full_info().shared
        finally:
            tree.close()
            for child in children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
    assert size <= counted < private + 2 * size


def _paused_child() -> int:
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    return child


def test_a_limit_of_linux_that_comes_first_is_known_as_what_it_is() -> None:
    """By the seconds that the warm process reports; any other death by a signal has no such reason."""
    tree = Tree.of(os.getpid())
    for status, cpu, reason in [(-9, 12.0, Excess.CPU), (-24, 10.0, Excess.CPU), (-9, 9.0, None), (1, 12.0, None)]:
        watch = Watch(tree, -1, Limits(cpu=10), 0)
        watch.ended(status, cpu)
        assert watch.excess is reason
    tree.close()


def test_a_look_is_quick(tmp_path: Path) -> None:
    """Many kernels are looked at four times a second."""
    (tmp_path / "work").mkdir()
    with room(tmp_path, cwd=tmp_path / "work", confine={}) as kernel:
        tree = Tree.of(kernel.pid)
        begin = time.thread_time()
        for _ in range(20):
            tree.use(sys.maxsize)
        spent = (time.thread_time() - begin) / 20
        assert tree.use(sys.maxsize).memory > 0
        tree.close()
    assert spent < 0.01
