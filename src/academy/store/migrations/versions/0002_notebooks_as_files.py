"""Notebooks that were handed in as files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "handed_notebook",
        sa.Column("submission", sa.String(length=32), nullable=False),
        sa.Column("notebook", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_handed_notebook_submission")),
        sa.PrimaryKeyConstraint("submission", name=op.f("pk_handed_notebook")),
    )
