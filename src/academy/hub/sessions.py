"""A page with a form at the Hub, and the sessions of people: started, ended, guarded by the passphrase."""

from __future__ import annotations

import time
from typing import Any

from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler

from academy.errors import AcademyError, BadInput
from academy.hub.forms import MaskedForms
from academy.languages.phrases import phrase

__all__ = ["FormPage", "end_sessions", "prove", "sign_in"]


class FormPage(MaskedForms, BaseHandler):
    """A page with one form."""

    template = ""

    async def show(self, *, problem: AcademyError | None = None, status: int = 200, **shown: Any) -> None:
        """Show the page; ``problem`` is said in one sentence above the form."""
        self.set_status(problem.status if problem else status)
        self.finish(await self.render_template(self.template, problem=problem, **shown))

    def to_academy(self) -> None:
        """Go on to the academy."""
        self.redirect(self.get_next_url(self.current_user))


async def sign_in(handler: Any, person: dict[str, Any]) -> None:
    """Start a session for a person whose passphrase was checked."""
    user = await handler.auth_to_user(person)
    handler.set_login_cookie(user)
    user._auth_refreshed = time.monotonic()  # noqa: SLF001 - her groups are fresh, as after the Hub's own login
    handler._jupyterhub_user = user  # noqa: SLF001


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


async def prove(handler: Any, passphrase: str) -> None:
    """Check the passphrase of the person who is signed in. Raises ``BadInput``; tries count for the lock-out."""
    name = handler.current_user.name
    authenticator = handler.authenticator
    blocked = authenticator.is_blocked(name)
    if not blocked:
        authenticator.add_login_attempt(name)
    if blocked or not await authenticator.proves(authenticator.get_user(name), passphrase):
        message = phrase(
            "This is not your present passphrase. Type it again; after five tries you have to wait ten minutes."
        )
        raise BadInput(message, code="wrong-passphrase", field="old_password")
    authenticator.successful_login(name)
