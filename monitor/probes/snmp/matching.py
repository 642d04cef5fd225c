"""Which datagram answers which open question; and what those that answer none tell of whoever sent them."""

from __future__ import annotations

import os
import struct

from monitor.model.agent_fault import AgentFault, FaultKind, Unsolicited
from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.probes.snmp.exchange import Answer, Exchange, ExchangeError, Route
from monitor.probes.udp import QuotedDatagram, Source, address_of, source_of
from monitor.probes.why import malformed
from monitor.wire.answers import Steady
from monitor.wire.fault import MalformedError
from monitor.wire.snmp import MAX_REQUEST_ID, MIN_REQUEST_ID, RESPONSE, Message, Request, decode

_MOST_SOURCES = 1024
"""Kept apart between two calls of drain(); sources can be forged, memory must not follow them."""

_LATE_IDS = 4096
_LONGEST_ANSWER = 24_576
"""Octets. Sixty values of 255 octets fit; more was not asked for, and is not worth decoding."""
_DRAWN = struct.Struct("@1024I")
_IDS = MAX_REQUEST_ID - MIN_REQUEST_ID + 1

_GivenUp = tuple[Route, float]
"""Whom a try that was given up had asked, and when."""


class OpenQuestions:
    """The questions that wait for an answer, and the request-ids of those that no longer do.

    unsolicited: what answered none.
    """

    def __init__(self) -> None:
        self.unsolicited = UnsolicitedLog()
        self._pending: dict[int, Exchange] = {}
        self._by_source: dict[Source, Exchange] = {}
        self._over: dict[int, _GivenUp | None] = {}
        self._over_before: dict[int, _GivenUp | None] = {}
        self._ids: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._pending)

    def add(self, exchange: Exchange) -> None:
        """Take what comes from this agent as evidence on this question."""
        self._by_source[exchange.route.source] = exchange

    def new_id(self, exchange: Exchange, now: float) -> int:
        """Return an unpredictable request-id that no open or late question has, for one try; many are drawn by one system call."""
        while True:
            if not self._ids:
                self._ids = [MIN_REQUEST_ID + number % _IDS for number in _DRAWN.unpack(os.urandom(_DRAWN.size))]
            request_id = self._ids.pop()
            if request_id not in self._pending and request_id not in self._over and request_id not in self._over_before:
                exchange.sent[request_id] = now
                self._pending[request_id] = exchange
                return request_id

    def withdraw(self, exchange: Exchange, request_id: int) -> None:
        del exchange.sent[request_id]
        del self._pending[request_id]

    def forget(self, exchange: Exchange, *, is_given_up: bool = False) -> None:
        """Close a question; an answer that comes is unsolicited, and a late one where the question was given up for want of any."""
        for request_id, sent_s in exchange.sent.items():
            self._pending.pop(request_id, None)
            self._over[request_id] = (exchange.route, sent_s) if is_given_up else None
        if len(self._over) >= _LATE_IDS:
            self._over_before, self._over = self._over, {}
        source = exchange.route.source
        if self._by_source.get(source) is exchange:
            del self._by_source[source]

    def clear(self) -> None:
        for table in (self._pending, self._by_source, self._over, self._over_before):
            table.clear()

    # Answers

    def match(self, octets: bytes, source: Source, came_s: float) -> tuple[Exchange, Answer] | None:
        """Return which question a datagram answers, and how; None where it answers none, and is kept in mind as evidence.

        came_s: when it came, monotonic; whenever it is read, that is how long the agent took.
        """
        exchange = self._by_source.get(source)
        if exchange is not None and exchange.reader is not None:
            answer = _expected(exchange, exchange.reader, octets, came_s)
            if answer is not None:
                return exchange, answer
        return self._decoded(octets, source, came_s)

    def _decoded(self, octets: bytes, source: Source, came_s: float) -> tuple[Exchange, Answer] | None:
        if len(octets) > _LONGEST_ANSWER:
            size = {"octets": len(octets)}
            self._note_garbage(source, Reason("oversized", size), AgentFault(FaultKind.OVERSIZED, size))
            return None
        try:
            message = decode(octets)
        except MalformedError as error:
            fault = malformed(error)
            self._note_garbage(source, Reason("malformed", because=(fault,)), AgentFault(FaultKind.MALFORMED, because=(fault,)))
            return None
        exchange = self._pending.get(message.request_id)
        if exchange is None:
            self._note_unsolicited(message, source, came_s)
        elif _is_answer(exchange, message, source):
            rtt_s = max(0.0, came_s - exchange.sent[message.request_id])
            return exchange, Answer(message.error_status, message.error_index, message.varbinds, rtt_s)
        return None

    def _note_unsolicited(self, message: Message, source: Source, came_s: float) -> None:
        """Note an answer to nothing that is open: a late one, or one whose request-id is wrong."""
        request_id = message.request_id
        for over in (self._over, self._over_before):
            if request_id in over:
                given_up, over[request_id] = over[request_id], None
                self._learn_from_late(given_up, source, came_s)
                return
        self.unsolicited.note(address_of(source)[0], "unasked")
        if source in self._by_source:
            exchange = self._by_source[source]
            values = {"asked": next(reversed(exchange.sent), 0), "answered": request_id}
            exchange.note(Reason("wrong_request_id", values), Outcome.MALFORMED, AgentFault(FaultKind.WRONG_ID, values))

    def _learn_from_late(self, given_up: _GivenUp | None, source: Source, came_s: float) -> None:
        """Learn from an answer that is no longer waited for; given_up: what it answers, None where that was answered already."""
        late_s = 0.0
        if given_up is not None and source in given_up[0].sources:
            route, sent_s = given_up
            late_s = came_s - sent_s
            route.device.answered_late(late_s, route.spec)
        self.unsolicited.note(address_of(source)[0], "late", late_s)

    def _note_garbage(self, source: Source, why: Reason, agent_fault: AgentFault) -> None:
        self.unsolicited.note(address_of(source)[0], "garbage")
        if source in self._by_source:
            self._by_source[source].note(why, Outcome.MALFORMED, agent_fault)

    # ICMP errors

    def match_error(self, quoted: QuotedDatagram) -> tuple[Exchange, ExchangeError] | None:
        """Return which question an ICMP error ends, and how: port unreachable from the agent itself does; others are evidence."""
        exchange = self._quoted(quoted)
        if exchange is None:
            return None
        unreachable = quoted.unreachable
        reporter = source_of(unreachable.reporter, exchange.route.spec.port)
        if not quoted.says_port_closed or reporter not in exchange.route.sources:
            exchange.note(unreachable.reason)
            return None
        return exchange, ExchangeError(Outcome.REFUSED, Reason("port_closed"), is_final=True)

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


def _expected(exchange: Exchange, reader: Steady, octets: bytes, came_s: float) -> Answer | None:
    """Return the plain answer to a question that is asked again and again, None where it is anything else."""
    answered = reader.read(octets) if len(octets) <= _LONGEST_ANSWER else None
    sent_s = exchange.sent.get(answered.request_id) if answered else None
    if answered is None or sent_s is None:
        return None
    return Answer(0, 0, (), came_s - sent_s if came_s > sent_s else 0.0, answered.tags, answered.values)


def _is_answer(exchange: Exchange, message: Message, source: Source) -> bool:
    """Return whether a message with a question's request-id is its answer; if not, it is noted why."""
    route = exchange.route
    if source not in route.sources:
        address, port = address_of(source)
        elsewhere: dict[str, float | int | str] = {"address": address, "port": port}
        exchange.note(Reason("answer_from", elsewhere), agent_fault=AgentFault(FaultKind.ELSEWHERE, elsewhere))
        return False
    if message.pdu != RESPONSE or message.version != route.version or message.community != route.community:
        exchange.note(Reason("wrong_reply"), Outcome.MALFORMED, AgentFault(FaultKind.WRONG_REPLY))
        return False
    return True


def _quotes(request: Request, request_id: int, payload: bytes) -> bool:
    """Return whether an ICMP error quotes this question; a quote may be cut after any octet, an empty one proves nothing."""
    return bool(payload) and request.encode(request_id).startswith(payload)


class UnsolicitedLog:
    """What came and answered nothing, since it was last taken."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[int, float]] = {}

    def note(self, address: str, kind: str, late_s: float = 0.0) -> None:
        """Count one datagram. late_s: from the question that was given up to this answer, else 0."""
        key = (address, kind)
        if key not in self._seen and len(self._seen) >= _MOST_SOURCES:
            key = ("", kind)
        datagrams, latest_s = self._seen.get(key, (0, 0.0))
        self._seen[key] = (datagrams + 1, max(latest_s, late_s))

    def drain(self) -> tuple[Unsolicited, ...]:
        """Return what came since the last call, one for each source and kind."""
        taken = tuple(Unsolicited(address, kind, count, late_s) for (address, kind), (count, late_s) in self._seen.items())
        self._seen.clear()
        return taken
