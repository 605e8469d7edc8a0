"""Signing in and out."""

from __future__ import annotations

from typing import Any

from jupyterhub.handlers.login import LoginHandler, LogoutHandler
from tornado.httputil import url_concat

from academy.choices import SETTINGS, Choices
from academy.errors import AcademyError, BadInput
from academy.hub.forms import MaskedForms, read_form
from academy.hub.sessions import sign_in
from academy.languages.phrases import phrase
from academy.web.headers import FORGET
from academy.web.remembering import choices_of, remember_choices

__all__ = ["SignIn", "SignOut"]

WRONG = phrase("The user name, the passphrase or the code of the app is not right. Check them and try again.")
FORBIDDEN = 403


class SignIn(MaskedForms, LoginHandler):
    """Signing in."""

    def _render(
        self, login_error: str | None = None, username: str | None = None, *, sync: bool = False, **_: Any
    ) -> Any:
        problem = AcademyError(login_error, code="sign-in") if login_error else None
        action = url_concat(self.settings["login_url"], {"next": self.get_query_argument("next", "")})
        shown = {"action": action, "username": username or "", "problem": problem}
        return self.render_template("native-login.html", sync=sync, **shown)

    async def post(self) -> None:
        """Let the person in, or say in one sentence why not. Nothing that she typed is logged."""
        try:
            form = read_form(self, "username", "password", "2fa", "device")
            device = _device(form["device"])
            person = await self.authenticate(form)
        except AcademyError as problem:
            await self._refuse(problem.message, problem.status)
            return
        if person is None:
            await self._refuse(WRONG, FORBIDDEN)
            return
        await sign_in(self, person)
        remember_choices(self, Choices(device=device), self.base_url)
        self.redirect(self.get_next_url(self.current_user))

    async def _refuse(self, sentence: str, status: int) -> None:
        self.set_status(status)
        self.finish(await self._render(sentence, self.get_body_argument("username", "")))


class SignOut(LogoutHandler):
    """Signing out."""

    async def render_logout_page(self) -> None:
        """Say that it is done. A device that others use is asked to forget the site."""
        if not choices_of(self).own_device:
            self.set_header("Clear-Site-Data", FORGET)
        self.finish(await self.render_template("logout.html"))


def _device(chosen: str) -> str:
    """Return whose device it is; whoever says nothing is on one that others use, too. Raises ``BadInput``."""
    if chosen and chosen not in SETTINGS["device"]:
        message = phrase("Choose whether this device is yours or shared.")
        raise BadInput(message, code="bad-device", field="device")
    return chosen or SETTINGS["device"][0]
