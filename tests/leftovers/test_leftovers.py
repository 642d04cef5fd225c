"""What version 0.1.0 left behind is taken up: its journal, its files, its configuration, and what stood open when it stopped."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer
from alembic import command
from alembic.config import Config
from openpyxl import Workbook, load_workbook
from sqlalchemy import create_engine, select, text

from monitor.__main__ import main
from monitor.export.http import make_app
from monitor.journal import migrations
from monitor.journal.journal import Journal
from monitor.journal.rows import entries
from monitor.journal.store import Store
from monitor.load.configuration import Configuration, load
from monitor.model.meeting import Meeting, MeetingView
from monitor.model.reading import Deliver, IcmpSample, Outcome, PathTrace, Reading, ServiceSample
from monitor.model.spec import IcmpSpec, Spec
from monitor.model.state import Event, Snapshot
from monitor.report.readiness import file
from monitor.service.daemon import Daemon
from monitor.service.history import History
from monitor.service.meetings.loads import Loads
from monitor.service.meetings.records import seal
from monitor.service.meetings.watch import MeetingWatch
from monitor.service.process import SystemClock
from tests.export.sample import FakeSource
from tests.leftovers import FOLDER, SAID, STOPPED, Leftovers, lay_out, sealed_cells, sealed_page
from tests.leftovers.mended import mended
from tests.postgres_server import postgres

MEETING = "giao-ban-thang-11"
SILENT = {name for name, each in SAID["states"].items() if each["state"] in ("down", "unreachable")} | {
    "xa-lung-cu",
    "dc-xa-lung-cu",
}
"""Who did not answer at the stop: also the commune under work, and the room behind it."""
SPANS = {
    "shift-night": ("shift", "2026-11-22T14:00", "2026-11-23T06:00"),
    "shift-day": ("shift", "2026-11-23T06:00", "2026-11-23T16:40"),
    "availability": ("availability", "2026-11-22T12:00", "2026-11-23T16:40"),
}


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Leftovers:
    """What it left, its secrets in the environment, and this process where a relative path does no harm."""
    leftovers = lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name, value in leftovers.environment.items():
        monkeypatch.setenv(name, value)
    return leftovers


class ClockAfterwards(SystemClock):
    """Shows on the wall half a minute after the stop, and goes on from there."""

    def __init__(self) -> None:
        self._offset_s = STOPPED + 30.0 - self.monotonic()

    def wall(self) -> float:
        return self.monotonic() + self._offset_s


@dataclass(frozen=True)
class FakeProber:
    """Answers at once for everybody who answered at the stop."""

    clock: SystemClock

    async def probe(self, specs: Sequence[Spec], deliver: Deliver) -> None:
        for spec in specs:
            is_heard = spec.target not in SILENT
            outcome = Outcome.OK if is_heard else Outcome.TIMEOUT
            if isinstance(spec, IcmpSpec):
                sample = IcmpSample(spec.packets, (0.01 if is_heard else None,) * spec.packets)
                deliver(Reading(spec.target, "icmp", self.clock.monotonic(), outcome, icmp=sample, confirms=spec.confirms))
            else:
                kind = type(spec).__name__.removesuffix("Spec").lower()
                deliver(
                    Reading(
                        spec.target,
                        kind,
                        self.clock.monotonic(),
                        outcome,
                        confirms=spec.confirms,
                        service=None if kind == "snmp" else ServiceSample(),
                    )
                )


@asynccontextmanager
async def restarted(left: Leftovers) -> AsyncIterator[tuple[Daemon, MeetingWatch]]:
    """Start the daemon half a minute after the stop; everybody is as they were and was judged once."""
    clock = ClockAfterwards()
    configuration = load(left.config, left.environment)

    def read() -> Configuration:
        return configuration

    async def trace(address: str) -> PathTrace:
        return PathTrace(address)

    journal, history, loads = Journal(Store(left.journal)), History(), Loads()
    history.load(left.history)
    loads.load(left.loads)
    try:
        daemon = Daemon(
            configuration,
            reload_from=read,
            permit=lambda _: None,
            journal=journal,
            history=history,
            probers=dict.fromkeys(("icmp", "snmp", "sip", "h323", "web", "tcp"), FakeProber(clock)),
            trace=trace,
            receive_drops=lambda: 0,
            clock=clock,
        )
        meetings = MeetingWatch(
            daemon.board,
            journal,
            clock,
            daemon.samples,
            loads,
            ask=daemon.poller.poll,
            configuration=lambda: configuration,
            windows=daemon.operations.windows,
        )
        are_judged = asyncio.Event()

        def look(snapshot: Snapshot) -> None:
            if all(view.state is not None for view in snapshot.views.values()):
                are_judged.set()

        daemon.board.subscribe(look)
        async with daemon.running(), meetings.running():
            daemon.poller.probe_now(configuration.inventory.targets, confirms=False)
            async with asyncio.timeout(60):
                await are_judged.wait()
            yield daemon, meetings
    finally:
        journal.close()


# The journal


async def test_every_outage_that_was_open_is_open_again_since_when_it_began(left: Leftovers) -> None:
    async with restarted(left) as (daemon, _):
        views = daemon.board.snapshot().views
    found = {name: (views[name].state, views[name].since, views[name].cause) for name in sorted(SILENT)}
    assert {name: tuple(SAID["states"][name][key] for key in ("state", "since", "cause")) for name in sorted(SILENT)} == found
    assert {"ubnd-huyen-meo-vac", "huyen-uy-dong-van", "xa-ma-le"} == {name for name, each in found.items() if each[0] == "down"}


async def test_the_same_people_have_the_same_outages(left: Leftovers) -> None:
    async with restarted(left) as (daemon, _):
        views = daemon.board.snapshot().views
    taken = {name: view.acknowledged for name, view in views.items() if view.acknowledged is not None}
    assert SAID["acknowledged"] == {name: [each.by, each.at, each.note] for name, each in taken.items()}
    assert {"ubnd-huyen-meo-vac", "huyen-uy-dong-van"} == taken.keys()


async def test_announced_work_goes_on_and_the_next_one_has_a_number_of_its_own(left: Leftovers) -> None:
    async with restarted(left) as (daemon, _):
        works = [
            {
                "number": work.number,
                "ids": list(work.window.ids),
                "areas": list(work.window.areas),
                "start": work.start_at,
                "end": work.end_at,
                "reason": work.window.reason,
                "by": work.by,
            }
            for work in daemon.operations.open_works()
        ]
        fresh = await daemon.operations.announce(["xa-ma-le"], "1h", "", "thay modem", "Ca trực")
    assert SAID["works"] == works
    assert [4, 5, 6] == [*(work["number"] for work in works), fresh.number]


async def test_ticks_of_people_on_site_stand(left: Leftovers) -> None:
    async with restarted(left) as (_, meetings):
        views = meetings.meetings()
    ticks = {name_of_then(view.meeting): ticks_of(view) for view in views if view.endpoints}
    assert SAID["ticks"] == ticks
    assert {"dc-xa-lung-cu", "dc-xa-khau-vai"} == ticks[MEETING].keys()


def name_of_then(meeting: Meeting) -> str:
    """Return what the version called a meeting."""
    (found,) = {name for name in SAID["meetings"] if name in (meeting.id, *meeting.old_ids)}
    return str(found)


def ticks_of(view: MeetingView) -> dict[str, list[Any]]:
    return {
        name: [tick.by, tick.at, tick.good, tick.note]
        for name, each in view.endpoints.items()
        if (tick := each.confirmation) is not None
    }


TRAINING, TRAINING_START = "tap-huan-an-toan-thong-tin-2026-11-24", "2026-11-24T08:30:00+07:00"
"""A meeting of the day after the stop, out of a calendar, without an id of its own; it was checked once."""


def written_by_0_1(tick_at: float) -> list[dict[str, Any]]:
    """Return lines that that version would have written of tomorrow's training: a tick, and a sealed report."""
    which = {"meeting": TRAINING, "start": TRAINING_START}
    tick = {**which, "by": "Kỹ thuật xã", "note": "", "good": 1, "on_site": 1, "camera": 1, "sound": 1}
    with closing(sqlite3.connect(":memory:")) as journal:
        journal.executescript((FOLDER / "state" / "journal.sql").read_text(encoding="utf-8"))
        query = "SELECT reason_values FROM entries WHERE kind = 'meeting_sealed' ORDER BY id"
        sealed = json.loads(journal.execute(query).fetchone()[0])
    body = json.loads(sealed["body"]) | {**which, "title": "Tập huấn an toàn thông tin", "end": "2026-11-24T10:30:00+07:00"}
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    report = {**sealed, **which, "body": canonical, "seal": seal(canonical)}
    return [
        {"at": tick_at, "kind": "meeting_confirmed", "target": "dc-xa-lung-cu", "reason_values": tick, "text": ""},
        {"at": tick_at + 1, "kind": "meeting_sealed", "target": "", "reason_values": report, "text": ""},
    ]


@pytest.fixture
def on_postgresql(left: Leftovers) -> Iterator[Leftovers]:
    """The same journal in PostgreSQL."""
    with postgres() as server:
        url = server.database("leftovers")
        copy_journal(left.journal, url)
        yield replace(left, journal=url)


def copy_journal(url: str, into: str) -> None:
    """Copy the lines of a journal of that version into an empty database, in the form that they have."""
    columns = [column for column in entries.c if column.name != "reasons"]
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    source, target = create_engine(url), create_engine(into)
    with source.connect() as connection:
        lines = [dict(row) for row in connection.execute(select(*columns).order_by(entries.c.id)).mappings()]
    with target.connect() as connection:
        config.attributes |= {"connection": connection}
        command.upgrade(config, "0002")
    with target.begin() as connection:
        connection.execute(entries.insert(), lines)
        connection.execute(text("SELECT setval(pg_get_serial_sequence('entries', 'id'), (SELECT max(id) FROM entries))"))
    source.dispose()
    target.dispose()


def add(journal: str, lines: Sequence[dict[str, Any]]) -> None:
    engine = create_engine(journal)
    with engine.begin() as connection:
        connection.execute(entries.insert(), lines)
    engine.dispose()


def stored(journal: str, what: str) -> list[tuple[Any, ...]]:
    engine = create_engine(journal)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(what))]
    engine.dispose()
    return found


@pytest.mark.parametrize("where", ["left", "on_postgresql"])
async def test_check_tick_and_seal_of_tomorrow_s_meeting_are_its_own_under_its_new_id(
    where: str, request: pytest.FixtureRequest
) -> None:
    left: Leftovers = request.getfixturevalue(where)
    add(left.journal, written_by_0_1(STOPPED - 3))
    async with restarted(left) as (daemon, meetings):
        (view,) = (each for each in meetings.meetings() if TRAINING in each.meeting.old_ids)
        reports = [await meetings.sealed(name) for name in (view.meeting.id, TRAINING)]
        app = make_app(FakeSource(daemon.board.snapshot()), meetings=meetings)
        async with TestClient(TestServer(app)) as client:
            answers = {
                path: await client.get(path.format(TRAINING), allow_redirects=False)
                for path in ("/meetings/{}", "/meetings/{}/sealed.html?lang=en", "/api/v1/meetings/{}")
            }
            told = await (await client.get(f"/api/v1/meetings/{TRAINING}")).json()
    assert view.meeting.id.startswith("tap-huan-an-toan-thong-tin-")
    assert {"dc-xa-lung-cu": ["Kỹ thuật xã", STOPPED - 3, True, ""]} == ticks_of(view)
    assert view.checked_at is not None
    assert view.checked_at < STOPPED
    for report in reports:
        assert report is not None
        assert (view.meeting.id, view.seal) == (report.meeting.id, report.seal)
    assert {path: (307, path.format(view.meeting.id)) for path in answers} == {
        path: (answer.status, answer.headers["Location"]) for path, answer in answers.items()
    }
    assert (view.meeting.id, view.seal) == (told["meeting"], told["seal"])
    assert [(TRAINING, TRAINING_START, view.meeting.id)] == stored(left.journal, "SELECT old, start, new FROM old_meeting_ids")


@pytest.mark.parametrize("where", ["left", "on_postgresql"])
async def test_a_second_start_carries_nothing_over(where: str, request: pytest.FixtureRequest) -> None:
    left: Leftovers = request.getfixturevalue(where)
    add(left.journal, written_by_0_1(STOPPED - 3))
    tables = ("SELECT * FROM meeting_slugs ORDER BY event", "SELECT * FROM old_meeting_ids ORDER BY old")
    lines = f"SELECT id, reason_values FROM entries WHERE kind LIKE 'meeting_%' AND at < {STOPPED} ORDER BY id"
    found, written, called = [], [stored(left.journal, lines)], []
    for _ in range(2):
        async with restarted(left) as (_, meetings):
            called.append({view.meeting.id: (ticks_of(view), view.seal) for view in meetings.meetings()})
        found.append([stored(left.journal, table) for table in tables])
        written.append(stored(left.journal, lines))
    assert found[0] == found[1]
    assert all(found[0])
    assert called[0] == called[1]
    assert [written[0]] * 3 == written, "no row of the journal is rewritten"


async def test_sealed_reports_are_what_was_sealed(left: Leftovers) -> None:
    async with restarted(left) as (_, meetings):
        sealed = {name: await meetings.sealed(name) for name in SAID["sealed"]}
    found = {
        name: {
            "seal": view.seal,
            "verdict": view.verdict,
            "endpoints": {endpoint: each.verdict for endpoint, each in view.endpoints.items()},
        }
        for name, view in sealed.items()
        if view is not None
    }
    assert SAID["sealed"] == found
    verdicts = {each.verdict for view in sealed.values() if view is not None for each in view.endpoints.values()}
    assert {"ready", "at_risk", "unknown"} == verdicts


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_sealed_reports_open_with_the_words_that_they_had(left: Leftovers, language: str) -> None:
    async with restarted(left) as (daemon, meetings):
        configuration = daemon.configuration
        views = {name: await meetings.sealed(name) for name in SAID["sealed"]}
    zone = ZoneInfo(configuration.settings.timezone)
    for name, view in views.items():
        assert view is not None
        given = (view, configuration.inventory, language, zone)
        page = file(*given, made_at=STOPPED, form="html", is_sealed=True).decode()
        assert page_texts(sealed_page(name, language)) == page_texts(page)
        book = load_workbook(BytesIO(file(*given, made_at=STOPPED, form="xlsx", is_sealed=True)))
        assert sealed_cells(name, language) == cells(book)


class Texts(HTMLParser):
    """The texts of a page in their order, without those of its style."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._is_style:
            self.found.append(data.strip())


def page_texts(page: str) -> list[str]:
    reader = Texts()
    reader.feed(page)
    assert len(reader.found) > 20
    return reader.found


def cells(book: Workbook) -> list[str]:
    lines = []
    for sheet in book.worksheets:
        lines += [sheet.title, *(json.dumps(row, ensure_ascii=False) for row in sheet.iter_rows(values_only=True))]
    return lines


async def test_a_sealed_report_in_which_a_verdict_was_changed_is_refused(left: Leftovers) -> None:
    with closing(sqlite3.connect(left.state / "journal.db")) as journal, journal:
        journal.execute(
            "UPDATE entries SET reason_values = replace(reason_values, 'at_risk', 'ready') WHERE kind = 'meeting_sealed'"
        )
    async with restarted(left) as (_, meetings):
        with pytest.raises(ValueError, match="was changed"):
            await meetings.sealed(MEETING)


async def test_the_journal_goes_on_where_it_ended(left: Leftovers) -> None:
    with closing(sqlite3.connect(left.state / "journal.db")) as journal:
        (before,) = journal.execute("SELECT max(id) FROM entries").fetchone()
    async with restarted(left) as (daemon, _):
        newest = await daemon.journal.events(STOPPED, 1_000)
    assert isinstance(newest[-1], Event)
    assert "started" == newest[-1].kind
    with closing(sqlite3.connect(left.state / "journal.db")) as journal:
        (kind,) = journal.execute("SELECT kind FROM entries WHERE id = ?", (before + 1,)).fetchone()
    assert "started" == kind


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", SPANS)
def test_reports_of_that_time_say_what_they_said(
    left: Leftovers, capsys: pytest.CaptureFixture[str], name: str, language: str
) -> None:
    kind, since, until = SPANS[name]
    words = ["--config", str(left.config), "--journal", left.journal, "--language", language]
    assert 0 == main(["report", kind, "--from", since, "--to", until, *words])
    told = [line for line in capsys.readouterr().out.splitlines(keepends=True) if not line.startswith(("Lập lúc ", "Made at "))]
    assert mended(name, language) == "".join(told)


def test_the_journal_holds_every_kind_of_event_and_state(left: Leftovers) -> None:
    with closing(sqlite3.connect(left.state / "journal.db")) as journal:
        kinds = {kind for (kind,) in journal.execute("SELECT DISTINCT kind FROM entries")}
        states = {state for (state,) in journal.execute("SELECT DISTINCT new FROM entries WHERE kind = 'transition'")}
        codes = {code for (code,) in journal.execute("SELECT DISTINCT reason FROM entries WHERE kind = 'transition'")}
    assert {"up", "degraded", "standby", "down", "unreachable", "maintenance", "unknown"} == states
    assert {"answers", "silent", "behind", "maintenance", "behind_maintenance", "loss", "probe_silent", "flapping"} <= codes
    operators = {"acknowledged", "withdrawn", "acknowledgement_over", "maintenance", "maintenance_ended"}
    agents = {"learned", "misbehaves", "behaves"}
    ours = {"started", "stopped", "reload", "blind", "sighted", "path"}
    meetings = {"meeting_checked", "meeting_confirmed", "meeting_sealed"}
    assert {"transition"} | operators | agents | ours | meetings == kinds


# The files beside it


def test_the_minutes_of_the_last_day_are_read(left: Leftovers, caplog: pytest.LogCaptureFixture) -> None:
    history = History()
    history.load(left.history)
    assert "" == caplog.text
    assert SAID["usual_rtt_s"] == {name: history.usual_rtt_s(name) for name in SAID["states"]}
    for name, said in SAID["minutes"].items():
        day = history.day(name, STOPPED)
        for field, values in said.items():
            assert values == summary(getattr(day, field)), (name, field)


def summary(values: Sequence[float | None]) -> list[Any]:
    """Return of how many minutes there is a value, and their sum."""
    return [sum(each is not None for each in values), round(sum(each or 0.0 for each in values), 6)]


def test_usual_loads_are_read(left: Leftovers, caplog: pytest.LogCaptureFixture) -> None:
    loads = Loads()
    loads.load(left.loads)
    assert "" == caplog.text
    usual = loads.usual(datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 10))
    assert SAID["loads"] == {name: [each.down_bps, each.up_bps] for name, each in usual.items()}


# The configuration


def test_the_configuration_is_without_fault(left: Leftovers, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--config", str(left.config), "--format", "json"])
    said = json.loads(capsys.readouterr().out)
    assert ([], []) == (said["faults"], said["warnings"])
    assert {"province": 2, "district": 3, "commune": 5} == {level: sum(each.values()) for level, each in said["targets"].items()}


def test_the_schedule_holds_the_same_meetings(left: Leftovers) -> None:
    stopped = datetime.fromtimestamp(STOPPED, UTC)
    meetings = load(left.config, left.environment).meetings.between(stopped - timedelta(days=1), stopped + timedelta(days=7))
    assert sorted(SAID["meetings"]) == sorted(map(name_of_then, meetings))
    assert 6 == len({meeting.id for meeting in meetings})
