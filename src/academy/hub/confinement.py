"""Walls around a facilitator's grading server: the arguments of bubblewrap, and whether it works on this machine.

What the server may see is listed; everything else is not there. docs/decisions/grading-servers-are-confined.md says
what remains.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jupyterhub

from academy.config import Config
from academy.errors import Unavailable
from academy.hub.system_calls import filter_file

__all__ = ["PATH", "REFUSED", "Room", "Stance", "confined", "fault", "mounts", "python_folders", "room_of", "stance"]

REFUSED = (
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
WALLS = (
    "--unshare-all", "--share-net",  # the Hub and the proxy reach the server on the loopback interface
    "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "grading",
)  # fmt: skip
SYSTEM_FOLDERS = ("/usr",)
MERGED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Links into ``/usr`` on most systems, folders of their own on others."""
SYSTEM_FILES = (
    "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives",
)  # fmt: skip
GIBIBYTE = 1 << 30
LIMITS = ("prlimit", "--core=0", f"--data={4 * GIBIBYTE}", f"--fsize={2 * GIBIBYTE}", "--nproc=1024", "--")
"""For each process, and how many of them. Linux does not hold the super-user to the last one."""


@dataclass(frozen=True, slots=True)
class Room:
    """What one server gets to see of an installation."""

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
    def writable(self) -> tuple[Path, ...]:
        """All folders that the server may change."""
        return (self.own, self.course, self.exchange / self.cohort)


def room_of(config: Config, username: str, cohort: str) -> Room:
    """Return the room of somebody's server for a cohort."""
    return Room(
        installation=config.home,
        own=config.home / "servers" / username / cohort,
        course=config.courses_dir / cohort,
        exchange=config.exchange_dir,
        cohort=cohort,
    )


def confined(room: Room, command: Iterable[str], *, calls: int) -> list[str]:
    """Return ``command`` with the walls of ``room`` around it; it starts in the course folder.

    ``calls`` is the number of an open file with the filter of system calls.
    """
    shown = [*_system(), *mounts(room, python_folders())]
    return [PROGRAM, *WALLS, "--seccomp", str(calls), *shown, "--chdir", str(room.course), "--", *LIMITS, *command]


def mounts(room: Room, readable: Iterable[Path]) -> list[str]:
    """Return the arguments for the folders of a server. Parents come first, so what is nearer to a folder decides.

    The installation is covered even where a readable folder contains it.
    """
    plan: list[tuple[Path, str]] = [(path, "--ro-bind") for path in readable]
    covered = {room.installation, room.installation.resolve()}
    plan += [(path, "--tmpfs") for path in (Path("/tmp"), *sorted(covered), room.exchange)]  # noqa: S108 - inside
    plan += [(path, "--bind") for path in room.writable]
    ordered = sorted(plan, key=lambda step: len(step[0].parts))
    words = [word for path, kind in ordered for word in _mount(path, kind)]
    # of /proc, too: the super-user needs no capability to write the system's settings there
    locked = [word for path in (*sorted(covered), Path("/proc"), Path("/")) for word in ("--remount-ro", str(path))]
    return [*words, "--proc", "/proc", "--dev", "/dev", *locked]


def _mount(path: Path, kind: str) -> list[str]:
    return [kind, str(path)] if kind == "--tmpfs" else [kind, str(path), str(path)]


def _system() -> Iterator[str]:
    """Yield the arguments for programs and libraries of the system, and the few files of /etc that they read."""
    for path in SYSTEM_FOLDERS:
        yield from ("--ro-bind", path, path)
    for path in MERGED:
        if Path(path).is_symlink():
            yield from ("--symlink", str(Path(path).readlink()), path)
        else:
            yield from ("--ro-bind-try", path, path)
    for path in SYSTEM_FILES:
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
    """Try to start our Python behind the walls. Returns None, or why it does not work here."""
    folder = config.home / "servers" / ".trial"
    room = Room(installation=config.home, own=folder, course=folder, exchange=folder / "exchange", cohort="trial")
    (room.exchange / room.cohort).mkdir(mode=0o700, parents=True, exist_ok=True)
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
    return Stance(confined=True, said=f"Grading servers cannot be confined ({why}) and are refused. {HELP}")
