"""Meetings keep their ids and what was done about them: when events come and go, when titles change, and from version 0.1 on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.load.configuration import load
from monitor.model.meeting import Confirmation, MeetingView, OldId
from monitor.model.state import Event
from monitor.service.meetings.records import CHECKED, CONFIRMED, SEALED, seal
from tests.load.folders import make_folder
from tests.load.test_calendar import calendar, event
from tests.rules.endpoints import START
from tests.service.meeting_fakes import FakeDaemon, MemoryJournal, daemon_at, looked, watch_over

THE_DAY_BEFORE = START - timedelta(hours=12)
TICK = Confirmation("kỹ thuật xã", THE_DAY_BEFORE.timestamp(), on_site=True, camera=True, sound=True)
"""As of before the first look: a start finds it."""
LATE_1 = event(uid="q1", title="Giao ban chiều", start="20261130T175000", end="20261130T183000")
LATE_2 = event(uid="q2", title="Giao ban chiều", start="20261130T190000", end="20261130T193000")


@dataclass
class Office:
    """A daemon whose calendar a test rewrites, and its journal."""

    folder: Path
    daemon: FakeDaemon
    journal: MemoryJournal = field(default_factory=MemoryJournal)

    def reload(self, *events: str) -> None:
        """Have the calendar hold these events, whose participants are the daemon's endpoint."""
        text = calendar(*events)
        (self.folder / "lich.ics").write_text(text, encoding="utf-8")
        meetings = load(self.folder, {}).meetings
        self.daemon.configuration = replace(self.daemon.configuration, meetings=meetings)

    async def views(self) -> dict[str, MeetingView]:
        """Start, look, and end; return the meetings by their title and local time."""
        watch = watch_over(self.daemon, self.journal)
        async with watch.running():
            return {f"{view.meeting.title} {view.meeting.start:%H:%M}": view for view in watch.meetings()}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    folder = make_folder(tmp_path / "config", profiles=("default",))
    (folder / "meetings.yaml").write_text("calendars: [lich.ics]\n", encoding="utf-8")
    return Office(folder, daemon_at(THE_DAY_BEFORE))


def ticks(view: MeetingView) -> dict[str, str]:
    return {name: each.confirmation.by for name, each in view.endpoints.items() if each.confirmation is not None}


def written(kind: str, meeting: str, start: str, **values: str | int) -> Event:
    """Return an event as version 0.1 wrote it."""
    target = "dc-xa" if kind == CONFIRMED else ""
    return Event(THE_DAY_BEFORE.timestamp() - 60, kind, target, {"meeting": meeting, "start": start, **values})


def of_0_1(meeting: str, start: str) -> list[Event]:
    """Return a check and a tick of version 0.1."""
    return [
        written(CHECKED, meeting, start, stage="day_before", verdict="ready"),
        written(CONFIRMED, meeting, start, by="kỹ thuật xã", note="", good=1, on_site=1, camera=1, sound=1),
    ]


async def test_a_tick_is_still_there_when_another_meeting_of_that_title_and_day_is_added(office: Office) -> None:
    office.reload(LATE_1)
    watch = watch_over(office.daemon, office.journal)
    async with watch.running():
        (before,) = watch.meetings()
        assert await watch.confirm(before.meeting.id, "dc-xa", TICK) is not None
        office.reload(LATE_1, LATE_2)
        await looked(watch)
        one, other = watch.meetings()
    assert (before.meeting.id, "17:50") == (one.meeting.id, f"{one.meeting.start:%H:%M}")
    assert ({"dc-xa": TICK.by}, {}) == (ticks(one), ticks(other))


async def test_after_a_start_ids_begin_as_they_did_whatever_titles_say_now(office: Office) -> None:
    office.reload(LATE_1)
    before = await office.views()
    office.reload(LATE_1.replace("Giao ban chiều", "Giao ban buổi chiều"))
    after = await office.views()
    assert [each.meeting.id for each in before.values()] == [each.meeting.id for each in after.values()]
    assert ["Giao ban buổi chiều 17:50"] == list(after)
    assert 1 == len(office.journal.kept)


async def test_a_reload_corrects_a_title_and_no_id(office: Office) -> None:
    office.reload(LATE_1)
    watch = watch_over(office.daemon, office.journal)
    async with watch.running():
        (before,) = watch.meetings()
        office.reload(LATE_1.replace("Giao ban chiều", "Giao ban buổi chiều"), LATE_2)
        await looked(watch)
        assert before.meeting.id in {view.meeting.id for view in watch.meetings()}


async def test_ticks_for_the_time_before_a_meeting_was_moved_do_not_count_and_come_back_with_it(office: Office) -> None:
    office.reload(LATE_1)
    watch = watch_over(office.daemon, office.journal)
    async with watch.running():
        (before,) = watch.meetings()
        assert await watch.confirm(before.meeting.id, "dc-xa", TICK) is not None
        office.reload(LATE_1.replace("T175000", "T163000"))
        (moved,) = (await looked(watch),)
        office.reload(LATE_1)
        back = await looked(watch)
    assert 1 == len({each.meeting.id for each in (before, moved, back)})
    assert ({}, {"dc-xa": TICK.by}) == (ticks(moved), ticks(back))


# Version 0.1


@pytest.mark.parametrize("old", ["giao-ban-chieu-2026-11-30", "giao-ban-chieu-2026-11-30-1750"])
@pytest.mark.parametrize("events", [(LATE_1,), (LATE_1, LATE_2), (LATE_2, LATE_1)], ids=["alone", "before", "behind"])
async def test_what_version_0_1_wrote_is_found_under_the_new_id(office: Office, old: str, events: tuple[str, ...]) -> None:
    office.journal.entries += of_0_1(old, "2026-11-30T17:50:00+07:00")
    office.reload(*events)
    found = await office.views()
    one = found["Giao ban chiều 17:50"]
    assert ({"dc-xa": "kỹ thuật xã"}, THE_DAY_BEFORE.timestamp() - 60) == (ticks(one), one.checked_at)
    assert [OldId(old, "2026-11-30T17:50:00+07:00", one.meeting.id)] == [
        each for each in office.journal.kept if isinstance(each, OldId)
    ]
    assert all(not ticks(view) for name, view in found.items() if name != "Giao ban chiều 17:50")


async def test_a_second_start_changes_nothing(office: Office) -> None:
    office.journal.entries += of_0_1("giao-ban-chieu-2026-11-30", "2026-11-30T17:50:00+07:00")
    office.journal.entries += of_0_1("giao-ban-chieu-2026-11-30-1900", "2026-11-30T19:00:00+07:00")
    office.reload(LATE_1, LATE_2)
    first = await office.views()
    kept, entries = list(office.journal.kept), list(office.journal.entries)
    second = await office.views()
    assert (kept, entries) == (office.journal.kept, office.journal.entries)
    assert {name: view.meeting for name, view in first.items()} == {name: view.meeting for name, view in second.items()}
    assert {name: ticks(view) for name, view in first.items()} == {name: ticks(view) for name, view in second.items()}


async def test_what_was_carried_over_stays_so_when_the_title_is_corrected(office: Office) -> None:
    office.journal.entries += of_0_1("giao-ban-chieu-2026-11-30", "2026-11-30T17:50:00+07:00")
    office.reload(LATE_1)
    await office.views()
    office.reload(LATE_1.replace("Giao ban chiều", "Họp"))
    (view,) = (await office.views()).values()
    assert {"dc-xa": "kỹ thuật xã"} == ticks(view)
    assert "giao-ban-chieu-2026-11-30" in view.meeting.old_ids


async def test_what_was_written_under_two_ids_of_one_meeting_is_all_there(office: Office) -> None:
    start = "2026-11-30T17:50:00+07:00"
    checked, tick = of_0_1("giao-ban-chieu-2026-11-30", start)
    later = replace(tick, at=tick.at + 5, values={**tick.values, "by": "cán bộ xã", "meeting": "giao-ban-chieu-2026-11-30-1750"})
    office.journal.entries += [checked, tick, later]
    office.reload(LATE_1, LATE_2)
    view = (await office.views())["Giao ban chiều 17:50"]
    assert ({"dc-xa": "cán bộ xã"}, tick.at) == (ticks(view), view.checked_at)


async def test_of_two_that_it_called_alike_the_one_has_the_tick_in_which_the_endpoint_takes_part(office: Office) -> None:
    sites = (office.folder / "sites.yaml").read_text(encoding="utf-8")
    room = "  - {id: dc-huyen, name: Phòng họp huyện, point: ubnd, address: 10.2.1.20}\n"
    (office.folder / "sites.yaml").write_text(sites + room, encoding="utf-8")
    without = LATE_1.replace("UID:q1", "UID:q0").replace("PARTICIPANTS:all", "PARTICIPANTS:dc-huyen")
    office.journal.entries += of_0_1("giao-ban-chieu-2026-11-30-1750", "2026-11-30T17:50:00+07:00")
    for events in ((without, LATE_1), (LATE_1, without)):
        office.reload(*events)
        watch = watch_over(office.daemon, replace(office.journal, kept=[], ids=MemoryJournal().ids))
        async with watch.running():
            found = {tuple(view.meeting.endpoints): ticks(view) for view in watch.meetings()}
        assert {"dc-xa": "kỹ thuật xã"} == next(each for endpoints, each in found.items() if "dc-xa" in endpoints)
        assert {} == found["dc-huyen",]


async def test_a_meeting_that_is_written_by_hand_keeps_what_was_done_about_it(office: Office) -> None:
    """Its id is what version 0.1 would have called an event of the calendar."""
    office.journal.entries += of_0_1("giao-ban-chieu-2026-11-30", "2026-11-30T17:50:00+07:00")
    single = (
        "{id: giao-ban-chieu-2026-11-30, title: Khác, start: 2026-11-30T17:50, end: 2026-11-30T18:30, participants: {all: true}}"
    )
    (office.folder / "meetings.yaml").write_text(f"meetings: [{single}]\ncalendars: [lich.ics]\n", encoding="utf-8")
    office.reload(LATE_1)
    found = await office.views()
    assert {"Khác 17:50": {"dc-xa": "kỹ thuật xã"}, "Giao ban chiều 17:50": {}} == {
        name: ticks(view) for name, view in found.items()
    }


async def test_a_report_that_was_sealed_under_an_old_id_opens_under_either(office: Office) -> None:
    office.reload(event(uid="q1", title="Giao ban", start="20261130T080000", end="20261130T090000"))
    watch = watch_over(office.daemon, office.journal)
    async with watch.running():
        office.daemon.clock.now = (START - timedelta(minutes=15)).timestamp()
        await looked(watch)
        view = await looked(watch)
    assert view.seal
    old = "giao-ban-2026-11-30"
    office.journal.entries = [
        replace(each, values={**each.values, "meeting": old}) if isinstance(each, Event) else each
        for each in office.journal.entries
    ]
    assert SEALED in office.journal.kinds()
    again = watch_over(office.daemon, replace(office.journal, kept=[], ids=MemoryJournal().ids))
    async with again.running():
        reports = [await again.sealed(name) for name in (view.meeting.id, old)]
    for report in reports:
        assert report is not None
        assert (view.meeting.id, view.seal) == (report.meeting.id, report.seal)
    (event_,) = (each for each in office.journal.entries if isinstance(each, Event) and each.kind == SEALED)
    assert view.seal == seal(str(event_.values["body"]))


async def test_a_tick_under_an_old_id_is_the_meeting_s(office: Office) -> None:
    office.reload(LATE_1)
    watch = watch_over(office.daemon, office.journal)
    async with watch.running():
        view = await watch.confirm("giao-ban-chieu-2026-11-30", "dc-xa", TICK)
        assert view is not None
        assert {"dc-xa": TICK.by} == ticks(view)
    (written_,) = (each for each in office.journal.entries if isinstance(each, Event) and each.kind == CONFIRMED)
    assert view.meeting.id == written_.values["meeting"]
