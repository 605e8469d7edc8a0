"""The walls around a grading server: what bubblewrap is told, and what runs behind them."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.config import Behaviour, Config
from academy.hub import confinement
from academy.hub.confinement import REFUSED, Room, confined, fault, mounts, room_of, stance
from academy.hub.pages import explained
from academy.kernels.system_calls import filter_file

WRITING = {"--bind", "--bind-try", "--dev-bind", "--dev-bind-try"}


@pytest.fixture
def room(config: Config) -> Room:
    """Keep the room of Anika's server for the cohort "river", with its folders, beside everything else."""
    room = room_of(config, "anika", "river")
    for folder in (*room.writable, config.home / "secrets", config.courses_dir / "lake"):
        folder.mkdir(parents=True)
    for file in ("store.db", "secrets/hub-token", "nbgrader/lake/gradebook.db", "nbgrader/river/gradebook.db"):
        (config.home / file).write_text("kept apart")
    return room


@pytest.fixture
def without_bubblewrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Look for programs where there are none."""
    monkeypatch.setattr(confinement, "PATH", str(tmp_path / "no-programs"))


def bound(words: list[str], kinds: set[str]) -> set[str]:
    """Return what is shown by options of these kinds."""
    return {words[place + 1] for place, word in enumerate(words) if word in kinds}


def last_mount(words: list[str], path: Path) -> str:
    """Return the option that decides about ``path``: the last one for it or a folder above it."""
    kinds = {"--ro-bind", "--bind", "--tmpfs"}
    return [
        word for place, word in enumerate(words) if word in kinds and path.is_relative_to(words[place + 1])
    ].pop()  # fmt: skip


def test_only_the_three_folders_of_the_cohort_can_be_written(room: Room) -> None:
    """Her own, the course folder, and this course's part of the exchange."""
    assert bound(confined(room, ["true"], calls=3), WRITING) == {str(folder) for folder in room.writable}


def test_every_wall_is_up(room: Room) -> None:
    """Namespaces, session, capabilities, filter, limits; only the network is shared; nothing is decided by a shell."""
    words = confined(room, ["python", "-m", "server"], calls=3)
    for needed in ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "--seccomp", "--proc"):
        assert needed in words
    assert [word for word in words if word.startswith("--share")] == ["--share-net"]
    assert words[-3:] == ["python", "-m", "server"]
    assert {"prlimit", "--core=0"} < set(words)
    assert not {"sh", "/bin/sh", "bash", "--setenv"} & set(words)


@given(st.lists(st.sampled_from(["academy", "python", "a", "b"]), min_size=1, max_size=4))
def test_the_installation_is_covered_wherever_python_stands(parts: list[str]) -> None:
    """Also when the installation lies inside a folder that is shown, or such a folder inside it."""
    home = Path("/", *parts)
    config = Config(home=home, port=1, db_url="x", content=home, behaviour=Behaviour())
    room = room_of(config, "anika", "river")
    readable = [Path("/academy"), Path("/academy/python"), home / "venv", home.parent]
    words = mounts(room, [path for path in readable if path != home])
    for secret in ("store.db", "secrets/hub-token", "nbgrader/lake/gradebook.db", "servers/otto/river/x", "exchange/x"):
        assert last_mount(words, home / secret) == "--tmpfs", secret
    assert last_mount(words, home / "venv" / "bin") == "--ro-bind"
    assert all(last_mount(words, folder / "x") == "--bind" for folder in room.writable)


ATTEMPTS = """
import ctypes, json, os, socket, sys
from pathlib import Path
home, outside = Path(sys.argv[1]), sys.argv[2]
def tried(action):
    try:
        action()
        return True
    except (OSError, ValueError):
        return False
libc = ctypes.CDLL(None, use_errno=True)
found = {name: tried((home / name).read_text) for name in json.loads(sys.argv[3])}
found |= {
    "write in the installation": tried(lambda: (home / "new").write_text("x")),
    "write beside another cohort": tried(lambda: (home / "nbgrader" / "new").mkdir()),
    "write in /": tried(lambda: Path("/new").write_text("x")),
    "write in Python": tried(lambda: (Path(sys.prefix) / "new").write_text("x")),
    "write a setting of the system": tried(lambda: open("/proc/sys/kernel/core_pattern", "w")),
    "see a process outside": Path("/proc", outside).exists(),
    "signal a process outside": tried(lambda: os.kill(int(outside), 0)),
    "make a symbolic link": tried(lambda: os.symlink(home / "store.db", "link")),
    "make a special file": tried(lambda: os.mkfifo("pipe")),
    "leave by a new user namespace": libc.unshare(0x10000000) == 0,
    "mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0,
}
print(json.dumps({
    "possible": sorted(name for name, done in found.items() if done),
    "processes": [name for name in os.listdir("/proc") if name.isdigit()],
    "own": tried(lambda: Path("gradebook.db").write_text("marked")),
    "temporary": tried(lambda: Path("/tmp/new").write_text("x")),
    "status": Path("/proc/self/status").read_text(),
    "root": sorted(os.listdir("/")), "etc": sorted(os.listdir("/etc")), "dev": sorted(os.listdir("/dev")),
}))
"""


def test_behind_the_walls_nothing_else_can_be_read_written_or_seen(config: Config, room: Room) -> None:
    """Tried from inside, with everything that the server's kernels could try, as the user that runs the tests."""
    why = fault(config)
    if why:
        pytest.skip(f"bubblewrap does not work here: {why}")
    names = ["store.db", "secrets/hub-token", "nbgrader/lake/gradebook.db", "../../etc/shadow"]
    told = [str(config.home), str(os.getpid()), json.dumps(names)]
    with filter_file() as calls:
        command = confined(room, [sys.executable, "-c", ATTEMPTS, *told], calls=calls)
        done = subprocess.run(command, pass_fds=(calls,), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["possible"] == []
    assert len(found["processes"]) <= 2
    assert found["own"]
    assert found["temporary"]
    assert (room.course / "gradebook.db").read_text() == "marked"
    status = dict(line.split(":\t", 1) for line in found["status"].splitlines() if ":\t" in line)
    assert (status["NoNewPrivs"], status["CapEff"], status["CapBnd"]) == ("1", "0" * 16, "0" * 16)
    assert status["Seccomp"] == "2"
    assert not {"home", "var", "srv", "sys", "run", "mnt", "opt"} & (set(found["root"]) - set(sys.prefix.split("/")))
    assert not {"shadow", "ssl", "hosts", "hostname", "machine-id"} & set(found["etc"])
    assert not [name for name in found["dev"] if name.startswith(("sd", "vd", "nvme", "mem", "kvm", "fuse"))]


def test_without_bubblewrap_servers_are_refused_and_the_start_says_so(config: Config, without_bubblewrap: None) -> None:
    """One sentence for whoever starts the academy, naming what to install; one for the page."""
    found = stance(config, demo=False)
    assert found.confined
    assert found.said is not None
    assert found.said.startswith("Grading servers cannot be confined (there is no program bwrap) and are refused.")
    assert "apt-get install bubblewrap" in found.said
    assert "bubblewrap" in explained(REFUSED, 501)


def test_the_demo_goes_without_walls_and_says_so(config: Config, without_bubblewrap: None) -> None:
    """Its people are invented; who asks for walls by name gets them or no server."""
    found = stance(config, demo=True)
    assert not found.confined
    assert found.said is not None
    assert "run unconfined (there is no program bwrap)" in found.said
    asked = config.model_copy(update={"behaviour": Behaviour(grading_servers="confined")})
    assert stance(asked, demo=True).confined


@pytest.mark.parametrize("demo", [True, False])
def test_unconfined_servers_are_a_choice_in_so_many_words(config: Config, *, demo: bool) -> None:
    """Then every start repeats what it means."""
    chosen = config.model_copy(update={"behaviour": Behaviour(grading_servers="unconfined")})
    found = stance(chosen, demo=demo)
    assert not found.confined
    assert found.said is not None
    assert "can read everything" in found.said


def test_a_machine_without_a_filter_is_refused(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer walls than promised are none."""
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    assert "abacus" in str(fault(config))
