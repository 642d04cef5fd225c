"""What conference probes mean, and whose word counts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from monitor.model.inventory import Kind, Target
from monitor.model.reading import Outcome, ServiceSample
from monitor.model.state import ServiceView, SnmpView, TargetView
from monitor.rules.conference import SipMeaning, is_held, joined_series, sip_meaning, teller_of_call

ENDPOINT = Target("dc", Kind.ENDPOINT, "Điểm cầu", "Đ", "127.0.0.2", "commune", "a")
SIP = 'conference_signalling_up{protocol="sip"}'
H323_REGISTERED = 'conference_registered{protocol="h323"}'
CAMERA = 'conference_device_up{component="camera"}'
IN_CALL = "conference_in_call"


def heard(**by_probe: Mapping[str, float]) -> dict[str, ServiceView]:
    return {probe: ServiceView(0.0, Outcome.OK, (), ServiceSample(values=values)) for probe, values in by_probe.items()}


def view(agent: Mapping[str, float] | None = None, *, up: bool = True, **by_probe: Mapping[str, float]) -> TargetView:
    snmp = None if agent is None else SnmpView(0.0, up, (), "poly-studio", None, (), agent)
    return TargetView(ENDPOINT, snmp=snmp, services=heard(**by_probe))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (200, SipMeaning.READY),
        (202, SipMeaning.READY),
        (486, SipMeaning.BUSY),
        (600, SipMeaning.BUSY),
        (401, SipMeaning.ALIVE),
        (407, SipMeaning.ALIVE),
        (403, SipMeaning.ALIVE),
        (405, SipMeaning.ALIVE),
        (501, SipMeaning.ALIVE),
        (488, SipMeaning.ALIVE),
        (302, SipMeaning.ALIVE),
        (404, SipMeaning.WRONG_ALIAS),
        (604, SipMeaning.WRONG_ALIAS),
        (480, SipMeaning.DEGRADED),
        (503, SipMeaning.DEGRADED),
    ],
)
def test_every_answer_of_sip_means_something(code: int, meaning: SipMeaning) -> None:
    assert meaning is sip_meaning(code)


@pytest.mark.parametrize(
    ("sources", "agent", "expected"),
    [
        ({"sip": {SIP: 0.0}}, {SIP: 1.0}, {SIP: 0.0}),
        ({}, {SIP: 1.0}, {SIP: 1.0}),
        ({"h323": {H323_REGISTERED: 0.0}}, {H323_REGISTERED: 1.0}, {H323_REGISTERED: 0.0}),
        ({"h323": {}}, {H323_REGISTERED: 1.0}, {H323_REGISTERED: 1.0}),
        ({"web": {CAMERA: 0.0}}, {CAMERA: 1.0}, {CAMERA: 0.0}),
        ({"web": {IN_CALL: 0.0}, "sip": {IN_CALL: 1.0}}, {}, {IN_CALL: 0.0}),
        ({"sip": {IN_CALL: 1.0}}, {IN_CALL: 0.0}, {IN_CALL: 0.0}),
        ({"sip": {IN_CALL: 1.0}}, {}, {IN_CALL: 1.0}),
    ],
)
def test_the_probe_is_believed_before_the_device_but_of_calls_the_device_first(
    sources: Mapping[str, Mapping[str, float]], agent: Mapping[str, float], expected: Mapping[str, float]
) -> None:
    assert expected == joined_series(heard(**sources), agent)


def test_conferences_come_first_and_the_agents_other_values_keep_their_order() -> None:
    told = joined_series(heard(sip={SIP: 1.0}), {"wan_device_memory_ratio": 0.4, CAMERA: 1.0, "wan_device_cpu_ratio": 0.2})
    assert [CAMERA, SIP, "wan_device_memory_ratio", "wan_device_cpu_ratio"] == list(told)


@pytest.mark.parametrize(
    ("of", "teller"),
    [
        (view(), None),
        (view({IN_CALL: 1.0}), "snmp"),
        (view({IN_CALL: 1.0}, up=False), None),
        (view({IN_CALL: 0.0}, sip={IN_CALL: 1.0}), None),
        (view({}, sip={IN_CALL: 1.0}), "sip"),
        (view({IN_CALL: 0.0}, web={IN_CALL: 2.0}), "web"),
    ],
)
def test_a_call_is_told_by_the_device_before_a_busy_answer(of: TargetView, teller: str | None) -> None:
    assert teller == teller_of_call(of)


@pytest.mark.parametrize(
    ("of", "held"),
    [
        (view(), set()),
        (view({IN_CALL: 0.0}), set()),
        (view({IN_CALL: 1.0}), {"h323", "web"}),
        (view(web={IN_CALL: 1.0}), {"h323"}),
    ],
)
def test_in_a_call_the_heavy_probes_wait_but_never_the_one_that_tells_of_it(of: TargetView, held: set[str]) -> None:
    assert held == {probe for probe in ("icmp", "snmp", "sip", "tcp", "h323", "web") if is_held(probe, of)}
