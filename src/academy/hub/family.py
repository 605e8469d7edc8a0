"""The processes of one run: start the Hub, watch its children, leave nothing behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from academy.config import Config
from academy.hub.privacy import XSRF_WITHOUT_ADDRESS

__all__ = ["Family", "adopt_orphans", "end_with_parent", "hub_environment"]

UNCONFINED = ["--AcademySpawner.confined=False"]
PATIENCE = 25
"""Seconds that the Hub has to stop everything it started."""
KINDS = {
    "academy.web": "The academy service",
    "academy.interactive": "The interactive service",
    "configurable-http-proxy": "The proxy",
}
"""Processes that must always run: a word of their command line, and what we call them."""
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, value: int) -> None:
    """Ask Linux for a property of this process; elsewhere there is no such thing, and less certainty."""
    if LIBC is not None:
        LIBC.prctl(option, value, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of whatever a dying child leaves behind, so that it can still be found and stopped."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def hub_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the Hub's environment: this one's, with our programs first and no settings that a shell left over."""
    programs = str(Path(sys.executable).parent)
    kept = {name: value for name, value in environ.items() if not name.startswith(("JUPYTER", "CONFIGPROXY_"))}
    path = os.pathsep.join([programs, environ.get("PATH", os.defpath)])
    return kept | XSRF_WITHOUT_ADDRESS | {"PATH": path, "PYTHONSAFEPATH": "1"}


def places(config: Config) -> dict[str, str]:
    """Return the settings as environment variables that hold in any working directory."""
    return {
        "ACADEMY_HOME": str(config.home),
        "ACADEMY_PORT": str(config.port),
        "ACADEMY_CONTENT": str(config.content),
        "ACADEMY_DB_URL": config.db_url,
    }


class Family:
    """The Hub and everything below it."""

    def __init__(self, config: Config, *, confined: bool = True) -> None:
        """Start the Hub; with ``confined`` false grading servers have no walls, whatever academy.yml says."""
        self.log = config.home / "logs" / "academy.log"
        self.seen: dict[str, int] = {}
        script = files("academy.hub") / "jupyterhub_config.py"
        with self.log.open("a") as log:
            self.hub = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "jupyterhub", f"--config={script}", *([] if confined else UNCONFINED)],
                cwd=config.home / "hub",
                env=hub_environment(os.environ) | places(config),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the others in order
                preexec_fn=end_with_parent,  # noqa: PLW1509 - no thread runs yet
            )

    @property
    def runs(self) -> bool:
        """Whether the Hub is alive."""
        return self.hub.poll() is None

    def members(self) -> list[psutil.Process]:
        """Return every process below this one."""
        return list(psutil.Process().children(recursive=True))

    def crashes(self) -> list[str]:
        """Return a sentence for each process that was replaced or lost since the last look."""
        now = self._running()
        lost = [kind for kind, pid in self.seen.items() if now.get(kind) != pid]
        self.seen = now
        return [f"{KINDS[kind]} stopped unexpectedly and is being started again." for kind in lost]

    def bury(self) -> None:
        """Let go of ended processes that we adopted: nobody else asks how they ended."""
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error, ChildProcessError):
                if child.pid != self.hub.pid and child.status() == psutil.STATUS_ZOMBIE:
                    os.waitpid(child.pid, os.WNOHANG)

    def _running(self) -> dict[str, int]:
        found: dict[str, int] = {}
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(self.hub.pid).children():
                with contextlib.suppress(psutil.Error):
                    words = " ".join(process.cmdline())
                    found |= {kind: process.pid for kind in KINDS if kind in words}
        return found

    def stop(self) -> None:
        """Stop everything: first as the Hub would, then whatever is left."""
        if self.runs:
            self.hub.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.hub.wait(PATIENCE)
        for send in (psutil.Process.terminate, psutil.Process.kill):
            _end_all(self.members(), send)
        self.hub.wait(1)


def _end_all(members: list[psutil.Process], send: Callable[[psutil.Process], None]) -> None:
    for member in members:
        with contextlib.suppress(psutil.Error):
            send(member)
    until = time.monotonic() + 3
    psutil.wait_procs(members, timeout=max(0, until - time.monotonic()))


def end_with_parent() -> None:
    """Let this process stop, and stop its children, when the one that started it is killed."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
