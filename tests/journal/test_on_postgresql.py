"""A journal in PostgreSQL: written and read, turned into codes, killed meanwhile, and by one process at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.pool import NullPool

from monitor.journal.journal import Journal
from monitor.journal.migrate import LOCK
from monitor.journal.migrations.versions.r0003_codes import BATCH
from monitor.journal.rows import entries
from monitor.journal.store import Store
from monitor.model.reason import Reason
from monitor.model.state import Event, State, Transition
from monitor.service.meetings.records import SEALED, seal
from tests.journal.test_turned_into_codes import LINES, ROOT, everything, goes_on_where_another_is_killed, killed_after
from tests.leftovers import SAID, STOPPED
from tests.leftovers.long import make
from tests.postgres_server import Server, postgres
from tests.told import UNANSWERED

OLD_COLUMNS = [column for column in entries.c if column.name != "reasons"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of a long journal as version 0.1 wrote them."""
    path = tmp_path_factory.mktemp("long") / "journal.db"
    make(path, LINES)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(select(*OLD_COLUMNS).order_by(entries.c.id)).mappings()]
    engine.dispose()
    return found


@pytest.fixture
def empty(server: Server, request: pytest.FixtureRequest) -> str:
    """The URL of a database in which nothing is."""
    return server.database(request.node.name[:60])


@pytest.fixture
def old(empty: str, template: list[dict[str, Any]]) -> str:
    """The URL of a journal as version 0.1 leaves it."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "monitor" / "journal" / "migrations"))
    engine = create_engine(empty)
    with engine.connect() as connection:
        config.attributes |= {"connection": connection}
        command.upgrade(config, "0002")
    with engine.begin() as connection:
        connection.execute(entries.insert(), template)
        connection.execute(text("SELECT setval(pg_get_serial_sequence('entries', 'id'), (SELECT max(id) FROM entries))"))
    engine.dispose()
    return empty


def asked(url: str, question: str) -> list[tuple[Any, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(question))]
    engine.dispose()
    return found


def version(url: str) -> str:
    return str(asked(url, "SELECT version_num FROM alembic_version")[0][0])


def as_it_was(url: str, where: str) -> list[tuple[Any, ...]]:
    names = ", ".join(f"CAST({column.name} AS text)" for column in OLD_COLUMNS)
    return asked(url, f"SELECT {names} FROM entries WHERE {where} ORDER BY id")


async def test_what_was_appended_is_read_back_after_a_restart(empty: str) -> None:
    journal = Journal(Store(empty))
    down = Transition("a", State.UP, State.DOWN, 10.0, "a", Reason("silent", {"packets": 10}), UNANSWERED, 20, 21)
    path = Event(11.0, "path", "a", told=(Reason("path_untraced", because=(Reason("no_raw_socket"),)),))
    assert await journal.append([down, path])
    journal.close()
    again = Journal(Store(empty))
    assert ([path, down], {"a": down}) == (await again.events(), again.last_states())
    again.close()


def test_it_is_killed_in_the_middle_and_the_next_start_goes_on(old: str) -> None:
    before, sealed, read_before = as_it_was(old, "true"), as_it_was(old, f"kind = '{SEALED}'"), everything(old)
    done = killed_after(old, BATCH)
    assert ("0002", done) == (version(old), len(asked(old, "SELECT id FROM entries WHERE reasons IS NOT NULL")))
    assert read_before == everything(old), "a reader beside it reads both forms"
    steps: list[tuple[int, int]] = []
    Store(old, lambda done, lines: steps.append((done, lines))).close()
    assert ("0004", LINES - done - len(sealed)) == (version(old), steps[-1][1])
    assert read_before == everything(old)
    assert before == as_it_was(old, "true"), "nothing is copied, so the text stays beside its codes"
    assert [(None,)] * len(sealed) == asked(old, f"SELECT reasons FROM entries WHERE kind = '{SEALED}'")


def test_every_seal_verifies_afterwards(old: str) -> None:
    Store(old).close()
    found = asked(old, f"SELECT CAST(reason_values AS text) FROM entries WHERE kind = '{SEALED}'")
    assert found
    for (values,) in found:
        told = json.loads(values)
        assert SAID["sealed"][told["meeting"]]["seal"] == told["seal"] == seal(told["body"])


async def test_it_is_written_on_where_it_ended(old: str) -> None:
    journal = Journal(Store(old))
    stopped = Event(STOPPED + 1, "stopped", "")
    assert await journal.append([stopped])
    assert [stopped] == await journal.events(STOPPED + 0.5, 10)
    journal.close()
    assert [(LINES + 1,)] == asked(old, "SELECT max(id) FROM entries")


# One process at a time


def test_of_two_starts_at_once_one_waits_for_the_other_and_goes_on_where_it_is_killed(old: str) -> None:
    before, read_before = as_it_was(old, "true"), everything(old)
    goes_on_where_another_is_killed(old, BATCH)
    assert ("0004", read_before, before) == (version(old), everything(old), as_it_was(old, "true"))


def test_of_starts_at_once_on_an_empty_database_one_makes_the_journal(empty: str) -> None:
    words = [sys.executable, "-m", "tests.journal.upgrade", empty]
    with _held(empty) as release:
        starts = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        for start in starts:
            assert start.stdout is not None
            assert "0 0" == start.stdout.readline().strip(), "it waits"
        assert [] == asked(empty, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        release()
        for start in starts:
            start.communicate()
    assert [0, 0, 0] == [start.returncode for start in starts]
    assert "0004" == version(empty)


@contextmanager
def _held(url: str) -> Iterator[Callable[[], None]]:
    """Have another program change the journal, until it is released."""
    engine = create_engine(url, poolclass=NullPool)
    connection = engine.connect()
    try:
        connection.execute(select(func.pg_advisory_lock(LOCK)))
        yield connection.close
    finally:
        connection.close()


def test_nobody_is_kept_waiting_once_it_is_done(old: str) -> None:
    store = Store(old)
    steps: list[tuple[int, int]] = []
    Store(old, lambda done, lines: steps.append((done, lines))).close()
    assert [] == steps
    assert [] == asked(old, "SELECT objid FROM pg_locks WHERE locktype = 'advisory'")
    store.close()
