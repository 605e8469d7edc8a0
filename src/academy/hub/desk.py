"""A participant's own notebook server: what it sees, its walls, and whether this installation can offer it.

It has no network. The door (``academy.hub.door``), which runs outside the walls, lets its owner in through a socket.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from academy.config import Config
from academy.hub.confinement import GIBIBYTE, PATH, SYSTEM_FILES, WALLS, Shown, Walls, why_not

__all__ = ["DOORSTEP", "HOURS", "NOTEBOOKS", "OPEN_AT", "PLACE", "Desk", "command", "desk_of", "environment", "offered"]

PLACE = Path("/home/learner")
"""What JupyterLab shows as its top folder; nothing can be written in it but below ``NOTEBOOKS``."""
NOTEBOOKS = PLACE / "my-notebooks"
"""The person's own folder, as her server sees it."""
DOORSTEP = Path("/run/desk")
"""The folder with the socket, as her server sees it."""
OPEN_AT = "lab.sock"
"""Name of the socket on which her server listens."""
HOURS = 12
"""Hours after which a server ends, whatever it does."""

LIMITS = (
    "nice", "-n", "10",  # pages come first
    "timeout", "--kill-after=10", f"{HOURS}h",
    "prlimit", "--core=0", f"--data={2 * GIBIBYTE}", f"--fsize={GIBIBYTE}", "--nproc=512", "--cpu=3600", "--",
)  # fmt: skip
"""For each process, and how many threads of all. The door looks at all processes together."""
PEOPLE = {"/etc/passwd", "/etc/group", "/etc/nsswitch.conf"}
"""Files that name other users of the machine."""
OPEN = Walls(
    options=WALLS,
    limits=LIMITS,
    system_files=tuple(file for file in SYSTEM_FILES if file not in PEOPLE),
    temporary=GIBIBYTE // 4,
)
KEPT = ("LANG", "LC_ALL", "TZ")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a participant's server gets to see of an installation."""

    installation: Path
    """ACADEMY_HOME: nothing in it shows under its own name."""
    own: Path
    """The person's folder; only its part ``notebooks`` shows."""
    doorstep: Path
    """A folder for the socket, shared with the door."""
    material: tuple[Shown, ...]
    """What was released to her cohorts, and lessons."""

    @property
    def walls(self) -> Walls:
        """Its walls."""
        return OPEN

    @property
    def empty(self) -> tuple[Path, ...]:
        """The top folder."""
        return (PLACE,)

    @property
    def notebooks(self) -> Path:
        """The folder in which she writes."""
        return self.own / "notebooks"

    @property
    def shown(self) -> tuple[Shown, ...]:
        """Her notebooks, what she may read, and the way to the door."""
        own = Shown(self.notebooks, NOTEBOOKS, writable=True)
        return (own, *self.material, Shown(self.doorstep, DOORSTEP, writable=True))

    @property
    def start(self) -> Path:
        """Her notebooks."""
        return NOTEBOOKS


def desk_of(config: Config, username: str, cohorts: Iterable[str], *, doorstep: Path) -> Desk:
    """Return the desk of somebody who takes part in ``cohorts``: of their material, what exists now."""
    released = [
        Shown(config.exchange_dir / cohort / "outbound", PLACE / "assessments" / cohort) for cohort in sorted(cohorts)
    ]
    lessons = Shown(config.home / "build" / "lessons", PLACE / "lessons")
    return Desk(
        installation=config.home,
        own=config.home / "homes" / username,
        doorstep=doorstep,
        material=tuple(one for one in (*released, lessons) if one.source.is_dir()),
    )


def command(base: str) -> list[str]:
    """Return the command of JupyterLab at the address ``base``."""
    settings = files("academy.hub") / "desk_config.py"
    return [sys.executable, "-m", "jupyterlab", "--no-browser", f"--config={settings}", f"--ServerApp.base_url={base}"]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return all that a desk's programs find in their environment: places and a language, nothing about who she is."""
    home = str(NOTEBOOKS)
    return {name: environ[name] for name in KEPT if name in environ} | {
        "HOME": home,
        "USER": "learner",
        "SHELL": "/bin/sh",
        "PATH": PATH,
        "TMPDIR": "/tmp",  # noqa: S108 - nobody else's behind the walls
        "JUPYTER_CONFIG_PATH": str(files("academy.hub") / "desk_settings"),
        "JUPYTER_CONFIG_DIR": f"{home}/.jupyter",
        "JUPYTER_DATA_DIR": f"{home}/.jupyter/data",
        "JUPYTER_RUNTIME_DIR": "/tmp/runtime",  # noqa: S108
        "IPYTHONDIR": f"{home}/.ipython",
        "OPENBLAS_NUM_THREADS": "2",  # else one thread for each processor, in each kernel
    }


def offered(config: Config) -> bool:
    """Tell whether participants can have servers: the programme wants it, and the walls hold on this machine.

    Never beside grading servers without walls: those could read what people write here.
    """
    behaviour = config.behaviour
    wanted = behaviour.participant_servers == "confined" and behaviour.grading_servers == "confined"
    return wanted and fault(config) is None


def fault(config: Config) -> str | None:
    """Try the walls of a desk. Returns None, or why they do not hold here."""
    own = config.home / "homes" / ".trial"
    return why_not(Desk(installation=config.home, own=own, doorstep=own / "doorstep", material=()))
