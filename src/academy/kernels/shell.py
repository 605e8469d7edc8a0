"""IPython's shell inside a notebook's process: made once in the warm process, and what it shows is kept, not sent."""

from __future__ import annotations

import io
import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type, Unicode
from traitlets.config import Config

__all__ = ["NotebookShell", "Recorder", "Stream", "make", "recorder"]

_MOST_TEXT = 1_000_000
"""Characters that one cell may show; the rest is cut off and said to be."""
_MOST_OUTPUTS = 1_000
_CUT = "\n… The rest of the output was cut off.\n"


class Recorder:
    """Collects what a cell shows, in nbformat's form, up to a limit."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self._room = _MOST_TEXT
        self._clear_next = False

    def start(self) -> None:
        """Begin a new cell."""
        self.outputs = []
        self._room = _MOST_TEXT
        self._clear_next = False

    def stream(self, name: str, text: str) -> None:
        """Add printed text; what follows the same stream is joined with it."""
        text = self._cut(text)
        if not text:
            return
        self._clear_if_asked()
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        elif len(self.outputs) < _MOST_OUTPUTS:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def show(self, kind: str, data: Mapping[str, Any], metadata: Mapping[str, Any] | None, **more: Any) -> None:
        """Add something displayed (``display_data`` or ``execute_result``)."""
        plain = {name: _plain(value) for name, value in data.items()}
        size = sum(len(str(value)) for value in plain.values())
        if size > self._room or len(self.outputs) >= _MOST_OUTPUTS:
            self.stream("stdout", _CUT)
            return
        self._room -= size
        self._clear_if_asked()
        self.outputs.append({"output_type": kind, "data": plain, "metadata": dict(metadata or {}), **more})

    def error(self, name: str, value: str, traceback: Sequence[str]) -> None:
        """Add an exception."""
        lines = [self._cut(line) for line in traceback]
        self.outputs.append({"output_type": "error", "ename": name, "evalue": value[:4000], "traceback": lines})

    def clear(self, *, wait: bool) -> None:
        """Take back what was shown so far, now or when something new comes."""
        self._clear_next = True
        if not wait:
            self._clear_if_asked()

    def _clear_if_asked(self) -> None:
        if self._clear_next:
            self._clear_next = False
            self.outputs = []

    def _cut(self, text: str) -> str:
        if len(text) <= self._room:
            self._room -= len(text)
            return text
        kept, self._room = (text[: self._room] + _CUT) if self._room else "", 0
        return kept


recorder = Recorder()
"""The one of this process."""


def _plain(value: Any) -> Any:
    """Return pictures as nbformat keeps them."""
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else value


class Stream(io.TextIOBase):
    """Standard output or error of a notebook."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self._number = number

    def write(self, text: str) -> int:
        """Keep text."""
        recorder.stream(self.name, str(text))
        return len(text)

    def fileno(self) -> int:
        """Return the descriptor that this stands for."""
        return self._number

    def writable(self) -> bool:
        """Say yes."""
        return True


class _Hook(DisplayHook):
    """Keeps the value of a cell's last line."""

    _found: dict[str, Any]

    def start_displayhook(self) -> None:
        """Begin."""
        self._found = {"data": {}, "metadata": {}}

    def write_output_prompt(self) -> None:
        """Write nothing."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Keep the forms of the value."""
        self._found = {"data": format_dict, "metadata": md_dict}

    def finish_displayhook(self) -> None:
        """End."""
        if self._found["data"]:
            count = self.shell.execution_count
            recorder.show("execute_result", self._found["data"], self._found["metadata"], execution_count=count)


class _Publisher(DisplayPublisher):
    """Keeps what ``display`` is given."""

    def publish(self, data: Any, metadata: Any = None, *_: Any, update: bool = False, **more: Any) -> None:
        """Keep it; something shown before under the same name is replaced."""
        name = (more.get("transient") or {}).get("display_id")
        before = [output for output in recorder.outputs if name and output.get("_name") == name]
        for output in before:
            output["data"] = {kind: _plain(value) for kind, value in data.items()}
        if not update:
            recorder.show("display_data", data, metadata, **({"_name": name} if name else {}))

    def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - IPython's signature
        """Take back what the cell has shown."""
        recorder.clear(wait=wait)


class NotebookShell(InteractiveShell):
    """IPython without a terminal and without a frontend."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    colors = Unicode("nocolor")

    def _showtraceback(self, etype: type[BaseException], evalue: Any, stb: Sequence[str]) -> None:
        recorder.error(etype.__name__, str(evalue), list(stb))

    def showtraceback(self, *args: Any, **options: Any) -> None:
        """Show an error; one that cannot even be printed is still an error."""
        try:
            super().showtraceback(*args, **options)
        except BaseException as error:  # noqa: BLE001 - whatever a learner's own exception does when it is printed
            recorder.error(type(error).__name__, "", [])

    def ask_exit(self) -> None:
        """Go on: the end of a notebook is its last cell."""

    def raw_input(self, prompt: str = "") -> str:
        """Raise: nobody is there to answer."""
        message = f"Nobody is there to answer “{prompt}” while a notebook is marked."
        raise StdinNotImplementedError(message)

    def set_parent(self, parent: Any) -> None:
        """Do nothing; ipykernel's shell has this."""


def make() -> InteractiveShell:
    """Make the shell of this process, before it forks; nothing of a person is in it."""
    config = Config()
    config.HistoryManager.enabled = False  # a file, and a thread that would not survive the fork
    config.InteractiveShell.xmode = "Plain"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autoindent = False
    config.InteractiveShell.banner1 = ""
    os.environ.setdefault("IPYTHONDIR", "/nonexistent")
    shell: InteractiveShell = NotebookShell.instance(config=config)
    return shell
