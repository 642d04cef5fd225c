"""The event stream: what a screen is told, and what becomes of one that does not listen."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from monitor.export.faces import Faces
from monitor.export.renderer import Renderer
from monitor.export.source import NoMeetings
from monitor.export.static import Static
from monitor.export.stream import QUEUE, Stream
from monitor.model.inventory import Inventory
from monitor.model.state import State
from tests.export import sample
from tests.export.sample import FakeSource

Client = TestClient[web.Request, web.Application]


async def message(answer: ClientResponse) -> dict[str, Any]:
    """Return the next message's fields; data as JSON."""
    fields: dict[str, Any] = {}
    while line := (await asyncio.wait_for(answer.content.readline(), 5)).decode().rstrip("\n"):
        name, _, value = line.partition(": ")
        fields[name] = json.loads(value) if name == "data" else value
    return fields


@pytest.fixture
async def quick(source: FakeSource) -> AsyncIterator[tuple[Client, Stream]]:
    """Serve a stream alone, that gathers 1 ms and is silent but for changes."""
    stream = Stream(source, Faces(source, Renderer(Static()), NoMeetings()), heartbeat_s=3600, gather_s=0.001)
    app = web.Application()
    app.cleanup_ctx.append(stream.run)
    app.on_shutdown.append(stream.end)
    app.router.add_get("/stream", stream.serve)
    async with TestClient(TestServer(app)) as client:
        yield client, stream


async def test_the_first_message_tells_every_tile(quick: tuple[Client, Stream]) -> None:
    answer = await quick[0].get("/stream")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    first = await message(answer)
    assert (first["retry"], first["event"], first["id"]) == ("3000", "change", "1")
    assert first["data"]["tiles"]["xa-1-1"] == ["up", "up", 0]
    assert len(first["data"]["tiles"]) == 13
    assert "parts" not in first["data"]


async def test_a_whole_outage_is_one_message_with_only_what_changed(quick: tuple[Client, Stream], source: FakeSource) -> None:
    answer = await quick[0].get("/stream?parts=vi")
    await message(answer)
    source.publish(sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN}, generation=2, since=sample.NOW - 10))
    change = await message(answer)
    assert change["id"] == "2"
    assert {"ubnd-1": ["down", "unreachable", sample.NOW - 10]} | {
        f"xa-1-{number}": ["unreachable", "unreachable", sample.NOW - 10] for number in range(1, 6)
    } == change["data"]["tiles"]
    assert set(change["data"]["parts"]) == {"counts", "causes", "links", "changes", "head-huyen-1"}
    assert "UBND huyện 1" in change["data"]["parts"]["causes"]


async def test_no_picture_is_asked_for_while_no_screen_is_open(quick: tuple[Client, Stream], source: FakeSource) -> None:
    assert [] == source.callbacks
    for _ in range(2):
        await message(await quick[0].get("/stream"))
        assert 1 == len(source.callbacks)


async def test_a_heartbeat_carries_the_time_and_nothing_that_stayed(source: FakeSource) -> None:
    stream = Stream(source, Faces(source, Renderer(Static()), NoMeetings()), heartbeat_s=0.01)
    app = web.Application()
    app.cleanup_ctx.append(stream.run)
    app.on_shutdown.append(stream.end)
    app.router.add_get("/stream", stream.serve)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/stream?parts=en")
        await message(answer)
        await message(answer)
        data = (await message(answer))["data"]
        assert data["at"] == sample.NOW
        assert data["blind"] is None
        assert {"tiles", "parts"}.isdisjoint(data)


async def test_another_inventory_is_another_layout(quick: tuple[Client, Stream], source: FakeSource) -> None:
    answer = await quick[0].get("/stream")
    before = (await message(answer))["data"]["layout"]
    source.publish(sample.snapshot(sample.inventory(areas=4), generation=2))
    assert before != (await message(answer))["data"]["layout"]


async def test_a_screen_that_does_not_read_is_let_go_and_delays_nobody(quick: tuple[Client, Stream], source: FakeSource) -> None:
    client, stream = quick
    answer = await client.get("/stream")
    await message(answer)
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(deaf, (client.host, client.port))
    await loop.sock_sendall(deaf, b"GET /stream?parts=vi HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await loop.sock_recv(deaf, 16)
    wide = sample.inventory(areas=20, communes=20)
    pictures = [sample.snapshot(wide, {f"ubnd-{turn}": State.DOWN}, generation=turn, since=sample.NOW - turn) for turn in (1, 2)]
    assert stream.clients == 2
    for turn in range(QUEUE * 20):
        source.publish(pictures[turn % 2])
        await message(answer)
        if stream.clients == 1:
            break
    assert stream.clients == 1
    deaf.close()


async def test_a_closed_screen_is_forgotten(quick: tuple[Client, Stream], source: FakeSource) -> None:
    client, stream = quick
    answer = await client.get("/stream")
    await message(answer)
    answer.close()
    for turn in range(2, 200):
        source.publish(sample.with_view(source.now, "xa-1-1", state=State.DEGRADED if turn % 2 else State.UP))
        await asyncio.sleep(0.002)
        if not stream.clients:
            break
    assert stream.clients == 0


async def test_the_end_of_the_daemon_ends_the_streams_at_once(source: FakeSource) -> None:
    stream = Stream(source, Faces(source, Renderer(Static()), NoMeetings()), heartbeat_s=3600)
    app = web.Application()
    app.cleanup_ctx.append(stream.run)
    app.on_shutdown.append(stream.end)
    app.router.add_get("/stream", stream.serve)
    client = TestClient(TestServer(app))
    await client.start_server()
    answer = await client.get("/stream")
    await message(answer)
    async with asyncio.timeout(5):
        await client.server.close()
        assert await answer.content.read() == b""
    assert source.callbacks == []
    await client.close()


def test_the_layout_of_a_page_depends_on_who_is_on_it() -> None:
    renderer = Renderer(Static())
    inventories: list[Inventory] = [sample.inventory(2), sample.inventory(3)]
    assert renderer.layout_id(inventories[0]) != renderer.layout_id(inventories[1])
    assert renderer.layout_id(inventories[0]) == renderer.layout_id(sample.inventory(2))
