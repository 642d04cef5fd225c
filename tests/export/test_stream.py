"""The event stream: what a screen is told, and what becomes of one that does not listen."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from monitor.export.pages.live_pages import LivePages
from monitor.export.pages.renderer import Renderer
from monitor.export.pages.static_files import Static
from monitor.export.rendered import Renderings
from monitor.export.sentences import Sentences
from monitor.export.source import NoMeetings, SilentError
from monitor.export.stream import QUEUE, Stream
from monitor.model.inventory import Inventory
from monitor.model.meeting import MeetingView
from monitor.model.state import Event, Snapshot, State
from tests.export import sample
from tests.export.sample import FakeSource
from tests.export.waiting import until

Client = TestClient[web.Request, web.Application]


async def message(answer: ClientResponse) -> dict[str, Any]:
    """Return the next message's fields; data as JSON."""
    fields: dict[str, Any] = {}
    while line := (await asyncio.wait_for(answer.content.readline(), 5)).decode().rstrip("\n"):
        name, _, value = line.partition(": ")
        fields[name] = json.loads(value) if name == "data" else value
    return fields


class SilentSource(FakeSource):
    """A daemon that does not answer while silent is something; that counts how often it was asked then."""

    silent: asyncio.Semaphore | None = None

    async def fresh(self) -> Snapshot:
        if self.silent is not None:
            self.silent.release()
            raise SilentError
        return self.now


class FallingSilentSource(FakeSource):
    """A daemon of which the test says what each of the next who ask brings about."""

    then: Sequence[Callable[[], Awaitable[None]]] = ()

    async def fresh(self) -> Snapshot:
        if self.then:
            befalls, *self.then = self.then
            await befalls()
        return self.now


def served(
    source: FakeSource, renderer: Renderer | None = None, *, heartbeat_s: float = 3600, apart_s: float = 0
) -> tuple[web.Application, Stream]:
    """Return an application that serves a stream alone; it gathers 1 ms."""
    renderings = Renderings(source, NoMeetings())
    pages = LivePages(source, renderer or Renderer(Static()), NoMeetings())
    stream = Stream(source, pages, renderings, heartbeat_s=heartbeat_s, gather_s=0.001, apart_s=apart_s)
    app = web.Application()
    app.on_shutdown.append(stream.end)
    app.router.add_get("/stream", stream.serve)
    return app, stream


@pytest.fixture
async def quick(source: FakeSource) -> AsyncIterator[tuple[Client, Stream]]:
    """Serve a stream alone, that is silent but for changes."""
    app, stream = served(source)
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
    app, _ = served(source, heartbeat_s=0.01)
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
    app, _ = served(source)
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


class CountingRenderer(Renderer):
    """Counts how often the province's parts are rendered. is_faulty: it can't render them; failed: and was asked to."""

    def __init__(self) -> None:
        super().__init__(Static())
        self.count = 0
        self.is_faulty = False
        self.failed = asyncio.Event()

    def shared_parts(self, snapshot: Snapshot, say: Sentences, meetings: Sequence[MeetingView]) -> dict[str, str]:
        self.count += 1
        if self.is_faulty:
            self.failed.set()
            raise ZeroDivisionError
        return super().shared_parts(snapshot, say, meetings)


async def joined(client: Client, query: str, screens: int) -> list[ClientResponse]:
    return await asyncio.gather(*(client.get(f"/stream?{query}") for _ in range(screens)))


async def test_screens_that_join_within_a_second_are_told_the_same_and_it_is_rendered_once(source: FakeSource) -> None:
    renderer = CountingRenderer()
    app, stream = served(source, renderer, apart_s=3600)
    async with TestClient(TestServer(app)) as client:
        screens = await joined(client, "parts=vi", 20)
        told = [await message(screen) for screen in screens]
        assert all(each == told[0] for each in told)
        assert (1, 20) == (renderer.count, stream.clients)


async def test_a_change_is_rendered_once_for_all_screens_of_a_language(source: FakeSource) -> None:
    renderer = CountingRenderer()
    app, _ = served(source, renderer)
    async with TestClient(TestServer(app)) as client:
        screens = [*await joined(client, "parts=vi", 10), *await joined(client, "parts=en", 10)]
        before = renderer.count
        source.publish(sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN}, generation=2, since=sample.NOW - 10))
        told = []
        for screen in screens:
            while (said := await message(screen))["id"] != "2":
                pass
            told.append(said)
        assert all(each == told[0] for each in told[:10])
        assert all(each == told[10] for each in told[10:])
        assert 2 == renderer.count - before


async def test_no_heartbeat_is_sent_while_the_poller_is_silent_and_all_is_told_once_it_answers() -> None:
    source = SilentSource()
    app, _ = served(source, heartbeat_s=0.01)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/stream")
        await message(answer)
        source.now, source.silent = replace(source.now, at=sample.NOW + 1), asyncio.Semaphore(0)
        for _ in range(3):  # it is asked again and again
            await asyncio.wait_for(source.silent.acquire(), 5)
        source.now, source.silent = replace(source.now, at=sample.NOW + 2), None
        told: list[float] = []
        while not told or told[-1] != sample.NOW + 2:
            told.append((await message(answer))["data"]["at"])
        assert sample.NOW + 1 not in told


async def test_news_that_a_screen_could_not_be_told_as_it_joined_is_told_to_those_that_are_open() -> None:
    source = FallingSilentSource()
    app, _ = served(source)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/stream")
        await message(answer)

        async def publish() -> None:
            source.publish(replace(source.now, generation=2))

        async def fall_silent() -> None:
            raise SilentError

        source.then = (publish, fall_silent)
        assert 500 == (await client.get("/stream")).status
        assert "2" == (await message(answer))["id"]


async def test_a_screen_that_joins_behind_one_that_met_silence_is_told_the_whole_page() -> None:
    source = FallingSilentSource()
    app, _ = served(source, apart_s=0.2)
    async with TestClient(TestServer(app)) as client:
        looks, has_joined = asyncio.Event(), asyncio.Event()

        async def answer() -> None:
            pass

        async def fall_silent() -> None:
            looks.set()
            await has_joined.wait()
            raise SilentError

        async def join() -> None:
            has_joined.set()

        source.then = (answer, fall_silent, join)
        ill = asyncio.create_task(client.get("/stream?parts=vi"))
        await asyncio.wait_for(looks.wait(), 5)
        well = await client.get("/stream?parts=vi")
        assert (500, 200) == ((await ill).status, well.status)
        assert 13 == len((await message(well))["data"]["tiles"])


async def test_a_fault_on_a_page_is_logged_and_its_screens_are_told_again_when_it_is_over(
    source: FakeSource, caplog: pytest.LogCaptureFixture
) -> None:
    renderer = CountingRenderer()
    app, _ = served(source, renderer)
    async with TestClient(TestServer(app)) as client:
        ill, well = await client.get("/stream?parts=vi"), await client.get("/stream")
        renderer.is_faulty = True
        source.publish(replace(source.now, generation=2))
        await asyncio.wait_for(renderer.failed.wait(), 5)
        while (await message(well))["id"] != "2":
            pass
        renderer.is_faulty = False
        source.publish(replace(source.now, generation=3))
        while (await message(ill))["id"] != "3":
            pass
    assert "nothing to tell of the page 'province'" in caplog.text


async def test_what_happens_to_a_target_shows_on_its_open_page_and_is_read_once_for_all_who_look(source: FakeSource) -> None:
    app, _ = served(source, heartbeat_s=0.01)
    async with TestClient(TestServer(app)) as client:
        screens = [await client.get(f"/stream?page=target&id=xa-1-1&parts={language}") for language in ("vi", "en")]
        for screen in screens:
            await message(screen)
            await message(screen)
        assert 1 == len(source.asked), "within a second"
        source.journal = [Event(sample.NOW + 4, "acknowledged", "xa-1-1", {"by": "VNPT", "note": ""})]
        source.now = replace(source.now, at=sample.NOW + 5)
        for screen in screens:
            while "VNPT" not in (await message(screen))["data"].get("parts", {}).get("events", ""):
                pass
        assert 2 == len(source.asked)


async def test_a_screen_that_hangs_up_before_it_is_told_anything_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    may_answer, asked = asyncio.Event(), asyncio.Event()

    class SlowSource(FakeSource):
        async def fresh(self) -> Snapshot:
            asked.set()
            await may_answer.wait()
            return self.now

    app, stream = served(SlowSource())
    runner = web.AppRunner(app)  # as the daemon's; that of the tests cancels whom nobody waits for
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _, writer = await asyncio.open_connection(*runner.addresses[0])
    writer.write(b"GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await asyncio.wait_for(asked.wait(), 5)
    writer.transport.abort()
    server = runner.server
    assert server is not None
    await until(lambda: all(each.transport is None for each in server.connections))
    may_answer.set()
    await until(lambda: not server.connections)
    assert 0 == stream.clients
    await runner.cleanup()
    assert "" == caplog.text
