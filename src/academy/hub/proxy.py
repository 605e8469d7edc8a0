"""The proxy: the only process with a public port, on the loopback interface."""

from __future__ import annotations

from typing import Any

from academy.config import Config, secret
from academy.hub.node import proxy_command
from academy.hub.ports import LOOPBACK, Ports

__all__ = ["update_proxy"]


def update_proxy(c: Any, config: Config, ports: Ports) -> None:
    """Set the public address and how the Hub starts the proxy."""
    c.JupyterHub.bind_url = f"http://{LOOPBACK}:{config.port}"
    c.JupyterHub.hub_ip = LOOPBACK
    c.JupyterHub.hub_port = ports.hub
    c.ConfigurableHTTPProxy.api_url = f"http://{LOOPBACK}:{ports.proxy_api}"
    c.ConfigurableHTTPProxy.auth_token = secret(config, "proxy")
    c.ConfigurableHTTPProxy.pid_file = str(config.home / "hub" / "proxy.pid")
    c.ConfigurableHTTPProxy.command_umask = 0o077
    c.ConfigurableHTTPProxy.check_running_interval = 2  # seconds until a dead proxy is started again
    c.ConfigurableHTTPProxy.log_level = "error"
    # nobody behind the proxy learns from where a person comes
    c.ConfigurableHTTPProxy.command = [*proxy_command(), "--no-x-forward"]
