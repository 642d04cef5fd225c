"""The pages of meetings and targets in a real browser: live, filtered, ticked, printed, narrow, by keyboard, for screen readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from monitor.model.meeting import Rung, Verdict
from monitor.model.state import State
from tests.export import days, meeting_morning, morning, sample
from tests.export.browsing import MARKS, launched, opened, resize
from tests.export.meeting_morning import ID, FakeMeetings
from tests.export.sample import FakeSource

if TYPE_CHECKING:
    from playwright.async_api import Browser, Route

axe = pytest.importorskip("axe_playwright_python.async_playwright", reason="the package axe-playwright-python is not installed")
pytestmark = MARKS
BOARD = f"/meetings/{ID}"
SNAPSHOT = morning.morning(sample.inventory(12, 19))
FEW = morning.morning(sample.inventory(5, 13))
"""Every state on as few tiles as that takes: axe looks at each in every way."""
SHOWN = "() => [...document.querySelectorAll('.t')].filter(tile => tile.offsetParent).length"
CLIPPED = """() => [...document.querySelectorAll('.t span')].filter(name => name.scrollWidth > name.clientWidth + 1)
    .map(name => name.textContent)"""
HIDDEN = """() => { const rows = [...document.querySelectorAll('#actions li')];
    return rows.filter(row => row.offsetLeft > rows[0].offsetLeft).length; }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module."""
    async with launched() as started:
        yield started


@pytest.fixture
def source() -> FakeSource:
    return FakeSource(now=SNAPSHOT)


@pytest.fixture
def meetings() -> FakeMeetings:
    return meeting_morning.week(SNAPSHOT)


async def test_a_changed_verdict_shows_on_tile_counts_and_sentence(
    browser: Browser, source: FakeSource, meetings: FakeMeetings
) -> None:
    view = meetings.now[0]
    healed = next(each for each in view.endpoints.values() if each.rung is Rung.REGISTRATION)
    async with opened(browser, source, path=BOARD, meetings=meetings) as page:
        tile = page.locator(f'.t[data-id="{healed.endpoint}"]')
        assert "Mất đăng ký" in (await tile.get_attribute("aria-label") or "")
        verdicts = dict(view.endpoints) | {
            healed.endpoint: replace(healed, verdict=Verdict.READY, rung=None, reason=None, cause="")
        }
        meetings.publish(meeting_morning.judged(view.meeting, verdicts, SNAPSHOT, view.stage))
        await page.wait_for_selector(f'.t[data-id="{healed.endpoint}"][data-s="ready"][data-new]')
        assert await tile.locator("use").first.get_attribute("href") == "#s-ready"
        assert ": Sẵn sàng, " in (await tile.get_attribute("aria-label") or "")
        left = view.counts()[Verdict.NOT_READY] - 1
        assert await page.inner_text('[data-filter="s=not_ready"] b') == str(left)
        assert f"{left}/{len(verdicts)} điểm cầu chưa sẵn sàng" in await page.inner_text("#verdict-said")
        assert "chưa sẵn sàng" in (await page.text_content("#said") or "")


async def test_a_filter_dims_the_rest_and_outlives_a_change(browser: Browser, source: FakeSource, meetings: FakeMeetings) -> None:
    view = meetings.now[0]
    lit = "() => document.querySelectorAll('.t:not([data-off])').length"
    async with opened(browser, source, path=BOARD, meetings=meetings) as page:
        await page.click('#chips [data-filter="r=registration"]')
        assert await page.evaluate(lit) == sum(each.rung is Rung.REGISTRATION for each in view.endpoints.values())
        assert await page.text_content("#said") == "3 điểm cầu"
        verdicts = dict(view.endpoints)
        fixed = next(each for each in verdicts.values() if each.rung is Rung.REGISTRATION)
        verdicts[fixed.endpoint] = replace(fixed, verdict=Verdict.READY, rung=None, reason=None, cause="")
        meetings.publish(meeting_morning.judged(view.meeting, verdicts, SNAPSHOT, view.stage))
        await page.wait_for_selector('#chips [data-filter="r=registration"] b:text-is("2")')
        assert await page.get_attribute('#chips [data-filter="r=registration"]', "aria-pressed") == "true"
        assert await page.evaluate("document.activeElement.dataset.filter") == "r=registration"
        assert await page.evaluate(lit) == 2
        await page.keyboard.press("Escape")
        assert await page.evaluate(lit) == len(verdicts)


async def test_the_reason_opens_by_key_and_the_tick_is_taken(browser: Browser, source: FakeSource, meetings: FakeMeetings) -> None:
    ill = next(each for each in meetings.now[0].endpoints.values() if each.rung is Rung.REGISTRATION)
    async with opened(browser, source, path=BOARD, meetings=meetings) as page:
        await page.focus(f'.t[data-id="{ill.endpoint}"]')
        await page.keyboard.press("Enter")
        await page.wait_for_selector("dialog[open] .ladder")
        assert "Chưa đăng ký được SIP" in await page.inner_text("dialog")
        await page.fill('dialog [name="by"]', "Kỹ thuật xã")
        await page.click("dialog >> text=Báo hỏng")
        # The stream may bring the tick to the board before the answer to it closes the dialog.
        await page.wait_for_selector(f'.t[data-id="{ill.endpoint}"][data-v="fault"]')
        await page.wait_for_selector("dialog[open]", state="detached")
        ((_, endpoint, told),) = meetings.told
        assert (ill.endpoint, "Kỹ thuật xã", False) == (endpoint, told.by, told.good)
        assert await page.evaluate("document.activeElement.dataset.id") == ill.endpoint


async def test_a_tick_closes_its_form_though_the_stream_has_drawn_it_anew_before_the_answer(
    browser: Browser, source: FakeSource, meetings: FakeMeetings
) -> None:
    ill = next(each for each in meetings.now[0].endpoints.values() if each.rung is Rung.REGISTRATION)
    async with opened(browser, source, path=BOARD, meetings=meetings) as page:

        async def answer_late(route: Route) -> None:
            if route.request.method != "POST":
                await route.continue_()
                return
            answer = await route.fetch()
            await page.wait_for_selector("dialog .say:not([data-first])")
            await route.fulfill(response=answer)

        await page.route("**/api/v1/**", answer_late)
        await page.focus(f'.t[data-id="{ill.endpoint}"]')
        await page.keyboard.press("Enter")
        await page.wait_for_selector("dialog[open] .ladder")
        await page.evaluate("document.querySelector('dialog .say').dataset.first = 1")
        await page.fill('dialog [name="by"]', "Kỹ thuật xã")
        await page.click("dialog >> text=Báo hỏng")
        await page.wait_for_selector("dialog[open]", state="detached")
    assert 1 == len(meetings.told)


async def test_a_form_that_was_closed_is_not_opened_again_by_news_of_its_endpoint(
    browser: Browser, source: FakeSource, meetings: FakeMeetings
) -> None:
    ill = next(each for each in meetings.now[0].endpoints.values() if each.rung is Rung.REGISTRATION)
    async with opened(browser, source, path=BOARD, meetings=meetings) as page:
        await page.focus(f'.t[data-id="{ill.endpoint}"]')
        await page.keyboard.press("Enter")
        await page.wait_for_selector("dialog[open] .ladder")

        is_asked = asyncio.Event()

        async def answer_news_last(route: Route) -> None:
            answer = await route.fetch()
            if route.request.method == "POST":
                await is_asked.wait()
            else:
                is_asked.set()
                await page.wait_for_selector("dialog[open]", state="detached")
            await route.fulfill(response=answer)

        await page.route("**/endpoints/**", answer_news_last)
        await page.fill('dialog [name="by"]', "Kỹ thuật xã")
        async with page.expect_event("requestfinished", lambda request: "/endpoints/" in request.url and request.method == "GET"):
            await page.click("dialog >> text=Báo hỏng")
        await page.evaluate("new Promise((resolve) => setTimeout(resolve))")
        assert 0 == await page.locator("dialog[open]").count()


async def test_arrows_walk_inside_a_block_of_the_board(browser: Browser, source: FakeSource, meetings: FakeMeetings) -> None:
    async with opened(browser, source, path=BOARD, meetings=meetings) as page:
        assert await page.locator('.t[tabindex="0"]').count() == await page.locator(".block").count()
        first = page.locator(".block .t").first
        await first.focus()
        await page.keyboard.press("ArrowRight")
        assert await page.evaluate("document.activeElement.dataset.id") != await first.get_attribute("data-id")


async def test_walls_hold_the_whole_board_and_no_screen_clips_a_name(
    browser: Browser, source: FakeSource, meetings: FakeMeetings
) -> None:
    async with opened(browser, source, 1920, 1080, path=BOARD, meetings=meetings) as page:
        for width, height in ((1920, 1080), (2560, 1440), (3840, 2160)):
            await resize(page, width, height)
            assert await page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0, (width, height)
            hidden = await page.evaluate(HIDDEN)
            assert await page.evaluate(SHOWN) == len(meetings.now[0].endpoints)
            told = await page.inner_text("#actions .title p")
            assert hidden == 0 or str(hidden) in told, "what does not fit is counted"
        for width, height in ((2560, 1440), (1440, 900), (1366, 768), (820, 1180), (390, 844), (360, 740)):
            await resize(page, width, height)
            assert await page.evaluate(CLIPPED) == [], width
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


async def test_a_wall_holds_the_page_of_a_blind_monitor_with_a_meeting_due(
    browser: Browser, source: FakeSource, meetings: FakeMeetings
) -> None:
    source.now = morning.blind(source.now.inventory)
    async with opened(browser, source, 1920, 1080, meetings=meetings) as page:
        assert "không nhìn thấy" in await page.inner_text("#bar")
        assert await page.locator("#next").is_visible()
        for width, height in ((1920, 1080), (2560, 1440), (3840, 2160)):
            await resize(page, width, height)
            assert await page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0, (width, height)


async def test_a_phone_shows_who_is_not_ready_and_the_rest_on_demand(
    browser: Browser, source: FakeSource, meetings: FakeMeetings
) -> None:
    view = meetings.now[0]
    async with opened(browser, source, 390, 844, path=BOARD, meetings=meetings) as page:
        wrong = await page.locator('.t:not([data-s="ready"]):not([data-b])').count()
        assert await page.evaluate(SHOWN) == wrong
        more = page.locator(".more:visible").first
        assert "sẵn sàng" in await more.inner_text()
        await more.click()
        assert await page.evaluate(SHOWN) > wrong
        await page.click('#chips [data-filter="r=registration"]')
        assert await page.evaluate(SHOWN) == sum(each.rung is Rung.REGISTRATION for each in view.endpoints.values())


async def test_print_is_two_pages_with_a_line_to_sign(browser: Browser, source: FakeSource, meetings: FakeMeetings) -> None:
    async with opened(browser, source, path=BOARD, meetings=meetings) as page:
        assert not await page.locator(".signed").is_visible()
        document = await page.pdf(prefer_css_page_size=True)
        assert document.count(b"/Type /Page\n") == 2
        await page.emulate_media(media="print")
        assert "Quyết định" in await page.inner_text(".signed")


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("path", ["/", BOARD, "/meetings", "/targets/xa-1-1", "/targets/dc-xa-2-1"])
async def test_axe_finds_nothing(browser: Browser, path: str, scheme: str) -> None:
    source = FakeSource(now=FEW)
    source.days = {id_: days.day(FEW.views[id_], FEW.at) for id_ in ("xa-1-1", "xa-2-1", "dc-xa-2-1")}
    async with opened(browser, source, path=path, meetings=meeting_morning.week(FEW)) as page:
        await page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
        found = await axe.Axe().run(page)
        assert [(each["id"], [node["html"][:160] for node in each["nodes"][:4]]) for each in found.response["violations"]] == []


async def test_a_targets_page_is_kept_true_by_the_stream(browser: Browser) -> None:
    source = FakeSource(now=sample.snapshot())
    source.days = {"xa-1-1": days.day(source.now.views["xa-1-1"], sample.NOW)}
    async with opened(browser, source, path="/targets/xa-1-1") as page:
        assert await page.inner_text(".who .word") == "Hoạt động"
        assert await page.evaluate("document.querySelector('#chart-rtt .line').getTotalLength() > 300")
        source.publish(sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN}, generation=2, since=sample.NOW - 10))
        await page.wait_for_selector('.who[data-s="unreachable"]')
        assert await page.locator(".link.red").count() == 1
        assert await page.locator(".link.beyond").count() == 2
        for width in (1440, 820, 360):
            await resize(page, width, 800)
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
