"""The fast engine is kind: it asks no more, no faster and no sooner again than an agent bears; by a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.model.agent_limits import AgentLimits
from monitor.model.reading import Outcome, Reading
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import Answer, ExchangeError
from monitor.probes.snmp.prober import SnmpProber
from monitor.wire import snmp
from monitor.wire.oid import parse_oid
from tests.probes.fake_agent import FakeAgent, router
from tests.probes.manual_clock import ManualClock, moved
from tests.probes.readings import readings, snmp_spec
from tests.told import english

ROUTER = router()
UPTIME = parse_oid("1.3.6.1.2.1.1.3.0")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def prober(clock: ManualClock) -> AsyncIterator[SnmpProber]:
    prober = SnmpProber(clock)
    await prober.open()
    yield prober
    prober.close()


class SlowAgent(FakeAgent):
    """Answers each request so many seconds of the test's clock after it came."""

    def __init__(self, clock: ManualClock, slow_s: float) -> None:
        super().__init__(ROUTER, self.later)
        self._clock = clock
        self._held: list[tuple[float, bytes]] = []
        self.slow_s = slow_s

    def later(self, request: snmp.Message, data: bytes) -> list[bytes]:
        self._held += [(self._clock.now_s + self.slow_s, answer) for answer in self.honest(request, data)]
        return []

    def send(self, prober: SnmpProber) -> None:
        """Send the answers whose time has come."""
        asker = ("127.0.0.1", prober._transport._sockets[4].sock.getsockname()[1])
        for due_s, answer in self._held:
            if due_s <= self._clock.now_s:
                self.transport.sendto(answer, asker)
        self._held = [held for held in self._held if held[0] > self._clock.now_s]


def known(prober: SnmpProber) -> AgentLimits:
    """Return what was learned of the one agent."""
    found = prober.agent_limits("xa-thu")
    assert found is not None
    return found


async def polled(clock: ManualClock, prober: SnmpProber, spec: SnmpSpec, agent: SlowAgent | None = None) -> Reading:
    found = await moved(clock, prober, readings(prober, [spec]), lambda: agent.send(prober) if agent else None)
    return found[spec.target]


async def test_no_second_brings_a_device_more_requests_than_permitted_retries_walks_and_both_its_targets_counted(
    clock: ManualClock, prober: SnmpProber
) -> None:
    came_s: list[float] = []
    async with FakeAgent(router(names=tuple(f"ge0/{port}" for port in range(12)))) as agent:

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            came_s.append(clock.now_s)
            return [] if len(came_s) % 4 == 0 else agent.honest(request, data)

        agent.answering = answer
        specs = [
            snmp_spec(target, port=agent.port, max_requests_per_second=5, max_repetitions=1, deadline_s=600.0, retries=2)
            for target in ("xa-mot", "xa-hai")
        ]
        found = await moved(clock, prober, readings(prober, specs))
    assert {Outcome.OK} == {reading.outcome for reading in found.values()}
    assert len(came_s) > 30
    assert all(later - earlier >= 1.0 for earlier, later in zip(came_s, came_s[5:], strict=False))
    agent_limits = prober.agent_limits("xa-hai")
    assert agent_limits is not None
    assert 5 == agent_limits.requests_per_second
    assert agent_limits.held_back > 0


async def test_a_device_that_has_its_second_full_keeps_nobody_else_waiting(clock: ManualClock, prober: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as paced, FakeAgent(ROUTER) as other:
        specs = [
            snmp_spec("paced", port=paced.port, max_requests_per_second=1, deadline_s=60.0),
            snmp_spec("other", port=other.port, max_requests_per_second=100),
        ]
        at_s: dict[str, float] = {}
        began_s = clock.now_s
        await moved(clock, prober, prober.probe(specs, lambda reading: at_s.__setitem__(reading.target, clock.now_s - began_s)))
    assert at_s["other"] < 0.5
    assert at_s["paced"] > 2.0


async def test_a_poll_that_its_pace_does_not_permit_before_the_deadline_says_so(clock: ManualClock, prober: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        reading = await polled(clock, prober, snmp_spec(port=agent.port, max_requests_per_second=1, deadline_s=0.5))
    assert "1 request a second" in english(reading.detail)


async def test_an_agent_that_takes_three_seconds_is_asked_once_each_time_when_that_is_known(
    clock: ManualClock, prober: SnmpProber
) -> None:
    async with SlowAgent(clock, 3.0) as agent:
        spec = snmp_spec(port=agent.port, timeout_s=2.0, deadline_s=60.0, max_requests_per_second=20)
        first = await polled(clock, prober, spec, agent)
        assert (Outcome.OK, True) == (first.outcome, "instead of 2 s" in english(first.learned))
        agent.requests.clear()
        second = await polled(clock, prober, spec, agent)
        assert (Outcome.OK, "", 1) == (second.outcome, english(second.learned), len(agent.requests))
    agent_limits = prober.agent_limits("xa-thu")
    assert agent_limits is not None
    assert 3.0 < agent_limits.timeout_s.value <= 8.0
    assert "answers in" in english((agent_limits.timeout_s.reason,))


async def test_what_is_slower_than_all_tries_is_learned_from_its_late_answers(clock: ManualClock, prober: SnmpProber) -> None:
    async with SlowAgent(clock, 6.0) as agent:
        spec = snmp_spec(port=agent.port, timeout_s=2.0, deadline_s=60.0)
        assert Outcome.TIMEOUT is (await polled(clock, prober, spec, agent)).outcome
        for _ in range(3):
            reading = await polled(clock, prober, spec, agent)
        assert Outcome.OK is reading.outcome
    assert known(prober).late >= 1


async def test_a_quick_agent_is_asked_again_sooner_and_never_given_up_sooner(clock: ManualClock, prober: SnmpProber) -> None:
    async with SlowAgent(clock, 0.0) as agent:
        spec = snmp_spec(port=agent.port, timeout_s=2.0, retries=1, deadline_s=60.0)
        for _ in range(3):
            await polled(clock, prober, spec, agent)
        agent.slow_s = 4.5
        asked_s: list[float] = []

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            asked_s.append(clock.now_s)
            return agent.later(request, data)

        agent.answering = answer
        reading = await polled(clock, prober, spec, agent)
    assert Outcome.OK is reading.outcome
    assert pytest.approx(0.5, abs=0.15) == asked_s[1] - asked_s[0]


async def test_gets_are_halved_where_only_large_ones_are_lost(clock: ManualClock, prober: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        agent.answering = lambda request, data: [] if len(request.varbinds) > 8 else agent.honest(request, data)
        spec = snmp_spec(port=agent.port, timeout_s=0.5, retries=0)
        found = [await polled(clock, prober, spec) for _ in range(4)]
    assert Outcome.OK is found[-1].outcome
    assert found[-1].snmp is not None
    assert [2 * 10**10] == [row.receive_octets for row in found[-1].snmp.interfaces]
    assert any("objects at a time from now on: silence" in english(reading.learned) for reading in found)
    assert "silence" in english((known(prober).get_size.reason,))


async def test_an_agent_whose_line_comes_and_goes_is_asked_as_before(clock: ManualClock, prober: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        spec = snmp_spec(port=agent.port, timeout_s=0.5, retries=0)
        found = []
        for is_up in (True, True, *(False, True) * 4, *(False, False, True) * 3):
            agent.answering = agent.honest if is_up else lambda request, data: []
            found.append(await polled(clock, prober, spec))
    assert {""} == {english(reading.learned) for reading in found}
    assert known(prober).get_size.reason is None


async def test_a_dead_agent_is_asked_for_one_object_only_until_it_answers(clock: ManualClock, prober: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        spec = snmp_spec(port=agent.port, timeout_s=0.5, retries=0)
        for _ in range(2):
            await polled(clock, prober, spec)
        agent.answering = lambda request, data: []
        await polled(clock, prober, spec)
        agent.requests.clear()
        await polled(clock, prober, spec)
        assert [[UPTIME]] == [[oid for oid, _, _ in request.varbinds] for request in agent.requests]
        agent.answering = agent.honest
        reading = await polled(clock, prober, spec)
        assert (Outcome.OK, "") == (reading.outcome, english(reading.learned))


async def test_what_was_learned_survives_a_reload(clock: ManualClock, prober: SnmpProber) -> None:
    async with FakeAgent(router(names=tuple(f"ge0/{port}" for port in range(30)))) as agent:

        def answer(request: snmp.Message, data: bytes) -> list[bytes]:
            is_big = request.pdu == snmp.GET_BULK and request.error_index > 4
            return [snmp.encode_answer(request, [], error_status=1)] if is_big else agent.honest(request, data)

        agent.answering = answer
        reading = await polled(clock, prober, snmp_spec(port=agent.port))
        assert "asked for 3 rows at a time from now on: tooBig at 6 repetitions" in english(reading.learned)
        await polled(clock, prober, snmp_spec(port=agent.port, wan_interface="ge0/3$"))
        agent_limits = prober.agent_limits("xa-thu")
        assert agent_limits is not None
        assert (3, "tooBig at 6 repetitions") == (agent_limits.repetitions.value, english((agent_limits.repetitions.reason,)))
        assert 1 == sum(request.pdu == snmp.GET_BULK and request.error_index == 6 for request in agent.requests)


async def test_objects_are_got_from_many_agents_in_their_order(clock: ManualClock, prober: SnmpProber) -> None:
    oids = (UPTIME, parse_oid("1.3.6.1.2.1.1.9.9.0"))
    async with FakeAgent(ROUTER) as agent:
        specs = [snmp_spec(port=agent.port), snmp_spec("other", port=agent.port, community="wrong", timeout_s=0.5, retries=0)]
        for _ in range(2):
            got, silent = await moved(clock, prober, prober.get(specs, oids))
            assert isinstance(got, Answer)
            assert (100_000, None) == got.values
            assert isinstance(silent, ExchangeError)
            assert "no answer" in english(silent.detail)
