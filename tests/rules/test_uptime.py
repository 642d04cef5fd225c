"""How long a device has run: its own clock wins over its agent's, which restarts with every change of its configuration."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.reading import SnmpSample
from monitor.rules.counters import DeviceCounters
from tests.rules.test_counters import DAY_S, WRAP_S, run, sample

BEGAN = 1_700_000_000
"""Epoch seconds at which the tests' monotonic clock reads 0."""


def told(agent_s: float | None, system_s: float | None, octets: int = 5_000_000) -> SnmpSample:
    """Return the answer of a host whose agent, and which itself, has run so long."""
    ticks = None if system_s is None else int(system_s * 100) % 2**32
    return replace(sample(agent_s, octets), system_ticks=ticks)


def boots(tracks: list[DeviceCounters]) -> list[float | None]:
    return [None if track.boot_at is None else track.boot_at - BEGAN for track in tracks]


def test_the_boot_time_is_the_devices_not_its_agents() -> None:
    assert [-10 * DAY_S] == boots(run([(0, told(100, 10 * DAY_S))]))


def test_an_agent_that_restarts_is_no_reboot_even_where_no_traffic_proves_it() -> None:
    tracks = run([(0, told(5000, 10 * DAY_S, 0)), (60, told(20, 10 * DAY_S + 60, 0)), (120, told(80, 10 * DAY_S + 120, 0))])
    assert [False, True, False] == [track.restarted for track in tracks]
    assert not any(track.rebooted for track in tracks)
    assert [-10 * DAY_S] * 3 == boots(tracks)


def test_a_reboot_is_one_by_the_devices_own_clock_too() -> None:
    tracks = run([(0, told(5000, 10 * DAY_S)), (60, told(20, 25, 100))])
    assert [False, True] == [track.rebooted for track in tracks]
    assert [-10 * DAY_S, 35] == boots(tracks)


def test_the_devices_own_clock_wraps_after_497_days_without_a_reboot() -> None:
    tracks = run([(0, told(5000, WRAP_S - 30)), (60, told(5060, WRAP_S + 30))])
    assert not any(track.rebooted for track in tracks)
    assert [-(WRAP_S - 30)] * 2 == [round(boot or 0, 2) for boot in boots(tracks)]


def test_a_device_that_has_no_clock_at_all_has_no_boot_time_and_yet_rates() -> None:
    tracks = run([(0, told(None, None, 0)), (60, told(None, None, 60_000))])
    assert [None, None] == boots(tracks)
    assert 1000 == tracks[-1].views[0].receive_bytes_per_second


def test_engine_time_serves_where_there_is_no_sysuptime() -> None:
    assert [-DAY_S] == boots(run([(0, replace(told(None, None), engine_time_s=DAY_S))]))


def test_engine_time_corrects_a_sysuptime_that_has_wrapped() -> None:
    seen = replace(told(100, None), engine_time_s=int(WRAP_S) + 100)
    assert [-(int(WRAP_S) + 100)] == boots(run([(0, seen)]))


def test_an_engine_time_that_stands_still_is_no_restart_and_leaves_it_to_sysuptime() -> None:
    stuck = [(60.0 * turn, replace(told(5000 + 60 * turn, None, 1_000_000 * turn), engine_time_s=777)) for turn in range(4)]
    assert not any(track.restarted for track in run(stuck))
    again = (240.0, replace(told(10, None, 0), engine_time_s=777))
    assert run([*stuck, again])[-1].restarted
