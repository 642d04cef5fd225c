"""The first form: one table of entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("target", sa.String(128), nullable=False),
        sa.Column("old", sa.String(16)),
        sa.Column("new", sa.String(16)),
        sa.Column("cause", sa.String(128)),
        sa.Column("reason", sa.String(48)),
        sa.Column("reason_values", sa.JSON),
        sa.Column("affected_points", sa.Integer),
        sa.Column("affected_endpoints", sa.Integer),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("entries_at", "entries", ["at"])
    op.create_index("entries_target", "entries", ["target", "id"])
