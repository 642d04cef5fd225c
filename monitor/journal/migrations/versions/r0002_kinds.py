"""Finds entries by kind and target: what operators said, and each target's last state, are looked up at every start."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("entries_kind", "entries", ["kind", "target", "id"])
