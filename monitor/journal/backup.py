"""The file of an SQLite database, and a copy of it beside it, whole or not there at all."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy.engine import URL

from monitor.errors import SetupError, reason_of

_PAGES_AT_ONCE = 4096
_ROOM = 2
"""Times the file's size that must be free: the copy, and by how much the change makes the file itself grow."""


class MigrationPostponedError(SetupError):
    """A change of the journal's form that has to wait for room; until then its lines are read as they are."""


def file_of(url: URL) -> Path | None:
    """Return the file that a database is, None where it is none: on a server, or in memory."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).absolute()


def back_up(path: Path, copy: Path, progress: Callable[[int, int], None]) -> Path:
    """Copy a database with all that was committed to it, and return where the copy is: on the disk before this returns.

    copy: replaced where it is there already. progress: called with pages done and pages in all.

    Raises MigrationPostponedError where there is no room, or no right, for it; nothing is left behind then. Room is looked for
    first: others write to that disk, too.
    """
    unfinished = copy.with_name(f"{copy.name}.part")
    try:
        with suppress(FileNotFoundError):
            unfinished.unlink()
        if shutil.disk_usage(copy.parent).free < _ROOM * path.stat().st_size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        unfinished.touch(mode=path.stat().st_mode & 0o777)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target, pages=_PAGES_AT_ONCE, progress=lambda _, left, all_: progress(all_ - left, all_))
        _sync(unfinished)
        unfinished.replace(copy)
        _sync(copy.parent)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink()
        megabytes = _ROOM * _octets(path) // 2**20 + 1
        raise MigrationPostponedError(
            "journal_uncopied", path=path, copy=copy, reason=reason_of(error), megabytes=megabytes
        ) from error
    return copy


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _octets(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
