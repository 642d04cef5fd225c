"""OPTIONS over TCP: one connection an endpoint, closed once it has answered (RFC 3261 section 18)."""

from __future__ import annotations

import asyncio
import socket

from monitor.model.clock import Clock
from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.probes.lateness import Late, Lateness, Wait
from monitor.probes.sip.attempt import Attempt, MakeRequest
from monitor.probes.tcp_connect import Connector, Failure
from monitor.probes.why import malformed, os_error
from monitor.wire.fault import MalformedError
from monitor.wire.sip import Options, RequestError, Response, parse_response, take_message

_CHUNK = 4096


class _NoAnswerError(Exception):
    """The connection was closed, and nothing that came answered. reason: what did come."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class TcpClient:
    """Asks endpoints over TCP."""

    def __init__(self, clock: Clock, connector: Connector, lateness: Lateness) -> None:
        self._clock = clock
        self._connector = connector
        self._lateness = lateness

    async def ask(self, address: str, port: int, make: MakeRequest, timeout_s: float) -> Attempt:
        """Return what an endpoint says within timeout_s, the connect included; while our own loop is late the time stands still."""
        with self._lateness.under_way() as late:
            return await self._ask(address, port, make, timeout_s, late)

    async def _ask(self, address: str, port: int, make: MakeRequest, timeout_s: float, late: Late) -> Attempt:
        begun_s = self._clock.monotonic()
        came = await self._connector.connect(address, port, timeout_s)
        if isinstance(came, Failure):
            return Attempt("tcp", came.outcome, came.detail)
        with came.bare as bare:
            request = make(*bare.getsockname()[:2])
            try:
                async with Wait(late, max(0.0, timeout_s - (came.took_s or 0.0))).limit():
                    response = await _answer(bare, request)
            except _NoAnswerError as error:
                return Attempt("tcp", Outcome.MALFORMED, error.reason)
            except TimeoutError:
                return Attempt("tcp", Outcome.TIMEOUT, Reason("tcp_mute", {"port": port}))
            except MalformedError as error:
                return Attempt("tcp", Outcome.MALFORMED, malformed(error))
            except OSError as error:
                return Attempt("tcp", Outcome.REFUSED, os_error(error))
        rtt_s = None if late.seconds else self._clock.monotonic() - begun_s
        return Attempt("tcp", Outcome.OK, response=response, rtt_s=rtt_s)


async def _answer(bare: socket.socket, request: Options) -> Response:
    """Return the final response.

    Raises MalformedError where what comes can't be read, _NoAnswerError where it is something else, OSError where the connection
    breaks.
    """
    loop, stream, noise = asyncio.get_running_loop(), b"", Reason("closed_unanswered")
    await loop.sock_sendall(bare, request.encode())
    while True:
        chunk = await loop.sock_recv(bare, _CHUNK)
        if not chunk:
            raise _NoAnswerError(noise)
        stream += chunk
        while (taken := take_message(stream)) is not None:
            message, stream = taken
            try:
                response = parse_response(message)
            except RequestError:
                continue
            if not response.answers(request):
                noise = Reason("other_request")
            elif response.is_final:
                return response
