"""JupyterHub's configuration: one line per section, each in a module of its own."""

from academy.config import load
from academy.hub import authenticator, grading, pages, ports, privacy, proxy, roles, services, storage

c = get_config()  # type: ignore[name-defined] # noqa: F821 - JupyterHub puts it here
config = load()
places = ports.read(config)

privacy.update_privacy(c)
storage.update_storage(c, config)
proxy.update_proxy(c, config, places)
services.update_services(c, config, places)
authenticator.update_authenticator(c, config, places)
roles.update_roles(c)
grading.update_spawner(c, config)
pages.update_pages(c)
