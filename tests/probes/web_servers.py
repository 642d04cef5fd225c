"""Web servers of a test's own on 127.0.0.1, with and without TLS, that answer exactly what they are told to."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec

from monitor.lab.services import server_context

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ENDS = datetime(2027, 3, 1, 8, 30, 15, tzinfo=UTC)


def secured(ends: datetime = ENDS) -> ssl.SSLContext:
    """Return the context of a TLS server with a certificate of its own that ends at this moment."""
    return server_context(ec.generate_private_key(ec.SECP256R1()), ends)


@contextlib.asynccontextmanager
async def serving(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that talks so over each connection, and its port; whatever still talks at the end is broken off."""
    tasks: set[asyncio.Task[None]] = set()

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(accepted, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answering(*parts: bytes, pause_s: float = 0.0, asked: list[bytes] | None = None) -> Talk:
    """Return what reads a request's head, into `asked`, and answers these parts with pauses between."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(request)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_s)
        # As most web servers do: an end, not a break.
        writer.close()
        await writer.wait_closed()

    return talk


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Take everything and say nothing."""
    while await reader.read(65_536):
        pass


def page(status: str, body: bytes, *fields: str) -> bytes:
    """Return a whole response."""
    return "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", "")).encode() + body
