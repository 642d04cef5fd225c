"""A real browser before a served source; whoever imports this needs the package playwright, and Debian's chromium to run."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestServer

from monitor.export.http import make_app
from monitor.export.stream import HEARTBEAT_S
from tests.export.chromium import CHROMIUM, FLAGS
from tests.export.meeting_morning import FakeMeetings
from tests.export.sample import FakeSource

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

playwright = pytest.importorskip("playwright.async_api", reason="the package playwright is not installed")
MARKS = [
    pytest.mark.skipif(not os.access(CHROMIUM, os.X_OK), reason="chromium is not installed"),
    pytest.mark.asyncio(loop_scope="module"),
]


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Run a browser: its start takes a second, so a module has one."""
    async with playwright.async_playwright() as started:
        browser: Browser = await started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(
    browser: Browser,
    source: FakeSource,
    width: int = 1440,
    height: int = 900,
    *,
    path: str = "/",
    meetings: FakeMeetings | None = None,
    expected: tuple[str, ...] = (),
    heartbeat_s: float = HEARTBEAT_S,
) -> AsyncIterator[Page]:
    """Serve a source and open a page; a fault of the script fails the test, but for what contains one of those expected."""
    faults: list[str] = []
    async with TestServer(make_app(source, meetings=meetings, heartbeat_s=heartbeat_s, fresh_s=0)) as server:
        page = await browser.new_page(viewport={"width": width, "height": height}, base_url=str(server.make_url("/")))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        async with page.expect_response("**/api/v1/stream*"):
            await page.goto(path)
        yield page
        await page.close()
    assert [fault for fault in faults if not any(text in fault for text in expected)] == []


async def resize(page: Page, width: int, height: int) -> None:
    """Give a page another size, and wait until it has seen that: a window's resize event comes with its next picture."""
    await page.set_viewport_size({"width": width, "height": height})
    await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
