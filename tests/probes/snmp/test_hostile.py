"""The fast engine against agents that loop, die, lie and stay silent: each gets its outcome, and nobody else notices."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from monitor.model.reading import Outcome, Reading
from monitor.model.settings import Credential
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.snmp.prober import SnmpProber
from monitor.probes.snmp.transport import HELD_S
from monitor.service.process import SystemClock
from monitor.wire import ber, snmp
from monitor.wire.oid import parse_oid
from tests.probes.fake_agent import FakeAgent, router
from tests.probes.readings import read, readings, sample, snmp_spec
from tests.told import english

ROUTER = router()
UPTIME = parse_oid("1.3.6.1.2.1.1.3.0")


def looping(agent: FakeAgent) -> Callable[[snmp.Message, bytes], list[bytes]]:
    """Answer every GETBULK with the first interface's name again."""

    def answer(request: snmp.Message, data: bytes) -> list[bytes]:
        if request.pdu != snmp.GET_BULK:
            return agent.honest(request, data)
        again = tuple((oid[:11], tag, value) for oid, tag, value in request.varbinds)
        return agent.honest(request._replace(varbinds=again))

    return answer


def dying(agent: FakeAgent, after: int) -> Callable[[snmp.Message, bytes], list[bytes]]:
    """Answer so many requests and then no more."""

    def answer(request: snmp.Message, data: bytes) -> list[bytes]:
        return agent.honest(request, data) if len(agent.requests) <= after else []

    return answer


MANY = tuple(f"ge0/{port}" for port in range(60))


async def test_a_looping_agent_is_left_at_the_first_name_that_does_not_increase(fast: SnmpProber) -> None:
    async with FakeAgent(router(names=MANY)) as agent:
        agent.answering = looping(agent)
        reading = await read(fast, agent.port)
        assert 6 >= len(agent.requests)
    assert (Outcome.OK, False) == (reading.outcome, reading.snmp and reading.snmp.complete)
    assert "names do not increase" in english(reading.detail)
    assert reading.snmp is not None
    assert 100_000 == reading.snmp.uptime_ticks


async def test_an_agent_that_dies_in_the_middle_of_a_walk_is_asked_twice_more_and_what_is_sound_is_kept(fast: SnmpProber) -> None:
    async with FakeAgent(router(names=MANY)) as agent:
        agent.answering = dying(agent, 3)
        reading = await read(fast, agent.port, timeout_s=0.05, retries=0, wan_interface="ge0/1$")
        assert 6 >= len(agent.requests)
    assert reading.snmp is not None
    assert (Outcome.OK, False, ()) == (reading.outcome, reading.snmp.complete, reading.snmp.interfaces)
    assert "no answer" in english(reading.detail)


async def test_a_known_wan_interface_is_read_on_though_the_walk_loops(fast: SnmpProber) -> None:
    async with FakeAgent(router(names=MANY)) as agent:
        spec = snmp_spec(port=agent.port)
        await sample(fast, spec)
        agent.answering = looping(agent)
        agent.mib = agent.mib | {UPTIME: (ber.TIME_TICKS, 5)}
        again = await sample(fast, spec)
    assert ["ge0/0"] == [row.name for row in again.interfaces]
    assert not again.complete


async def test_too_big_halves_the_repetitions_and_is_remembered(fast: SnmpProber) -> None:
    async with FakeAgent(router(names=MANY)) as agent:

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            if request.pdu == snmp.GET_BULK and request.error_index > 4:
                return [snmp.encode_answer(request, [], error_status=1)]
            return agent.honest(request, data)

        agent.answering = answer
        spec = snmp_spec(port=agent.port, interfaces="all")
        got = await sample(fast, spec)
        assert (60, True) == (len(got.interfaces), got.complete)
        agent.mib = agent.mib | {UPTIME: (ber.TIME_TICKS, 5)}
        agent.requests.clear()
        await sample(fast, spec)
        assert {3} == {request.error_index for request in agent.requests if request.pdu == snmp.GET_BULK}


async def test_silence_at_many_repetitions_halves_them_once(fast: SnmpProber) -> None:
    async with FakeAgent(router(names=MANY)) as agent:

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            return [] if request.pdu == snmp.GET_BULK and request.error_index > 6 else agent.honest(request, data)

        agent.answering = answer
        got = await sample(fast, snmp_spec(port=agent.port, timeout_s=0.05, retries=0))
        assert got.complete
        assert ["ge0/0"] == [row.name for row in got.interfaces]


async def test_a_get_that_is_too_big_is_asked_in_halves(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            if request.pdu == snmp.GET and len(request.varbinds) > 6:
                return [snmp.encode_answer(request, [], error_status=1)]
            return agent.honest(request, data)

        agent.answering = answer
        got = await sample(fast, snmp_spec(port=agent.port))
    assert [2 * 10**10] == [row.receive_octets for row in got.interfaces]
    assert 100_000 == got.interfaces[0].uptime_ticks


async def test_an_agent_that_refuses_getbulk_is_walked_by_getnext(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            if request.pdu == snmp.GET_BULK:
                return [snmp.encode_answer(request, [], error_status=5)]
            return agent.honest(request, data)

        agent.answering = answer
        got = await sample(fast, snmp_spec(port=agent.port))
        assert got.complete
        assert 1 == sum(request.pdu == snmp.GET_BULK for request in agent.requests)


@pytest.mark.parametrize(
    ("twist", "outcome", "detail"),
    [
        (lambda octets: [octets[:-3]], Outcome.MALFORMED, "malformed answer"),
        (lambda octets: [b"hello"], Outcome.MALFORMED, "malformed answer"),
        (
            lambda octets: [snmp.encode(snmp.decode(octets)._replace(request_id=snmp.decode(octets).request_id ^ 1))],
            Outcome.MALFORMED,
            "answered with",
        ),
        (lambda octets: [snmp.encode(snmp.decode(octets)._replace(community=b"other"))], Outcome.MALFORMED, "another community"),
        (lambda octets: [snmp.encode(snmp.decode(octets)._replace(version=snmp.V1))], Outcome.MALFORMED, "another community"),
        (lambda octets: [snmp.encode(snmp.decode(octets)._replace(pdu=snmp.GET))], Outcome.MALFORMED, "another community"),
        (lambda octets: [], Outcome.TIMEOUT, "no answer to 2 tries"),
        (
            lambda octets: [snmp.encode(snmp.decode(octets)._replace(error_status=16, error_index=1))],
            Outcome.REFUSED,
            "authorizationError",
        ),
    ],
)
async def test_an_answer_that_is_none_has_its_outcome(
    fast: SnmpProber, twist: Callable[[bytes], list[bytes]], outcome: Outcome, detail: str
) -> None:
    async with FakeAgent(ROUTER) as agent:
        agent.answering = lambda request, data: twist(agent.honest(request, data)[0])
        reading = await read(fast, agent.port, timeout_s=0.04)
    assert (outcome, None) == (reading.outcome, reading.snmp)
    assert detail in english(reading.detail)


async def test_noise_before_the_answer_does_not_hide_it(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            honest = agent.honest(request, data)
            one = snmp.encode(snmp.decode(honest[0])._replace(request_id=snmp.MIN_REQUEST_ID))
            return [b"\x30\x00", one, *honest, *honest]

        agent.answering = answer
        assert (await sample(fast, snmp_spec(port=agent.port))).complete


async def test_an_answer_from_another_address_counts_only_where_it_is_allowed(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        elsewhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        elsewhere.bind(("127.0.0.2", agent.port))
        asker: list[tuple[str, int]] = []
        received = agent.datagram_received

        def remember(data: bytes, addr: tuple[str, int]) -> None:
            asker[:] = [addr]
            received(data, addr)

        agent.datagram_received = remember  # type: ignore[method-assign]

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            elsewhere.sendto(agent.honest(request, data)[0], asker[0])
            return []

        agent.answering = answer
        refused = await read(fast, agent.port, timeout_s=0.05, retries=0)
        assert Outcome.TIMEOUT is refused.outcome
        assert "an answer came from 127.0.0.2" in english(refused.detail)
        assert "answers_from" in english(refused.detail)
        allowed = await read(fast, agent.port, answers_from=("127.0.0.2",))
        assert Outcome.OK is allowed.outcome
        elsewhere.close()


async def test_a_lost_packet_is_asked_again_and_the_late_answer_counts(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        held: list[bytes] = []

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            if len(agent.requests) == 1:
                held.extend(agent.honest(request, data))
                return []
            return held if len(agent.requests) == 2 else agent.honest(request, data)

        agent.answering = answer
        assert (await sample(fast, snmp_spec(port=agent.port, timeout_s=0.05))).complete


async def test_a_closed_port_is_refused_at_once(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        port = agent.port
    reading = (await readings(fast, [snmp_spec(port=port, timeout_s=10.0, deadline_s=60.0)]))["xa-thu"]
    assert Outcome.REFUSED is reading.outcome
    assert "port unreachable" in english(reading.detail)


async def test_an_innocent_agent_does_not_pay_for_a_closed_port(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as closed:
        port = closed.port
    async with FakeAgent(ROUTER) as agent:
        specs = [snmp_spec(f"t{turn}", port=port if turn % 2 else agent.port) for turn in range(60)]
        found = await readings(fast, specs)
    assert {Outcome.OK} == {found[f"t{turn}"].outcome for turn in range(0, 60, 2)}
    assert {Outcome.REFUSED} == {found[f"t{turn}"].outcome for turn in range(1, 60, 2)}


async def test_what_the_kernel_refuses_to_send_is_not_sent(fast: SnmpProber) -> None:
    # Without SO_BROADCAST the kernel refuses the loopback's broadcast address, and nothing leaves.
    reading = (await readings(fast, [snmp_spec(port=9, address="127.255.255.255")]))["xa-thu"]
    assert Outcome.NOT_SENT is reading.outcome
    assert "Permission denied" in english(reading.detail)


@pytest.mark.parametrize("refusal", [errno.ENOBUFS, errno.EAGAIN, errno.EHOSTUNREACH, errno.EPERM])
async def test_what_the_kernel_does_not_take_with_others_is_sent_alone(refusal: int) -> None:
    batches: list[int] = []

    def send(descriptor: int, messages: int, count: int) -> int:
        batches.append(count)
        return KERNEL.send(descriptor, messages, 1) if len(batches) % 2 else -refusal

    prober = SnmpProber(SystemClock(), kernel=Kernel(send, KERNEL.receive))
    await prober.open()
    async with FakeAgent(ROUTER) as agent:
        specs = [snmp_spec(f"t{turn}", port=agent.port, timeout_s=5.0, retries=0) for turn in range(40)]
        found = await readings(prober, specs)
    assert {Outcome.OK} == {reading.outcome for reading in found.values()}
    assert 40 == batches[0]
    prober.close()


async def test_a_name_without_an_address_is_not_sent() -> None:
    def resolve(_: str) -> str:
        raise OSError(-2, "Name or service not known")

    prober = SnmpProber(SystemClock(), resolve=resolve)
    await prober.open()
    reading = (await readings(prober, [snmp_spec(port=9, address="khong.co.example")]))["xa-thu"]
    prober.close()
    assert Outcome.NOT_SENT is reading.outcome
    assert "Name or service not known" in english(reading.detail)


async def test_a_version_3_credential_is_not_for_this_engine(fast: SnmpProber) -> None:
    reading = (await readings(fast, [snmp_spec(port=9, credential=Credential("x", "3"))]))["xa-thu"]
    assert (Outcome.NOT_SENT, True) == (reading.outcome, "pysnmp" in english(reading.detail))


async def test_ipv6_is_read_too(fast: SnmpProber) -> None:
    loop = asyncio.get_running_loop()
    agent = FakeAgent(ROUTER)
    try:
        agent.transport, _ = await loop.create_datagram_endpoint(lambda: agent, local_addr=("::1", 0))
    except OSError:
        pytest.skip("this machine has no ::1")
    port = agent.transport.get_extra_info("sockname")[1]
    assert (await sample(fast, snmp_spec(port=port, address="::1"))).complete
    agent.transport.close()


# Many at once


async def test_dead_slow_looping_and_dying_agents_delay_nobody() -> None:
    prober = SnmpProber(SystemClock(), in_flight=20)
    await prober.open()
    order: list[str] = []
    async with AsyncExitStack() as stack:
        agents = [
            await stack.enter_async_context(FakeAgent(router(names=MANY if turn < 30 else ("lo", "ge0/0")))) for turn in range(90)
        ]
        for turn, agent in enumerate(agents[:30]):
            agent.answering = (lambda request, data: []) if turn % 3 == 0 else looping(agent) if turn % 3 == 1 else dying(agent, 2)
        specs = [snmp_spec(f"t{turn:02}", port=agent.port, timeout_s=2.0, retries=1) for turn, agent in enumerate(agents)]
        found: dict[str, Reading] = {}

        def deliver(reading: Reading) -> None:
            order.append(reading.target)
            found[reading.target] = reading

        await prober.probe(specs, deliver)
    prober.close()
    assert sorted(order) == [spec.target for spec in specs]
    healthy = {f"t{turn:02}" for turn in range(30, 90)}
    assert all(found[target].outcome is Outcome.OK and found[target].snmp for target in healthy)
    silent = [f"t{turn:02}" for turn in range(0, 30, 3)]
    assert max(order.index(target) for target in healthy) < min(order.index(target) for target in silent)
    assert {Outcome.TIMEOUT} == {found[target].outcome for target in silent}


async def test_a_device_that_answers_slowly_forever_ends_at_its_deadline(fast: SnmpProber) -> None:
    async with FakeAgent(router(names=MANY)) as agent:
        loop = asyncio.get_running_loop()

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            if request.pdu == snmp.GET_BULK:
                loop.call_later(0.1, agent.transport.sendto, agent.honest(request, data)[0], fast_address(fast))
                return []
            return agent.honest(request, data)

        agent.answering = answer
        reading = await read(fast, agent.port, deadline_s=0.25, max_repetitions=1)
    assert reading.snmp is not None
    assert not reading.snmp.complete
    assert "250 ms" in english(reading.detail) or "no answer" in english(reading.detail)


def fast_address(prober: SnmpProber) -> tuple[str, int]:
    """Return where the prober's IPv4 socket can be answered."""
    return ("127.0.0.1", prober._transport._sockets[4].sock.getsockname()[1])


async def test_five_hundred_agents_at_once_lose_nothing() -> None:
    prober = SnmpProber(SystemClock())
    await prober.open()
    async with FakeAgent(ROUTER) as agent:
        specs = [snmp_spec(f"t{turn}", port=agent.port, timeout_s=5.0, retries=0) for turn in range(500)]
        found = await readings(prober, specs)
    assert {Outcome.OK} == {reading.outcome for reading in found.values()}
    assert 0 == prober.receive_drops
    prober.close()


async def test_closing_delivers_what_is_under_way_as_not_sent() -> None:
    prober = SnmpProber(SystemClock())
    await prober.open()
    async with FakeAgent(ROUTER, lambda request, data: []) as agent:
        found: list[Reading] = []
        probing = asyncio.ensure_future(prober.probe([snmp_spec(port=agent.port)], found.append))
        await agent.asked.wait()
        prober.close()
        await probing
    assert [Outcome.NOT_SENT] == [reading.outcome for reading in found]


async def test_a_cancelled_probe_delivers_nothing_more(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER, lambda request, data: []) as agent:
        found: list[Reading] = []
        probing = asyncio.ensure_future(fast.probe([snmp_spec(port=agent.port, timeout_s=0.05)], found.append))
        await agent.asked.wait()
        probing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probing
        agent.answering = agent.honest
        assert (await sample(fast, snmp_spec("other", port=agent.port))).complete
    assert [] == found


async def test_a_brief_poll_is_answered_though_the_object_is_missing(fast: SnmpProber) -> None:
    async with FakeAgent({}) as agent:
        for version in ("1", "2c"):
            reading = await read(fast, agent.port, version=version, brief=True, confirms=True)
            assert (Outcome.OK, True) == (reading.outcome, reading.confirms)
            assert len(agent.requests) == (1 if version == "1" else 2)


class SteppedClock(SystemClock):
    """A clock that a test moves on, as a stalled process finds it."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


async def test_a_stall_of_the_loop_is_no_timeout_where_the_answer_has_come() -> None:
    clock = SteppedClock()
    prober = SnmpProber(clock)
    await prober.open()
    async with FakeAgent(ROUTER) as agent:

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            # Every question is overdue when its answer stands in the socket's buffer.
            clock.ahead_s += 3.0
            return agent.honest(request, data)

        agent.answering = answer
        reading = await read(prober, agent.port, timeout_s=0.5, deadline_s=600.0)
    assert Outcome.OK is reading.outcome
    assert len({request.varbinds for request in agent.requests}) == len(agent.requests), "nothing was asked twice"
    prober.close()


async def test_after_a_stall_every_answer_is_taken_before_any_time_out_is_judged() -> None:
    clock = SteppedClock()
    prober = SnmpProber(clock, in_flight=400)
    await prober.open()
    async with FakeAgent(ROUTER) as agent:
        answers: list[bytes] = []

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            answers.extend(agent.honest(request, data))
            if len(answers) == len(specs):
                for each in answers:
                    agent.transport.sendto(each, fast_address(prober))
                clock.ahead_s += 3.0
                prober._transport._tick()
            return []

        agent.answering = answer
        specs = [snmp_spec(f"t{turn}", port=agent.port, brief=True, timeout_s=0.5, retries=0) for turn in range(300)]
        found = await readings(prober, specs)
    assert {Outcome.OK} == {reading.outcome for reading in found.values()}
    prober.close()


async def test_no_more_questions_are_on_their_way_than_answers_fit_the_buffer() -> None:
    prober = SnmpProber(SystemClock(), in_flight=8)
    await prober.open()
    full = asyncio.Event()

    def note(_request: snmp.Message, _data: bytes) -> list[bytes]:
        if len(agent.requests) == 8:
            full.set()
        return []

    async with FakeAgent(ROUTER, note) as agent:
        specs = [snmp_spec(f"t{turn}", port=agent.port, brief=True, timeout_s=5.0) for turn in range(40)]
        probing = asyncio.ensure_future(readings(prober, specs))
        await full.wait()
        await asyncio.sleep(HELD_S / 5)
        assert 8 == len(agent.requests)
        agent.answering = agent.honest
        for request in agent.requests[:8]:
            agent.transport.sendto(agent.honest(request)[0], fast_address(prober))
        found = await probing
    assert {Outcome.OK} == {reading.outcome for reading in found.values()}
    prober.close()
