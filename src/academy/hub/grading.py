"""The facilitator's grading server: one per cohort, on the cohort's nbgrader folder, with nothing secret in it."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from tornado.web import HTTPError
from traitlets import Unicode

from academy.config import Config
from academy.grading.model import CourseFolder
from academy.grading.settings import settings_file
from academy.hub.privacy import XSRF_WITHOUT_ADDRESS

__all__ = ["NOT_YOURS", "GradingSpawner", "cohorts_of", "facilitated", "update_spawner"]

NOT_YOURS = "Open grading from the page of a cohort that you facilitate."
SUFFIX = "-facilitators"
FORWARDED = ["LANG", "LC_ALL", "TZ"]
"""All that a server inherits from the Hub's environment."""


def cohorts_of(groups: list[str]) -> set[str]:
    """Return the cohorts that somebody in these groups facilitates."""
    return {group.removesuffix(SUFFIX) for group in groups if group.endswith(SUFFIX)}


def facilitated(user: Any) -> set[str]:
    """Return the cohorts that a user of the Hub facilitates."""
    return cohorts_of([group.name for group in user.orm_user.groups])


class GradingSpawner(LocalProcessSpawner):
    """Starts a server for the cohort that its name says, under the academy's own system user."""

    servers_dir = Unicode(config=True, help="Folder of the servers' own files, one below it per person and cohort.")
    courses_dir = Unicode(config=True, help="Folder of the nbgrader course folders, one per cohort.")
    exchange_dir = Unicode(config=True, help="nbgrader's exchange.")

    @property
    def home(self) -> Path:
        """The server's own folder."""
        return Path(str(self.servers_dir)) / str(self.user.name) / str(self.name)

    def make_preexec_fn(self, name: str) -> None:
        """Return nothing: there is no system user to become."""

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add the places that the server may use."""
        home = self.home
        return env | {
            "USER": self.user.name,
            "HOME": str(home),
            "SHELL": "/bin/sh",
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "TMPDIR": str(home / "tmp"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "IPYTHONDIR": str(home / "ipython"),
        }

    async def start(self) -> tuple[str, int]:
        """Start the server, if the person facilitates the cohort."""
        if self.name not in facilitated(self.user):
            raise HTTPError(403, NOT_YOURS)
        course = CourseFolder(
            root=Path(self.courses_dir) / self.name, course_id=self.name, exchange=Path(self.exchange_dir)
        )
        _prepare(course, self.home)
        self.popen_kwargs = {"cwd": str(course.root)}
        address, port = await super().start()
        return str(address), int(port)


def _prepare(course: CourseFolder, home: Path) -> None:
    """Make the folders. The course folder's settings are written here only when nothing was released yet."""
    for folder in (home / "tmp", course.root, course.exchange):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = course.root / "nbgrader_config.py"
    if not settings.exists():
        settings.write_text(settings_file(course), encoding="utf-8")


def update_spawner(c: Any, config: Config) -> None:
    """Set how facilitators' servers are started."""
    c.JupyterHub.spawner_class = GradingSpawner
    c.JupyterHub.allow_named_servers = True
    c.GradingSpawner.servers_dir = str(config.home / "servers")
    c.GradingSpawner.courses_dir = str(config.courses_dir)
    c.GradingSpawner.exchange_dir = str(config.exchange_dir)
    c.GradingSpawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
    c.GradingSpawner.args = [f"--config={files('academy.hub') / 'server_config.py'}"]
    c.GradingSpawner.env_keep = list(FORWARDED)
    c.GradingSpawner.environment = dict(XSRF_WITHOUT_ADDRESS)
    c.GradingSpawner.default_url = "/formgrader"
    c.GradingSpawner.disable_user_config = True
    c.GradingSpawner.start_timeout = 60
    c.GradingSpawner.http_timeout = 60
    c.GradingSpawner.interrupt_timeout = 1  # the server asks a terminal before it obeys, and there is none
    c.GradingSpawner.term_timeout = 10
    c.GradingSpawner.consecutive_failure_limit = 0  # one person's broken server must not end the Hub for all
