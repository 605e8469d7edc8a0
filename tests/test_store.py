"""The store: whole transactions, exact times, a schema that its migrations make."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from academy.store import schema
from academy.store.database import Store, record
from tests.conftest import NOW


def rows(store: Store) -> int:
    """Count the audit rows."""
    with store.read() as db:
        return int(db.execute(select(func.count()).select_from(schema.audit)).scalar_one())


def test_a_transaction_that_breaks_leaves_nothing(any_store: Store) -> None:
    """Whole or absent."""

    def breaks() -> None:
        with any_store.write() as db:
            record(db, actor="anika", now=NOW, action="try", subject="x")
            raise KeyError

    with pytest.raises(KeyError):
        breaks()
    assert rows(any_store) == 0


def test_a_moment_comes_back_as_it_went_in(any_store: Store) -> None:
    """Aware, in UTC, to the microsecond."""
    moment = NOW.replace(microsecond=123456)
    with any_store.write() as db:
        record(db, actor="anika", now=moment, action="try", subject="x")
    with any_store.read() as db:
        kept = db.execute(select(schema.audit.c.at)).scalar_one()
    assert kept == moment
    assert kept.tzinfo is not None


def test_a_moment_without_a_zone_is_refused(any_store: Store) -> None:
    """Nobody knows when it was."""
    naive = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 - the point of the test
    with pytest.raises(StatementError, match="no zone"), any_store.write() as db:
        record(db, actor="anika", now=naive, action="try", subject="x")


def test_the_migrations_make_exactly_the_schema(any_store: Store) -> None:
    """Nothing that the code expects is missing, and nothing is left over."""
    with any_store.engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_migrating_twice_changes_nothing(any_store: Store) -> None:
    """A second start keeps all data."""
    with any_store.write() as db:
        record(db, actor="anika", now=NOW, action="try", subject="x")
    any_store.migrate()
    assert rows(any_store) == 1


def test_no_table_has_a_place_for_an_address_or_a_device() -> None:
    """What has no column cannot be stored by mistake."""
    columns = {column.name for table in schema.metadata.tables.values() for column in table.columns}
    forbidden = {"ip", "address", "user_agent", "device", "email", "phone", "latitude", "longitude"}
    assert not columns & forbidden


def test_what_was_deleted_does_not_live_on_in_the_files(store: Store, tmp_path: Path) -> None:
    """After tidying, neither the database file nor its journal holds it."""
    with store.write() as db:
        record(db, actor="planted-token-7f3a", now=NOW, action="try", subject="x")
    with store.write() as db:
        db.execute(schema.audit.delete())
    store.tidy()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
    assert b"planted-token-7f3a" not in kept
