"""A loop that stands still invents no silence, no slow agent and no late answer: the kernel's stamp decides."""

from __future__ import annotations

import asyncio
import time

from monitor.model.reading import Outcome, Reading
from monitor.probes.snmp.prober import SnmpProber
from monitor.wire import snmp
from tests.probes.fake_agent import FakeAgent, router
from tests.probes.readings import read
from tests.probes.stalling import Stall, device
from tests.told import english

AGENT = FakeAgent(router())
TIMEOUT_S = 0.5
STALL_S = 1.2


def honest(data: bytes, _before: int = 0) -> list[bytes]:
    return AGENT.honest(snmp.decode(data))


def told(reading: Reading) -> tuple[Outcome, str, str]:
    return reading.outcome, english(reading.detail), english(reading.learned)


async def test_an_answer_that_came_while_the_loop_stood_still_is_in_time_with_its_true_rtt(fast: SnmpProber) -> None:
    with device(honest) as unhindered:
        await read(fast, unhindered.port)
    with device(honest, Stall(STALL_S)) as agent:
        reading = await read(fast, agent.port, timeout_s=TIMEOUT_S, retries=2)
    assert (Outcome.OK, "", "") == told(reading)
    assert reading.snmp is not None
    assert reading.snmp.rtt_s is not None
    assert TIMEOUT_S > reading.snmp.rtt_s
    assert (len(unhindered.asked), ()) == (len(agent.asked), fast.drain_unsolicited())
    agent_limits = fast.agent_limits("xa-thu")
    assert agent_limits is not None
    assert (0, True) == (agent_limits.late, (agent_limits.response_s or 0) < TIMEOUT_S)


async def test_a_question_that_a_stall_held_up_on_its_way_out_is_waited_for_from_its_sending(fast: SnmpProber) -> None:
    def slowly(data: bytes, _before: int) -> list[bytes]:
        time.sleep(0.2)
        return honest(data)

    with device(slowly) as agent:
        polling = asyncio.ensure_future(read(fast, agent.port, brief=True, timeout_s=TIMEOUT_S, retries=0))
        asyncio.get_running_loop().call_soon(time.sleep, STALL_S)  # after the question is written, before it is sent
        reading = await polling
    assert (Outcome.OK, "", 1) == (reading.outcome, english(reading.detail), len(agent.asked))
    assert reading.snmp is not None
    assert reading.snmp.rtt_s is not None
    assert 0.2 <= reading.snmp.rtt_s < STALL_S


async def test_a_retry_that_a_stall_kept_from_being_sent_is_sent_after_it(fast: SnmpProber) -> None:
    def second(data: bytes, before: int) -> list[bytes]:
        return honest(data) if before else []

    with device(second, Stall(STALL_S)) as agent:
        reading = await read(fast, agent.port, brief=True, timeout_s=TIMEOUT_S / 5, retries=1)
    assert (Outcome.OK, 2) == (reading.outcome, len(agent.asked))


async def test_a_poll_whose_deadline_passes_in_a_stall_goes_on_after_it(fast: SnmpProber) -> None:
    with device(honest, Stall(STALL_S), after=3) as agent:
        reading = await read(fast, agent.port, timeout_s=TIMEOUT_S, retries=0, deadline_s=TIMEOUT_S)
    assert (Outcome.OK, "") == (reading.outcome, english(reading.detail))
    assert reading.snmp is not None
    assert reading.snmp.complete
    assert 3 < len(agent.asked)


async def test_an_agent_that_is_dead_is_not_excused_by_a_stall(fast: SnmpProber) -> None:
    with device(lambda _data, _before: [], Stall(STALL_S)) as agent:
        reading = await read(fast, agent.port, brief=True, timeout_s=TIMEOUT_S, retries=1)
    assert (Outcome.TIMEOUT, 2) == (reading.outcome, len(agent.asked))
    assert "no answer to 2 tries" in english(reading.detail)


async def test_a_poll_of_which_the_rest_was_lost_tells_of_when_the_agent_spoke_last(fast: SnmpProber) -> None:
    lost_s: list[float] = []

    def dying(data: bytes, before: int) -> list[bytes]:
        if before < 3:
            return honest(data)
        lost_s.append(time.monotonic())
        return []

    with device(dying) as agent:
        reading = await read(fast, agent.port, timeout_s=TIMEOUT_S, retries=0)
    assert (Outcome.OK, False) == (reading.outcome, reading.snmp and reading.snmp.complete)
    assert reading.at_s <= lost_s[0]
