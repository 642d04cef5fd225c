"""Measures what visitors cost and how soon they see a page: python -m tests.export.visits [--seconds 10] [--paints 15].

The shipped province on its invented morning is served on 127.0.0.1 by a process of its own. Printed are, for each address, requests
a second and the server's CPU time a request under 60 connections without think time (wrk), and the median of the first paint in a
browser that was never here before, alone and beside those 60. Needs wrk, chromium and the package playwright.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from monitor.load.configuration import load
from tests.export import meeting_morning
from tests.export.chromium import CHROMIUM, FLAGS
from tests.export.pictures import ROOT, Picture, scene, serve
from tests.export.sample import FakeSource

BOARD = f"/meetings/{meeting_morning.ID}"
ADDRESSES = ("/", "/?lang=en", BOARD, "/targets/xa-lung-cu", "/card/xa-lung-cu", "/api/v1/targets", "/metrics", "/-/healthy")
PAINTED = ("/", BOARD)
_PAINT = """() => new Promise((done) => new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName("first-contentful-paint")) done(entry.startTime);
}).observe({ type: "paint", buffered: true }))"""


async def serve_for_ever() -> None:
    """Serve the morning, of which there is another picture each second, print its address, and stay."""
    inventory = load(ROOT / "config").inventory
    source = FakeSource(now=scene("morning", inventory))
    async with AsyncExitStack() as stack:
        print(await serve(stack, Picture("visits", 0, 0), inventory, source), flush=True)
        while True:
            await asyncio.sleep(1)
            source.now = replace(source.now)


def cpu_s(pid: int) -> float:
    """Return the CPU time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def crowd(url: str, seconds: int) -> tuple[str, ...]:
    """Return the command of 60 connections without think time, which leave the processor to others."""
    return ("nice", "-n", "19", "wrk", "-t1", "-c60", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", url)


def visited(url: str, pid: int, seconds: int) -> tuple[float, float]:
    """Return requests a second under 60 connections, and the server's CPU milliseconds a request."""
    before = cpu_s(pid)
    told = subprocess.run(crowd(url, seconds), check=True, capture_output=True, text=True).stdout
    taken = cpu_s(pid) - before
    found = re.search(r"(\d+) requests in", told)
    if found is None or "Non-2xx" in told:
        raise SystemExit(f"{url}: wrk says\n{told}")
    return int(found[1]) / seconds, taken * 1000 / int(found[1])


async def painted(browser: Browser, url: str) -> float:
    """Return after how many milliseconds something was first seen, by one who was never here."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.goto(url, wait_until="load")
    took: float = await page.evaluate(_PAINT)
    await context.close()
    return took


async def paints(url: str, times: int, beside: str) -> None:
    """Print the median of first paints, the pages by turns. beside: what goes on meanwhile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        took: dict[str, list[float]] = {path: [] for path in PAINTED}
        for _ in range(times):
            for path, seen in took.items():
                seen.append(await painted(browser, url + path))
        for path, seen in took.items():
            quarters = statistics.quantiles(seen, n=4)
            print(
                f"{path:48} first paint {beside} {quarters[1]:6.0f} ms, middle half {quarters[0]:.0f} to {quarters[2]:.0f}",
                flush=True,
            )
        await browser.close()


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10, help="how long each address is asked for, 0: not at all")
    parser.add_argument("--paints", type=int, default=15, help="how often each page is opened")
    parser.add_argument("--serve", action="store_true", help="only serve, as the measured process does")
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve_for_ever())
        return
    server = subprocess.Popen((sys.executable, "-m", "tests.export.visits", "--serve"), stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        for path in ADDRESSES if arguments.seconds else ():
            each_second, cost_ms = visited(url + path, server.pid, arguments.seconds)
            print(f"{path:48} {each_second:8.0f} requests/s {cost_ms:8.3f} ms of CPU each", flush=True)
        if arguments.paints:
            asyncio.run(paints(url, arguments.paints, "alone"))
            others = subprocess.Popen(crowd(f"{url}/", 3600), stdout=subprocess.DEVNULL)
            try:
                asyncio.run(paints(url, arguments.paints, "beside 60"))
            finally:
                others.terminate()
                others.wait()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
