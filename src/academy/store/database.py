"""Opening the store and its transactions.

SQLite runs in WAL mode with foreign keys on and full durability: what was acknowledged survives a kill and a power
cut. Writers take the lock at the start of their transaction (``BEGIN IMMEDIATE``), so two of them queue instead of
failing half-way.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.resources import files
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, Engine, create_engine, event

from academy.store.schema import audit

__all__ = ["Store", "new_id", "record"]


def new_id() -> str:
    """Return a random identifier that says nothing about what it names."""
    return secrets.token_hex(12)


def record(db: Connection, *, actor: str, now: datetime, action: str, subject: str, reason: str = "") -> None:
    """Write the audit row of one action: who, when, what, why."""
    db.execute(audit.insert().values(at=now, actor=actor, action=action, subject=subject, reason=reason))


class Store:
    """The database behind one URL. Open it once per process."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is committed as a whole or not at all."""
        with self.engine.connect().execution_options(academy_write=True) as db, db.begin():
            yield db

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a consistent view that is never written to."""
        with self.engine.connect() as db:
            yield db

    def migrate(self) -> None:
        """Bring the schema to the newest version; each step is one transaction with the record that it ran."""
        config = AlembicConfig()
        config.set_main_option("script_location", str(files("academy.store") / "migrations"))
        with self.engine.connect() as db:
            config.attributes["connection"] = db
            command.upgrade(config, "head")

    def tidy(self) -> None:
        """Empty SQLite's journal, so that what was deleted does not live on there. PostgreSQL looks after itself."""
        if self.engine.dialect.name == "sqlite":
            with closing(self.engine.raw_connection()) as connection:  # outside any transaction
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event decides how a transaction starts
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("academy_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
