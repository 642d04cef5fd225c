"""Meetings' ids: each is made of what never changes about its meeting, whatever other meetings come and go."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.load.calendar import Occurrence, slug
from monitor.load.configuration import load
from monitor.load.schedule import Schedule, unnamed
from monitor.model.meeting import NO_IDS, KeptSlug, KnownIds, Meeting, OldId
from tests.load.folders import make_folder
from tests.load.test_calendar import calendar, event

LOCAL = timezone(timedelta(hours=7))
SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 31, tzinfo=LOCAL)
ALLOWED = re.compile(r"[a-z0-9.-]{1,80}")


def marked(uid: str, *lines: str, **more: str) -> str:
    """Return an event whose meetings have its UID as their carrier."""
    return event(f"X-MONITOR-CARRIER:{uid}", *lines, uid=uid, **more)


def instead(uid: str, of: str, *lines: str, start: str, end: str, title: str = "Giao ban") -> str:
    return marked(uid, f"RECURRENCE-ID:{of}", *lines, title=title, start=start, end=end)


def schedule(*files: str, singles: str = "") -> Schedule:
    """Return the schedule of calendars, each a file."""
    with tempfile.TemporaryDirectory() as name:
        folder = make_folder(Path(name) / "config", profiles=("default",))
        for number, text in enumerate(files):
            (folder / f"lich-{number}.ics").write_text(text, encoding="utf-8")
        listed = ", ".join(f"lich-{number}.ics" for number in range(len(files)))
        (folder / "meetings.yaml").write_text(f"{singles}calendars: [{listed}]\n", encoding="utf-8")
        return load(folder, {}).meetings


def held(*files: str, known: KnownIds = NO_IDS, singles: str = "") -> tuple[Meeting, ...]:
    return schedule(*files, singles=singles).knowing(known).between(SINCE, UNTIL)


def ids(*files: str, known: KnownIds = NO_IDS) -> list[str]:
    return [meeting.id for meeting in held(*files, known=known)]


# What an id is made of


def test_an_id_is_the_title_and_digits_of_the_uid() -> None:
    (found,) = ids(calendar(event(uid="a@b", title="Giao ban trực tuyến")))
    assert re.fullmatch("giao-ban-truc-tuyen-[0-9a-f]{8}", found)
    assert [found] == ids(calendar(event(uid="a@b", title="Giao ban trực tuyến", start="20261208T140000", end="20261208T150000")))
    assert [found] != ids(calendar(event(uid="a@c", title="Giao ban trực tuyến")))


def test_two_of_the_same_title_and_time_have_each_an_id_of_their_own_in_one_file_or_two() -> None:
    one, other = event(uid="p"), event(uid="q")
    together = ids(calendar(one, other))
    assert 2 == len(set(together))
    assert sorted(together) == sorted(ids(calendar(one), calendar(other))) == sorted(ids(calendar(one)) + ids(calendar(other)))


def test_each_occurrence_of_a_series_has_an_id_which_it_keeps_when_it_is_moved() -> None:
    weekly = event("RRULE:FREQ=WEEKLY;COUNT=4", uid="w", title="Giao ban", start="20261102T080000", end="20261102T090000")
    moved = event("RECURRENCE-ID:20261109T080000", uid="w", title="Dời", start="20261116T140000", end="20261116T150000")
    before, after = held(calendar(weekly)), held(calendar(moved, weekly))
    assert 4 == len({meeting.id for meeting in before})
    assert {meeting.id for meeting in before} == {meeting.id for meeting in after}
    assert [before[1].id] == [meeting.id for meeting in after if meeting.title == "Dời"]
    assert 1 == len({meeting.series for meeting in (*before, *after)})


def test_a_series_with_an_id_is_called_by_it_and_each_occurrence_by_its_date() -> None:
    weekly = event("RRULE:FREQ=WEEKLY;COUNT=4", "X-MONITOR-ID:tuan", uid="w", start="20261102T080000", end="20261102T090000")
    found = held(calendar(weekly))
    assert ["tuan-2026-11-02", "tuan-2026-11-09", "tuan-2026-11-16", "tuan-2026-11-23"] == [each.id for each in found]
    assert {"tuan"} == {each.series for each in found}


def test_what_replaces_an_occurrence_and_all_that_follow_leaves_each_its_own_id() -> None:
    weekly = event("RRULE:FREQ=WEEKLY;COUNT=5", "X-MONITOR-ID:tuan", uid="w", start="20261102T080000", end="20261102T090000")
    later = event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261116T080000", uid="w", start="20261117T093000", end="20261117T103000")
    found = [(meeting.id, f"{meeting.start:%d %H:%M}") for meeting in held(calendar(weekly, later))]
    dates = [("02", "02 08:00"), ("09", "09 08:00"), ("16", "17 09:30"), ("23", "24 09:30"), ("30", "01 09:30")]
    assert [(f"tuan-2026-11-{day}", when) for day, when in dates] == found


def test_a_series_with_an_id_says_the_date_and_the_time_only_where_it_is_not_its_own() -> None:
    twice = "RRULE:FREQ=DAILY;COUNT=2;BYHOUR=8,14"
    found = ids(calendar(event(twice, "X-MONITOR-ID:hai-buoi", uid="h")))
    assert ["hai-buoi-2026-11-30", "hai-buoi-2026-11-30-1400"] == found
    without = ids(calendar(event(twice, "EXDATE:20261130T080000", "X-MONITOR-ID:hai-buoi", uid="h")))
    assert ["hai-buoi-2026-11-30-1400"] == without


def test_a_series_elsewhere_has_its_own_time_whatever_the_clocks_there_do() -> None:
    lines = ("BEGIN:VEVENT", "UID:b", "SUMMARY:Họp", "DTSTART;TZID=Europe/Berlin:20261020T090000", "DURATION:PT1H",
             "RRULE:FREQ=WEEKLY;COUNT=3", "X-MONITOR-ID:berlin", "X-MONITOR-PARTICIPANTS:all", "END:VEVENT")  # fmt: skip
    found = schedule(calendar("\n".join(lines) + "\n")).between(SINCE - timedelta(days=30), UNTIL)
    assert [("berlin-2026-10-20", 14), ("berlin-2026-10-27", 15), ("berlin-2026-11-03", 15)] == [
        (each.id, each.start.hour) for each in found
    ]


def test_the_same_event_in_two_files_is_two_meetings_that_can_both_be_asked_for() -> None:
    one = calendar(event(uid="p"))
    (alone,) = ids(one)
    assert [alone, f"{alone}-2"] == ids(one, one)


def test_a_meeting_of_the_yaml_keeps_its_id_whatever_a_series_is_called() -> None:
    single = "{id: tuan-2026-11-30, title: Một, start: 2026-11-30T10:00, end: 2026-11-30T11:00, participants: {all: true}}"
    series = calendar(event("RRULE:FREQ=DAILY;COUNT=1", "X-MONITOR-ID:tuan", uid="w"))
    found = held(series, singles=f"meetings: [{single}]\n")
    assert {"tuan-2026-11-30": "Một", "tuan-2026-11-30-2": "Họp"} == {meeting.id: meeting.title for meeting in found}


@given(st.text(max_size=500), st.text(max_size=40), st.booleans())
@settings(max_examples=300, deadline=None)
def test_an_id_is_of_the_form_whatever_title_and_uid_are(title: str, uid: str, recurs: bool) -> None:
    at = datetime(2026, 11, 30, 1, tzinfo=UTC)
    assert ALLOWED.fullmatch(unnamed(slug(title), Occurrence(title, at, at, False, uid, at if recurs else None)))


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Họp giao ban Thường trực Tỉnh ủy – HĐND – UBND", "hop-giao-ban-thuong-truc-tinh-uy-hdnd-ubnd-"),
        ("🎉🎉", "meeting-"),
        ("", "meeting-"),
        ("会议", "meeting-"),
        ("x" * 500, "x" * 60 + "-"),
        ("a" * 59 + " b", "a" * 59 + "-"),
    ],
)
def test_a_title_of_any_kind_makes_an_address(title: str, told: str) -> None:
    at = datetime(2026, 11, 30, 1, tzinfo=UTC)
    found = unnamed(slug(title), Occurrence(title, at, at, False, "u"))
    assert found.startswith(told)
    assert ALLOWED.fullmatch(found)
    assert len(told) + 8 == len(found)


def test_without_a_uid_title_and_start_tell_meetings_apart() -> None:
    at, later = datetime(2026, 11, 30, 1, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)
    found = [unnamed("hop", Occurrence(title, start, start, False)) for title in ("Họp", "Họp!") for start in (at, later)]
    assert 4 == len(set(found))
    assert found[0] == unnamed("hop", Occurrence("Họp", at.astimezone(LOCAL), later, False)), "the zone is of no matter"


# Other meetings

EVENTS = (
    marked("single", title="Giao ban"),
    marked("twin", title="Giao ban"),
    marked("later", title="Giao ban", start="20261130T140000", end="20261130T150000"),
    marked("named", "X-MONITOR-ID:mot", title="Giao ban"),
    marked("weekly", "RRULE:FREQ=WEEKLY;COUNT=4", title="Giao ban", start="20261116T080000", end="20261116T090000")
    + instead("weekly", "20261123T080000", start="20261130T100000", end="20261130T110000"),
    marked("daily", "RRULE:FREQ=DAILY;COUNT=3;BYHOUR=8,14", "X-MONITOR-ID:giao-ban", title="Giao ban"),
    marked("dated", "RDATE:20261202T150000", "X-MONITOR-ID:giao-ban-2", title="Giao ban"),
    marked("long", title="Giao ban " * 20),
)


def by_event(meetings: Sequence[Meeting]) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for meeting in meetings:
        found.setdefault(meeting.carrier, []).append((meeting.start.isoformat(), meeting.id, meeting.series))
    return {carrier: sorted(each) for carrier, each in found.items()}


ALONE = {carrier: each for one in EVENTS for carrier, each in by_event(held(calendar(one))).items()}


@given(st.lists(st.sampled_from(EVENTS), unique=True, min_size=1), st.integers(0, len(EVENTS)))
@settings(max_examples=40, deadline=None)
def test_no_id_changes_when_other_events_come_go_or_stand_elsewhere(chosen: list[str], first: int) -> None:
    found = by_event(held(calendar(*chosen[:first]), calendar(*chosen[first:])))
    assert {carrier: ALONE[carrier] for carrier in found} == found
    assert len(chosen) == len(found)
    every = [id_ for each in found.values() for _, id_, _ in each]
    assert len(every) == len(set(every))


def test_what_is_asked_for_does_not_change_an_id() -> None:
    whole = schedule(calendar(*EVENTS))
    found = {(meeting.id, meeting.start) for meeting in whole.between(SINCE, UNTIL)}
    by_the_hour = {
        (meeting.id, meeting.start)
        for hour in range(24 * 20)
        for meeting in whole.between(datetime(2026, 11, 15, hour % 24, tzinfo=LOCAL) + timedelta(days=hour // 24),
                                     datetime(2026, 11, 15, hour % 24, 59, tzinfo=LOCAL) + timedelta(days=hour // 24))
    }  # fmt: skip
    assert by_the_hour <= found
    assert {meeting for meeting in found if meeting[1] < datetime(2026, 12, 5, tzinfo=LOCAL)} == by_the_hour


# What is kept


def kept(schedule: Schedule) -> KnownIds:
    return NO_IDS.joined(schedule.new_slugs())


def test_a_title_that_is_corrected_later_changes_no_id() -> None:
    first = schedule(calendar(event(uid="a", title="Gaio ban"), event("X-MONITOR-ID:mot", uid="b")))
    (slug_of_a,) = first.new_slugs()
    assert "gaio-ban" == slug_of_a.slug
    corrected = calendar(event(uid="a", title="Giao ban"))
    before = [meeting.id for meeting in first.between(SINCE, UNTIL) if meeting.id != "mot"]
    assert before == ids(corrected, known=kept(first))
    assert before != ids(corrected)
    assert () == schedule(corrected).knowing(kept(first)).new_slugs()


def test_what_replaces_an_occurrence_has_the_slug_of_its_series_wherever_it_stands_in_the_file() -> None:
    weekly = event("RRULE:FREQ=WEEKLY;COUNT=2", uid="w", title="Giao ban")
    other = event("RECURRENCE-ID:20261130T080000", uid="w", title="Họp khác", start="20261130T090000", end="20261130T100000")
    for events in ((weekly, other), (other, weekly)):
        assert ["giao-ban"] == [each.slug for each in schedule(calendar(*events)).new_slugs()]
        assert 2 == sum(each.startswith("giao-ban-") for each in ids(calendar(*events)))


def test_what_version_0_1_called_a_meeting_leads_to_it() -> None:
    late = event(uid="q1", title="Giao ban chiều", start="20261130T175000", end="20261130T183000")
    (meeting,) = held(calendar(late))
    assert ("giao-ban-chieu-2026-11-30", "giao-ban-chieu-2026-11-30-1750") == meeting.old_ids


def test_what_the_journal_knows_to_be_a_meeting_s_is_no_other_s() -> None:
    early = event(uid="q1", start="20261130T080000", end="20261130T083000")
    late = event(uid="q2", start="20261130T170000", end="20261130T173000")
    one, other = held(calendar(early, late))
    known = NO_IDS.joined([OldId("hop-2026-11-30", other.start.isoformat(), other.id), KeptSlug("0" * 64, "x")])
    one, other = held(calendar(early, late), known=known)
    assert ("hop-2026-11-30-0800",) == one.old_ids
    assert ("hop-2026-11-30", "hop-2026-11-30-1700") == other.old_ids
