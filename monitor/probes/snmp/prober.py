"""The fast SNMP engine: polls any number of v1 and v2c agents at once over one socket an IP version."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitor.model.clock import Clock
from monitor.model.kindness import Manner
from monitor.model.misdeed import Stray
from monitor.model.reading import Deliver, Outcome, Reading, SnmpSample
from monitor.model.spec import SnmpSpec
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.names import Names, Place, UnresolvedNameError, resolve_by_system
from monitor.probes.snmp.exchange import Answer, Conversation, ExchangeError
from monitor.probes.snmp.memory import AgentMemory, Memories
from monitor.probes.snmp.plain import objects
from monitor.probes.snmp.poll import Poll
from monitor.probes.snmp.question import WIRE_VERSIONS, Route
from monitor.probes.snmp.talk import Talk
from monitor.probes.snmp.transport import SnmpTransport
from monitor.probes.snmp.walk import Walked, walk
from monitor.wire.oid import Oid

_SLICE = 64
"""Talks that are begun before the loop does something else."""
_log = logging.getLogger(__name__)


class _Batch:
    """The work of one call, which ends when none is left."""

    __slots__ = ("done", "left")

    def __init__(self, left: int) -> None:
        self.left = left
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def count_down(self) -> None:
        self.left -= 1
        if not self.left and not self.done.done():
            self.done.set_result(None)


class _Work(ABC):
    """What is to be done with one agent."""

    __slots__ = ("batch", "is_finished", "prober", "spec", "talk")

    def __init__(self, prober: SnmpProber, spec: SnmpSpec, batch: _Batch) -> None:
        self.prober = prober
        self.spec = spec
        self.batch = batch
        self.talk: Talk | None = None
        self.is_finished = False

    @abstractmethod
    def conversation(self, memory: AgentMemory) -> Conversation[Any]:
        """Return what is to be talked about."""

    def conclude(self, result: Any, error: Exception | None) -> None:
        """Take what came of it, hand it on and let others in."""
        if not self.is_finished:
            self.prober.drop(self)
            try:
                self.hand_on(result, self._known(error) if error else None)
            finally:
                self.batch.count_down()

    @abstractmethod
    def hand_on(self, result: Any, error: ExchangeError | None) -> None:
        """Hand the result on, or the error where there is none."""

    def _known(self, error: Exception) -> ExchangeError:
        if isinstance(error, ExchangeError):
            return error
        _log.error("%s: a fault of the monitor's own", self.spec.target, exc_info=error)
        return ExchangeError(Outcome.NOT_SENT, f"a fault of the monitor's own: {error!r}")


class _PollWork(_Work):
    """One poll, which ends as a Reading."""

    __slots__ = ("deliver", "poll")

    def __init__(self, prober: SnmpProber, spec: SnmpSpec, batch: _Batch, deliver: Deliver) -> None:
        super().__init__(prober, spec, batch)
        self.deliver = deliver
        self.poll: Poll | None = None

    def conversation(self, memory: AgentMemory) -> Conversation[SnmpSample]:
        self.poll = Poll(self.spec, memory)
        return self.poll.run()

    def hand_on(self, result: SnmpSample | None, error: ExchangeError | None) -> None:
        spec, poll, at_s = self.spec, self.poll, self.prober.now_s()
        learned = poll.memory.device.take_news() if poll else ""
        if error is None:
            assert poll is not None
            told = (Outcome.OK, None, result, poll.detail, spec.confirms, poll.misdeed, learned)
        else:
            told = (error.outcome, None, None, error.detail, spec.confirms, error.misdeed, learned)
        self.deliver(Reading(spec.target, "snmp", at_s, *told))


class _PlainWork(_Work):
    """Any other conversation, whose result whoever asked for it waits for."""

    __slots__ = ("converse", "found")

    def __init__(
        self, prober: SnmpProber, spec: SnmpSpec, batch: _Batch, converse: Callable[[SnmpSpec, AgentMemory], Conversation[Any]]
    ) -> None:
        super().__init__(prober, spec, batch)
        self.converse = converse
        self.found: Any = None

    def conversation(self, memory: AgentMemory) -> Conversation[Any]:
        return self.converse(self.spec, memory)

    def hand_on(self, result: Any, error: ExchangeError | None) -> None:
        self.found = result if error is None else error


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
        self.now_s = clock.monotonic
        self._names = Names(clock, resolve)
        self._transport = SnmpTransport(clock, in_flight, kernel)
        self._transport.on_room = self._begin_more
        self._waiting: deque[_Work] = deque()
        self._under_way: set[_Work] = set()
        self._finding: set[asyncio.Task[None]] = set()
        self._memories = Memories(clock)
        self._is_beginning = False

    async def open(self) -> None:
        """Open the sockets. Raises SetupError."""
        self._transport.open()

    @property
    def receive_drops(self) -> int:
        """Return how many datagrams the kernel dropped for want of room since open()."""
        return self._transport.receive_drops

    @property
    def sends_attempted(self) -> int:
        """Return how many datagrams were handed to the kernel."""
        return self._transport.sends_attempted

    @property
    def sends_refused(self) -> int:
        """Return how many of them it refused to send."""
        return self._transport.sends_refused

    @property
    def last_refusal(self) -> str:
        """Return the kernel's last reason, '' where it refused nothing."""
        return self._transport.last_refusal

    def take_strays(self) -> tuple[Stray, ...]:
        """Return what answered no open question since the last call, by source and kind."""
        return self._transport.strays.take()

    def manners(self) -> Mapping[str, Manner]:
        """Return target → what was learned of how its agent wants to be asked, of all that were polled."""
        return self._memories.manners()

    def manner(self, target: str) -> Manner | None:
        """Return what was learned of one target's agent, None before its first poll."""
        return self._memories.manner(target)

    async def probe(self, specs: Sequence[SnmpSpec], deliver: Deliver) -> None:
        """Poll the agents, and deliver each one's Reading when it is complete; ends when all are."""
        if specs:
            batch = _Batch(len(specs))
            await self._do([_PollWork(self, spec, batch, deliver) for spec in specs], batch)

    async def get(self, specs: Sequence[SnmpSpec], oids: tuple[Oid, ...]) -> list[Answer | ExchangeError]:
        """Ask each agent for objects in one GET; return each one's answer, or why there is none, in the order of specs.

        Where the same tuple is asked for again, what was learned of the answers makes it cheaper.
        """
        return await self._converse(specs, lambda spec, memory: objects(spec, memory, oids))

    async def walk(self, specs: Sequence[SnmpSpec], columns: tuple[Oid, ...]) -> list[Walked | ExchangeError]:
        """Walk columns of each agent, side by side; see snmp_walk.walk for the bounds. In the order of specs."""

        def converse(spec: SnmpSpec, memory: AgentMemory) -> Conversation[Walked]:
            return walk(columns, memory, max_repetitions=spec.max_repetitions, v1=spec.credential.version == "1")

        return await self._converse(specs, converse)

    async def _converse(
        self, specs: Sequence[SnmpSpec], converse: Callable[[SnmpSpec, AgentMemory], Conversation[Any]]
    ) -> list[Any]:
        batch = _Batch(len(specs))
        works = [_PlainWork(self, spec, batch, converse) for spec in specs]
        if works:
            await self._do(works, batch)
        return [work.found for work in works]

    async def _do(self, works: Sequence[_Work], batch: _Batch) -> None:
        """Begin the works, those that confirm a suspicion first, and wait until all are concluded."""
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
                    self.drop(work)
                self._begin_more()

    def close(self) -> None:
        """Close the sockets; polls still under way are delivered as not sent."""
        self._transport.on_room = lambda: None
        for work in tuple(self._under_way):
            work.conclude(None, ExchangeError(Outcome.NOT_SENT, "the monitor is stopping"))
        for task in self._finding:
            task.cancel()
        self._transport.close()
        self._names.close()

    def drop(self, work: _Work) -> None:
        """Forget a work, whatever it waits for."""
        work.is_finished = True
        self._under_way.discard(work)
        if work.talk is not None:
            work.talk.end()

    # A work's way

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

    def _locate(self, work: _Work) -> None:
        """Find the agent's address, off the loop where it is a name, and begin."""
        place = self._names.known(work.spec.address)
        if place is not None:
            self._begin(work, place)
            return
        task = asyncio.get_running_loop().create_task(self._find(work))
        self._finding.add(task)
        task.add_done_callback(self._finding.discard)

    async def _find(self, work: _Work) -> None:
        try:
            place = await self._names.find(work.spec.address)
        except UnresolvedNameError as error:
            work.conclude(None, ExchangeError(Outcome.NOT_SENT, str(error)))
            return
        if not work.is_finished:
            self._begin(work, place)

    def _begin(self, work: _Work, place: Place) -> None:
        spec = work.spec
        fault = "" if spec.credential.version in WIRE_VERSIONS else f"version {spec.credential.version} needs engine: pysnmp"
        if not self._transport.speaks(place.version):
            fault = f"this machine does not speak IPv{place.version}"
        if fault:
            work.conclude(None, ExchangeError(Outcome.NOT_SENT, fault))
            return
        memory = self._memories.of(spec, place)
        route = memory.route
        if route is None or route.spec is not spec or route.place is not place:
            route = Route(spec, place, memory.device)
            if not spec.brief:
                memory.route = route
        work.talk = Talk(self._transport, route, work.conversation(memory), self.now_s() + spec.deadline_s, work.conclude)
        work.talk.begin()
