"""The journal keeps meetings' ids beside its entries: across restarts, for whoever reads beside it, in SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from monitor.journal.journal import Journal
from monitor.journal.meeting_ids import KeptId
from monitor.journal.store import JournalReader, Store, reading
from monitor.model.meeting import NO_IDS, KeptSlug, OldId
from monitor.model.state import Event
from tests.journal.test_turned_into_codes import database, version
from tests.leftovers import lay_out
from tests.postgres_server import Server, postgres

SLUG = KeptSlug("a" * 64, "giao-ban")
OLD = OldId("giao-ban-2026-11-30", "2026-11-30T08:00:00+07:00", "giao-ban-0a1b2c3d")
KEPT: tuple[KeptId, ...] = (SLUG, OLD)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database in which nothing is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/journal.db"
    server: Server = request.getfixturevalue("server")
    return server.database(request.node.name[:60])


async def test_what_is_kept_is_there_after_a_restart_and_for_whoever_reads_beside(url: str) -> None:
    journal = Journal(Store(url))
    assert NO_IDS == journal.known_ids()
    event = Event(1.0, "x", "")
    assert await journal.append([event, *KEPT])
    with reading(url) as beside:
        assert (NO_IDS.joined(KEPT), [event]) == (beside.known_ids(), beside.events(None, 10))
    journal.close()
    again = Journal(Store(url))
    assert NO_IDS.joined(KEPT) == again.known_ids()
    assert [event] == await again.events()
    again.close()


async def test_what_was_first_stays_whoever_comes_later(url: str) -> None:
    journal, other = Journal(Store(url)), Journal(Store(url))
    assert await journal.append(KEPT)
    assert await other.append([KeptSlug(SLUG.event, "hop"), OldId(OLD.old, OLD.start, "hop-1"), KeptSlug("b" * 64, "hop"), SLUG])
    assert NO_IDS.joined([*KEPT, KeptSlug("b" * 64, "hop")]) == journal.known_ids() == other.known_ids()
    journal.close()
    other.close()


async def test_an_id_that_is_a_text_of_a_calendar_is_left_out_and_the_others_are_kept(url: str) -> None:
    journal = Journal(Store(url))
    assert await journal.append([OldId("x" * 3_000, OLD.start, "y"), OldId("x", OLD.start, "y" * 201), *KEPT])
    assert NO_IDS.joined(KEPT) == journal.known_ids()
    journal.close()


class FullStore(Store):
    """A disk that is full until it is mended."""

    is_full = True

    def write(self, batch: object) -> None:
        if self.is_full:
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
        super().write(batch)  # type: ignore[arg-type]


async def test_what_can_t_be_kept_now_is_kept_once_the_disk_is_mended(tmp_path: Path) -> None:
    store = FullStore(f"sqlite:///{tmp_path}/journal.db")
    journal = Journal(store)
    assert not await journal.append(KEPT)
    store.is_full = False
    assert await journal.append([Event(1.0, "x", "")])
    assert NO_IDS.joined(KEPT) == journal.known_ids()
    journal.close()


async def test_a_journal_whose_change_of_form_has_to_wait_takes_entries_and_keeps_no_id(tmp_path: Path) -> None:
    left = lay_out(tmp_path)
    (left.state / "journal.db.before-0003").mkdir()
    journal = Journal(Store(left.journal))
    assert "0002" == version(database(left))
    stopped = Event(2_000_000_000.0, "stopped", "")
    assert await journal.append([stopped, *KEPT])
    assert ([stopped], NO_IDS) == (await journal.events(limit=1), journal.known_ids())
    journal.close()


def test_a_reader_of_a_journal_of_version_0_1_knows_no_ids(tmp_path: Path) -> None:
    left = lay_out(tmp_path)
    reader = JournalReader(left.journal)
    assert NO_IDS == reader.known_ids()
    reader.close()
    with closing(sqlite3.connect(database(left))) as journal:
        assert [] == journal.execute("SELECT name FROM sqlite_master WHERE name LIKE '%meeting%'").fetchall()
