"""The database behind the journal: opened, migrated, written and read. Blocking: only threads call it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, Select, create_engine, event, func, insert, inspect, or_, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from monitor.errors import SetupError, reason_of, said_by
from monitor.journal import meeting_ids
from monitor.journal.backup import MigrationPostponedError, file_of
from monitor.journal.meeting_ids import KeptId
from monitor.journal.migrate import AtWork, UnknownSchemaError, migrate
from monitor.journal.rows import TRANSITION, Entry, entries, from_row, to_row
from monitor.model.meeting import KnownIds
from monitor.model.state import Transition
from monitor.words.phrase import Phrase

log = logging.getLogger("monitor.journal")


class Store:
    """A database that holds the entries. Every method blocks and may raise sqlalchemy.exc.SQLAlchemyError."""

    def __init__(self, url: str, at_work: AtWork | None = None) -> None:
        """Open the database of an SQLAlchemy URL and bring it to its newest form; raises SetupError where that can't be done.

        at_work: told after each step of a change of form that takes long, how many lines are done of how many.
        """
        self._engine = _engine(url)
        try:
            migrate(self._engine, at_work)
        except UnknownSchemaError as error:
            raise SetupError("journal_of_later", journal=_without_secret(url), reason=str(error)) from error
        except MigrationPostponedError as error:
            log.error("the journal is read and written in the form that it has; the next start tries again: %s", error)
        except SQLAlchemyError as error:
            raise SetupError("journal_unopened", _cure(url), journal=_without_secret(url), reason=_why(error)) from error

    def write(self, batch: Sequence[Entry | KeptId]) -> None:
        """Commit entries in one transaction, in their order, and ids to be kept; after it returns they survive a power cut."""
        ids = [each for each in batch if isinstance(each, KeptId)]
        rows = [to_row(each) for each in batch if not isinstance(each, KeptId)]
        with self._engine.begin() as connection:
            if rows:
                connection.execute(insert(entries), rows)
            if ids:
                meeting_ids.keep(connection, ids)

    def known_ids(self) -> KnownIds:
        """Return what is kept of meetings' ids."""
        with self._engine.connect() as connection:
            return meeting_ids.known(connection)

    def last_states(self) -> dict[str, Transition]:
        """Return id → the newest transition of every target that ever had one, its `at` being when the state began.

        A state that goes on with another cause is a transition, too, but begins nothing.
        """
        newest = self._newest(entries.c.kind == TRANSITION)
        going_on = [name for name, entry in newest.items() if entry.old is entry.new]
        began = or_(entries.c.old.is_(None), entries.c.old != entries.c.new)
        begun = self._newest(entries.c.kind == TRANSITION, entries.c.target.in_(going_on), began) if going_on else {}
        return newest | {name: replace(newest[name], at=entry.at) for name, entry in begun.items()}

    def events(self, since: float | None, limit: int, target: str | None = None, kinds: Sequence[str] | None = None) -> list[Entry]:
        """Return the newest entries after `since` (epoch seconds), newest first, at most limit of them; kinds: only such events."""
        wanted = self._all().order_by(entries.c.id.desc()).limit(limit)
        if since is not None:
            wanted = wanted.where(entries.c.at > since)
        if target is not None:
            wanted = wanted.where(entries.c.target == target)
        if kinds is not None:
            wanted = wanted.where(entries.c.kind.in_(kinds))
        return self._read(wanted)

    def between(self, since: float, until: float) -> list[Entry]:
        """Return all entries from `since` to before `until` (epoch seconds), in the order in which they were committed."""
        return self._read(self._all().where(entries.c.at >= since, entries.c.at < until).order_by(entries.c.id))

    def newest_before(self, at: float, kinds: Sequence[str] = (TRANSITION,)) -> list[Entry]:
        """Return of every target the newest entry of these kinds before a moment (epoch seconds), in the order of the journal."""
        newest = select(func.max(entries.c.id)).where(entries.c.kind.in_(kinds), entries.c.at < at).group_by(entries.c.target)
        return self._read(self._all().where(entries.c.id.in_(newest)).order_by(entries.c.id))

    def _newest(self, *conditions: ColumnElement[bool]) -> dict[str, Transition]:
        newest = select(func.max(entries.c.id)).where(*conditions).group_by(entries.c.target)
        found = self._read(self._all().where(entries.c.id.in_(newest)))
        return {entry.target: entry for entry in found if isinstance(entry, Transition)}

    def _all(self) -> Select[Any]:
        return select(entries)

    def _read(self, wanted: Select[Any]) -> list[Entry]:
        with self._engine.connect() as connection:
            return [from_row(row) for row in connection.execute(wanted).mappings()]

    def close(self) -> None:
        self._engine.dispose()


class JournalReader(Store):
    """The same database read beside whoever writes it, or without: nothing is created or changed, and only reading works."""

    def __init__(self, url: str) -> None:
        """Open the database of an SQLAlchemy URL; raises SetupError where it is not there or can't be read."""
        try:
            self._engine = create_engine(_read_only(_existing(make_url(url))))
            with self._engine.connect() as connection:
                connection.execute(select(entries.c.id).limit(1))
            self._columns = self._look()
        except (ArgumentError, ImportError, SQLAlchemyError) as error:
            raise _unread(url, error) from error

    def _all(self) -> Select[Any]:
        """Return the same; a journal in the form of version 0.1, which its daemon has not turned yet, lacks a column."""
        if len(self._columns) < len(entries.c):
            self._columns = self._look()
        return select(*self._columns)

    def _look(self) -> list[Column[Any]]:
        known = {column["name"] for column in inspect(self._engine).get_columns(entries.name)}
        return [column for column in entries.c if column.name in known]


_READERS_CURE = Phrase("read_beside_daemon")


@contextmanager
def reading(url: str) -> Iterator[JournalReader]:
    """Open the database of an SQLAlchemy URL for reading, and close it. Raises SetupError where it can't be read, then or later."""
    reader = JournalReader(url)
    try:
        yield reader
    except SQLAlchemyError as error:
        raise _unread(url, error) from error
    finally:
        reader.close()


def _unread(url: str, error: Exception) -> SetupError:
    return SetupError("journal_unread", _READERS_CURE, journal=_without_secret(url), reason=_why(error))


def _existing(url: URL) -> URL:
    """Return the URL; raises SetupError where it names a file of SQLite that is not there, for which SQLite has no clear word."""
    file = file_of(url)
    if file is not None and not file.exists():
        raise SetupError("journal_absent", _READERS_CURE, path=file)
    return url


def _read_only(url: URL) -> URL:
    """Return the URL of a SQLite file as one that reads it; other databases stay as they are.

    Without a write-ahead log beside it nobody has it open: only then may it be read without the locks that need a writable folder.
    """
    path = file_of(url)
    if path is None:
        return url
    query = {"uri": "true", "mode": "ro"} | ({} if path.with_name(f"{path.name}-wal").exists() else {"immutable": "1"})
    return url.set(database=path.as_uri(), query=query)


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed)
        if (file := file_of(parsed)) is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, poolclass=QueuePool, pool_size=2, connect_args={"timeout": 5, "check_same_thread": False})
    except (ArgumentError, ImportError, OSError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else _why(error)
        raise SetupError("journal_unopened", _cure(url), journal=_without_secret(url), reason=reason) from error
    event.listen(engine, "connect", _make_durable)
    return engine


def _make_durable(connection: Any, _record: object) -> None:
    """WAL lets a page be read while the writer commits; FULL syncs each commit, so that what was published is on the disk."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _why(error: Exception) -> Phrase:
    """Return what the database says, or its driver; SQLAlchemy wraps it into a sentence of several lines."""
    return said_by("database_says", getattr(error, "orig", None) or error)


def _without_secret(url: str) -> str:
    return re.sub(r"//([^:/@]+):[^@]*@", r"//\1:***@", url)


def _cure(url: str) -> Phrase:
    return Phrase("journal_place" if url.startswith("sqlite") else "journal_server")
