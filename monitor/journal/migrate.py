"""Migrates a journal to the newest schema, one process at a time."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from monitor.errors import SetupError, reason_of
from monitor.journal.backup import file_of
from monitor.words.phrase import Phrase

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOOK_EVERY_S = 0.2
LOCK = int.from_bytes(b"monitor")
"""The number of our advisory lock in a database of PostgreSQL, where every program that takes some has numbers of its own."""

AtWork = Callable[[int, int], None]
"""(lines that are done, lines in all)"""


class UnknownSchemaError(Exception):
    """A journal whose form this version does not know."""


def migrate(engine: Engine, at_work: AtWork | None) -> None:
    """Make every change of form that a journal lacks.

    at_work: told after each step of one that takes long, and while another process is at one.

    Raises UnknownSchemaError for the journal of a later version, MigrationPostponedError where a change has to wait for room,
    SetupError where it can't be begun, and what SQLAlchemy does.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    forms = ScriptDirectory.from_config(config)
    if _form(engine, forms) == forms.get_current_head():
        return
    with _alone(engine, at_work) as connection:
        _form(engine, forms)
        config.attributes |= {"connection": connection, "at_work": at_work}
        command.upgrade(config, "head")


def _form(engine: Engine, forms: ScriptDirectory) -> str | None:
    with engine.connect() as connection:
        form = MigrationContext.configure(connection).get_current_revision()
    if form is not None and form not in {each.revision for each in forms.walk_revisions()}:
        raise UnknownSchemaError(form)
    return form


@contextmanager
def _alone(engine: Engine, at_work: AtWork | None) -> Iterator[Connection]:
    """Wait until no other process changes the same journal; then return the connection to change it by, until the context ends."""
    file = file_of(engine.url)
    of_file = nullcontext() if file is None else _file_locked(file, at_work)
    with of_file, engine.connect() as connection:
        of_database = _database_locked(connection, at_work) if engine.dialect.name == "postgresql" else nullcontext()
        with of_database:
            yield connection


@contextmanager
def _file_locked(file: Path, at_work: AtWork | None) -> Iterator[None]:
    path = file.with_name(f"{file.name}.lock")
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SetupError("journal_unopened", Phrase("journal_place"), journal=path, reason=reason_of(error)) from error
    try:
        _wait(lambda: _is_locked(lock), at_work)
        yield
        # Whoever waits for this very file finds nothing left to do; so may whoever makes it anew.
        with suppress(OSError):
            path.unlink()
    finally:
        os.close(lock)


def _is_locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _database_locked(connection: Connection, at_work: AtWork | None) -> Iterator[None]:
    """Lock the database by the very connection that changes it, so that neither outlives the other."""

    def is_locked() -> bool:
        has_lock = connection.scalar(select(func.pg_try_advisory_lock(LOCK)))
        connection.commit()  # it is no transaction's, but the connection's
        return bool(has_lock)

    try:
        _wait(is_locked, at_work)
        yield
    finally:
        connection.invalidate()  # the pool would keep it open, and the lock with it


def _wait(is_locked: Callable[[], bool], at_work: AtWork | None) -> None:
    while not is_locked():
        if at_work is not None:
            at_work(0, 0)
        time.sleep(_LOOK_EVERY_S)
