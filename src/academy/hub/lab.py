"""Settings that every JupyterLab server of the academy shares, whoever works in it."""

from __future__ import annotations

import logging
import os
from typing import Any

from academy.hub.server_headers import HEADERS
from academy.interactive.journal import log_request, scrub_all_records

__all__ = ["update_lab"]


def update_lab(c: Any, *, idle: int) -> None:
    """Set what may be loaded, what is written down, and after how many seconds without use a server ends."""
    scrub_all_records()
    os.umask(0o077)
    c.Application.log_level = logging.ERROR
    c.ServerApp.tornado_settings = {"headers": dict(HEADERS), "log_function": log_request}
    c.ServerApp.shutdown_no_activity_timeout = idle
    c.ServerApp.terminals_enabled = False
    c.ServerApp.allow_root = True  # in a container the whole academy may be root; the server is no more than that
    c.MappingKernelManager.cull_idle_timeout = idle
    c.KernelManager.transport = "ipc"  # no kernel listens on a port
    c.KernelProvisionerFactory.default_provisioner_name = "academy-fork"
    c.LabApp.news_url = None
    c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
    c.LabApp.extension_manager = "readonly"  # the other one asks PyPI
