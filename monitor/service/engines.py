"""SNMP polls go to the engine that each one asks for; an engine is opened when the first poll wants it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from monitor.model.agent_fault import Unsolicited
from monitor.model.agent_limits import AgentLimits
from monitor.model.reading import Deliver
from monitor.model.spec import SnmpSpec
from monitor.service.poller import OpenableProber


class Engine(OpenableProber, Protocol):
    def drain_unsolicited(self) -> tuple[Unsolicited, ...]:
        """Return what answered no open question since the last call, by source and kind; () where it does not know."""

    def agent_limits(self, target: str) -> AgentLimits | None:
        """Return what was learned of one target's agent, None before its first poll."""


class SnmpEngines:
    """One prober in front of several: 'fast' for v1 and v2c, 'pysnmp' for v3 and for whoever prefers it."""

    def __init__(self, makers: Mapping[str, Callable[[], Awaitable[Engine]]]) -> None:
        """makers: how each engine is made. A heavy one costs nothing until a poll asks for it, at the start or after a reload."""
        self._makers = makers
        self._engines: dict[str, Engine] = {}
        self._opening = asyncio.Lock()

    async def open(self, name: str) -> Engine:
        """Return an engine, made and opened at the first call."""
        async with self._opening:
            if name not in self._engines:
                engine = await self._makers[name]()
                await engine.open()
                self._engines[name] = engine
            return self._engines[name]

    async def probe(self, specs: Sequence[SnmpSpec], deliver: Deliver) -> None:
        by_engine: dict[str, list[SnmpSpec]] = defaultdict(list)
        for spec in specs:
            by_engine[spec.engine].append(spec)
        async with asyncio.TaskGroup() as group:
            for name, chosen in by_engine.items():
                engine = self._engines.get(name) or await self.open(name)
                group.create_task(engine.probe(chosen, deliver))

    @property
    def receive_drops(self) -> int:
        return sum(engine.receive_drops for engine in self._engines.values())

    def drain_unsolicited(self) -> tuple[Unsolicited, ...]:
        return tuple(one for engine in self._engines.values() for one in engine.drain_unsolicited())

    def agent_limits(self, target: str) -> AgentLimits | None:
        learned = (engine.agent_limits(target) for engine in self._engines.values())
        return next((agent_limits for agent_limits in learned if agent_limits is not None), None)

    def close(self) -> None:
        for engine in self._engines.values():
            engine.close()
