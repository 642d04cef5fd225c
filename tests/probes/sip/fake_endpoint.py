"""SIP endpoints of our own on 127.0.0.1 that answer as they are told to, over UDP and TCP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Answer = Callable[[bytes, int], list[bytes]]
"""(request, how many came before it) → the messages to send back."""


def reply(request: bytes, status: str = "200 OK", **changes: str) -> bytes:
    """Return a response to a request. changes: header name with _ for - → another value; '' leaves the header out."""
    headers = {name: _header(request, name) for name in ("Via", "From", "To", "Call-ID", "CSeq")} | {"Content-Length": "0"}
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"SIP/2.0 {status}", *(f"{name}: {value}" for name, value in headers.items() if value)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def says(status: str = "200 OK", **changes: str) -> Answer:
    """Return an endpoint that answers each request with this."""
    return lambda request, _: [reply(request, status, **changes)]


def silent(_request: bytes, _before: int) -> list[bytes]:
    """Return nothing."""
    return []


def _header(request: bytes, name: str) -> str:
    found = re.search(rf"^{name}: (.*)\r$", request.decode(), re.MULTILINE)
    assert found, f"a request without {name}"
    return found[1]


class FakeEndpoint(asyncio.DatagramProtocol):
    """What it was asked, by transport; udp, tcp: how it answers, None where it does not listen."""

    def __init__(self, udp: Answer | None, tcp: Answer | None) -> None:
        self.asked: dict[str, list[bytes]] = {"udp": [], "tcp": []}
        self.was_asked = asyncio.Event()
        self.port = 0
        self._udp, self._tcp = udp, tcp
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked["udp"].append(data)
        self.was_asked.set()
        assert self._transport
        assert self._udp
        for each in self._udp(data, len(self.asked["udp"]) - 1):
            self._transport.sendto(each, addr)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._tcp
        request = await reader.readuntil(b"\r\n\r\n")
        self.asked["tcp"].append(request)
        for each in self._tcp(request, len(self.asked["tcp"]) - 1):
            writer.write(each)
            await writer.drain()
            if not each:
                writer.close()
                return
        await reader.read()
        writer.close()


@asynccontextmanager
async def endpoint(udp: Answer | None = None, tcp: Answer | None = None, address: str = "127.0.0.1") -> AsyncIterator[FakeEndpoint]:
    """Run an endpoint that listens on one port by UDP, TCP, or both."""
    fake = FakeEndpoint(udp, tcp)
    server, transport = await _listening(fake, address, wants_udp=udp is not None)
    if tcp is None:
        server.close()
    try:
        yield fake
    finally:
        if transport:
            transport.close()
        server.close()


async def _listening(
    fake: FakeEndpoint, address: str, *, wants_udp: bool
) -> tuple[asyncio.Server, asyncio.DatagramTransport | None]:
    """Listen on a port that is free for TCP and, where it is wanted, for UDP too: the kernel looks for one of them at a time."""
    loop = asyncio.get_running_loop()
    while True:
        server = await asyncio.start_server(fake.talk, address, 0)
        fake.port = server.sockets[0].getsockname()[1]
        if not wants_udp:
            return server, None
        try:
            transport, _ = await loop.create_datagram_endpoint(lambda: fake, (address, fake.port))
        except OSError:  # another test has it
            server.close()
        else:
            return server, transport
