"""Configuration of a participant's own server: JupyterLab on her notebooks, without nbgrader, behind the door.

The door has asked the Hub who comes and checked her forms; the socket is in a folder that nobody else can open.
"""

from academy.hub.desk import DOORSTEP, NOTEBOOKS, OPEN_AT, PLACE
from academy.hub.lab import update_lab

c = get_config()  # type: ignore[name-defined] # noqa: F821 - Jupyter Server puts it here

update_lab(c, idle=60 * 60)
c.MappingKernelManager.cull_connected = True  # a page that was left open keeps nothing alive
c.MappingKernelManager.cull_busy = True
c.ServerApp.root_dir = str(PLACE)
c.FileContentsManager.preferred_dir = NOTEBOOKS.name
c.ServerApp.sock = str(DOORSTEP / OPEN_AT)
c.ServerApp.disable_check_xsrf = True
c.IdentityProvider.token = ""
c.ServerApp.jpserver_extensions = {
    "jupyterlab": True,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "voila.server_extension": False,
    "notebook": False,
    "jupytext": False,
    "jupyter_lsp": False,
}
