"""Keeping the answers for statistics where nobody can tell whose they are without a secret outside the database.

The audit says that somebody of a cohort answered, on which day: not who, not when. No row that names a person is
touched by the same transaction.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from academy.config import Config
from academy.people import queries
from academy.people.demographics import NOTHING, AgeBand, Demographic, Gender, Identifier, row_key
from academy.people.vault import installation_secret
from academy.rights import Actor
from academy.store import schema
from academy.store.database import record

__all__ = ["answer", "find", "rows", "withdraw"]

TABLE = schema.demographic


def find(db: Connection, *, config: Config, cohort: str, person: str) -> Demographic | None:
    """Return what is kept of a person in a cohort; None: nothing."""
    row = db.execute(select(TABLE).where(TABLE.c.key == _key(config, cohort, person))).first()
    return _demographic(row) if row else None


def rows(db: Connection, *, config: Config, cohort: str) -> list[Demographic]:
    """Return what is kept of the present participants of a cohort, in an order that says nothing."""
    keys = [_key(config, cohort, member.person) for member in queries.participants(db, cohort)]
    found = db.execute(select(TABLE).where(TABLE.c.cohort == cohort, TABLE.c.key.in_(keys)).order_by(TABLE.c.key))
    return [_demographic(row) for row in found]


def answer(
    db: Connection, *, config: Config, actor: Actor, now: datetime, cohort: str, demographic: Demographic
) -> None:
    """Keep one's own answers in place of all earlier ones; with no answer at all nothing is kept."""
    if demographic == NOTHING:
        withdraw(db, config=config, actor=actor, now=now, cohort=cohort)
        return
    key = _key(config, cohort, str(actor.person))
    _queue(db, cohort)
    db.execute(delete(TABLE).where(TABLE.c.key == key))
    db.execute(
        insert(TABLE).values(
            key=key,
            cohort=cohort,
            gender=demographic.gender,
            age_band=demographic.age_band,
            disability=demographic.disability,
        )
    )
    _record(db, now=now, action="answer-statistics", cohort=cohort)


def withdraw(db: Connection, *, config: Config, actor: Actor, now: datetime, cohort: str) -> None:
    """Take one's own answers back."""
    key = _key(config, cohort, str(actor.person))
    _queue(db, cohort)
    if db.execute(delete(TABLE).where(TABLE.c.key == key)).rowcount:
        _record(db, now=now, action="withdraw-statistics", cohort=cohort)


def _key(config: Config, cohort: str, person: str) -> str:
    return row_key(installation_secret(config, f"cohort-{cohort}"), person)


def _queue(db: Connection, cohort: str) -> None:
    """Let two requests of one person come one after the other. The cohort is locked: a lock on her would name her."""
    place = schema.cohort.c.slug
    db.execute(select(place).where(place == cohort).with_for_update(key_share=True))


def _record(db: Connection, *, now: datetime, action: str, cohort: str) -> None:
    day = datetime.combine(now.date(), time(), now.tzinfo)
    record(db, actor="academy", now=day, action=action, subject=cohort)


def _demographic(row: Row[Any]) -> Demographic:
    return Demographic(
        gender=None if row.gender is None else Gender(row.gender),
        age_band=None if row.age_band is None else AgeBand(row.age_band),
        disability=None if row.disability is None else Identifier(row.disability),
    )
