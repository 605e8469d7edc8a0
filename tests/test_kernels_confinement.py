"""A confined kernel reaches nothing but its own folder, and what it can use up is limited."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from academy.errors import ConfigError
from academy.kernels import confinement, pool
from academy.kernels.layers import layers
from academy.kernels.model import Confinement, Layer, Order
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
import ctypes, errno, fcntl, os, resource, shutil, signal, socket, subprocess
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


def test_it_leaves_nothing_that_leads_elsewhere(kernel: Room, shared: dict[str, Path]) -> None:
    """Our own processes read its working folder: no symbolic link, pipe or device, no link to files of others."""
    answers = attempts(
        kernel,
        "os.symlink('/etc/passwd', 'symbolic')",
        "os.symlink('paper.txt', '/tmp/symbolic')",
        "os.mkfifo('pipe')",
        "os.link('/etc/ld.so.cache', 'hard')",
        "open('mine', 'w').close() or os.link('mine', 'also mine')",
    )
    assert answers == ["PermissionError", "PermissionError", "PermissionError", "OSError", "None"]
    assert all(path.is_file() and not path.is_symlink() for path in shared["work"].iterdir())


CALLS = """
import ctypes, errno, os, platform, threading
from academy.kernels.system_calls import MACHINES
numbers = MACHINES[platform.machine()].calls
libc = ctypes.CDLL(None, use_errno=True)
def said(number, *arguments):
    return errno.errorcode[ctypes.get_errno()] if libc.syscall(number, *arguments) == -1 else "done"
"""
REFUSED = (
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "kexec_load", "init_module", "bpf",
    "perf_event_open", "userfaultfd", "io_uring_setup", "keyctl", "add_key", "mount", "open_tree", "fsopen", "setns",
    "unshare", "personality", "quotactl", "swapon", "reboot", "clock_settime", "acct", "name_to_handle_at", "vmsplice",
    "open_by_handle_at", "fanotify_init", "syslog", "chroot", "pivot_root", "memfd_create", "shmget", "mq_open",
)  # fmt: skip


def test_it_makes_no_call_that_it_has_no_use_for(kernel: Room) -> None:
    """Each is answered with an error, in threads that are started later, too; nobody dies of it."""
    answers = kernel.value(f"[said(numbers[name]) for name in {REFUSED}]", setup=CALLS)
    assert set(answers) == {"EPERM"}
    assert kernel.value("[said(435), said(467)]", setup=CALLS) == ["ENOSYS", "ENOSYS"]
    later = (
        "found = []\none = threading.Thread(target=lambda: found.append(said(numbers['bpf'])))\none.start()\none.join()"
    )
    assert kernel.value("found", setup=CALLS + later) == ["EPERM"]
    assert kernel.value("[line.split()[1] for line in open('/proc/self/status') if 'Seccomp:' in line]") == ["2"]


def test_it_has_sockets_of_one_kind(kernel: Room) -> None:
    """Streams within this machine: what its own channels and asyncio need."""
    families = ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_CAN", "AF_BLUETOOTH")
    known = [name for name in families if hasattr(socket, name)]
    assert set(attempts(kernel, *(f"socket.socket(socket.{name})" for name in known))) == {"PermissionError"}
    datagrams = ("socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)", "socket.socketpair(type=socket.SOCK_DGRAM)")
    assert set(attempts(kernel, *datagrams)) == {"PermissionError"}
    fine = (
        "[one.send(b'x') for one, other in [socket.socketpair()]]",
        "__import__('asyncio').new_event_loop().close()",
    )
    assert attempts(kernel, *fine) == ["[1]", "None"]


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
    """Python says so in the cell, and the kernel goes on."""
    with room(tmp_path, cwd=places["work"], confine={"limits": {"memory": 256}}) as kernel:
        assert kernel.say("rows = []\nwhile True: rows.append(bytes(1 << 20))").startswith("MemoryError")
        assert kernel.say("rows = None; print('on')") == "on"


FILL = """
import os, shutil, tempfile
def fill(folder, size):
    written = 0
    try:
        while written < 20000:
            with open(f"{folder}/{written}", "wb") as file: file.write(bytes(size))
            written += 1
    except OSError as error:
        return written, error.errno
    return written, 0
found = [fill(folder, %d) for folder in ("/tmp", "/dev/shm", tempfile.gettempdir())]
for folder in ("/tmp", "/dev/shm", tempfile.gettempdir()):
    for name in os.listdir(folder):
        if name.isdigit(): os.remove(f"{folder}/{name}")
"""


def test_it_cannot_fill_memory_with_files(tmp_path: Path, places: dict[str, Path]) -> None:
    """All its temporary folders share one limit, of bytes and of files; inside that is an error, outside nothing."""
    before = set(Path(tempfile.gettempdir()).iterdir())
    with room(tmp_path, cwd=places["work"], confine={"limits": {"scratch": 8}}) as kernel:
        assert kernel.value("found", setup=FILL % (1 << 20)) == [
            [7, errno.ENOSPC],
            [0, errno.ENOSPC],
            [0, errno.ENOSPC],
        ]
        first, *others = kernel.value("found", setup=FILL % 0)
        assert 1000 < first[0] < 1024
        assert [first[1], *others] == [errno.ENOSPC, [0, errno.ENOSPC], [0, errno.ENOSPC]]
        assert kernel.say("open('/tmp/again', 'w').write('x'); print('on')") == "on"
        assert list((kernel.folder / "tmp").iterdir()) == []
    assert {path.name for path in set(Path(tempfile.gettempdir()).iterdir()) - before if path.name.isdigit()} == set()


def test_a_process_without_sockets_has_no_folder_for_them(tmp_path: Path) -> None:
    """A notebook's process speaks over what it was given, and writes nothing but temporary files."""
    order = Order(run_folder="/run", working_folder=None, environment={}, arguments=(), confinement=Confinement())
    assert "/run" in confinement._rules(Confinement(), order, own_tree=True)
    notebook = order.model_copy(update={"task": "notebook"})
    assert "/run" not in confinement._rules(Confinement(), notebook, own_tree=True)


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
import json, os, socket, sys, tempfile
from pathlib import Path
import psutil
from academy.errors import AcademyError
from academy.kernels import pool
from tests.kernel_rooms import room, warm_process
folder = Path(sys.argv[1])
confine = json.loads(sys.argv[2])
try:
    with (
        room(folder, cwd=folder / "work", confine=confine) as kernel,
        room(folder, cwd=folder / "other", confine=confine) as sibling,
        socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as nameless,
    ):
        path = tempfile.mktemp(dir=folder)
        named.bind(path)
        nameless.bind("\\0academy-" + str(os.getpid()))
        named.listen(), nameless.listen()
        values = {
            "owner": os.getpid(), "warm": warm_process().pid, "sibling": sibling.pid, "other": str(folder / "other"),
            "named": path, "nameless": nameless.getsockname().decode(), "channel": str(sibling.folder / "k-1"),
        }
        setup = sys.argv[3] + f"globals().update({values!r})\\n"
        left = kernel.value(sys.argv[5], setup=setup) if sys.argv[5] else []
        answers = kernel.value(f"[attempt(lambda: eval(one)) for one in {json.loads(sys.argv[4])!r}]", setup=setup)
        assert sibling.say("print(1)") == "1"
    psutil.wait_procs([psutil.Process(pid) for pid in left if psutil.pid_exists(pid)], timeout=10)
    print(json.dumps({"answers": answers, "left": [pid for pid in left if psutil.pid_exists(pid)]}))
except AcademyError as error:
    print(json.dumps([error.code, str(getattr(error, "layer", "")), error.message]))
pool.close()
"""


def where_namespaces_are_refused(folder: Path, confine: dict[str, Any], *tries: str, leave: str = "") -> Any:
    """Start confined kernels in a world that allows no further user namespace, for real: namespaces(7).

    That world has a network of its own, in which there is nothing, so that no test can reach further.
    """
    shell = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    script = [sys.executable, "-c", WITHOUT_NAMESPACES, str(folder), json.dumps(confine), TRY, json.dumps(tries), leave]
    command = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", shell, "sh", *script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


WITHOUT = [Layer.NAMESPACES, Layer.FILE_TREE, *([Layer.PROCESSES] if os.getuid() == 0 else [])]


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
    """Files, sockets and processes of others stay out of reach without a single namespace, and nothing survives."""
    own = ("1 + 1", "open('new', 'w').write('x')", "shutil.copy('new', 'copy')", "os.kill(os.getpid(), 0)")
    others = (
        "open('/etc/passwd').read()",
        "os.listdir(other)",
        "open(other + '/paper.txt')",
        "os.link(other + '/paper.txt', 'hard')",
        "os.setxattr(other + '/paper.txt', 'user.x', b'x')",
        "open(f'/proc/{owner}/mem')",
        "open(f'/proc/{warm}/environ')",
        "socket.socket(socket.AF_UNIX).connect(named)",
        "socket.socket(socket.AF_UNIX).connect(nameless)",
        "socket.socket(socket.AF_UNIX).connect(channel)",
        "socket.socket()",
        "socket.socket(type=socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET6)",
        *(f"os.kill({whom}, 0)" for whom in ("owner", "warm", "sibling", "-sibling", "-1")),
        *(f"signal.pidfd_send_signal(os.pidfd_open({whom}), 0)" for whom in ("owner", "warm", "sibling")),
        *(f"resource.prlimit({whom}, resource.RLIMIT_CPU, (1, 1))" for whom in ("owner", "warm", "sibling")),
        "os.sched_setaffinity(owner, {0})",
        "os.setpriority(os.PRIO_USER, 0, 19)",
        "os.setsid()",
        "os.setpgid(0, 0)",
        "fcntl.fcntl(0, fcntl.F_SETOWN, owner)",
    )
    traced = tuple(f"ctypes.CDLL(None).ptrace(16, {whom}, None, None)" for whom in ("owner", "warm", "sibling"))
    survivor = "[os.fork() or (attempt(os.setsid), signal.pause()) for _ in range(3)]"
    mode = (places["other"] / "paper.txt").stat().st_mode
    quiet = "os.chmod(other + '/paper.txt', 0)"
    confine = {"run_untrusted_code_without": WITHOUT}
    found = where_namespaces_are_refused(tmp_path, confine, *own, *others, *traced, quiet, leave=survivor)
    answers = dict(zip((*own, *others, *traced, quiet), found["answers"], strict=True))
    assert [answers[act] for act in own] == ["2", "1", "'copy'", "None"]
    assert {act: answers[act] for act in others if answers[act] != "PermissionError"} == {
        "os.link(other + '/paper.txt', 'hard')": "OSError"
    }
    assert {answers[act] for act in traced} == {"-1"}
    assert (places["other"] / "paper.txt").stat().st_mode == mode
    assert found["left"] == []


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs the program unshare")
def test_limits_for_all_processes_hold_without_namespaces(tmp_path: Path, places: dict[str, Path]) -> None:
    """Its processes cannot leave their group, by which they are counted."""
    confine = {"run_untrusted_code_without": WITHOUT, "limits": {"memory": 128, "total_memory": 64}}
    script = """
import json, sys
from pathlib import Path
import psutil
from tests.kernel_rooms import room
folder = Path(sys.argv[1])
with room(folder, cwd=folder / "work", confine=json.loads(sys.argv[2])) as kernel:
    kernel.client.execute("import os, time\\nfor _ in range(4):\\n  if os.fork() == 0: break\\n"
                          "x = os.urandom(50 << 20); time.sleep(30)")
    psutil.wait_procs([psutil.Process(kernel.pid)], timeout=20)
    print(kernel.manager.provisioner._forked.ended_by)
"""
    shell = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", shell, "sh", sys.executable, "-c", script]
    command += [str(tmp_path), json.dumps(confine)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.stdout.strip() == "memory", done.stderr


def test_layers_are_named_and_tried() -> None:
    """Every layer has an answer, and a reason where it is missing."""
    assert [granted.layer for granted in layers()] == list(Layer)
    assert all(granted.granted != bool(granted.reason) for granted in layers())
