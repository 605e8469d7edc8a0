"""Open real Voilà pages with stock and with forked kernels in one run, and print what they cost: no test, only figures.

``python -m tests.bench.bench_memory [PAGES]``. The Voilà servers of a pair are the same but for how they start kernels.
A page counts as open when its last cell has run, its HTML has arrived whole, and a browser's first questions over the
WebSocket (which widgets are there, and their state) are answered. Every page stays open until memory is read:
PSS, which counts a page of memory that several processes share once; and USS, what each has for itself. Both are
sums over the server and all its descendants, warm process included (proc_pid_smaps, section 5 of the manual).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from tests import test_interactive_service as stage
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.testing import bind_unused_port
from tornado.websocket import WebSocketClientConnection, websocket_connect

__all__ = ["Cost", "main", "measure", "stock_voila"]

STOCK, FORKED = "stock", "forked"
KINDS = (STOCK, FORKED)
PLAIN, GAME = "pandas and a slider", "our threat game"
SOURCE = "import ipywidgets\nimport pandas\n\nipywidgets.IntSlider(description='Phones')"
COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]
PRELOAD = {"kernel_provisioner": {"provisioner_name": "academy-fork", "config": {"preload": ["pandas", "ipywidgets"]}}}
SECONDS = 60
STARTER = """
import sys
from academy.interactive import service
settings = service.settings
def with_stock_kernels(config, environ):
    traits = settings(config, environ)
    traits.OwnedKernels.kernels_per_person = 1000
    if sys.argv[1] == "stock":
        traits.KernelProvisionerFactory.default_provisioner_name = "local-provisioner"
    return traits
service.settings = with_stock_kernels
from academy.interactive.__main__ import main
main()
"""
"""Starts our service, for as many pages of one person as wanted."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What all open pages of one kind cost, in MB (10⁶ bytes)."""

    page: str
    kernels: str
    """``stock`` or ``forked``."""
    pages: int
    pss_kernels: float
    """All kernels with their warm process."""
    pss_server: float
    uss: float
    """Server and all below it."""
    uss_kernel: float
    """Mean of one kernel."""

    @property
    def pss(self) -> float:
        """Server and all below it."""
        return self.pss_kernels + self.pss_server


@dataclass(frozen=True, slots=True)
class Server:
    """A running Voilà."""

    process: subprocess.Popen[bytes]
    address: str
    """Of everything it serves, with a slash at its end."""
    path: str
    """Of the page, below ``address``."""
    headers: dict[str, str]


def write(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def measure(pages: int = 34) -> list[Cost]:
    """Open ``pages`` pages of each kind, one server after the other, and return what they cost."""
    return [_cost(page, kernels, pages) for page in (PLAIN, GAME) for kernels in KINDS]


def _cost(page: str, kernels: str, pages: int) -> Cost:
    start = _plain_server if page == PLAIN else _own_server
    with tempfile.TemporaryDirectory() as place, start(Path(place), kernels) as server:
        return asyncio.run(_weigh(server, page, kernels, pages))


async def _weigh(server: Server, page: str, kernels: str, pages: int) -> Cost:
    sockets = [await _open(server) for _ in range(pages)]
    parent = psutil.Process(server.process.pid)
    below = {process.pid: _memory(process) for process in parent.children(recursive=True)}
    warm = {process.pid for process in parent.children() if "academy.kernels.warm" in process.cmdline()}
    each = [uss for pid, (_, uss) in below.items() if pid not in warm]
    if len(each) != pages:
        message = f"{len(each)} kernels for {pages} pages"
        raise RuntimeError(message)
    pss, uss = _memory(parent)
    for socket in sockets:
        socket.close()
    return Cost(
        page=page,
        kernels=kernels,
        pages=pages,
        pss_kernels=sum(pss for pss, _ in below.values()),
        pss_server=pss,
        uss=uss + sum(uss for _, uss in below.values()),
        uss_kernel=sum(each) / pages,
    )


def _memory(process: psutil.Process) -> tuple[float, float]:
    """Return PSS and USS in MB."""
    found = process.memory_full_info()
    return found.pss / 1e6, found.uss / 1e6


async def _open(server: Server) -> WebSocketClientConnection:
    """Open a page as a browser does; return its connection to the kernel, which keeps it open."""
    client = AsyncHTTPClient()
    answer = await client.fetch(server.address + server.path, headers=server.headers, request_timeout=SECONDS)
    html = answer.body.decode()
    kernel = re.search(r'"kernelId": "([^"]+)"', html)
    if kernel is None or "application/vnd.jupyter.widget-view+json" not in html:
        message = "the page shows no widget"
        raise RuntimeError(message)
    url = f"{server.address.replace('http', 'ws', 1)}api/kernels/{kernel[1]}/channels"
    socket = await websocket_connect(HTTPRequest(url, headers=server.headers))
    await _ask(socket, "kernel_info_request", {}, "kernel_info_reply")
    asked = {"comm_id": uuid.uuid4().hex, "target_name": "jupyter.widget.control", "data": {}}
    await _ask(socket, "comm_open", asked, "status")
    states = {"comm_id": asked["comm_id"], "data": {"method": "request_states"}}
    await _ask(socket, "comm_msg", states, "comm_msg")
    return socket


async def _ask(socket: WebSocketClientConnection, kind: str, content: dict[str, Any], wanted: str) -> None:
    """Send a message and wait for an answer of the kind that is wanted; for a status: that the kernel is idle again."""
    message = uuid.uuid4().hex
    header = {"msg_id": message, "msg_type": kind, "session": "bench", "username": "", "version": "5.3", "date": ""}
    rest = {"parent_header": {}, "metadata": {"version": "1.0.0"}, "buffers": []}  # ipywidgets asks for this version
    await socket.write_message(json.dumps({"header": header, "content": content, "channel": "shell", **rest}))
    while True:
        heard = await asyncio.wait_for(socket.read_message(), SECONDS)
        if heard is None:
            failure = "the kernel's connection closed"
            raise RuntimeError(failure)
        answer = _read(heard)
        is_ours = answer["parent_header"].get("msg_id") == message and answer["header"]["msg_type"] == wanted
        if is_ours and answer["content"].get("execution_state", "idle") == "idle":
            return


def _read(heard: str | bytes) -> dict[str, Any]:
    """Read a message; one with buffers starts with their number and places, four bytes each."""
    if isinstance(heard, bytes):
        start, *rest = (int.from_bytes(heard[at : at + 4], "big") for at in (4, 8))
        heard = heard[start : rest[0] if int.from_bytes(heard[:4], "big") > 1 else None].decode()
    read: dict[str, Any] = json.loads(heard)
    return read


@contextmanager
def _plain_server(place: Path, kernels: str, source: str = SOURCE) -> Iterator[Server]:
    """Start an ordinary Voilà with one notebook, of which ``source`` is the cell."""
    for name, metadata in ((STOCK, {}), (FORKED, PRELOAD)):
        spec = {"argv": COMMAND, "display_name": name, "language": "python", "metadata": metadata}
        folder = place / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    _write_notebook(place / "pages" / "page.ipynb", kernels, source)
    port = _free_port()
    options = ["--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1", "--VoilaConfiguration.file_allowlist=[]"]
    command = [sys.executable, "-m", "voila", str(place / "pages"), *options]
    environment = os.environ | {"JUPYTER_PATH": str(place), "IPYTHONDIR": str(place / "ipython")}
    with (
        (place / "log").open("wb") as log,
        _running(subprocess.Popen(command, env=environment, cwd=place, stdout=log, stderr=log)) as process,
    ):
        server = Server(process, f"http://127.0.0.1:{port}/", "voila/render/page.ipynb", {})
        _wait_until_open(server, place / "log")
        yield server


def stock_voila(place: Path, source: str) -> AbstractContextManager[Server]:
    """Serve a notebook of one cell with the Voilà of this environment as it is, for as long as the context lasts."""
    return _plain_server(place, STOCK, source)


def _write_notebook(path: Path, kernel: str, source: str) -> None:
    cell = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": source}
    spec = {"display_name": kernel, "language": "python", "name": kernel}
    notebook = {"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


@contextmanager
def _own_server(place: Path, kernels: str) -> Iterator[Server]:
    """Start our interactive service as the Hub does; only the Hub is a stand-in."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    ready, hub = threading.Event(), {}
    threading.Thread(
        target=stage.run_hub, args=(f"{address}{stage.PREFIX.rstrip('/')}", ready, hub), daemon=True
    ).start()
    ready.wait(SECONDS)
    environment = stage.environment(place, address, hub["url"])
    command = [sys.executable, "-c", STARTER, kernels]
    with (
        (place / "log").open("wb") as log,
        _running(subprocess.Popen(command, env=environment, cwd=place, stdout=log, stderr=log)) as process,
    ):
        headers = {"Authorization": f"Bearer {stage.token_of('salma')}"}
        server = Server(process, address + stage.PREFIX, stage.GAME, headers)
        _wait_until_open(server, place / "log")
        yield server
    hub["loop"].call_soon_threadsafe(hub["stop"].set)


def _free_port() -> int:
    socket, port = bind_unused_port()
    socket.close()
    return port


@contextmanager
def _running(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End the server and whatever is below it afterwards."""
    try:
        yield process
    finally:
        below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.terminate()
        process.wait(SECONDS)
        for left in psutil.wait_procs(below, timeout=10)[1]:
            left.kill()


def _wait_until_open(server: Server, log: Path) -> None:
    stage.wait_until_open(stage.Service(server.address.rstrip("/"), "", server.process, log))


def main(arguments: list[str]) -> int:
    """Print the figures; ``arguments`` may hold the number of pages."""
    costs = measure(int(arguments[0])) if arguments else measure()
    write(f"{costs[0].pages} open pages, MB{'kernels':>16}{'one, private':>16}{'server':>10}{'all':>8}{'private':>10}")
    for stock, forked in zip(costs[::2], costs[1::2], strict=True):
        for cost in (stock, forked):
            name = f"{cost.page}, {cost.kernels}"
            write(
                f"{name:<30}{cost.pss_kernels:>5.0f}{cost.uss_kernel:>16.1f}{cost.pss_server:>10.0f}"
                f"{cost.pss:>8.0f}{cost.uss:>10.0f}"
            )
        kernels, everything = stock.pss_kernels / forked.pss_kernels, stock.pss / forked.pss
        write(f"  times less: {kernels:.2f} for the kernels alone, {everything:.2f} with the server")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
