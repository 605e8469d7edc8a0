"""The kernel that is made ready before the fork: each child is a kernel of its own, as if made from nothing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from academy.kernels import pool
from tests import kernel_rooms
from tests.kernel_rooms import Room, room

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
WITHOUT_HISTORY = "--HistoryManager.enabled=False"


@pytest.fixture(scope="module", autouse=True)
def _end_warm_processes() -> Iterator[None]:
    yield
    pool.close()


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list; what is put into it follows in the command of kernels started afterwards."""
    more: list[str] = []
    write = kernel_rooms.write_spec

    def write_with_options(folder: Path, **config: Any) -> None:
        write(folder, **config)
        file = folder / "forked" / "kernel.json"
        spec = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps(spec | {"argv": [*spec["argv"], *more]}), encoding="utf-8")

    monkeypatch.setattr(kernel_rooms, "write_spec", write_with_options)
    return more


def shell(kernel: Room, expression: str) -> Any:
    """Return the value of an expression about the kernel's shell."""
    return kernel.value(expression, setup="from ipykernel.kernelapp import IPKernelApp as App\nip = get_ipython()")


def test_two_kernels_share_no_name(tmp_path: Path) -> None:
    """Identity and session differ, although both kernels were made once."""
    with room(tmp_path) as one, room(tmp_path) as other:
        names = "[ip.kernel.ident, ip.kernel.session.session, ip.displayhook.topic.decode()]"
        assert not set(shell(one, names)) & set(shell(other, names))


def test_a_kernel_lives_in_its_own_folders(tmp_path: Path) -> None:
    """Working folder, home, profile, temporary files and notebook are this kernel's, not the warm process's."""
    work = tmp_path / "work"
    work.mkdir()
    home = str(tmp_path)
    env = {**os.environ, "HOME": home, "IPYTHONDIR": home, "TMPDIR": home, "JPY_SESSION_NAME": "a.ipynb"}
    with room(tmp_path, cwd=work, env=env) as kernel:
        assert shell(kernel, "[str(_dh[0]), ip.starting_dir]") == [str(work), str(work)]
        assert shell(kernel, "[ip.home_dir, ip.ipython_dir]") == [home, home]
        assert shell(kernel, "[ip.profile_dir.location, __session__]") == [f"{home}/profile_default", "a.ipynb"]
        assert kernel.value("tempfile.gettempdir()", setup="import tempfile") == home
        assert shell(kernel, "[App.instance().kernel is ip.kernel, __name__]") == [True, "__main__"]


def test_what_was_typed_is_kept_where_it_is_wanted(tmp_path: Path, options: list[str]) -> None:
    """The history is written into the kernel's own profile, or nowhere."""
    file = tmp_path / "profile_default" / "history.sqlite"
    options.append(WITHOUT_HISTORY)
    env = {**os.environ, "IPYTHONDIR": str(tmp_path)}
    with room(tmp_path, env=env) as kernel:
        assert shell(kernel, "ip.history_manager.enabled") is False
        assert not file.exists()
    options.clear()
    with room(tmp_path, env=env) as kernel:
        assert shell(kernel, "str(ip.history_manager.hist_file)") == str(file)
        assert file.exists()


def test_other_options_are_heard(tmp_path: Path, options: list[str]) -> None:
    """A kernel with an option that the one in stock does not have is made for it."""
    options.append("--InteractiveShell.ast_node_interactivity=all")
    with room(tmp_path) as kernel:
        assert shell(kernel, "ip.ast_node_interactivity") == "all"


def test_a_configuration_file_is_heard(tmp_path: Path) -> None:
    """So is a wish in the person's own configuration."""
    profile = tmp_path / "profile_default"
    (profile / "startup").mkdir(parents=True)
    wish = "c.InteractiveShell.ast_node_interactivity = 'none'"
    (profile / "ipython_config.py").write_text(wish, encoding="utf-8")
    (profile / "startup" / "first.py").write_text("began = True", encoding="utf-8")
    with room(tmp_path, env={**os.environ, "IPYTHONDIR": str(tmp_path)}) as kernel:
        assert shell(kernel, "[ip.ast_node_interactivity, began]") == ["none", True]


def test_widgets_can_be_asked_for_all_at_once(tmp_path: Path) -> None:
    """ipywidgets finds a shell when the warm process imports it, so it answers the page's first question."""
    with room(tmp_path) as kernel:
        targets = kernel.value("sorted(comm.get_comm_manager().targets)", setup="import comm")
        assert {"jupyter.widget", "jupyter.widget.control"} <= set(targets)


def test_the_debugger_answers(tmp_path: Path) -> None:
    """A notebook in JupyterLab can be debugged."""
    with room(tmp_path) as kernel:
        content = {"type": "request", "seq": 1, "command": "debugInfo", "arguments": {}}
        kernel.client.control_channel.send(kernel.client.session.msg("debug_request", content))
        while (answer := kernel.client.get_control_msg(timeout=60))["msg_type"] != "debug_reply":
            pass
        assert answer["content"]["success"] is True


def test_modules_are_not_noted_by_name(tmp_path: Path) -> None:
    """IPython says so where somebody asks it to forget modules, and goes on."""
    with room(tmp_path) as kernel:
        kernel.say("%reset -f aggressive\nimport ipywidgets")
        assert kernel.say("1 + 1; print(2)") == "2"
