"""The timetable: which probes a target has, when its turn comes, and when its silence is nobody's business."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.inventory import Expected, Kind, ProbeOverride, Target
from monitor.model.profile import Profile, WebPage
from monitor.model.settings import Credential, OfficeHours, Settings
from monitor.model.spec import IcmpSettings, IcmpSpec, SipSpec, SnmpSpec, WebSpec
from monitor.rules.timetable import is_expected, probe_plan, spread

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SETTINGS = Settings(credentials={"wan": Credential("wan", "2c", "only-a-test")})
MONDAY = datetime(2026, 11, 30, tzinfo=ZONE)


def target(**changes: object) -> Target:
    known = {"id": "a", "kind": Kind.POINT, "name": "A", "short": "A", "address": "127.0.0.2", "level": "commune", "area": "x"}
    return Target(**{**known, **changes})  # type: ignore[arg-type]


def test_a_target_without_a_credential_has_no_snmp_probe() -> None:
    assert ["icmp"] == [probe.probe for probe in probe_plan(target(), SETTINGS)]
    assert ["icmp"] == [probe.probe for probe in probe_plan(target(credential="nowhere"), SETTINGS)]


def test_a_target_with_a_credential_has_both_probes_at_the_settings_intervals() -> None:
    icmp, snmp = probe_plan(target(credential="wan"), SETTINGS)
    assert [("icmp", 15.0), ("snmp", 60.0)] == [(turn.probe, turn.every_s) for turn in (icmp, snmp)]
    assert isinstance(icmp.spec, IcmpSpec)
    assert isinstance(snmp.spec, SnmpSpec)
    assert (1.0, 2.0) == (icmp.spec.timeout_s, snmp.spec.timeout_s)


def test_an_override_changes_only_what_it_names() -> None:
    own = target(probes={"icmp": ProbeOverride(changes={"every_s": 30.0}), "snmp": ProbeOverride(enabled=False)}, credential="wan")
    (icmp,) = probe_plan(own, Settings(probes={"icmp": IcmpSettings(packets=7)}, credentials=SETTINGS.credentials))
    assert (30.0, IcmpSpec("a", "127.0.0.2", packets=7, timeout_s=1.0, dscp=46)) == (icmp.every_s, icmp.spec)


def test_a_target_may_switch_its_ping_off() -> None:
    own = target(probes={"icmp": ProbeOverride(enabled=False)}, credential="wan")
    assert ["snmp"] == [probe.probe for probe in probe_plan(own, SETTINGS)]


PAGE = WebPage("cisco-xml", "/status.xml")
CODEC = Profile("codec", probes={"sip": {}, "h323": {}, "web": {"page": PAGE}})


def names(target: Target, profile: Profile) -> list[str]:
    return [turn.probe for turn in probe_plan(replace(target, profile=profile.id), SETTINGS, {profile.id: profile})]


def test_conference_probes_are_those_of_the_kind_of_device() -> None:
    plan = {turn.probe: turn for turn in probe_plan(target(profile="codec"), SETTINGS, {"codec": CODEC})}
    assert ["icmp", "sip", "h323", "web"] == list(plan)
    sip, web = plan["sip"].spec, plan["web"].spec
    assert isinstance(sip, SipSpec)
    assert isinstance(web, WebSpec)
    assert (60.0, 2.0, ("udp", "tcp")) == (plan["sip"].every_s, sip.timeout_s, sip.transports)
    assert (300.0, 600.0) == (plan["h323"].every_s, plan["web"].every_s)
    assert (PAGE.status, PAGE.path, PAGE.port, PAGE.tls) == (web.status, web.path, web.port, web.tls)
    assert ["icmp"] == names(target(), Profile("router"))


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"sip": ProbeOverride(enabled=False)}, ["icmp", "h323", "web"]),
        ({"h323": ProbeOverride(enabled=False), "web": ProbeOverride(enabled=False)}, ["icmp", "sip"]),
        ({"tcp": ProbeOverride(changes={"ports": (445,)})}, ["icmp", "sip", "tcp", "h323", "web"]),
        ({"tcp": ProbeOverride(changes={"every_s": 9.0})}, ["icmp", "sip", "h323", "web"]),
    ],
)
def test_a_target_may_differ_from_its_kind(own: dict[str, ProbeOverride], expected: list[str]) -> None:
    assert expected == names(target(probes=own), CODEC)


def test_a_target_of_another_kind_may_be_asked_all_the_same_but_not_by_an_interval_alone() -> None:
    asked = {
        "sip": ProbeOverride(enabled=True),
        "web": ProbeOverride(enabled=True),
        "h323": ProbeOverride(changes={"every_s": 9.0}),
    }
    assert ["icmp", "sip", "web"] == names(target(probes=asked), Profile("router"))


@given(st.text(min_size=1), st.floats(0.1, 86400))
def test_a_turn_lies_within_the_interval(name: str, every_s: float) -> None:
    assert 0 <= spread(name, every_s) < every_s


def test_turns_are_the_same_in_every_process_and_evenly_spread() -> None:
    assert pytest.approx(13.498445, abs=1e-6) == spread("xa-lung-cu", 15.0)
    turns = sorted(int(spread(f"xa-{number}", 15.0)) for number in range(3000))
    assert all(140 <= turns.count(second) <= 260 for second in range(15))


@pytest.mark.parametrize(
    ("expected", "hour", "is_due"),
    [
        (Expected.ALWAYS, 3, True),
        (Expected.OFFICE_HOURS, 3, False),
        (Expected.OFFICE_HOURS, 7, True),
        (Expected.OFFICE_HOURS, 17, False),
        (Expected.MEETINGS, 8, False),
    ],
)
def test_expectation_follows_the_hours(expected: Expected, hour: int, is_due: bool) -> None:
    assert is_due is is_expected(expected, MONDAY.replace(hour=hour), OfficeHours())


def test_offices_are_closed_on_a_sunday() -> None:
    assert not is_expected(Expected.OFFICE_HOURS, MONDAY - timedelta(days=1) + timedelta(hours=9), OfficeHours())


@pytest.mark.parametrize("expected", list(Expected))
@pytest.mark.parametrize(("minutes", "is_due"), [(-61, False), (-60, True), (0, True), (179, True), (180, False)])
def test_a_meeting_is_prepared_for_an_hour_and_over_at_its_end(expected: Expected, minutes: int, is_due: bool) -> None:
    start = MONDAY.replace(hour=19)
    now = start + timedelta(minutes=minutes)
    closed = OfficeHours(from_time=time(7), to_time=time(17))
    assert (is_due or expected is Expected.ALWAYS) is is_expected(expected, now, closed, [(start, start + timedelta(hours=3))])
