"""Voilà as a managed JupyterHub service, through its own plug points.

What Voilà offers and we do not need is not served: no file tree, no contents API, no files, no template by request.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado.web import GZipContentEncoding, HTTPError, RedirectHandler, authenticated
from traitlets.config import Config as Traits
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from academy.config import Config, secret
from academy.interactive.apps import APPS, academy_path
from academy.interactive.files import PageFiles, SendFile, read_files
from academy.interactive.headers import SafeHeaders
from academy.interactive.identity import HubIdentity, OwnKernelsOnly
from academy.interactive.journal import log_request
from academy.interactive.kernels import OwnedKernels
from academy.interactive.visitor import prelaunch
from academy.languages.catalogues import catalogue

__all__ = ["Interactive", "settings"]

PACKAGE = Path(str(files("academy")))
SHARE = PACKAGE / "interactive" / "share"
"""Folder on Jupyter's path that holds our template."""
BUNDLE = SHARE / "bundle"
STYLES = (
    PACKAGE / "web" / "static" / "academy.css",
    SHARE / "voila" / "templates" / "academy" / "static" / "interactive.css",
)
"""The style of the plain pages, so that a page keeps its look when the other service is away, and our own."""
KERNELS = {
    "cull_idle_timeout": 45 * 60,
    "cull_connected": True,
    "cull_interval": 60,
    "allow_tracebacks": False,
    "buffer_offline_messages": False,
}
"""When kernels end by themselves (seconds) and what they may tell."""


class EndOwnKernel(VoilaShutdownKernelHandler):
    """A page says goodbye: its kernel ends, when it is the kernel of the person who says so."""

    auth_resource = "kernels"

    @authenticated
    @authorized
    async def post(self, kernel_id: str) -> None:
        """End the kernel, once."""
        if kernel_id in self.kernel_manager:
            await self.kernel_manager.shutdown_kernel(kernel_id)
        self.set_status(204)
        self.finish()


class Missing(BaseVoilaHandler):
    """Any other address."""

    @authenticated
    def get(self) -> None:
        """Say that there is no such page."""
        raise HTTPError(404)


class Interactive(Voila):
    """Voilà with a short list of routes and our headers on every response."""

    def init_settings(self) -> dict[str, Any]:
        """Compress, set our headers, log without addresses. Voilà applies ``tornado_settings`` too late for this."""
        settings: dict[str, Any] = super().init_settings()
        settings["voila_jinja2_env"].globals["style"] = _addresses(self.server_url)["style"]
        return settings | {
            "transforms": [GZipContentEncoding, SafeHeaders],
            "websocket_compression_options": {},
            "log_function": log_request,
        }

    def init_handlers(self) -> list[Any]:
        """Keep what our pages use and replace what they must not."""
        served = [route for route in super().init_handlers() if self._is_served(route[0])]
        prefix = self.server_url
        ours = [
            (url_path_join(prefix, r"/files/([\w.-]+)"), SendFile, {"files": page_files()}),
            (url_path_join(prefix, r"/voila/api/shutdown/(.*)"), EndOwnKernel),
            (prefix + "?", RedirectHandler, {"url": f"{academy_path(os.environ)}/", "permanent": False}),
            (url_path_join(prefix, "/.*"), Missing, {"voila_configuration": self.voila_configuration}),
        ]
        return [*map(self._narrowed, served), *ours]

    def _is_served(self, pattern: str) -> bool:
        below = pattern.removeprefix(self.server_url.rstrip("/"))
        return below.startswith(("/api/kernels/", "/oauth_callback", "/logout", "/voila/render/"))

    def _narrowed(self, route: tuple[Any, ...]) -> tuple[Any, ...]:
        """Render only our pages."""
        pages = rf"/voila/render/((?:{'|'.join(sorted(APPS))})\.ipynb)"
        return (route[0].replace("/voila/render/(.*)", pages), *route[1:])

    def stop(self) -> None:
        """End every kernel, then remove its sockets: the other way round they could not be told."""
        asyncio.run(self._end_kernels())
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    async def _end_kernels(self) -> None:
        await self.kernel_manager.shutdown_all(now=True)


PRELOAD = (
    "ipywidgets",
    "anywidget",
    "academy.interactive.screens.threat_budget",
    "academy.interactive.screens.dice_lab",
    "academy.interactive.screens.mail_inspector",
    "academy.interactive.screens.first_hour",
    "academy.interactive.screens.silent_log",
    "academy.interactive.screens.who_sees_what",
    "academy.interactive.screens.photo_lab",
    "academy.interactive.screens.file_lab",
    "academy.interactive.screens.phone_lab",
    "academy.interactive.screens.assessment",
    "academy.interactive.screens.attendance",
    "academy.interactive.warm",
)
"""What the warm process imports, so that a page's kernel is ready in a few hundredths of a second."""


def settings(config: Config, environ: Mapping[str, str]) -> Traits:
    """Return Voilà's configuration. ``environ`` is what JupyterHub hands to a managed service."""
    address = urlsplit(environ["JUPYTERHUB_SERVICE_URL"])
    voila: dict[str, Any] = {
        "base_url": environ["JUPYTERHUB_SERVICE_PREFIX"],
        "ip": address.hostname,
        "port": address.port,
        "port_retries": 0,
        "open_browser": False,
        "root_dir": str(config.content / "voila_apps"),
        "config_file_paths": [],
        "connection_dir_root": tempfile.gettempdir(),  # short: a socket's path has 108 bytes
        "cookie_secret": bytes.fromhex(secret(config, "interactive-cookie")),
        "identity_provider_class": HubIdentity,
        "authorizer_class": OwnKernelsOnly,
    }
    return Traits(
        {
            "Voila": voila,
            "VoilaConfiguration": _pages(environ),
            "OwnedKernels": KERNELS,
            "KernelManager": {"transport": "ipc"},
            "KernelProvisionerFactory": {"default_provisioner_name": "academy-fork"},
            "ForkProvisioner": {"preload": list(PRELOAD)},
            "NotebookNotary": {"db_file": ":memory:", "secret": secrets.token_bytes(32)},  # nothing is signed here
            "HubOAuth": {"allow_token_in_url": False, "cache_max_age": 60},
        }
    )


def _pages(environ: Mapping[str, str]) -> dict[str, Any]:
    return {
        "template": "academy",
        "allow_template_override": "NO",
        "allow_theme_override": "NO",
        "strip_sources": True,
        "show_tracebacks": False,
        "file_allowlist": [],
        "preheat_kernel": False,
        "multi_kernel_manager_class": OwnedKernels,
        "prelaunch_hook": prelaunch,
        "extension_allowlist": [],
        "resources": {"files": _addresses(environ["JUPYTERHUB_SERVICE_PREFIX"]), "catalogue": catalogue},
    }


def _addresses(base: str) -> dict[str, Any]:
    """Return where a page finds its files."""
    below, found = f"{base}files/", page_files()
    return {
        "script": below + found.script,
        "with_script": [below + name for name in found.with_script],
        "style": below + found.style,
    }


@cache
def page_files() -> PageFiles:
    """Return the scripts and the style of all pages. Raises ``ConfigError`` when they are not built."""
    return read_files(BUNDLE, STYLES)
