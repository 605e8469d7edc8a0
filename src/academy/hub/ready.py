"""Telling whether a run is ready: the proxy knows both services, and the academy answers through it."""

from __future__ import annotations

import json
import urllib.request

from academy.config import Config, secret
from academy.hub.ports import LOOPBACK, Ports
from academy.hub.services import SERVICES

__all__ = ["is_ready"]


def is_ready(config: Config, ports: Ports) -> bool:
    """Ask the proxy for its routes first: a page that is not there yet would leave an entry in its log."""
    token = {"Authorization": f"token {secret(config, 'proxy')}"}
    routes = _fetch(f"http://{LOOPBACK}:{ports.proxy_api}/api/routes", token)
    if routes is None or not all(f"/services/{name}" in json.loads(routes) for name in SERVICES):
        return False
    return _fetch(f"http://{LOOPBACK}:{config.port}/services/academy/help", {}) is not None


def _fetch(address: str, headers: dict[str, str]) -> bytes | None:
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
            return bytes(response.read())
    except OSError:
        return None
