"""NativeAuthenticator with every protection switched on, and invitations instead of open sign-up.

Groups come from the academy service at every sign-in and every minute after it; without an answer nobody gets in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.orm import UserInfo
from tornado.web import RequestHandler
from traitlets import Unicode

from academy.config import Config, secret
from academy.errors import AcademyError, Unavailable
from academy.hub.client import AcademyService
from academy.hub.pages import ROUTES
from academy.hub.passphrase import check_passphrase, hash_passphrase, is_right
from academy.hub.ports import Ports
from academy.hub.second_factor import is_code_of, new_otp_secret
from academy.hub.services import academy_url
from academy.languages.phrases import phrase
from academy.people.rules import USERNAME

__all__ = ["InvitedAuthenticator", "Locked", "update_authenticator"]

MOST_REMEMBERED = 10_000
"""User names whose failed sign-ins are remembered at one time."""
WAIT = phrase(
    "There were too many tries with this user name. Wait ten minutes, then try again; or ask for a one-time code."
)


@lru_cache(maxsize=1)
def common_passphrases() -> frozenset[str]:
    """Return NativeAuthenticator's list of passphrases that everybody uses."""
    text = (files("nativeauthenticator") / "common-credentials.txt").read_text(encoding="utf-8")
    return frozenset(line.casefold() for line in text.splitlines())


class Locked(AcademyError):
    """There were too many wrong passphrases."""

    status = 403


class InvitedAuthenticator(NativeAuthenticator):
    """Accounts of people who were invited."""

    service_url = Unicode(config=True, help="Loopback address of the academy service.")
    service_token = Unicode(config=True, help="The Hub's secret for the academy service.")

    @property
    def service(self) -> AcademyService:
        """The academy service."""
        return AcademyService(self.service_url, self.service_token)

    def validate_username(self, username: str) -> bool:
        """Tell whether a user name has the form that the whole academy relies on."""
        return USERNAME.fullmatch(username) is not None

    def normalize_username(self, username: str) -> str:
        """Return what the person meant: phones like to begin with a capital letter."""
        return username.strip().lower()

    # --- signing in ---

    async def authenticate(self, handler: Any, data: Mapping[str, str]) -> dict[str, Any] | None:  # noqa: ARG002
        """Check user name, passphrase and, where it is set up, the code of the authenticator app.

        Returns name and groups, or None. A missing account looks and takes as long as a wrong passphrase. Raises
        ``Locked`` after too many tries and ``Unavailable`` when the groups cannot be had.
        """
        username = self.normalize_username(data.get("username") or "")
        if not self.validate_username(username):
            return None
        if self.is_blocked(username):
            raise Locked(WAIT, code="locked-out")
        self.add_login_attempt(username)  # counted before the slow check: tries at the same time count too
        account = self.get_user(username)
        if not await self.proves(account, data.get("password") or ""):
            return None
        if account.has_2fa and not is_code_of(account.otp_secret, data.get("2fa") or ""):
            return None
        self.successful_login(username)
        return {"name": username, "groups": await self.service.groups(username)}

    async def proves(self, account: UserInfo | None, passphrase: str) -> bool:
        """Tell whether this is the account's passphrase. Does not hold up other people's requests."""
        kept = bytes(account.password) if account and account.is_authorized else None
        return await asyncio.get_running_loop().run_in_executor(None, is_right, passphrase, kept)

    async def refresh_user(self, user: Any, handler: Any = None) -> dict[str, Any] | bool:  # noqa: ARG002
        """Fetch the groups anew. Without an answer the person must sign in again."""
        try:
            return {"name": user.name, "groups": await self.service.groups(user.name)}
        except Unavailable:
            return False

    # --- lock-out ---

    def is_blocked(self, username: str) -> bool:
        """Tell whether this name must wait; after the wait it starts with a clean slate."""
        tries = self.login_attempts.get(username)
        if tries and (datetime.now() - tries["time"]).total_seconds() > self.seconds_before_next_try:  # noqa: DTZ005
            self.successful_login(username)
        return bool(super().is_blocked(username))

    def add_login_attempt(self, username: str) -> None:
        """Count a try. Only so many names are remembered, the newest ones."""
        if username not in self.login_attempts and len(self.login_attempts) >= MOST_REMEMBERED:
            self.login_attempts.pop(next(iter(self.login_attempts)))
        super().add_login_attempt(username)

    # --- accounts ---

    def check_new_passphrase(self, username: str, passphrase: str, again: str) -> None:
        """Check a passphrase before it is set. Raises ``BadInput``."""
        common = common_passphrases() if self.check_common_password else frozenset()
        check_passphrase(passphrase, again, shortest=self.minimum_password_length, common=common, username=username)

    async def set_passphrase(self, username: str, passphrase: str, *, forget_app: bool = False) -> None:
        """Set the passphrase of an account; the account is made where there is none.

        ``forget_app``: the second factor is switched off and its secret replaced. The lock-out ends.
        """
        loop = asyncio.get_running_loop()
        kept = await loop.run_in_executor(None, hash_passphrase, passphrase)
        account = self.get_user(username)
        if account is None:
            account = UserInfo(username=username, password=kept, is_authorized=True)
            self.db.add(account)
        account.password = kept
        if forget_app:
            account.has_2fa = False
            account.otp_secret = new_otp_secret()
        self.db.commit()
        self.successful_login(username)

    def get_handlers(self, app: Any) -> list[tuple[str, type[RequestHandler]]]:  # noqa: ARG002
        """Return our pages. NativeAuthenticator's pages for approving and discarding people are not among them."""
        return list(ROUTES)


def update_authenticator(c: Any, config: Config, ports: Ports) -> None:
    """Switch on what NativeAuthenticator leaves off, and let in whoever has an account."""
    c.JupyterHub.authenticator_class = InvitedAuthenticator
    c.InvitedAuthenticator.service_url = academy_url(ports)
    c.InvitedAuthenticator.service_token = secret(config, "hub-token")
    c.InvitedAuthenticator.minimum_password_length = config.behaviour.minimum_passphrase_length
    c.InvitedAuthenticator.check_common_password = True
    c.InvitedAuthenticator.allowed_failed_logins = 5
    c.InvitedAuthenticator.seconds_before_next_try = 600
    c.InvitedAuthenticator.allow_2fa = True
    c.InvitedAuthenticator.enable_signup = True
    c.InvitedAuthenticator.open_signup = False
    c.InvitedAuthenticator.ask_email_on_signup = False
    c.InvitedAuthenticator.allow_all = True  # an account is made by an invitation only; what it may do, groups say
    c.InvitedAuthenticator.manage_groups = True
    c.InvitedAuthenticator.auth_refresh_age = 60
    c.InvitedAuthenticator.refresh_pre_spawn = True
