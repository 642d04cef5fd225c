"""What a circuit usually carries: means by weekday and hour, kept over a restart."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from monitor.model.inventory import Kind, Target
from monitor.model.meeting import UsualLoad
from monitor.model.state import InterfaceView, SnmpView, TargetView
from monitor.service.meetings.loads import Loads

MONDAY = datetime(2026, 11, 30, 8, 5)
XA = Target("xa", Kind.POINT, "Xã", "xã", "10.1.2.1", "commune", "a")


def carrying(receive_bps: float | None, name: str = "xa", *, up: bool = True) -> dict[str, TargetView]:
    rate = None if receive_bps is None else receive_bps / 8
    wan = InterfaceView("wan0", "", "wan", True, None, None, None, None, None, None, rate, rate)
    return {name: TargetView(XA, snmp=SnmpView(1.0, up, (), "x", None, (wan,), {}))}


def filled(loads: Loads, week: int, bps: float, hour: int = 8) -> None:
    begins = MONDAY.replace(hour=hour) + timedelta(weeks=week)
    loads.note(carrying(bps), begins)
    loads.note(carrying(bps), begins + timedelta(minutes=1))
    loads.note(carrying(bps), begins + timedelta(hours=1))


def usual(loads: Loads, hours: int = 1) -> dict[str, UsualLoad]:
    return loads.usual(MONDAY.replace(minute=0), MONDAY.replace(minute=0) + timedelta(hours=hours))


def test_an_hour_that_was_never_seen_is_missing() -> None:
    loads = Loads()
    filled(loads, 0, 1e6, hour=14)
    assert {} == usual(loads)


def test_the_newest_week_counts_for_three_tenths() -> None:
    loads = Loads()
    filled(loads, 0, 1e6)
    filled(loads, 1, 2e6)
    assert 1.3e6 == usual(loads)["xa"].down_bps


def test_the_busiest_hour_of_a_meeting_counts() -> None:
    loads = Loads()
    filled(loads, 0, 1e6)
    filled(loads, 0, 4e6, hour=10)
    assert (1e6, 4e6) == (usual(loads, 2)["xa"].up_bps, usual(loads, 3)["xa"].up_bps)


def test_what_a_device_does_not_tell_is_no_load() -> None:
    loads = Loads()
    for views in (carrying(None), carrying(1e6, up=False), {"xa": TargetView(XA)}):
        loads.note(views, MONDAY)
        loads.note(views, MONDAY + timedelta(hours=1))
    assert {} == usual(loads)


def test_a_restart_keeps_them_and_a_damaged_file_begins_anew(tmp_path: Path) -> None:
    url, path = f"sqlite:///{tmp_path}/journal.db", tmp_path / "loads.hours"
    with Loads().kept_beside(url) as loads:
        loads.note(carrying(1e6), MONDAY)
    with Loads().kept_beside(url) as again:
        assert {"xa": UsualLoad(1e6, 1e6)} == usual(again)
    path.write_bytes(path.read_bytes()[:100])
    with Loads().kept_beside(url) as damaged:
        assert {} == usual(damaged)


def test_points_that_are_gone_are_forgotten() -> None:
    loads = Loads()
    filled(loads, 0, 1e6)
    loads.keep_only(())
    assert {} == usual(loads)
