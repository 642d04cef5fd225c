"""The driver reads answers as Prometheus does: of known length or in chunks, compressed or not."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.children.scraping import Scrape, drive


async def _show(request: web.Request) -> web.StreamResponse:
    target = request.query["target"]
    if target == "long":
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        response.enable_compression()
        await response.prepare(request)
        for _ in range(3):
            await response.write(b"probe_success 1\n" * 1_000)
        await response.write_eof()
        return response
    status = 500 if target == "broken" else 200
    return web.Response(text="probe_success 0\n" if target == "dark" else "probe_success 1\n", status=status)


async def test_the_good_answers_are_told_by_key_whatever_their_form() -> None:
    app = web.Application()
    app.add_routes([web.get("/probe", _show)])
    names = ("plain", "long", "dark", "broken", "again")
    async with TestServer(app, host="127.0.0.1") as server:
        assert server.port is not None
        scrapes = [Scrape(0.0, f"/probe?target={name}", name) for name in names]
        good = await drive(server.port, scrapes, lambda status, body: status == 200 and body.endswith(b"probe_success 1\n"))
    assert {"plain", "long", "again"} == good
