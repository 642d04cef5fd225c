"""How long a probe of each kind really takes where nobody answers: never longer than its spec says, at the worst just as long."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from monitor.model.probe_kinds import KINDS
from monitor.model.profile import Profile
from monitor.model.reading import Outcome, Reading
from monitor.model.settings import Credential
from monitor.model.spec import GRACE_S, H323Spec, IcmpSpec, SipSpec, SnmpSpec, Spec, TcpSpec, WebSpec
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.h323.prober import H323Prober
from monitor.probes.icmp.prober import IcmpProber
from monitor.probes.names import literal
from monitor.probes.sip.prober import SipProber
from monitor.probes.snmp.prober import SnmpProber
from monitor.probes.tcp import TcpProber
from monitor.probes.web import WebProber
from monitor.rules.timetable import confirming
from monitor.wire import h323
from tests.probes.leaping_loop import LoopClock, clock_here, run_leaping
from tests.probes.web_servers import secured

HERE = "127.0.0.1"
SWALLOWING = Kernel(lambda descriptor, messages, count: count, KERNEL.receive)
"""A kernel that takes every packet and sends none."""
Make = Callable[[LoopClock], Any]
"""What makes a prober."""


@dataclass(frozen=True)
class Place:
    """What nobody answers at: a port, over UDP and TCP alike, at which everything is taken and connects hang."""

    port: int


@contextlib.contextmanager
def nobody() -> Iterator[Place]:
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HERE, 0), backlog=0))
        port = listener.getsockname()[1]
        for _ in range(3):
            waiting = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK))
            waiting.connect_ex((HERE, port))
        datagrams = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.bind((HERE, port))
        yield Place(port)


async def asked(
    make: Callable[[LoopClock], Any], spec: Spec, prepare: Callable[[Any], None] = lambda prober: None
) -> tuple[float, Reading]:
    """Return how long a prober took for a spec, and the reading that came of it."""
    clock = clock_here()
    prober = make(clock)
    await prober.open()
    try:
        prepare(prober)
        readings: list[tuple[float, Reading]] = []
        begun_s = clock.monotonic()
        await prober.probe([spec], lambda reading: readings.append((clock.monotonic() - begun_s, reading)))
    finally:
        prober.close()
    (found,) = readings
    return found


def silent(make: Make, spec: Spec, prepare: Callable[[Any], None] = lambda prober: None) -> float:
    """Return how long it takes until nobody has answered a spec."""
    took_s, reading = run_leaping(asked(make, spec, prepare))
    assert Outcome.TIMEOUT is reading.outcome, reading.detail
    assert took_s <= spec.span_s
    return took_s


def is_worst(took_s: float, spec: Spec) -> bool:
    """Return whether nothing takes longer than this did: the span says no more than that."""
    return spec.waits_s <= took_s <= spec.waits_s + GRACE_S


def poll(port: int, **more: Any) -> SnmpSpec:
    return SnmpSpec("a", HERE, Credential("wan", "2c", "only-a-test"), Profile("default"), port=port, **more)


@pytest.mark.parametrize("changes", [{}, {"packets": 1}, {"packets": 300, "spacing_s": 0.02}, {"timeout_s": 0.2, "spacing_s": 0.2}])
def test_a_burst_takes_as_long_as_its_last_packet_is_waited_for(changes: dict[str, Any]) -> None:
    spec = IcmpSpec("a", HERE, **changes)
    assert is_worst(silent(lambda clock: IcmpProber(clock, kernel=SWALLOWING), spec), spec)


@pytest.mark.parametrize(("retries", "tries_s"), [(0, 2.0), (1, 5.0), (2, 9.5), (3, 16.25), (4, 20.0)])
def test_each_retry_of_snmp_waits_half_as_long_again_until_the_deadline(retries: int, tries_s: float) -> None:
    with nobody() as place:
        spec = poll(place.port, retries=retries)
        assert tries_s == pytest.approx(silent(SnmpProber, spec), abs=GRACE_S)


@pytest.mark.parametrize(("retries", "tries_s"), [(0, 8.0), (1, 20.0), (2, 38.0)])
def test_an_agent_that_was_learned_to_be_slow_is_waited_for_longer_and_that_is_the_span_of_a_question(
    retries: int, tries_s: float
) -> None:
    def learn(prober: SnmpProber) -> None:
        where = literal(HERE)
        assert where is not None
        prober._memories.of(spec, where).device.answered_in(30.0, spec)

    with nobody() as place:
        spec = poll(place.port, retries=retries, deadline_s=60.0, brief=True)
        took_s = silent(SnmpProber, spec, learn)
    assert tries_s == pytest.approx(took_s, abs=GRACE_S)
    assert is_worst(took_s, spec)


def test_no_poll_outlasts_its_deadline() -> None:
    with nobody() as place:
        spec = poll(place.port, retries=3, deadline_s=4.0)
        assert is_worst(silent(SnmpProber, spec), spec)


@pytest.mark.parametrize("transports", [("udp",), ("tcp",), ("udp", "tcp")])
def test_sip_tries_one_transport_after_the_other(transports: tuple[str, ...]) -> None:
    with nobody() as place:
        spec = SipSpec("a", HERE, place.port, transports)
        assert is_worst(silent(SipProber, spec), spec)


def test_ports_are_tried_all_at_once() -> None:
    with nobody() as one, nobody() as other:
        spec = TcpSpec("a", HERE, (one.port, other.port))
        assert is_worst(silent(TcpProber, spec), spec)


@pytest.mark.parametrize("probe", [name for name, kind in KINDS.items() if kind.confirmation is not None])
def test_what_settles_a_suspicion_is_quick_for_every_kind(probe: str) -> None:
    with nobody() as place:
        specs: dict[str, tuple[Make, Spec]] = {
            "icmp": (lambda clock: IcmpProber(clock, kernel=SWALLOWING), IcmpSpec("a", HERE)),
            "snmp": (SnmpProber, poll(place.port, retries=3)),
            "sip": (SipProber, SipSpec("a", HERE, place.port)),
            "tcp": (TcpProber, TcpSpec("a", HERE, (place.port,))),
        }
        make, usual = specs[probe]
        spec = confirming(probe, usual)
        assert spec is not None
        assert is_worst(silent(make, spec), spec)
        assert spec.waits_s <= 1.08


class _Patience(asyncio.DatagramProtocol):
    """A gatekeeper that works on it for ever."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        sequence = h323.read_question(data).sequence
        self._transport.sendto(bytes.fromhex("800500") + (sequence - 1).to_bytes(2, "big") + (59_999).to_bytes(2, "big"), addr)


@contextlib.asynccontextmanager
async def gatekeeper(kind: type[asyncio.DatagramProtocol]) -> AsyncIterator[int]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(kind, (HERE, 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


@pytest.mark.parametrize("kind", [asyncio.DatagramProtocol, _Patience])
def test_a_gatekeeper_is_waited_for_beside_the_endpoint(kind: type[asyncio.DatagramProtocol]) -> None:
    async def body(port: int) -> tuple[float, Spec]:
        async with gatekeeper(kind) as ras:
            spec = H323Spec("a", HERE, port, gatekeeper=HERE, gatekeeper_port=ras, alias="1715")
            took_s, reading = await asked(H323Prober, spec)
        assert Outcome.TIMEOUT is reading.outcome
        return took_s, spec

    with nobody() as place:
        took_s, spec = run_leaping(body(place.port))
        assert took_s <= spec.span_s
        assert is_worst(took_s, spec) is (kind is _Patience)
        alone = H323Spec("a", HERE, place.port)
        assert is_worst(silent(H323Prober, alone), alone)


def test_of_a_page_connection_handshake_and_answer_are_waited_for() -> None:
    """The worst page lets the connection stand, shakes hands at the last moment, takes the question, and says nothing."""
    context = secured()

    async def worst(spec: WebSpec, listener: socket.socket) -> tuple[float, Reading]:
        async def serve() -> None:
            taken, _ = await loop.sock_accept(listener)
            await asyncio.sleep(spec.timeout_s - 0.1)
            transport, _ = await loop.connect_accepted_socket(asyncio.Protocol, taken, ssl=context)
            served.append(transport)

        loop, served = asyncio.get_running_loop(), list[asyncio.BaseTransport]()
        serving = asyncio.create_task(serve())
        try:
            return await asked(WebProber, spec)
        finally:
            serving.cancel()
            for transport in served:
                transport.close()

    with socket.create_server((HERE, 0)) as listener:
        listener.setblocking(False)
        spec = WebSpec("a", HERE, listener.getsockname()[1])
        took_s, reading = run_leaping(worst(spec, listener))
    assert ["request_unanswered"] == [each.code for each in reading.detail]
    assert spec.waits_s - 0.1 - GRACE_S <= took_s <= spec.span_s

    with nobody() as place:
        alone = replace(spec, port=place.port)
        assert silent(WebProber, alone) == pytest.approx(spec.timeout_s, abs=GRACE_S)
