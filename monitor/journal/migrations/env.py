"""Runs the journal's migrations on the connection that migrate.py hands over; each is committed by itself."""

from __future__ import annotations

from alembic import context

from monitor.journal.rows import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
