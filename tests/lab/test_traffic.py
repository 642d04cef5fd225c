"""Traffic has an exact integral, so counters have true values."""

from itertools import pairwise

import pytest

from monitor.lab.device import make_device
from monitor.lab.traffic import DAY_S, office_day, steady
from tests.lab.small import NOON, target


def test_octets_are_the_integral_of_the_rate() -> None:
    curve = office_day(8_000_000, "xa")
    seconds = [NOON + second for second in range(7200)]
    summed = sum((curve.rate_bps(left) + curve.rate_bps(right)) / 2 / 8 for left, right in pairwise(seconds))
    assert summed == pytest.approx(curve.octets(seconds[0], seconds[-1]), rel=1e-6)


def test_octets_of_two_spans_add_up_over_midnight() -> None:
    curve = office_day(8_000_000, "xa")
    whole = curve.octets(NOON, NOON + 3 * DAY_S + 4321)
    assert whole == pytest.approx(curve.octets(NOON, NOON + DAY_S) + curve.octets(NOON + DAY_S, NOON + 3 * DAY_S + 4321), rel=1e-12)
    assert curve.octets(0, DAY_S) == pytest.approx(curve.octets(NOON, NOON + DAY_S), rel=1e-9)


def test_offices_are_busy_in_the_morning_and_quiet_at_night() -> None:
    curve = office_day(10_000_000, "xa")
    midnight = NOON - (NOON + 7 * 3600) % DAY_S
    assert curve.rate_bps(midnight + 10 * 3600) > 5 * curve.rate_bps(midnight + 3 * 3600)


def test_a_limited_curve_carries_the_lower_of_rate_and_capacity() -> None:
    curve = office_day(10_000_000, "xa")
    limited = curve.limited(3_000_000)
    for second in range(0, 86_400, 61):
        assert min(curve.rate_bps(NOON + second), 3_000_000) == pytest.approx(limited.rate_bps(NOON + second), rel=1e-9)


def test_a_cut_link_carries_nothing_and_then_as_before() -> None:
    device = make_device(target("xa", "10.1.1.1", "huyen"), NOON)
    before = device.truth(NOON)[2].receive_octets
    device.carry(NOON, None, None, is_connected=False)
    assert before == pytest.approx(device.truth(NOON + 600)[2].receive_octets, abs=1)
    device.carry(NOON + 600, None, None, is_connected=True)
    usual = device.interfaces[2].usual_receive.octets(NOON + 600, NOON + 900)
    assert before + usual == pytest.approx(device.truth(NOON + 900)[2].receive_octets, abs=2)


def test_offered_traffic_above_the_capacity_is_carried_at_the_capacity() -> None:
    device = make_device(target("xa", "10.1.1.1", "huyen"), NOON)
    before = device.truth(NOON)[2].transmit_octets
    device.carry(NOON, 4_000_000, 9_000_000, is_connected=True)
    assert before + 100 * 4_000_000 / 8 == pytest.approx(device.truth(NOON + 100)[2].transmit_octets, abs=1)


def test_steady_traffic_is_the_same_all_day() -> None:
    assert steady(8000).octets(NOON, NOON + 100_000) == pytest.approx(100_000_000)


def test_a_reboot_restarts_uptime_and_counters_and_a_reset_only_counters() -> None:
    device = make_device(target("xa", "10.1.1.1", "huyen"), NOON)
    ticks = device.uptime_ticks(NOON)
    device.set_counters(NOON, 0)
    assert device.truth(NOON)[2].receive_octets == 0
    assert device.uptime_ticks(NOON) == ticks
    device.restart(NOON + 10)
    assert device.uptime_ticks(NOON + 12) == 200


def test_renumbering_gives_every_interface_another_index_and_keeps_its_name() -> None:
    device = make_device(target("xa", "10.1.1.1", "huyen"), NOON)
    before = {each.name: each.index for each in device.truth(NOON)}
    device.renumber(NOON)
    after = {each.name: each.index for each in device.truth(NOON)}
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
