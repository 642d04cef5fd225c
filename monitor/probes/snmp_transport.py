"""Questions on their way: request-ids, retries with back-off, time-outs, and which datagram answers which question.

No packet has a task or a future of its own; an answer is a callback. The socket is always drained before a time-out is judged,
so that a stalled loop invents none.
"""

from __future__ import annotations

import asyncio
import heapq
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from monitor.model.clock import Clock
from monitor.model.misdeed import Deed, Misdeed
from monitor.model.reading import Outcome, Unreachable
from monitor.probes.names import SocketAddress
from monitor.probes.snmp_exchange import Answer, ExchangeError
from monitor.probes.snmp_socket import BusyError, QuotedDatagram, SnmpSocket, Source, UnsupportedVersionError
from monitor.probes.snmp_strays import Strays
from monitor.wire.fault import MalformedError
from monitor.wire.snmp import MAX_REQUEST_ID, MIN_REQUEST_ID, RESPONSE, Message, Request, decode

BACK_OFF = 1.5
"""Each retry waits so many times as long as the try before it."""
HELD_S = 0.5
"""A question that is unanswered for so long no longer counts against the window: its answer comes alone, if it comes."""
_SHORTEST_WAIT_S = 0.01
_BUSY_WAIT_S = 0.02
_BUSY_TRIES = 25
_SLICE = 256
_SLICES_BEFORE_JUDGING = 64
"""More than the buffer holds: a flood that never ends must not keep time-outs from being judged."""
_LATE_IDS = 4096
_MOST_NOTES = 8
"""Kept of one question: whoever answers a thousand times in a thousand ways is known by the first few."""
_LONGEST_ANSWER = 24_576
"""Octets. Sixty values of 255 octets fit; more was not asked for, and is not worth decoding."""
_PORT_UNREACHABLE = {4: (3, 3), 6: (1, 4)}


@dataclass(slots=True, eq=False)
class Exchange:
    """One question to one agent and what became of it so far.

    sources: addresses that may answer. timeout_s: of the next try; tries_left: after the one under way. deadline_s: monotonic
    time at which all ends. answered, failed: exactly one is called once, unless cancel() comes first.
    sent: request-id → when it was sent; each try has its own, and an answer to any of them counts.
    """

    request: Request
    version: int
    community: bytes
    ip_version: int
    destination: SocketAddress
    sources: frozenset[str]
    timeout_s: float
    tries_left: int
    deadline_s: float
    answered: Callable[[Answer], None]
    failed: Callable[[ExchangeError], None]
    sent: dict[int, float] = field(default_factory=dict)
    due_s: float = 0.0
    busy: int = 0
    holds_room: bool = False
    is_over: bool = False
    outcome: Outcome = Outcome.TIMEOUT
    notes: list[str] = field(default_factory=list)
    misdeed: Misdeed | None = None
    drops: int = 0

    @property
    def place(self) -> Source:
        """Return the address and port that it was sent to."""
        return (self.destination[0], self.destination[1])

    def note(self, text: str, outcome: Outcome | None = None, misdeed: Misdeed | None = None) -> None:
        """Keep evidence for the case that no answer comes. outcome: what it then is, if not a time-out."""
        self.misdeed = misdeed or self.misdeed
        if len(self.notes) < _MOST_NOTES and text not in self.notes:
            self.notes.append(text)
        self.outcome = outcome or self.outcome


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
        self._window = in_flight
        self._sockets: dict[int, SnmpSocket] = {}
        self._pending: dict[int, Exchange] = {}
        self._by_place: dict[Source, Exchange] = {}
        self._over: dict[int, float | None] = {}
        self._drops = 0
        self._timers: list[tuple[float, int, Exchange]] = []
        self._order = 0
        self._held: deque[tuple[float, Exchange]] = deque()
        self._holding = 0
        self._handle: asyncio.TimerHandle | None = None
        self._wake_s = 0.0

    def open(self) -> None:
        """Open the sockets; IPv6 is left out where the kernel has none. Raises SetupError."""
        self._sockets[4] = SnmpSocket(4)
        with suppress(UnsupportedVersionError):
            self._sockets[6] = SnmpSocket(6)
        loop = asyncio.get_running_loop()
        for each in self._sockets.values():
            loop.add_reader(each.sock.fileno(), self._readable, each)
            self._window = min(self._window, each.window)

    def close(self) -> None:
        """Close the sockets and forget every open question, without a callback."""
        if self._handle:
            self._handle.cancel()
            self._handle = None
        for each in self._sockets.values():
            asyncio.get_running_loop().remove_reader(each.sock.fileno())
            each.close()
        self._sockets.clear()
        for table in (self._pending, self._by_place, self._timers, self._held):
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
        return self._holding < self._window

    def ask(self, exchange: Exchange) -> ExchangeError | None:
        """Send a question. Returns why it could not be sent, in which case no callback comes; None where one will."""
        if not self._pending:
            self._look_at_drops()
        exchange.drops = self._drops
        exchange.holds_room = True
        self._holding += 1
        self._held.append((self._clock.monotonic() + HELD_S, exchange))
        self._by_place[exchange.place] = exchange
        return self._send(exchange)

    def cancel(self, exchange: Exchange, *, is_given_up: bool = False) -> None:
        """Forget a question; an answer that comes is a stray, and a late one where the question was given up for want of any."""
        exchange.is_over = True
        for request_id, sent_s in exchange.sent.items():
            self._pending.pop(request_id, None)
            self._over[request_id] = sent_s if is_given_up else None
        while len(self._over) > _LATE_IDS:
            del self._over[next(iter(self._over))]
        if self._by_place.get(exchange.place) is exchange:
            del self._by_place[exchange.place]
        self._release(exchange)

    # Sending

    def _send(self, exchange: Exchange) -> ExchangeError | None:
        """Send one try under a request-id of its own."""
        request_id = self._new_id()
        now = self._clock.monotonic()
        self.sends_attempted += 1
        try:
            self._sockets[exchange.ip_version].send(exchange.request.encode(request_id), exchange.destination)
        except BusyError:
            exchange.busy += 1
            if exchange.busy > _BUSY_TRIES:
                return self._refused(exchange, "no buffer space for the packet")
            self._arm(exchange, now + _BUSY_WAIT_S)
            return None
        except OSError as error:
            return self._refused(exchange, error.strerror or str(error))
        exchange.busy = 0
        exchange.sent[request_id] = now
        self._pending[request_id] = exchange
        self._arm(exchange, min(now + exchange.timeout_s, exchange.deadline_s))
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
        """Return an unpredictable request-id that no open or late question has."""
        while True:
            request_id = MIN_REQUEST_ID + int.from_bytes(os.urandom(4), "big") % (MAX_REQUEST_ID - MIN_REQUEST_ID + 1)
            if request_id not in self._pending and request_id not in self._over:
                return request_id

    # Receiving

    def _readable(self, which: SnmpSocket) -> None:
        """Take what has come."""
        self._drain(which)

    def _drain(self, which: SnmpSocket) -> bool:
        """Take a slice of what has come; return whether there may be more."""
        taken = which.receive(_SLICE)
        now = self._clock.monotonic()
        for octets, source in taken:
            self._take(octets, source, now)
        for quoted in which.errors():
            self._take_error(quoted, which.version)
        return len(taken) == _SLICE

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
        if source[0] not in exchange.sources or source[1] != exchange.destination[1]:
            elsewhere = Misdeed(Deed.ELSEWHERE, {"address": source[0], "port": source[1]})
            told = f"an answer came from {source[0]} port {source[1]}; if it is the same device, add it to answers_from"
            exchange.note(told, misdeed=elsewhere)
        elif message.pdu != RESPONSE or message.version != exchange.version or message.community != exchange.community:
            told = "the answer has another community, version or type than was asked for"
            exchange.note(told, Outcome.MALFORMED, Misdeed(Deed.WRONG_REPLY))
        else:
            rtt_s = now - exchange.sent[message.request_id]
            self.cancel(exchange)
            exchange.answered(Answer(message.error_status, message.error_index, message.varbinds, rtt_s))

    def _take_stray(self, message: Message, source: Source, now: float) -> None:
        """Note an answer to nothing that is open: a late one, or one whose request-id is wrong."""
        if message.request_id in self._over:
            sent_s = self._over[message.request_id]
            self.strays.note(source[0], "late", now - sent_s if sent_s is not None else 0.0)
            return
        self.strays.note(source[0], "unasked")
        if source in self._by_place:
            exchange = self._by_place[source]
            values = {"asked": next(reversed(exchange.sent), 0), "answered": message.request_id}
            told = "request-id {asked} answered with {answered}".format(**values)
            exchange.note(told, Outcome.MALFORMED, Misdeed(Deed.WRONG_ID, values))

    def _take_garbage(self, source: Source, told: str, misdeed: Misdeed) -> None:
        """Note what is no message at all."""
        self.strays.note(source[0], "garbage")
        if source in self._by_place:
            self._by_place[source].note(told, Outcome.MALFORMED, misdeed)

    def _take_error(self, quoted: QuotedDatagram, ip_version: int) -> None:
        """Note an ICMP error about an open question; port unreachable from the agent itself settles it."""
        exchange = self._quoted(quoted)
        if exchange is None:
            return
        unreachable = quoted.unreachable
        if (unreachable.type, unreachable.code) != _PORT_UNREACHABLE[ip_version] or unreachable.reporter not in exchange.sources:
            exchange.note(_told(unreachable))
            return
        self.cancel(exchange)
        exchange.failed(ExchangeError(Outcome.REFUSED, "port unreachable: no agent listens there", is_final=True))

    def _quoted(self, quoted: QuotedDatagram) -> Exchange | None:
        """Return the open question that an ICMP error quotes, None where it quotes none.

        A whole quote names it by its request-id. Routers may cut it after any octet: then what is there must be its beginning.
        """
        try:
            exchange = self._pending.get(decode(quoted.payload).request_id)
        except MalformedError:
            exchange = self._by_place.get(quoted.destination)
        if exchange is None or exchange.place != quoted.destination:
            return None
        is_ours = any(_quotes(exchange.request, request_id, quoted.payload) for request_id in exchange.sent)
        return exchange if is_ours else None

    # Time

    def _arm(self, exchange: Exchange, due_s: float) -> None:
        """See that _tick looks at a question when it is due."""
        exchange.due_s = due_s
        self._order += 1
        heapq.heappush(self._timers, (due_s, self._order, exchange))
        self._wake_at(min(due_s, self._held[0][0]) if self._held else due_s)

    def _wake_at(self, due_s: float) -> None:
        """Run _tick at a monotonic time, or sooner where that is planned already."""
        if self._handle and self._wake_s <= due_s:
            return
        if self._handle:
            self._handle.cancel()
        self._wake_s = due_s
        wait_s = max(_SHORTEST_WAIT_S, due_s - self._clock.monotonic())
        self._handle = asyncio.get_running_loop().call_later(wait_s, self._tick)

    def _tick(self) -> None:
        """Drain to the end, then judge what is overdue, then let new questions in."""
        self._handle = None
        for each in tuple(self._sockets.values()):
            for _ in range(_SLICES_BEFORE_JUDGING):
                if not self._drain(each):
                    break
        self._look_at_drops()
        now = self._clock.monotonic()
        while self._timers and self._timers[0][0] <= now:
            due_s, _, exchange = heapq.heappop(self._timers)
            if not exchange.is_over and exchange.due_s == due_s:
                self._expire(exchange, now)
        while self._held and (self._held[0][0] <= now or not self._held[0][1].holds_room):
            self._release(self._held.popleft()[1])
        while self._timers and (self._timers[0][2].is_over or self._timers[0][2].due_s != self._timers[0][0]):
            heapq.heappop(self._timers)
        due = [*(table[0][0] for table in (self._timers, self._held) if table)]
        if due:
            self._wake_at(min(due))

    def _expire(self, exchange: Exchange, now: float) -> None:
        """Try again, or give up."""
        if exchange.busy and now < exchange.deadline_s:
            error = self._send(exchange)
        elif exchange.tries_left and now < exchange.deadline_s:
            exchange.tries_left -= 1
            exchange.timeout_s *= BACK_OFF
            error = self._send(exchange)
        else:
            error = self._given_up(exchange, now)
        if error:
            exchange.failed(error)

    def _given_up(self, exchange: Exchange, now: float) -> ExchangeError:
        """Return why a question that nothing usable answered is over."""
        self.cancel(exchange, is_given_up=True)
        if not exchange.sent:
            return ExchangeError(Outcome.NOT_SENT, "no buffer space for the packet", is_final=True)
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
        if exchange.holds_room:
            exchange.holds_room = False
            self._holding -= 1
            self.on_room()


def _quotes(request: Request, request_id: int, payload: bytes) -> bool:
    """Return whether an ICMP error quotes this question; a quote may be cut after any octet, an empty one proves nothing."""
    return bool(payload) and request.encode(request_id).startswith(payload)


def _told(unreachable: Unreachable) -> str:
    """Return what an ICMP error said, in words."""
    said = {(3, 0): "network unreachable", (3, 1): "host unreachable", (3, 3): "port unreachable", (3, 13): "prohibited"}
    words = said.get((unreachable.type, unreachable.code), f"ICMP type {unreachable.type} code {unreachable.code}")
    return f"{words} from {unreachable.reporter}"
