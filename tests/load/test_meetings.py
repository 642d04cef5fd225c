"""meetings.yaml: what it says becomes the schedule, and every fault of it has its place and cure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.load.configuration import load
from monitor.model.meeting import Meeting
from tests.load.folders import make_folder

LOCAL = timezone(timedelta(hours=7))
BASE = {
    "id": "giao-ban",
    "title": "Giao ban",
    "start": "2026-11-30T08:00:00+07:00",
    "end": "2026-11-30T11:00:00+07:00",
    "participants": "{all: true}",
}


def written(**changed: str | None) -> str:
    """Return a meetings.yaml with one meeting; None leaves a key out."""
    values = {name: value for name, value in {**BASE, **changed}.items() if value is not None}
    return "meetings:\n  - {" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}\n"


def meetings(tmp_path: Path, text: str) -> tuple[Meeting, ...]:
    folder = make_folder(tmp_path / "config", profiles=("default",))
    (folder / "meetings.yaml").write_text(text, encoding="utf-8")
    return load(folder, {}).meetings.between(datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2027, 1, 1, tzinfo=LOCAL))


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        meetings(tmp_path, text)
    return [str(fault).replace(str(tmp_path / "config") + "/", "") for fault in caught.value.faults]


def test_without_the_file_there_are_no_meetings(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "config", profiles=("default",))
    assert () == load(folder, {}).meetings.between(datetime(2000, 1, 1, tzinfo=LOCAL), datetime(2099, 1, 1, tzinfo=LOCAL))


def test_a_meeting_is_complete(tmp_path: Path) -> None:
    more = {"level": "province", "host": "dc-xa", "call_rate": "2M", "platform": "mcu", "carrier": "vnpt"}
    (meeting,) = meetings(tmp_path, written(**more))
    assert meeting == Meeting(
        id="giao-ban",
        series="giao-ban",
        title="Giao ban",
        start=datetime(2026, 11, 30, 8, tzinfo=LOCAL),
        end=datetime(2026, 11, 30, 11, tzinfo=LOCAL),
        endpoints=("dc-xa",),
        level="province",
        host="dc-xa",
        call_rate_bps=2_000_000,
        platform="mcu",
        carrier="vnpt",
        place=f"{tmp_path}/config/meetings.yaml:2",
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-30T08:00", "2026-11-30T11:00"), ("2026-11-30T01:00Z", "2026-11-30T04:00+00:00")],
    ids=["local", "UTC"],
)
def test_times_are_in_the_zone_of_monitor_yaml_unless_they_say_another(tmp_path: Path, start: str, end: str) -> None:
    (meeting,) = meetings(tmp_path, written(start=start, end=end))
    assert (meeting.start.isoformat(), meeting.end.isoformat()) == ("2026-11-30T08:00:00+07:00", "2026-11-30T11:00:00+07:00")


def test_an_external_host_is_no_endpoint_of_ours(tmp_path: Path) -> None:
    (meeting,) = meetings(tmp_path, written(host="{external: Điểm cầu Trung ương}", level="central"))
    assert ("", "Điểm cầu Trung ương", "central") == (meeting.host, meeting.external_host, meeting.level)


@pytest.mark.parametrize(
    "participants",
    ["{all: true}", "{ids: [dc-xa]}", "{levels: [commune]}", "{areas: [huyen-dong-van]}", "{levels: [commune], ids: [dc-xa]}"],
)
def test_participants_are_the_union_of_what_is_named(tmp_path: Path, participants: str) -> None:
    (meeting,) = meetings(tmp_path, written(participants=participants))
    assert ("dc-xa",) == meeting.endpoints


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"start": None}, "meetings.yaml:2: meetings.giao-ban: the key 'start' is missing; add start: when it begins"),
        ({"end": "2026-11-30T08:00:00+07:00"}, "meetings.yaml:2: meetings.giao-ban.end: is not after the start; check both dates"),
        (
            {"end": "2026-12-30T08:00:00+07:00"},
            "meetings.yaml:2: meetings.giao-ban.end: is 30 d after the start; write each day as a meeting",
        ),
        (
            {"participants": "{ids: [dc-xaa]}"},
            "meetings.yaml:2: meetings.giao-ban.participants: no endpoint is called 'dc-xaa'; did you mean 'dc-xa'?",
        ),
        (
            {"participants": "{ids: [xa]}"},
            "meetings.yaml:2: meetings.giao-ban.participants: 'xa' is a point of the network; its endpoint is 'dc-xa'",
        ),
        (
            {"participants": "{levels: [comune]}"},
            "meetings.yaml:2: meetings.giao-ban.participants: no level is called 'comune'; did you mean 'commune'?",
        ),
        (
            {"participants": "{areas: [huyen-dong-vam]}"},
            "meetings.yaml:2: meetings.giao-ban.participants: no area is called 'huyen-dong-vam'; did you mean 'huyen-dong-van'?",
        ),
        (
            {"participants": "{tags: [vip]}"},
            "meetings.yaml:2: meetings.giao-ban.participants: no tag is called 'vip'; no target has a tag",
        ),
        (
            {"participants": "{all: true, except: [dc-xa]}"},
            "meetings.yaml:2: meetings.giao-ban.participants: nobody takes part; name at least one endpoint",
        ),
        ({"host": "dc-hoi"}, "meetings.yaml:2: meetings.giao-ban.host: no endpoint is called 'dc-hoi'; known are dc-xa"),
        ({"level": "tinh"}, "meetings.yaml:2: meetings.giao-ban.level: no level is called 'tinh'; known are central, province"),
        ({"hots": "dc-xa"}, "meetings.yaml:2: meetings.giao-ban.hots: no key of a meeting is called 'hots'; did you mean 'host'?"),
        ({"call_rate": "2"}, "meetings.yaml:2: meetings.giao-ban.call_rate: '2' is no rate; did you mean '2M'?"),
        ({"start": "30/11/2026 8h"}, "meetings.yaml:2: meetings.giao-ban.start: '30/11/2026 8h' is no date and time"),
    ],
)
def test_a_fault_is_told_with_its_place_and_cure(tmp_path: Path, changed: dict[str, str | None], told: str) -> None:
    (found,) = faults(tmp_path, written(**changed))
    assert found.startswith(told)


def test_all_faults_are_told_at_once_and_beside_those_of_the_other_files(tmp_path: Path) -> None:
    text = written(end="2026-11-30T07:00:00+07:00", host="nobody") + written(id="Hai", level="x").removeprefix("meetings:\n")
    assert 5 == len(faults(tmp_path, text + "calendars: [none.ics]\n"))


def test_two_meetings_have_two_ids(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, written() + written().removeprefix("meetings:\n"))
    assert "meetings.yaml:3: meetings.giao-ban.id: another meeting is called 'giao-ban' (" in found


def test_meetings_that_overlap_are_told_first_to_begin_first(tmp_path: Path) -> None:
    text = written(id="b") + written(id="a", start="2026-11-30T10:00", end="2026-11-30T12:00").removeprefix("meetings:\n")
    assert ["b", "a"] == [meeting.id for meeting in meetings(tmp_path, text)]


def test_a_meeting_is_found_while_any_of_it_lies_between_two_moments(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "config", profiles=("default",))
    (folder / "meetings.yaml").write_text(written(), encoding="utf-8")
    schedule = load(folder, {}).meetings
    at = datetime(2026, 11, 30, tzinfo=LOCAL)
    spans = [(7, 8), (7, 9), (9, 10), (10, 12), (11, 12)]
    assert [0, 1, 1, 1, 0] == [
        len(schedule.between(at + timedelta(hours=begin), at + timedelta(hours=end))) for begin, end in spans
    ]


def test_another_file_may_stand_for_the_folders(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "config", profiles=("default",))
    other = tmp_path / "other.yaml"
    other.write_text(written(id="other"), encoding="utf-8")
    schedule = load(folder, {}, meetings=other).meetings
    assert ["other"] == [each.id for each in schedule.singles]
