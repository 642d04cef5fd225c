"""Server-sent events: what changed on the page, to every open screen; one that reads too slowly is let go, never waited for.

Screens that show one page to one audience share a channel: what is on the page is rendered, compared with what they have and
encoded once for all of them, at most once a second. Whoever joins is told all of it, so that all of a channel always have the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from monitor import words
from monitor.background import BackgroundTasks
from monitor.export.api.targets import Json, acknowledgement
from monitor.export.audience import Audience, role_of
from monitor.export.pages.live_pages import LivePages
from monitor.export.pages.renderer import LivePage, TileValues
from monitor.export.rendered import FRESH_S, Renderings
from monitor.export.responses import refusal
from monitor.export.source import SilentError, Source
from monitor.model.state import Snapshot

HEARTBEAT_S = 5.0
GATHER_S = 0.1
"""Publications within this time become one message."""
RETRY_MS = 3000
SEND_BUFFER = 262_144
QUEUE = 32
"""Messages that may wait for a slow client before it is let go."""

_log = logging.getLogger(__name__)
_AGE = re.compile(r'(?<=">)[^<]*(?=</time>)')
"""The text of an age, which the screen counts by itself: it alone is no change."""


@dataclass(eq=False)
class Client:
    """One open screen. is_told: it was told the whole page, and from then on is told what changes."""

    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    transport: asyncio.Transport | None = None
    is_told: bool = False
    is_dropped: bool = False


class PageChannel:
    """What all screens that show one page to one audience were told. audience: None for those that want tiles alone.

    looked_s: when it looked at its page last, by the loop's clock. news: something was published since.
    """

    def __init__(self, page: LivePage, audience: Audience | None) -> None:
        self.page = page
        self.audience = audience
        self.clients: set[Client] = set()
        self.turn = asyncio.Lock()
        self.news = asyncio.Event()
        self.looked_s: float | None = None
        self.telling: asyncio.Task[None] | None = None
        self._head: dict[str, object] = {}
        self._tiles: Mapping[str, TileValues] = {}
        self._parts: dict[str, str] = {}
        self._ageless: dict[str, str] = {}
        self._owners: dict[str, Json] = {}
        self._whole: bytes | None = None

    def look(self, snapshot: Snapshot) -> bytes:
        """Look at the page anew and return the message of what changed; without changes it is the heartbeat."""
        head, tiles, owners = _head(self.page, snapshot), self.page.tiles(snapshot), _acknowledged(snapshot)
        parts = {} if self.audience is None else self.page.parts(snapshot, self.audience)
        ageless = {id_: _AGE.sub("", html) for id_, html in parts.items()}
        message = _message(
            head,
            {id_: values for id_, values in tiles.items() if self._tiles.get(id_) != values},
            {id_: owners.get(id_) for id_ in owners.keys() | self._owners.keys() if owners.get(id_) != self._owners.get(id_)},
            {id_: parts[id_] for id_, html in ageless.items() if self._ageless.get(id_) != html},
        )
        self._head, self._tiles, self._owners, self._parts, self._ageless = head, tiles, owners, parts, ageless
        self._whole = None
        return message

    def whole(self) -> bytes:
        """Return the message of all that was seen at the last look: what a screen is told first."""
        if self._whole is None:
            self._whole = f"retry: {RETRY_MS}\n".encode() + _message(self._head, self._tiles, self._owners, self._parts)
        return self._whole

    def put(self, message: bytes) -> None:
        """Have a message sent to every screen that was told the page."""
        for client in tuple(self.clients):
            if client.is_told:
                self.put_to(client, message)

    def put_to(self, client: Client, message: bytes) -> None:
        """Have a message sent to one screen, which is let go where too many wait already."""
        try:
            client.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.let_go(client)

    def let_go(self, client: Client) -> None:
        """End a screen's stream; what it did not read by now is lost to it."""
        self.clients.discard(client)
        client.is_dropped = True
        with contextlib.suppress(asyncio.QueueFull):
            client.queue.put_nowait(None)
        if client.transport is not None and client.queue.full():
            client.transport.abort()


class Stream:
    """Turns publications into messages. Nothing is computed while no screen is open.

    apart_s: how far apart two looks at one page are at least.
    """

    def __init__(
        self,
        source: Source,
        pages: LivePages,
        renderings: Renderings,
        *,
        heartbeat_s: float = HEARTBEAT_S,
        gather_s: float = GATHER_S,
        apart_s: float = FRESH_S,
    ) -> None:
        self._source = source
        self._pages = pages
        self._renderings = renderings
        self._heartbeat_s = heartbeat_s
        self._gather_s = gather_s
        self._apart_s = apart_s
        self._channels: dict[tuple[str, Audience | None], PageChannel] = {}
        self._telling = BackgroundTasks("what tells the screens of a page")
        self._is_closing = False
        self._unsubscribe: tuple[Callable[[], None], ...] = ()

    @property
    def clients(self) -> int:
        return sum(len(channel.clients) for channel in self._channels.values())

    async def end(self, _: web.Application) -> None:
        """End every open stream; aiohttp would otherwise wait a minute for each."""
        self._is_closing = True
        for channel in tuple(self._channels.values()):
            for client in tuple(channel.clients):
                channel.let_go(client)

    def _listen(self) -> None:
        """Subscribe while screens are open, and only then: each publication is a picture of everything, made for who listens."""
        if self._channels and not self._unsubscribe:
            self._unsubscribe = (self._source.subscribe(self._published), self._pages.meetings.subscribe(self._published))
        elif not self._channels:
            for unsubscribe in self._unsubscribe:
                unsubscribe()
            self._unsubscribe = ()

    def _published(self, _: object) -> None:
        for channel in self._channels.values():
            channel.news.set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer /api/v1/stream: at first all tiles of a page (and, with ?parts=LANGUAGE, all parts), then what changes."""
        if self._is_closing:
            return web.Response(status=503, headers={"Retry-After": "10"}, text="the monitor is ending\n")
        await self._source.fresh()
        page = self._pages.of(request.query)
        if page is None:
            return refusal(404, "no_stream_page")
        language = request.query.get("parts", "")
        key = (page.key, Audience(language, role_of(request)) if language in words.LANGUAGES else None)
        channel = self._channels.setdefault(key, PageChannel(page, key[1]))
        client = Client()
        channel.clients.add(client)
        self._listen()
        try:
            return await self._serve(channel, client, request)
        finally:
            channel.clients.discard(client)
            if not channel.clients and self._channels.get(key) is channel:
                del self._channels[key]
                if channel.telling is not None:
                    channel.telling.cancel()
            self._listen()

    async def _serve(self, channel: PageChannel, client: Client, request: web.Request) -> web.StreamResponse:
        async with channel.turn:
            # Told what was seen before the news, a screen would for a moment go back behind the page that it just loaded.
            if channel.news.is_set() or self._is_due(channel, self._apart_s):
                try:
                    await self._look(channel)
                except BaseException:
                    # Of what it could not be told the other screens, and who joins next, know nothing either.
                    channel.news.set()
                    raise
        if channel.telling is None:
            channel.telling = self._telling.start(self._tell_screens(channel))
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        with contextlib.suppress(ConnectionError):  # who hung up meanwhile, or does now
            await response.prepare(request)
            if isinstance(request.transport, asyncio.Transport):
                client.transport = request.transport
                # The kernel would take some MB for a client that never reads.
                client.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            channel.put_to(client, channel.whole())
            client.is_told = True
            await _pump(client, response)
        return response

    async def _tell_screens(self, channel: PageChannel) -> None:
        """Tell a channel's screens what changed soon after it did, and each heartbeat_s that nothing did."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at((channel.looked_s or 0.0) + self._heartbeat_s):
                    await channel.news.wait()
            if channel.news.is_set():
                await asyncio.sleep(self._gather_s)
            try:
                async with channel.turn:
                    if channel.news.is_set() or self._is_due(channel, self._heartbeat_s):  # not where who joined had it look
                        await self._look(channel)
            except SilentError:
                # A screen that hears nothing for 10 s says that it lost the monitor: so it has. As soon as it answers, all is told.
                channel.news.set()
            except Exception:
                _log.exception("the stream has nothing to tell of the page %r", channel.page.key)

    def _is_due(self, channel: PageChannel, after_s: float) -> bool:
        return channel.looked_s is None or asyncio.get_running_loop().time() >= channel.looked_s + after_s

    async def _look(self, channel: PageChannel) -> None:
        """Have a channel look at its page and tell its screens. Raises SilentError, and then tells them nothing.

        Whoever has it look sees to it that it looks again where that failed: the news are taken for told.
        """
        loop = asyncio.get_running_loop()
        if channel.looked_s is not None:
            await asyncio.sleep(channel.looked_s + self._apart_s - loop.time())
        channel.news.clear()
        channel.looked_s = loop.time()
        await channel.page.prepare()
        async with self._renderings.turn():
            message = channel.look(await self._source.fresh())
        channel.put(message)


def _acknowledged(snapshot: Snapshot) -> dict[str, Json]:
    return {id_: acknowledgement(view.acknowledged) for id_, view in snapshot.views.items() if view.acknowledged is not None}


def _head(page: LivePage, snapshot: Snapshot) -> dict[str, object]:
    return {
        "at": snapshot.at,
        "generation": snapshot.generation,
        "layout": page.layout_id(snapshot),
        "blind": snapshot.blind.since if snapshot.blind else None,
        "last_round_at": snapshot.last_round_at,
        "fresh": snapshot.fresh,
        "targets": len(snapshot.views),
    }


def _message(
    head: Mapping[str, object], tiles: Mapping[str, TileValues], owners: Mapping[str, Json], parts: Mapping[str, str]
) -> bytes:
    changed = {"tiles": tiles, "acknowledged": owners, "parts": parts}
    said = dict(head) | {name: values for name, values in changed.items() if values}
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f"id: {head['generation']}\nevent: change\ndata: {body}\n\n".encode()


async def _pump(client: Client, response: web.StreamResponse) -> None:
    while not client.is_dropped:
        message = await client.queue.get()
        if message is None:
            return
        await response.write(message)
