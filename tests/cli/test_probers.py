"""The probers are made as the settings say."""

from __future__ import annotations

import asyncio

import pytest

from monitor.cli.probers import SERVICE_PROBERS, SnmpEngines
from monitor.model.probe_kinds import SERVICES
from monitor.model.reading import Outcome, Reading
from monitor.service.process import SystemClock
from monitor.wire import snmp
from tests.probes.fake_agent import FakeAgent, router
from tests.probes.readings import snmp_spec


class LateAgent(FakeAgent):
    """Answers each question a moment later. most: how many waited at once for that."""

    waiting = 0
    most = 0

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        asyncio.get_running_loop().call_later(0.02, self._answer, data, addr)

    def _answer(self, data: bytes, addr: tuple[str, int]) -> None:
        self.waiting -= 1
        for each in self.honest(snmp.decode(data)):
            self.transport.sendto(each, addr)


@pytest.mark.parametrize("engine", ["fast", "pysnmp"])
async def test_no_more_questions_are_on_their_way_than_the_settings_permit(engine: str) -> None:
    """With the usual 200, all 40 would wait for the agent together."""
    engines, found = SnmpEngines(4, (), SystemClock()), list[Reading]()
    async with LateAgent(router()) as agent:
        specs = [snmp_spec(f"t{turn}", port=agent.port, brief=True, timeout_s=5.0, engine=engine) for turn in range(40)]
        await engines.probe(specs, found.append)
    engines.close()
    assert [Outcome.OK] * 40 == [reading.outcome for reading in found]
    # What waits for half a second no longer counts: a machine that stalls so long lets a few more through.
    assert 4 <= agent.most < 20


def test_every_service_has_a_prober() -> None:
    assert SERVICE_PROBERS.keys() == set(SERVICES)
