"""What many read is rendered once a second and served from memory, however many ask.

A page of 477 targets takes 14 to 23 ms to render, and while it is rendered nothing else is answered. So each thing has a key (what
it is, its parameters, its audience) and is rendered once from a picture, which lasts a second. Who asks meanwhile gets the same
octets; who asks while it is being rendered waits for that one rendering. Renderings take turns, and between two of them the loop
has time for what is ready.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from isal import isal_zlib

from monitor.export.source import Meetings, Source
from monitor.model.settings import Settings
from monitor.model.state import Snapshot

FRESH_S = 1.0
"""How long a picture of everything is good."""
MOST_REST_S = 0.02
MOST_ENTRIES = 512
MOST_BYTES = 32 * 2**20
_GZIP = 16 + isal_zlib.MAX_WBITS
"""zlib's way to say: with gzip's header and trailer."""
_LEVEL = 2
"""isal's: the province's page of 124 kB becomes 15.5 kB in 0.08 ms; zlib's level 6 makes 13.1 kB of it in 1.6 ms."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What there is to be seen at a moment. number: another one for whatever may look different."""

    number: int
    snapshot: Snapshot
    settings: Settings
    meetings: tuple[object, ...]

    def is_same(self, snapshot: Snapshot, settings: Settings, meetings: Sequence[object]) -> bool:
        """Return whether it is made of the very same things: then nothing can have changed, whatever the clock says."""
        if self.snapshot is not snapshot or self.settings is not settings or len(self.meetings) != len(meetings):
            return False
        return all(a is b for a, b in zip(self.meetings, meetings, strict=True))


class Rendered:
    """Something finished: its octets, the same zipped, and what tells them from others. Both are made when first asked for.

    settings, picture: of the picture that it shows, which itself is not kept: it is larger than any page. seen_s: when that was the
    newest, monotonic.
    """

    def __init__(self, body: bytes, picture: Drawn, seen_s: float) -> None:
        self.body = body
        self.seen_s = seen_s
        self.settings = picture.settings
        self.picture = picture.number

    @cached_property
    def zipped(self) -> bytes:
        press = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)
        octets: bytes = press.compress(self.body) + press.flush()
        return octets

    @cached_property
    def digest(self) -> str:
        return hashlib.blake2b(self.body, digest_size=12).hexdigest()

    @property
    def size(self) -> int:
        """Return how much memory it is counted as, zipped form included."""
        return len(self.body) * 5 // 4


class Renderings:
    """All that was rendered lately, bounded by number and size; what was asked for longest ago goes first."""

    def __init__(
        self,
        source: Source,
        meetings: Meetings,
        *,
        fresh_s: float = FRESH_S,
        now_s: Callable[[], float] = time.monotonic,
        most_entries: int = MOST_ENTRIES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._source = source
        self._meetings = meetings
        self._fresh_s = fresh_s
        self._now_s = now_s
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Rendered] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Rendered]] = {}
        self._turn = asyncio.Lock()
        self._rest_until = 0.0
        self._epoch = 0
        self._last: Drawn | None = None
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    async def get(
        self,
        key: Hashable,
        draw: Callable[[Snapshot, T], str | Sequence[bytes]],
        prepare: Callable[[], Awaitable[T]] | None = None,
    ) -> Rendered:
        """Return what stands under a key, rendered anew where what is kept is not of now.

        draw: renders it, as text or in parts, from the picture of now and what prepare brought; what it raises is told to all who
        wait, and nothing is kept. prepare: fetches what the picture does not hold, and holds up nobody else meanwhile.
        """
        kept = self._kept.get(key)
        if kept is not None and self._is_of_now(kept):
            self._kept.move_to_end(key)
            return kept
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, draw, prepare))
            making.add_done_callback(lambda task: self._made(key, task))
        # Whoever asked first may hang up: the others still wait for it.
        return await asyncio.shield(making)

    def forget(self) -> None:
        """Forget everything: who just changed something must not be shown what was before it."""
        self._epoch += 1
        self._kept.clear()
        self._making.clear()
        self.bytes = 0

    def _is_of_now(self, rendered: Rendered) -> bool:
        """Return whether what it shows was the newest less than fresh_s ago, by the settings in force."""
        return self._now_s() - rendered.seen_s < self._fresh_s and rendered.settings is self._source.settings

    async def _look(self) -> Drawn:
        """Return the picture of now, or of a second ago at most."""
        snapshot, last = await self._source.fresh(), self._last
        settings, meetings = self._source.settings, tuple(self._meetings.meetings())
        if last is None or not last.is_same(snapshot, settings, meetings):
            last = self._last = Drawn(1 if last is None else last.number + 1, snapshot, settings, meetings)
        return last

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until nobody else renders, and until the loop had time for others after what was rendered last.

        An answer out of memory takes some rounds of the loop from its request to its last octet, and shall not wait for a rendering
        in each of them: so between two there is half the time that the first took. While 8 readers walked through all targets'
        pages, `/` came after 6 ms in the median (702 requests a second), without the rest after 60 ms (58 a second).
        """
        async with self._turn:
            await asyncio.sleep(max(0.0, self._rest_until - time.perf_counter()))
            began = time.perf_counter()
            yield
            now = time.perf_counter()
            self._rest_until = now + min((now - began) / 2, MOST_REST_S)

    async def _make(
        self,
        key: Hashable,
        draw: Callable[[Snapshot, T], str | Sequence[bytes]],
        prepare: Callable[[], Awaitable[T]] | None,
    ) -> Rendered:
        epoch = self._epoch
        ready = cast(T, None) if prepare is None else await prepare()
        kept, seen_s = self._kept.get(key), self._now_s()
        if kept is not None and kept.picture == (await self._look()).number:
            kept.seen_s = seen_s
            return kept
        async with self.turn():
            seen_s, picture = self._now_s(), await self._look()
            drawn = draw(picture.snapshot, ready)
            rendered = Rendered(drawn.encode() if isinstance(drawn, str) else b"".join(drawn), picture, seen_s)
        if epoch == self._epoch:
            self._keep(key, rendered)
        return rendered

    def _made(self, key: Hashable, task: asyncio.Task[Rendered]) -> None:
        if self._making.get(key) is task:
            del self._making[key]
        if not task.cancelled():
            task.exception()  # who waited was told; where all of them hung up, asyncio would complain

    def _keep(self, key: Hashable, rendered: Rendered) -> None:
        former = self._kept.pop(key, None)
        self.bytes += rendered.size - (former.size if former is not None else 0)
        self._kept[key] = rendered
        while self._kept and (len(self._kept) > self._most_entries or self.bytes > self._most_bytes):
            self.bytes -= self._kept.popitem(last=False)[1].size
