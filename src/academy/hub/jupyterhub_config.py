"""JupyterHub's configuration: one line per section, each in a module of its own."""

from academy.config import load
from academy.hub import authenticator, desk, pages, ports, privacy, proxy, roles, services, spawner, storage

c = get_config()  # type: ignore[name-defined] # noqa: F821 - JupyterHub puts it here
config = load()
places = ports.read(config)
servers = desk.offered(config)

privacy.update_privacy(c)
storage.update_storage(c, config)
proxy.update_proxy(c, config, places)
services.update_services(c, config, places, offered=servers)
authenticator.update_authenticator(c, config, places)
roles.update_roles(c, offered=servers)
spawner.update_spawner(c, config, offered=servers)
pages.update_pages(c, config)
