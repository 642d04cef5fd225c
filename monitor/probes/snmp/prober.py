"""The fast SNMP engine: polls any number of v1 and v2c agents at once over one socket an IP version."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from monitor.background import BackgroundTasks
from monitor.model.agent_fault import Unsolicited
from monitor.model.agent_limits import AgentLimits
from monitor.model.clock import Clock
from monitor.model.reading import Deliver, Outcome
from monitor.model.reason import Reason
from monitor.model.spec import SnmpSpec
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.names import Names, Place, UnresolvedNameError, resolve_by_system
from monitor.probes.snmp.exchange import WIRE_VERSIONS, Answer, Conversation, ExchangeError, Route
from monitor.probes.snmp.memory import AgentMemory, Memories
from monitor.probes.snmp.requests import Walked, walk
from monitor.probes.snmp.transport import SnmpTransport
from monitor.probes.snmp.work import AgentWork, Batch, GetWork, PlainTalk, PollWork
from monitor.wire.oid import Oid

SomeWork = TypeVar("SomeWork", bound=AgentWork)
_SLICE = 64
"""Works that are begun before the loop does something else."""


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
        """Return how many datagrams the kernel dropped for want of room since open()."""
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
        """Walk columns of each agent, side by side; see walk.walk for the bounds. In the order of specs."""

        def about(spec: SnmpSpec, memory: AgentMemory) -> Conversation[Walked]:
            return walk(columns, memory, max_repetitions=spec.max_repetitions, v1=spec.credential.version == "1")

        works = await self._do(specs, lambda spec, batch: PlainTalk(spec, batch, about))
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
