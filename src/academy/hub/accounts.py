"""Making an account without an invitation: for the command line and the demo, never for the web.

Such an account has no place in the academy, so every page refuses it until its owner uses an invitation.
"""

from __future__ import annotations

from nativeauthenticator.orm import UserInfo
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from academy.config import Config
from academy.errors import BadInput, Conflict
from academy.hub.passphrase import hash_passphrase
from academy.hub.storage import hub_db_url
from academy.people.rules import USERNAME

__all__ = ["add_account"]


def add_account(config: Config, username: str, passphrase: str) -> None:
    """Make an account. The Hub must have run once. Raises ``BadInput`` or ``Conflict``."""
    if not USERNAME.fullmatch(username):
        message = "A user name has 3 to 31 small letters a-z, digits and dashes."
        raise BadInput(message, code="bad-username", field="username")
    engine = create_engine(hub_db_url(config))
    with Session(engine) as db, db.begin():
        if db.scalar(select(UserInfo.id).where(UserInfo.username == username)):
            message = f"There is an account {username} already."
            raise Conflict(message, code="username-taken", field="username")
        db.add(UserInfo(username=username, password=hash_passphrase(passphrase), is_authorized=True))
    engine.dispose()
