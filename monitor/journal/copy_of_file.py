"""A copy of an SQLite database beside it, whole or not there at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from monitor.errors import SetupError

_PAGES_AT_ONCE = 4096


def keep_copy(path: Path, copy: Path, progress: Callable[[int, int], None]) -> Path:
    """Copy a database with all that was committed to it, and return where the copy is: on the disk before this returns.

    copy: replaced where it is there already. progress: called with pages done and pages in all. Raises SetupError where there is no
    room, or no right, for it; nothing is left behind then.
    """
    unfinished = copy.with_name(f"{copy.name}.part")
    try:
        with suppress(FileNotFoundError):
            unfinished.unlink()
        unfinished.touch(mode=path.stat().st_mode & 0o777)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target, pages=_PAGES_AT_ONCE, progress=lambda _, left, all_: progress(all_ - left, all_))
        _sync(unfinished)
        unfinished.replace(copy)
        _sync(copy.parent)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink()
        megabytes = _octets(path) // 2**20 + 1
        raise SetupError("journal_uncopied", path=path, copy=copy, reason=str(error), megabytes=megabytes) from error
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
