"""One OPTIONS request (RFC 3261) over UDP or TCP, and what came of it.

UDP: retransmissions (section 17.1.2), refusals by ICMP; before silence is believed all is taken that had come by then, and a
response's time is the kernel's. A time-out, over either, is longer by as much as our own loop was late.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from monitor.model.clock import Clock
from monitor.model.reading import Outcome, Unreachable
from monitor.model.reason import Reason
from monitor.probes.kernel import SocketAddress, UnsupportedVersionError, local_address
from monitor.probes.lateness import Late, Lateness, Wait
from monitor.probes.names import Place
from monitor.probes.tcp_connect import Connector, Failure
from monitor.probes.udp import BusyError, QuotedDatagram, UdpSocket, source_of
from monitor.probes.why import malformed, os_error
from monitor.wire.fault import MalformedError
from monitor.wire.sip import COOKIE, Options, RequestError, Response, is_keep_alive, parse_response, split_message

_CHUNK = 4096
T1_S = 0.5
T2_S = 4.0
"""Section 17.1.2.2: the first retransmission comes after T1, each further after twice the time, at most T2."""
_SLICES_BEFORE_JUDGING = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and what came. response: the final one, or the last provisional one where no other came in time.

    detail: why there is no final response, None where there is one. rtt_s: until the response, from the first sending; None where
    nobody knows when it came.
    """

    transport: str
    outcome: Outcome
    detail: Reason | None = None
    response: Response | None = None
    rtt_s: float | None = None


MakeRequest = Callable[[str, int], Options]
"""(local address, local port) → the request that is to be answered there."""


def request_maker(transport: str, host: str, port: int, user: str) -> MakeRequest:
    """Return what makes one request, with branch, Call-ID and tag that nobody can guess (section 8.1.1)."""

    def make(local_host: str, local_port: int) -> Options:
        return Options(
            transport=transport,
            host=host,
            port=port,
            user=user,
            local_host=local_host,
            local_port=local_port,
            branch=COOKIE + secrets.token_hex(12),
            call_id=secrets.token_hex(16),
            tag=secrets.token_hex(8),
            cseq=1 + secrets.randbelow(2**31 - 1),
        )

    return make


# UDP: one socket for all endpoints of an IP version


@dataclass(slots=True)
class _Request:
    """One request that is being answered. where: address and port it went to. noise: what came that was no answer.

    came_s: when its answer came (monotonic), None where nobody knows. drops: the socket's count when it was first sent.
    """

    request: Options
    octets: bytes
    where: bytes
    answered: asyncio.Future[Response | Unreachable]
    provisional: Response | None = None
    unreachable: Unreachable | None = None
    noise: Reason | None = None
    sends: int = 0
    refusal: Reason | None = None
    came_s: float | None = None
    drops: int = 0


@dataclass(slots=True)
class _Line:
    sock: UdpSocket
    port: int
    open: dict[str, _Request] = field(default_factory=dict)


class UdpClient:
    """Asks any number of endpoints over UDP; see open(), ask(), close(). t1_s: RFC 3261's T1."""

    def __init__(self, clock: Clock, lateness: Lateness, *, t1_s: float = T1_S) -> None:
        self._clock = clock
        self._lateness = lateness
        self._t1_s = t1_s
        self._lines: dict[int, _Line] = {}

    async def open(self) -> None:
        for version, every in ((4, "0.0.0.0"), (6, "::")):
            with contextlib.suppress(UnsupportedVersionError):
                sock = UdpSocket(version, self._clock)
                sock.sock.bind((every, 0))
                line = self._lines[version] = _Line(sock, sock.sock.getsockname()[1])
                asyncio.get_running_loop().add_reader(sock.sock, self._drain, line)

    def close(self) -> None:
        for line in self._lines.values():
            asyncio.get_running_loop().remove_reader(line.sock.sock)
            line.sock.close()
        self._lines.clear()

    @property
    def receive_drops(self) -> int:
        return sum(line.sock.drops() for line in self._lines.values())

    async def ask(self, place: Place, port: int, make: MakeRequest, timeout_s: float) -> Attempt:
        line = self._lines.get(place.version)
        if line is None:
            return Attempt("udp", Outcome.NOT_SENT, Reason("no_ip_version", {"version": place.version}))
        sockaddr = place.at_port(port)
        try:
            request = make(local_address(sockaddr), line.port)
        except OSError as error:
            return Attempt("udp", Outcome.NOT_SENT, os_error(error))
        where = source_of(place.address, port)
        asked = _Request(request, request.encode(), where, asyncio.get_running_loop().create_future(), drops=line.sock.drops())
        line.open[request.branch] = asked
        begun_s = self._clock.monotonic()
        try:
            with self._lateness.under_way() as late:
                await self._transact(line, asked, sockaddr, timeout_s, late)
        finally:
            del line.open[request.branch]
        rtt_s = None if asked.came_s is None else max(0.0, asked.came_s - begun_s)
        return _attempt(asked, place, rtt_s, line.sock.drops() - asked.drops)

    async def _transact(self, line: _Line, asked: _Request, sockaddr: SocketAddress, timeout_s: float, late: Late) -> None:
        wait, interval_s = Wait(late, timeout_s), self._t1_s
        while not asked.answered.done() and (left_s := wait.left_s()) > 0:
            try:
                line.sock.send(asked.octets, sockaddr)
                asked.sends += 1
            except BusyError:
                asked.refusal = Reason("no_buffer")
            except OSError as error:
                asked.refusal = os_error(error)
            await asyncio.wait((asked.answered,), timeout=min(interval_s, left_s))
            if not asked.answered.done():
                self._drain_until(line, self._clock.monotonic())
            interval_s = T2_S if asked.provisional else min(2 * interval_s, T2_S)

    def _drain_until(self, line: _Line, until_s: float) -> None:
        """Take all that had come by a moment (monotonic)."""
        for _ in range(_SLICES_BEFORE_JUDGING):
            self._drain(line)
            if line.sock.seen_s >= until_s:
                break

    def _drain(self, line: _Line) -> None:
        for octets, source, came_s in line.sock.receive():
            _match_reply(line, octets, source, came_s)
        for quoted in line.sock.errors():
            _complain(line, quoted)


def _match_reply(line: _Line, octets: bytes, source: bytes, came_s: float | None) -> None:
    """Give a datagram to the request that it answers; what comes from an endpoint and answers nothing is remembered as noise.

    What comes from an address that nothing is open with is not even read: nobody else may cost us time.
    """
    # An answer may come from another port (section 18.2.2), but from no other address.
    asked_there = [asked for asked in line.open.values() if asked.where[2:] == source[2:]]
    if not asked_there or is_keep_alive(octets):
        return
    try:
        response = parse_response(octets)
    except RequestError:
        return
    except MalformedError as error:
        _note(asked_there, malformed(error))
        return
    asked = next((each for each in asked_there if response.answers(each.request)), None)
    if asked is None:
        _note(asked_there, Reason("other_request"))
    elif not response.is_final:
        asked.provisional = response
    elif not asked.answered.done():
        asked.came_s = came_s
        asked.answered.set_result(response)


def _note(asked_there: Iterable[_Request], noise: Reason) -> None:
    for asked in asked_there:
        asked.noise = noise


def _complain(line: _Line, quoted: QuotedDatagram) -> None:
    """Take an ICMP error; that the port itself refuses is believed only of the endpoint."""
    for asked in line.open.values():
        if asked.where != quoted.destination or not asked.octets.startswith(quoted.payload):
            continue
        error = asked.unreachable = quoted.unreachable
        is_own = source_of(error.reporter, 0)[2:] == asked.where[2:]
        if is_own and quoted.says_port_closed and not asked.answered.done():
            asked.answered.set_result(error)


def _attempt(asked: _Request, place: Place, rtt_s: float | None, dropped: int) -> Attempt:
    """Return what came of it. dropped: datagrams that the kernel had to drop meanwhile; the answer may be among them."""
    came = asked.answered.result() if asked.answered.done() else None
    if isinstance(came, Response):
        return Attempt("udp", Outcome.OK, response=came, rtt_s=rtt_s)
    if came is not None:
        return Attempt("udp", Outcome.REFUSED, Reason("udp_refused"))
    if asked.provisional is not None:
        return Attempt("udp", Outcome.REFUSED, Reason("provisional", {"status": asked.provisional.code}), asked.provisional)
    if dropped:
        return Attempt("udp", Outcome.NOT_SENT, Reason("overflow", {"dropped": dropped}))
    if asked.noise is not None:
        return Attempt("udp", Outcome.MALFORMED, asked.noise)
    outcome, silence = (Outcome.TIMEOUT, Reason("no_answer")) if asked.sends else (Outcome.NOT_SENT, asked.refusal)
    if asked.unreachable is not None and asked.unreachable.reporter != place.address:
        silence = Reason("unreachable_from", {"reporter": asked.unreachable.reporter})
    return Attempt("udp", outcome, silence)


# TCP: one connection an endpoint, closed once it has answered (section 18)


class _NoAnswerError(Exception):
    """The connection was closed, and nothing that came answered. reason: what did come."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class TcpClient:
    def __init__(self, clock: Clock, connector: Connector, lateness: Lateness) -> None:
        self._clock = clock
        self._connector = connector
        self._lateness = lateness

    async def ask(self, address: str, port: int, make: MakeRequest, timeout_s: float) -> Attempt:
        """Return what an endpoint says within timeout_s, the connect included; while our own loop is late the time stands still."""
        begun_s = self._clock.monotonic()
        with self._lateness.under_way() as late:
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
        while (taken := split_message(stream)) is not None:
            message, stream = taken
            try:
                response = parse_response(message)
            except RequestError:
                continue
            if not response.answers(request):
                noise = Reason("other_request")
            elif response.is_final:
                return response
