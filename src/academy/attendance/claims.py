"""The append-only ledger: adding a claim, once, however often it is said."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from academy.attendance.model import Claim, Naming, Source, Status
from academy.errors import Conflict
from academy.languages.phrases import phrase
from academy.store import schema
from academy.store.database import new_id

__all__ = ["add", "by_hand", "derived_nonce", "is_repeat"]

SAID = ("person", "source", "status", "arrived_at", "left_at", "people")


def derived_nonce(*parts: str) -> str:
    """Return a nonce of fixed length for what a form or an API client sent as its own."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def by_hand(
    username: str,
    now: datetime,
    *,
    source: Source,
    nonce: str,
    person: str | None = None,
    status: Status = Status.PRESENT,
    naming: Naming = Naming.PSEUDONYM,
    arrived_at: datetime | None = None,
    left_at: datetime | None = None,
    people: int = 1,
    reason: str = "",
) -> Claim:
    """Return the claim that a facilitator makes. Her nonce counts only for herself, this kind and this person."""
    return Claim(
        person=person,
        source=source,
        naming=naming,
        status=status,
        arrived_at=arrived_at,
        left_at=left_at,
        people=people,
        reason=reason.strip(),
        nonce=derived_nonce(source, username, person or "", nonce),
        claimed_by=username,
        claimed_at=now,
    )


def is_repeat(db: Connection, session: str, claim: Claim) -> bool:
    """Tell whether this claim was made before. Raises ``Conflict`` when its nonce stands for another one."""
    query = select(schema.claim).where(schema.claim.c.session == session, schema.claim.c.nonce == claim.nonce)
    row = db.execute(query).mappings().first()
    if row is not None and any(row[name] != getattr(claim, name) for name in SAID):
        message = phrase("This page was out of date, so nothing was changed. Look at the row and do it once more.")
        raise Conflict(message, code="used-nonce")
    return row is not None


def add(db: Connection, session: str, claim: Claim) -> bool:
    """Add a claim and tell whether it is new: one with its nonce may come in from elsewhere at the same moment."""
    values = {field.name: getattr(claim, field.name) for field in fields(claim)}
    try:
        with db.begin_nested():
            db.execute(schema.claim.insert().values(id=new_id(), session=session, **values))
    except IntegrityError as error:
        if "nonce" not in str(error.orig):
            raise
        return False
    return True
