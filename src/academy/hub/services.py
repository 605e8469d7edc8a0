"""The two services that the Hub starts, watches and starts again."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from jupyterhub.services import service as hub_service

from academy.config import Config, secret
from academy.hub.ports import LOOPBACK, Ports
from academy.hub.privacy import COOKIES, XSRF_WITHOUT_ADDRESS
from academy.rights import SCOPES

__all__ = ["SERVICES", "academy_url", "update_services"]

SECONDS_UNTIL_NOTICED = 1
ACADEMY = "academy"
INTERACTIVE = "interactive"
SERVICES = (ACADEMY, INTERACTIVE)


class _WatchedService(hub_service._ServiceSpawner):  # noqa: SLF001 - the Hub offers no setting for this
    """Notices after a second that a service died; the Hub's own waits half a minute."""

    def __init__(self, **options: Any) -> None:
        super().__init__(poll_interval=SECONDS_UNTIL_NOTICED, **options)


def academy_url(ports: Ports) -> str:
    """Return the address at which processes of this machine reach the academy service, without a final slash."""
    return f"http://{LOOPBACK}:{ports.academy}/services/{ACADEMY}"


def update_services(c: Any, config: Config, ports: Ports, *, offered: bool) -> None:
    """Declare both services. Nobody is asked to confirm that she wants to use them: they are the academy.

    ``offered``: participants can have a server, and the pages say so.
    """
    hub_service._ServiceSpawner = _WatchedService  # noqa: SLF001
    custom = list(SCOPES)
    c.JupyterHub.services = [
        _service(ACADEMY, ports.academy, _academy_environment(config, ports, offered=offered), custom),
        _service(
            INTERACTIVE,
            ports.interactive,
            _environment(config, ports),
            [*custom, f"access:services!service={ACADEMY}"],
        ),
    ]


def _service(name: str, port: int, environment: dict[str, str], scopes: list[str]) -> dict[str, Any]:
    module = "academy.web" if name == ACADEMY else "academy.interactive"
    return {
        "name": name,
        "url": f"http://{LOOPBACK}:{port}",
        "command": [sys.executable, "-m", module],
        "environment": environment,
        "oauth_no_confirm": True,
        "oauth_client_allowed_scopes": scopes,
    }


def _environment(config: Config, ports: Ports) -> dict[str, str]:
    """Return what both services know: places, no secret."""
    programs = str(Path(sys.executable).parent)
    return {
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)]),
        "ACADEMY_HOME": str(config.home),
        "ACADEMY_PORT": str(config.port),
        "ACADEMY_CONTENT": str(config.content),
        "ACADEMY_SERVICE_URL": academy_url(ports),
        "JUPYTERHUB_COOKIE_OPTIONS": json.dumps(COOKIES),
        **XSRF_WITHOUT_ADDRESS,
    }


def _academy_environment(config: Config, ports: Ports, *, offered: bool) -> dict[str, str]:
    return {
        **_environment(config, ports),
        "ACADEMY_DB_URL": config.db_url,
        "ACADEMY_HUB_TOKEN": secret(config, "hub-token"),
        "ACADEMY_PARTICIPANT_SERVERS": "offered" if offered else "none",
    }
