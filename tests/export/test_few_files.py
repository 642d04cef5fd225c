"""Where few files may be open, whoever watches the monitor is answered, a screen stays, and the log stays small."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from tests.export.serving import Served, Visitor
from tests.export.waiting import until
from tests.patience import LONGEST_WAIT_S

WALL, GUEST, CROWD, HERE = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"
ROOT = Path(__file__).parents[2]
_SMALL = 4096
"""Octets of log; one line a minute, whoever comes."""


@dataclass
class Small:
    """A server in a process of its own. log: all that it has told."""

    server: Served
    log: bytearray = field(default_factory=bytearray)


@asynccontextmanager
async def small(files: int, *how: str) -> AsyncIterator[Small]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.export.few_files", str(files), *how),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            port = int(await process.stdout.readline())
        found = Small(Served(web.Application(), port))
        reading = asyncio.create_task(_read(process.stderr, found.log))
        yield found
        process.stdin.close()
        async with asyncio.timeout(LONGEST_WAIT_S):
            assert 0 == await process.wait()
            await reading
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read(stream: asyncio.StreamReader, log: bytearray) -> None:
    while piece := await stream.read(65_536):
        log += piece


async def heartbeats(wall: Visitor, count: int) -> None:
    async with asyncio.timeout(LONGEST_WAIT_S):
        for _ in range(count):
            await wall.reader.readuntil(b"\n\n")


async def first_that_is_not(status: int, server: Served) -> int:
    """Return what /metrics answers once it answers something else."""
    while True:
        found = (await server.get("/metrics", GUEST)).status
        if found != status:
            return found


@pytest.mark.parametrize("address", [CROWD, HERE])
async def test_at_128_files_a_crowd_takes_neither_the_walls_stream_nor_metrics(address: str) -> None:
    async with small(128) as found, await found.server.visit(WALL) as wall:
        wall.ask("GET", "/api/v1/stream")
        assert 200 == (await wall.head()).status
        crowd = []
        for number in range(300):
            visitor = await found.server.visit(address)
            visitor.ask("GET", "/api/v1/stream") if number % 2 else visitor.send(b"GET / HTTP/1.1\r\n")
            crowd.append(visitor)
            if number % 50 == 0:
                assert 200 == (await found.server.get("/metrics", GUEST)).status
        for path in ("/metrics", "/-/healthy", "/-/ready"):
            assert 200 == (await found.server.get(path, GUEST)).status
            assert 200 == (await found.server.get(path, HERE)).status
        await heartbeats(wall, 5)
        for each in crowd:
            each.close()
    assert b"refused or let go" in found.log
    assert b"Traceback" not in found.log
    assert len(found.log) < _SMALL


async def test_where_the_descriptors_end_accepting_pauses_somebody_is_told_and_it_goes_on() -> None:
    async with small(40, "unbound") as found, await found.server.visit(WALL) as wall:
        wall.ask("GET", "/api/v1/stream")
        assert 200 == (await wall.head()).status
        crowd = [await found.server.visit(HERE) for _ in range(200)]
        for each in crowd:
            each.send(b"GET / HTTP/1.1\r\n")
        told = [asyncio.create_task(each.rest()) for each in crowd]
        await until(lambda: any(each.done() and each.result().startswith(b"HTTP/1.1 503 ") for each in told))
        await heartbeats(wall, 5)
        for each in crowd:
            each.close()
        await asyncio.gather(*told)
        async with asyncio.timeout(LONGEST_WAIT_S):
            assert 200 == await first_that_is_not(503, found.server)
        assert 200 == (await found.server.get("/", GUEST)).status
    assert b"connections for want of open files" in found.log
    assert b"Traceback" not in found.log
    assert len(found.log) < _SMALL
