"""Whether a daemon runs already: one that is well, at this URL."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from monitor.cli.client import is_daemon_there


@pytest.mark.parametrize(("status", "expected"), [(200, True), (503, False), (404, False)])
async def test_a_daemon_is_there_where_it_says_that_it_is_well(status: int, expected: bool) -> None:
    async def healthy(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/-/healthy", healthy)
    async with TestServer(app) as server:
        origin = str(server.make_url("/")).rstrip("/")
        assert expected is await is_daemon_there(origin)
    assert not await is_daemon_there(origin)
