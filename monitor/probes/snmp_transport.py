"""Questions on their way: request-ids, retries with back-off, time-outs, and which datagram answers which question.

No packet has a task or a future of its own; an answer is a callback. The socket is always drained before a time-out is judged,
so that a stalled loop invents none.
"""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Callable
from contextlib import suppress

from monitor.model.clock import Clock
from monitor.model.misdeed import Deed, Misdeed
from monitor.model.reading import Outcome, Unreachable
from monitor.probes.snmp_exchange import Answer, ExchangeError
from monitor.probes.snmp_question import BACK_OFF, Exchange, Route
from monitor.probes.snmp_socket import (
    BusyError,
    QuotedDatagram,
    SnmpSocket,
    Source,
    UnsupportedVersionError,
    address_of,
    source_of,
)
from monitor.probes.snmp_strays import Strays
from monitor.probes.snmp_timers import Wheel, Window
from monitor.wire.answers import Steady
from monitor.wire.fault import MalformedError
from monitor.wire.snmp import MAX_REQUEST_ID, MIN_REQUEST_ID, RESPONSE, Message, Request, decode

HELD_S = 0.5
"""A question that is unanswered for so long no longer counts against the window: its answer comes alone, if it comes."""
_SHORTEST_WAIT_S = 0.01
_BUSY_WAIT_S = 0.02
_BUSY_TRIES = 25
_SLICE = 256
_SLICES_BEFORE_JUDGING = 64
"""More than the buffer holds: a flood that never ends must not keep time-outs from being judged."""
_LATE_IDS = 4096
_LONGEST_ANSWER = 24_576
"""Octets. Sixty values of 255 octets fit; more was not asked for, and is not worth decoding."""
_DRAWN = struct.Struct("@1024I")
_PORT_UNREACHABLE = {4: (3, 3), 6: (1, 4)}

_GivenUp = tuple[Route, float]
"""Whom a try that was given up had asked, and when."""


class SnmpTransport:
    """All open questions over one socket an IP version; see open(), ask(), cancel(), close()."""

    def __init__(self, clock: Clock, in_flight: int) -> None:
        """Prepare, without opening anything. in_flight: at most so many questions younger than HELD_S."""
        self.sends_attempted = 0
        self.sends_refused = 0
        self.last_refusal = ""
        self.strays = Strays()
        self.on_room: Callable[[], None] = lambda: None
        self._clock = clock
        self._window = Window(in_flight, HELD_S)
        self._sockets: dict[int, SnmpSocket] = {}
        self._pending: dict[int, Exchange] = {}
        self._by_source: dict[Source, Exchange] = {}
        self._over: dict[int, _GivenUp | None] = {}
        self._over_before: dict[int, _GivenUp | None] = {}
        self._wheel: Wheel[Exchange] = Wheel()
        self._handle: asyncio.TimerHandle | None = None
        self._wake_s = 0.0
        self._ids: list[int] = []
        self._drops = 0

    def open(self) -> None:
        """Open the sockets; IPv6 is left out where the kernel has none. Raises SetupError."""
        self._sockets[4] = SnmpSocket(4)
        with suppress(UnsupportedVersionError):
            self._sockets[6] = SnmpSocket(6)
        loop = asyncio.get_running_loop()
        for each in self._sockets.values():
            loop.add_reader(each.sock.fileno(), self._drain, each)
            self._window.size = min(self._window.size, each.window)

    def close(self) -> None:
        """Close the sockets and forget every open question, without a callback."""
        if self._handle:
            self._handle.cancel()
            self._handle = None
        for each in self._sockets.values():
            asyncio.get_running_loop().remove_reader(each.sock.fileno())
            each.close()
        for table in (self._sockets, self._pending, self._by_source, self._over, self._over_before, self._wheel, self._window):
            table.clear()

    def speaks(self, ip_version: int) -> bool:
        """Return whether there is a socket of this IP version."""
        return ip_version in self._sockets

    @property
    def receive_drops(self) -> int:
        """Return how many datagrams the kernel dropped for want of room."""
        return sum(each.drops() for each in self._sockets.values())

    @property
    def has_room(self) -> bool:
        """Return whether another question fits the window."""
        return not self._window.is_full

    def now_s(self) -> float:
        """Return the clock's monotonic time."""
        return self._clock.monotonic()

    def ask(self, exchange: Exchange) -> ExchangeError | None:
        """Send a question. Returns why it could not be sent, in which case no callback comes; None where one will."""
        if not self._pending:
            self._look_at_drops()
        exchange.drops = self._drops
        now = self._clock.monotonic()
        self._window.age(now)
        exchange.generation = self._window.take(now)
        self._by_source[exchange.route.source] = exchange
        error = self._send(exchange, now)
        if self._window.is_full:
            self._wake_when_older()
        return error

    def cancel(self, exchange: Exchange) -> None:
        """Forget a question; its answer, if one comes, is late."""
        exchange.is_over = True
        for request_id in exchange.sent:
            self._pending.pop(request_id, None)
            self._over[request_id] = None
        if len(self._over) >= _LATE_IDS:
            self._over_before, self._over = self._over, {}
        source = exchange.route.source
        if self._by_source.get(source) is exchange:
            del self._by_source[source]
        self._release(exchange)

    # Sending

    def _send(self, exchange: Exchange, now: float) -> ExchangeError | None:
        """Send one try under a request-id of its own, when it is its turn."""
        route = exchange.route
        if route.rate is not None:
            turn_s = route.device.turn_s(now, route.rate)
            if turn_s > now:
                return self._hold_back(exchange, turn_s)
            route.device.note_sent(now, route.rate)
        request_id = self._new_id()
        self.sends_attempted += 1
        try:
            self._sockets[route.ip_version].send(exchange.request.encode(request_id), route.destination)
        except BusyError:
            exchange.busy += 1
            if exchange.busy > _BUSY_TRIES:
                return self._refused(exchange, "no buffer space for the packet")
            self._arm(exchange, now + _BUSY_WAIT_S)
            return None
        except OSError as error:
            return self._refused(exchange, error.strerror or str(error))
        exchange.busy = 0
        if not exchange.sent:
            exchange.give_up_s = min(now + exchange.patience_s, exchange.deadline_s)
        exchange.sent[request_id] = now
        self._pending[request_id] = exchange
        self._arm(exchange, min(now + exchange.wait_s, exchange.give_up_s) if exchange.tries_left else exchange.give_up_s)
        return None

    def _hold_back(self, exchange: Exchange, turn_s: float) -> ExchangeError | None:
        """Send a try later, since its device has been asked as often as it may be in a second."""
        if turn_s >= exchange.deadline_s:
            reason = f"not complete in time at {exchange.route.rate} requests a second"
            self.cancel(exchange)
            return ExchangeError(Outcome.TIMEOUT, reason, is_final=True)
        if not exchange.is_held_back:
            exchange.is_held_back = True
            exchange.route.device.held_back += 1
            self._release(exchange)
        self._arm(exchange, turn_s)
        return None

    def _refused(self, exchange: Exchange, reason: str) -> ExchangeError:
        """Give a question up that the kernel would not send."""
        self.sends_refused += 1
        self.last_refusal = reason
        self.cancel(exchange)
        if exchange.sent:
            return ExchangeError(exchange.outcome, f"no answer, and the retry could not be sent: {reason}", is_final=True)
        return ExchangeError(Outcome.NOT_SENT, reason, is_final=True)

    def _new_id(self) -> int:
        """Return an unpredictable request-id that no open or late question has; many are drawn by one system call."""
        while True:
            if not self._ids:
                self._ids.extend(_DRAWN.unpack(os.urandom(_DRAWN.size)))
            request_id = MIN_REQUEST_ID + self._ids.pop() % (MAX_REQUEST_ID - MIN_REQUEST_ID + 1)
            if request_id not in self._pending and request_id not in self._over and request_id not in self._over_before:
                return request_id

    # Receiving

    def _drain(self, which: SnmpSocket) -> bool:
        """Take a slice of what has come; return whether there may be more."""
        taken = which.receive(_SLICE)
        now = self._clock.monotonic()
        for octets, source in taken:
            exchange = self._by_source.get(source)
            if exchange is None or exchange.reader is None or not self._take_expected(exchange, exchange.reader, octets, now):
                self._take(octets, source, now)
        for quoted in which.errors():
            self._take_error(quoted, which.version)
        return len(taken) >= _SLICE

    def _take_expected(self, exchange: Exchange, reader: Steady, octets: bytes, now: float) -> bool:
        """Take the plain answer to a question that is asked again and again; return False where it is anything else."""
        answered = reader.read(octets) if len(octets) <= _LONGEST_ANSWER else None
        sent_s = exchange.sent.get(answered.request_id) if answered else None
        if answered is None or sent_s is None:
            return False
        self._settle(exchange, Answer(0, 0, (), now - sent_s, answered.tags, answered.values))
        return True

    def _take(self, octets: bytes, source: Source, now: float) -> None:
        """Match one datagram; what matches nothing is dropped, but kept in mind as evidence for the agent that it came from."""
        if len(octets) > _LONGEST_ANSWER:
            self._take_garbage(source, f"oversized answer: {len(octets)} octets", Misdeed(Deed.OVERSIZED, {"octets": len(octets)}))
            return
        try:
            message = decode(octets)
        except MalformedError as error:
            self._take_garbage(source, f"malformed answer: {error}", Misdeed(Deed.MALFORMED, {"fault": str(error)}))
            return
        exchange = self._pending.get(message.request_id)
        if exchange is None:
            self._take_stray(message, source, now)
            return
        route = exchange.route
        if source not in route.sources:
            address, port = address_of(source)
            told = f"an answer came from {address} port {port}; if it is the same device, add it to answers_from"
            exchange.note(told, misdeed=Misdeed(Deed.ELSEWHERE, {"address": address, "port": port}))
        elif message.pdu != RESPONSE or message.version != route.version or message.community != route.community:
            told = "the answer has another community, version or type than was asked for"
            exchange.note(told, Outcome.MALFORMED, Misdeed(Deed.WRONG_REPLY))
        else:
            rtt_s = now - exchange.sent[message.request_id]
            self._settle(exchange, Answer(message.error_status, message.error_index, message.varbinds, rtt_s))

    def _settle(self, exchange: Exchange, answer: Answer) -> None:
        """Hand an answer on, and keep in mind how long it took."""
        self.cancel(exchange)
        assert answer.rtt_s is not None
        exchange.route.device.answered_in(answer.rtt_s, exchange.route.spec)
        exchange.asker.answered(answer)

    def _take_stray(self, message: Message, source: Source, now: float) -> None:
        """Note an answer to nothing that is open: a late one, or one whose request-id is wrong."""
        request_id = message.request_id
        for over in (self._over, self._over_before):
            if request_id in over:
                given_up, over[request_id] = over[request_id], None
                self._take_late(given_up, source, now)
                return
        self.strays.note(address_of(source)[0], "unasked")
        if source in self._by_source:
            exchange = self._by_source[source]
            values = {"asked": next(reversed(exchange.sent), 0), "answered": request_id}
            told = "request-id {asked} answered with {answered}".format(**values)
            exchange.note(told, Outcome.MALFORMED, Misdeed(Deed.WRONG_ID, values))

    def _take_late(self, given_up: _GivenUp | None, source: Source, now: float) -> None:
        """Learn from an answer that is no longer waited for; given_up: what it answers, None where that was answered already."""
        late_s = 0.0
        if given_up is not None and source in given_up[0].sources:
            route, sent_s = given_up
            late_s = now - sent_s
            route.device.answered_late(late_s, route.spec)
        self.strays.note(address_of(source)[0], "late", late_s)

    def _take_garbage(self, source: Source, told: str, misdeed: Misdeed) -> None:
        """Note what is no message at all."""
        self.strays.note(address_of(source)[0], "garbage")
        if source in self._by_source:
            self._by_source[source].note(told, Outcome.MALFORMED, misdeed)

    def _take_error(self, quoted: QuotedDatagram, ip_version: int) -> None:
        """Note an ICMP error about an open question; port unreachable from the agent itself settles it."""
        exchange = self._quoted(quoted)
        if exchange is None:
            return
        unreachable = quoted.unreachable
        reporter = source_of(unreachable.reporter, exchange.route.spec.port)
        if (unreachable.type, unreachable.code) != _PORT_UNREACHABLE[ip_version] or reporter not in exchange.route.sources:
            exchange.note(_told(unreachable))
            return
        self.cancel(exchange)
        exchange.asker.failed(ExchangeError(Outcome.REFUSED, "port unreachable: no agent listens there", is_final=True))

    def _quoted(self, quoted: QuotedDatagram) -> Exchange | None:
        """Return the open question that an ICMP error quotes, None where it quotes none.

        A whole quote names it by its request-id. Routers may cut it after any octet: then what is there must be its beginning.
        """
        try:
            exchange = self._pending.get(decode(quoted.payload).request_id)
        except MalformedError:
            exchange = self._by_source.get(quoted.destination)
        if exchange is None or exchange.route.source != quoted.destination:
            return None
        is_ours = any(_quotes(exchange.request, request_id, quoted.payload) for request_id in exchange.sent)
        return exchange if is_ours else None

    # Time

    def _arm(self, exchange: Exchange, due_s: float) -> None:
        """See that _tick looks at a question when it is due."""
        exchange.due_s = due_s
        self._wheel.arm(due_s, exchange)
        if self._handle is None or due_s < self._wake_s:
            self._wake_at(due_s)

    def _wake_at(self, due_s: float) -> None:
        """Run _tick at a monotonic time, or sooner where that is planned already."""
        if self._handle:
            if self._wake_s <= due_s:
                return
            self._handle.cancel()
        self._wake_s = due_s
        wait_s = max(_SHORTEST_WAIT_S, due_s - self._clock.monotonic())
        self._handle = asyncio.get_running_loop().call_later(wait_s, self._tick)

    def _wake_when_older(self) -> None:
        """See that _tick lets new questions in as soon as the eldest no longer count."""
        due_s = self._window.next_s
        if due_s is not None:
            self._wake_at(due_s)

    def _tick(self) -> None:
        """Drain to the end, then judge what is overdue, then let new questions in."""
        self._handle = None
        for each in tuple(self._sockets.values()):
            for _ in range(_SLICES_BEFORE_JUDGING):
                if not self._drain(each):
                    break
        self._look_at_drops()
        now = self._clock.monotonic()
        for exchange in self._wheel.due(now):
            if not exchange.is_over and exchange.due_s <= now:
                self._expire(exchange, now)
        was_full = self._window.is_full
        self._window.age(now)
        if was_full and not self._window.is_full:
            self.on_room()
        if self._window.is_full:
            self._wake_when_older()
        due_s = self._wheel.next_s(_is_open)
        if due_s is not None:
            self._wake_at(due_s)

    def _expire(self, exchange: Exchange, now: float) -> None:
        """Try again, or give up."""
        error: ExchangeError | None
        if exchange.is_held_back or (exchange.busy and now < exchange.deadline_s):
            exchange.is_held_back = False
            error = self._send(exchange, now)
        elif exchange.tries_left and now < exchange.give_up_s:
            exchange.tries_left -= 1
            exchange.wait_s *= BACK_OFF
            error = self._send(exchange, now)
        else:
            error = self._given_up(exchange, now)
        if error:
            exchange.asker.failed(error)

    def _given_up(self, exchange: Exchange, now: float) -> ExchangeError:
        """Return why a question that nothing usable answered is over."""
        self.cancel(exchange)
        if not exchange.sent:
            return ExchangeError(Outcome.NOT_SENT, "no buffer space for the packet", is_final=True)
        for request_id, sent_s in exchange.sent.items():
            self._over[request_id] = (exchange.route, sent_s)
        tries = len(exchange.sent)
        silence = f"no answer to {tries} {'try' if tries == 1 else 'tries'} in {now - min(exchange.sent.values()):.1f} s"
        is_final = now >= exchange.deadline_s
        self._look_at_drops()
        if exchange.outcome is Outcome.TIMEOUT and self._drops > exchange.drops:
            dropped = self._drops - exchange.drops
            return ExchangeError(Outcome.NOT_SENT, f"void: our receive buffer overflowed by {dropped}", is_final=is_final)
        return ExchangeError(exchange.outcome, "; ".join([silence, *exchange.notes]), is_final=is_final, misdeed=exchange.misdeed)

    def _look_at_drops(self) -> None:
        """Note how many datagrams the kernel has dropped: a question during which it did may have been answered."""
        self._drops = self.receive_drops

    def _release(self, exchange: Exchange) -> None:
        """Let another question in in place of this one."""
        generation = exchange.generation
        if generation is not None:
            exchange.generation = None
            self._window.give(generation)
            self.on_room()


def _is_open(exchange: Exchange) -> bool:
    return not exchange.is_over


def _quotes(request: Request, request_id: int, payload: bytes) -> bool:
    """Return whether an ICMP error quotes this question; a quote may be cut after any octet, an empty one proves nothing."""
    return bool(payload) and request.encode(request_id).startswith(payload)


def _told(unreachable: Unreachable) -> str:
    """Return what an ICMP error said, in words."""
    said = {(3, 0): "network unreachable", (3, 1): "host unreachable", (3, 3): "port unreachable", (3, 13): "prohibited"}
    words = said.get((unreachable.type, unreachable.code), f"ICMP type {unreachable.type} code {unreachable.code}")
    return f"{words} from {unreachable.reporter}"
