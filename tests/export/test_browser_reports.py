"""A report in a real browser: the page that waits for it, and the file that comes by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

from tests.export.browsing import MARKS, launched
from tests.export.meeting_morning import ID
from tests.export.reporting import GatedReporter
from tests.export.reports.test_routes import served

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = MARKS


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module."""
    async with launched() as started:
        yield started


async def test_who_asks_for_a_report_sees_its_place_and_then_has_the_file_without_a_script(browser: Browser) -> None:
    reporter = GatedReporter()
    async with served(reporter) as at:
        await at.client.get("/meetings/giao-ban-som/report.html", headers={"Accept": "text/html"})
        await reporter.until_begun(1)
        context = await browser.new_context(
            base_url=str(at.client.make_url("/")), java_script_enabled=False, locale="vi", viewport={"width": 1000, "height": 500}
        )
        page = await context.new_page()
        await page.goto(f"/meetings/{ID}/report.xlsx?lang=vi")
        assert "Báo cáo đang chờ: thứ 1 trong hàng" == await page.inner_text("h1")
        reporter.let()
        await page.get_by_role("heading", name="Đang lập báo cáo").wait_for()
        async with page.expect_download() as downloading:
            reporter.let()
        file = await downloading.value
        assert f"{ID}-report.xlsx" == file.suggested_filename
        # What stays is true: the file is there, and the board is one step away.
        assert "Báo cáo đã lập xong" == await page.inner_text("h1")
        assert await page.get_by_role("link", name="Về bảng của phiên họp").get_attribute("href") == f"/meetings/{ID}"
        await context.close()
