"""Brings a journal to its newest form, one process at a time."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from monitor.errors import SetupError, reason_of
from monitor.journal.copy_of_file import file_of
from monitor.words.phrase import Phrase

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOOK_EVERY_S = 0.2

AtWork = Callable[[int, int], None]
"""(lines that are done, lines in all)"""


class UnknownFormError(Exception):
    """A journal whose form this version does not know."""


def bring_to_newest(engine: Engine, at_work: AtWork | None) -> None:
    """Make every change of form that a journal lacks.

    at_work: told after each step of one that takes long, and while another process is at one. Raises UnknownFormError for the
    journal of a later version, PutOffError where a change has to wait for room, SetupError where it can't be begun, and what
    SQLAlchemy does.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    forms = ScriptDirectory.from_config(config)
    if _form(engine, forms) == forms.get_current_head():
        return
    with _alone(engine, at_work):
        _form(engine, forms)
        with engine.connect() as connection:
            config.attributes |= {"connection": connection, "at_work": at_work}
            command.upgrade(config, "head")


def _form(engine: Engine, forms: ScriptDirectory) -> str | None:
    """Return the form that a journal has, None for a new one."""
    with engine.connect() as connection:
        form = MigrationContext.configure(connection).get_current_revision()
    if form is not None and form not in {each.revision for each in forms.walk_revisions()}:
        raise UnknownFormError(form)
    return form


@contextmanager
def _alone(engine: Engine, at_work: AtWork | None) -> Iterator[None]:
    """Wait until no other process changes the same file. Of a database server only its own locks are there."""
    file = file_of(engine.url)
    if file is None:
        yield
        return
    path = file.with_name(f"{file.name}.lock")
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SetupError("journal_unopened", Phrase("journal_place"), journal=path, reason=reason_of(error)) from error
    try:
        while not _is_locked(lock):
            if at_work is not None:
                at_work(0, 0)
            time.sleep(_LOOK_EVERY_S)
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
