"""`monitor meetings`: the schedule is listed and checked, and a calendar comes in as far as it can be understood, the rest told."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.__main__ import main
from monitor.cli.meetings import with_calendar
from monitor.journal.store import Store
from monitor.load.schedule import event_of
from monitor.model.meeting import KeptSlug
from tests.load.folders import MONITOR, make_folder
from tests.load.test_calendar import calendar, event


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make_folder(tmp_path / "config", profiles=("default",))
    meeting = "{id: mot, title: Một, start: 2099-11-30T08:00, end: 2099-11-30T09:00, participants: {all: true}}"
    (made / "meetings.yaml").write_text(f"# của văn phòng\nmeetings:\n  - {meeting}\n", encoding="utf-8")
    return made


def daily(*lines: str) -> str:
    """Return a calendar of half an hour each day, half a day away from now: it is never under way while a test runs."""
    far = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(hours=12)
    start, end = (f"20260101T{far:%H}{minute}00" for minute in ("00", "30"))
    return calendar(event("RRULE:FREQ=DAILY", "X-MONITOR-ID:ngay", *lines, start=start, end=end))


def run(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main(["meetings", *words])
    told = capsys.readouterr()
    return status, told.out, told.err


def test_a_schedule_is_checked_and_listed(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.ics").write_text(daily(), encoding="utf-8")
    common = ("--config", str(folder), "--language", "en", "--days", "2")
    assert 0 == run(*common, "import", str(tmp_path / "a.ics"), capsys=capsys)[0]
    status, out, _ = run(*common, "check", capsys=capsys)
    assert (0, "the schedule is fine: 1 single meeting, 1 calendar; 2 meetings in the next 2 days\n") == (status, out)
    _, out, _ = run(*common, "list", "--format", "json", capsys=capsys)
    assert [("ngay", ["dc-xa"])] * 2 == [(each["series"], each["endpoints"]) for each in json.loads(out)]
    _, out, _ = run(*common, "list", capsys=capsys)
    assert 3 == len(out.splitlines())


def test_without_meetings_the_list_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("--config", str(folder), "--language", "en", "list", capsys=capsys)
    assert (0, "no meeting in the next 30 days\n") == (status, out)
    (folder / "meetings.yaml").unlink()
    status, out, _ = run("--config", str(folder), "--language", "en", "check", capsys=capsys)
    assert (0, f"{folder}/meetings.yaml is not there or has no meeting: none is watched\n") == (status, out)


def test_a_calendar_comes_in_beside_what_is_there(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.ics").write_text(daily().replace("X-MONITOR-PARTICIPANTS:all\n", ""), encoding="utf-8")
    common = ("--config", str(folder), "--language", "en", "import", str(tmp_path / "a.ics"))
    status, out, _ = run(*common, "--name", "lich.ics", "--level", "province", "--all", capsys=capsys)
    assert (0, True) == (status, "30 meetings in 30 days" in out)
    text = (folder / "meetings.yaml").read_text(encoding="utf-8")
    assert text.startswith("# của văn phòng\n")
    assert text.endswith("calendars:\n  - {file: lich.ics, level: province, participants: {all: true}}\n")
    assert (folder / "lich.ics").read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")


def test_a_newer_calendar_takes_the_place_of_the_old_one(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for title in ("X-MONITOR-CARRIER:a", "X-MONITOR-CARRIER:b"):
        (tmp_path / "a.ics").write_text(daily(title), encoding="utf-8")
        assert 0 == run("--config", str(folder), "import", str(tmp_path / "a.ics"), capsys=capsys)[0]
    assert 1 == (folder / "meetings.yaml").read_text(encoding="utf-8").count("a.ics")
    assert "CARRIER:b" in (folder / "a.ics").read_text(encoding="utf-8")


def test_what_is_no_calendar_changes_nothing(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.ics").write_text("<html>", encoding="utf-8")
    before = (folder / "meetings.yaml").read_text(encoding="utf-8")
    status, _, err = run("--config", str(folder), "--language", "en", "import", str(tmp_path / "a.ics"), capsys=capsys)
    assert 2 == status
    assert f"{tmp_path}/a.ics:1: is no calendar; export the calendar again as iCalendar (.ics)\n" == err
    assert (before, False) == ((folder / "meetings.yaml").read_text(encoding="utf-8"), (folder / "a.ics").exists())


def test_a_fault_names_the_calendar_that_people_know(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.ics").write_text(daily(), encoding="utf-8")
    assert 0 == run("--config", str(folder), "import", str(tmp_path / "a.ics"), capsys=capsys)[0]
    words = ("--config", str(folder), "--language", "en", "import", str(tmp_path / "a.ics"), "--name", "b.ics")
    status, out, _ = run(*words, capsys=capsys)
    assert (0, True) == (status, f"note: {tmp_path}/a.ics:11: hop.id: another meeting is called 'ngay' ({folder}/a.ics:" in out)


def odd() -> str:
    """Return a calendar with a meeting each day, a whole day, and a meeting whose room goes by its name."""
    whole_day = event(uid="tết", title="Nghỉ Tết").replace("DTSTART:20261130T080000", "DTSTART;VALUE=DATE:20261130")
    named = event("X-NONE: participants", "ATTENDEE;CUTYPE=ROOM;CN=dc-xa:mailto:p@x.invalid", uid="phòng", title="=HYPERLINK(1)")
    return daily().replace("END:VCALENDAR\n", f"{whole_day}{named}END:VCALENDAR\n")


def test_what_is_left_out_is_told_line_by_line_and_the_rest_is_taken(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.ics").write_text(odd(), encoding="utf-8")
    common = ("--config", str(folder), "--language", "en")
    status, out, err = run(*common, "import", str(tmp_path / "a.ics"), capsys=capsys)
    assert (1, "") == (status, err)
    assert (
        f"left out: {tmp_path}/a.ics:16: lasts whole days, without a time; where it is a meeting, write when it begins and ends\n"
        in out
    )
    assert "taken for the endpoint dc-xa, by its name alone; write into meetings.yaml: rooms: {p@x.invalid: dc-xa}\n" in out
    assert out.endswith("calendars: 1 event or part left out, 1 note\n")
    assert "systemctl reload monitor, or curl -X POST http://127.0.0.1:9877/-/reload\n" in out
    assert (folder / "a.ics").read_bytes() == (tmp_path / "a.ics").read_bytes()
    status, out, _ = run(*common, "check", capsys=capsys)
    assert (1, True) == (status, f"left out: {folder}/a.ics:16: lasts whole days" in out)
    status, out, _ = run(*common, "list", "--format", "json", capsys=capsys)
    assert {False} == {each["participants_by_name"] for each in json.loads(out) if each["series"] == "ngay"}


def test_a_calendar_comes_in_octet_by_octet(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = daily().replace("\n", "\r\n").encode("utf-16")
    (tmp_path / "a.ics").write_bytes(content)
    assert 0 == run("--config", str(folder), "import", str(tmp_path / "a.ics"), capsys=capsys)[0]
    assert content == (folder / "a.ics").read_bytes()


def test_many_notices_are_bounded_and_counted(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.ics").write_text(calendar(*(event(uid=str(n), end="20261130T080000") for n in range(130))), encoding="utf-8")
    status, out, _ = run("--config", str(folder), "--language", "en", "import", str(tmp_path / "a.ics"), capsys=capsys)
    assert (1, 100) == (status, out.count("left out: "))
    assert out.endswith("… and 30 more\ncalendars: 130 events or parts left out, 0 notes\n")


def test_the_check_of_everything_tells_calendars_too(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.ics").write_text(odd(), encoding="utf-8")
    (folder / "meetings.yaml").write_text("calendars: [a.ics]\n", encoding="utf-8")
    assert main(["check", "--config", str(folder), "--language", "en"]) in (1, 2)
    assert f"left out: {folder}/a.ics:16: lasts whole days" in capsys.readouterr().out
    main(["check", "--config", str(folder), "--language", "en", "--format", "json"])
    told = json.loads(capsys.readouterr().out)["calendar_notices"]
    assert [("whole_day", True), ("room_by_name", False)] == [(each["code"], each["left_out"]) for each in told]


def test_options_may_stand_before_or_after_the_action(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = (0, "no meeting in the next 7 days\n", "")
    options = ("--config", str(folder), "--language", "en", "--days", "7")
    assert told == run(*options, "list", capsys=capsys)
    assert told == run("list", *options, capsys=capsys)
    assert told == run("--days", "9", *options[:4], "list", "--days", "7", capsys=capsys)


@pytest.mark.parametrize("days", ["0", "-5", "367", "99999999999", "x"])
def test_days_that_no_schedule_has_are_refused(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["meetings", "list", f"--days={days}", "--language", "en"])
    assert f"'{days}' is not a number of days from 1 to 366" in capsys.readouterr().err


def test_a_faulty_schedule_is_exit_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "meetings.yaml").write_text("calendars: [none.ics]\n", encoding="utf-8")
    status, _, err = run("--config", str(folder), "--language", "en", "check", capsys=capsys)
    assert (2, True) == (status, "none.ics: can't be read: No such file or directory" in err)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "\n\ncalendars:\n  - b.ics\n"),
        ("meetings: []\n", "meetings: []\n\ncalendars:\n  - b.ics\n"),
        ("calendars: [a.ics]\nmeetings: []\n", "calendars: [a.ics, b.ics]\nmeetings: []\n"),
        ("calendars: []\n", "calendars: [b.ics]\n"),
        ("calendars:\n  - a.ics  # một\nmeetings: []\n", "calendars:\n  - a.ics  # một\n  - b.ics\nmeetings: []\n"),
        ("calendars:\n- {file: a.ics}\n", "calendars:\n- {file: a.ics}\n- b.ics\n"),
        ("calendars:\n  - a.ics", "calendars:\n  - a.ics\n  - b.ics"),
    ],
)
def test_a_calendar_is_added_and_all_else_stays(before: str, after: str) -> None:
    assert after == with_calendar(before, "b.ics")


def test_meetings_are_listed_under_the_ids_that_the_daemon_s_journal_keeps(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "monitor.yaml").write_text(f"{MONITOR}journal: sqlite:///{tmp_path}/journal.db\n", encoding="utf-8")
    (tmp_path / "a.ics").write_text(daily().replace("X-MONITOR-ID:ngay\n", ""), encoding="utf-8")
    common = ("--config", str(folder), "--days", "2")
    assert 0 == run(*common, "import", str(tmp_path / "a.ics"), capsys=capsys)[0]

    def listed() -> list[str]:
        return [each["meeting"] for each in json.loads(run(*common, "list", "--format", "json", capsys=capsys)[1])]

    without = listed()
    store = Store(f"sqlite:///{tmp_path}/journal.db")
    store.write([KeptSlug(event_of("e"), "giao-ban")])
    store.close()
    assert [id_.replace("hop-", "giao-ban-") for id_ in without] == listed()
    assert 2 == len({*without} - {*listed()})
