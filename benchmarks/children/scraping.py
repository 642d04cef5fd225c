"""Scrapes as Prometheus makes them: HTTP/1.1 over connections that stay open, gzip, the scrape's time-out in a header.

The driver is no part of any figure. It is as cheap as asyncio permits, so that it leaves the processor to whom it asks.
"""

from __future__ import annotations

import asyncio
import gzip
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

CONNECTIONS = 256
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Scrape:
    """One scrape of one target. at_s: how far into the cycle; key: what the answer is filed under."""

    at_s: float
    path: str
    key: str


def scrape(url: str) -> str:
    """Return a page's text, asked for as Prometheus asks."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", "Accept": "text/plain;version=0.0.4"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(gzip.decompress(answer.read()).decode())


async def drive(port: int, scrapes: Sequence[Scrape], is_good: Callable[[int, bytes], bool]) -> set[str]:
    """Make the scrapes, each at its moment or as soon after as a connection is free; return the keys of the good answers.

    is_good: status and body → whether the exporter reached the target.
    """
    waiting = iter(sorted(scrapes, key=lambda each: each.at_s))
    began_s = asyncio.get_running_loop().time()
    good: set[str] = set()
    await asyncio.gather(*(_work(port, waiting, began_s, is_good, good) for _ in range(min(CONNECTIONS, len(scrapes)))))
    return good


async def _work(
    port: int, waiting: Iterator[Scrape], began_s: float, is_good: Callable[[int, bytes], bool], good: set[str]
) -> None:
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for each in waiting:
        late_s = began_s + each.at_s - loop.time()
        if late_s > 0:
            await asyncio.sleep(late_s)
        writer.write(_request(each.path, port))
        status, body = await _answer(reader)
        if is_good(status, body):
            good.add(each.key)
    writer.close()
    await writer.wait_closed()


def _request(path: str, port: int) -> bytes:
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "User-Agent: Prometheus/2.42.0",
        "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;"
        "version=0.0.4;q=0.5,*/*;q=0.1",
        "Accept-Encoding: gzip",
        "X-Prometheus-Scrape-Timeout-Seconds: 10",
    )
    return "\r\n".join(lines).encode() + _HEAD_END


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(_HEAD_END)).lower()
    status = int(head[9:12])
    _, has_length, rest = head.partition(b"content-length:")
    if has_length:
        body = await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))
    else:
        body = await _chunks(reader)
    return status, gzip.decompress(body) if b"content-encoding: gzip" in head else body


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)
