"""The facilitator's grading server: one per cohort, on the cohort's nbgrader folder, with nothing secret in it."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, suppress
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from jupyterhub.spawner import LocalProcessSpawner
from tornado.web import HTTPError
from traitlets import Bool, Instance

from academy.config import Config
from academy.grading.model import CourseFolder, course_folder
from academy.grading.settings import settings_file
from academy.hub import confinement
from academy.kernels.system_calls import filter_file
from academy.languages.phrases import phrase

__all__ = ["NOT_YOURS", "GradingSpawner", "cohorts_of", "facilitated", "open_journal"]

NOT_YOURS = phrase("Open grading from the page of a cohort that you facilitate.")
SUFFIX = "-facilitators"
OWN_RUNTIME = "/tmp/runtime"  # noqa: S108 - nobody else's behind the walls
"""Kernels' sockets: the names of sockets may have 107 characters, and folders of people and cohorts are long."""
SERVER = [sys.executable, "-m", "jupyterhub.singleuser"]
SETTINGS = [f"--config={files('academy.hub') / 'server_config.py'}"]


def cohorts_of(groups: list[str]) -> set[str]:
    """Return the cohorts that somebody in these groups facilitates."""
    return {group.removesuffix(SUFFIX) for group in groups if group.endswith(SUFFIX)}


def facilitated(user: Any) -> set[str]:
    """Return the cohorts that a user of the Hub facilitates."""
    return cohorts_of([group.name for group in user.orm_user.groups])


class NotConfined(HTTPError):
    """No server is started without its walls."""

    jupyterhub_message = confinement.REFUSED
    """What the Hub shows; a failed start loses the other message."""


class GradingSpawner(LocalProcessSpawner):
    """Starts a grading server for the cohort that its name says, under the academy's own system user."""

    academy = Instance(Config, config=True, help="The academy's own configuration: where everything is.")
    confined = Bool(True, config=True, help="Whether a server is closed off; where that cannot be done, it is refused.")

    @property
    def room(self) -> confinement.Room:
        """What the server may see when it is confined; its own folder in any case."""
        return confinement.room_of(self.academy, str(self.user.name), str(self.name))

    def make_preexec_fn(self, name: str) -> None:
        """Return nothing: there is no system user to become."""

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add the places that the server may use."""
        home = self.room.own
        return env | {
            "USER": self.user.name,
            "HOME": str(home),
            "SHELL": "/bin/sh",
            "PATH": confinement.PATH,
            "TMPDIR": str(home / "tmp"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": OWN_RUNTIME if self.confined else str(home / "runtime"),
            "IPYTHONDIR": str(home / "ipython"),
        }

    async def start(self) -> tuple[str, int]:
        """Start the server, if the person facilitates the cohort."""
        if self.name not in facilitated(self.user):
            raise HTTPError(403, NOT_YOURS)
        if self.confined and (why := confinement.fault(self.academy)):
            self.log.error("Grading servers cannot be confined: %s", why)
            raise NotConfined(501, confinement.REFUSED)
        course, room = course_folder(self.academy, self.name), self.room
        _prepare(course, room)
        with ExitStack() as opened:
            journal = opened.enter_context(open_journal(room.own / "server.log"))
            self.args, self.default_url = SETTINGS, "/formgrader"
            self.cmd, self.popen_kwargs = SERVER, {"cwd": str(course.root), "stdout": journal, "stderr": journal}
            if self.confined:
                calls = opened.enter_context(filter_file())
                self.cmd = confinement.confined(room, SERVER, calls=calls)
                self.popen_kwargs["pass_fds"] = (calls,)
            address, port = await super().start()
        return str(address), int(port)


def _prepare(course: CourseFolder, room: confinement.Room) -> None:
    """Make the folders. The course folder's settings are written here only when nothing was released yet."""
    for folder in (room.own / "tmp", *room.writable):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError), (course.root / "nbgrader_config.py").open("x", encoding="utf-8") as settings:
        settings.write(settings_file(course))


def open_journal(file: Path) -> IO[bytes]:
    """Open a new file for what the server says. Not the Hub's own log: what is open can be read, too.

    The folder belongs to the server, so whatever stands there under this name is taken away and not followed.
    """
    file.unlink(missing_ok=True)
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600), "wb")
