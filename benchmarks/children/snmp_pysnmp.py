"""pysnmp by the cheaper of its two APIs (hlapi.v1arch): one dispatcher, one transport target an agent, no MIB look-up."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from pysnmp.hlapi.v1arch.asyncio import CommunityData, SnmpDispatcher, UdpTransportTarget, bulk_cmd, get_cmd
from pysnmp.proto.rfc1902 import Null, ObjectName

from benchmarks.children.agents import IF_TABLE, IF_X_TABLE, TEN_VALUES, ask_all, permit_sockets
from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses
from benchmarks.responder import PORT, VALUES_OF_A_WALK

_WARM_UP = 50
_REPETITIONS = 20
_NULL = Null("")


class Manager:
    """The dispatcher and what is asked with it."""

    def __init__(self) -> None:
        self._dispatcher = SnmpDispatcher()
        self._community = CommunityData("public", mpModel=1)
        self._ten = [(ObjectName(oid), _NULL) for oid in TEN_VALUES]

    async def get(self, target: Any) -> bool:
        """Return whether ten values came."""
        error, status, _, values = await get_cmd(self._dispatcher, self._community, target, *self._ten, lookupMib=False)
        return not error and not status and len(values) == len(TEN_VALUES)

    async def walk(self, target: Any) -> bool:
        """Return whether both tables came, one after the other."""
        counts = [await self._table(target, ObjectName(table)) for table in (IF_TABLE, IF_X_TABLE)]
        return sum(counts) == VALUES_OF_A_WALK

    async def _table(self, target: Any, table: Any) -> int:
        count, last = 0, table
        while True:
            error, status, _, values = await bulk_cmd(
                self._dispatcher, self._community, target, 0, _REPETITIONS, (last, _NULL), lookupMib=False
            )
            if error or status or not values:
                return -1
            for name, _ in values:
                if not table.isPrefixOf(name):
                    return count
                count += 1
                last = name


async def targets(agents: Sequence[str], timeout_s: float) -> list[Any]:
    """Return a transport target for each agent."""
    return [await UdpTransportTarget.create((each, PORT), timeout=timeout_s, retries=0) for each in agents]


async def main() -> None:
    """Ask a few agents to warm up, then all of them once."""
    asked, manager = parameters(), Manager()
    ask = manager.get if sys.argv[1] == "get" else manager.walk
    agents = await targets(addresses(asked["agents"]), asked["timeout_s"])
    await ask_all(agents[:_WARM_UP], asked["window"], ask)
    watch = Stopwatch()
    watch.tell(len(agents), await ask_all(agents, asked["window"], ask))


permit_sockets()
asyncio.run(main())
