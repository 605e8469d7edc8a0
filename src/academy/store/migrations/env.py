"""Alembic's entry: runs each migration on the connection that ``Store.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from academy.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
