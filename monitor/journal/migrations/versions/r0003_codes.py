"""Turns the English of version 0.1 into codes: what a transition rests on and what an event tells, in a column of its own.

It may be killed at any moment: rows are turned in batches, each committed by itself, and a row that has reasons is done; the next
start goes on with the others. Before anything is turned, the file of an SQLite journal is copied; where there is no room for that,
or for the turning, the column alone is added, rows are read as they are, and the next start tries again. Rows of sealed reports are
not touched at all. A database server's journal is not copied, so there the text stays beside its codes.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy import Connection

from monitor.journal.backup import MigrationPostponedError, back_up, file_of
from monitor.journal.migrate import AtWork
from monitor.journal.migrations.texts_of_0_1 import SEALED, text_as_reasons, turned

revision = "0003"
down_revision = "0002"

BATCH = 2000
_TOLD_EVERY_S = 5.0
log = logging.getLogger("monitor.journal")

_entries = sa.table(
    "entries",
    sa.column("id", sa.BigInteger),
    sa.column("kind", sa.String),
    sa.column("reason_values", sa.JSON),
    sa.column("text", sa.Text),
    sa.column("reasons", sa.JSON(none_as_null=True)),
)
_LEFT = sa.and_(_entries.c.reasons.is_(None), _entries.c.kind != SEALED)


def upgrade() -> None:
    """Add the column and fill it; raises MigrationPostponedError where it can only be added."""
    at_work: AtWork = context.config.attributes.get("at_work") or (lambda _done, _all: None)
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        file, put_off = file_of(connection.engine.url), None
        is_begun = "reasons" in {column["name"] for column in sa.inspect(connection).get_columns("entries")}
        if file is not None and not (is_begun and _copy_of(file).exists()):
            try:
                _keep(connection, file, at_work)
            except MigrationPostponedError as error:
                put_off = error
        if not is_begun:
            op.add_column("entries", sa.Column("reasons", sa.JSON(none_as_null=True)))
        if put_off is not None:
            raise put_off
        try:
            _turn_all(connection, at_work, text={} if file is None else {"text": ""})
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_FULL:
                raise
            raise MigrationPostponedError("journal_full", journal=file) from error


def _copy_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.before-{revision}")


def _keep(connection: Connection, file: Path, at_work: AtWork) -> None:
    """Keep the journal as it is, where it has lines."""
    rows = connection.scalar(sa.select(sa.func.count()).select_from(_entries)) or 0
    if not rows:
        return
    log.info("copying the journal %s before its lines are turned into codes", file)
    copy = back_up(file, _copy_of(file), lambda done, all_: at_work(0, rows))
    log.info("the journal as it was is kept in %s; it may be deleted once nobody wants to go back", copy)


def _turn_all(connection: Connection, at_work: AtWork, text: Mapping[str, str]) -> None:
    left = connection.scalar(sa.select(sa.func.count()).select_from(_entries).where(_LEFT)) or 0
    if not left:
        return
    log.info("turning %s lines of the journal into codes", left)
    done, last_id, told_s = 0, -1, time.monotonic()
    while rows := _next(connection, last_id):
        _turn(connection, rows, text)
        done, last_id = done + len(rows), rows[-1]["id"]
        at_work(done, left)
        if time.monotonic() - told_s >= _TOLD_EVERY_S:
            told_s = time.monotonic()
            log.info("turned %s of %s lines of the journal into codes", done, left)
    log.info("all %s lines of the journal are codes", done)


def _next(connection: Connection, last_id: int) -> list[Any]:
    wanted = sa.select(_entries.c.id, _entries.c.kind, _entries.c.reason_values, _entries.c.text)
    wanted = wanted.where(_LEFT, _entries.c.id > last_id).order_by(_entries.c.id).limit(BATCH)
    return list(connection.execute(wanted).mappings())


def _turn(connection: Connection, rows: list[Any], text: Mapping[str, str]) -> None:
    """Turn rows in one transaction; what no form knows stays text."""
    change = sa.update(_entries).where(_entries.c.id == sa.bindparam("row")).values(reasons=sa.bindparam("codes"), **text)
    changes = []
    for row in rows:
        codes = turned(row["kind"], row["text"], row["reason_values"])
        changes.append({"row": row["id"], "codes": text_as_reasons(row["text"]) if codes is None else codes})
    # Without a transaction of its own each row would be synced to the disk by itself.
    connection.exec_driver_sql("BEGIN")
    try:
        connection.execute(change, changes)
        connection.exec_driver_sql("COMMIT")
    except sa.exc.OperationalError:
        with suppress(sa.exc.OperationalError):  # of what a full disk has ended by itself there is nothing left to undo
            connection.exec_driver_sql("ROLLBACK")
        raise
