"""Everything that the store keeps about one person, found by the shape of the tables, so that none is missed.

A row is about a person when it names her, belongs to something she sent, or says that she did it. What is left out are
hashes and keys of codes: they say nothing to her, and whoever took the file from her could try them.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, or_, select

from academy.config import Config
from academy.errors import AcademyError
from academy.people import demographic_rows, identity
from academy.rights import Actor
from academy.store import schema

__all__ = ["HIDDEN", "Kept", "everything"]

Kept = dict[str, list[dict[str, Any]]]
"""Rows by the name of their table; every value is text, a number, a list or a mapping."""

HIDDEN = frozenset({"code_hash", "nonce", "secret", "details"})
"""Columns that are left out; ``details`` of ``identity`` are shown as she wrote them instead."""
BY_NAME = frozenset({"actor", "subject", "asked_by", "claimed_by", "created_by", "issued_by"})
"""Columns that hold the user name of whoever did something, or to whom it was done."""


def everything(db: Connection, *, config: Config, actor: Actor) -> Kept:
    """Return what is kept about somebody, tables in the order of the schema, without those that hold nothing."""
    found = {table.name: _rows(db, table, actor) for table in schema.metadata.sorted_tables}
    found["identity"] = _details(db, config, actor) if found["identity"] else []
    found["demographic"] = _statistics(db, config, actor)
    return {name: rows for name, rows in found.items() if rows}


def _rows(db: Connection, table: Table, actor: Actor) -> list[dict[str, Any]]:
    about = _about(table, actor)
    if about is None:
        return []
    shown = [column for column in table.columns if column.name not in HIDDEN]
    found = db.execute(select(*shown).where(about)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _about(table: Table, actor: Actor) -> ColumnElement[bool] | None:
    """Return the condition for rows about the person; None where the table has none."""
    if table is schema.person:
        return table.c.id == actor.person
    conditions = [condition for column in table.columns if (condition := _names(column, actor)) is not None]
    return or_(*conditions) if conditions else None


def _names(column: Column[Any], actor: Actor) -> ColumnElement[bool] | None:
    targets = {key.column for key in column.foreign_keys}
    if schema.person.c.id in targets:
        return column == actor.person
    if schema.submission.c.id in targets:
        return column.in_(select(schema.submission.c.id).where(schema.submission.c.person == actor.person))
    return column == actor.username if column.name in BY_NAME else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _details(db: Connection, config: Config, actor: Actor) -> list[dict[str, Any]]:
    """Return her optional details as she wrote them, or the sentence that says why they cannot be read."""
    try:
        details = identity.find(db, config=config, person=str(actor.person))
    except AcademyError as error:
        return [{"unreadable": error.message}]
    return [{"name": details.name, "contact": details.contact}]


def _statistics(db: Connection, config: Config, actor: Actor) -> list[dict[str, Any]]:
    """Return her answers for statistics, which only her id and a secret outside the database lead to."""
    found = []
    for cohort in sorted(actor.participates):
        kept = demographic_rows.find(db, config=config, cohort=cohort, person=str(actor.person))
        if kept is not None:
            answers = {"gender": kept.gender, "age_band": kept.age_band, "disability": kept.disability}
            found.append({"cohort": cohort, **answers})
    return found
