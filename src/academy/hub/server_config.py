"""Configuration of a facilitator's grading server: nbgrader's extensions, our headers, nothing from other hosts."""

import os
from pathlib import Path

from academy.hub.server_headers import HEADERS
from academy.interactive.journal import log_request, scrub_all_records

c = get_config()  # type: ignore[name-defined] # noqa: F821 - Jupyter Server puts it here

IDLE = 2 * 60 * 60  # seconds

scrub_all_records()
os.umask(0o077)

c.ServerApp.root_dir = str(Path.cwd())  # the course folder: formgrader wants it at or below the root
c.Application.log_level = "ERROR"
c.ServerApp.tornado_settings = {"headers": dict(HEADERS), "log_function": log_request}
c.ServerApp.shutdown_no_activity_timeout = IDLE
c.ServerApp.terminals_enabled = False
c.ServerApp.allow_root = True  # in a container the whole academy may be root; the server is no more than that
c.ServerApp.jpserver_extensions = {
    "nbgrader.server_extensions.formgrader": True,
    "nbgrader.server_extensions.validate_assignment": True,
    "nbgrader.server_extensions.assignment_list": True,
    "nbgrader.server_extensions.course_list": True,
    "academy.hub.server_headers": True,
    "voila.server_extension": False,  # it would run any notebook for whoever opens its address
}
c.MappingKernelManager.cull_idle_timeout = IDLE
c.KernelManager.transport = "ipc"  # no kernel listens on a port

c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"  # the other one asks PyPI
c.ServerApp.preferred_dir = str(Path.cwd())
