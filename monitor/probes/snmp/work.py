"""What is to be done with one agent: a single question, or a conversation whose questions depend on the answers before.

A work is itself who asks: its question goes out by the transport, which calls it back with the answer. So one object carries all of
a poll, and an answer goes two calls deep to where it is read.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from asyncio import Future
from collections.abc import Callable
from typing import Any

from monitor.model.quick import quick
from monitor.model.reading import Deliver, Outcome, Reading, SnmpSample
from monitor.model.reason import Reason
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import (
    Answer,
    Ask,
    Conversation,
    Exchange,
    ExchangeError,
    Route,
    reader_of,
    request_of,
    status_reason,
)
from monitor.probes.snmp.memory import AgentMemory
from monitor.probes.snmp.poll import Poll
from monitor.probes.snmp.transport import SnmpTransport
from monitor.wire.oid import Oid
from monitor.wire.snmp import GET

_log = logging.getLogger(__name__)
_reading = quick(Reading)


class Batch:
    """The works of one call, which ends when none is left. under_way: all works of the prober that are not concluded."""

    __slots__ = ("done", "left", "under_way")

    def __init__(self, left: int, done: Future[None], under_way: set[AgentWork]) -> None:
        self.left = left
        self.done = done
        self.under_way = under_way

    def count_down(self) -> None:
        """Count one that is concluded."""
        self.left -= 1
        if not self.left and not self.done.done():
            self.done.set_result(None)


class AgentWork(ABC):
    """One agent's part of a call. It is the Asker of its questions, and concluded exactly once unless it is dropped before."""

    __slots__ = ("_batch", "_deadline_s", "_exchange", "_late_s", "_route", "_transport", "is_finished", "spec")

    def __init__(self, spec: SnmpSpec, batch: Batch) -> None:
        self.spec = spec
        self.is_finished = False
        self._batch = batch
        self._exchange: Exchange | None = None

    def begin(self, transport: SnmpTransport, route: Route, memory: AgentMemory, deadline_s: float) -> None:
        """Ask the first question. deadline_s: monotonic time from which on nothing more is asked, later where the loop is late."""
        self._transport = transport
        self._route = route
        self._deadline_s = deadline_s
        self._late_s = transport.late_s
        self._start(memory)

    @abstractmethod
    def _start(self, memory: AgentMemory) -> None:
        """Ask the first question."""

    @abstractmethod
    def answered(self, answer: Answer) -> None:
        """Go on with an answer: what the transport calls."""

    @abstractmethod
    def failed(self, error: ExchangeError) -> None:
        """Go on without an answer: what the transport calls."""

    def drop(self) -> None:
        """Forget it, whatever it waits for."""
        self.is_finished = True
        self._batch.under_way.discard(self)
        exchange = self._exchange
        if exchange is not None and not exchange.is_over:
            self._transport.cancel(exchange)

    def conclude(self, result: Any, error: Exception | None) -> None:
        """Take what came of it, hand it on and let others in."""
        if not self.is_finished:
            self.drop()
            try:
                self._hand_on(result, self._known(error) if error else None)
            finally:
                self._batch.count_down()

    @abstractmethod
    def _hand_on(self, result: Any, error: ExchangeError | None) -> None:
        """Hand the result on, or the error where there is none."""

    def _send(self, ask: Ask) -> ExchangeError | None:
        """Send a question on its way; return why that can't be."""
        route, reader = self._route, ask.reader
        request = (
            request_of(route.version, route.community, ask.pdu, ask.oids, ask.repetitions) if reader is None else reader.request
        )
        transport = self._transport
        self._exchange = Exchange(route, request, reader, self, self._deadline_s + (transport.late_s - self._late_s))
        return transport.ask(self._exchange)

    def _known(self, error: Exception) -> ExchangeError:
        if isinstance(error, ExchangeError):
            return error
        _log.error("%s: a fault of the monitor's own", self.spec.target, exc_info=error)
        return ExchangeError(Outcome.NOT_SENT, Reason("own_fault", {"error": repr(error)}))


class GetWork(AgentWork):
    """One GET and no more. result: its answer, or why there is none."""

    __slots__ = ("_oids", "result")

    def __init__(self, spec: SnmpSpec, batch: Batch, oids: tuple[Oid, ...]) -> None:
        super().__init__(spec, batch)
        self._oids = oids
        self.result: Answer | ExchangeError | None = None

    def _start(self, memory: AgentMemory) -> None:
        error = self._send(ask_for(self.spec, memory, self._oids))
        if error is not None:
            self.conclude(None, error)

    def answered(self, answer: Answer) -> None:
        """Take the answer, in whatever form it comes."""
        try:
            values = answer if answer.tags else with_tags(answer, self._oids)
        except ExchangeError as error:
            self.conclude(None, error)
        else:
            self.conclude(values, None)

    def failed(self, error: ExchangeError) -> None:
        """Take it that there is no answer."""
        self.conclude(None, error)

    def _hand_on(self, result: Answer | None, error: ExchangeError | None) -> None:
        self.result = result if error is None else error


class Talk(AgentWork):
    """A conversation: a question goes out, its answer goes in, until the result is there."""

    __slots__ = ("_conversation", "_heard_s", "_over")

    def __init__(self, spec: SnmpSpec, batch: Batch) -> None:
        super().__init__(spec, batch)
        self._conversation: Conversation[Any] | None = None
        self._heard_s: float | None = None
        self._over: ExchangeError | None = None

    @abstractmethod
    def _converse(self, memory: AgentMemory) -> Conversation[Any]:
        """Return what is to be talked about."""

    def _start(self, memory: AgentMemory) -> None:
        self._conversation = self._converse(memory)
        self._go_on(self._conversation.__next__)

    def answered(self, answer: Answer) -> None:
        """Go on with an answer."""
        assert self._conversation is not None
        assert self._exchange is not None
        self._heard_s = self._exchange.came_s
        self._go_on(self._conversation.send, answer)

    def failed(self, error: ExchangeError) -> None:
        """Go on without an answer: the conversation is told, and after a final error may ask no more."""
        assert self._conversation is not None
        self._over = error if error.is_final else None
        self._go_on(self._conversation.throw, error)

    def drop(self) -> None:
        """Forget it, whatever it waits for."""
        super().drop()
        if self._conversation is not None:
            self._conversation.close()

    def _go_on(self, step: Callable[..., Ask], *came: Any) -> None:
        """Take a step of the conversation and send its next question on its way; where that can't be, it is told."""
        try:
            ask = step(*came)
        except StopIteration as complete:
            self.conclude(complete.value, None)
        except Exception as fault:
            self.conclude(None, fault)
        else:
            error = self._over or self._send(ask)
            if error is not None:
                self.failed(error)


class PollWork(Talk):
    """One poll, which ends as a Reading. now_s: the monotonic clock."""

    __slots__ = ("_deliver", "_now_s", "_poll")

    def __init__(self, spec: SnmpSpec, batch: Batch, deliver: Deliver, now_s: Callable[[], float]) -> None:
        super().__init__(spec, batch)
        self._deliver = deliver
        self._now_s = now_s
        self._poll: Poll | None = None

    def _converse(self, memory: AgentMemory) -> Conversation[SnmpSample]:
        self._poll = Poll(self.spec, memory)
        return self._poll.run()

    def _hand_on(self, result: SnmpSample | None, error: ExchangeError | None) -> None:
        spec, poll = self.spec, self._poll
        learned = poll.memory.device.take_news() if poll else ()
        if error is None:
            assert poll is not None
            fields = (Outcome.OK, None, result, poll.detail, spec.confirms, poll.agent_fault, learned)
        else:
            fields = (error.outcome, None, None, error.detail, spec.confirms, error.agent_fault, learned)
        # A poll of which the rest was lost tells of when the agent spoke last, not of when we gave up waiting.
        at_s = self._now_s() if error is not None or self._heard_s is None else self._heard_s
        self._deliver(_reading(spec.target, "snmp", at_s, *fields))


class PlainTalk(Talk):
    """Any other conversation. result: what came of it, or why there is nothing."""

    __slots__ = ("_about", "result")

    def __init__(self, spec: SnmpSpec, batch: Batch, about: Callable[[SnmpSpec, AgentMemory], Conversation[Any]]) -> None:
        super().__init__(spec, batch)
        self._about = about
        self.result: Any = None

    def _converse(self, memory: AgentMemory) -> Conversation[Any]:
        return self._about(self.spec, memory)

    def _hand_on(self, result: Any, error: ExchangeError | None) -> None:
        self.result = result if error is None else error


def ask_for(spec: SnmpSpec, memory: AgentMemory, oids: tuple[Oid, ...]) -> Ask:
    """Return the question for objects, remembered as long as the same tuple is asked for."""
    ask = memory.plain
    if ask is None or ask.oids is not oids:
        memory.plain = ask = Ask(GET, oids, 0, reader_of(spec, oids))
    return ask


def with_tags(answer: Answer, oids: tuple[Oid, ...]) -> Answer:
    """Return an answer with its tags and values in the order of oids (see wire/ber.py for tags).

    What the agent lacks has one of the tags of ber.EXCEPTIONS. Raises ExchangeError for an error-status and for other objects.
    """
    if answer.tags:
        return answer
    if answer.status:
        raise ExchangeError(Outcome.REFUSED, status_reason(answer.status))
    if tuple(oid for oid, _, _ in answer.varbinds) != oids:
        raise ExchangeError(Outcome.MALFORMED, Reason("other_objects"))
    tags, values = (tuple(bound[at] for bound in answer.varbinds) for at in (1, 2))
    return answer._replace(tags=tags, values=values)  # type: ignore[arg-type]
