"""The fast SNMP engine: polls any number of v1 and v2c agents at once over one socket an IP version."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.background import BackgroundTasks
from monitor.model.agent_fault import Unsolicited
from monitor.model.agent_limits import AgentLimits
from monitor.model.clock import Clock
from monitor.model.quick import quick
from monitor.model.reading import Deliver, Outcome, Reading, SnmpSample
from monitor.model.reason import Reason
from monitor.model.spec import SnmpSpec
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.names import Names, Place, UnresolvedNameError, resolve_by_system
from monitor.probes.snmp.exchange import (
    WIRE_VERSIONS,
    Answer,
    Ask,
    Asker,
    Conversation,
    Exchange,
    ExchangeError,
    Route,
    request_of,
)
from monitor.probes.snmp.memory import AgentMemory, Memories
from monitor.probes.snmp.poll import Poll
from monitor.probes.snmp.requests import Walked, ask_for, walk, with_tags
from monitor.probes.snmp.transport import SnmpTransport
from monitor.wire.oid import Oid

_log = logging.getLogger(__name__)
_reading = quick(Reading)
_SLICE = 64
"""Works that are begun before the loop does something else."""


# What is to be done with one agent. A work is itself who asks: its question goes out by the transport, which calls it back with the
# answer, so that one object carries all of a poll, and an answer goes two calls deep to where it is read.


@dataclass(slots=True)
class Batch:
    """The works of one call, which ends when none is left. under_way: all works of the prober that are not concluded."""

    left: int
    done: asyncio.Future[None]
    under_way: set[AgentWork]

    def count_down(self) -> None:
        self.left -= 1
        if not self.left and not self.done.done():
            self.done.set_result(None)


class AgentWork(Asker, ABC):
    """One agent's part of a call, concluded exactly once unless it is dropped before."""

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
    def _start(self, memory: AgentMemory) -> None: ...

    def drop(self) -> None:
        self.is_finished = True
        self._batch.under_way.discard(self)
        exchange = self._exchange
        if exchange is not None and not exchange.is_over:
            self._transport.cancel(exchange)

    def conclude(self, result: Any, error: Exception | None) -> None:
        """Take what came of it, hand it on and let others in."""
        if self.is_finished:
            return
        self.drop()
        if error is not None and not isinstance(error, ExchangeError):
            _log.error("%s: a fault of the monitor's own", self.spec.target, exc_info=error)
            error = ExchangeError(Outcome.NOT_SENT, Reason("own_fault", {"error": repr(error)}))
        try:
            self._hand_on(result, error)
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
        try:
            values = answer if answer.tags else with_tags(answer, self._oids)
        except ExchangeError as error:
            self.conclude(None, error)
        else:
            self.conclude(values, None)

    def failed(self, error: ExchangeError) -> None:
        self.conclude(None, error)

    def _hand_on(self, result: Answer | None, error: ExchangeError | None) -> None:
        self.result = result if error is None else error


class ConversationWork(AgentWork):
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


class PollWork(ConversationWork):
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
        learned = poll.memory.device.drain_news() if poll else ()
        if error is None:
            assert poll is not None
            fields = (Outcome.OK, None, result, poll.detail, spec.confirms, poll.agent_fault, learned)
        else:
            fields = (error.outcome, None, None, error.detail, spec.confirms, error.agent_fault, learned)
        # A poll of which the rest was lost tells of when the agent spoke last, not of when we gave up waiting.
        at_s = self._now_s() if error is not None or self._heard_s is None else self._heard_s
        self._deliver(_reading(spec.target, "snmp", at_s, *fields))


class WalkWork(ConversationWork):
    """One walk. result: what it brought, or why there is nothing."""

    __slots__ = ("_columns", "result")

    def __init__(self, spec: SnmpSpec, batch: Batch, columns: tuple[Oid, ...]) -> None:
        super().__init__(spec, batch)
        self._columns = columns
        self.result: Any = None

    def _converse(self, memory: AgentMemory) -> Conversation[Any]:
        spec = self.spec
        return walk(self._columns, memory, max_repetitions=spec.max_repetitions, v1=spec.credential.version == "1")

    def _hand_on(self, result: Any, error: ExchangeError | None) -> None:
        self.result = result if error is None else error


SomeWork = TypeVar("SomeWork", bound=AgentWork)


class SnmpProber:
    """Polls agents; see open(), probe(), close(); and get() and walk() for whoever wants no more than that of them."""

    def __init__(
        self,
        clock: Clock,
        *,
        in_flight: int = 200,
        resolve: Callable[[str], str] = resolve_by_system,
        kernel: Kernel = KERNEL,
    ) -> None:
        """Prepare, without opening anything.

        in_flight: how many questions may be younger than half a second. kernel: by which datagrams come and go; what it does not
        take in a batch is sent again alone, by the socket itself.
        """
        self._now_s = clock.monotonic
        self._names = Names(clock, resolve)
        self._transport = SnmpTransport(clock, in_flight, kernel)
        self._transport.on_room = self._begin_more
        self._waiting: deque[AgentWork] = deque()
        self._under_way: set[AgentWork] = set()
        self._searches = BackgroundTasks("the search for an agent's address")
        self._memories = Memories(clock)
        self._is_beginning = False

    async def open(self) -> None:
        """Open the sockets. Raises SetupError."""
        self._transport.open()

    @property
    def receive_drops(self) -> int:
        return self._transport.receive_drops

    def drain_unsolicited(self) -> tuple[Unsolicited, ...]:
        """Return what answered no open question since the last call, by source and kind."""
        return self._transport.unsolicited.drain()

    def agent_limits(self, target: str) -> AgentLimits | None:
        """Return what was learned of one target's agent, None before its first poll."""
        return self._memories.agent_limits(target)

    async def probe(self, specs: Sequence[SnmpSpec], deliver: Deliver) -> None:
        """Poll the agents, and deliver each one's Reading when it is complete; ends when all are."""
        now_s = self._now_s
        await self._do(specs, lambda spec, batch: PollWork(spec, batch, deliver, now_s))

    async def get(self, specs: Sequence[SnmpSpec], oids: tuple[Oid, ...]) -> list[Answer | ExchangeError]:
        """Ask each agent for objects in one GET; return each one's answer, or why there is none, in the order of specs.

        Where the same tuple is asked for again, what was learned of the answers makes it cheaper.
        """
        works = await self._do(specs, lambda spec, batch: GetWork(spec, batch, oids))
        return [work.result for work in works if work.result is not None]

    async def walk(self, specs: Sequence[SnmpSpec], columns: tuple[Oid, ...]) -> list[Walked | ExchangeError]:
        """Walk columns of each agent, side by side; see requests.walk for the bounds. In the order of specs."""
        works = await self._do(specs, lambda spec, batch: WalkWork(spec, batch, columns))
        return [work.result for work in works]

    async def _do(self, specs: Sequence[SnmpSpec], make: Callable[[SnmpSpec, Batch], SomeWork]) -> list[SomeWork]:
        """Begin a work for each spec, those that confirm a suspicion first, and return them when all are concluded."""
        batch = Batch(len(specs), asyncio.get_running_loop().create_future(), self._under_way)
        works = [make(spec, batch) for spec in specs]
        if not works:
            return works
        self._under_way.update(works)
        for work in works:
            if work.spec.confirms:
                self._waiting.appendleft(work)
            else:
                self._waiting.append(work)
        self._begin_more()
        try:
            await batch.done
        finally:
            if batch.left:
                for work in works:
                    work.drop()
                self._begin_more()
        return works

    def close(self) -> None:
        """Close the sockets; polls still under way are delivered as not sent."""
        self._transport.on_room = lambda: None
        for work in tuple(self._under_way):
            work.conclude(None, ExchangeError(Outcome.NOT_SENT, Reason("stopping")))
        self._searches.cancel()
        self._transport.close()
        self._names.close()

    def _begin_more(self) -> None:
        """Begin as many waiting works as the window permits, a slice at a time."""
        if self._is_beginning or not self._waiting:
            return
        self._is_beginning = True
        try:
            for _ in range(_SLICE):
                if not self._waiting or not self._transport.has_room:
                    return
                work = self._waiting.popleft()
                if not work.is_finished:
                    self._locate(work)
        finally:
            self._is_beginning = False
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._begin_more)

    def _locate(self, work: AgentWork) -> None:
        """Find the agent's address, off the loop where it is a name, and begin."""
        place = self._names.known(work.spec.address)
        if place is not None:
            self._begin(work, place)
            return
        self._searches.start(self._find(work))

    async def _find(self, work: AgentWork) -> None:
        try:
            place = await self._names.find(work.spec.address)
        except UnresolvedNameError as error:
            work.conclude(None, ExchangeError(Outcome.NOT_SENT, error.reason))
            return
        if not work.is_finished:
            self._begin(work, place)

    def _begin(self, work: AgentWork, place: Place) -> None:
        spec = work.spec
        fault: Reason | None = None
        if spec.credential.version not in WIRE_VERSIONS:
            fault = Reason("needs_pysnmp", {"version": spec.credential.version})
        if not self._transport.speaks(place.version):
            fault = Reason("no_ip_version", {"version": place.version})
        if fault is not None:
            work.conclude(None, ExchangeError(Outcome.NOT_SENT, fault))
            return
        memory = self._memories.of(spec, place)
        route = memory.route
        if route is None or route.spec is not spec or route.place is not place:
            route = Route(spec, place, memory.device)
            if not spec.brief:
                memory.route = route
        work.begin(self._transport, route, memory, self._now_s() + spec.deadline_s)
