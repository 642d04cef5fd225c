"""The application behind our own accept loop, and clients of it that have an address each."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from monitor.export.http import make_app
from monitor.export.server.admission import Admission, Limits
from monitor.export.server.connection import ADMISSION
from monitor.export.server.listening import serve
from monitor.export.source import Meetings
from tests.export.sample import FakeSource


@dataclass
class Served:
    """An application that is served. port: at 127.0.0.1."""

    app: web.Application
    port: int

    @property
    def admission(self) -> Admission:
        """Return what is held, and who was refused."""
        return self.app[ADMISSION]

    async def visit(self, address: str = "127.0.0.1", *, receive_buffer: int | None = None) -> Visitor:
        """Return a connection from an address."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.bind((address, 0))
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=sock, limit=16_000_000)
        return Visitor(reader, writer, self.port)

    async def get(self, path: str, address: str = "127.0.0.1", **headers: str) -> Answer:
        """Return what one request of its own connection is answered."""
        async with await self.visit(address) as visitor:
            return await visitor.get(path, **headers)


@dataclass
class Answer:
    """What a request was answered. headers: by their names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Return the body's JSON."""
        return json.loads(self.body)


@dataclass
class Visitor:
    """One connection of a client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    port: int

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self.writer.close()

    def send(self, data: bytes) -> None:
        """Send octets as they are."""
        self.writer.write(data)

    def ask(self, method: str, path: str, body: bytes = b"", *, of: int | None = None, **headers: str) -> None:
        """Send a request; a POST comes from our own page. of: how long its body is, where not all of it is sent yet."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if method != "GET":
            lines += [f"Origin: http://127.0.0.1:{self.port}", f"Content-Length: {len(body) if of is None else of}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask, and return the answer."""
        self.ask("GET", path, b"", of=None, **headers)
        return await self.answer()

    async def post(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Ask for a change, and return the answer."""
        self.ask("POST", path, body, of=None, **headers)
        return await self.answer()

    async def head(self) -> Answer:
        """Return the next answer without its body."""
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        return Answer(int(lines[0].split()[1]), headers)

    async def answer(self) -> Answer:
        """Return the next answer, whole."""
        found = await self.head()
        if found.headers.get("transfer-encoding") == "chunked":
            while size := int(await self.reader.readline(), 16):
                found.body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readline()
        else:
            found.body = await self.reader.readexactly(int(found.headers.get("content-length", "0")))
        return found

    async def rest(self) -> bytes:
        """Return all that comes until the server closes; what it resets ends there too."""
        got = bytearray()
        try:
            while piece := await self.reader.read(65_536):
                got += piece
        except ConnectionError:
            pass
        return bytes(got)


@asynccontextmanager
async def served(
    source: FakeSource, limits: Limits | None = None, *, meetings: Meetings | None = None, heartbeat_s: float = 3600.0
) -> AsyncIterator[Served]:
    """Serve a source at a free port."""
    app = make_app(source, meetings=meetings, heartbeat_s=heartbeat_s, limits=limits)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    async with serve(app, [listener]):
        yield Served(app, listener.getsockname()[1])
