"""Keeps meetings' ids: how those of an event begin, and what a meeting was called when version 0.1 wrote of it.

Both are filled by the daemon, which knows the schedule; no entry is touched.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "meeting_slugs",
        sa.Column("event", sa.String(64), primary_key=True),
        sa.Column("slug", sa.String(80), nullable=False),
    )
    op.create_table(
        "old_meeting_ids",
        sa.Column("old", sa.String(200), primary_key=True),
        sa.Column("start", sa.String(40), primary_key=True),
        sa.Column("new", sa.String(200), nullable=False),
    )
