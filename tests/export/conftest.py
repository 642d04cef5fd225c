"""A served source: the application on 127.0.0.1:0 with a daemon of which the test says everything."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitor.export.http import make_app
from tests.export.sample import FakeSource


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
async def client(source: FakeSource) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    async with TestClient(TestServer(make_app(source, fresh_s=0))) as served:
        yield served
