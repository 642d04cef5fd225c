"""puresnmp by its raw client, one an agent."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from puresnmp import V2C, Client, ObjectIdentifier
from puresnmp.exc import SnmpError

from benchmarks.children.agents import IF_TABLE, IF_X_TABLE, TEN_VALUES, ask_all, permit_sockets
from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses
from benchmarks.responder import PORT, VALUES_OF_A_WALK

_WARM_UP = 50
_REPETITIONS = 20
_TEN_OIDS = [ObjectIdentifier(oid) for oid in TEN_VALUES]
_TABLES = [ObjectIdentifier(oid) for oid in (IF_TABLE, IF_X_TABLE)]
_FAILURES = (SnmpError, OSError)


async def get(client: Any) -> bool:
    """Return whether ten values came."""
    try:
        return len(await client.multiget(_TEN_OIDS)) == len(_TEN_OIDS)
    except _FAILURES:
        return False


async def walk(client: Any) -> bool:
    """Return whether both tables came."""
    count = 0
    try:
        for table in _TABLES:
            async for _ in client.bulkwalk([table], bulk_size=_REPETITIONS):
                count += 1
    except _FAILURES:
        return False
    return count == VALUES_OF_A_WALK


async def main() -> None:
    """Ask a few agents to warm up, then all of them once."""
    asked = parameters()
    ask = get if sys.argv[1] == "get" else walk
    clients = [Client(each, V2C("public"), port=PORT) for each in addresses(asked["agents"])]
    for client in clients:
        client.configure(timeout=asked["timeout_s"], retries=1)
    await ask_all(clients[:_WARM_UP], asked["window"], ask)
    watch = Stopwatch()
    watch.tell(len(clients), await ask_all(clients, asked["window"], ask))


permit_sockets()
asyncio.run(main())
