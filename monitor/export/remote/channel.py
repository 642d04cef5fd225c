"""Messages over a connected socket: whole ones in, whole ones out, and an end that everybody who waits hears of."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

from monitor.export.remote.codec import HEAD, MessageKind, frame


class PeerChannel:
    """One end of the socket between poller and web process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, connected: socket.socket) -> PeerChannel:
        """Return a channel over a connected stream socket, which is the channel's own from then on."""
        connected.setblocking(False)
        return cls(*await asyncio.open_connection(sock=connected))

    def send(self, kind: MessageKind, call: int, body: bytes = b"") -> None:
        """Send a message; what the other side is too slow to take waits in memory. Nothing happens on a closed channel."""
        if not self._writer.is_closing():
            self._writer.write(frame(kind, call, body))

    async def messages(self, longest: int) -> AsyncIterator[tuple[MessageKind, int, bytes]]:
        """Yield each message that comes, until the other side is gone. Raises ValueError for what is none, or longer than that."""
        try:
            while True:
                length, kind, call = HEAD.unpack(await self._reader.readexactly(HEAD.size))
                if length > longest:
                    raise ValueError(f"a message of {length} octets")
                yield MessageKind(kind), call, await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def close(self) -> None:
        self._writer.close()
