"""The page in a real browser: what the stream, the keyboard and the switches do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from monitor.export.http import make_app
from monitor.export.source import RefusedError
from monitor.model.reason import Reason
from monitor.model.state import Acknowledgement, Blindness, State
from monitor.words import say
from monitor.words.phrase import Phrase
from tests.export import morning, sample
from tests.export.browsing import MARKS, launched, opened, resize
from tests.export.sample import FakeSource
from tests.words.spoken import COUNTDOWNS, SPANS

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

pytestmark = MARKS


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module: its start takes a second."""
    async with launched() as started:
        yield started


async def test_a_change_on_the_stream_shows_on_tiles_counts_and_causes(browser: Browser, source: FakeSource) -> None:
    async with opened(browser, source) as page:
        source.publish(sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN}, generation=2, since=sample.NOW - 10))
        await page.wait_for_selector('.t[data-id="ubnd-1"][data-s="down"][data-new="1"]')
        tile = page.locator('.t[data-id="xa-1-3"]')
        assert await tile.get_attribute("data-s") == "unreachable"
        assert await tile.locator("use").first.get_attribute("href") == "#s-unreachable"
        assert await tile.get_attribute("aria-label") == "Xã 1.3: Mất do tuyến trên · điểm cầu: Mất do tuyến trên"
        assert "UBND huyện 1" in await page.inner_text("#causes li")
        assert "1 chỗ hỏng làm mất 6 điểm mạng, 6 điểm cầu" in (await page.text_content("#said") or "")
        assert await page.locator('#counts tbody tr:first-child td[data-s="unreachable"]').inner_text() == "5 +5"
        source.publish(replace(sample.snapshot(source.now.inventory), generation=3))
        await page.wait_for_selector('.t[data-id="ubnd-1"][data-s="up"]')
        assert await page.locator("#causes li").count() == 0


@pytest.mark.parametrize(("language", "place"), [("vi", 1), ("en", 2)])
async def test_the_script_says_spans_and_counts_as_the_server_does(
    browser: Browser, source: FakeSource, language: str, place: int
) -> None:
    async with opened(browser, source, path=f"/?lang={language}") as page:
        for method, table in (("duration", SPANS), ("countdown", COUNTDOWNS)):
            ask = f"all => all.map(voice(document.documentElement.lang, live.words.units).{method})"
            assert [row[place] for row in table] == await page.evaluate(ask, [row[0] for row in table])
        texts = {"said": ("{count:# điểm} ở {place}", "{count:# point|# points} at {place}")}
        for count in (0, 1, 2, 1234, 12345):
            ask = "([text, count]) => live.fill(text, {count, place: 'x'})"
            assert say(texts, "said", language, count=count, place="x") == await page.evaluate(
                ask, [texts["said"][place - 1], count]
            )


async def test_blind_greys_the_page_and_says_since_when(browser: Browser, source: FakeSource) -> None:
    async with opened(browser, source) as page:
        assert not await page.locator("#bar").is_visible()
        source.publish(replace(source.now, generation=2, blind=Blindness(sample.NOW - 60, Reason("blind_silent"))))
        await page.wait_for_selector("body[data-blind]")
        assert "không nhìn thấy mạng từ 07:52:20" in await page.inner_text("#bar")
        assert "grayscale" in await page.locator("main").evaluate("main => getComputedStyle(main).filter")


async def test_ten_silent_seconds_of_the_stream_are_told_and_a_word_of_it_ends_that(browser: Browser, source: FakeSource) -> None:
    async with opened(browser, source, heartbeat_s=3600.0) as page:  # none may come between the jump and the look
        await page.evaluate("() => { const now = Date.now; Date.now = () => now() + 11000; }")
        await page.wait_for_selector("body[data-lost]")
        assert "Màn hình mất liên lạc với bộ giám sát từ 07:53:" in await page.inner_text("#lost")
        assert await page.inner_text("#health .state b") == "Mất liên lạc"
        source.publish(replace(source.now, generation=2))
        await page.wait_for_selector("body:not([data-lost])")
        assert not await page.locator("#lost").is_visible()


async def test_arrows_walk_inside_a_block_and_tab_leaves_it(browser: Browser, source: FakeSource) -> None:
    async with opened(browser, source) as page:
        await page.locator('.t[data-id="ubnd-1"]').focus()
        for key, expected in (
            ("ArrowRight", "xa-1-1"),
            ("ArrowDown", "xa-1-4"),
            ("End", "xa-1-5"),
            ("ArrowDown", "xa-1-5"),
            ("Home", "ubnd-1"),
        ):
            await page.keyboard.press(key)
            assert await page.evaluate("document.activeElement.dataset.id") == expected
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.dataset.id") == "ubnd-2"
        await page.keyboard.press("Shift+Tab")
        assert await page.evaluate("document.activeElement.dataset.id") == "xa-1-1"


async def test_enter_opens_a_target_in_full_and_escape_returns_to_it(browser: Browser, source: FakeSource) -> None:
    async with opened(browser, source) as page:
        await page.locator('.t[data-id="xa-2-1"]').focus()
        await page.keyboard.press("Enter")
        await page.wait_for_selector("dialog[open] dl")
        assert await page.inner_text("#card-title") == "Xã 2.1"
        source.publish(sample.snapshot(source.now.inventory, {"xa-2-1": State.DOWN}, generation=2))
        await page.wait_for_selector('dialog[open] .state[data-s="down"]')
        await page.keyboard.press("Escape")
        await page.wait_for_selector("dialog:not([open])", state="attached")
        assert await page.evaluate("document.activeElement.dataset.id") == "xa-2-1"


async def test_language_and_ground_are_switched_and_remembered(browser: Browser, source: FakeSource) -> None:
    async with opened(browser, source) as page:
        await page.click("text=English")
        await page.wait_for_selector("text=Root causes")
        ground = "getComputedStyle(document.body).backgroundColor"
        before = await page.evaluate(ground)
        await page.click("#theme")
        after = await page.evaluate(ground)
        await page.goto("/")
        assert await page.get_attribute("html", "lang") == "en"
        assert (await page.evaluate(ground)) == after != before


async def test_a_phone_shows_what_is_wrong_and_the_rest_on_demand(browser: Browser) -> None:
    source = FakeSource(now=sample.snapshot(states={"ubnd-1": State.DOWN, "xa-2-1": State.DEGRADED}))
    async with opened(browser, source, 360, 740) as page:
        shown = "() => [...document.querySelectorAll('.t')].filter(tile => tile.offsetParent).map(tile => tile.dataset.id)"
        assert await page.evaluate(shown) == ["ubnd-1", "xa-2-1"]
        more = page.locator('.block[data-area="huyen-1"] .more')
        assert await more.inner_text() == "Hiện 5 điểm mất do tuyến trên"
        await more.click()
        assert len(await page.evaluate(shown)) == 7
        assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_a_province_of_12_areas_fits_one_screen_without_a_clipped_name(browser: Browser) -> None:
    source = FakeSource(now=morning.morning(sample.inventory(12, 19)))
    clipped = "() => [...document.querySelectorAll('.t span')].filter(name => name.scrollWidth > name.clientWidth + 1).length"
    async with opened(browser, source) as page:
        for width, height in ((1440, 900), (1920, 1080), (2560, 1440)):
            await resize(page, width, height)
            assert await page.evaluate(clipped) == 0
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
            assert await page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


async def test_a_root_cause_is_taken_from_its_card_by_a_name_that_is_remembered(browser: Browser, source: FakeSource) -> None:
    def hear(target: str, taken: Acknowledgement | None) -> None:
        source.publish(sample.with_view(source.now, target, acknowledged=taken))

    source.now = sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN})
    source.operations.heard = hear
    async with opened(browser, source) as page:
        await page.click("#causes li")
        await page.fill('#card [name="by"]', "Ca trực")
        await page.fill('#card [name="note"]', "đã gọi VNPT")
        source.publish(sample.with_view(source.now, "xa-2-1", state=State.DOWN, since=sample.NOW - 5))
        await page.keyboard.press("Enter")
        await page.wait_for_selector('#card button[data-post$="withdraw"]')
        assert [("acknowledge", "ubnd-1", "Ca trực", "đã gọi VNPT")] == source.operations.said
        assert "Ca trực" == await page.input_value('#card [name="by"]')
        await page.wait_for_selector('#causes .who b:text-is("Ca trực")')
        await page.click('#card button[data-post$="withdraw"]')
        await page.wait_for_selector('#card button[data-post$="withdraw"]', state="detached")
        assert ("withdraw", "ubnd-1", "Ca trực") == source.operations.said[-1]


async def test_what_the_daemon_refuses_is_said_beside_the_button(browser: Browser, source: FakeSource) -> None:
    source.now = sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN})
    source.operations.refusal = RefusedError("not_down", name="UBND huyện 1", state=Phrase("state_up"))
    async with opened(browser, source, expected=("409",)) as page:
        await page.click("#causes li")
        await page.fill('#card [name="by"]', "Ca trực")
        await page.click("#card .say button")
        await page.wait_for_selector('#card output:has-text("UBND huyện 1 không phải")')


GROUND = "getComputedStyle(document.documentElement).backgroundColor"
GROUNDS = f"""new Promise((done) => {{
    const seen = [];
    const look = () => {{ seen.push({GROUND}); if (seen.length < 30) requestAnimationFrame(look); else done(seen); }};
    requestAnimationFrame(look);
}})"""
"""The ground of each of the first frames, looked at from before the document is there."""
SHIFTS = """() => { window.shifts = [];
    const keep = (list) => window.shifts.push(...list.getEntries().map((each) => each.value));
    new PerformanceObserver(keep).observe({ type: "layout-shift" });
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("path", ["/", "/targets/xa-1-1", "/meetings", "/runbooks", "/nowhere"])
async def test_no_page_flashes_in_the_other_ground_than_the_one_chosen(browser: Browser, source: FakeSource, path: str) -> None:
    async with opened(browser, source, expected=("404",)) as page:
        await page.emulate_media(color_scheme="dark")
        dark = await page.evaluate(GROUND)
        await page.emulate_media(color_scheme="light")
        assert dark != await page.evaluate(GROUND)
        await page.evaluate("document.cookie = 'theme=dark; path=/'")
        await page.add_init_script(f"window.grounds = {GROUNDS}")
        await page.goto(path)
        assert {dark} == set(await page.evaluate("window.grounds"))


async def test_a_card_comes_with_its_form_filled_and_nothing_on_it_moves(browser: Browser, source: FakeSource) -> None:
    source.now = sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN})
    async with opened(browser, source) as page:
        await page.evaluate("document.cookie = 'by=Ca%20tr%E1%BB%B1c; path=/'")
        await page.evaluate(SHIFTS)
        # Whoever asks is told last of all: the card waits for it, and is not shown without its buttons.
        await page.route("**/api/v1/me", held_up(page))
        await page.click("#causes li")
        await page.wait_for_selector("dialog[open] .say button")
        assert "Ca trực" == await page.input_value('#card [name="by"]')
        assert await page.locator("#card .say").is_visible()
        await page.evaluate(FRAMES)
        assert [] == await page.evaluate("window.shifts")


def held_up(page: Page) -> Callable[[Route], Awaitable[None]]:
    """Return what answers only after the card was fetched, and checks that it is not shown before."""

    async def answer(route: Route) -> None:
        fetched = await route.fetch()
        await page.evaluate(FRAMES)
        assert await page.locator("dialog[open]").count() == 0
        await route.fulfill(response=fetched)

    return answer


async def test_who_may_change_nothing_is_shown_no_form(browser: Browser, source: FakeSource) -> None:
    source.now = sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN})
    async with opened(browser, source) as page:
        await page.route("**/api/v1/me", lambda route: route.fulfill(json={"name": "", "role": "viewer", "may": []}))
        await page.click("#causes li")
        await page.wait_for_selector("dialog[open] dl")
        assert not await page.locator("#card .say").is_visible()
        assert "UBND huyện 1" == await page.inner_text("#card-title")


@pytest.mark.parametrize("path", ["/", "/targets/xa-1-1", "/card/ubnd-1", "/meetings", "/runbooks"])
async def test_without_a_script_a_page_is_read_and_offers_no_change(browser: Browser, source: FakeSource, path: str) -> None:
    source.now = sample.snapshot(source.now.inventory, {"ubnd-1": State.DOWN})
    async with TestServer(make_app(source, fresh_s=0)) as server:
        context = await browser.new_context(java_script_enabled=False, base_url=str(server.make_url("/")))
        page = await context.new_page()
        await page.goto(path)
        assert len(await page.inner_text("body")) > 100
        assert 0 == await page.locator("input:visible").count()
        assert 0 == await page.locator("form[data-post]:visible").count()
        await context.close()
