"""What is asked of a warm process: where a kernel runs, what it may use, and how strictly it is confined."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from academy.errors import AcademyError, Unavailable

__all__ = ["Confinement", "KernelNotStarted", "Layer", "Limits", "Order", "UntrustedCodeRefused"]


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
    LIMITS = "limits"
    """Memory, CPU seconds, open files and the size of a file."""
    PROCESSES = "processes"
    """How many processes and threads may exist at once."""


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
    cpu: Annotated[int, Field(ge=1)] = 120
    """Seconds of CPU for each process; then it is killed."""
    processes: Annotated[int, Field(ge=24)] = 64
    """Processes and threads at once; a kernel itself has about ten threads."""
    open_files: Annotated[int, Field(ge=128)] = 256
    """Open files for each process."""
    file_size: Annotated[int, Field(ge=1)] = 32
    """MiB of the largest file."""
    scratch: Annotated[int, Field(ge=1)] = 64
    """MiB of the private temporary folder. It is held in memory."""


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

    @property
    def temporary_folder(self) -> str:
        """The kernel's private folder for files that nobody needs later."""
        return str(Path(self.run_folder) / "tmp")
