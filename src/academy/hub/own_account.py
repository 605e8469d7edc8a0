"""What a person changes herself once she is signed in: passphrase and second factor."""

from __future__ import annotations

import re
from urllib.parse import quote

from tornado.web import authenticated

from academy.errors import AcademyError, BadInput
from academy.hub.forms import read_form
from academy.hub.second_factor import is_code_of, new_otp_secret
from academy.hub.sessions import FormPage, end_sessions, prove
from academy.languages.phrases import phrase

__all__ = ["ChangePassphrase", "SecondFactor"]


class ChangePassphrase(FormPage):
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


class SecondFactor(FormPage):
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
                message = phrase(
                    "This is not the code that the app shows now. Check the secret and the clock of your phone."
                )
                raise BadInput(message, code="wrong-app-code", field="2fa")
        except AcademyError as problem:
            await self._form(problem)
            return
        account.has_2fa = not account.has_2fa
        if not account.has_2fa:
            account.otp_secret = new_otp_secret()
        self.db.commit()
        await self._form()
