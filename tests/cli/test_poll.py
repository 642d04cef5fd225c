"""`monitor poll` outside the lab asks the running daemon, and says what to do where that fails."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def answers(request: web.Request) -> web.Response:
    ids = (await request.json())["targets"]
    sample = {"sent": 5, "received": 5, "loss": 0.0, "rtt_ms": 9.1, "duplicates": 0, "unreachable_from": None}
    row = {"probe": "icmp", "outcome": "ok", "detail": "", "icmp": sample, "snmp": None}
    lines = [{"asked": len(ids)}, *({"target": each} | row for each in ids)]
    return web.Response(text="".join(json.dumps(line) + "\n" for line in lines))


async def refuses(_: web.Request) -> web.Response:
    return web.json_response({"error": "no target is called 'x'", "cure": "/api/v1/targets lists them all"}, status=400)


async def babbles(_: web.Request) -> web.Response:
    return web.Response(text="a proxy's page about an error")


async def healthy(_: web.Request) -> web.Response:
    return web.Response(text="healthy")


async def poll(handler: Handler, *words: str) -> tuple[int | None, str, str]:
    app = web.Application()
    app.router.add_get("/-/healthy", healthy)
    app.router.add_post("/api/v1/poll", handler)
    async with TestServer(app) as server:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "monitor", "poll", "--daemon", str(server.make_url("/")), "--language", "en", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_what_the_daemon_answers_is_printed() -> None:
    status, out, _ = await poll(answers, "xa-lung-cu", "xa-ma-le")
    assert 0 == status
    assert ["xa-lung-cu", "answers", "0.0%", "9.1"] == out.splitlines()[1].split()[:4]
    assert "2/2 targets answer" in out


async def test_json_is_one_row_a_probe() -> None:
    _, out, _ = await poll(answers, "xa-lung-cu", "--format", "json")
    assert ["xa-lung-cu"] == [row["target"] for row in json.loads(out)]


async def test_an_unknown_target_is_told_in_the_language_with_what_it_may_be() -> None:
    for more, told in (
        ((), "no target is called 'xa-lung-cuu'; did you mean 'xa-lung-cu'?"),
        (("--language", "vi"), "không có điểm mạng hay điểm cầu nào tên 'xa-lung-cuu'; có phải 'xa-lung-cu' không?"),
    ):
        status, _, err = await poll(answers, "xa-lung-cuu", *more)
        assert (2, f"{told}\n") == (status, err)


@pytest.mark.parametrize(("handler", "says"), [(refuses, "does not poll: no target is called 'x'"), (babbles, "broke off")])
async def test_a_daemon_that_does_not_answer_as_it_should_is_a_fault_with_a_cure(handler: Handler, says: str) -> None:
    status, _, err = await poll(handler, "xa-lung-cu")
    assert 2 == status
    assert says in err
    assert "Traceback" not in err
