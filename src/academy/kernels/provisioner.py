"""The plug-point of Jupyter: a kernel provisioner that forks a warm process instead of starting Python.

It is chosen in a kernel specification, whose ``metadata.kernel_provisioner`` holds ``provisioner_name: academy-fork``
and a ``config`` with the traits of ``ForkProvisioner``. It serves Voilà, nbclient, nbgrader and JupyterLab alike.
"""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerBase
from pydantic import ValidationError
from traitlets import Dict, Float, List, Unicode

from academy.errors import ConfigError, Unavailable
from academy.kernels import pool
from academy.kernels.model import Confinement, Order

__all__ = ["ForkProvisioner"]

_LAUNCHER = "ipykernel_launcher"


class ForkProvisioner(KernelProvisionerBase):
    """Starts Python kernels by forking, on IPC sockets in a private folder, confined if asked for."""

    preload = List(Unicode(), help="Modules that the warm process imports, beside those that every kernel needs.").tag(
        config=True
    )
    confine = Dict(
        default_value=None,
        allow_none=True,
        help="Confinement of kernels that run code of strangers (academy.kernels.model.Confinement); {} for defaults.",
    ).tag(config=True)
    environment = List(
        Unicode(),
        default_value=["LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ"],
        help="Variables that a confined kernel gets from the server, beside those of its kernel specification.",
    ).tag(config=True)
    start_seconds = Float(60.0, help="Seconds after which a start has failed, imports included.").tag(config=True)

    _forked: pool.Forked | None = None
    _folder: Path | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet waited for."""
        return self._forked is not None

    @property
    def pid(self) -> int | None:
        """Process id of the kernel, as seen from outside."""
        return self._forked.pid if self._forked else None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the private folder and the sockets in it. Raises ``Unavailable`` where processes cannot be forked."""
        if sys.platform != "linux":
            message = "Forked kernels need Linux; choose the kernel “python3” here."
            raise Unavailable(message)
        manager = self.parent
        kwargs.pop("transport_encryption", None)  # nobody else can open the sockets
        extra = kwargs.pop("extra_arguments", [])
        if self._folder is None:
            self._folder = pool.private_folder()
            manager.transport, manager.ip = "ipc", str(self._folder / "k")
            manager.connection_file = str(self._folder / "kernel.json")
        manager.write_connection_file(jupyter_session=kwargs.get("env", {}).get("JPY_SESSION_NAME", ""))
        self.connection_info = manager.get_connection_info()
        command = manager.format_kernel_cmd(extra_arguments=extra)
        launch: dict[str, Any] = await super().pre_launch(cmd=command, **kwargs)
        return launch

    def _finalize_env(self, env: dict[str, str]) -> None:
        """Leave a confined kernel nothing of the server's environment but what is listed."""
        super()._finalize_env(env)
        env.pop("JPY_PARENT_PID", None)
        if self.confine is not None:
            allowed = {*self.environment, *self.kernel_spec.env}
            kept = {name: value for name, value in env.items() if name in allowed}
            own = dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR"), str(Path(str(self._folder)) / "tmp"))
            env.clear()
            env.update(kept | own)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork. Raises ``UntrustedCodeRefused``, ``KernelNotStarted`` or ``ConfigError``."""
        try:
            order = self._order(cmd, **kwargs)
            self._forked = await pool.fork(order, tuple(self.preload), seconds=self.start_seconds)
        except BaseException:
            self._remove_folder()
            raise
        return self.connection_info

    def _order(self, cmd: list[str], *, env: dict[str, str], cwd: str | Path | None = None, **_: Any) -> Order:
        confinement = self._confinement()
        return Order(
            run_folder=str(self._folder),
            working_folder=_working_folder(cwd, confined=confinement is not None),
            environment=env,
            arguments=_arguments(cmd),
            confinement=confinement,
        )

    def _confinement(self) -> Confinement | None:
        if self.confine is None:
            return None
        try:
            return Confinement.model_validate(self.confine)
        except ValidationError as error:
            first = error.errors()[0]
            message = f"The confinement of a kernel: {'.'.join(map(str, first['loc']))}: {first['msg']}."
            raise ConfigError(message) from error

    async def poll(self) -> int | None:
        """Return None while the kernel runs, then its exit status."""
        if self._forked is None:
            return 0
        return await self._forked.status() if self._forked.ended() else None

    async def wait(self) -> int | None:
        """Wait for the end; return the exit status and let go of the process."""
        if self._forked is None:
            return 0
        status = await self._forked.status()
        self._release()
        return status

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and what it started."""
        if self._forked is not None:
            self._forked.signal(signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the base class's signature
        """End the kernel at once."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as above
        """Ask the kernel to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - as above
        """Let go of the process; remove the folder with the sockets unless the kernel is to start again."""
        self._release()
        if not restart:
            self._remove_folder()

    async def get_provisioner_info(self) -> dict[str, Any]:
        """Return what Jupyter shows about a kernel's process."""
        return {**await super().get_provisioner_info(), "pid": self.pid}

    def _release(self) -> None:
        if self._forked is not None:
            self._forked.release()
            self._forked = None

    def _remove_folder(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _arguments(command: list[str]) -> tuple[str, ...]:
    """Return what stands after the launcher's name in the kernel specification's command."""
    if _LAUNCHER not in command:
        message = f"A forked kernel is ipykernel: its specification must start “python -m {_LAUNCHER}”."
        raise ConfigError(message)
    return tuple(command[command.index(_LAUNCHER) + 1 :])


def _working_folder(cwd: str | Path | None, *, confined: bool) -> str | None:
    """Return the working folder; a confined kernel's must not hold Python itself, which would make that writable."""
    if cwd is None:
        return None if confined else str(Path.cwd())
    folder = Path(cwd).absolute()
    if confined and any(Path(root).is_relative_to(folder.resolve()) for root in (sys.prefix, sys.base_prefix, "/usr")):
        message = "The working folder of a confined kernel must not hold the Python installation."
        raise ConfigError(message)
    return str(folder)
