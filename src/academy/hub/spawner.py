"""The servers that the Hub starts: a grading server where a cohort is named, else a participant's own."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from tornado.web import HTTPError
from traitlets import Bool

from academy.config import Config
from academy.hub import confinement, desk
from academy.hub.grading import GradingSpawner, facilitated, open_journal
from academy.hub.privacy import XSRF_WITHOUT_ADDRESS
from academy.kernels.system_calls import filter_file
from academy.languages.phrases import phrase
from academy.people.model import Role

__all__ = ["NOT_OFFERED", "NO_DESK", "AcademySpawner", "participated", "update_spawner"]

NO_DESK = phrase("A notebook server of one's own is for people who take part in a cohort.")
NOT_OFFERED = phrase(
    "Coding in the browser is not offered on this server. Nothing else is lost: no lesson, assessment or result needs "
    "it."
)
FORWARDED = ["LANG", "LC_ALL", "TZ"]
"""All that a server inherits from the Hub's environment."""
MOST_NAMED = 10
"""Names of servers that a person may leave behind, besides those of her cohorts."""


def participated(user: Any) -> set[str]:
    """Return the cohorts in which a user of the Hub takes part."""
    groups = {group.name for group in user.orm_user.groups}
    if f"{Role.PARTICIPANT}s" not in groups:
        return set()
    kinds = {f"{role}s" for role in Role}
    return {group for group in groups - kinds if not group.endswith(f"-{Role.FACILITATOR}s")}


class Refused(HTTPError):
    """A server that is not started, with the sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, sentence)
        self.jupyterhub_message = sentence
        """What the Hub shows; a failed start loses the other message."""


class AcademySpawner(GradingSpawner):
    """Starts both kinds of servers."""

    offered = Bool(False, config=True, help="Whether participants can have servers in this run.")

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add the places that a grading server may use. A desk's are set by its door."""
        return super().user_env(env) if self.name else env | {"PATH": confinement.PATH}

    async def start(self) -> tuple[str, int]:
        """Start the server if the person has a right to it."""
        return await (super().start() if self.name else self._open_desk())

    async def _open_desk(self) -> tuple[str, int]:
        cohorts = participated(self.user)
        if not cohorts:
            raise Refused(403, NO_DESK)
        why = await asyncio.get_running_loop().run_in_executor(None, desk.fault, self.academy)
        if why or not self.offered:
            self.log.error("Participants' servers are refused: %s", why or "not offered in this run")
            raise Refused(501, NOT_OFFERED)
        doorstep = Path(tempfile.mkdtemp(prefix="academy-desk-"))  # short: a socket's name has 107 characters at most
        own = desk.desk_of(self.academy, str(self.user.name), cohorts, doorstep=doorstep)
        own.notebooks.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as opened:
            given_up = opened.enter_context(ExitStack())
            given_up.callback(shutil.rmtree, doorstep)
            journal = opened.enter_context(open_journal(own.own / "server.log"))
            calls = opened.enter_context(filter_file())
            command = confinement.confined(own, desk.command(self.server.base_url), calls=calls)
            self.args, self.default_url = [], ""
            self.cmd = [sys.executable, "-I", "-m", "academy.hub.door", str(doorstep), *command]
            self.popen_kwargs = {"cwd": "/", "stdout": journal, "stderr": journal, "pass_fds": (calls,)}
            address, port = await LocalProcessSpawner.start(self)
            given_up.pop_all()  # from now on the door removes the folder
        return str(address), int(port)


def most_named(handler: Any) -> int:
    """Return how many named servers somebody may have: each leaves a row with the Hub, also where it is refused."""
    return len(facilitated(handler.current_user)) + MOST_NAMED


def update_spawner(c: Any, config: Config, *, offered: bool) -> None:
    """Set how servers are started; ``offered``: participants can have one."""
    c.JupyterHub.spawner_class = AcademySpawner
    c.JupyterHub.allow_named_servers = True
    c.JupyterHub.named_server_limit_per_user = most_named
    c.AcademySpawner.academy = config
    c.AcademySpawner.confined = config.behaviour.grading_servers == "confined"
    c.AcademySpawner.offered = offered
    c.AcademySpawner.env_keep = list(FORWARDED)
    c.AcademySpawner.environment = dict(XSRF_WITHOUT_ADDRESS)
    c.AcademySpawner.disable_user_config = True
    c.AcademySpawner.start_timeout = 60
    c.AcademySpawner.http_timeout = 60
    c.AcademySpawner.interrupt_timeout = 1  # a grading server asks a terminal before it obeys, and there is none
    c.AcademySpawner.term_timeout = 10
    c.AcademySpawner.consecutive_failure_limit = 0  # one person's broken server must not end the Hub for all
