"""The internal addresses of one run: chosen by ``academy serve``, read by the Hub's configuration.

They change at every start, so that two installations can run side by side on one machine.
"""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from academy.config import Config

__all__ = ["Ports", "choose", "is_free", "read", "write"]

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """One free port of the loopback interface for each process that others talk to."""

    hub: int
    """JupyterHub itself; only the proxy and the services speak to it."""
    proxy_api: int
    """Where the Hub tells the proxy its routes."""
    academy: int
    """The academy service."""
    interactive: int
    """The interactive service."""


def choose() -> Ports:
    """Return ports that are free now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in fields(Ports)]
        for one in sockets:
            one.bind((LOOPBACK, 0))
        return Ports(*(one.getsockname()[1] for one in sockets))


def is_free(port: int) -> bool:
    """Tell whether nobody listens at ``port``."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection that just ended does not count
        try:
            one.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _file(config: Config) -> Path:
    return config.home / "hub" / "ports.json"


def write(config: Config, ports: Ports) -> None:
    """Keep the ports of this run where the Hub's configuration finds them."""
    _file(config).write_text(json.dumps(asdict(ports)), encoding="ascii")


def read(config: Config) -> Ports:
    """Return the ports of this run."""
    return Ports(**json.loads(_file(config).read_text(encoding="ascii")))
