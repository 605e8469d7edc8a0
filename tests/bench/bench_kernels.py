"""Start stock, forked and confined kernels by turns in one run, and print what each costs: no test, only figures.

``python tests/bench/bench_kernels.py [ROUNDS]``. "Ready" ends with the first answer; "libraries" with pandas and
ipywidgets imported on top. Private memory is what would be free again if that one kernel ended (USS).
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

from academy.kernels import pool
from academy.kernels.layers import layers

LIBRARIES = "import pandas, ipywidgets; pandas.DataFrame({'a': [1]}); ipywidgets.Text()"
FORKED = {"preload": ["pandas", "ipywidgets"]}
KINDS: dict[str, dict[str, Any]] = {
    "stock ipykernel": {},
    "forked": {"kernel_provisioner": {"provisioner_name": "academy-fork", "config": FORKED}},
    "confined": {"kernel_provisioner": {"provisioner_name": "academy-fork", "config": {**FORKED, "confine": {}}}},
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one kernel cost."""

    ready: float
    """Seconds until the first answer."""
    libraries: float
    """Seconds until the libraries are imported, too."""
    idle: float
    """MB of private memory when ready."""
    private: float
    """MB of private memory with the libraries."""


def write(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write_specs(folder: Path) -> None:
    """Write one kernel specification of each kind."""
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    for number, metadata in enumerate(KINDS.values()):
        spec = {"argv": command, "display_name": "bench", "language": "python", "metadata": metadata}
        (folder / f"k{number}").mkdir()
        (folder / f"k{number}" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


def start(folder: Path, number: int, left: ExitStack) -> tuple[Any, Any]:
    """Start a kernel and wait for its first answer; it ends with ``left``."""
    work = tempfile.mkdtemp(dir=folder)
    manager = KernelManager(kernel_name=f"k{number}", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder)]))
    manager.start_kernel(cwd=work, env=dict(os.environ))
    left.callback(manager.shutdown_kernel, now=True)
    client = manager.client()
    client.start_channels()
    left.callback(client.stop_channels)
    wait_for_reply(client, client.kernel_info)
    return manager, client


def wait_for_reply(client: Any, ask: Callable[[], str]) -> None:
    """Ask, and wait for exactly this answer."""
    asked = ask()
    while client.get_shell_msg(timeout=60)["parent_header"]["msg_id"] != asked:
        pass


def measure(folder: Path, number: int) -> Cost:
    """Start one kernel, import the libraries, weigh it, end it."""
    with ExitStack() as left:
        begin = time.perf_counter()
        manager, client = start(folder, number, left)
        ready = time.perf_counter() - begin
        idle = private_memory(manager)
        again = time.perf_counter()
        wait_for_reply(client, lambda: client.execute(LIBRARIES))
        return Cost(ready, ready + time.perf_counter() - again, idle, private_memory(manager))


def private_memory(manager: Any) -> float:
    """Return MB that only this kernel uses."""
    provisioner = manager.provisioner
    return float(psutil.Process(provisioner.pid).memory_full_info().uss) / 1e6


def together(folder: Path, number: int, many: int) -> float:
    """Return MB that ``many`` kernels with the libraries cost the machine, the warm process included."""
    with ExitStack() as left:
        managers = []
        for _ in range(many):
            manager, client = start(folder, number, left)
            wait_for_reply(client, lambda: client.execute(LIBRARIES))  # noqa: B023 - called at once
            managers.append(manager)
        pids = [manager.provisioner.pid for manager in managers]
        pids += [warm.process.pid for warm in pool._warm.values()] if number else []
        return sum(psutil.Process(pid).memory_full_info().pss for pid in pids) / 1e6


def main(rounds: int) -> None:
    """Print the figures."""
    missing = [granted.layer for granted in layers() if not granted.granted]
    kinds = [name for name in KINDS if name != "confined" or not missing]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_specs(folder)
        measure(folder, 1)  # starts the warm process
        costs = {name: [] for name in kinds}
        for _ in range(rounds):
            for number, name in enumerate(kinds):
                costs[name].append(measure(folder, number))
        write(f"{'median of ' + str(rounds):<18}{'ready':>10}{'libraries':>12}{'private':>12}{'with libraries':>18}")
        for name in kinds:
            ready, libraries, idle, private = (
                statistics.median(getattr(cost, part) for cost in costs[name]) for part in Cost.__dataclass_fields__
            )
            write(f"{name:<18}{ready * 1000:>7.0f} ms{libraries * 1000:>9.0f} ms{idle:>9.1f} MB{private:>15.1f} MB")
        write("10 kernels with the libraries at once, in all (PSS, warm process included):")
        for number, name in enumerate(kinds):
            write(f"{name:<18}{together(folder, number, 10):>7.0f} MB")
    pool.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
