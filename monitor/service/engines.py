"""SNMP polls go to the engine that each one asks for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

from monitor.model.reading import Deliver
from monitor.model.spec import SnmpSpec
from monitor.service.poller import Prober


class SnmpEngines:
    """One prober in front of several: 'fast' for v1 and v2c, 'pysnmp' for v3 and for whoever prefers it."""

    def __init__(self, engines: Mapping[str, Prober]) -> None:
        self._engines = engines

    async def probe(self, specs: Sequence[SnmpSpec], deliver: Deliver) -> None:
        """Probe the targets, each by its own engine, all at once."""
        by_engine: dict[str, list[SnmpSpec]] = defaultdict(list)
        for spec in specs:
            by_engine[spec.engine].append(spec)
        async with asyncio.TaskGroup() as group:
            for engine, chosen in by_engine.items():
                group.create_task(self._engines[engine].probe(chosen, deliver))
