"""Voilà as a managed JupyterHub service, through its own plug points.

What Voilà offers and we do not need is not served: no file tree, no contents API, no files, no template by request.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
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
from academy.interactive.headers import SafeHeaders
from academy.interactive.identity import HubIdentity, OwnKernelsOnly
from academy.interactive.journal import log_request
from academy.interactive.kernels import OwnedKernels
from academy.interactive.visitor import prelaunch

__all__ = ["Interactive", "settings"]

PACKAGE = Path(str(files("academy")))
SHARE = PACKAGE / "interactive" / "share"
"""Folder on Jupyter's path that holds our template."""
SHARED_STATIC = PACKAGE / "web" / "static"
"""The stylesheet of the plain pages; served here too, so that a page keeps its look when the other service is away."""
LABEXTENSIONS = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"]
"""All that our pages load of JupyterLab's extensions."""
KERNELS = {
    "cull_idle_timeout": 45 * 60,
    "cull_connected": True,
    "cull_interval": 60,
    "allow_tracebacks": False,
    "buffer_offline_messages": False,
}
"""When kernels end by themselves (seconds) and what they may tell."""
UNUSED_PLUGINS = ["@jupyterlab/mathjax-extension:plugin", "@voila-dashboards/voila:theme-manager"]


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

    def setup_template_dirs(self) -> None:
        """Add the stylesheet that all our pages share."""
        super().setup_template_dirs()
        self.static_paths.append(str(SHARED_STATIC))

    def init_settings(self) -> dict[str, Any]:
        """Compress, set our headers, log without addresses. Voilà applies ``tornado_settings`` too late for this."""
        settings: dict[str, Any] = super().init_settings()
        return settings | {"transforms": [GZipContentEncoding, SafeHeaders], "log_function": log_request}

    def init_handlers(self) -> list[Any]:
        """Keep what our pages use and replace what they must not."""
        served = [route for route in super().init_handlers() if self._is_served(route[0])]
        prefix = self.server_url
        ours = [
            (url_path_join(prefix, r"/voila/api/shutdown/(.*)"), EndOwnKernel),
            (prefix + "?", RedirectHandler, {"url": f"{academy_path(os.environ)}/", "permanent": False}),
            (url_path_join(prefix, "/.*"), Missing, {"voila_configuration": self.voila_configuration}),
        ]
        return [*map(self._narrowed, served), *ours]

    def _is_served(self, pattern: str) -> bool:
        below = pattern.removeprefix(self.server_url.rstrip("/"))
        parts = (
            "/api/kernels/",
            "/oauth_callback",
            "/logout",
            "/voila/templates/",
            "/voila/static/",
            "/voila/labextensions/",
            "/voila/render/",
        )
        return below.startswith(parts)

    def _narrowed(self, route: tuple[Any, ...]) -> tuple[Any, ...]:
        """Render only our pages, and let the addresses of files carry a version, so that browsers may keep them."""
        pattern = route[0].replace("/voila/render/(.*)", rf"/voila/render/((?:{'|'.join(sorted(APPS))})\.ipynb)")
        for folder in ("static", "labextensions"):
            pattern = pattern.replace(f"/voila/{folder}/(.*)", f"/voila/{folder}/(?:v-[0-9a-f]+/)?(.*)")
        return (pattern, *route[1:])

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
    base = environ["JUPYTERHUB_SERVICE_PREFIX"]
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
        "page_config_hook": _page_config,
        "extension_allowlist": LABEXTENSIONS,
        "resources": {
            "shared_stylesheet": f"{base}voila/static/academy.css?v={_version(SHARED_STATIC / 'academy.css')}"
        },
    }


def _page_config(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Switch off what would load more than a page needs, and version what is loaded."""
    disabled = page_config.setdefault("disabledExtensions", [])
    page_config["disabledExtensions"] = [*disabled, *UNUSED_PLUGINS]
    for name in ("fullStaticUrl", "fullLabextensionsUrl"):
        page_config[name] = f"{page_config[name]}/v-{_bundle_version()}"
    return page_config


def _version(file: Path) -> str:
    return _short_hash(file.read_bytes()) if file.exists() else "0"


@cache
def _bundle_version() -> str:
    """Name the versions of everything that puts scripts on our pages."""
    return _short_hash(" ".join(version(name) for name in ("voila", "jupyterlab-widgets", "anywidget")).encode())


def _short_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
