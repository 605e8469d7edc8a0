"""Configuration of a facilitator's grading server: nbgrader's extensions on her cohort's course folder."""

from pathlib import Path

from academy.hub.lab import update_lab

c = get_config()  # type: ignore[name-defined] # noqa: F821 - Jupyter Server puts it here

update_lab(c, idle=2 * 60 * 60)
c.ServerApp.root_dir = str(Path.cwd())  # the course folder: formgrader wants it at or below the root
c.ServerApp.preferred_dir = str(Path.cwd())
c.ServerApp.jpserver_extensions = {
    "nbgrader.server_extensions.formgrader": True,
    "nbgrader.server_extensions.validate_assignment": True,
    "nbgrader.server_extensions.assignment_list": True,
    "nbgrader.server_extensions.course_list": True,
    "academy.hub.server_headers": True,
    "voila.server_extension": False,  # it would run any notebook for whoever opens its address
}
