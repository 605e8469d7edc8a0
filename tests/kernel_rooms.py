"""Real kernels for tests: a kernel specification in a folder, a kernel from it, and what it answers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

from academy.kernels import pool

__all__ = ["Room", "manager", "room", "warm_process"]

PRELOAD = ["pandas", "ipywidgets"]


@dataclass(frozen=True, slots=True)
class Room:
    """A running kernel."""

    manager: Any
    client: Any

    @property
    def pid(self) -> int:
        """The kernel's process id, as seen from outside."""
        return int(self.manager.provisioner.pid)

    @property
    def folder(self) -> Path:
        """The private folder with its sockets."""
        return Path(self.manager.ip).parent

    def say(self, code: str) -> str:
        """Run code; return what it printed, or the name and text of its error."""
        heard: list[str] = []

        def listen(message: Any) -> None:
            content = message["content"]
            if message["msg_type"] == "error":
                heard.append(f"{content['ename']}: {content['evalue']}")
            heard.append(content.get("text", ""))

        self.client.execute_interactive(code, timeout=60, output_hook=listen, allow_stdin=False)
        return "".join(heard).strip()

    def value(self, expression: str, *, setup: str = "") -> Any:
        """Evaluate an expression to something that JSON knows."""
        said = self.say(f"import json\n{setup}\nprint(json.dumps({expression}))")
        return json.loads(said)


def write_spec(folder: Path, **config: Any) -> None:
    """Write a kernel specification named ``forked``."""
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "forked",
        "language": "python",
        "metadata": {
            "kernel_provisioner": {"provisioner_name": "academy-fork", "config": {"preload": PRELOAD} | config}
        },
    }
    (folder / "forked").mkdir(exist_ok=True)
    (folder / "forked" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


def manager(folder: Path, kind: type[Any] = KernelManager, **config: Any) -> Any:
    """Return a manager of a kernel that is not yet started."""
    write_spec(folder, **config)
    return kind(kernel_name="forked", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder)]))


@contextmanager
def room(folder: Path, *, cwd: Path | None = None, env: dict[str, str] | None = None, **config: Any) -> Iterator[Room]:
    """Start a kernel, and end it afterwards."""
    running = manager(folder, **config)
    given = {"cwd": str(cwd)} if cwd else {}
    running.start_kernel(env={**os.environ, "HOME": str(folder)} if env is None else env, **given)
    client = running.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Room(running, client)
    finally:
        client.stop_channels()
        running.shutdown_kernel(now=True)


def warm_process() -> psutil.Process:
    """Return the warm process of these tests."""
    (warm,) = pool._warm.values()
    return psutil.Process(warm.process.pid)
