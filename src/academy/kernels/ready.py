"""A kernel made ready in the warm process, so that its thousands of small objects are not made in each child again.

In Python 3.11 whoever looks at an object writes its reference count, and the first write to a page of shared memory
copies it. What a child need not look at stays shared; so it does only what belongs to one kernel: session, sockets,
threads, folders, names. A kernel with settings of its own is made from nothing, as ipykernel does it.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from traitlets import Type
from traitlets.config import Config

__all__ = ["ReadyApp", "ReadyKernel", "application", "prepare_warm"]

IPythonKernel: Any = import_module("ipykernel.ipkernel").IPythonKernel
IPKernelApp: Any = import_module("ipykernel.kernelapp").IPKernelApp
Shell: Any = import_module("ipykernel.zmqshell").ZMQInteractiveShell
ProfileDir: Any = import_module("IPython.core.profiledir").ProfileDir

_WITHOUT_HISTORY = "--HistoryManager.enabled=False"
_USUAL = {"HistoryManager", "IPKernelApp"}
"""Sections of a configuration that do not ask for another kernel than the one that is ready."""
_PARENT = 1
"""ipykernel: "somebody looks after you", so no poller and no hint on how to use a terminal."""
_ready: list[ReadyKernel] = []
"""The kernel of the warm process. ipykernel does not know it before the fork, so that nobody sends anything with it."""


class ReadyKernel(IPythonKernel):
    """A kernel made without session and sockets, which it gets when the application asks for a kernel."""

    @classmethod
    def instance(cls, *_: Any, **given: Any) -> Any:
        """Return the kernel of this process, with what is given to it."""
        kernel = _ready[0]
        for kind in cls._walk_mro():
            kind._instance = kernel  # noqa: SLF001 - what a singleton of traitlets does when it is made
        del given["user_ns"]
        for name, value in given.items():
            setattr(kernel, name, value)
        kernel.move_in(kernel.shell)
        return kernel

    def move_in(self, shell: Any) -> None:
        """Become the kernel of this process, in its streams, folders and environment."""
        self.ident = str(uuid.uuid4())
        self._stdout, self._stderr = sys.stdout, sys.stderr
        self.debugger.session, self.debugger.shell_socket = self.session, self.debug_shell_socket
        self.debugger.debugpy_client.debugpy_stream = self.debugpy_stream
        shell.displayhook.session = shell.display_pub.session = self.session
        shell.displayhook.pub_socket = shell.display_pub.pub_socket = self.iopub_socket
        shell.displayhook.topic = self._topic("execute_result")
        shell.save_sys_module_state()
        shell.init_ipython_dir(None)
        shell.profile_dir = self.profile_dir
        shell.starting_dir, shell.home_dir = str(Path.cwd()), str(Path.home())
        shell.init_environment()
        shell.init_virtualenv()
        shell.configurables.remove(shell.history_manager)
        shell.config.HistoryManager = self.parent.config.HistoryManager
        shell.init_history()
        shell.init_user_ns()
        if "JPY_SESSION_NAME" in os.environ:
            shell.user_ns["__session__"] = os.environ["JPY_SESSION_NAME"]


class ReadyApp(IPKernelApp):
    """ipykernel's application with the kernel that is ready."""

    kernel_class = Type(ReadyKernel, klass="ipykernel.kernelbase.Kernel").tag(config=True)

    def parse_command_line(self, argv: Sequence[str] | None = None) -> None:
        """Read what ``application`` has let pass; argparse would look at every trait of every class."""
        _, file, *without_history = argv or ()
        self.connection_file = file
        self.connection_dir = str(Path(file).parent)
        if without_history:
            self.config.HistoryManager.enabled = False

    def load_config_file(self, *arguments: Any, **options: Any) -> None:
        """Read the files of the system and the person; make another kernel when they have wishes about it."""
        super().load_config_file(*arguments, **options)
        if not self.config.keys() <= _USUAL:
            Shell.clear_instance()
            self.kernel_class = IPythonKernel

    def init_code(self) -> None:
        """Run start-up files. IPython would also note the name of every module, for ``%reset -f aggressive``: 2 MB."""
        self._run_startup_files()
        self._run_exec_lines()
        self._run_exec_files()
        self.shell.user_ns_hidden.update(self.shell.user_ns)


def prepare_warm() -> None:
    """Make the kernel, and the shell that modules imported from now on look for."""
    os.environ["IPYTHONDIR"] = str(Path.cwd())  # until the child has its own
    app = ReadyApp(parent_handle=_PARENT)
    without_history = Config({"HistoryManager": {"enabled": False}})  # no thread, no file
    kernel = ReadyKernel(parent=app, config=without_history, log=app.log, profile_dir=ProfileDir())
    for extension in app.default_extensions:
        kernel.shell.extension_manager.load_extension(extension)
    kernel.shell.transform_cell("None")  # compiles the regular expressions
    _ready[:] = [kernel]


def application(arguments: Sequence[str]) -> Any:
    """Return the application for a kernel with these options, not yet initialized."""
    usual = len(arguments) in {2, 3} and arguments[0] == "-f" and set(arguments[2:]) <= {_WITHOUT_HISTORY}
    if not usual or not _ready:
        Shell.clear_instance()
        return IPKernelApp.instance(parent_handle=_PARENT)
    app = _ready[0].parent
    for kind in ReadyApp._walk_mro():  # noqa: SLF001 - as above
        kind._instance = app  # noqa: SLF001
    return app
