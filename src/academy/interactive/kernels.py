"""Kernels that belong to one person, know nothing of the server's environment, and end when she is gone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from traitlets import Dict, Integer

from academy.interactive.visitor import VISITOR, Visitor

__all__ = ["OwnedKernels", "kernel_environment"]

FROM_SERVER = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "ACADEMY_SERVICE_URL", "JUPYTERHUB_BASE_URL")
"""Variables of the server that a kernel may see. None of them is a secret."""
FROM_REQUEST = ("QUERY_STRING", "VOILA_BASE_URL", "VOILA_PREHEAT")
"""Variables that Voilà makes from the request and that our pages read."""


def kernel_environment(
    server: Mapping[str, str], request: Mapping[str, str], visitor: Visitor, folder: Path
) -> dict[str, str]:
    """Return the whole environment of a kernel. ``folder`` is where it may keep files while it runs."""
    environment = {name: server[name] for name in FROM_SERVER if name in server}
    environment |= {name: request[name] for name in FROM_REQUEST if name in request}
    own = {name: str(folder) for name in ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "TMPDIR")}
    visit = {"VISITOR_TOKEN": visitor.token, "VISITOR_LANGUAGE": visitor.language, "PYTHONSAFEPATH": "1"}
    return environment | own | visit


class OwnedKernels(AsyncMappingKernelManager):
    """Voilà's kernels, each bound to the person whose request started it."""

    owners = Dict()
    """Kernel id -> Hub username, in the order in which they were started."""
    kernels_per_person = Integer(4, config=True, help="Open pages of one person; one more ends her oldest.")
    cull_alone_timeout = Integer(600, config=True, help="Seconds after which a page left behind is ended.")

    def owner_of(self, kernel_id: str | None) -> str | None:
        """Return the username whose kernel this is, or None when there is no such kernel."""
        owner: str | None = self.owners.get(kernel_id)
        return owner

    async def start_kernel(self, *, kernel_id: str | None = None, **kwargs: Any) -> str:
        """Start a kernel for the visitor of this request. Raises ``HTTPError`` 403 when there is none."""
        visitor = VISITOR.get()
        if visitor is None:
            raise HTTPError(403)
        await self._end_oldest_of(visitor.username)
        kernel_id = kernel_id or self.new_kernel_id()
        self.owners[kernel_id] = visitor.username  # before the start: no moment without an owner
        kwargs["env"] = kernel_environment(os.environ, kwargs.get("env", {}), visitor, Path(self.connection_dir))
        kwargs["extra_arguments"] = ["--HistoryManager.enabled=False"]
        try:
            started = str(await super().start_kernel(kernel_id=kernel_id, **kwargs))
            # jupyter_server 2.21 looks for it here, and stops passing messages on at a kernel's first error without it
            self.get_kernel(started).traceback_replacement_message = self.traceback_replacement_message
        except BaseException:
            self.owners.pop(kernel_id, None)
            raise
        return started

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel and its owner."""
        self.owners.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)

    async def _end_oldest_of(self, username: str) -> None:
        mine = [kernel for kernel, owner in self.owners.items() if owner == username]
        for kernel in mine[: max(0, len(mine) - self.kernels_per_person + 1)]:
            if kernel in self:
                await self.shutdown_kernel(kernel)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel whose page is gone sooner than one whose page is open but quiet."""
        kernel = self._kernels[kernel_id]
        alone = not self._kernel_connections.get(kernel_id, 0)
        quiet_since = getattr(kernel, "last_activity", None)
        patience = timedelta(seconds=self.cull_alone_timeout)
        if alone and quiet_since and datetime.now(UTC) - quiet_since > patience:
            await self.shutdown_kernel(kernel_id)
        else:
            await super().cull_kernel_if_idle(kernel_id)
