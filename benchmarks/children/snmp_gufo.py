"""gufo_snmp: one session an agent, made beforehand and used again; `async` by tasks, `sync` one agent after the other."""

from __future__ import annotations

import asyncio
import sys

from gufo.snmp import SnmpError
from gufo.snmp.aio import SnmpSession
from gufo.snmp.sync import SnmpSession as SyncSession

from benchmarks.children.agents import IF_TABLE, IF_X_TABLE, TEN_VALUES, ask_all, permit_sockets
from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses
from benchmarks.responder import PORT, VALUES_OF_A_WALK

_FAILURES = (TimeoutError, SnmpError, OSError)


async def get(session: SnmpSession) -> bool:
    """Return whether ten values came."""
    try:
        return len(await session.get_many(TEN_VALUES)) == len(TEN_VALUES)
    except _FAILURES:
        return False


async def walk(session: SnmpSession) -> bool:
    """Return whether both tables came; fetch() takes GETBULK with 20 repetitions."""
    count = 0
    try:
        for table in (IF_TABLE, IF_X_TABLE):
            async for _ in session.fetch(table):
                count += 1
    except _FAILURES:
        return False
    return count == VALUES_OF_A_WALK


def get_sync(session: SyncSession) -> bool:
    """Return whether ten values came."""
    try:
        return len(session.get_many(TEN_VALUES)) == len(TEN_VALUES)
    except _FAILURES:
        return False


def walk_sync(session: SyncSession) -> bool:
    """Return whether both tables came."""
    try:
        return sum(1 for table in (IF_TABLE, IF_X_TABLE) for _ in session.fetch(table)) == VALUES_OF_A_WALK
    except _FAILURES:
        return False


async def run_async(work: str) -> None:
    """Ask every agent once to warm up, then as many rounds as asked."""
    asked = parameters()
    ask = get if work == "get" else walk
    sessions = [SnmpSession(each, port=PORT, timeout=asked["timeout_s"]) for each in addresses(asked["agents"])]
    await ask_all(sessions, asked["window"], ask)
    watch, lost = Stopwatch(), 0
    for _ in range(asked["rounds"]):
        lost += await ask_all(sessions, asked["window"], ask)
    watch.tell(len(sessions) * asked["rounds"], lost)


def run_sync(work: str) -> None:
    """Do the same with the blocking client."""
    asked = parameters()
    ask = get_sync if work == "get" else walk_sync
    sessions = [SyncSession(each, port=PORT, timeout=asked["timeout_s"]) for each in addresses(asked["agents"])]
    for session in sessions:
        ask(session)
    watch = Stopwatch()
    lost = sum(not ask(session) for _ in range(asked["rounds"]) for session in sessions)
    watch.tell(len(sessions) * asked["rounds"], lost)


permit_sockets()
if sys.argv[2] == "sync":
    run_sync(sys.argv[1])
else:
    asyncio.run(run_async(sys.argv[1]))
