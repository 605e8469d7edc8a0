"""The Hub's pages of ours: signing up, in and out, passphrases, the second factor, the way to grading.

They work with JavaScript off. What a person typed stays in the form, except passphrases.
"""

from __future__ import annotations

import re
import time
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LoginHandler, LogoutHandler
from jupyterhub.utils import url_path_join
from tornado.httputil import url_concat
from tornado.web import HTTPError, authenticated

from academy.errors import AcademyError, BadInput
from academy.hub.authenticator import USERNAME, is_code_of, new_otp_secret
from academy.hub.forms import read_form
from academy.hub.grading import NOT_YOURS, facilitated

__all__ = ["ROUTES", "update_pages"]

WRONG = "The user name, the passphrase or the code of the app is not right. Check them and try again."
BAD_NAME = "Choose a user name of 3 to 31 small letters a-z, digits and dashes. It need not be your name."
NO_PLACE = "It belongs to people with a place in a cohort, and this account has none there."
BROKEN = "Something broke on our side. What you had sent before is safe; please try again in a minute."
NOT_UNDERSTOOD = "The page that was sent could not be read. Go back, reload it and try again; nothing was changed."
OUR_SENTENCES = frozenset({NOT_YOURS})
FORBIDDEN = 403
SERVER_ERROR = 500
TAKEN = "This user name is taken. Choose another one; your invitation is still good."


class _Page(BaseHandler):
    """A page with one form."""

    template = ""

    async def show(self, *, problem: AcademyError | None = None, status: int = 200, **shown: Any) -> None:
        """Show the page; ``problem`` is said in one sentence above the form."""
        self.set_status(problem.status if problem else status)
        self.finish(await self.render_template(self.template, problem=problem, **shown))

    def to_academy(self) -> None:
        """Go on to the academy."""
        self.redirect(self.get_next_url(self.current_user))


class SignIn(LoginHandler):
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
            form = read_form(self, "username", "password", "2fa")
            person = await self.authenticate(form)
        except AcademyError as problem:
            await self._refuse(problem.message, problem.status)
            return
        if person is None:
            await self._refuse(WRONG, FORBIDDEN)
            return
        await sign_in(self, person)
        self.redirect(self.get_next_url(self.current_user))

    async def _refuse(self, sentence: str, status: int) -> None:
        self.set_status(status)
        self.finish(await self._render(sentence, self.get_body_argument("username", "")))


async def sign_in(handler: Any, person: dict[str, Any]) -> None:
    """Start a session for a person whose passphrase was checked."""
    user = await handler.auth_to_user(person)
    handler.set_login_cookie(user)
    user._auth_refreshed = time.monotonic()  # noqa: SLF001 - her groups are fresh, as after the Hub's own login
    handler._jupyterhub_user = user  # noqa: SLF001


class SignUp(_Page):
    """Using an invitation: a new account, or one more place for somebody who is signed in."""

    template = "signup.html"

    async def get(self) -> None:
        """Show the form; a link may bring the code."""
        await self._form({"code": self.get_query_argument("code", ""), "username": ""})

    async def _form(self, typed: dict[str, str], problem: AcademyError | None = None) -> None:
        shortest = self.authenticator.minimum_password_length
        await self.show(problem=problem, code=typed["code"], username=typed["username"], shortest=shortest)

    async def post(self) -> None:
        """Use the invitation. On a problem nothing is changed and what was typed stays, except passphrases."""
        typed = {name: self.get_body_argument(name, "") for name in ("code", "username")}
        try:
            if self.current_user:
                await self._join()
            else:
                await self._sign_up()
        except AcademyError as problem:
            await self._form(typed, problem)

    async def _sign_up(self) -> None:
        form = read_form(self, "code", "username", "password", "password_again")
        username = self.authenticator.normalize_username(form["username"])
        if not USERNAME.fullmatch(username):
            raise BadInput(BAD_NAME, code="bad-username", field="username")
        self.authenticator.check_new_passphrase(username, form["password"], form["password_again"])
        # the place first: it may be asked for again, so that a sign-up that broke here can simply be sent once more
        await self.authenticator.service.enrol(username, form["code"], new=True)
        if self.authenticator.user_exists(username):  # only who holds a good invitation learns which names are taken
            raise BadInput(TAKEN, code="username-taken", field="username")
        await self.authenticator.set_passphrase(username, form["password"])
        groups = await self.authenticator.service.groups(username)
        await sign_in(self, {"name": username, "groups": groups})
        self.to_academy()

    async def _join(self) -> None:
        form = read_form(self, "code")
        await self.authenticator.service.enrol(self.current_user.name, form["code"], new=False)
        # her tokens still carry the old rights; a fresh sign-in brings the new ones
        end_sessions(self, self.current_user.name)
        self.clear_login_cookie()
        self.redirect(self.settings["login_url"])


class Reset(_Page):
    """A new passphrase with a one-time code from the facilitator."""

    template = "reset.html"

    async def get(self) -> None:
        """Show the form."""
        await self._form({"code": self.get_query_argument("code", ""), "username": ""})

    async def _form(self, typed: dict[str, str], problem: AcademyError | None = None, *, done: bool = False) -> None:
        shortest = self.authenticator.minimum_password_length
        await self.show(problem=problem, code=typed["code"], username=typed["username"], shortest=shortest, done=done)

    async def post(self) -> None:
        """Set the new passphrase; every session of the person ends, the lock-out and the second factor too."""
        typed = {name: self.get_body_argument(name, "") for name in ("code", "username")}
        try:
            form = read_form(self, "code", "username", "password", "password_again")
            username = self.authenticator.normalize_username(form["username"])
            self.authenticator.check_new_passphrase(username, form["password"], form["password_again"])
            await self.authenticator.service.use_reset_code(username, form["code"])
        except AcademyError as problem:
            await self._form(typed, problem)
            return
        await self.authenticator.set_passphrase(username, form["password"], forget_app=True)
        end_sessions(self, username)
        await self._form({"code": "", "username": username}, done=True)


class ChangePassphrase(_Page):
    """A new passphrase for somebody who knows the old one."""

    template = "change-password.html"

    @authenticated
    async def get(self) -> None:
        """Show the form."""
        await self._form()

    async def _form(self, problem: AcademyError | None = None, *, done: bool = False) -> None:
        await self.show(problem=problem, shortest=self.authenticator.minimum_password_length, done=done)

    @authenticated
    async def post(self) -> None:
        """Set the new passphrase; sessions on other devices end."""
        username = self.current_user.name
        try:
            form = read_form(self, "old_password", "password", "password_again")
            await prove(self, form["old_password"])
            self.authenticator.check_new_passphrase(username, form["password"], form["password_again"])
        except AcademyError as problem:
            await self._form(problem)
            return
        await self.authenticator.set_passphrase(username, form["password"])
        end_sessions(self, username)
        self.set_hub_cookie(self.current_user)
        await self._form(done=True)


class SecondFactor(_Page):
    """Switching the second factor on and off."""

    template = "two-factor.html"

    @authenticated
    async def get(self) -> None:
        """Show whether it is on; where it is off, the secret for the app."""
        await self._form()

    async def _form(self, problem: AcademyError | None = None) -> None:
        account = self.authenticator.get_user(self.current_user.name)
        secret = account.otp_secret
        grouped = " ".join(re.findall(".{1,4}", secret))
        link = f"otpauth://totp/{quote(self.current_user.name)}?secret={secret}"
        await self.show(problem=problem, is_on=account.has_2fa, secret=grouped, link=link)

    @authenticated
    async def post(self) -> None:
        """Switch it on with a right code, or off with the passphrase; either needs the passphrase."""
        account = self.authenticator.get_user(self.current_user.name)
        try:
            form = read_form(self, "password", "2fa")
            await prove(self, form["password"])
            if not account.has_2fa and not is_code_of(account.otp_secret, form["2fa"]):
                message = "This is not the code that the app shows now. Check the secret and the clock of your phone."
                raise BadInput(message, code="wrong-app-code", field="2fa")
        except AcademyError as problem:
            await self._form(problem)
            return
        account.has_2fa = not account.has_2fa
        if not account.has_2fa:
            account.otp_secret = new_otp_secret()
        self.db.commit()
        await self._form()


async def prove(handler: Any, passphrase: str) -> None:
    """Check the passphrase of the person who is signed in. Raises ``BadInput``; tries count for the lock-out."""
    name = handler.current_user.name
    authenticator = handler.authenticator
    blocked = authenticator.is_blocked(name)
    if not blocked:
        authenticator.add_login_attempt(name)
    if blocked or not await authenticator.proves(authenticator.get_user(name), passphrase):
        message = "This is not your present passphrase. Type it again; after five tries you have to wait ten minutes."
        raise BadInput(message, code="wrong-passphrase", field="old_password")
    authenticator.successful_login(name)


def end_sessions(handler: Any, username: str) -> None:
    """End every session of a person, on every device."""
    user = handler.find_user(username)
    if user is None:
        return
    user.orm_user.cookie_id = orm.new_token()
    for token in handler.db.query(orm.APIToken).filter_by(user_id=user.id):
        if token.session_id:
            handler.db.delete(token)
    handler.db.commit()


class SignOut(LogoutHandler):
    """Signing out."""

    async def render_logout_page(self) -> None:
        """Say that it is done."""
        self.finish(await self.render_template("logout.html"))


class Grading(BaseHandler):
    """The one link to formgrader: it leads to the person's own server for this cohort and starts it where needed."""

    @authenticated
    async def get(self, cohort: str) -> None:
        """Go to grading; ``page`` may name a page of formgrader, such as ``gradebook/what-we-protect``."""
        if cohort not in facilitated(self.current_user):
            raise HTTPError(403, NOT_YOURS)
        page = self.get_query_argument("page", "")
        if not re.fullmatch(r"[A-Za-z0-9_/-]*", page):
            raise HTTPError(404)
        server = url_path_join(self.base_url, "user", self.current_user.escaped_name, cohort)
        formgrader = url_path_join(server, "formgrader", page)
        spawn = url_path_join(self.hub.base_url, "spawn", self.current_user.escaped_name, cohort)
        self.redirect(url_concat(spawn, {"next": formgrader}))


ROUTES = (
    (r"/login", SignIn),
    (r"/signup", SignUp),
    (r"/reset", Reset),
    (r"/change-password", ChangePassphrase),
    (r"/two-factor", SecondFactor),
    (r"/logout", SignOut),
    (r"/grading/([a-z0-9-]+)", Grading),
)


def explained(message: str | None, status: int) -> str:
    """Return what an error page says: our own sentence, never the Hub's words for programmers."""
    if message in OUR_SENTENCES:
        return str(message)
    if message and "xsrf" in message.lower():
        return "This page was open too long. Go back, reload it and send it again; nothing was changed."
    return NO_PLACE if status == FORBIDDEN else BROKEN if status >= SERVER_ERROR else NOT_UNDERSTOOD


def update_pages(c: Any) -> None:
    """Use our templates, and land on the academy's home page."""
    c.JupyterHub.template_paths = [str(files("academy.hub") / "templates")]
    # a function given here is called with the user and gives the value: so one more around it
    c.JupyterHub.template_vars = {"academy": "/services/academy", "explained": lambda _: explained}
    c.JupyterHub.default_url = "/services/academy/"
    c.JupyterHub.redirect_to_server = False
    c.JupyterHub.implicit_spawn_seconds = 0
