"""Server-sent events: what changed on the page, to every open screen; one that reads too slowly is let go, never waited for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from aiohttp import web

from monitor.export.renderer import Renderer
from monitor.export.source import Source
from monitor.export.tiles import tiles
from monitor.model.state import Snapshot

HEARTBEAT_S = 5.0
GATHER_S = 0.1
"""Publications within this time become one message."""
RETRY_MS = 3000
MOST_CLIENTS = 200
SEND_BUFFER = 262_144
QUEUE = 32
"""Messages that may wait for a slow client before it is let go."""

TileValues = tuple[str, str, int]
"""A tile's attributes: state, worst endpoint's state or '', epoch seconds of a recent change or 0."""


_AGE = re.compile(r'(?<=">)[^<]*(?=</time>)')
"""The text of an age, which the screen counts by itself: it alone is no change."""


@dataclass(eq=False)
class Client:
    """One open screen. language: of the parts it wants, None for tiles alone. parts: what it was sent last, without ages."""

    language: str | None
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    parts: dict[str, str] = field(default_factory=dict)
    is_dropped: bool = False


class Stream:
    """Turns publications into messages. Nothing is computed while no screen is open."""

    def __init__(self, source: Source, renderer: Renderer, *, heartbeat_s: float = HEARTBEAT_S, gather_s: float = GATHER_S) -> None:
        self._source = source
        self._renderer = renderer
        self._heartbeat_s = heartbeat_s
        self._gather_s = gather_s
        self._clients: dict[Client, asyncio.Transport | None] = {}
        self._sent: dict[str, TileValues] = {}
        self._pending: asyncio.TimerHandle | None = None
        self._is_closing = False
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def clients(self) -> int:
        """Return how many screens are open."""
        return len(self._clients)

    async def run(self, _: web.Application) -> AsyncIterator[None]:
        """Live as long as the application: send heartbeats, and end every stream at its shutdown."""
        beat = asyncio.create_task(self._beat())
        yield
        self._listen(is_wanted=False)
        beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beat

    async def end(self, _: web.Application) -> None:
        """End every open stream; aiohttp would otherwise wait a minute for each."""
        self._is_closing = True
        for client in tuple(self._clients):
            self._let_go(client)

    def _listen(self, *, is_wanted: bool) -> None:
        """Subscribe while screens are open, and only then: each publication is a picture of everything, made for who listens."""
        if is_wanted and self._unsubscribe is None:
            self._unsubscribe = self._source.subscribe(self._published)
        elif not is_wanted and self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _published(self, _: Snapshot) -> None:
        if self._clients and self._pending is None:
            self._pending = asyncio.get_running_loop().call_later(self._gather_s, self._send)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_s)
            if self._clients:
                self._send()

    def _send(self) -> None:
        """Send every client what changed since its last message; a message without changes is the heartbeat."""
        self._pending = None
        snapshot = self._source.snapshot()
        now = self._tiles(snapshot)
        changed = {id_: values for id_, values in now.items() if self._sent.get(id_) != values}
        self._sent = now
        rendered: dict[str, dict[str, str]] = {}
        for client in tuple(self._clients):
            self._put(client, self._message(snapshot, changed, self._new_parts(client, snapshot, rendered)))

    def _put(self, client: Client, message: str) -> None:
        try:
            client.queue.put_nowait(message)
        except asyncio.QueueFull:
            self._let_go(client)

    def _let_go(self, client: Client) -> None:
        transport = self._clients.pop(client, None)
        client.is_dropped = True
        with contextlib.suppress(asyncio.QueueFull):
            client.queue.put_nowait(None)
        if transport is not None and client.queue.full():
            transport.abort()

    def _tiles(self, snapshot: Snapshot) -> dict[str, TileValues]:
        found = tiles(self._renderer.layout(snapshot.inventory), snapshot)
        return {
            id_: (tile.state.value, tile.endpoint.value if tile.endpoint else "", int(tile.changed_at))
            for id_, tile in found.items()
        }

    def _new_parts(self, client: Client, snapshot: Snapshot, rendered: dict[str, dict[str, str]]) -> dict[str, str]:
        if client.language is None:
            return {}
        if client.language not in rendered:
            rendered[client.language] = self._renderer.parts(snapshot, self._source.settings, client.language)
        parts = rendered[client.language]
        changed = {id_: html for id_, html in parts.items() if client.parts.get(id_) != _AGE.sub("", html)}
        client.parts |= {id_: _AGE.sub("", html) for id_, html in changed.items()}
        return changed

    def _message(self, snapshot: Snapshot, changed: dict[str, TileValues], parts: dict[str, str]) -> str:
        said: dict[str, object] = {
            "at": snapshot.at,
            "generation": snapshot.generation,
            "layout": self._renderer.layout_id(snapshot.inventory),
            "blind": snapshot.blind.since if snapshot.blind else None,
            "last_round_at": snapshot.last_round_at,
            "fresh": snapshot.fresh,
            "targets": len(snapshot.views),
        }
        if changed:
            said["tiles"] = changed
        if parts:
            said["parts"] = parts
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return f"id: {snapshot.generation}\nevent: change\ndata: {body}\n\n"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer /api/v1/stream: at first all tiles (and, with ?parts=LANGUAGE, all parts), then what changes."""
        if self._is_closing or len(self._clients) >= MOST_CLIENTS:
            return web.Response(status=503, headers={"Retry-After": "10"}, text="too many open streams; close one\n")
        language = request.query.get("parts")
        client = Client(language if language in ("vi", "en") else None)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        snapshot = self._source.snapshot()
        first = self._message(snapshot, self._tiles(snapshot), self._new_parts(client, snapshot, {}))
        client.queue.put_nowait(f"retry: {RETRY_MS}\n{first}")
        transport = request.transport
        if transport is not None:
            # The kernel would take some MB for a client that never reads.
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if not self._clients:
            self._sent = self._tiles(snapshot)
        self._clients[client] = transport if isinstance(transport, asyncio.Transport) else None
        self._listen(is_wanted=True)
        try:
            await _pump(client, response)
        except ConnectionError:
            pass
        finally:
            self._clients.pop(client, None)
            self._listen(is_wanted=bool(self._clients))
        return response


async def _pump(client: Client, response: web.StreamResponse) -> None:
    while not client.is_dropped:
        message = await client.queue.get()
        if message is None:
            return
        await response.write(message.encode())
