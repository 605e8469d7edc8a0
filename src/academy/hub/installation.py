"""Preparing an installation before its processes start: folders, store, content, the first invitation."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from academy import clock
from academy.config import Config
from academy.errors import Conflict
from academy.hub.storage import make_schema
from academy.people import actions, queries
from academy.people.model import Role
from academy.store.database import Store

__all__ = ["build_content", "first_invitation", "invite", "only_one", "prepare"]

FOLDERS = ("hub", "secrets", "servers", "homes", "nbgrader", "exchange", "build", "logs")


@contextmanager
def only_one(config: Config) -> Iterator[None]:
    """Hold the installation: two servers on one folder would spoil each other's data. Raises ``Conflict``."""
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (config.home / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"The academy in {config.home} is running already."
            raise Conflict(message, code="running") from error
        yield


def prepare(config: Config) -> None:
    """Make what is missing and bring the rest up to date. Running it again changes nothing."""
    for folder in (config.home, *(config.home / name for name in FOLDERS)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    store = Store(config.db_url)
    store.migrate()
    store.close()
    make_schema(config)
    build_content(config)


def build_content(config: Config) -> Path:
    """Turn the texts into notebooks and return their folder. Raises ``ContentError``."""
    from academy.content.build import build  # noqa: PLC0415 - an invitation needs no content

    out = config.home / "build"
    build(config.content, out)
    return out


def invite(config: Config, role: Role, cohort: str | None, seats: int = 1) -> str:
    """Create an invitation from the command line and return its code. Raises ``AcademyError``."""
    store = Store(config.db_url)
    store.migrate()
    days = config.behaviour.invitation_days
    with store.write() as db:
        if cohort is not None:
            queries.cohort(db, cohort)
        code = actions.create_invitation(
            db, actor="setup", now=clock.now(), role=role, cohort=cohort, seats=seats, days=days
        )
    store.close()
    return code


def first_invitation(config: Config) -> str | None:
    """Return a code for the first coordinator; None when there is one already."""
    store = Store(config.db_url)
    with store.read() as db:
        found = queries.has_coordinator(db)
    store.close()
    return None if found else invite(config, Role.COORDINATOR, None)
