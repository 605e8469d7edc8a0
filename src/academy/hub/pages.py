"""The list of the Hub's pages of ours, what its error pages say, and the links to servers.

The pages work with JavaScript off. What a person typed stays in a form, except passphrases.
"""

from __future__ import annotations

import re
from functools import partial
from importlib.resources import files
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.utils import url_path_join
from tornado.httputil import url_concat
from tornado.web import HTTPError, authenticated

from academy.config import Config
from academy.hub.confinement import REFUSED
from academy.hub.grading import NOT_YOURS, facilitated
from academy.hub.languages import ReadersLanguage, names_for
from academy.hub.own_account import ChangePassphrase, SecondFactor
from academy.hub.sign_in import SignIn, SignOut
from academy.hub.sign_up import Reset, SignUp
from academy.hub.spawner import NO_DESK, NOT_OFFERED, participated
from academy.languages.phrases import phrase, recalled
from academy.web.remembering import choices_of
from academy.web.static_files import static_path

__all__ = ["ROUTES", "explained", "update_pages"]

NO_PLACE = phrase("It belongs to people with a place in a cohort, and this account has none there.")
BROKEN = phrase("Something broke on our side. What you had sent before is safe; please try again in a minute.")
NOT_UNDERSTOOD = phrase(
    "The page that was sent could not be read. Go back, reload it and try again; nothing was changed."
)
OUR_SENTENCES = frozenset({NOT_YOURS, REFUSED, NO_DESK, NOT_OFFERED})
FORBIDDEN = 403
SERVER_ERROR = 500


class Grading(BaseHandler):
    """The one link to formgrader: it leads to the person's own server for this cohort and starts it where needed."""

    @authenticated
    async def get(self, cohort: str) -> None:
        """Go to grading; ``page`` may name a page of formgrader, such as ``gradebook/what-we-protect``.

        ``lab=1`` leads to JupyterLab in the same server.
        """
        if cohort not in facilitated(self.current_user):
            raise HTTPError(403, NOT_YOURS)
        page = self.get_query_argument("page", "")
        if not re.fullmatch(r"[A-Za-z0-9_/-]*", page):
            raise HTTPError(404)
        server = url_path_join(self.base_url, "user", self.current_user.escaped_name, cohort)
        lab = self.get_query_argument("lab", "") == "1"
        there = url_path_join(server, "lab") if lab else url_path_join(server, "formgrader", page)
        spawn = url_path_join(self.hub.base_url, "spawn", self.current_user.escaped_name, cohort)
        self.redirect(url_concat(spawn, {"next": there}))


class OwnNotebooks(BaseHandler):
    """The one link to a participant's own server, which it starts where needed."""

    @authenticated
    async def get(self) -> None:
        """Go to JupyterLab."""
        if not participated(self.current_user):
            raise HTTPError(403, NO_DESK)
        if not self.current_user.spawner.offered:
            raise HTTPError(501, NOT_OFFERED)
        there = url_path_join(self.base_url, "user", self.current_user.escaped_name, "lab")
        spawn = url_path_join(self.hub.base_url, "spawn", self.current_user.escaped_name)
        self.redirect(url_concat(spawn, {"next": there}))


ROUTES = (
    (r"/login", SignIn),
    (r"/signup", SignUp),
    (r"/reset", Reset),
    (r"/change-password", ChangePassphrase),
    (r"/two-factor", SecondFactor),
    (r"/logout", SignOut),
    (r"/grading/([a-z0-9-]+)", Grading),
    (r"/notebooks", OwnNotebooks),
)


def explained(message: str | None, status: int) -> str:
    """Return what an error page says: our own sentence, never the Hub's words for programmers."""
    if message in OUR_SENTENCES:
        return recalled(str(message))
    if message and "xsrf" in message.lower():
        return phrase("This page was open too long. Go back, reload it and send it again; nothing was changed.")
    return NO_PLACE if status == FORBIDDEN else BROKEN if status >= SERVER_ERROR else NOT_UNDERSTOOD


_of_the_hub = BaseHandler.template_namespace.fget


def _with_choices(handler: BaseHandler, language: str) -> dict[str, Any]:
    """Return what the Hub tells every page, and what was chosen for the browser: the Hub offers no setting for this."""
    return {**_of_the_hub(handler), **names_for(handler, language), "choices": choices_of(handler)}


def update_pages(c: Any, config: Config) -> None:
    """Use our templates, and land on the academy's home page."""
    c.JupyterHub.template_paths = [str(files("academy.hub") / "templates")]
    # a function given here is called with the user and gives the value: so one more around it
    stylesheet = static_path("academy.css")
    c.JupyterHub.template_vars = {
        "academy": "/services/academy",
        "stylesheet": stylesheet,
        "explained": lambda _: explained,
    }
    c.JupyterHub.jinja_environment_options = {"extensions": [ReadersLanguage]}
    BaseHandler.template_namespace = property(partial(_with_choices, language=config.behaviour.language))
    c.JupyterHub.default_url = "/services/academy/"
    c.JupyterHub.redirect_to_server = False
    c.JupyterHub.implicit_spawn_seconds = 0
