"""What the lab's endpoints say by SIP: as they are, to a program that others wrote and to our own prober."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from monitor.lab.conditions import Conference
from monitor.lab.signalling import answer_request
from monitor.model.inventory import Kind, SipAccess, Target
from monitor.model.reading import Outcome, Reading
from monitor.model.spec import SipSpec
from monitor.probes.sip.prober import SipProber
from monitor.service.process import SystemClock
from monitor.wire.sip import Options, parse_response
from tests.lab_fixture import Lab

SIPSAK = shutil.which("sipsak")
CODEC = Target("dc", Kind.ENDPOINT, "Cầu", "C", "10.2.17.20", "commune", "a", profile="sip-h323", sip=SipAccess("1715"))
REQUEST = Options("udp", "10.2.17.20", 5060, "1715", "10.0.0.9", 40_000, "z9hG4bKab", "call-1", "tag-1", 7)
SOURCE = ("10.0.0.9", 45_000)


def code_of(request: Options, conference: Conference, target: Target = CODEC) -> int | None:
    answer = answer_request(request.encode(), SOURCE, target, conference)
    if answer is None:
        return None
    response = parse_response(answer.octets)
    assert response.answers(request)
    return response.code


@pytest.mark.parametrize(
    ("request_", "conference", "target", "code"),
    [
        (REQUEST, Conference(), CODEC, 200),
        (replace(REQUEST, user=""), Conference(), CODEC, 200),
        (replace(REQUEST, user="1716"), Conference(), CODEC, 404),
        (REQUEST, Conference(is_busy=True), CODEC, 486),
        (REQUEST, Conference(is_registered=False), CODEC, 200),
        (REQUEST, Conference(is_deaf=True), CODEC, None),
        (REQUEST, Conference(), replace(CODEC, profile="pc-soft"), None),
    ],
)
def test_an_endpoint_answers_by_its_state(request_: Options, conference: Conference, target: Target, code: int | None) -> None:
    assert code == code_of(request_, conference, target)


def test_other_requests_are_not_implemented_and_what_is_no_request_is_met_with_silence() -> None:
    octets = REQUEST.encode()
    refused = answer_request(octets.replace(b"OPTIONS", b"REFER"), SOURCE, CODEC, Conference())
    assert refused is not None
    assert 501 == parse_response(refused.octets).code
    for silent in (b"", b"\r\n\r\n", octets.replace(b"OPTIONS", b"ACK"), octets.replace(b"Call-ID: call-1\r\n", b""), b"\xff" * 99):
        assert answer_request(silent, SOURCE, CODEC, Conference()) is None


def test_an_answer_goes_where_the_request_came_from_if_it_asks_for_that() -> None:
    answer = answer_request(REQUEST.encode(), SOURCE, CODEC, Conference())
    assert answer is not None
    assert 45_000 == answer.port
    assert b";rport=45000;received=10.0.0.9\r\n" in answer.octets
    plain = answer_request(REQUEST.encode().replace(b";rport", b""), SOURCE, CODEC, Conference())
    assert plain is not None
    assert 40_000 == plain.port
    unnamed = answer_request(
        REQUEST.encode().replace(b";rport", b"").replace(b"10.0.0.9:40000;", b"h;"), SOURCE, CODEC, Conference()
    )
    assert unnamed is not None
    assert 5060 == unnamed.port


@pytest.mark.skipif(SIPSAK is None, reason="sipsak is not installed")
def test_sipsak_finds_an_endpoint_alive_busy_and_silent(lab: Lab) -> None:
    asked = ("sipsak", "-vv", "-D", "1", "-s", f"sip:{lab.address('dc-xa-a1')}")
    alive = lab.exec(*asked)
    assert "SIP/2.0 200 OK" in alive.stdout
    assert 0 == alive.returncode
    lab.ctl("busy", "dc-xa-a1")
    assert "SIP/2.0 486 Busy Here" in lab.exec(*asked).stdout
    lab.ctl("restore", "dc-xa-a1")
    lab.ctl("signalling-deaf", "dc-xa-a1")
    assert "SIP/2.0" not in lab.exec(*asked).stdout


async def test_our_prober_finds_every_endpoint_as_it_is_over_udp_and_tcp(lab: Lab) -> None:
    names = ("dc-huyen-a", "dc-xa-a1", "dc-xa-b1", "goc")
    lab.ctl("busy", "dc-xa-a1")
    lab.ctl("signalling-deaf", "dc-xa-b1")
    found: dict[str, Reading] = {}
    with lab.network():
        prober = SipProber(SystemClock())
        await prober.open()
        try:
            specs = [
                SipSpec(f"{name}/{transport}", lab.address(name), transports=(transport,), timeout_s=1.0)
                for name in names
                for transport in ("udp", "tcp")
            ]
            await prober.probe(specs, lambda reading: found.update({reading.target: reading}))
        finally:
            prober.close()
    for transport in ("udp", "tcp"):
        outcomes = [found[f"{name}/{transport}"].outcome for name in names]
        assert [Outcome.OK, Outcome.OK, Outcome.TIMEOUT, Outcome.REFUSED] == outcomes
        codes = [each.code for name in names[:2] if (each := found[f"{name}/{transport}"].service)]
        assert [200, 486] == codes
