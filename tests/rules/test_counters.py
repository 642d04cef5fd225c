"""Totals only grow and rates never spike: resets, wraps, restarts, renumbering, and counters that refresh slowly."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.inventory import Contracted
from monitor.model.reading import InterfaceSample, SnmpSample
from monitor.model.state import InterfaceView
from monitor.rules.counters import DeviceCounters

DAY_S = 86_400
WRAP_S = 2**32 / 100


def sample(uptime_s: float | None, receive: int, *, bits: int = 64, speed: int | None = 100_000_000, **more: object) -> SnmpSample:
    """Return a router's answer with one interface, whose transmit counter is twice its receive counter."""
    ticks = None if uptime_s is None else int(uptime_s * 100) % 2**32
    modulus = 2**bits
    row = InterfaceSample(
        name="ge0/0",
        index=1,
        up=True,
        speed_bps=speed,
        octet_bits=bits,
        receive_octets=receive % modulus,
        transmit_octets=2 * receive % modulus,
        receive_errors=0,
        uptime_ticks=ticks,
        role="wan",
    )
    return replace(SnmpSample("generic-router", uptime_ticks=ticks, interfaces=(row,)), **more)  # type: ignore[arg-type]


def run(
    samples: Iterable[tuple[float, SnmpSample]], track: DeviceCounters | None = None, contracted: Contracted | None = None
) -> list[DeviceCounters]:
    """Return the track as it was after each (monotonic seconds, sample)."""
    tracks = []
    track = track or DeviceCounters()
    for at_s, each in samples:
        track.record_sample(each, at_s, 1_700_000_000 + at_s, contracted)
        tracks.append(deepcopy(track))
    return tracks


def wan(track: DeviceCounters) -> InterfaceView:
    return next(view for view in track.views if view.role == "wan")


def test_the_first_reading_has_totals_and_no_rate() -> None:
    (track,) = run([(0, sample(1000, 5000))])
    assert 5000 == wan(track).receive_bytes_total
    assert wan(track).receive_bytes_per_second is None
    assert 1_700_000_000 - 1000 == track.boot_at


def test_a_rate_divides_by_the_devices_own_time() -> None:
    tracks = run([(0, sample(1000, 0)), (63.5, sample(1060, 600_000))])
    assert 10_000 == wan(tracks[-1]).receive_bytes_per_second
    assert 20_000 == wan(tracks[-1]).transmit_bytes_per_second


def test_without_a_sysuptime_our_own_clock_serves() -> None:
    tracks = run([(0, sample(None, 0)), (60, sample(None, 600_000))])
    assert 10_000 == wan(tracks[-1]).receive_bytes_per_second
    assert tracks[-1].boot_at is None


def test_a_reboot_has_no_rate_and_no_spike_and_its_totals_go_on() -> None:
    tracks = run([(0, sample(5000, 9 * 10**9)), (60, sample(20, 150_000)), (120, sample(80, 750_000))])
    assert [9 * 10**9, 9 * 10**9 + 150_000, 9 * 10**9 + 750_000] == [wan(track).receive_bytes_total for track in tracks]
    assert [None, None, 10_000] == [wan(track).receive_bytes_per_second for track in tracks]
    assert [False, True, False] == [track.rebooted for track in tracks]
    assert [1_700_000_000 - 5000, 1_700_000_060 - 20, 1_700_000_060 - 20] == [track.boot_at for track in tracks]
    assert 0 == tracks[-1].spikes_total


def test_a_reboot_is_no_wrap_of_a_32_bit_counter() -> None:
    tracks = run([(0, sample(5000, 4_200_000_000, bits=32)), (60, sample(20, 150_000, bits=32))])
    assert 4_200_000_000 + 150_000 == wan(tracks[-1]).receive_bytes_total
    assert wan(tracks[-1]).receive_bytes_per_second is None


def test_a_32_bit_counter_is_carried_past_its_wrap() -> None:
    tracks = run((60 * turn, sample(5000 + 60 * turn, 2**32 - 1_000_000 + 600_000 * turn, bits=32)) for turn in range(6))
    assert [2**32 - 1_000_000 + 600_000 * turn for turn in range(6)] == [wan(track).receive_bytes_total for track in tracks]
    assert {10_000} == {wan(track).receive_bytes_per_second for track in tracks[1:]}
    assert 0 == tracks[-1].spikes_total


def test_errors_and_discards_have_32_bits_beside_octets_of_64() -> None:
    first, second = sample(5000, 0), sample(5060, 0)
    rows = [replace(each.interfaces[0], receive_errors=errors) for each, errors in ((first, 2**32 - 5), (second, 7))]
    tracks = run([(0, replace(first, interfaces=(rows[0],))), (60, replace(second, interfaces=(rows[1],)))])
    assert (2**32 + 7, 0) == (wan(tracks[-1]).receive_errors_total, tracks[-1].spikes_total)


def test_counters_cleared_without_a_restart_are_a_reset_where_a_wrap_is_impossible() -> None:
    tracks = run([(0, sample(5000, 1_200_000_000, bits=32)), (60, sample(5060, 30_000, bits=32))])
    assert 1_200_000_000 + 30_000 == wan(tracks[-1]).receive_bytes_total
    assert wan(tracks[-1]).receive_bytes_per_second is None


def test_a_circuit_that_wraps_on_a_gigabit_port_is_told_from_one_that_was_cleared_by_its_contract() -> None:
    contract = Contracted(20_000_000, 50_000_000)
    cleared = [(0, sample(5000, 1_200_000_000, bits=32, speed=10**9)), (60, sample(5060, 30_000, bits=32, speed=10**9))]
    assert 1_200_000_000 + 30_000 == wan(run(cleared, contracted=contract)[-1]).receive_bytes_total
    assert 2**32 + 30_000 == wan(run(cleared)[-1]).receive_bytes_total, "without a contract the port's speed alone can tell"
    # Twice the contract, as after it was raised, is still a wrap.
    wrapped = [(0, sample(5000, 2**32 - 100, bits=32, speed=10**9)), (60, sample(5060, 2**32 + 290_000_000, bits=32, speed=10**9))]
    assert 2**32 + 290_000_000 == wan(run(wrapped, contracted=contract)[-1]).receive_bytes_total


def test_sysuptime_that_wraps_after_497_days_is_no_restart() -> None:
    start = WRAP_S - 90
    tracks = run((60 * turn, sample(start + 60 * turn, 600_000 * turn)) for turn in range(5))
    assert not any(track.restarted for track in tracks)
    assert {10_000} == {wan(track).receive_bytes_per_second for track in tracks[1:]}
    assert {1_700_000_000 - start} == {track.boot_at for track in tracks}


def test_an_uptime_that_falls_far_from_its_wrap_is_a_restart() -> None:
    tracks = run([(0, sample(WRAP_S - 10 * DAY_S, 10**6)), (60, sample(40, 1000))])
    assert tracks[-1].restarted


def test_a_reboot_behind_our_back_is_seen_though_sysuptime_grew() -> None:
    tracks = run([(0, sample(100, 10**9)), (7200, sample(3600, 10**6))])
    assert tracks[-1].rebooted
    assert wan(tracks[-1]).receive_bytes_per_second is None


def test_engine_time_tells_how_long_a_device_has_run_that_wrapped_before_we_came() -> None:
    (track,) = run([(0, sample(2 * DAY_S, 0, engine_time_s=int(WRAP_S + 2 * DAY_S), engine_boots=3))])
    assert track.boot_at == pytest.approx(1_700_000_000 - WRAP_S - 2 * DAY_S, abs=2)


def test_engine_time_that_grows_disproves_a_restart_and_boots_prove_one() -> None:
    before = sample(5000, 10**7, engine_time_s=5000, engine_boots=3)
    after = sample(10, 2 * 10**7, engine_time_s=5060, engine_boots=3)
    assert not run([(0, before), (60, after)])[-1].restarted
    again = sample(5060, 2 * 10**7, engine_time_s=5060, engine_boots=4)
    assert run([(0, before), (60, again)])[-1].restarted


def test_an_agent_that_restarts_alone_is_no_reboot() -> None:
    tracks = run([(0, sample(5000, 9 * 10**9)), (60, sample(20, 9 * 10**9 + 600_000)), (120, sample(80, 9 * 10**9 + 1_200_000))])
    assert [False, True, False] == [track.restarted for track in tracks]
    assert not any(track.rebooted for track in tracks)
    assert {1_700_000_000 - 5000} == {track.boot_at for track in tracks}
    assert 9 * 10**9 + 1_200_000 == wan(tracks[-1]).receive_bytes_total
    assert [None, None, 10_000] == [wan(track).receive_bytes_per_second for track in tracks]


def test_more_than_the_line_can_carry_is_dropped_and_counted() -> None:
    tracks = run([(0, sample(1000, 0)), (60, sample(1060, 10**12)), (120, sample(1120, 10**12 + 600_000))])
    assert [0, 0, 600_000] == [wan(track).receive_bytes_total for track in tracks]
    assert [None, None, 10_000] == [wan(track).receive_bytes_per_second for track in tracks]
    assert 2 == tracks[-1].spikes_total, "one for each direction"


def test_a_line_that_is_always_faster_than_it_says_is_believed_after_three_polls() -> None:
    tracks = run((60 * turn, sample(1000 + 60 * turn, 60_000_000 * turn, speed=9_000)) for turn in range(8))
    assert [None] * 4 == [wan(track).receive_bytes_per_second for track in tracks[:4]]
    assert {1_000_000} == {wan(track).receive_bytes_per_second for track in tracks[4:]}


def test_a_snmpd_that_refreshes_every_three_seconds_shows_its_true_rate_at_polls_of_one_second() -> None:
    tracks = run((turn, sample(1000 + turn, 150_000 * 3 * (turn // 3))) for turn in range(61))
    rates = [wan(track).receive_bytes_per_second for track in tracks]
    assert [None] * 10 == rates[:10]
    assert all(rate is not None and abs(rate - 150_000) <= 0.3 * 150_000 for rate in rates[10:])
    assert 12 >= len(set(rates)), "a rate stands until ten more seconds are over"


def test_a_renumbered_interface_goes_on_under_its_name() -> None:
    before, after = sample(1000, 10**6), sample(1060, 10**6 + 600_000)
    moved = replace(after, interfaces=(replace(after.interfaces[0], index=9),))
    assert 10_000 == wan(run([(0, before), (60, moved)])[-1]).receive_bytes_per_second


def test_another_interface_in_its_place_is_another_total() -> None:
    before, after = sample(1000, 10**6), sample(1060, 7 * 10**9)
    other = replace(after, interfaces=(replace(after.interfaces[0], name="ge0/1"),))
    last = run([(0, before), (60, other)])[-1]
    assert ["ge0/1"] == [view.name for view in last.views]
    assert 7 * 10**9 == last.views[0].receive_bytes_total
    assert last.views[0].receive_bytes_per_second is None


def test_an_interface_that_vanishes_and_returns_goes_on_without_a_rate_over_the_gap() -> None:
    gone = replace(sample(1060, 0), interfaces=())
    tracks = run([(0, sample(1000, 10**6)), (60, gone), (120, sample(1120, 10**6 + 10**6)), (180, sample(1180, 26 * 10**5))])
    assert [] == list(tracks[1].views)
    assert [2 * 10**6, 26 * 10**5] == [wan(track).receive_bytes_total for track in tracks[2:]]
    assert [None, 10_000] == [wan(track).receive_bytes_per_second for track in tracks[2:]]


def test_an_incomplete_sample_keeps_totals_and_says_no_rate() -> None:
    halved = replace(sample(1120, 0), interfaces=(), complete=False)
    tracks = run([(0, sample(1000, 0)), (60, sample(1060, 600_000)), (120, halved), (180, sample(1180, 1_800_000))])
    assert (600_000, None, None) == (
        wan(tracks[2]).receive_bytes_total,
        wan(tracks[2]).receive_bytes_per_second,
        wan(tracks[2]).up,
    )
    assert 1_800_000 == wan(tracks[3]).receive_bytes_total


def test_a_brief_sample_changes_nothing() -> None:
    brief = SnmpSample("p", uptime_ticks=101_000, brief=True)
    before, after = run([(0, sample(1000, 600_000)), (10, brief)])
    assert before == after
    assert [DeviceCounters()] == run([(10, brief)])


def test_counters_that_change_their_width_do_not_jump() -> None:
    narrow = sample(1060, 10**10 + 600_000, bits=32)
    tracks = run([(0, sample(1000, 10**10)), (60, narrow), (120, sample(1120, 10**10 + 1_200_000, bits=32))])
    assert [10**10, 10**10, 10**10 + 600_000] == [wan(track).receive_bytes_total for track in tracks]
    assert [None, None, 10_000] == [wan(track).receive_bytes_per_second for track in tracks]


def test_a_column_that_the_device_lacks_stays_unknown() -> None:
    bare = replace(sample(1000, 5), interfaces=(InterfaceSample("x", 1, octet_bits=32, receive_octets=7),))
    view = run([(0, bare), (60, bare)])[-1].views[0]
    assert (7, None, None) == (view.receive_bytes_total, view.transmit_bytes_total, view.receive_errors_total)


def test_a_boot_time_does_not_wander_with_the_polls_jitter() -> None:
    jitters = (0.0, 1.2, -0.8, 2.5, 0.1, -2.0)
    tracks = run((60 * turn, sample(1000 + 60 * turn + jitter, 0)) for turn, jitter in enumerate(jitters))
    assert {1_700_000_000 - 1000} == {track.boot_at for track in tracks}


def test_a_poll_that_took_long_is_no_restart() -> None:
    tracks = run([(0, sample(1000, 0)), (78, sample(1060, 600_000)), (120, sample(1120, 1_200_000))])
    assert not any(track.restarted for track in tracks)
    assert 10_000 == wan(tracks[-1]).receive_bytes_per_second


@given(
    st.lists(
        st.tuples(
            st.floats(1, 600), st.integers(0, 12_500_000), st.sampled_from(["runs", "runs", "runs", "reboots", "agent", "noise"])
        ),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([32, 64]),
)
def test_totals_never_fall_and_no_rate_is_above_the_line(steps: list[tuple[float, int, str]], bits: int) -> None:
    at_s, uptime_s, octets = 0.0, 5000.0, 10**9
    track, total = DeviceCounters(), 0
    for passed_s, rate, what in steps:
        at_s += passed_s
        uptime_s, octets = uptime_s + passed_s, octets + int(rate * passed_s)
        if what in ("reboots", "agent"):
            uptime_s = min(3.0, passed_s)
            octets = int(rate * uptime_s) if what == "reboots" else octets
        shown = octets if what != "noise" else octets * 7 + 10**13
        track.record_sample(sample(uptime_s, shown // 2, bits=bits), at_s, 1_700_000_000 + at_s)
        view = wan(track)
        assert view.transmit_bytes_total is not None
        assert view.transmit_bytes_total >= total
        total = view.transmit_bytes_total
        if view.transmit_bytes_per_second is not None and track.rows["ge0/0"].over < 3:
            assert 0 <= view.transmit_bytes_per_second <= 12_500_000 * 1.1 * 1.6


# How long a device has run: its own clock wins over its agent's, which restarts with every change of its configuration

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
