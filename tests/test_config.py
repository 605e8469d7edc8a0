"""Configuration is strict: a typing error never silently switches a protection off."""

from __future__ import annotations

from pathlib import Path

import pytest

from academy.config import load, secret
from academy.errors import ConfigError


def test_an_empty_environment_gives_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """State goes to ./var, SQLite in it, port 8000."""
    monkeypatch.chdir(tmp_path)
    config = load({})
    assert config.home == tmp_path / "var"
    assert config.port == 8000
    assert config.db_url == f"sqlite:///{tmp_path}/var/store.db"


def test_an_unknown_environment_variable_is_refused(tmp_path: Path) -> None:
    """And named."""
    with pytest.raises(ConfigError, match="ACADEMY_PROT is not a setting"):
        load({"ACADEMY_HOME": str(tmp_path), "ACADEMY_PROT": "8001"})


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "80 ", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    """In one sentence."""
    with pytest.raises(ConfigError, match="ACADEMY_PORT must be a port number"):
        load({"ACADEMY_HOME": str(tmp_path), "ACADEMY_PORT": port})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("check_in_seconds: 30", "check_in_seconds"),
        ("check_in_code_seconds: 5", "check_in_code_seconds"),
        ("minimum_passphrase_length: 4", "minimum_passphrase_length"),
        ("language: [en", "not readable"),
        ("language: xx", "no words for"),
        ("- en", "the file"),
    ],
)
def test_a_mistake_in_the_file_is_refused_and_named(tmp_path: Path, text: str, said: str) -> None:
    """Unknown keys, values out of bounds, and what is no YAML."""
    (tmp_path / "academy.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        load({"ACADEMY_HOME": str(tmp_path)})


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    """The second start finds the same one."""
    config = load({"ACADEMY_HOME": str(tmp_path)})
    first = secret(config, "hub-token")
    assert secret(config, "hub-token") == first
    assert len(first) == 64
    assert (tmp_path / "secrets" / "hub-token").stat().st_mode & 0o077 == 0
