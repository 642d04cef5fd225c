"""Who is let in, who is told why not, and who is let go for making us wait; each visitor has an address of its own."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from monitor.errors import Fault
from monitor.export.http import make_app
from monitor.export.server.admission import Limits, Refusal
from monitor.export.server.listening import limits_of_this_process, serve
from monitor.model.agent_limits import AgentLimits
from monitor.model.reading import Reading
from monitor.model.state import State
from monitor.words.faults import FAULTS
from tests.export import sample
from tests.export.sample import FakeSource
from tests.export.serving import Served, Visitor, served
from tests.export.waiting import until
from tests.patience import LONGEST_WAIT_S
from tests.told import REFUSAL

WALL, GUEST, CROWD = "127.0.0.2", "127.0.0.3", "127.0.0.4"
HERE = "127.0.0.1"

LONG = Limits(
    head_s=3600, reserve_head_s=3600, body_s=3600, idle_s=3600, read_s=3600, patience_s=3600, reload_every_s=0, sweep_s=0.01
)
"""Nobody is let go for being slow."""


@dataclass
class HeldSource(FakeSource):
    """Answers for no target and no scrape before `gate` is set. fetched: how many wait for it or did."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    fetched: int = 0

    async def agent_limits(self, target: str) -> AgentLimits | None:
        await self._held()
        return await super().agent_limits(target)

    async def own_metrics(self, *, is_openmetrics: bool) -> str:
        await self._held()
        return await super().own_metrics(is_openmetrics=is_openmetrics)

    async def _held(self) -> None:
        self.fetched += 1
        await self.gate.wait()


HELD = (f"/api/v1/targets/{sample.ROOT}", "/api/v1/targets/xa-1-1", "/api/v1/targets/xa-1-2")
"""What HeldSource holds, each by itself: one thing that many ask for at once is one question."""


@pytest.fixture
def many_files() -> Iterator[None]:
    """Let this process hold both ends of a thousand connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted) if soft != resource.RLIM_INFINITY else soft, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_connection_is_kept_for_the_next_request_and_for_those_sent_ahead(source: FakeSource) -> None:
    async with served(source) as server, await server.visit(GUEST) as visitor:
        assert 200 == (await visitor.get("/-/healthy")).status
        assert 200 == (await visitor.post("/-/reload")).status
        for _ in range(3):
            visitor.ask("GET", "/api/v1/targets")
        assert [200, 200, 200] == [(await visitor.answer()).status for _ in range(3)]
        assert 1 == server.admission.connections.held
    assert 0 == server.admission.connections.held


# Those who make us wait


@pytest.mark.parametrize("sent", [b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\n", b"POST /api/v1/poll HTTP/1.1\r\n"])
async def test_who_sends_no_whole_head_in_time_is_told_so_and_let_go(source: FakeSource, sent: bytes) -> None:
    async with served(source, replace(LONG, head_s=0.05)) as server, await server.visit(GUEST) as visitor:
        visitor.send(sent)
        assert (await visitor.rest()).startswith(b"HTTP/1.1 408 ")
        assert 1 == server.admission.refusals.total[Refusal.SLOW_HEAD]


async def test_who_sends_an_octet_now_and_then_gains_no_time_by_it(source: FakeSource) -> None:
    async with served(source, replace(LONG, head_s=0.1)) as server, await server.visit(GUEST) as visitor:
        ended = asyncio.create_task(visitor.rest())
        visitor.send(b"GET / HTTP/1.1\r\nX: ")
        while not ended.done():
            visitor.send(b"a")
            await asyncio.sleep(0.01)
        assert ended.result().startswith(b"HTTP/1.1 408 ")


async def test_the_second_head_has_the_same_time_as_the_first(source: FakeSource) -> None:
    async with served(source, replace(LONG, head_s=0.5)) as server, await server.visit(GUEST) as visitor:
        assert 200 == (await visitor.get("/-/healthy")).status
        visitor.send(b"GET /")
        assert (await visitor.rest()).startswith(b"HTTP/1.1 408 ")


async def test_who_never_says_anything_is_let_go_without_a_word(source: FakeSource) -> None:
    async with served(source, replace(LONG, head_s=0.05)) as server, await server.visit(GUEST) as visitor:
        assert b"" == await visitor.rest()
        assert 0 == sum(server.admission.refusals.total.values())


async def test_a_pause_after_a_body_is_no_slow_head(source: FakeSource) -> None:
    async with served(source, replace(LONG, head_s=0.5, idle_s=1.0)) as server, await server.visit(GUEST) as visitor:
        body = b'{"targets": ["xa-1-1"]}'
        visitor.ask("POST", "/api/v1/poll", body[:9], of=len(body))
        await until(lambda: 1 == server.admission.requests.held)
        visitor.send(body[9:])
        assert 200 == (await visitor.answer()).status
        assert b"" == await visitor.rest()
        assert 0 == server.admission.refusals.total[Refusal.SLOW_HEAD]


async def test_an_idle_connection_is_closed_without_a_word(source: FakeSource) -> None:
    async with served(source, replace(LONG, idle_s=0.05)) as server, await server.visit(GUEST) as visitor:
        assert 200 == (await visitor.get("/-/healthy")).status
        assert b"" == await visitor.rest()


async def test_a_body_that_does_not_come_is_408(source: FakeSource) -> None:
    async with served(source, replace(LONG, body_s=0.05)) as server, await server.visit(GUEST) as visitor:
        origin = f"http://127.0.0.1:{server.port}"
        head = f"POST /api/v1/poll HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {origin}\r\nContent-Length: 99\r\n\r\n"
        visitor.send(head.encode() + b'{"targets"')
        answer = await visitor.answer()
        assert (408, REFUSAL) == (answer.status, set(answer.json()))
        assert 1 == server.admission.refusals.total[Refusal.SLOW_BODY]


BIG = 32_000_000
"""Octets of an answer that no kernel's buffers hold."""


@asynccontextmanager
async def with_big(source: FakeSource, limits: Limits) -> AsyncIterator[tuple[Served, list[str]]]:
    """Serve a big answer at /big; tell who asked for it."""
    app, asked = make_app(source, limits=limits), list[str]()

    async def big(request: web.Request) -> web.Response:
        asked.append(str(request.remote))
        return web.Response(body=bytes(BIG))

    app.router.add_get("/big", big)
    listener = socket.create_server((HERE, 0))
    async with serve(app, [listener]):
        yield Served(app, listener.getsockname()[1]), asked


async def slow_reader(server: Served, address: str) -> Visitor:
    visitor = await server.visit(address, receive_buffer=4096)
    visitor.writer.transport.pause_reading()  # type: ignore[attr-defined]
    visitor.ask("GET", "/big")
    return visitor


async def test_who_does_not_read_the_answer_is_let_go(source: FakeSource) -> None:
    async with with_big(source, replace(LONG, read_s=0.1)) as (server, _), await slow_reader(server, GUEST):
        await until(lambda: 1 == server.admission.refusals.total[Refusal.SLOW_READER])
        await until(lambda: 0 == server.admission.connections.held)


async def test_slow_readers_leave_no_more_unread_than_they_may_and_the_newest_of_whoever_leaves_most_goes(
    source: FakeSource,
) -> None:
    async with with_big(source, replace(LONG, unread=BIG * 5 // 2)) as (server, asked):
        readers = []
        for number, address in enumerate((CROWD, GUEST, CROWD, CROWD), 1):
            readers.append(await slow_reader(server, address))
            await until(lambda expected=number: expected == len(asked))  # type: ignore[misc]
        await until(lambda: 2 == server.admission.refusals.total[Refusal.SLOW_READER])
        await until(lambda: 2 == server.admission.connections.held)
        for each in readers:
            each.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert [BIG, BIG] == [len((await each.answer()).body) for each in readers[:2]]
        for each in readers[2:]:
            assert len(await each.rest()) < BIG
        for each in readers:
            each.close()


# Those who are too many


async def test_one_client_too_many_is_429_and_others_are_served(source: FakeSource) -> None:
    async with served(source, replace(LONG, connections_of_client=3)) as server:
        held = [await server.visit(CROWD) for _ in range(3)]
        answer = await server.get("/api/v1/targets", CROWD)
        assert (429, "5") == (answer.status, answer.headers["retry-after"])
        assert REFUSAL == set(answer.json())
        assert "close" == answer.headers["connection"]
        assert 200 == (await server.get("/api/v1/targets", GUEST)).status
        for path in ("/metrics", "/-/healthy", "/-/ready"):
            assert 200 == (await server.get(path, CROWD)).status
        held.pop().close()
        await until(lambda: 2 == server.admission.connections.held)
        assert 200 == (await server.get("/api/v1/targets", CROWD)).status


async def test_all_from_this_machine_are_bound_by_the_total_alone(source: FakeSource) -> None:
    limits = replace(LONG, connections=5, connections_of_client=2, requests=5, requests_of_client=1)
    async with served(source, limits) as server:
        held = [await server.visit(HERE) for _ in range(5)]
        assert [200] * 5 == [(await each.get("/api/v1/targets")).status for each in held]
        assert 503 == (await server.get("/api/v1/targets", HERE)).status
        assert 503 == (await server.get("/api/v1/targets", GUEST)).status
        assert 200 == (await server.get("/metrics", HERE)).status


@pytest.mark.parametrize(("cookie", "lang", "word"), [("lang=en", "en", "busy"), ("", "vi", "đang bận")])
async def test_a_browser_is_told_in_its_readers_language(source: FakeSource, cookie: str, lang: str, word: str) -> None:
    async with served(source, replace(LONG, connections=1)) as server, await server.visit(WALL):
        await until(lambda: 1 == server.admission.connections.held)
        answer = await server.get("/", GUEST, Accept="text/html,*/*", Cookie=cookie)
        assert (503, "5", "text/html; charset=utf-8") == (
            *(answer.status, answer.headers["retry-after"]),
            answer.headers["content-type"],
        )
        page = answer.body.decode()
        assert f'lang="{lang}"' in page
        assert word in page


async def test_an_idle_connection_makes_room_where_there_is_none(source: FakeSource) -> None:
    async with served(source, replace(LONG, connections=3, patience_s=0.0)) as server:
        idle = [await server.visit(HERE) for _ in range(3)]
        for each in idle:
            await each.get("/-/healthy")
        assert 200 == (await server.get("/api/v1/targets", GUEST)).status
        assert b"" == await idle[0].rest()
        assert [200, 200] == [(await each.get("/-/healthy")).status for each in idle[1:]]
        for each in idle:
            each.close()


async def test_a_request_that_is_being_worked_on_makes_room_for_nobody() -> None:
    source = HeldSource()
    async with served(source, replace(LONG, connections=2, patience_s=0.0)) as server:
        held = [await server.visit(HERE) for _ in range(2)]
        for each, path in zip(held, HELD, strict=False):
            each.ask("GET", path)
        await until(lambda: 2 == source.fetched)
        assert 503 == (await server.get("/api/v1/targets", GUEST)).status
        assert 200 == (await server.get("/-/healthy", GUEST)).status
        source.gate.set()
        assert [200, 200] == [(await each.answer()).status for each in held]


async def test_the_reserve_is_never_full_of_those_who_say_nothing(source: FakeSource) -> None:
    async with served(source, replace(LONG, connections=1, reserve=2)) as server:
        silent = [await server.visit(CROWD) for _ in range(20)]
        assert 200 == (await server.get("/metrics", GUEST)).status
        told = [await each.rest() for each in silent[1:18]]
        assert all(each.startswith(b"HTTP/1.1 503 ") and b"Retry-After" in each for each in told)
        for each in silent:
            each.close()


async def test_whom_not_even_the_reserve_can_take_is_told_and_closed() -> None:
    source = HeldSource()
    limits = replace(LONG, connections=1, reserve=1, reserve_head_s=0.1)
    async with served(source, limits) as server, await server.visit(CROWD) as first:
        first.ask("GET", HELD[0])
        await until(lambda: 1 == source.fetched)
        async with await server.visit(CROWD) as scrape:
            scrape.ask("GET", "/metrics")
            await until(lambda: 2 == source.fetched)
            async with await server.visit(GUEST) as third:
                assert (await third.rest()).startswith(b"HTTP/1.1 503 ")
            source.gate.set()
            assert 200 == (await scrape.answer()).status


async def test_too_many_requests_at_once_are_429_for_one_client_and_503_for_all() -> None:
    source = HeldSource()
    async with served(source, replace(LONG, requests=3, requests_of_client=2)) as server:
        held = [await server.visit(address) for address in (CROWD, CROWD, HERE)]
        for number, each in enumerate(held, 1):
            each.ask("GET", HELD[number - 1])
            await until(lambda expected=number: expected == source.fetched)  # type: ignore[misc]
            if number == 2:
                assert 429 == (await server.get("/api/v1/targets", CROWD)).status
        assert 503 == (await server.get("/api/v1/targets", GUEST)).status
        assert 200 == (await server.get("/-/ready", GUEST)).status
        source.gate.set()
        assert [200, 200, 200] == [(await each.answer()).status for each in held]
        assert (1, 1) == tuple(server.admission.refusals.total[why] for why in (Refusal.CLIENT_REQUESTS, Refusal.REQUESTS))


# What must hold beside a crowd


async def first_message(visitor: Visitor) -> None:
    visitor.ask("GET", "/api/v1/stream")
    assert 200 == (await visitor.head()).status
    await visitor.reader.readuntil(b"\n\n")


async def opened(server: Served, address: str, count: int) -> Sequence[tuple[Visitor, int]]:
    """Ask for streams; return each with its status."""
    asked = []
    for _ in range(count):
        visitor = await server.visit(address)
        visitor.ask("GET", "/api/v1/stream")
        asked.append((visitor, (await visitor.head()).status))
    return asked


async def test_two_hundred_streams_of_one_client_do_not_shut_the_wall_out(source: FakeSource) -> None:
    async with served(source) as server, await server.visit(WALL) as wall:
        crowd = await opened(server, CROWD, 200)
        assert [200] * 40 + [429] * 60 == [status for _, status in crowd][:100]
        await first_message(wall)
        source.publish(sample.snapshot(source.now.inventory, {"xa-1-1": State.DOWN}, generation=2))
        async with asyncio.timeout(LONGEST_WAIT_S):
            assert b'"xa-1-1":["down"' in await wall.reader.readuntil(b"\n\n")
        for visitor, _ in crowd:
            visitor.close()


async def test_an_open_stream_is_never_closed_for_a_new_one_though_all_come_from_this_machine(source: FakeSource) -> None:
    limits = Limits(streams=20, connections=60, patience_s=0.0, sweep_s=0.01)
    async with served(source, limits) as server, await server.visit(HERE) as wall:
        await first_message(wall)
        crowd = await opened(server, HERE, 50)
        assert [200] * 19 + [503] * 31 == [status for _, status in crowd]
        source.publish(sample.snapshot(source.now.inventory, {"xa-1-1": State.DOWN}, generation=2))
        async with asyncio.timeout(LONGEST_WAIT_S):
            assert b'"xa-1-1":["down"' in await wall.reader.readuntil(b"\n\n")
        for visitor, _ in crowd:
            visitor.close()


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("address", [CROWD, HERE])
async def test_a_thousand_slow_connections_hold_nothing_for_ever_and_shut_nobody_out(
    source: FakeSource, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    limits = Limits(head_s=2.0, reserve_head_s=2.0, patience_s=0.0, sweep_s=0.02)
    async with served(source, limits) as server, await server.visit(WALL) as wall:
        await first_message(wall)
        slow = [await server.visit(address) for _ in range(1000)]
        for each in slow:
            each.send(b"GET / HTTP/1.1\r\n")
        for path in ("/metrics", "/api/v1/targets", "/-/ready"):
            assert 200 == (await server.get(path, GUEST)).status
        for each in slow:
            each.send(b"X: y\r\n")
        assert 200 == (await server.get("/metrics", HERE)).status
        async with asyncio.timeout(LONGEST_WAIT_S):
            await asyncio.gather(*(each.rest() for each in slow))
        await until(lambda: 1 == server.admission.connections.held)
        source.publish(sample.snapshot(source.now.inventory, {"xa-1-1": State.DOWN}, generation=2))
        async with asyncio.timeout(LONGEST_WAIT_S):
            assert b'"xa-1-1":["down"' in await wall.reader.readuntil(b"\n\n")
        for each in slow:
            each.close()
    assert len([record for record in caplog.records if record.name == "monitor.http"]) <= 2
    assert all(record.exc_info is None for record in caplog.records)


# Costly work


@dataclass
class BusySource(FakeSource):
    """Counts reloads and polls, which last until `gate` is set."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    reloads: int = 0
    polls: int = 0
    heard: int = 0

    async def reload(self) -> Sequence[Fault]:
        self.reloads += 1
        await self.gate.wait()
        return ()

    async def poll(self, ids: Sequence[str]) -> tuple[int, AsyncIterator[Reading]]:
        self.polls += 1
        count, readings = await super().poll(ids)

        async def held() -> AsyncIterator[Reading]:
            async for reading in readings:
                await self.gate.wait()
                self.heard += 1
                yield reading

        return count, held()


async def test_a_reload_storm_is_two_reloads_and_refusals(caplog: pytest.LogCaptureFixture) -> None:
    source = BusySource()
    async with served(source, LONG) as server:
        first = await server.visit(GUEST)
        first.ask("POST", "/-/reload")
        await until(lambda: 1 == source.reloads)
        storm = [await server.visit(HERE) for _ in range(100)]
        for each in storm:
            each.ask("POST", "/-/reload")
        await until(lambda: 85 == server.admission.refusals.total[Refusal.QUEUE])
        assert 1 == source.reloads
        assert 200 == (await server.get("/api/v1/targets", WALL)).status
        source.gate.set()
        told = sorted([(await each.answer()).status for each in [first, *storm]])
        assert [200] * 16 + [429] * 85 == told
        assert 2 == source.reloads
        for each in [first, *storm]:
            each.close()
    assert [] == [record for record in caplog.records if record.exc_info]


async def test_polls_wait_in_a_queue_of_bounded_length(caplog: pytest.LogCaptureFixture) -> None:
    source, body = BusySource(), b'{"targets": ["xa-1-1"]}'
    async with served(source, LONG) as server:
        asked = [await server.visit(HERE) for _ in range(12)]
        for each in asked:
            each.ask("POST", "/api/v1/poll", body)
        await until(lambda: 3 == server.admission.refusals.total[Refusal.QUEUE])
        assert 1 == source.polls
        source.gate.set()
        assert [200] * 9 + [429] * 3 == sorted([(await each.answer()).status for each in asked])
        assert 9 == source.polls
    assert [] == [record for record in caplog.records if record.exc_info]


async def test_who_hangs_up_leaves_the_queue_and_a_poll_that_was_begun_is_heard_to_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source, body = BusySource(), b'{"targets": []}'
    async with served(source, LONG) as server:
        polling, waiting, last = [await server.visit(HERE) for _ in range(3)]
        for number, each in enumerate((polling, waiting, last), 1):
            each.ask("POST", "/api/v1/poll", body)
            await until(lambda expected=number: expected == server.admission.requests.held)  # type: ignore[misc]
        assert 200 == (await polling.head()).status
        waiting.close()
        polling.close()
        await until(lambda: 1 == server.admission.connections.held)
        source.gate.set()
        assert 200 == (await last.answer()).status
        assert 2 == source.polls
        assert 2 * len(source.now.views) == source.heard
        assert 0 == server.admission.requests.held
    assert [] == caplog.records


# What nobody expected


async def test_a_fault_of_ours_is_one_line_with_its_place_however_often(
    source: FakeSource, caplog: pytest.LogCaptureFixture
) -> None:
    source.now = None  # type: ignore[assignment]
    async with served(source) as server, await server.visit(GUEST) as visitor:
        for _ in range(50):
            answer = await visitor.get("/api/v1/targets")
            assert (500, REFUSAL) == (answer.status, set(answer.json()))
    (line,) = caplog.records
    assert line.levelno == logging.ERROR
    assert line.exc_info is None
    assert "GET /api/v1/targets: AttributeError" in line.message
    assert "export/api/targets.py:" in line.message


async def test_what_breaks_in_mid_answer_breaks_the_connection_off(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeSource):
        async def poll(self, ids: Sequence[str]) -> tuple[int, AsyncIterator[Reading]]:
            async def readings() -> AsyncIterator[Reading]:
                raise KeyError("gone")
                yield

            return len(ids), readings()

    async with served(Broken()) as server, await server.visit(GUEST) as visitor:
        visitor.ask("POST", "/api/v1/poll", b'{"targets": []}')
        got = await visitor.rest()
        assert got.startswith(b"HTTP/1.1 200")
        assert not got.endswith(b"0\r\n\r\n")
    (line,) = caplog.records
    assert "POST /api/v1/poll: KeyError: 'gone'" in line.message


async def test_a_form_that_no_http_has_is_400_in_one_line(source: FakeSource, caplog: pytest.LogCaptureFixture) -> None:
    async with served(source, Limits(sweep_s=0.01)) as server:
        for _ in range(200):
            async with await server.visit(GUEST) as visitor:
                visitor.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
                assert (await visitor.rest()).startswith(b"HTTP/1.0 400 ")
        await until(lambda: len(caplog.records) > 0)
    assert len(caplog.records) <= 2
    assert all("requests that are no HTTP" in line.message and line.exc_info is None for line in caplog.records)


def test_the_limits_are_those_of_the_files_that_this_process_may_open() -> None:
    limits = limits_of_this_process()
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == resource.RLIM_INFINITY or limits.connections + limits.reserve < max(soft, 64)


async def test_a_body_that_is_not_coded_as_its_head_says_is_told_so_in_the_readers_words(source: FakeSource) -> None:
    async with served(source) as server:
        for language, why in zip(("vi", "en"), FAULTS["body_coding"], strict=True):
            async with await server.visit() as visitor:
                answer = await visitor.post(f"/api/v1/poll?lang={language}", b"hello", Content_Encoding="gzip")
            assert (400, True) == (answer.status, answer.json()["error"].endswith(f": {why}"))
