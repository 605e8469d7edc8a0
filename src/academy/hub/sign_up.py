"""What needs a code and no session: using an invitation, and a new passphrase for one that was forgotten."""

from __future__ import annotations

from academy.errors import AcademyError, BadInput
from academy.hub.forms import read_form
from academy.hub.sessions import FormPage, end_sessions, sign_in
from academy.languages.phrases import phrase
from academy.people.rules import USERNAME

__all__ = ["Reset", "SignUp"]

BAD_NAME = phrase("Choose a user name of 3 to 31 small letters a-z, digits and dashes. It need not be your name.")
TAKEN = phrase("This user name is taken. Choose another one; your invitation is still good.")


class SignUp(FormPage):
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


class Reset(FormPage):
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
