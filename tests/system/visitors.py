"""Visitors of every kind, each from an address of its own: what they do is said in JSON when they leave.

python -m tests.system.visitors KIND COUNT PORT SOURCE SECONDS [PATH]      KIND: wall scraper slow idle streams gets crawl reloads
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import cycle

HOST = "127.0.0.1"
SCRAPE_EVERY_S = 5.0
SLOW_EVERY_S = 3.0
PATIENCE_S = 60.0


@dataclass
class Visit:
    """What visitors met. answers: status, or why there was none → how often. longest_s: the longest that one waited to hear."""

    port: int
    source: str
    path: str
    until_s: float
    answers: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0
    octets: int = 0

    @property
    def is_over(self) -> bool:
        """True once it is time to leave."""
        return time.monotonic() >= self.until_s

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect from the visitor's own address."""
        return await asyncio.open_connection(HOST, self.port, local_addr=(self.source, 0))

    def waited(self, since_s: float) -> None:
        """Note how long a visitor waited."""
        self.longest_s = max(self.longest_s, time.monotonic() - since_s)

    def head(self, method: str = "GET", path: str = "", *, close: bool = True) -> bytes:
        """Return a request's head."""
        origin = f"{HOST}:{self.port}"
        lines = [f"{method} {path or self.path} HTTP/1.1", f"Host: {origin}", f"Origin: http://{origin}"]
        lines += ["Content-Length: 0"] if method == "POST" else []
        return "\r\n".join([*lines, *(["Connection: close"] if close else []), "", ""]).encode()

    async def ask(self, method: str = "GET", path: str = "") -> str:
        """Make one request on a connection of its own, read the answer to its end and return it."""
        began_s, answer = time.monotonic(), b""
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = await self.connect()
                with contextlib.closing(writer):
                    writer.write(self.head(method, path))
                    status = (await reader.readline()).split()
                    answer = await reader.read()
                    self.octets += len(answer)
            self.answers[status[1].decode() if len(status) > 1 else "closed"] += 1
        except (OSError, TimeoutError) as error:
            self.answers[type(error).__name__] += 1
        self.waited(began_s)
        return answer.decode(errors="replace")


async def wall(visit: Visit) -> None:
    """Look at the province page all the time; longest_s is the longest silence."""
    while not visit.is_over:
        heard_s = time.monotonic()
        try:
            reader, writer = await visit.connect()
            with contextlib.closing(writer):
                writer.write(visit.head(path="/api/v1/stream?parts=vi"))
                while not visit.is_over:
                    line = await asyncio.wait_for(reader.readline(), PATIENCE_S)
                    if not line:
                        break
                    if line.startswith(b"HTTP/1.1"):
                        visit.answers[line.split()[1].decode()] += 1
                    if line.startswith(b"event:"):
                        visit.answers["messages"] += 1
                        visit.waited(heard_s)
                        heard_s = time.monotonic()
        except (OSError, TimeoutError) as error:
            visit.answers[type(error).__name__] += 1
        visit.waited(heard_s)
        await asyncio.sleep(0.2)


async def scraper(visit: Visit) -> None:
    """Scrape as Prometheus does."""
    while not visit.is_over:
        due_s = time.monotonic() + SCRAPE_EVERY_S
        await visit.ask(path="/metrics")
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))


async def slow(visit: Visit) -> None:
    """Never come to the end of a request."""
    while not visit.is_over:
        try:
            reader, writer = await visit.connect()
            with contextlib.closing(writer):
                writer.write(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode())
                while not visit.is_over and not reader.at_eof():
                    with contextlib.suppress(TimeoutError):
                        told = await asyncio.wait_for(reader.read(65_536), SLOW_EVERY_S)
                        visit.answers[told.split()[1].decode() if told.startswith(b"HTTP/1.1") else "closed"] += 1
                        break
                    writer.write(b"x")
        except OSError as error:
            visit.answers[type(error).__name__] += 1
        await asyncio.sleep(0.5)


async def idle(visit: Visit) -> None:
    """Connect and say nothing."""
    while not visit.is_over:
        try:
            reader, writer = await visit.connect()
            with contextlib.closing(writer), contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(), max(0.01, visit.until_s - time.monotonic()))
                visit.answers["closed"] += 1
        except OSError as error:
            visit.answers[type(error).__name__] += 1
        await asyncio.sleep(0.5)


async def streams(visit: Visit) -> None:
    """Keep an event stream open; asks again when it was refused."""
    while not visit.is_over:
        try:
            reader, writer = await visit.connect()
            with contextlib.closing(writer):
                writer.write(visit.head(path="/api/v1/stream?parts=vi", close=False))
                status = (await reader.readline()).split()
                visit.answers[status[1].decode() if len(status) > 1 else "closed"] += 1
                while not visit.is_over and len(status) > 1 and status[1] == b"200":
                    told = await asyncio.wait_for(reader.read(65_536), PATIENCE_S)
                    visit.octets += len(told)
                    if not told:
                        break
        except (OSError, TimeoutError) as error:
            visit.answers[type(error).__name__] += 1
        await asyncio.sleep(1)


async def gets(visit: Visit) -> None:
    """Ask for a page or a file again and again."""
    while not visit.is_over:
        await visit.ask()


async def crawl(visit: Visit) -> None:
    """Read the page of every target, one after the other, beginning anywhere."""
    targets = re.findall(r'"id": "([^"]+)"', await visit.ask(path="/api/v1/targets"))
    random.shuffle(targets)
    for target in cycle(targets):
        if visit.is_over:
            return
        await visit.ask(path=f"/targets/{target}")


async def reloads(visit: Visit) -> None:
    """Ask for the configuration to be loaded again and again."""
    while not visit.is_over:
        await visit.ask("POST", "/-/reload")


KINDS: dict[str, Callable[[Visit], Awaitable[None]]] = {
    each.__name__: each for each in (wall, scraper, slow, idle, streams, gets, crawl, reloads)
}


async def main() -> None:
    """Visit, and say what was met."""
    kind, number, port, source, seconds, *path = sys.argv[1:]
    visit = Visit(int(port), source, path[0] if path else "/", time.monotonic() + float(seconds))
    visitors = [asyncio.ensure_future(KINDS[kind](visit)) for _ in range(int(number))]
    await asyncio.wait(visitors, timeout=float(seconds) + 2)
    for each in visitors:
        each.cancel()
    print(json.dumps({"kind": kind, "answers": visit.answers, "longest_s": round(visit.longest_s, 3), "octets": visit.octets}))


if __name__ == "__main__":
    asyncio.run(main())
