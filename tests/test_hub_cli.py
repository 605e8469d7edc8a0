"""The command line: quick verbs, and refusals in one sentence."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from academy.config import Config
from academy.hub import installation
from academy.hub.family import hub_environment, places
from academy.people import queries
from academy.store.database import Store
from tests.conftest import make_cast


def academy(home: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ACADEMY_")}
    return subprocess.run(
        [sys.executable, "-m", "academy.cli", *arguments],
        env=clean | {"ACADEMY_HOME": str(home), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def one_sentence(run: subprocess.CompletedProcess[str]) -> str:
    """Return what a refusal says; it is one line, and no traceback."""
    assert run.returncode == 2
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    return line


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    """A typing error never switches anything off silently."""
    assert one_sentence(academy(tmp_path, "serve", ACADEMY_PROT="1")).startswith("ACADEMY_PROT is not a setting.")


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path) -> None:
    """The sentence names the file and the key."""
    (tmp_path / "academy.yml").write_text("langauge: en\n")
    assert one_sentence(academy(tmp_path, "serve")).startswith("academy.yml: langauge")


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """It says how to choose another one, and nothing is made."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = academy(tmp_path, "serve", ACADEMY_PORT=str(taken.getsockname()[1]))
    assert "is taken. Set ACADEMY_PORT" in one_sentence(run)
    assert not (tmp_path / "store.db").exists()


def test_one_folder_is_served_once(config: Config) -> None:
    """A second server on the same folder is refused."""
    with installation.only_one(config):
        assert "is running already" in one_sentence(academy(config.home, "serve"))


def test_an_invitation_from_the_command_line(config: Config, store: Store) -> None:
    """It prints a link that can be opened, with a code that works."""
    make_cast(store)
    run = academy(config.home, "invite", "participant", "--cohort", "river", "--seats", "3", ACADEMY_PORT="8123")
    found = re.fullmatch(r"http://127\.0\.0\.1:8123/hub/signup\?code=([a-z0-9-]+)\n", run.stdout)
    assert found, run.stderr
    with store.read() as db:
        invitation = queries.invitation_by_code(db, found[1])
    assert invitation is not None
    assert (invitation.cohort, invitation.seats) == ("river", 3)


@pytest.mark.parametrize(
    "arguments", [("participant",), ("coordinator", "--cohort", "river"), ("facilitator", "--cohort", "x")]
)
def test_an_impossible_invitation_is_one_sentence(config: Config, store: Store, arguments: tuple[str, ...]) -> None:
    """A role without its place, a place without its role, a cohort that is not there."""
    make_cast(store)
    assert one_sentence(academy(config.home, "invite", *arguments))


def test_the_first_coordinator_is_invited_until_there_is_one(config: Config, store: Store) -> None:
    """After that the start prints no link any more."""
    assert installation.first_invitation(config)
    make_cast(store)
    assert installation.first_invitation(config) is None


def test_preparing_twice_changes_nothing(config: Config) -> None:
    """Every folder is there, closed to others, and stays as it is."""
    installation.prepare(config)
    before = {path: path.read_bytes() for path in config.home.rglob("*.ipynb")}
    installation.prepare(config)
    assert {path: path.read_bytes() for path in config.home.rglob("*.ipynb")} == before
    assert [name for name in installation.FOLDERS if (config.home / name).stat().st_mode & 0o077] == []


def test_the_hub_starts_in_an_environment_of_its_own(config: Config) -> None:
    """What a shell in JupyterLab had set does not reach it; the academy's programs come first; places are absolute."""
    environ = hub_environment({"PATH": "/bin", "JUPYTERHUB_API_TOKEN": "x", "CONFIGPROXY_AUTH_TOKEN": "x", "LANG": "C"})
    assert "x" not in environ.values()
    assert environ["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert all(
        value.startswith(("/", "sqlite:////")) for name, value in places(config).items() if name != "ACADEMY_PORT"
    )
