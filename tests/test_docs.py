"""The documentation names what exists: commands, settings, configuration keys, and files it links to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from academy.config import ENVIRONMENT, Behaviour

ROOT = Path(__file__).parents[1]
RUN_IT = (ROOT / "docs" / "how-to" / "run-it.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def verbs() -> list[str]:
    """Return the commands that ``academy --help`` lists."""
    command = [sys.executable, "-m", "academy.cli", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.findall(r"^    ([a-z]+)  ", shown, flags=re.MULTILINE)


def test_every_command_is_documented() -> None:
    """What ``academy --help`` lists stands in "Run it"."""
    found = verbs()
    assert "serve" in found
    assert [verb for verb in found if f"`academy {verb}" not in RUN_IT] == []


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_every_environment_variable_is_documented(name: str) -> None:
    """A setting that nobody can find does not exist."""
    assert f"`{name}`" in RUN_IT


@pytest.mark.parametrize("key", Behaviour.model_fields)
def test_every_configuration_key_is_documented_with_its_default(key: str) -> None:
    """And the default that is written is the default that holds."""
    default = Behaviour.model_fields[key].default
    (row,) = [line for line in RUN_IT.splitlines() if line.startswith(f"| `{key}` |")]
    assert row.rstrip(" |").endswith((f"| {default}", f"| `{default}`"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    """Relative links resolve."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
