"""What is asked of a warm process: where a kernel runs, what it may use, and how strictly it is confined."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from academy.errors import AcademyError, Unavailable

__all__ = ["Confinement", "Excess", "KernelNotStarted", "Layer", "Limits", "Order", "UntrustedCodeRefused"]


class Layer(StrEnum):
    """One wall around a kernel that runs code of strangers. Each is asked of the system on its own."""

    NAMESPACES = "namespaces"
    """Own user, process, network, IPC, host name and mount namespaces."""
    FILE_TREE = "file-tree"
    """Own root folder that holds nothing but what is given; this also hides the Unix sockets of others."""
    LANDLOCK = "landlock"
    """A second, independent rule about files, which also stays in force where the file tree is missing."""
    NO_NEW_PRIVILEGES = "no-new-privileges"
    """No capability left, and none to be gained by starting a program."""
    SYSTEM_CALLS = "system-calls"
    """A filter that refuses what submitted code has no use for, the network first of all."""
    LIMITS = "limits"
    """Memory, CPU seconds, open files and the size of a file, for each process."""
    PROCESSES = "processes"
    """How many processes and threads may exist at once."""


class Excess(StrEnum):
    """Which limit a kernel was ended for."""

    MEMORY = "memory"
    CPU = "cpu"
    WALL = "wall"


class UntrustedCodeRefused(AcademyError):
    """A layer of the confinement is missing on this system, so code of strangers is not run."""

    status = 503

    def __init__(self, layer: Layer, reason: str) -> None:
        super().__init__(
            f"This system does not grant the layer “{layer}” ({reason}), so code that somebody handed in is not run.",
            code="untrusted-code-refused",
        )
        self.layer = layer


class KernelNotStarted(Unavailable):
    """A kernel could not be started; the message says why."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Record):
    """What one confined kernel may use."""

    memory: Annotated[int, Field(ge=64)] = 512
    """MiB of address space for each process, beyond what the kernel itself has mapped."""
    total_memory: Annotated[int, Field(ge=64)] = 1024
    """MiB that all processes of the kernel and its temporary files use together; then it is killed."""
    cpu: Annotated[int, Field(ge=1)] = 120
    """Seconds of CPU for all its processes together; then it is killed."""
    wall: Annotated[float, Field(gt=0)] | None = None
    """Seconds from the fork; then it is killed. None for no such limit."""
    processes: Annotated[int, Field(ge=24)] = 64
    """Processes and threads at once; a kernel itself has about ten threads."""
    open_files: Annotated[int, Field(ge=128)] = 256
    """Open files for each process."""
    file_size: Annotated[int, Field(ge=1)] = 32
    """MiB of the largest file."""
    scratch: Annotated[int, Field(ge=1)] = 64
    """MiB of everything below its temporary folder, /tmp and /dev/shm together, which are held in memory."""

    @property
    def scratch_files(self) -> int:
        """How many files and folders there may be: each takes about a KiB that is not counted in ``scratch``."""
        return max(1024, 128 * self.scratch)


class Confinement(_Record):
    """How a kernel is confined."""

    limits: Limits = Limits()
    readable: tuple[str, ...] = ()
    """Folders that may be read, beside the Python installation, the system's libraries and the working folder."""
    programs: bool = False
    """Whether other programs may be started, those in the working folder too."""
    run_untrusted_code_without: frozenset[Layer] = frozenset()
    """Layers that may be missing. Each is named by whoever accepts what that means."""


class Order(_Record):
    """One kernel, as asked for by the provisioner. It is read in the forked child only, never in the warm process."""

    run_folder: str
    """Private folder with the connection file and the sockets."""
    working_folder: str | None
    environment: dict[str, str]
    """The whole environment."""
    arguments: tuple[str, ...]
    """Arguments of ipykernel."""
    confinement: Confinement | None
    """None for code that is trusted."""
    task: Literal["kernel", "notebook"] = "kernel"
    """Whether to be a Jupyter kernel or to run the cells of one notebook that the owner sends."""
    secret: str = ""
    """What a notebook's process seals its words with, as hexadecimal digits."""
    files: str | None = None
    """Folder whose content a notebook finds, as a copy, in its working folder."""

    @property
    def temporary_folder(self) -> str:
        """The kernel's private folder for files that nobody needs later."""
        return f"{self.run_folder}/tmp"  # noqa: S108 - inside a private one
