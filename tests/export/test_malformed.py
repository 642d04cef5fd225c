"""Whatever is sent to it, the server answers with a fault and its cure, logs no traceback, and serves on."""

from __future__ import annotations

import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from tests.export import malformed
from tests.export.malformed_requests import request
from tests.export.sample import FakeSource
from tests.export.serving import served
from tests.told import REFUSAL

Client = TestClient[web.Request, web.Application]


async def test_two_thousand_malformed_requests_bring_about_neither_5xx_nor_traceback() -> None:
    report = await malformed.run(2000, seed=11)
    assert [] == report.findings
    assert report.statuses[200] > 100
    assert report.statuses[400] > 500
    assert report.statuses[404] > 50


def test_the_same_seed_sends_the_same() -> None:
    sent = [request(number, 3, "http://127.0.0.1:1") for number in range(200)]
    assert sent == [request(number, 3, "http://127.0.0.1:1") for number in range(200)]
    assert sent != [request(number, 4, "http://127.0.0.1:1") for number in range(200)]


async def test_an_answer_that_is_5xx_is_found() -> None:
    source = FakeSource()
    source.now = None  # type: ignore[assignment]
    report = malformed.Report()
    async with served(source, malformed.PATIENCE) as server:
        await malformed.ask(server, 1, b"GET /api/v1/targets HTTP/1.1\r\nHost: x\r\n\r\n", report)
    assert len(report.findings) == 1


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"targets":' * 20_000,
        "9" * 5000,
        '{"targets": NaN}',
        '{"targets": ["\\ud800"]}',
        '{"targets": ["' + "a" * 5000 + '"]}',
        b"\xff\xfe",
        b'{"targets": ["\xc3\x28"]}',
    ],
    ids=lambda body: repr(body[:16]),
)
@pytest.mark.parametrize("path", ["/api/v1/poll", "/api/v1/maintenance", "/api/v1/acknowledgements"])
async def test_a_body_that_cannot_be_understood_is_400(client: Client, path: str, body: str | bytes) -> None:
    headers = {"Origin": str(client.make_url("/")).rstrip("/")}
    async with client.post(path, data=body, headers=headers) as answer:
        assert 400 == answer.status
        assert REFUSAL == set(json.loads(await answer.text()))


async def test_a_body_that_is_too_large_is_413(client: Client) -> None:
    headers = {"Origin": str(client.make_url("/")).rstrip("/")}
    async with client.post("/api/v1/poll", data=b" " * 300_000, headers=headers) as answer:
        assert (413, REFUSAL) == (answer.status, set(await answer.json()))


@pytest.mark.parametrize(
    "query",
    [
        *("limit=1000000000", "limit=-1", "limit=nan", "limit=%C2%B2", "limit=1e3", "limit="),
        *("since=nan", "since=inf", "since=1e400", "since=-1", f"since={'1' * 400}", "since=%C2%B2", "since=%00", "since=%ff"),
        *("since=9999-12-31T23:59:59-14:00", "since=0001-01-01T00:00:00%2B14:00", "since=2026-02-30T00:00:00Z", "since=now"),
    ],
)
async def test_a_parameter_that_cannot_be_understood_is_400(client: Client, query: str) -> None:
    async with client.get(f"/api/v1/events?{query}") as answer:
        assert (400, REFUSAL) == (answer.status, set(await answer.json()))


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/api/v1/targets", "GET, HEAD"),
        ("GET", "/-/reload", "POST"),
        ("PUT", "/api/v1/maintenance", "GET, HEAD, POST"),
        ("HEAD", "/api/v1/stream", "GET"),
    ],
)
async def test_a_method_that_a_route_does_not_take_is_405_with_those_that_it_takes(
    client: Client, method: str, path: str, allowed: str
) -> None:
    headers = {"Origin": str(client.make_url("/")).rstrip("/")}
    async with client.request(method, path, headers=headers) as answer:
        assert (405, allowed) == (answer.status, answer.headers["Allow"])


async def test_the_page_of_an_address_that_is_no_text_can_be_shown(source: FakeSource) -> None:
    async with served(source) as server, await server.visit() as visitor:
        visitor.send(b"GET /targets/%ff%fe%ed%a0%80 HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nCookie: lang=\xff\r\n\r\n")
        answer = await visitor.answer()
        assert (404, "text/html; charset=utf-8") == (answer.status, answer.headers["content-type"])
