"""A participant's own server: what bubblewrap is told, what it finds in its environment, and when it is offered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.config import Behaviour, Config
from academy.hub import confinement, desk, door
from academy.hub.confinement import confined, mounts
from academy.hub.desk import NOTEBOOKS, PLACE, Desk, desk_of
from academy.kernels.system_calls import filter_file

NEVER = ("store.db", "hub", "secrets", "keys", "logs", "servers", "nbgrader", "exchange/river/inbound", "homes/otto")


@pytest.fixture
def own(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Keep the desk of Salma, who takes part in the river cohort, beside everything else."""
    made = (
        "homes/otto/notebooks",
        "nbgrader/river/source",
        "exchange/river/inbound",
        "exchange/lake/outbound",
        "secrets",
    )
    for folder in (*made, "exchange/river/outbound/a", "build/lessons/m/en", "build/assessments/a"):
        (config.home / folder).mkdir(parents=True)
    (config.home / "exchange/river/outbound/a/a.ipynb").write_text("released")
    (config.home / "secrets/hub-token").write_text("kept apart")
    found = desk_of(config, "salma", ["river", "delta"], doorstep=tmp_path_factory.mktemp("doorstep"))
    found.notebooks.mkdir(parents=True)
    return found


def bound(words: list[str], kind: str) -> dict[str, str]:
    """Return what is shown by an option of this kind: where it is found, and what it is."""
    return {words[place + 2]: words[place + 1] for place, word in enumerate(words) if word == kind}


def test_only_her_notebooks_and_the_doorstep_can_be_written(config: Config, own: Desk) -> None:
    """Nothing else of the machine is bound for writing."""
    notebooks = str(config.home / "homes" / "salma" / "notebooks")
    words = confined(own, ["true"], calls=3)
    assert bound(words, "--bind") == {str(NOTEBOOKS): notebooks, "/run/desk": str(own.doorstep)}
    assert not {"--dev-bind", "--bind-try", "--dev-bind-try", "--share-net", "--setenv"} & set(words)
    assert words[1] == "--unshare-all"


def test_of_the_installation_only_released_work_and_lessons_can_be_read(config: Config, own: Desk) -> None:
    """What exists of her own cohorts; never a course folder, what others handed in, or built assessments."""
    read = bound(confined(own, ["true"], calls=3), "--ro-bind")
    of_ours = {place: source for place, source in read.items() if source.startswith(str(config.home))}
    assert of_ours == {
        f"{PLACE}/assessments/river": str(config.home / "exchange/river/outbound"),
        f"{PLACE}/lessons": str(config.home / "build/lessons"),
    }


def test_nothing_tells_who_else_uses_the_machine(own: Desk) -> None:
    """The files of users and groups are not shown."""
    assert not {"/etc/passwd", "/etc/group", "/etc/nsswitch.conf"} & set(confined(own, ["true"], calls=3))


@given(st.lists(st.sampled_from(["academy", "python", "home", "learner", "a"]), min_size=1, max_size=4))
def test_the_installation_is_covered_wherever_python_stands(parts: list[str]) -> None:
    """Also when Python's folder contains it, or when it stands where the desk is shown."""
    home = Path("/", *parts)
    config = Config(home=home, port=1, db_url="x", content=home, behaviour=Behaviour())
    own = desk_of(config, "salma", ["river"], doorstep=Path("/run/x"))
    words = mounts(own, [path for path in (Path("/academy"), Path("/home"), home.parent) if path != home])
    kinds = {"--ro-bind": 2, "--bind": 2, "--tmpfs": 1}
    for name in NEVER:
        deciding = [
            (word, words[place + 1])
            for place, word in enumerate(words)
            if word in kinds and (home / name).is_relative_to(words[place + kinds[word]])
        ][-1]
        assert deciding[0] == "--tmpfs" or not deciding[1].startswith(str(home)), name


def test_each_process_and_all_memory_files_have_limits(own: Desk) -> None:
    """Data, files, threads, computing time, the whole life; temporary files and shared memory."""
    words = confined(own, ["true"], calls=3)
    for needed in ("nice", "timeout", "12h", "--cpu=3600", "--nproc=512", "--core=0"):
        assert needed in words
    sized = [words[place + 3] for place, word in enumerate(words) if word == "--size"]
    assert sized == ["/tmp", "/dev/shm"]  # noqa: S108 - inside
    assert [words[place + 1] for place, word in enumerate(words) if word == "--tmpfs"].count("/tmp") == 1  # noqa: S108


def test_the_environment_holds_a_language_and_places_only() -> None:
    """Whatever stands in the Hub's, and whatever it gave the door: no token, no name."""
    given_to_the_door = {
        "LANG": "bn_BD.UTF-8",
        "JUPYTERHUB_API_TOKEN": "secret",
        "JPY_API_TOKEN": "secret",
        "JUPYTERHUB_USER": "salma",
        "ACADEMY_HUB_TOKEN": "secret",
        "USER": "salma",
        "PATH": "/somewhere",
    }
    found = desk.environment(given_to_the_door)
    assert found["LANG"] == "bn_BD.UTF-8"
    assert not {"secret", "salma", "/somewhere"} & set(found.values())
    assert not [name for name in found if name.startswith(("JUPYTERHUB_", "ACADEMY_", "JPY_"))]


ATTEMPTS = """
import json, os, socket, sys
from pathlib import Path
def tried(action):
    try:
        action()
        return True
    except OSError:
        return False
released = Path("/home/learner/assessments/river/a/a.ipynb")
print(json.dumps({
    "secret": tried(Path(sys.argv[1], "secrets/hub-token").read_text),
    "otto": os.path.exists(sys.argv[1] + "/homes/otto"),
    "rewrite": tried(lambda: released.write_text("x")),
    "beside": tried(lambda: Path("/home/learner/new").write_text("x")),
    "link": tried(lambda: os.symlink("/", "link")),
    "socket": tried(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 1)),
    "much in memory": tried(lambda: Path("/tmp/much").write_bytes(bytes(300 << 20))),
    "much in shared memory": tried(lambda: Path("/dev/shm/much").write_bytes(bytes(300 << 20))),
    "read": released.read_text(), "own": tried(lambda: Path("mine").write_text("x")),
    "environment": sorted(os.environ),
}))
"""


def test_behind_the_walls_only_her_own_is_there(config: Config, own: Desk) -> None:
    """Tried from inside, with a program of this test listening on the machine's loopback interface."""
    import socket  # noqa: PLC0415 - only here

    if desk.fault(config):
        pytest.skip("bubblewrap does not work here")
    with socket.create_server(("127.0.0.1", 0)) as listening, filter_file() as calls:
        told = [str(config.home), str(listening.getsockname()[1])]
        command = confined(own, [sys.executable, "-c", ATTEMPTS, *told], calls=calls)
        environ = desk.environment(os.environ)
        done = subprocess.run(command, env=environ, pass_fds=(calls,), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found.pop("read"), found.pop("own")) == ("released", True)
    assert not {"JUPYTERHUB_API_TOKEN", "ACADEMY_HOME"} & set(found.pop("environment"))
    assert [name for name, possible in found.items() if possible] == []
    assert (own.notebooks / "mine").read_text() == "x"


def test_participants_get_servers_only_where_all_servers_are_confined(
    config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Wanted, beside confined grading servers, and on a machine where the walls hold."""
    if desk.fault(config) is None:
        assert desk.offered(config)
    for choice in ({"participant_servers": "none"}, {"grading_servers": "unconfined"}):
        assert not desk.offered(config.model_copy(update={"behaviour": Behaviour.model_validate(choice)}))
    monkeypatch.setattr(confinement, "PATH", str(tmp_path / "no-programs"))
    assert not desk.offered(config)


def test_a_server_with_too_many_processes_or_too_much_memory_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that belongs to it is added up."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as one:
        here = psutil.Process()
        assert not door.too_much(here)
        monkeypatch.setattr(door, "MOST_PROCESSES", 0)
        assert door.too_much(here)
        monkeypatch.setattr(door, "MOST_PROCESSES", 100)
        monkeypatch.setattr(door, "MOST_MEMORY", 0)
        assert door.too_much(here)
        one.communicate(b"\n")
