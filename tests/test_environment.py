"""``environment.yml`` describes for conda users the environment that ``requirements.lock`` pins for everybody else."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from tests.conftest import ROOT

UNPINNED = {"python", "pip", "nodejs"}


def plain(name: str) -> str:
    """Return a package name in the one form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, set[str]]:
    """Return the pinned versions of every package; some have one for each version of Python."""
    versions: dict[str, set[str]] = {}
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)", text, re.MULTILINE):
        versions.setdefault(plain(name), set()).add(version)
    return versions


def described() -> dict[str, str]:
    """Return name and version of every package that ``environment.yml`` pins."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    from_pip = next(line["pip"] for line in lines if isinstance(line, dict))
    pins = [line for line in [*lines, *from_pip] if isinstance(line, str) and not line.startswith("-")]
    split = (re.split(r"[=<>]+", pin, maxsplit=1) for pin in pins)
    found = {plain(parts[0]): parts[1] if len(parts) > 1 else "" for parts in split}
    return {name: version for name, version in found.items() if name not in UNPINNED}


@pytest.mark.parametrize(("name", "version"), sorted(described().items()))
def test_a_version_is_that_of_the_lock(name: str, version: str) -> None:
    """The two descriptions never differ."""
    assert version in locked()[name]


def test_no_dependency_is_missing() -> None:
    """Everything that the project names stands in both."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {plain(re.split(r"[\s<>=\[]", line, maxsplit=1)[0]) for line in wanted}
    assert names <= set(described())
    assert names <= set(locked())


def test_every_pin_of_both_locks_has_a_hash() -> None:
    """What is installed is what was looked at."""
    for file in ("requirements.lock", "requirements-node.lock"):
        text = (ROOT / file).read_text(encoding="utf-8")
        for pin in re.split(r"\n(?=[A-Za-z])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)):
            assert "--hash=sha256:" in pin, pin[:60]


def test_the_lock_of_the_proxy_names_no_host() -> None:
    """The Node packages come from whichever registry a machine uses, checked by their hashes."""
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert '"integrity": "sha512-' in text
