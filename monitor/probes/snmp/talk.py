"""Conversations carried over the transport: a question goes out, its answer goes in, until the result is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monitor.probes.snmp.exchange import Answer, Ask, Conversation, ExchangeError
from monitor.probes.snmp.question import Exchange, Route, make_exchange, request_of
from monitor.probes.snmp.transport import SnmpTransport

Done = Callable[[Any, Exception | None], None]
"""Takes the result of a conversation; or None and ExchangeError, or whatever is wrong with ourselves."""


class Talk:
    """One conversation with one agent. done is called once, unless end() comes before."""

    __slots__ = ("_conversation", "_deadline_s", "_done", "_exchange", "_over", "_route", "_transport")

    def __init__(
        self, transport: SnmpTransport, route: Route, conversation: Conversation[Any], deadline_s: float, done: Done
    ) -> None:
        """Prepare it. deadline_s: monotonic time from which on nothing more is asked."""
        self._transport = transport
        self._route = route
        self._conversation = conversation
        self._deadline_s = deadline_s
        self._done = done
        self._exchange: Exchange | None = None
        self._over: ExchangeError | None = None

    def begin(self) -> None:
        """Ask the first question."""
        try:
            ask = next(self._conversation)
        except StopIteration as complete:
            self._done(complete.value, None)
        else:
            self._ask(ask)

    def answered(self, answer: Answer) -> None:
        """Go on with an answer: what the transport calls."""
        try:
            ask = self._conversation.send(answer)
        except StopIteration as complete:
            self._done(complete.value, None)
        except Exception as error:
            self._done(None, error)
        else:
            self._ask(ask)

    def failed(self, error: ExchangeError) -> None:
        """Go on without an answer: what the transport calls."""
        self._over = error if error.is_final else None
        try:
            ask = self._conversation.throw(error)
        except StopIteration as complete:
            self._done(complete.value, None)
        except Exception as fault:
            self._done(None, fault)
        else:
            self._ask(ask)

    def end(self) -> None:
        """Forget it, whatever it waits for."""
        if self._exchange is not None and not self._exchange.is_over:
            self._transport.cancel(self._exchange)
        self._conversation.close()

    def _ask(self, ask: Ask) -> None:
        """Send a question on its way; where that can't be, the conversation is told, which may ask no more than what it began."""
        error = self._over or self._send(ask)
        if error is not None:
            self.failed(error)

    def _send(self, ask: Ask) -> ExchangeError | None:
        route = self._route
        reader = ask.reader
        request = (
            request_of(route.version, route.community, ask.pdu, ask.oids, ask.repetitions) if reader is None else reader.request
        )
        self._exchange = make_exchange(route, request, reader, self, self._deadline_s)
        return self._transport.ask(self._exchange)
