"""What the second engine does beside pysnmp's own work; what it reads is held against snmpd in tests/witness/."""

from __future__ import annotations

import asyncio
import threading

from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import Credential
from monitor.probes.snmp.pysnmp_engine import PysnmpProber
from monitor.service.process import SystemClock
from monitor.wire import snmp
from tests.probes.fake_agent import FakeAgent, router
from tests.probes.fake_network import SteppedClock
from tests.probes.manual_clock import ManualClock
from tests.probes.readings import readings, sample, snmp_spec
from tests.probes.stalling import Stall, device
from tests.told import english


async def test_the_engine_of_a_credential_is_made_at_the_start_and_only_once() -> None:
    known = Credential("for-the-test", "2c", "for-the-test")
    prober = PysnmpProber(SystemClock(), [known])
    await prober.open()
    made = prober._engines[known]
    async with FakeAgent(router()) as agent:
        for _ in range(2):
            await sample(prober, snmp_spec(port=agent.port, credential=known))
    assert [made] == list(prober._engines.values())
    prober.close()


async def test_a_name_that_is_slow_to_resolve_takes_no_room_from_others() -> None:
    answer = threading.Event()

    def resolve(_name: str) -> str:
        answer.wait()
        return "127.0.0.1"

    prober = PysnmpProber(SystemClock(), in_flight=1, resolve=resolve)
    delivered: asyncio.Queue[Reading] = asyncio.Queue()
    async with FakeAgent(router()) as agent:
        specs = [snmp_spec("slow", port=agent.port, address="slow.invalid"), snmp_spec("quick", port=agent.port)]
        probing = asyncio.ensure_future(prober.probe(specs, delivered.put_nowait))
        assert "quick" == (await delivered.get()).target
        answer.set()
        assert Outcome.OK is (await delivered.get()).outcome
        await probing
    prober.close()


def test_an_engine_id_belongs_to_whoever_was_heard_under_it_within_the_hour() -> None:
    clock = SteppedClock()
    prober = PysnmpProber(clock)
    assert prober._sharing("8000", "old-router") is None
    assert Reason("shared_engine", {"engine_id": "8000", "owner": "old-router"}) == prober._sharing("8000", "new-router")
    clock.monotonic_step_s += 3601.0
    assert [None, None] == [prober._sharing("8000", "new-router"), prober._sharing("", "old-router")]
    assert Reason("shared_engine", {"engine_id": "8000", "owner": "new-router"}) == prober._sharing("8000", "old-router")


async def test_every_request_counts_for_the_devices_pace_retries_too_and_what_is_learned_is_told() -> None:
    prober = PysnmpProber(ManualClock())  # it stands still: on a busy machine a second would pass, and the count begin anew
    async with FakeAgent(router()) as agent:
        agent.answering = lambda request, data: [] if len(agent.requests) == 1 else agent.honest(request, data)
        spec = snmp_spec(port=agent.port, timeout_s=0.3, retries=3, max_requests_per_second=100)
        await sample(prober, spec)
        place = prober._names.known("127.0.0.1")
        assert place is not None
        assert len(agent.requests) == len(prober._memories.of(spec, place).device._sent)
    agent_limits = prober.agent_limits("xa-thu")
    assert agent_limits is not None
    assert agent_limits.response_s is not None
    assert prober.agent_limits("nobody") is None
    prober.close()


async def test_a_stalled_loop_makes_no_agent_silent_and_none_slow() -> None:
    agent = FakeAgent(router())
    prober = PysnmpProber(SystemClock())

    answers: list[bytes] = []

    def answer(data: bytes, before: int) -> list[bytes]:
        answers.extend(agent.honest(snmp.decode(data)))
        if before < 19:
            return []
        due, answers[:] = answers[:], []
        return due

    # More answers wait after the stall than one turn of the loop reads before it looks at the time.
    with device(answer, Stall(3.0), after=20) as busy:
        specs = [snmp_spec(f"t{turn}", port=busy.port, timeout_s=2.0, retries=0) for turn in range(20)]
        found = await readings(prober, specs)
    prober.close()
    assert {Outcome.OK} == {reading.outcome for reading in found.values()}, [english(reading.detail) for reading in found.values()]
    assert {""} == {english(reading.learned) for reading in found.values()}
