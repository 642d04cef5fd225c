"""SIP endpoints that answer well, oddly, wrongly or not at all."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from monitor.model.reading import Outcome, Reading, ServiceSample
from monitor.model.spec import SipSpec
from monitor.probes.sip.prober import SipProber
from monitor.service.process import SystemClock
from tests.probes.sip.fake_endpoint import Answer, FakeEndpoint, endpoint, reply, says, silent
from tests.told import english

UP = 'conference_signalling_up{protocol="sip"}'
SHORT_S = 0.3
PATIENT_S = 20.0


@pytest.fixture
async def prober() -> AsyncIterator[SipProber]:
    made = SipProber(SystemClock(), t1_s=0.05, resolve=_resolve)
    await made.open()
    yield made
    made.close()


def _resolve(name: str) -> str:
    if name == "codec.example":
        return "127.0.0.1"
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def spec(port: int, **more: object) -> SipSpec:
    return SipSpec(**{"target": "dc", "address": "127.0.0.1", "port": port, "timeout_s": SHORT_S, **more})  # type: ignore[arg-type]


async def read(prober: SipProber, *specs: SipSpec) -> list[Reading]:
    readings: list[Reading] = []
    await prober.probe(specs, readings.append)
    return readings


async def of(prober: SipProber, fake: FakeEndpoint, **more: object) -> Reading:
    (reading,) = await read(prober, spec(fake.port, **more))
    return reading


def told(reading: Reading) -> ServiceSample:
    assert reading.service is not None
    return reading.service


async def test_an_endpoint_that_would_take_a_call_is_ready(prober: SipProber) -> None:
    async with endpoint(udp=says(Server="PolycomStudioX50/4.1")) as fake:
        reading = await of(prober, fake, user="1715", domain="hoinghi.vn")
    assert (Outcome.OK, "", "sip", "dc") == (reading.outcome, english(reading.detail), reading.probe, reading.target)
    sample = told(reading)
    assert ("udp", 200, "OK", "PolycomStudioX50/4.1") == (sample.transport, sample.code, sample.phrase, sample.server)
    assert sample.rtt_s is not None
    assert {UP: 1.0} == sample.values
    assert fake.asked["udp"][0].startswith(f"OPTIONS sip:1715@hoinghi.vn:{fake.port} SIP/2.0\r\n".encode())


@pytest.mark.parametrize(
    ("status", "outcome", "detail", "values"),
    [
        ("486 Busy Here", Outcome.OK, "", {UP: 1.0, "conference_in_call": 1.0}),
        ("600 Busy Everywhere", Outcome.OK, "", {UP: 1.0, "conference_in_call": 1.0}),
        ("401 Unauthorized", Outcome.OK, "", {UP: 1.0}),
        ("404 Not Found", Outcome.OK, "", {UP: 1.0}),
        ("405 Method Not Allowed", Outcome.OK, "", {UP: 1.0}),
        ("403 Forbidden", Outcome.OK, "", {UP: 1.0}),
        ("480 Temporarily Unavailable", Outcome.REFUSED, "480 Temporarily Unavailable", {UP: 1.0}),
        ("503", Outcome.REFUSED, "503", {UP: 1.0}),
    ],
)
async def test_any_answer_proves_that_its_stack_is_alive(
    prober: SipProber, status: str, outcome: Outcome, detail: str, values: dict[str, float]
) -> None:
    async with endpoint(udp=says(status)) as fake:
        reading = await of(prober, fake)
    assert (outcome, detail, values) == (reading.outcome, english(reading.detail), told(reading).values)


async def test_a_request_that_was_lost_is_sent_again_and_is_the_very_same(prober: SipProber) -> None:
    async with endpoint(udp=lambda request, before: [reply(request)] if before == 2 else []) as fake:
        reading = await of(prober, fake, timeout_s=5.0)
    assert Outcome.OK is reading.outcome
    assert 1 == len(set(fake.asked["udp"]))
    assert 3 == len(fake.asked["udp"])


async def test_a_provisional_answer_is_waited_on_and_not_asked_again_so_soon(prober: SipProber) -> None:
    async def finish(fake: FakeEndpoint) -> Reading:
        return await of(prober, fake)

    async with endpoint(udp=lambda request, before: [reply(request, "100 Trying")]) as fake:
        reading = await finish(fake)
    assert (Outcome.REFUSED, {UP: 1.0}) == (reading.outcome, told(reading).values), "alive, if no more"
    assert "UDP: 100 and no more" in english(reading.detail)
    assert 2 == len(fake.asked["udp"]), "once more after T1, then only after T2"
    async with endpoint(udp=lambda request, before: [reply(request, "100 Trying"), reply(request, "486 Busy Here")]) as fake:
        assert 486 == told(await finish(fake)).code


async def test_without_an_answer_by_udp_it_is_asked_by_tcp_and_by_tcp_first_from_then_on(prober: SipProber) -> None:
    async with endpoint(udp=silent, tcp=says()) as fake:
        first, second = await of(prober, fake), await of(prober, fake)
    assert ["tcp", "tcp"] == [told(each).transport for each in (first, second)]
    requests = len(fake.asked["udp"])
    assert 1 < requests <= 4, "only the first time"
    assert 2 == len(fake.asked["tcp"])
    assert b"Via: SIP/2.0/TCP 127.0.0.1:" in fake.asked["tcp"][0]


async def test_to_confirm_a_suspicion_all_transports_are_tried_at_once(prober: SipProber) -> None:
    async with endpoint(udp=silent, tcp=says()) as fake:
        reading = await of(prober, fake, confirms=True, timeout_s=30.0)
    assert (True, Outcome.OK, "tcp") == (reading.confirms, reading.outcome, told(reading).transport)


async def test_a_host_without_sip_refuses_and_that_proves_that_it_is_on(prober: SipProber) -> None:
    async with endpoint() as fake:
        reading = await of(prober, fake, timeout_s=30.0)
    assert Outcome.REFUSED is reading.outcome
    assert f"UDP: port unreachable; TCP: TCP port {fake.port} refuses" == english(reading.detail)
    assert {UP: 0.0} == told(reading).values


@pytest.mark.parametrize(("drops_strangers", "values"), [(False, {UP: 0.0}), (True, {})])
async def test_silence_on_every_transport_is_a_timeout_and_says_nothing_of_who_drops_strangers(
    prober: SipProber, drops_strangers: bool, values: dict[str, float]
) -> None:
    async with endpoint(udp=silent, tcp=silent) as fake:
        reading = await of(prober, fake, drops_strangers=drops_strangers)
    assert (Outcome.TIMEOUT, values) == (reading.outcome, told(reading).values)
    assert f"UDP: no answer; TCP: TCP port {fake.port} is open and says nothing" == english(reading.detail)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(Call_ID="another"), "it answers another request"),
        (says(CSeq="1 OPTIONS"), "it answers another request"),
        (says(Via="SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKelse"), "it answers another request"),
        (says(Via=""), "it answers another request"),
        (says(CSeq=""), "without cseq"),
        (lambda request, _: [b"\xff\xfe rubbish"], "does not begin with a status line of SIP/2.0"),
    ],
)
async def test_what_answers_nothing_of_ours_is_no_answer_but_a_sign_of_life(prober: SipProber, answer: Answer, reason: str) -> None:
    for transports in (("udp",), ("tcp",)):
        async with endpoint(udp=answer, tcp=lambda request, n: [*answer(request, n), b""]) as fake:
            reading = await of(prober, fake, transports=transports)
        expected = "the connection was closed without an answer" if transports == ("tcp",) and "rubbish" in str(answer) else reason
        assert Outcome.MALFORMED is reading.outcome
        assert {UP: 0.0} == told(reading).values
        if transports == ("udp",):
            assert f"UDP: {expected}" == english(reading.detail)


async def test_an_answer_from_elsewhere_is_none(prober: SipProber) -> None:
    """Somebody at another address answers with everything that he saw of the request."""
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.bind(("127.0.0.2", 0))
    came: list[tuple[bytes, int]] = []

    def answered_by_another(request: bytes, _: int) -> list[bytes]:
        port = int(request.split(b"SIP/2.0/UDP 127.0.0.1:")[1].split(b";")[0])
        came.append((request, other.sendto(reply(request), ("127.0.0.1", port))))
        return []

    async with endpoint(udp=answered_by_another) as fake:
        reading = await of(prober, fake, transports=("udp",))
    other.close()
    assert came
    assert (Outcome.TIMEOUT, "UDP: no answer") == (reading.outcome, english(reading.detail))


async def test_keep_alives_and_questions_are_passed_over(prober: SipProber) -> None:
    def chatty(request: bytes, _: int) -> list[bytes]:
        return [b"\r\n\r\n", request.replace(b"OPTIONS sip", b"NOTIFY sip"), reply(request)]

    async with endpoint(udp=chatty, tcp=chatty) as fake:
        for transport in ("udp", "tcp"):
            reading = await of(prober, fake, transports=(transport,))
            assert (Outcome.OK, transport) == (reading.outcome, told(reading).transport)


async def test_an_answer_over_tcp_may_come_in_pieces_and_after_others(prober: SipProber) -> None:
    def pieces(request: bytes, _: int) -> list[bytes]:
        whole = reply(request, "100 Trying", Content_Length="4") + b"body" + reply(request, Call_ID="other") + reply(request)
        return [whole[at : at + 7] for at in range(0, len(whole), 7)]

    async with endpoint(tcp=pieces) as fake:
        reading = await of(prober, fake, transports=("tcp",), timeout_s=5.0)
    assert (Outcome.OK, 200) == (reading.outcome, told(reading).code)


async def test_a_connection_that_is_closed_at_once_is_no_answer(prober: SipProber) -> None:
    async with endpoint(tcp=lambda request, _: [b""]) as fake:
        reading = await of(prober, fake, transports=("tcp",), timeout_s=5.0)
    assert (Outcome.MALFORMED, "TCP: the connection was closed without an answer") == (reading.outcome, english(reading.detail))


async def test_what_was_not_sent_says_nothing_and_makes_no_sample(prober: SipProber) -> None:
    unresolved, impossible = await read(prober, spec(5060, address="no.example"), spec(5060, address="255.255.255.255"))
    for reading in (unresolved, impossible):
        assert (Outcome.NOT_SENT, None) == (reading.outcome, reading.service)
    assert "the name 'no.example' has no address" in english(unresolved.detail) + english(impossible.detail)


async def test_names_are_resolved_and_ipv6_is_spoken(prober: SipProber) -> None:
    async with endpoint(udp=says()) as fake:
        assert Outcome.OK is (await of(prober, fake, address="codec.example")).outcome
    async with endpoint(udp=says(), tcp=says(), address="::1") as fake:
        for transport in ("udp", "tcp"):
            reading = await of(prober, fake, address="::1", transports=(transport,))
            assert Outcome.OK is reading.outcome, english(reading.detail)
        assert f"OPTIONS sip:[::1]:{fake.port} SIP/2.0".encode() in fake.asked["udp"][0]


async def test_each_of_many_is_delivered_once_the_silent_ones_with_the_rest(prober: SipProber) -> None:
    async with endpoint(udp=says()) as well, endpoint(udp=silent, address="127.0.0.3") as dead:
        # Who answers lives in our own loop: on a busy machine that takes longer than the silent ones are waited for.
        specs = [
            spec(well.port, target=f"dc-{number}", transports=("udp",), timeout_s=PATIENT_S)
            if number % 8
            else spec(dead.port, target=f"dc-{number}", transports=("udp",), address="127.0.0.3")
            for number in range(241)
        ]
        readings = await read(prober, *specs)
    assert sorted(each.target for each in specs) == sorted(each.target for each in readings)
    silent_ones = {each.target for each in readings if each.outcome is Outcome.TIMEOUT}
    assert {f"dc-{number}" for number in range(0, 241, 8)} == silent_ones


async def test_what_is_under_way_when_it_closes_is_delivered_as_not_sent(prober: SipProber) -> None:
    async with endpoint(udp=silent) as fake:
        readings: list[Reading] = []
        asking = asyncio.create_task(prober.probe([spec(fake.port, timeout_s=60.0)], readings.append))
        await asyncio.wait_for(fake.was_asked.wait(), 20)
        prober.close()
        await asking
    assert [Outcome.NOT_SENT] == [each.outcome for each in readings]


async def test_each_request_has_a_branch_call_id_and_tag_of_its_own(prober: SipProber) -> None:
    async with endpoint(udp=says()) as fake:
        await read(prober, spec(fake.port), spec(fake.port, target="other"))
    for header in (b"branch=", b"Call-ID: ", b"tag="):
        assert 2 == len({request.split(header)[1].split(b"\r")[0] for request in fake.asked["udp"]})


async def test_what_the_kernel_drops_of_a_flood_is_counted(prober: SipProber) -> None:
    async with endpoint(udp=lambda request, _: [reply(request), *[bytes(8_000)] * 10_000]) as fake:
        reading = await of(prober, fake)
    assert Outcome.OK is reading.outcome
    assert prober.receive_drops > 0
