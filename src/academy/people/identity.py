"""Optional details of a person: a name for a certificate, a way to reach her. Both may stay empty for ever.

The order of writes: the key is safe on disk before the row is committed, and is destroyed before the row goes. So a
crash leaves a key without details (harmless) or details without a key, which is said to the person, never hidden.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from academy.config import Config
from academy.errors import BadInput
from academy.languages.phrases import phrase
from academy.people import vault
from academy.people.rules import check_name
from academy.rights import Actor
from academy.store import schema
from academy.store.database import record

__all__ = ["Details", "check_contact", "erase", "exists", "find", "keep"]

TABLE = schema.identity


@dataclass(frozen=True, slots=True)
class Details:
    """What a person may leave; empty text: nothing. The texts stay out of every log, being no part of the repr."""

    name: str = field(default="", repr=False)
    """For a certificate."""
    contact: str = field(default="", repr=False)
    """How to reach her, in her own words."""

    def __bool__(self) -> bool:
        """Tell whether there is anything in it."""
        return bool(self.name or self.contact)


def check_contact(text: str) -> str:
    """Return a text of one or more lines. Raises ``BadInput`` for signs that are no text."""
    plain = text.replace("\r\n", "\n")
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Cn"} and sign != "\n" for sign in plain):
        message = phrase("The way to reach you holds a sign that cannot be seen. Type it again.")
        raise BadInput(message, code="bad-contact", field="contact")
    return plain


def exists(db: Connection, person: str) -> bool:
    """Tell whether a person has left details, readable or not."""
    return _sealed(db, person) is not None


def find(db: Connection, *, config: Config, person: str) -> Details:
    """Return a person's details, empty where she left none. Raises ``Conflict`` where they cannot be read any more."""
    sealed = _sealed(db, person)
    if sealed is None:
        return Details()
    return Details(**json.loads(vault.unseal(vault.find_key(config, person), person, sealed)))


def keep(db: Connection, *, config: Config, actor: Actor, now: datetime, details: Details) -> None:
    """Keep one's own details; nothing in them: erase them.

    Raises ``BadInput``, or ``Conflict`` where earlier details cannot be read: those are never written over unseen.
    """
    kept = Details(name=check_name(details.name, field="name"), contact=check_contact(details.contact))
    if not kept:
        erase(db, config=config, actor=actor, now=now)
        return
    person = str(actor.person)
    _queue(db, person)
    new = not exists(db, person)
    if not new:
        find(db, config=config, person=person)
    text = json.dumps({"name": kept.name, "contact": kept.contact}, ensure_ascii=False)
    sealed = vault.seal(vault.make_key(config, person), person, text)
    if new:
        db.execute(insert(TABLE).values(person=person, details=sealed))
    else:
        db.execute(update(TABLE).where(TABLE.c.person == person).values(details=sealed))
    record(db, actor=str(actor.username), now=now, action="keep-details", subject=str(actor.username))


def erase(db: Connection, *, config: Config, actor: Actor, now: datetime) -> None:
    """Erase one's own details, readable or not, in this database and, by destroying their key, in every copy of it."""
    person = str(actor.person)
    _queue(db, person)
    had_key = vault.destroy_key(config, person)
    had_row = db.execute(delete(TABLE).where(TABLE.c.person == person)).rowcount
    if had_key or had_row:
        record(db, actor=str(actor.username), now=now, action="erase-details", subject=str(actor.username))


def _sealed(db: Connection, person: str) -> str | None:
    return db.execute(select(TABLE.c.details).where(TABLE.c.person == person)).scalar_one_or_none()


def _queue(db: Connection, person: str) -> None:
    """Let two requests of one person change her key and her row one after the other; SQLite does so by itself."""
    db.execute(select(schema.person.c.id).where(schema.person.c.id == person).with_for_update())
