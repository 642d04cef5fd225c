"""Connections in aiohttp's hands: whose each is, how long it may make us wait, and a line where aiohttp would log a traceback."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
from collections import defaultdict
from typing import Any

from aiohttp import StreamReader, web

from monitor.errors import LOG, MonitorError
from monitor.export.responses import as_octets, refusal
from monitor.export.server.admission import Admission, Refusal, Shortage, client_of
from monitor.export.server.unexpected import Faults
from monitor.words.phrase import Phrase

ADMISSION = web.AppKey("admission", Admission)
FAULTS = web.AppKey("faults", Faults)

_LINGER_S = 2.0
"""So long a body that nobody wants is still read, for its sender to get the answer."""
_EXPECTATION_FAILED = 417
_NO_ACCESS_LOG = logging.getLogger("monitor.http.access")
_NO_ACCESS_LOG.setLevel(logging.CRITICAL)

log = logging.getLogger("monitor.http")


class Connections:
    """All connections that are open.

    waiting: those that wait for a request, the longest first. stuck: those that do not take on what waits for them. reserve: those
    beyond the limits.
    """

    def __init__(self, server: web.Server, admission: Admission, faults: Faults) -> None:
        self.server = server
        self.admission = admission
        self.faults = faults
        self.waiting: dict[HttpConnection, None] = {}
        self.stuck: dict[HttpConnection, None] = {}
        self.reserve: dict[HttpConnection, None] = {}
        self.freed = asyncio.Event()
        self._open: set[HttpConnection] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: HttpConnection) -> None:
        self._open.add(connection)
        if connection.shortage is not None:
            self.reserve[connection] = None
        self._arm()

    def refuse(self, reason: Refusal, client: str) -> None:
        """Count who was refused; the log has it within a minute."""
        self.admission.refusals.note(reason, client)
        self._arm()

    def give_back(self, connection: HttpConnection) -> None:
        if connection.shortage is None:
            self.admission.connections.give_back(connection.client)
        else:
            self.reserve.pop(connection, None)

    def lost(self, connection: HttpConnection) -> None:
        connection.leave()
        self.stuck.pop(connection, None)
        self._open.discard(connection)
        self.freed.set()

    def bound_unread(self) -> None:
        """Let go of the newest slow readers of whoever leaves most unread, while all together leave too much."""
        sizes = {connection: connection.unread for connection in self.stuck}
        of_client = defaultdict[str, int](int)
        for connection, size in sizes.items():
            of_client[connection.client] += size
        for connection in reversed(tuple(sizes)):
            if sum(of_client.values()) <= self.admission.limits.unread:
                return
            if of_client[connection.client] == max(of_client.values()):
                of_client[connection.client] -= sizes[connection]
                connection.abandon()

    def close(self) -> None:
        """Tell the last of what was refused."""
        tell_refusals(self.admission, math.inf)
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.admission.limits.sweep_s, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for connection in tuple(self._open):
            connection.expire(now)
        tell_refusals(self.admission, now)
        if self._open or self.admission.refusals.has_untold:
            self._arm()


def client_that_asks(request: web.BaseRequest) -> str:
    """Return the client, as admission counts them, that a request comes from."""
    return client_of(request.remote)


def gone(request: web.BaseRequest) -> asyncio.Future[None] | None:
    """Return what is done once the client hung up; None where nobody tells."""
    return request.protocol.gone if isinstance(request.protocol, HttpConnection) else None


class HttpConnection(web.RequestHandler):
    """One connection: aiohttp's, and since when it waits for what.

    shortage: why it may have nothing but what the reserve is for; None: it is an ordinary one.
    """

    def __init__(self, connections: Connections, client: str, shortage: Shortage | None, sock: socket.socket) -> None:
        limits = connections.admission.limits
        super().__init__(
            connections.server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=limits.idle_s + limits.head_s,  # aiohttp's own watch, which ours is ahead of
            lingering_time=_LINGER_S,
            access_log=_NO_ACCESS_LOG,
        )
        self.client = client
        self.shortage = shortage
        self.waits_since: float | None = None
        self._connections = connections
        self._sock = sock
        self._line: asyncio.Transport | None = None
        self._gone: asyncio.Future[None] | None = None
        self._has_place = True
        self._is_idle = False
        self._has_sent = False
        self._is_overdue = False
        self._body: StreamReader | None = None
        self._deadline: float | None = None
        self._stuck_since: float | None = None

    @property
    def gone(self) -> asyncio.Future[None]:
        if self._gone is None:
            self._gone = self._loop.create_future()
            if self._line is None:
                self._gone.set_result(None)
        return self._gone

    @property
    def is_silent(self) -> bool:
        """Return whether it waits for a request of which nothing has come that is not read yet."""
        if self._line is None:
            return True
        if self.waits_since is None:
            return False
        try:
            return not self._sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError:
            return True

    def begin(self, body: StreamReader) -> None:
        """Note that a request's head is complete and work on it begins."""
        self._deadline, self.waits_since, self._has_sent, self._body = None, None, False, body
        self._connections.waiting.pop(self, None)

    def leave(self) -> None:
        """Give the place back, at the latest when the connection is lost."""
        self._connections.waiting.pop(self, None)
        if self._has_place:
            self._has_place = False
            self._connections.give_back(self)

    def expire(self, now: float) -> None:
        """Let the connection go where it makes us wait for too long."""
        limits = self._connections.admission.limits
        read_s = limits.reserve_head_s if self.shortage else limits.read_s
        if self._stuck_since is not None and now - self._stuck_since > read_s:
            self.abandon()
        elif self._deadline is not None and now > self._deadline:
            self._end_waiting()

    def _end_waiting(self) -> None:
        if not self._is_overdue and not self.is_silent:
            # What came in time is not late because we are: it is read before the next look.
            self._is_overdue = True
        elif self._has_sent:
            self._connections.refuse(Refusal.SLOW_HEAD, self.client)
            self.send_off(SLOW_HEAD)
        else:
            self.send_off()

    def send_off(self, told: bytes = b"") -> None:
        """Close the connection, with a last word where nothing else is on its way."""
        line = self._line
        if line is None:
            return
        if line.get_write_buffer_size() or line.is_closing():
            self._abort()
            return
        if told:
            line.write(told)
        self.force_close()

    @property
    def unread(self) -> int:
        """Return how many octets wait for the other side to take them."""
        return self._line.get_write_buffer_size() if self._line is not None else 0

    def abandon(self) -> None:
        """Let a reader go that is too slow."""
        self._connections.refuse(Refusal.SLOW_READER, self.client)
        self._connections.stuck.pop(self, None)
        self._abort()

    def _abort(self) -> None:
        if self._line is not None:
            self.force_close()
            self._line.abort()

    def _wait(self, seconds: float) -> None:
        now = self._loop.time()
        self._deadline, self.waits_since, self._is_overdue = now + seconds, now, False
        self._connections.waiting.pop(self, None)  # whoever waits longest comes first
        self._connections.waiting[self] = None

    # What asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        self._line = transport
        limits = self._connections.admission.limits
        self._wait(limits.reserve_head_s if self.shortage else limits.head_s)

    def data_received(self, data: bytes) -> None:
        """Take what came; the first of it after a pause begins the time of another head."""
        if data and (self._body is None or self._body.is_eof()):  # aiohttp sends itself nothing, to have read on
            self._has_sent = True
        if data and self._is_idle:
            self._is_idle = False
            self._wait(self._connections.admission.limits.head_s)
        super().data_received(data)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck_since = self._loop.time()
        self._connections.stuck[self] = None
        self._connections.bound_unread()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stuck_since = None
        self._connections.stuck.pop(self, None)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._line = None
        self._connections.lost(self)
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    # What aiohttp tells

    async def finish_response(self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None) -> Any:
        if isinstance(resp, web.HTTPException) and resp.status == _EXPECTATION_FAILED:  # aiohttp's, before any of our own code
            resp = refusal(resp.status, "expect_unknown")
            resp.force_close()
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            if self._line is not None:
                limits = self._connections.admission.limits
                self._body = None
                # What came after the body is a part of the next head.
                self._is_idle = not self._has_sent
                self._wait(limits.idle_s if self._is_idle else limits.head_s)

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer what is no HTTP, and what went wrong beyond the application, in one line and no traceback."""
        if isinstance(exc, ConnectionError):
            raise exc
        self.begin(request.content)
        if status == 400:
            self._connections.refuse(Refusal.MALFORMED, self.client)
            answer = refusal(400, "no_http", reason=_first_line(message))
        else:
            if exc is not None:
                self._connections.faults.note(exc, f"a request of {self.client}", self._loop.time())
            if request.writer.output_size > 0:
                raise ConnectionError("a part of the answer is sent")
            answer = refusal(status, "monitor_failed", Phrase("its_log_says"))
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Tell of what aiohttp came upon in one line: what a visitor sent is counted, all else is told with its place."""
        error = kw.get("exc_info")
        if isinstance(error, web.PayloadAccessError | web.RequestPayloadError):
            self._connections.refuse(Refusal.MALFORMED, self.client)
        elif isinstance(error, BaseException):
            self._connections.faults.note(error, f"a request of {self.client}", self._loop.time())
        else:
            log.error("a request of %s: %s", self.client, args[0] if args else "")


def _first_line(message: str | None) -> str:
    return " ".join((message or "").partition("\n")[0].rstrip(": ").split())[:200]


def last_word(status: int, phrase: str, error: MonitorError, retry_after_s: int = 0) -> bytes:
    """Return a whole answer to who is told without being asked: by then there may be no request to go by, nor its language."""
    body = as_octets(error.answer_in(LOG)) + b"\n"
    head = [f"HTTP/1.1 {status} {phrase}", "Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close"]
    head += [f"Retry-After: {retry_after_s}"] if retry_after_s else []
    return "\r\n".join([*head, "", ""]).encode() + body


SLOW_HEAD = last_word(408, "Request Timeout", MonitorError("head_late"))


def tell_refusals(admission: Admission, now_s: float) -> None:
    """Tell the log who was refused, at most once a minute."""
    line = admission.refusals.line(now_s)
    if line is not None:
        log.warning("%s", line)
