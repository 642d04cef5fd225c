"""POST /api/v1/poll probes now and answers each reading as it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

Client = TestClient[web.Request, web.Application]


async def post(client: Client, body: object) -> tuple[int, list[dict[str, Any]]]:
    origin = str(client.make_url("/")).rstrip("/")
    data = body if isinstance(body, str) else json.dumps(body)
    async with client.post("/api/v1/poll", data=data, headers={"Origin": origin}) as answer:
        return answer.status, [json.loads(line) for line in (await answer.text()).splitlines()]


async def test_each_reading_is_a_line_after_how_many_there_will_be(client: Client) -> None:
    status, lines = await post(client, {"targets": ["xa-1-1"]})
    assert (200, {"asked": 1}) == (status, lines[0])
    assert ("xa-1-1", "icmp", "ok") == tuple(lines[1][key] for key in ("target", "probe", "outcome"))
    assert 10.0 == lines[1]["icmp"]["rtt_ms"]


async def test_an_empty_list_asks_everybody(client: Client) -> None:
    _, lines = await post(client, {"targets": []})
    assert lines[0]["asked"] == len(lines) - 1 > 1


async def test_a_body_in_an_unknown_charset_is_refused(client: Client) -> None:
    headers = {"Origin": str(client.make_url("/")).rstrip("/"), "Content-Type": "application/json; charset=nonesuch"}
    async with client.post("/api/v1/poll", data=b"{}", headers=headers) as answer:
        assert 400 == answer.status


@pytest.mark.parametrize("body", ["", "[", {"target": "x"}, {"targets": "xa-1-1"}, {"targets": [1]}, {"targets": ["nobody"]}])
async def test_what_cannot_be_understood_is_refused_with_its_cure(client: Client, body: object) -> None:
    status, (answer,) = await post(client, body)
    assert 400 == status
    assert answer["cure"]
