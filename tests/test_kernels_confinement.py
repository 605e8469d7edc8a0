"""A confined kernel reaches nothing but its own folder, and what it can use up is limited."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from academy.errors import ConfigError
from academy.kernels import pool
from academy.kernels.layers import layers
from academy.kernels.model import Layer
from tests.conftest import ROOT
from tests.kernel_rooms import Room, manager, room

MISSING = [granted.layer for granted in layers() if not granted.granted]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"this system does not grant {', '.join(MISSING)}")

SECRET = "the name of a witness"
TRY = """
def attempt(act):
    try:
        return repr(act())
    except BaseException as error:
        return type(error).__name__
import ctypes, errno, os, signal, socket, subprocess
"""


@pytest.fixture(scope="module", autouse=True)
def _end_warm_processes() -> Iterator[None]:
    """Leave no warm process behind."""
    yield
    pool.close()


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """Make a folder to work in, one to read and one of somebody else."""
    return make_places(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make such folders once for all tests that leave them as they are."""
    return make_places(tmp_path_factory.mktemp("shared"))


def make_places(folder: Path) -> dict[str, Path]:
    """Make the folders."""
    folders = {name: folder / name for name in ("work", "read", "other")}
    for place in folders.values():
        place.mkdir()
        (place / "paper.txt").write_text(SECRET, encoding="utf-8")
    return folders


@pytest.fixture(scope="module")
def kernel(shared: dict[str, Path]) -> Iterator[Room]:
    """Start a confined kernel for all tests that leave it as it is."""
    confine = {"readable": [str(shared["read"])]}
    environment = {**os.environ, "ACADEMY_HUB_TOKEN": SECRET}
    with room(shared["work"].parent, cwd=shared["work"], env=environment, confine=confine) as running:
        yield running


def attempts(kernel: Room, *acts: str) -> list[str]:
    """Try expressions in the kernel; each gives a value or the name of its error."""
    lambdas = ", ".join(f"attempt(lambda: {act})" for act in acts)
    answers: list[str] = kernel.value(f"[{lambdas}]", setup=TRY)
    return answers


def test_it_works_in_its_folder_and_a_private_temporary_one(kernel: Room, shared: dict[str, Path]) -> None:
    """What a learner's code may do, it can do."""
    assert kernel.say("import pandas; print(pandas.DataFrame({'a': [1, 2]}).a.sum())") == "3"
    assert attempts(kernel, "open('paper.txt').read()") == [repr(SECRET)]
    assert attempts(kernel, "open('new.txt', 'w').write('x')", "open('/tmp/new', 'w').write('x')") == ["1", "1"]
    assert attempts(kernel, "__import__('tempfile').TemporaryFile().write(b'x')") == ["1"]
    assert (shared["work"] / "new.txt").read_text(encoding="utf-8") == "x"
    assert attempts(kernel, f"open('{shared['read'] / 'paper.txt'}').read()") == [repr(SECRET)]


@pytest.mark.parametrize(
    "act",
    [
        "open('/etc/passwd')",
        "os.listdir('/etc')",
        "os.listdir('/')",
        "open('{other}/paper.txt')",
        "os.listdir('{other}')",
        "os.symlink('{other}/paper.txt', 'link') or open('link')",
        "os.link('{other}/paper.txt', 'hard')",
        "open('{root}/pyproject.toml')",
        "open('/proc/1/root{other}/paper.txt')",
        "os.chdir('{other}')",
    ],
)
def test_it_reads_nothing_else(kernel: Room, shared: dict[str, Path], act: str) -> None:
    """Neither the system's files, nor ours, nor another learner's."""
    assert attempts(kernel, act.format(other=shared["other"], root=ROOT))[0] in {"FileNotFoundError", "PermissionError"}


@pytest.mark.parametrize(
    "act",
    [
        "open('{read}/paper.txt', 'a')",
        "open('{read}/new.txt', 'w')",
        "os.remove('{read}/paper.txt')",
        "os.chmod('{read}/paper.txt', 0)",
        "os.utime('{read}/paper.txt')",
        "open(os.__file__, 'a')",
        "open('/usr/new', 'w')",
        "open('/new', 'w')",
        "open('/proc/sys/kernel/core_pattern', 'w')",
        "open('/proc/1/oom_score_adj', 'w')",
        "os.mknod('device', 0o60600, os.makedev(254, 0))",
    ],
)
def test_it_writes_nowhere_else(kernel: Room, shared: dict[str, Path], act: str) -> None:
    """What may be read stays as it is."""
    assert attempts(kernel, act.format(read=shared["read"]))[0] in {"OSError", "PermissionError", "FileNotFoundError"}
    assert (shared["read"] / "paper.txt").read_text(encoding="utf-8") == SECRET


def test_it_has_no_network(kernel: Room) -> None:
    """TCP, UDP and IPv6 do not even lead to this machine, and there is no interface that leads further.

    Only addresses of this machine are tried: a test that finds a hole must not send anything through it.
    """
    with socket.create_server(("127.0.0.1", 0)) as here, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("127.0.0.1", 0))
        datagrams.setblocking(False)
        tcp, udp = here.getsockname(), datagrams.getsockname()
        answers = attempts(
            kernel,
            f"socket.create_connection({tcp}, 2)",
            "socket.create_connection(('::1', 80), 2)",
            f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', {udp})",
        )
        assert set(answers) <= {"OSError", "PermissionError", "gaierror", "ConnectionRefusedError"}, answers
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)
    assert attempts(kernel, "socket.if_nameindex()", "os.listdir('/sys')") == ["PermissionError", "FileNotFoundError"]
    assert kernel.value("[line.split(':')[0].strip() for line in open('/proc/net/dev')][2:]") == ["lo"]


def test_it_reaches_no_unix_socket_of_others(kernel: Room, places: dict[str, Path], tmp_path: Path) -> None:
    """Neither one with a path, nor an abstract one, nor that of the next kernel."""
    path, abstract = str(tmp_path / "s"), f"\0academy-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as nameless:
        named.bind(path)
        nameless.bind(abstract)
        named.listen()
        nameless.listen()
        answers = attempts(
            kernel,
            f"socket.socket(socket.AF_UNIX).connect({path!r})",
            f"socket.socket(socket.AF_UNIX).connect({abstract!r})",
        )
    assert answers == ["FileNotFoundError", "ConnectionRefusedError"] or answers[1] == "PermissionError"
    with room(tmp_path, confine={}, cwd=places["work"]) as neighbour:
        (answer,) = attempts(kernel, f"socket.socket(socket.AF_UNIX).connect('{neighbour.folder}/k-1')")
        assert answer == "FileNotFoundError"


def test_it_sees_and_signals_no_other_process(kernel: Room) -> None:
    """It is process 1 of its own world."""
    assert kernel.value("sorted(n for n in os.listdir('/proc') if n.isdigit())", setup="import os") == ["1"]
    warm = psutil.Process(kernel.pid).ppid()
    for pid in (os.getpid(), warm):
        answers = attempts(
            kernel,
            f"os.kill({pid}, 0)",
            f"os.pidfd_open({pid})",
            f"ctypes.CDLL(None).ptrace(16, {pid}, None, None)",
        )
        assert answers == ["ProcessLookupError", "ProcessLookupError", "-1"]
    assert attempts(kernel, "os.getppid()") == ["0"]


def test_it_has_no_privilege_and_gains_none(kernel: Room) -> None:
    """No capability, no new namespace, no mount, no other user, no program."""
    status = kernel.say("print(open('/proc/self/status').read())")
    assert "CapEff:\t0000000000000000" in status
    assert "CapPrm:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
    answers = attempts(
        kernel,
        "ctypes.CDLL(None).unshare(0x10000000)",
        "ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "ctypes.CDLL(None).umount2(b'/tmp', 2)",
        "os.setuid(0)",
        "os.chroot('/tmp')",
        "subprocess.run(['/bin/ls'])",
    )
    assert answers == ["-1", "-1", "-1", "OSError", "PermissionError", "PermissionError"]


def test_it_gets_no_secret_from_the_servers_environment(kernel: Room) -> None:
    """Only what is listed is handed over."""
    found = kernel.say("import os; print(dict(os.environ), open('/proc/self/environ').read())")
    assert "TOKEN" not in found
    assert SECRET not in found


def test_programs_may_be_allowed(tmp_path: Path, places: dict[str, Path]) -> None:
    """For tasks that need them; they live behind the same walls."""
    with room(tmp_path, cwd=places["work"], confine={"programs": True}) as kernel:
        code = "import subprocess; print(subprocess.run(['/bin/cat', '/etc/passwd'], capture_output=True).returncode)"
        assert kernel.say(code) == "1"


def test_it_cannot_use_up_memory(tmp_path: Path, places: dict[str, Path]) -> None:
    """Python says so in the cell, and the kernel goes on; files in memory are limited too."""
    with room(tmp_path, cwd=places["work"], confine={"limits": {"memory": 256, "scratch": 8}}) as kernel:
        assert kernel.say("rows = []\nwhile True: rows.append(bytes(1 << 20))").startswith("MemoryError")
        kernel.say("rows = None")
        fill = "for n in range(64): open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))"
        assert "No space left" in kernel.say(fill)


def test_it_cannot_write_huge_files_or_open_too_many(tmp_path: Path, places: dict[str, Path]) -> None:
    """The disk belongs to everybody."""
    with room(tmp_path, cwd=places["work"], confine={"limits": {"file_size": 1, "open_files": 128}}) as kernel:
        assert "File too large" in kernel.say("open('big', 'wb').write(bytes(1 << 21))")
        assert (places["work"] / "big").stat().st_size <= 1 << 20
        assert "Too many open files" in kernel.say("import os\nheld = [os.open('/dev/null', 0) for _ in range(200)]")


def test_it_cannot_use_up_processes(tmp_path: Path, places: dict[str, Path]) -> None:
    """A fork bomb hits the limit, and all of it ends with the kernel."""
    bomb = """
import os, signal
started = 0
try:
    while started < 1000:
        if os.fork() == 0:
            os.setsid(); signal.pause(); os._exit(0)
        started += 1
except OSError as error:
    print(type(error).__name__, started < 500)
"""
    with room(tmp_path, cwd=places["work"], confine={"limits": {"processes": 40}}) as kernel:
        assert kernel.say(bomb) == "BlockingIOError True"
        children = psutil.Process(kernel.pid).children(recursive=True)
        assert children
    assert psutil.wait_procs(children, timeout=10)[1] == []


def test_it_cannot_use_up_the_processor(tmp_path: Path, places: dict[str, Path]) -> None:
    """After its seconds the kernel is killed, whatever it catches."""
    with room(tmp_path, cwd=places["work"], confine={"limits": {"cpu": 2}}) as kernel:
        kernel.client.execute("import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass")
        _, alive = psutil.wait_procs([psutil.Process(kernel.pid)], timeout=30)
        assert alive == []
        assert kernel.manager.provisioner._forked.ended()


def test_an_interrupt_and_a_shutdown_work_as_ever(tmp_path: Path, places: dict[str, Path]) -> None:
    """Process 1 ignores signals that it has no handler for; these it has."""
    with room(tmp_path, cwd=places["work"], confine={}) as kernel:
        kernel.client.execute("print('busy', flush=True)\nwhile True: pass")
        while kernel.client.get_iopub_msg(timeout=30)["content"].get("text") != "busy\n":
            pass
        kernel.manager.interrupt_kernel()
        reply = kernel.client.get_shell_msg(timeout=30)
        while reply["msg_type"] != "execute_reply":  # an answer to one of the questions whether it is ready
            reply = kernel.client.get_shell_msg(timeout=30)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        process = psutil.Process(kernel.pid)
        kernel.manager.signal_kernel(signal.SIGTERM)
        assert psutil.wait_procs([process], timeout=10)[1] == []


def test_a_working_folder_that_holds_python_is_refused(tmp_path: Path) -> None:
    """It would make the installation writable for everybody's next kernel."""
    with pytest.raises(ConfigError, match="must not hold"):
        manager(tmp_path, confine={}).start_kernel(cwd=sys.prefix)


def test_an_unknown_key_of_a_confinement_is_refused(tmp_path: Path) -> None:
    """A typing error never silently switches a protection off."""
    with pytest.raises(ConfigError, match="limit"):
        manager(tmp_path, confine={"limit": {}}).start_kernel()


WITHOUT_NAMESPACES = """
import json, os, sys
from pathlib import Path
from academy.errors import AcademyError
from tests.kernel_rooms import room
folder = Path(sys.argv[1])
try:
    with room(folder, cwd=folder / "work", confine=json.loads(sys.argv[2])) as kernel:
        tries = ["1 + 1", "open('/etc/passwd').read()", f"os.listdir('{folder}/other')", "open('new', 'w').write('x')"]
        code = "[attempt(lambda: eval(one)) for one in %r]" % tries
        print(json.dumps(kernel.value(code, setup=sys.argv[3])))
except AcademyError as error:
    print(json.dumps([error.code, str(getattr(error, "layer", "")), error.message]))
"""


def where_namespaces_are_refused(folder: Path, confine: dict[str, Any]) -> list[str]:
    """Start a confined kernel in a world that allows no further user namespace, for real: namespaces(7)."""
    shell = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    script = [sys.executable, "-c", WITHOUT_NAMESPACES, str(folder), json.dumps(confine), TRY]
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", shell, "sh", *script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    answer: list[str] = json.loads(done.stdout)
    return answer


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs the program unshare")
def test_untrusted_code_is_refused_where_a_layer_is_missing(tmp_path: Path, places: dict[str, Path]) -> None:
    """And the sentence names the layer."""
    code, layer, message = where_namespaces_are_refused(tmp_path, {})
    assert (code, layer) == ("untrusted-code-refused", "namespaces")
    assert "“namespaces”" in message


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs the program unshare")
def test_one_accepted_gap_does_not_open_the_next(tmp_path: Path, places: dict[str, Path]) -> None:
    """Each missing layer has to be named."""
    answer = where_namespaces_are_refused(tmp_path, {"run_untrusted_code_without": ["namespaces"]})
    assert answer[:2] == ["untrusted-code-refused", "file-tree"]


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs the program unshare")
def test_what_is_left_of_the_walls_holds_by_itself(tmp_path: Path, places: dict[str, Path]) -> None:
    """Landlock alone keeps the files of others closed."""
    without = [Layer.NAMESPACES, Layer.FILE_TREE, *([Layer.PROCESSES] if os.getuid() == 0 else [])]
    answer = where_namespaces_are_refused(tmp_path, {"run_untrusted_code_without": without})
    assert answer == ["2", "PermissionError", "PermissionError", "1"]


def test_layers_are_named_and_tried() -> None:
    """Every layer has an answer, and a reason where it is missing."""
    assert [granted.layer for granted in layers()] == list(Layer)
    assert all(granted.granted != bool(granted.reason) for granted in layers())
