"""Whether an endpoint can join and a meeting be held: every rung, every verdict, what is left to do and whom to call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from monitor.model.inventory import ProbeOverride
from monitor.model.meeting import (
    Confirmation,
    EndpointVerdict,
    Meeting,
    MeetingView,
    Past,
    Rung,
    Samples,
    Stage,
    UsualLoad,
    Verdict,
)
from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow, MeetingSettings, Settings
from monitor.model.state import Blindness, RecentRounds, State, TargetView
from monitor.rules.readiness.inputs import MeetingInput
from monitor.rules.readiness.verdicts import judge_readiness
from tests.rules.endpoints import (
    END,
    ENDPOINT,
    HOST,
    LOCAL,
    MEETING,
    NOW,
    POINTS,
    START,
    agent,
    answered,
    icmp,
    inventory,
    meeting_input,
    refused,
    seen,
    unanswered,
)

READY, AT_RISK, NOT_READY, UNKNOWN = Verdict.READY, Verdict.AT_RISK, Verdict.NOT_READY, Verdict.UNKNOWN
PC = replace(ENDPOINT, profile="pc-soft")
POLY = agent(
    conference_signalling_up__sip=0,
    conference_signalling_up__h323=1,
    conference_registered__sip=0,
    conference_device_up__camera=1,
    conference_device_up__microphone=1,
    conference_device_up__hardware=1,
)


def verdict(given: MeetingInput, name: str = "dc-xa") -> EndpointVerdict:
    return judge_readiness(given).endpoints[name]


def told(given: MeetingInput) -> tuple[Verdict, str, str]:
    """Return verdict, rung and code of the commune's endpoint."""
    found = verdict(given)
    return found.verdict, found.rung.value if found.rung else "", found.reason.code if found.reason else ""


def test_an_endpoint_that_is_well_on_every_rung_is_ready() -> None:
    found = verdict(meeting_input(past={"dc-xa": Past()}))
    assert (READY, None, None, None, ()) == (found.verdict, found.rung, found.reason, found.action, found.call)
    assert list(Rung) == [each.rung for each in found.evidence]
    assert all(each.ok is not False for each in found.evidence)


def _rounds(count: int, rtt_s: float, jitter_s: float = 0.001) -> tuple[RecentRounds, ...]:
    """Return so many rounds of five replies."""
    return tuple((15.0 * number, 5, 5, 5, rtt_s * 5, None, 4, jitter_s * 4) for number in range(count))


NETWORK = [
    ("nothing yet", seen(state=None), UNKNOWN, "evidence", "not_judged"),
    ("stale by the board", seen(state=State.UNKNOWN), UNKNOWN, "evidence", "stale"),
    ("stale by its age", seen(ping=icmp(NOW - 300), sip=answered(NOW - 300)), UNKNOWN, "evidence", "stale"),
    (
        "under maintenance",
        seen(state=State.MAINTENANCE, reason=Reason("maintenance", {"work": "x"})),
        UNKNOWN,
        "maintenance",
        "work_now",
    ),
    ("behind a district", seen(state=State.UNREACHABLE, cause="huyen"), NOT_READY, "uplink", "uplink_down"),
    ("down", seen(state=State.DOWN, cause="dc-xa"), NOT_READY, "ping", "silent"),
    ("lossy", seen(ping=icmp(loss=0.04, packets=400)), NOT_READY, "quality", "loss"),
    ("slow", seen(ping=icmp(rtt_s=0.35)), NOT_READY, "quality", "rtt"),
    ("rather slow", seen(ping=icmp(rtt_s=0.25)), AT_RISK, "quality", "rtt"),
    ("slower than usual", seen(ping=icmp(rtt_s=0.12), usual_rtt_s=0.01), AT_RISK, "quality", "rtt_usual"),
    ("slow in one late round", seen(ping=icmp(rtt_s=0.57, rounds=(*_rounds(19, 0.012), *_rounds(1, 0.57)))), READY, "", ""),
    ("slow every other round", seen(ping=icmp(rounds=(*_rounds(10, 0.012), *_rounds(10, 0.35)))), NOT_READY, "quality", "rtt"),
    ("slow in the check's burst", seen(ping=icmp(rounds=(*_rounds(20, 0.012), *_rounds(60, 0.35)))), NOT_READY, "quality", "rtt"),
    ("late once, just switched on", seen(ping=icmp(rtt_s=0.57, rounds=_rounds(1, 0.57))), READY, "", ""),
    ("uneven", seen(ping=icmp(jitter_s=0.05)), NOT_READY, "quality", "jitter"),
    ("uneven once", seen(ping=icmp(jitter_s=0.068, rounds=(*_rounds(19, 0.012), *_rounds(1, 0.12, 0.28)))), READY, "", ""),
    ("uneven often", seen(ping=icmp(rounds=(*_rounds(10, 0.012), *_rounds(10, 0.02, 0.04)))), NOT_READY, "quality", "jitter"),
    ("rather uneven", seen(ping=icmp(jitter_s=0.02)), AT_RISK, "quality", "jitter"),
    ("flapping", seen(flapping=True), AT_RISK, "history", "flapping_now"),
]
DEVICE = [
    ("deaf on SIP", seen(sip=unanswered()), NOT_READY, "signalling", "deaf"),
    ("no stack listens", seen(sip=refused()), NOT_READY, "signalling", "deaf"),
    ("deaf on both", seen(sip=unanswered(), more={"h323": unanswered()}), NOT_READY, "signalling", "deaf"),
    ("deaf on SIP alone", seen(sip=unanswered(), more={"h323": answered(code=None)}), READY, "", ""),
    ("a PC that drops strangers", seen(PC, sip=unanswered()), UNKNOWN, "signalling", "drops_strangers"),
    ("a stack that can't", seen(sip=answered(code=503)), AT_RISK, "signalling", "stack_refuses"),
    ("wants credentials", seen(sip=answered(code=401)), READY, "", ""),
    ("Poly as recorded", seen(snmp=POLY), NOT_READY, "registration", "unregistered"),
    (
        "the gatekeeper does not know it",
        seen(more={"h323": answered(conference_registered__h323=0)}),
        NOT_READY,
        "registration",
        "unregistered",
    ),
    (
        "one source says no",
        seen(snmp=agent(conference_registered__sip=0), sip=answered(conference_registered__sip=1)),
        NOT_READY,
        "registration",
        "unregistered",
    ),
    (
        "registered by one of two",
        seen(snmp=agent(conference_registered__sip=0, conference_registered__h323=1)),
        AT_RISK,
        "registration",
        "registered_partly",
    ),
    ("registered", seen(snmp=agent(conference_registered__sip=1)), READY, "", ""),
    ("its agent fell silent", seen(snmp=agent(up=False)), UNKNOWN, "registration", "registration_lost"),
    ("its agent never told", seen(snmp=agent(up=False, profile="codec")), READY, "", ""),
    ("no camera", seen(snmp=agent(conference_device_up__camera=0)), NOT_READY, "device", "camera_failed"),
    ("no microphone", seen(snmp=agent(conference_device_up__microphone=0)), NOT_READY, "device", "microphone_failed"),
    ("no display", seen(snmp=agent(conference_device_up__display=0)), AT_RISK, "device", "display_failed"),
    (
        "expired",
        seen(more={"web": answered(conference_certificate_expiry_timestamp_seconds=NOW - 1)}),
        AT_RISK,
        "certificate",
        "certificate_expired",
    ),
    (
        "ends during it",
        seen(more={"web": answered(conference_certificate_expiry_timestamp_seconds=END.timestamp() - 1)}),
        AT_RISK,
        "certificate",
        "certificate_ends",
    ),
    (
        "expired, and calls by TLS",
        seen(sip=answered(transport="tls", conference_certificate_expiry_timestamp_seconds=NOW - 1)),
        NOT_READY,
        "certificate",
        "certificate_expired",
    ),
    ("valid", seen(more={"web": answered(conference_certificate_expiry_timestamp_seconds=END.timestamp())}), READY, "", ""),
    ("busy by its own word", seen(snmp=agent(conference_in_call=1)), NOT_READY, "call", "busy"),
    ("busy by SIP", seen(sip=answered(code=486)), NOT_READY, "call", "busy"),
    ("free by its own word", seen(snmp=agent(conference_in_call=0), sip=answered(conference_in_call=1)), READY, "", ""),
]


@pytest.mark.parametrize(
    ("view", "expected", "rung", "code"), [row[1:] for row in NETWORK + DEVICE], ids=[row[0] for row in NETWORK + DEVICE]
)
def test_the_gravest_rung_is_the_verdict_and_the_first_of_them_the_reason(
    view: TargetView, expected: Verdict, rung: str, code: str
) -> None:
    assert (expected, rung, code) == told(meeting_input(view))


SAMPLES = [
    (Samples(300, 0, NOW), READY, ""),
    (Samples(298, 0, NOW), AT_RISK, "few_samples"),
    (Samples(20, 0, NOW), AT_RISK, "few_samples"),
    (Samples(300, 1, NOW), AT_RISK, "loss_unproven"),
    (Samples(3_600, 20, NOW), READY, ""),
    (Samples(3_600, 40, NOW), AT_RISK, "loss_unproven"),
    (None, AT_RISK, "few_samples"),
    (Samples(0, 0, NOW), UNKNOWN, "no_samples"),
]


@pytest.mark.parametrize(("samples", "expected", "code"), SAMPLES)
def test_ready_claims_a_loss_below_one_per_cent_and_too_few_samples_are_never_green(
    samples: Samples | None, expected: Verdict, code: str
) -> None:
    found = verdict(meeting_input(samples=samples))
    assert (expected, code) == (found.verdict, found.reason.code if found.reason else "")


def test_the_last_minutes_prove_a_loss_whatever_the_hours_before_were_like() -> None:
    assert (NOT_READY, "quality", "loss") == told(
        meeting_input(seen(ping=icmp(loss=0.05, packets=400)), samples=Samples(10_000, 20, NOW))
    )


def test_what_is_grave_is_the_reason_though_an_earlier_rung_is_in_doubt() -> None:
    assert (NOT_READY, "registration", "unregistered") == told(meeting_input(seen(snmp=POLY), samples=Samples(20, 0, NOW)))


def test_a_silent_endpoint_is_not_judged_by_what_it_said_before() -> None:
    found = verdict(meeting_input(seen(state=State.DOWN, snmp=POLY)))
    assert {"not_looked"} == {
        each.text.code for each in found.evidence if each.rung in (Rung.REGISTRATION, Rung.QUALITY, Rung.CALL)
    }


@pytest.mark.parametrize(
    ("own", "age_s", "expected"),
    [
        ({"icmp": ProbeOverride(changes={"every_s": 120.0}), "sip": ProbeOverride(changes={"every_s": 120.0})}, 359, READY),
        ({"icmp": ProbeOverride(changes={"every_s": 120.0}), "sip": ProbeOverride(changes={"every_s": 120.0})}, 361, UNKNOWN),
        ({"icmp": ProbeOverride(changes={"every_s": 2.0}), "sip": ProbeOverride(changes={"every_s": 2.0})}, 59, READY),
        ({"icmp": ProbeOverride(changes={"every_s": 2.0}), "sip": ProbeOverride(changes={"every_s": 2.0})}, 61, UNKNOWN),
    ],
)
def test_evidence_of_an_endpoint_with_intervals_of_its_own_is_fresh_for_as_many_of_these(
    own: dict[str, ProbeOverride], age_s: float, expected: Verdict
) -> None:
    view = seen(replace(ENDPOINT, probes=own), ping=icmp(NOW - age_s), sip=answered(NOW - age_s))
    assert expected is verdict(meeting_input(view)).verdict


def test_evidence_is_as_old_as_whoever_was_heard_last() -> None:
    """Pings every 15 s are stale for long where SIP, asked once a minute, answered two minutes ago: that is still its turn."""
    late = seen(ping=icmp(NOW - 170), sip=answered(NOW - 120))
    assert "evidence" != told(meeting_input(late))[1]
    assert (UNKNOWN, "evidence", "stale") == told(meeting_input(seen(ping=icmp(NOW - 100), sip=answered(NOW - 200))))


def test_while_the_monitor_is_blind_nothing_is_known() -> None:
    assert (UNKNOWN, "evidence", "blind") == told(meeting_input(blind=Blindness(NOW, Reason("blind_silent"))))


@pytest.mark.parametrize(
    ("minutes", "expected", "code"), [(61, UNKNOWN, "off_yet"), (60, NOT_READY, "still_off"), (1, NOT_READY, "still_off")]
)
def test_a_pc_may_be_off_until_an_hour_before(minutes: int, expected: Verdict, code: str) -> None:
    view = seen(PC, State.STANDBY)
    assert (expected, "ping", code) == told(meeting_input(view, now=(START - timedelta(minutes=minutes)).timestamp()))


def test_a_silent_pc_behind_a_point_that_is_down_is_cut_off_by_it() -> None:
    point = TargetView(POINTS[2], State.DOWN)
    assert (NOT_READY, "uplink", "uplink_down") == told(meeting_input(seen(PC, State.STANDBY), views=[point]))


def single(start: datetime, end: datetime, *ids: str) -> MaintenanceWindow:
    return MaintenanceWindow("Thay thiết bị", ids=ids, start=start, end=end)


WORK = [
    ("over the meeting", single(START, END, "dc-xa"), NOT_READY),
    ("on its only uplink", single(START, END, "huyen"), NOT_READY),
    ("on the next day", single(START + timedelta(days=1), END + timedelta(days=1), "dc-xa"), READY),
    ("until it begins", single(START - timedelta(hours=1), START, "dc-xa"), READY),
    ("elsewhere", single(START, END, "dc-huyen"), READY),
    ("every Monday at ten", MaintenanceWindow("x", ids=("xa",), days=(0,), from_time=time(10), to_time=time(10, 30)), NOT_READY),
    ("every Tuesday at ten", MaintenanceWindow("x", ids=("xa",), days=(1,), from_time=time(10), to_time=time(10, 30)), READY),
]


@pytest.mark.parametrize(("window", "expected"), [row[1:] for row in WORK], ids=[row[0] for row in WORK])
def test_work_that_is_announced_over_the_meeting_is_in_its_way(window: MaintenanceWindow, expected: Verdict) -> None:
    found = verdict(meeting_input(windows=[window]))
    assert expected is found.verdict
    assert (found.reason.code if found.reason else "") == ("" if expected is READY else "work_over")


CAPACITY = [
    # district 20M: both calls, 4.8M, pass it, of 16M that may be used; commune 10M: one call of 2.4M, of 8M
    ({}, 2_000_000, READY, ""),
    ({"xa": UsualLoad(5_500_000, 1_000_000)}, 2_000_000, READY, ""),
    ({"xa": UsualLoad(5_700_000, 1_000_000)}, 2_000_000, AT_RISK, "overbooked"),
    ({"xa": UsualLoad(1_000_000, 5_700_000)}, 2_000_000, AT_RISK, "overbooked"),
    ({"huyen": UsualLoad(12_000_000, 0)}, 2_000_000, AT_RISK, "overbooked"),
    ({}, 9_000_000, NOT_READY, "too_narrow"),
]


@pytest.mark.parametrize(("loads", "rate", "expected", "code"), CAPACITY)
def test_the_calls_must_fit_beside_the_usual_load_on_every_uplink(
    loads: dict[str, UsualLoad], rate: int, expected: Verdict, code: str
) -> None:
    found = verdict(meeting_input(meeting=replace(MEETING, call_rate_bps=rate), loads=loads))
    assert (expected, code) == (found.verdict, found.reason.code if found.reason else "")


@pytest.mark.parametrize(("outages", "expected"), [(0, READY), (2, READY), (3, AT_RISK), (40, AT_RISK)])
def test_what_is_well_now_and_was_cut_off_all_week_is_at_risk(outages: int, expected: Verdict) -> None:
    found = verdict(meeting_input(past={"dc-xa": Past(outages, NOW - 86_400)}))
    assert expected is found.verdict
    assert (found.reason is None) == (expected is READY)


def test_a_call_beside_the_hosts_is_the_rehearsal() -> None:
    busy = agent(conference_in_call=1)
    assert (READY, "", "") == told(meeting_input(seen(snmp=busy), views=[seen(HOST, snmp=busy)]))


@pytest.mark.parametrize("stage", [Stage.DAY_BEFORE, Stage.LIVE])
def test_a_call_counts_neither_the_day_before_nor_in_the_meeting(stage: Stage) -> None:
    now = NOW if stage is Stage.DAY_BEFORE else START.timestamp() + 60
    view = seen(snmp=agent(now, conference_in_call=1), ping=icmp(now), sip=answered(now))
    assert (READY, "", "") == told(meeting_input(view, stage=stage, now=now, samples=Samples(400, 0, now)))


def test_an_endpoint_that_two_meetings_want_is_at_risk() -> None:
    other = Meeting("m2", "m2", "Họp khác", START, END, ("dc-xa",))
    assert (AT_RISK, "call", "clash") == told(meeting_input(others=[other]))


GOOD = Confirmation("kỹ thuật xã", NOW, good=True, on_site=True, camera=True, sound=True)
BAD = Confirmation("kỹ thuật xã", NOW, good=False, note="micro rè")
TICKS = [
    ("where the machine agrees", seen(), GOOD, READY, "", False),
    ("where the machine can't see", seen(PC, sip=unanswered()), GOOD, READY, "", False),
    ("who has not tried the sound", seen(PC, sip=unanswered()), replace(GOOD, sound=False), UNKNOWN, "drops_strangers", False),
    ("against the machine", seen(state=State.DOWN), GOOD, NOT_READY, "silent", True),
    ("on stale evidence", seen(state=State.UNKNOWN), GOOD, UNKNOWN, "stale", False),
    ("who reports a fault", seen(), BAD, AT_RISK, "site_fault", True),
    ("who reports a fault that the machine sees", seen(state=State.DOWN), BAD, NOT_READY, "silent", False),
]


@pytest.mark.parametrize(
    ("view", "tick", "expected", "code", "disputed"), [row[1:] for row in TICKS], ids=[row[0] for row in TICKS]
)
def test_a_technician_is_heard_and_overrules_nothing_silently(
    view: TargetView, tick: Confirmation, expected: Verdict, code: str, disputed: bool
) -> None:
    found = verdict(meeting_input(view, confirmations={"dc-xa": tick}))
    assert (expected, code, disputed, tick) == (
        found.verdict,
        found.reason.code if found.reason else "",
        found.disputed,
        found.confirmation,
    )


def test_who_is_called_stands_in_the_order_of_calls_nearest_first() -> None:
    found = verdict(meeting_input(seen(state=State.UNREACHABLE, cause="huyen")))
    roles = ["Đầu mối kỹ thuật xã", "Trực ca nhà mạng", "Điện lực huyện", "Văn phòng UBND xã"]
    assert roles == [contact.role for contact in found.call]
    assert ("huyen", "do_uplink_down") == (found.cause, found.action.code if found.action else "")


# The meeting


def whole(given: MeetingInput) -> MeetingView:
    return judge_readiness(given)


def test_a_meeting_is_ready_where_every_endpoint_is() -> None:
    found = whole(meeting_input())
    assert (READY, "all_ready") == (found.verdict, found.reason.code)
    assert {READY: 2, AT_RISK: 0, NOT_READY: 0, UNKNOWN: 0} == found.counts()


@pytest.mark.parametrize(
    ("view", "expected", "code"),
    [
        (seen(state=State.DOWN), NOT_READY, "some_not_ready"),
        (seen(state=State.UNKNOWN), UNKNOWN, "some_unknown"),
        (seen(flapping=True), AT_RISK, "some_at_risk"),
    ],
)
def test_a_meeting_is_as_its_gravest_endpoint(view: TargetView, expected: Verdict, code: str) -> None:
    found = whole(meeting_input(view))
    assert (expected, code) == (found.verdict, found.reason.code)


def test_so_many_may_be_missing_as_attendance_leaves() -> None:
    half = Settings(meetings=MeetingSettings(attendance=0.5))
    assert AT_RISK is whole(meeting_input(seen(state=State.DOWN), settings=half)).verdict


def test_without_its_host_no_meeting_is_ready_however_few_may_be_missing() -> None:
    none = Settings(meetings=MeetingSettings(attendance=0.0))
    found = whole(meeting_input(views=[seen(HOST, State.DOWN)], settings=none))
    assert (NOT_READY, "host_not_ready") == (found.verdict, found.reason.code)


def test_a_blast_tells_what_mending_one_place_brings_back() -> None:
    cut = {"state": State.UNREACHABLE, "cause": "huyen"}
    found = whole(meeting_input(seen(**cut), views=[seen(HOST, **cut)]))  # type: ignore[arg-type]
    (blast,) = found.blasts
    assert ("huyen", ("dc-xa", "dc-huyen"), 2) == (blast.target, blast.endpoints, blast.ready_after)


def test_an_endpoint_that_the_inventory_lost_is_left_out() -> None:
    found = whole(meeting_input(meeting=replace(MEETING, endpoints=("dc-xa", "dc-gone"))))
    assert ["dc-xa"] == list(found.endpoints)


def test_the_province_of_these_tests_is_sound() -> None:
    assert {"goc", "huyen", "xa", "dc-xa", "dc-huyen"} == inventory().targets.keys()
    assert (START.tzinfo, NOW) == (LOCAL, START.timestamp() - 58 * 60)
