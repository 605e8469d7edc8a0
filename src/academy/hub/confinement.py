"""Walls around a person's JupyterLab server: the arguments of bubblewrap, and whether it works on this machine.

What a server may see is listed; everything else is not there. docs/decisions/grading-servers-are-confined.md and
participants-code-behind-a-door.md say what remains.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import jupyterhub

from academy.config import Config
from academy.errors import Unavailable
from academy.kernels.system_calls import filter_file
from academy.languages.phrases import phrase

__all__ = [
    "GIBIBYTE", "PATH", "REFUSED", "SYSTEM_FILES", "WALLS", "Enclosed", "Room", "Shown", "Stance", "Walls", "confined",
    "fault", "mounts", "python_folders", "room_of", "stance", "why_not",
]  # fmt: skip

REFUSED = phrase(
    "Grading cannot be opened yet: the program that closes it off from everything else, bubblewrap, is missing or does "
    "not work on this machine. Whoever runs the academy can install it."
)
HELP = (
    "Install bubblewrap (on Debian and Ubuntu: apt-get install bubblewrap), or write “grading_servers: unconfined” "
    "into academy.yml and let only people facilitate who may read everything here."
)
PROGRAM = "bwrap"
PATH = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
"""Where a server, and we for it, look for programs."""
PATIENCE = 20  # seconds
WALLS = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "academy")
SYSTEM_FOLDERS = ("/usr",)
MERGED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Links into ``/usr`` on most systems, folders of their own on others."""
SYSTEM_FILES = (
    "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives",
)  # fmt: skip
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder inside
GIBIBYTE = 1 << 30
LIMITS = ("prlimit", "--core=0", f"--data={4 * GIBIBYTE}", f"--fsize={2 * GIBIBYTE}", "--nproc=1024", "--")
"""For each process, and how many of them. Linux does not hold the super-user to the last one."""


@dataclass(frozen=True, slots=True)
class Walls:
    """How one kind of server is closed off."""

    options: tuple[str, ...]
    """What bubblewrap is told besides the folders."""
    limits: tuple[str, ...]
    """The programs that set limits and then start the server."""
    system_files: tuple[str, ...] = SYSTEM_FILES
    """What of ``/etc`` shows."""
    temporary: int | None = None
    """Most bytes in ``/tmp`` and in shared memory, each; None: what the machine has."""
    sealed: bool = True
    """Whether nothing can be put into the folders that are empty but for what is shown."""


GRADING = Walls(
    options=(*WALLS, "--share-net"),  # the proxy reaches it on the loopback interface
    limits=LIMITS,
    sealed=False,  # nbgrader works with an exchange only where it may write
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One folder that a server sees."""

    source: Path
    """Where it is on this machine."""
    place: Path
    """Where the server finds it."""
    writable: bool = False


class Enclosed(Protocol):
    """What one server gets to see, and how it is closed off."""

    @property
    def walls(self) -> Walls:
        """Its walls."""

    @property
    def installation(self) -> Path:
        """ACADEMY_HOME: nothing in it shows but the folders below."""

    @property
    def empty(self) -> tuple[Path, ...]:
        """Folders that stand there with nothing in them but what is shown."""

    @property
    def shown(self) -> tuple[Shown, ...]:
        """Its folders."""

    @property
    def start(self) -> Path:
        """Where it starts."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a facilitator's grading server gets to see of an installation."""

    installation: Path
    """ACADEMY_HOME: nothing in it shows but the folders below."""
    own: Path
    """The server's own folder."""
    course: Path
    """The cohort's course folder."""
    exchange: Path
    """nbgrader's exchange, of which the part of this course shows."""
    cohort: str
    """Short name of the cohort; it is also the course's name in the exchange."""

    @property
    def walls(self) -> Walls:
        """Its walls."""
        return GRADING

    @property
    def empty(self) -> tuple[Path, ...]:
        """The exchange, but for this course's part."""
        return (self.exchange,)

    @property
    def writable(self) -> tuple[Path, ...]:
        """All folders that the server may change."""
        return (self.own, self.course, self.exchange / self.cohort)

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The same, where they are."""
        return tuple(Shown(path, path, writable=True) for path in self.writable)

    @property
    def start(self) -> Path:
        """The course folder: formgrader wants it at or below its root."""
        return self.course


def room_of(config: Config, username: str, cohort: str) -> Room:
    """Return the room of somebody's server for a cohort."""
    return Room(
        installation=config.home,
        own=config.home / "servers" / username / cohort,
        course=config.courses_dir / cohort,
        exchange=config.exchange_dir,
        cohort=cohort,
    )


def confined(room: Enclosed, command: Iterable[str], *, calls: int) -> list[str]:
    """Return ``command`` with the walls of ``room`` around it.

    ``calls`` is the number of an open file with the filter of system calls.
    """
    walls = room.walls
    folders = [*_system(walls.system_files), *mounts(room, python_folders()), "--chdir", str(room.start)]
    return [PROGRAM, *walls.options, "--seccomp", str(calls), *folders, "--", *walls.limits, *command]


def mounts(room: Enclosed, readable: Iterable[Path]) -> list[str]:
    """Return the arguments for the folders of a server. Parents come first, so what is nearer to a folder decides.

    The installation is covered even where a readable folder contains it.
    """
    covered = sorted({room.installation, room.installation.resolve()})
    size = room.walls.temporary
    plan = [(path, ["--ro-bind", str(path), str(path)]) for path in readable]
    plan += [(path, ["--tmpfs", str(path)]) for path in (*covered, *room.empty)]
    plan += [(Path("/tmp"), _memory(Path("/tmp"), size))]  # noqa: S108 - inside
    plan += [(one.place, _shown(one)) for one in room.shown]
    words = [word for _, step in sorted(plan, key=lambda step: len(step[0].parts)) for word in step]
    # of /proc, too: the super-user needs no capability to write the system's settings there
    closed = (*covered, *(room.empty if room.walls.sealed else ()), Path("/proc"), Path("/"))
    locked = [word for path in closed for word in ("--remount-ro", str(path))]
    devices = ["--dev", "/dev", *(() if size is None else (*_memory(MEMORY, size), "--remount-ro", "/dev"))]
    return [*words, "--proc", "/proc", *devices, *locked]


def _shown(one: Shown) -> list[str]:
    return ["--bind" if one.writable else "--ro-bind", str(one.source), str(one.place)]


def _memory(path: Path, size: int | None) -> list[str]:
    return [*(() if size is None else ("--size", str(size))), "--tmpfs", str(path)]


def _system(files: Iterable[str]) -> Iterator[str]:
    """Yield the arguments for programs and libraries of the system, and the few files of /etc that they read."""
    for path in SYSTEM_FOLDERS:
        yield from ("--ro-bind", path, path)
    for path in MERGED:
        if Path(path).is_symlink():
            yield from ("--symlink", str(Path(path).readlink()), path)
        else:
            yield from ("--ro-bind-try", path, path)
    for path in files:
        yield from ("--ro-bind-try", path, path)


def python_folders() -> list[Path]:
    """Return what this Python needs: its folders, our packages, and the links that lead to its program."""
    packages = [Path(__file__).parents[1], Path(jupyterhub.__file__).parents[1]]
    wanted = [Path(sys.base_prefix), Path(sys.prefix), *packages, *_links(Path(sys.executable))]
    found: list[Path] = []
    for path in [one for given in wanted for one in (given.resolve(), given)]:
        if not any(path.is_relative_to(known) for known in [*found, *map(Path, SYSTEM_FOLDERS)]):
            found.append(path)
    return found


def _links(path: Path) -> Iterator[Path]:
    while path.is_symlink():
        path = Path(os.path.normpath(path.parent / path.readlink()))
        yield path


def fault(config: Config) -> str | None:
    """Try to start our Python behind the walls of a grading server. Returns None, or why it does not work here."""
    folder = config.home / "servers" / ".trial"
    room = Room(installation=config.home, own=folder, course=folder, exchange=folder / "exchange", cohort="trial")
    return why_not(room)


def why_not(room: Enclosed) -> str | None:
    """Try to start our Python behind the walls of ``room``, whose folders are made. Returns None, or why it fails."""
    for one in room.shown:
        one.source.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with filter_file() as calls:
            command = confined(room, [sys.executable, "-I", "-c", "import academy, jupyterhub"], calls=calls)
            done = _tried(command, calls)
    except FileNotFoundError:
        return f"there is no program {PROGRAM}"
    except Unavailable as error:
        return error.message
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{PROGRAM} does not run: {type(error).__name__}"
    said = done.stderr.strip().splitlines()
    return None if done.returncode == 0 else (said[-1] if said else f"{PROGRAM} ended with {done.returncode}")


def _tried(command: list[str], calls: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own words
        command,
        env={"PATH": PATH},
        pass_fds=(calls,),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PATIENCE,
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Stance:
    """How grading servers are started in this run."""

    confined: bool
    """False: without walls. True where bubblewrap does not work: not at all."""
    said: str | None
    """What whoever starts the academy has to know; None when all is well."""


def stance(config: Config, *, demo: bool) -> Stance:
    """Return how servers are started. The demo may go without walls, unless academy.yml asks for them by name."""
    behaviour = config.behaviour
    if behaviour.grading_servers == "unconfined":
        who = "whoever facilitates a cohort can read everything that the academy keeps"
        return Stance(confined=False, said=f"Grading servers run unconfined, as academy.yml says: {who}.")
    why = fault(config)
    if why is None:
        return Stance(confined=True, said=None)
    if demo and "grading_servers" not in behaviour.model_fields_set:
        invented = "which is bearable only because the people of the demo are invented"
        return Stance(confined=False, said=f"Grading servers run unconfined ({why}), {invented}. {HELP}")
    refused = f"Grading servers cannot be confined ({why}) and are refused."
    return Stance(confined=True, said=f"{refused} Participants get no notebook servers. {HELP}")
