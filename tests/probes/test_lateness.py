"""What ran out while our own loop was late says nothing: its time is made up for, and what the kernel has meanwhile counts."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import pytest

from monitor.model.reading import Outcome, Reading
from monitor.model.spec import H323Spec, SipSpec, TcpSpec, WebSpec
from monitor.probes.h323.prober import H323Prober
from monitor.probes.lateness import EXCUSING_SHARE, MOST_MADE_UP, Lateness, Wait
from monitor.probes.names import Names, Place, resolve_by_system
from monitor.probes.service_prober import TRIES, ServiceProber
from monitor.probes.sip.prober import SipProber
from monitor.probes.tcp import TcpProber
from monitor.probes.tcp_connect import Connector, Failure, TcpConnection
from monitor.probes.web import WebProber
from monitor.service.process import SystemClock
from monitor.wire import h323
from tests.probes.fake_network import SteppedClock
from tests.probes.h323.test_prober import ALIAS, RAS, SIGNALLING, deaf_port
from tests.probes.sip.fake_endpoint import endpoint, reply
from tests.probes.stalling import Stall, device
from tests.probes.web_servers import Talk, page, secured, serving, silent
from tests.told import english

TIMEOUT_S = 0.5
STALL_S = 1.2
CLOCK = SystemClock()
BUSY_S = 0.25


def stall_soon() -> None:
    """Have the loop stand still after what is ready now has sent what it has to send."""
    asyncio.get_running_loop().call_soon(time.sleep, STALL_S)


async def one(probe: Callable[..., Coroutine[None, None, None]], spec: object) -> Reading:
    found: list[Reading] = []
    await probe([spec], found.append)
    (reading,) = found
    return reading


class Dozing:
    """An answer that is only made after the loop stood still, the first time. asked: how often it was asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def doze(self) -> None:
        self.asked += 1
        if self.asked == 1:
            time.sleep(STALL_S)


@asynccontextmanager
async def connector(worked: Callable[[], float] = time.process_time) -> AsyncIterator[Connector]:
    names = Names(CLOCK, resolve_by_system)
    yield Connector(CLOCK, names, Lateness(CLOCK, worked))
    names.close()


def spin(seconds: float) -> None:
    """Keep the processor busy."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        pass


@asynccontextmanager
async def always_late(hold: Callable[[float], None], seconds: float) -> AsyncIterator[None]:
    """Have each turn of the loop held for so long, all the time."""

    async def hold_on() -> None:
        while True:
            hold(seconds)
            await asyncio.sleep(0)

    holding = asyncio.ensure_future(hold_on())
    try:
        yield
    finally:
        holding.cancel()


@contextmanager
def elsewhere(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server in a thread of its own, that doesn't care how our loop stands; its port."""
    opened, ports = threading.Event(), list[int]()
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        over = asyncio.Event()
        async with serving(talk, tls) as port:
            ports.append(port)
            loops.append((asyncio.get_running_loop(), over))
            opened.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert opened.wait(30)
    try:
        yield ports[0]
    finally:
        loop, over = loops[0]
        loop.call_soon_threadsafe(over.set)
        thread.join(30)


async def told_by_sip(port: int) -> Reading:
    prober = SipProber(CLOCK)
    reading = await one(prober.probe, SipSpec("dc", "127.0.0.1", port, ("tcp",), timeout_s=TIMEOUT_S))
    prober.close()
    return reading


async def told_by_web(port: int, *, secure: bool = False) -> Reading:
    prober = WebProber(CLOCK)
    reading = await one(prober.probe, WebSpec("dc", "127.0.0.1", port=port, tls=secure, timeout_s=TIMEOUT_S))
    prober.close()
    return reading


async def told_by_tls(port: int) -> Reading:
    return await told_by_web(port, secure=True)


async def told_by_tcp(port: int) -> Reading:
    prober = TcpProber(CLOCK)
    reading = await one(prober.probe, TcpSpec("pc", "127.0.0.1", (port,), TIMEOUT_S))
    prober.close()
    return reading


async def told_by_h323(port: int) -> Reading:
    prober = H323Prober(CLOCK)
    reading = await one(prober.probe, H323Spec("dc", "127.0.0.1", port=port, timeout_s=TIMEOUT_S))
    prober.close()
    return reading


async def test_lateness_is_counted_while_something_is_under_way_and_a_beat_that_is_overdue_counts() -> None:
    clock = SteppedClock()
    lateness = Lateness(clock)
    with lateness.under_way() as late:
        assert 0 == late.seconds
        clock.monotonic_step_s += 3.0
        assert 2.8 <= late.seconds <= 3.5
        assert not late.excuses(4.0 / EXCUSING_SHARE)
        assert late.excuses(2.0 / EXCUSING_SHARE)
        with lateness.under_way() as later:
            assert 0 == pytest.approx(later.seconds, abs=0.5)
    before_s = lateness.total_s
    clock.monotonic_step_s += 3.0
    assert before_s == lateness.total_s


async def test_a_connection_that_stands_counts_though_the_loop_came_after_its_time() -> None:
    async with serving(silent) as port, connector() as opened:
        connecting = asyncio.ensure_future(opened.connect("127.0.0.1", port, TIMEOUT_S))
        await asyncio.sleep(0)
        stall_soon()
        came = await connecting
    assert isinstance(came, TcpConnection)
    assert came.took_s is None, "nobody knows how long it took"
    came.bare.close()


async def test_what_was_missed_is_made_up_for_but_not_for_ever() -> None:
    clock = SteppedClock()
    lateness = Lateness(clock)
    with lateness.under_way() as late:
        wait = Wait(late, 0.0)
        assert 0 == wait.left_s()
        for _ in range(MOST_MADE_UP):
            wait.until_s = asyncio.get_running_loop().time()
            clock.monotonic_step_s += 10.0
            assert 9.0 < wait.left_s() <= 11.0
        wait.until_s = asyncio.get_running_loop().time()
        clock.monotonic_step_s += 10.0
        assert 0 == wait.left_s()


@pytest.mark.parametrize(("busy_share", "is_still"), [(0.0, True), (0.2, True), (0.3, False), (1.0, False)])
async def test_only_what_the_process_stood_still_is_made_up_for_where_the_kernel_does_the_work(
    busy_share: float, is_still: bool
) -> None:
    clock = SteppedClock()
    lateness = Lateness(clock, lambda: clock.monotonic_step_s * busy_share)
    with lateness.under_way() as late:
        wait = Wait(late, 0.0, only_still=True)
        clock.monotonic_step_s += 10.0
        assert late.seconds > 9
        assert is_still is (late.still_seconds > 9)
        assert is_still is (wait.left_s() > 9)


@pytest.mark.parametrize("is_busy", [False, True])
async def test_a_connect_that_ran_out_while_we_stood_still_has_its_time_again_and_while_we_were_busy_it_is_silent(
    is_busy: bool,
) -> None:
    with deaf_port() as port:
        async with connector(time.monotonic if is_busy else lambda: 0.0) as opened:
            connecting = asyncio.ensure_future(opened.connect("127.0.0.1", port, TIMEOUT_S))
            await asyncio.sleep(0)
            stall_soon()
            for _ in range(10):
                await asyncio.sleep(0)
            assert is_busy is connecting.done()
            came = await connecting
    assert isinstance(came, Failure)
    assert (Outcome.TIMEOUT, f"no answer from TCP port {port}") == (came.outcome, english((came.detail,)))


@pytest.mark.parametrize("hold", [spin, time.sleep])
@pytest.mark.parametrize("told", [told_by_tcp, told_by_h323, told_by_sip, told_by_web])
async def test_a_loop_that_is_always_late_tells_who_takes_no_connection(
    told: Callable[[int], Coroutine[None, None, Reading]], hold: Callable[[float], None]
) -> None:
    with deaf_port() as port:
        async with always_late(hold, BUSY_S):
            reading = await told(port)
    assert Outcome.TIMEOUT is reading.outcome
    assert f"no answer from TCP port {port}" in english(reading.detail)


@pytest.mark.parametrize(
    ("told", "outcome", "detail"),
    [
        (told_by_sip, Outcome.TIMEOUT, "is open and says nothing"),
        (told_by_web, Outcome.MALFORMED, "takes connections, but answers no request in time"),
        (told_by_tls, Outcome.MALFORMED, "takes connections, but shakes no hands"),
    ],
)
async def test_a_loop_that_is_always_late_tells_who_takes_a_connection_and_says_nothing(
    told: Callable[[int], Coroutine[None, None, Reading]], outcome: Outcome, detail: str
) -> None:
    with elsewhere(silent) as port:
        async with always_late(time.sleep, BUSY_S):
            reading = await told(port)
    assert outcome is reading.outcome
    assert detail in english(reading.detail)


async def test_a_loop_whose_every_turn_takes_longer_than_the_time_out_blames_nobody_who_answers() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(reply(request) if request.startswith(b"OPTIONS") else page("200 OK", b"hello"))
        await writer.drain()
        await reader.read()

    with elsewhere(answer) as port, elsewhere(answer, secured()) as secure_port:
        async with always_late(time.sleep, TIMEOUT_S * 1.2):
            found = await asyncio.gather(
                told_by_tcp(port), told_by_h323(port), told_by_sip(port), told_by_web(port), told_by_tls(secure_port)
            )
    assert [(Outcome.OK, "")] * 5 == [(each.outcome, english(each.detail)) for each in found]


async def test_a_silent_host_is_told_as_silent_after_a_stall() -> None:
    prober = TcpProber(CLOCK)
    with deaf_port() as port:
        probing = asyncio.ensure_future(one(prober.probe, TcpSpec("pc", "127.0.0.1", (port,), TIMEOUT_S)))
        for _ in range(5):
            await asyncio.sleep(0)
        stall_soon()
        reading = await probing
    prober.close()
    assert (Outcome.TIMEOUT, f"no answer from TCP port {port}") == (reading.outcome, english(reading.detail))


async def test_what_is_void_again_and_again_is_not_asked_for_ever() -> None:
    clock = SteppedClock()
    asked = 0

    class Unsent(ServiceProber[TcpSpec]):
        kind = "tcp"

        async def _read(self, spec: TcpSpec) -> Reading:
            nonlocal asked
            asked += 1
            clock.monotonic_step_s += 5.0
            return self._reading(spec, Outcome.NOT_SENT)

    found: list[Reading] = []
    await Unsent(clock).probe([TcpSpec("pc", "127.0.0.1", (1,), TIMEOUT_S)], found.append)
    assert (TRIES, [Outcome.NOT_SENT]) == (asked, [each.outcome for each in found])


async def test_an_endpoint_is_waited_for_by_sip_over_tcp_where_the_loop_was_late() -> None:
    dozing = Dozing()

    def answer(request: bytes, _before: int) -> list[bytes]:
        dozing.doze()
        return [reply(request)]

    prober = SipProber(CLOCK)
    await prober.open()
    async with endpoint(tcp=answer) as fake:
        reading = await one(prober.probe, SipSpec("dc", "127.0.0.1", fake.port, ("tcp",), timeout_s=TIMEOUT_S))
    prober.close()
    assert (Outcome.OK, "", 1) == (reading.outcome, english(reading.detail), dozing.asked)


async def test_a_sip_response_of_the_stalled_time_has_its_true_rtt_and_its_request_is_not_sent_again() -> None:
    prober = SipProber(CLOCK, t1_s=TIMEOUT_S / 5)
    await prober.open()
    with device(lambda data, _before: [reply(data)], Stall(STALL_S)) as fake:
        found: list[Reading] = []
        await prober.probe([SipSpec("dc", "127.0.0.1", fake.port, ("udp",), timeout_s=TIMEOUT_S)], found.append)
    prober.close()
    assert ([Outcome.OK], 1) == ([each.outcome for each in found], len(fake.asked))
    assert found[0].service is not None
    assert found[0].service.rtt_s is not None
    assert found[0].service.rtt_s < STALL_S / 2


async def test_a_silent_sip_endpoint_gets_its_retransmissions_after_a_stall_and_is_then_silent() -> None:
    prober = SipProber(CLOCK, t1_s=TIMEOUT_S / 5)
    await prober.open()
    with device(lambda _data, _before: [], Stall(STALL_S)) as fake:
        found: list[Reading] = []
        await prober.probe([SipSpec("dc", "127.0.0.1", fake.port, ("udp",), timeout_s=TIMEOUT_S)], found.append)
    prober.close()
    assert [Outcome.TIMEOUT] == [each.outcome for each in found]
    assert len(fake.asked) > 1


@pytest.mark.parametrize("secure", [False, True])
async def test_a_page_is_waited_for_where_the_loop_was_late(secure: bool) -> None:
    dozing = Dozing()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        dozing.doze()
        writer.write(page("200 OK", b"hello"))
        writer.close()

    prober = WebProber(CLOCK)
    async with serving(talk, secured() if secure else None) as port:
        reading = await one(prober.probe, WebSpec("dc", "127.0.0.1", port=port, tls=secure, timeout_s=TIMEOUT_S))
    prober.close()
    assert (Outcome.OK, "", 1) == (reading.outcome, english(reading.detail), dozing.asked)


async def test_every_answer_of_a_gatekeeper_that_came_in_a_stall_is_read_before_any_silence_is_told() -> None:
    def confirm(data: bytes, _before: int) -> Sequence[bytes]:
        return [h323.location_confirm(h323.read_question(data).sequence, SIGNALLING, RAS)]

    prober = H323Prober(CLOCK)
    aliases = 40
    with device(lambda data, before: list(confirm(data, before)), Stall(STALL_S), after=aliases) as fake:
        async with serving(silent) as port:
            specs = [
                H323Spec(
                    f"dc-{number}",
                    "127.0.0.1",
                    port=port,
                    timeout_s=TIMEOUT_S,
                    gatekeeper="127.0.0.1",
                    gatekeeper_port=fake.port,
                    alias=ALIAS,
                )
                for number in range(aliases)
            ]
            found: list[Reading] = []
            await prober.probe(specs, found.append)
    prober.close()
    assert {(Outcome.OK, "")} == {(each.outcome, english(each.detail)) for each in found}
    assert aliases == len(fake.asked), "what came in time is not asked for again"


def flood(_data: bytes, _before: int) -> list[bytes]:
    """More than a small buffer holds, and nothing that answers."""
    return [b"\r\n\r\n" + bytes(500)] * 400


def shrink(sock: socket.socket) -> None:
    """Let the buffer of a socket hold a few datagrams only."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)


async def test_sip_silence_is_no_proof_where_the_kernel_had_to_drop_what_came() -> None:
    prober = SipProber(CLOCK)
    await prober.open()
    shrink(prober._udp._lines[4].sock.sock)
    with device(flood, Stall(STALL_S)) as fake:
        reading = await one(prober.probe, SipSpec("dc", "127.0.0.1", fake.port, ("udp",), timeout_s=TIMEOUT_S))
    assert prober.receive_drops > 0
    prober.close()
    assert Outcome.NOT_SENT is reading.outcome
    assert "our receive buffer overflowed by " in english(reading.detail)


async def test_a_gatekeepers_silence_is_no_proof_where_the_kernel_had_to_drop_what_came() -> None:
    prober = H323Prober(CLOCK)
    with device(flood, Stall(STALL_S)) as fake:
        gatekeepers = prober._gatekeepers
        place = await prober._connector.place("127.0.0.1")
        assert isinstance(place, Place)
        shrink(gatekeepers._gatekeeper(place, fake.port)._sock)
        told = await gatekeepers.registration(place, fake.port, ALIAS, TIMEOUT_S)
        assert (None, True) == (told.known, "our receive buffer overflowed by " in english((told.reason,)))
        drops = prober.receive_drops
    prober.close()
    assert drops > 0
