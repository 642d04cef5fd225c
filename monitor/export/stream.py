"""Server-sent events: what changed on the page, to every open screen; one that reads too slowly is let go, never waited for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from monitor.export.answers import refusal
from monitor.export.api import Json, taken_json
from monitor.export.faces import Face, Faces, TileValues
from monitor.export.source import Source
from monitor.model.state import Snapshot

HEARTBEAT_S = 5.0
GATHER_S = 0.1
"""Publications within this time become one message."""
RETRY_MS = 3000
MOST_CLIENTS = 200
SEND_BUFFER = 262_144
QUEUE = 32
"""Messages that may wait for a slow client before it is let go."""


_AGE = re.compile(r'(?<=">)[^<]*(?=</time>)')
"""The text of an age, which the screen counts by itself: it alone is no change."""


@dataclass(eq=False)
class Client:
    """One open screen. language: of the parts it wants, None for tiles alone. parts: what it was sent last, without ages."""

    face: Face
    language: str | None
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    parts: dict[str, str] = field(default_factory=dict)
    is_dropped: bool = False


class Stream:
    """Turns publications into messages. Nothing is computed while no screen is open."""

    def __init__(self, source: Source, faces: Faces, *, heartbeat_s: float = HEARTBEAT_S, gather_s: float = GATHER_S) -> None:
        self._source = source
        self._faces = faces
        self._heartbeat_s = heartbeat_s
        self._gather_s = gather_s
        self._clients: dict[Client, asyncio.Transport | None] = {}
        self._sent: dict[str, Mapping[str, TileValues]] = {}
        self._told: dict[str, Json] = {}
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
            self._unsubscribe = self._subscribe()
        elif not is_wanted and self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _subscribe(self) -> Callable[[], None]:
        ends = (self._source.subscribe(self._published), self._faces.meetings.subscribe(self._published))

        def end() -> None:
            for each in ends:
                each()

        return end

    def _published(self, _: object) -> None:
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
        faces = {client.face.key: client.face for client in self._clients}
        now = {key: face.tiles(snapshot) for key, face in faces.items()}
        changed = {key: _changes(self._sent.get(key, {}), tiles) for key, tiles in now.items()}
        self._sent = now
        taken = _taken(snapshot)
        moved = {id_: taken.get(id_) for id_ in taken.keys() | self._told.keys() if taken.get(id_) != self._told.get(id_)}
        self._told = taken
        rendered: dict[tuple[str, str], dict[str, str]] = {}
        for client in tuple(self._clients):
            parts = _new_parts(client, snapshot, rendered)
            self._put(client, _message(client.face, snapshot, changed[client.face.key], moved, parts))

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

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer /api/v1/stream: at first all tiles of a page (and, with ?parts=LANGUAGE, all parts), then what changes."""
        if self._is_closing or len(self._clients) >= MOST_CLIENTS:
            return web.Response(status=503, headers={"Retry-After": "10"}, text="too many open streams; close one\n")
        face = self._faces.of(request.query)
        if face is None:
            return refusal(404, "there is no such page", "docs/http.md lists what a stream can be asked for")
        await face.prepare()
        language = request.query.get("parts")
        client = Client(face, language if language in ("vi", "en") else None)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        snapshot = self._source.snapshot()
        tiles = face.tiles(snapshot)
        taken = _taken(snapshot)
        first = _message(face, snapshot, tiles, taken, _new_parts(client, snapshot, {}))
        client.queue.put_nowait(f"retry: {RETRY_MS}\n{first}")
        transport = request.transport
        if transport is not None:
            # The kernel would take some MB for a client that never reads.
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if all(each.face.key != face.key for each in self._clients):
            self._sent[face.key] = tiles
        if not self._clients:
            self._told = taken
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


def _changes(before: Mapping[str, TileValues], now: Mapping[str, TileValues]) -> dict[str, TileValues]:
    return {id_: values for id_, values in now.items() if before.get(id_) != values}


def _new_parts(client: Client, snapshot: Snapshot, rendered: dict[tuple[str, str], dict[str, str]]) -> dict[str, str]:
    if client.language is None:
        return {}
    key = (client.face.key, client.language)
    if key not in rendered:
        rendered[key] = client.face.parts(snapshot, client.language)
    parts = rendered[key]
    changed = {id_: html for id_, html in parts.items() if client.parts.get(id_) != _AGE.sub("", html)}
    client.parts |= {id_: _AGE.sub("", html) for id_, html in changed.items()}
    return changed


def _taken(snapshot: Snapshot) -> dict[str, Json]:
    """Return target → who has it, of all that somebody has."""
    return {id_: taken_json(view.acknowledged) for id_, view in snapshot.views.items() if view.acknowledged is not None}


def _message(
    face: Face, snapshot: Snapshot, changed: Mapping[str, TileValues], taken: Mapping[str, Json], parts: dict[str, str]
) -> str:
    said: dict[str, object] = {
        "at": snapshot.at,
        "generation": snapshot.generation,
        "layout": face.layout_id(snapshot),
        "blind": snapshot.blind.since if snapshot.blind else None,
        "last_round_at": snapshot.last_round_at,
        "fresh": snapshot.fresh,
        "targets": len(snapshot.views),
    }
    if changed:
        said["tiles"] = changed
    if taken:
        said["acknowledged"] = taken
    if parts:
        said["parts"] = parts
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f"id: {snapshot.generation}\nevent: change\ndata: {body}\n\n"


async def _pump(client: Client, response: web.StreamResponse) -> None:
    while not client.is_dropped:
        message = await client.queue.get()
        if message is None:
            return
        await response.write(message.encode())
