"""Kernels are forked from a warm process: quick, alone, and gone when they end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from jupyter_client import AsyncKernelManager

from academy.errors import ConfigError, Unavailable
from academy.kernels import pool
from tests.conftest import ROOT
from tests.kernel_rooms import manager, room, warm_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forked kernels need Linux")

ADDED_BY_IPYKERNEL = {"TERM", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER", "MPLBACKEND"}


@pytest.fixture(scope="module", autouse=True)
def _end_warm_processes() -> Iterator[None]:
    """Leave no warm process behind."""
    yield
    pool.close()


def gone(*pids: int) -> bool:
    """Wait until processes have ended; tell whether they did within ten seconds."""
    running = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return not psutil.wait_procs(running, timeout=10)[1]


def descriptors() -> int:
    """Count the open descriptors of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_forked_kernel_gets_ready_and_answers(tmp_path: Path) -> None:
    """It runs code, and what was preloaded is there."""
    with room(tmp_path) as kernel:
        assert kernel.say("print(6 * 7)") == "42"
        assert kernel.value("'pandas' in sys.modules", setup="import sys")


def test_an_asynchronous_manager_starts_one_too(tmp_path: Path) -> None:
    """As Voilà and nbclient do; several at once."""

    async def start_three() -> list[bool]:
        managers = [manager(tmp_path, AsyncKernelManager) for _ in range(3)]
        await asyncio.gather(*(one.start_kernel() for one in managers))
        alive = [await one.is_alive() for one in managers]
        await asyncio.gather(*(one.shutdown_kernel() for one in managers))
        return alive + [await one.is_alive() for one in managers]

    assert asyncio.run(start_three()) == [True] * 3 + [False] * 3


def test_the_warm_process_has_one_thread(tmp_path: Path) -> None:
    """A thread would not survive the fork, and the lock that it holds would stay locked."""
    with room(tmp_path):
        assert warm_process().num_threads() == 1


def test_two_kernels_draw_different_random_numbers(tmp_path: Path) -> None:
    """The generators' state is not that of the warm process."""
    draw = "[random.random(), float(numpy.random.random()), multiprocessing.current_process().authkey.hex()]"
    setup = "import random, numpy.random, multiprocessing"
    with room(tmp_path) as one, room(tmp_path) as other:
        pairs = zip(one.value(draw, setup=setup), other.value(draw, setup=setup), strict=True)
        assert all(first != second for first, second in pairs)


def test_the_environment_is_exactly_what_was_given(tmp_path: Path) -> None:
    """Nothing of the server's and nothing of the warm process's is left, not even where the system keeps it."""
    given = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LESSON": "river", "TZ": "Asia/Dhaka"}
    with room(tmp_path, env={**given, "JPY_PARENT_PID": "1"}) as kernel:
        found = kernel.value("dict(os.environ)", setup="import os")
        assert {name: found[name] for name in found.keys() - ADDED_BY_IPYKERNEL} == given
        started = kernel.value("open('/proc/self/environ').read()").split("\0")
        assert {line.partition("=")[0] for line in started if line} <= {*pool._ENVIRONMENT, *given}
        assert kernel.say("import time; print(time.strftime('%z'))") == "+0600"


def test_the_warm_process_never_learns_what_a_kernel_was_given(tmp_path: Path) -> None:
    """So no later kernel can find an earlier one's token in the memory that it inherits."""
    token = os.urandom(16).hex()
    with room(tmp_path, env={"PATH": "/usr/bin", "HOME": str(tmp_path), "TOKEN": token}) as kernel:
        assert kernel.say("import os; print(os.environ['TOKEN'])") == token
        assert not in_memory(warm_process().pid, token.encode())
        assert in_memory(kernel.pid, token.encode())


def in_memory(pid: int, needle: bytes) -> bool:
    """Search the writable memory of a process."""
    lines = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    spans = [line.split()[0].split("-") for line in lines if line.split()[1].startswith("rw")]
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end in ((int(low, 16), int(high, 16)) for low, high in spans):
            memory.seek(start)
            if needle in memory.read(end - start):
                return True
    return False


def test_nothing_listens_on_the_network(tmp_path: Path) -> None:
    """Sockets are files in a folder that only this account enters."""
    with room(tmp_path) as kernel:
        assert psutil.Process(kernel.pid).net_connections("inet") == []
        assert warm_process().net_connections("inet") == []
        assert kernel.manager.transport == "ipc"
        assert kernel.folder.stat().st_mode & 0o777 == 0o700


def test_what_a_child_of_the_kernel_prints_is_heard(tmp_path: Path) -> None:
    """Without ipykernel's TCP port for it."""
    with room(tmp_path) as kernel:
        code = "import os\nif os.fork() == 0:\n    print('from the child', flush=True); os._exit(0)\n_ = os.wait()"
        kernel.client.execute(code)
        while "from the child" not in kernel.client.get_iopub_msg(timeout=30)["content"].get("text", ""):
            pass


def test_a_long_temporary_folder_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of a socket may have 107 bytes."""
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    pool.close()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with room(tmp_path) as kernel:
        assert kernel.say("print('here')") == "here"


def test_a_kernel_inherits_no_descriptor_of_another(tmp_path: Path) -> None:
    """Neither orders nor the connections of other kernels."""
    with room(tmp_path), room(tmp_path) as kernel:
        links = kernel.say(
            "import os\nfor n in os.listdir('/proc/self/fd'):\n"
            "    try: print(os.readlink(f'/proc/self/fd/{n}'))\n    except OSError: pass"
        )
        assert "memfd" not in links
        ours = {os.fstat(warm.control.fileno()).st_ino for warm in pool._warm.values()}
        assert not any(f"socket:[{inode}]" in links for inode in ours)


def test_an_interrupt_stops_the_cell_and_not_the_kernel(tmp_path: Path) -> None:
    """As the stop button does."""
    with room(tmp_path) as kernel:
        kernel.client.execute("print('busy', flush=True)\nwhile True: pass")
        while kernel.client.get_iopub_msg(timeout=30)["content"].get("text") != "busy\n":
            pass
        kernel.manager.interrupt_kernel()
        reply = kernel.client.get_shell_msg(timeout=30)
        while reply["msg_type"] != "execute_reply":  # an answer to one of the questions whether it is ready
            reply = kernel.client.get_shell_msg(timeout=30)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        after = kernel.client.execute("", user_expressions={"on": "6 * 7"}, reply=True, timeout=60)
        assert after["content"]["user_expressions"]["on"]["data"]["text/plain"] == "42"


def test_a_restarted_kernel_is_a_new_one_at_the_same_place(tmp_path: Path) -> None:
    """Clients stay connected, variables are gone."""
    with room(tmp_path) as kernel:
        kernel.say("river = 1")
        first = kernel.pid
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=60)
        assert kernel.pid != first
        assert kernel.say("print('river' in dir())") == "False"


def test_a_shutdown_leaves_nothing(tmp_path: Path) -> None:
    """No process, no file, no socket, no descriptor, also of what the kernel started."""
    with room(tmp_path):  # the warm process and what clients keep open are there from now on
        pass
    before = descriptors()
    with room(tmp_path) as kernel:
        pid, folder = kernel.pid, kernel.folder
        child = int(kernel.say("import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"))
    assert gone(pid, child)
    assert not folder.exists()
    assert descriptors() <= before


@pytest.mark.parametrize(("code", "status"), [("os._exit(3)", 3), ("os.kill(os.getpid(), 9)", -9)])
def test_the_exit_status_of_a_kernel_is_known(tmp_path: Path, code: str, status: int) -> None:
    """Though it is no child of the provisioner."""
    with room(tmp_path) as kernel:
        kernel.client.execute(f"import os; {code}")
        assert asyncio.run(kernel.manager.provisioner.wait()) == status


def test_a_killed_warm_process_is_replaced_and_its_kernels_stay(tmp_path: Path) -> None:
    """They go on, can be ended, and the next kernel comes from a new warm process."""
    with room(tmp_path) as kernel:
        warm = warm_process()
        warm.kill()
        assert gone(warm.pid)
        assert kernel.say("print('still here')") == "still here"
        with room(tmp_path) as other:
            assert warm_process().pid != warm.pid
            assert other.say("print('new')") == "new"
        pid, folder = kernel.pid, kernel.folder
        provisioner = kernel.manager.provisioner
        assert asyncio.run(provisioner.poll()) is None
        asyncio.run(provisioner.kill())
        assert asyncio.run(provisioner.wait()) == pool._UNKNOWN
    assert gone(pid)
    assert not folder.exists()


def test_a_stopped_warm_process_does_not_hang_the_next_start(tmp_path: Path) -> None:
    """It is given up after the time that was set, and replaced."""
    with room(tmp_path):
        warm = warm_process()
    warm.suspend()
    with room(tmp_path, start_seconds=2.0) as kernel:
        assert kernel.say("print('new')") == "new"
    assert gone(warm.pid)


def test_kernels_end_when_their_owner_is_killed(tmp_path: Path) -> None:
    """A server that was killed leaves no kernel, no warm process and no folder."""
    script = (
        "import sys; from pathlib import Path; from tests.kernel_rooms import *\n"
        "with room(Path(sys.argv[1])) as kernel:\n"
        "    print(kernel.pid, warm_process().pid, kernel.folder.parent, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as owner:
        assert owner.stdout is not None
        kernel, warm, folder = owner.stdout.readline().split()
        owner.kill()
    assert gone(int(kernel), int(warm))
    assert not Path(folder).exists()


def test_a_specification_of_another_program_is_refused(tmp_path: Path) -> None:
    """What is forked is ipykernel; anything else would not be what the specification says."""
    other = manager(tmp_path)
    other.kernel_spec.argv = ["ruby", "-f", "{connection_file}"]
    with pytest.raises(ConfigError, match="ipykernel_launcher"):
        other.start_kernel()
    assert list(pool._base().iterdir()) == []


def test_other_systems_get_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork, pidfd and namespaces are Linux's."""
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(Unavailable, match="need Linux"):
        manager(tmp_path).start_kernel()
