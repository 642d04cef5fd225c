"""Takes the pictures of the page: python -m tests.export.pictures [--url URL] [--all FOLDER].

With --url of a running daemon, its page; else the shipped province on an invented morning, served on 127.0.0.1. Without --all, the
three pictures of docs/pictures are written anew. Needs chromium and the package playwright.
"""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, async_playwright

from monitor.export.http import make_app
from monitor.load.configuration import load
from monitor.model.inventory import Inventory, Kind
from monitor.model.state import Snapshot
from tests.export import days, meeting_morning, morning
from tests.export.chromium import CHROMIUM, FLAGS
from tests.export.sample import FakeSource

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture. scene: of morning.py. scheme: what the browser prefers. is_long: the whole page, not one screen."""

    name: str
    width: int
    height: int
    scheme: str = "dark"
    scene: str = "morning"
    is_long: bool = False
    language: str = "vi"
    is_lost: bool = False
    path: str = "/"
    medium: str = "screen"


FOR_DOCS = (
    Picture("province-wall", 2560, 1440),
    Picture("province-laptop", 1440, 900, "light"),
    Picture("province-phone", 390, 844, is_long=True),
)
TARGETS = tuple(
    Picture(f"target-{name}-{screen}", width, height, scheme, path=f"/targets/{id_}", is_long=height < 800 or width < 800)
    for name, id_ in (("ill", "@degraded"), ("cut", "@unreachable"), ("root", "@down"), ("endpoint", "@endpoint"), ("fine", "@up"))
    for screen, width, height, scheme in (("wall", 1920, 1080, "dark"), ("laptop", 1440, 900, "light"), ("phone", 390, 844, "dark"))
)
MEETINGS = tuple(
    Picture(f"{name}-{screen}", width, height, scheme, scene=scene_, path=path, is_long=is_long, medium=medium)
    for name, path, scene_ in (
        ("meeting", f"/meetings/{meeting_morning.ID}", "morning"),
        ("meeting-fine", f"/meetings/{meeting_morning.ID}", "fine"),
        ("meetings", "/meetings", "morning"),
    )
    for screen, width, height, scheme, is_long, medium in (
        ("wall", 1920, 1080, "dark", False, "screen"),
        ("wall-1440p", 2560, 1440, "dark", False, "screen"),
        ("wall-light", 1920, 1080, "light", False, "screen"),
        ("laptop", 1440, 900, "light", True, "screen"),
        ("laptop-1366", 1366, 768, "light", True, "screen"),
        ("tablet", 820, 1180, "light", True, "screen"),
        ("phone", 390, 844, "dark", True, "screen"),
        ("phone-360", 360, 740, "light", True, "screen"),
        ("print", 794, 1123, "light", True, "print"),
    )
)
ALL = (
    *FOR_DOCS,
    *MEETINGS,
    *TARGETS,
    Picture("laptop-dark", 1440, 900),
    Picture("laptop-1366", 1366, 768, "light", is_long=True),
    Picture("laptop-1280", 1280, 800, "light", is_long=True),
    Picture("tablet", 820, 1180, "light", is_long=True),
    Picture("phone-360", 360, 740, "light", is_long=True),
    Picture("wall-blind", 2560, 1440, scene="blind"),
    Picture("wall-lost", 1920, 1080, is_lost=True),
    Picture("wall-fine", 2560, 1440, scene="fine"),
    Picture("wall-20-down", 2560, 1440, scene="many_down"),
    Picture("laptop-20-down", 1440, 900, "light", scene="many_down"),
    Picture("laptop-english", 1440, 900, "light", language="en"),
    Picture("laptop-blind", 1440, 900, "light", scene="blind"),
)


def scene(name: str, inventory: Inventory) -> Snapshot:
    """Return a scene of morning.py at its time."""
    made: Snapshot = getattr(morning, name)(inventory)
    return made


def found_path(picture: Picture, inventory: Inventory | None) -> str:
    """Return a picture's path, @STATE replaced by the first target of the scene in that state."""
    head, at, wanted = picture.path.partition("@")
    if not at or inventory is None:
        return picture.path
    kind = Kind.ENDPOINT if wanted == "endpoint" else Kind.POINT
    state = "degraded" if wanted == "endpoint" else wanted
    views = [view for view in scene(picture.scene, inventory).views.values() if view.target.kind is kind and view.state == state]
    leaves = [view for view in views if view.target.level == "commune"]
    return head + (views if wanted == "down" else leaves or views)[0].target.id


async def take(browser: Browser, url: str, picture: Picture, folder: Path) -> None:
    """Write one picture."""
    scheme = "light" if picture.scheme == "light" else "dark"
    context = await browser.new_context(viewport={"width": picture.width, "height": picture.height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{url}{picture.path}?lang={picture.language}", wait_until="load")
    await page.evaluate("document.fonts.ready")
    if picture.is_lost:
        await page.wait_for_selector("body[data-lost]", timeout=20_000)
    await page.wait_for_timeout(700)
    if picture.medium == "print":
        await page.pdf(path=folder / f"{picture.name}.pdf", prefer_css_page_size=True)
        await context.close()
        return
    await page.screenshot(path=folder / f"{picture.name}.png", full_page=picture.is_long, animations="disabled")
    await context.close()


async def serve(stack: AsyncExitStack, picture: Picture, inventory: Inventory, source: FakeSource | None = None) -> str:
    """Serve a picture's scene until the stack closes; return its address. source: what shows it, if it shall be changed later."""
    source = source or FakeSource(now=scene(picture.scene, inventory))
    now = source.now
    meetings = meeting_morning.week(now)
    if picture.scene == "fine":
        meetings.now[0] = meeting_morning.view(now, is_fine=True)
    for view in now.views.values():
        source.days[view.target.id] = days.day(view, now.at, seed=len(source.days))
        source.journal += days.journal(view, now.at)
    runner = web.AppRunner(make_app(source, meetings=meetings, heartbeat_s=3600 if picture.is_lost else 5))
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    return f"http://127.0.0.1:{port}"


async def main() -> None:
    """Take what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--url",
        type=lambda url: url.rstrip("/"),
        help="a running daemon, such as http://127.0.0.1:9877",
    )
    parser.add_argument("--all", metavar="FOLDER", type=Path, help="write every picture there, for judging the page")
    parser.add_argument(
        "--only", metavar="PATTERN", nargs="+", default=["*"], help="only the pictures of such names, as 'target-*'"
    )
    parser.add_argument("--config", type=Path, default=ROOT / "config")
    arguments = parser.parse_args()
    folder = arguments.all or ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    inventory = None if arguments.url else load(arguments.config).inventory
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stack.push_async_callback(browser.close)
        for picture in ALL if arguments.all else FOR_DOCS:
            if not any(fnmatch(picture.name, pattern) for pattern in arguments.only):
                continue
            url = arguments.url or await serve(stack, picture, inventory)  # type: ignore[arg-type]
            await take(browser, url, replace(picture, path=found_path(picture, inventory)), folder)
            print(folder / f"{picture.name}.png")


if __name__ == "__main__":
    asyncio.run(main())
