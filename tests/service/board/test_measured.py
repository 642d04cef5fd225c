"""What was measured: views that carry on from reading to reading and show nothing of yesterday."""

from dataclasses import replace

import pytest

from monitor.model.inventory import Target
from monitor.model.reading import IcmpSample, InterfaceSample, Outcome, Reading, SnmpSample
from monitor.model.settings import QualitySettings
from monitor.service.board.measured import Measured
from tests.service.province import answer, miss, point
from tests.told import english, text

TARGET = point("a")
ALL = replace(TARGET, interfaces="all")


def poll(at_s: float, octets: int, **more: object) -> Reading:
    rows = (
        InterfaceSample("wan0", 1, up=True, speed_bps=100_000_000, receive_octets=octets, transmit_octets=octets, role="wan"),
        InterfaceSample("lan0", 2, up=True, speed_bps=100_000_000, receive_octets=5, transmit_octets=5),
    )
    sample = SnmpSample("generic-router", uptime_ticks=int(at_s * 100), interfaces=rows, values={"wan_device_cpu_ratio": 0.5})
    return Reading("a", "snmp", at_s, Outcome.OK, snmp=sample, **more)  # type: ignore[arg-type]


def polled(target: Target = TARGET) -> Measured:
    measured = Measured()
    measured.record_snmp(poll(1000.0, 0), target, 5000.0)
    measured.record_snmp(poll(1060.0, 600_000), target, 5060.0)
    return measured


def test_rates_and_totals_of_the_circuit_are_shown_by_the_devices_clock() -> None:
    snmp = polled().snmp
    assert snmp is not None
    assert ["wan0"] == [each.name for each in snmp.interfaces]
    assert 10_000.0 == pytest.approx(snmp.interfaces[0].receive_bytes_per_second or 0)
    assert (True, 5060.0, "generic-router", {"wan_device_cpu_ratio": 0.5}) == (snmp.up, snmp.at, snmp.profile, snmp.values)


def test_all_interfaces_are_shown_where_the_target_wants_them() -> None:
    snmp = polled(ALL).snmp
    assert snmp is not None
    assert ["wan0", "lan0"] == [each.name for each in snmp.interfaces]


def test_a_miss_says_that_the_agent_is_silent_and_keeps_when_it_last_spoke() -> None:
    measured = polled()
    measured.record_snmp(miss("a", "snmp", 1125.0), TARGET, 5125.0)
    assert measured.snmp is not None
    assert (False, 5060.0, "no answer") == (measured.snmp.up, measured.snmp.at, english(measured.snmp.detail))


def test_a_refusal_is_no_answer_to_what_was_asked() -> None:
    measured = Measured()
    measured.record_snmp(Reading("a", "snmp", 1.0, Outcome.REFUSED, detail=text("authorizationError")), TARGET, 5000.0)
    assert measured.snmp is not None
    assert (False, None, "authorizationError") == (measured.snmp.up, measured.snmp.at, english(measured.snmp.detail))


def test_a_brief_answer_brings_the_agent_back_but_no_counters() -> None:
    measured = polled()
    before = measured.snmp
    measured.record_snmp(miss("a", "snmp", 1125.0), TARGET, 5125.0)
    brief = Reading("a", "snmp", 1126.0, Outcome.OK, snmp=SnmpSample("generic-router", uptime_ticks=1, brief=True), confirms=True)
    measured.record_snmp(brief, TARGET, 5126.0)
    assert before == measured.snmp


def test_what_an_agent_said_too_long_ago_is_emptied_and_its_totals_go_on() -> None:
    measured = polled()
    measured.drop_old_interfaces(1060.0 + 181.0, 180.0)
    assert measured.snmp is not None
    assert ((), {}) == (measured.snmp.interfaces, measured.snmp.values)
    measured.record_snmp(poll(1300.0, 1_000_000), TARGET, 5300.0)
    assert 1_000_000 == measured.snmp.interfaces[0].receive_bytes_total


def test_a_step_of_the_wall_clock_moves_what_was_measured_along() -> None:
    measured = polled()
    measured.record_icmp(answer("a", "icmp", 1060.0), IcmpSample(1, (0.01,)), 5060.0, QualitySettings(), None)
    measured.shift(3600.0)
    assert measured.snmp is not None
    assert measured.icmp is not None
    assert (8660.0, 8660.0) == (measured.snmp.at, measured.icmp.at)


def test_a_lost_burst_counts_as_loss_once_the_target_answers_again_and_never_while_it_is_silent() -> None:
    measured, settings = Measured(), QualitySettings(min_packets=5)
    lost, good = IcmpSample(5, (None,) * 5), IcmpSample(5, (0.01,) * 5)
    told = []
    for number, sample in enumerate((good, lost, good)):
        measured.record_icmp(answer("a", "icmp", 15.0 * number), sample, 0.0, settings, None)
        told.append(measured.icmp.loss_recent if measured.icmp else None)
    assert [0.0, 0.0, pytest.approx(1 / 3)] == told
