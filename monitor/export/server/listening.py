"""Serves an application on listening sockets: lets in whom admission lets in, and lets go who makes it wait."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from monitor.background import BackgroundTasks
from monitor.errors import MonitorError
from monitor.export.server.admission import Admission, Limits, Refusal, Shortage, client_of, limits_for
from monitor.export.server.connection import ADMISSION, FAULTS, Connections, HttpConnection, last_word
from monitor.export.server.unexpected import Faults

_BURST = 16
"""So many are accepted before the loop's other work gets its turn."""


@asynccontextmanager
async def serve(app: web.Application, listeners: Sequence[socket.socket]) -> AsyncIterator[None]:
    """Serve an application of make_app() on listening sockets until the context ends, which closes them."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    assert runner.server is not None
    acceptor = _Acceptor(runner.server, app[ADMISSION], app[FAULTS])
    for listener in listeners:
        listener.setblocking(False)
    accepting = BackgroundTasks("accepting connections")
    for listener in listeners:
        accepting.start(acceptor.accept(listener))
    try:
        yield
    finally:
        await accepting.end()
        for listener in listeners:
            listener.close()
        await runner.cleanup()
        acceptor.close()


def limits_of_this_process() -> Limits:
    """Return the limits that this process has the descriptors for."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Limits() if files == resource.RLIM_INFINITY else limits_for(files)


_FULL = {
    Shortage.TOTAL: last_word(503, "Service Unavailable", MonitorError("busy_connections", retry_s=5), 5),
    Shortage.CLIENT: last_word(429, "Too Many Requests", MonitorError("busy_client_connections", retry_s=5), 5),
}
_REASON = {Shortage.TOTAL: Refusal.CONNECTIONS, Shortage.CLIENT: Refusal.CLIENT_CONNECTIONS}


class _Acceptor(Connections):
    """Accepts connections, and turns away those for whom there is no room."""

    def __init__(self, server: web.Server, admission: Admission, faults: Faults) -> None:
        super().__init__(server, admission, faults)
        self._opening = BackgroundTasks("opening a connection")
        self._spare: int | None = _spare()

    def close(self) -> None:
        """Tell the last of what was refused, and give back what it itself holds."""
        super().close()
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None

    async def accept(self, listener: socket.socket) -> None:
        """Let in who comes, for ever; pause where there are no descriptors, instead of trying again and again."""
        loop = asyncio.get_running_loop()
        in_a_row = 0
        while True:
            try:
                sock, address = await loop.sock_accept(listener)
            except ConnectionAbortedError:
                continue
            except OSError as error:
                await self._pause(listener, error)
                continue
            await self._let_in(sock, client_of(address[0]))
            in_a_row += 1
            if in_a_row % _BURST == 0:
                await asyncio.sleep(0)

    # Letting in

    async def _let_in(self, sock: socket.socket, client: str) -> None:
        connections = self.admission.connections
        shortage = connections.acquire(client)
        while shortage is not None and connections.would_acquire(client) and self._make_room():
            shortage = connections.acquire(client)
        if shortage is not None and not await self._has_reserve(shortage):
            self.refuse(_REASON[shortage], client)
            _turn_away(sock, _FULL[shortage])
            return
        connection = HttpConnection(self, client, shortage, sock)
        self.add(connection)
        self._opening.start(self._connect(connection, sock))

    async def _connect(self, connection: HttpConnection, sock: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: connection, sock)
        except OSError:  # it ended before it began
            sock.close()
            self.lost(connection)

    def _make_room(self) -> bool:
        """Let go who waits longest for nothing, an idle one or one whose request does not come; False where nobody waits long."""
        now, patience_s = asyncio.get_running_loop().time(), self.admission.limits.patience_s
        for connection in self.waiting:
            if connection.waits_since is None or now - connection.waits_since < patience_s:
                return False
            if connection.shortage is None and connection.is_silent:
                connection.leave()
                connection.send_off()
                return True
        return False

    async def _has_reserve(self, shortage: Shortage) -> bool:
        """Return whether the reserve has a place: those who say nothing stand in it for a moment only.

        Where there is no room for anybody, whoever comes waits meanwhile: in a burst nobody is driven out whose request is just
        being read. Who has too many connections of its own holds nobody up.
        """
        loop, limits = asyncio.get_running_loop(), self.admission.limits
        until_s = loop.time() + limits.reserve_head_s
        while len(self.reserve) >= limits.reserve and not self._clear_reserve():
            if shortage is Shortage.CLIENT or loop.time() > until_s:
                return False
            self.freed.clear()
            await self._until_freed(limits.reserve_patience_s)
        return True

    def _clear_reserve(self) -> bool:
        """Send off who stands longest in the reserve and has not said what for; False where nobody stands there for long."""
        now = asyncio.get_running_loop().time()
        for connection in self.reserve:
            since = connection.waits_since
            if connection.is_silent and since is not None and now - since >= self.admission.limits.reserve_patience_s:
                assert connection.shortage is not None
                connection.leave()
                self.refuse(_REASON[connection.shortage], connection.client)
                connection.send_off(_FULL[connection.shortage])
                return True
        return False

    async def _until_freed(self, at_most_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.freed.wait(), at_most_s)

    # The end of descriptors

    async def _pause(self, listener: socket.socket, error: OSError) -> None:
        """Tell one of those who come why not, have one make room, and wait until a connection ends, or for a moment."""
        self.freed.clear()
        self._tell_by_spare(listener, error)
        if not self._make_room():
            self._clear_reserve()
        await self._until_freed(self.admission.limits.pause_s)

    def _tell_by_spare(self, listener: socket.socket, error: OSError) -> None:
        if self._spare is not None:
            os.close(self._spare)
        try:
            sock, address = listener.accept()
        except BlockingIOError:
            pass  # nobody waits: the kernel says that there is no descriptor before it looks for somebody to accept
        except OSError:
            self.faults.note(error, "accepting connections", asyncio.get_running_loop().time())
        else:
            self.refuse(Refusal.DESCRIPTORS, client_of(address[0]))
            _turn_away(sock, _FULL[Shortage.TOTAL])
        self._spare = _spare()


def _turn_away(sock: socket.socket, told: bytes) -> None:
    """Close a connection with a word; what it sent is read first, or the kernel would reset it and the word be lost."""
    with sock, contextlib.suppress(OSError):
        sock.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            sock.recv(65_536)
        sock.send(told)
        sock.shutdown(socket.SHUT_WR)


def _spare() -> int | None:
    try:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
