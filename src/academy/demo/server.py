"""An academy started for a while, as a newcomer would start it, and stopped with everything it started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from academy.config import Config
from academy.errors import Unavailable

__all__ = ["free_port", "running"]

READY = "Demo accounts:"
STOPS_WITHIN = 60  # seconds


def free_port() -> int:
    """Return a port of this machine that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(config: Config) -> Iterator[str]:
    """Serve the demo programme of ``config.home`` on a free port; gives its address. Raises ``Unavailable``."""
    port = free_port()
    environ = os.environ | {
        "ACADEMY_HOME": str(config.home),
        "ACADEMY_PORT": str(port),
        "ACADEMY_CONTENT": str(config.content),
        "ACADEMY_DB_URL": config.db_url,
    }
    command = [sys.executable, "-m", "academy.cli", "serve", "--demo"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own
        try:
            _wait_until_ready(server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=STOPS_WITHIN)


def _wait_until_ready(server: subprocess.Popen[str]) -> None:
    assert server.stdout is not None  # noqa: S101 - asked for above
    if not any(line.startswith(READY) for line in server.stdout):
        message = "The academy did not start; the reason stands above."
        raise Unavailable(message)
