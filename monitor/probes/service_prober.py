"""What all probers of services share: many targets are asked at once, each by a coroutine of its own, and each delivered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from monitor.model.clock import Clock
from monitor.model.reading import Deliver, Outcome, Reading, ServiceSample
from monitor.model.reason import Reason, Reasons
from monitor.model.spec import Spec
from monitor.probes.lateness import Lateness
from monitor.probes.names import Names, resolve_by_system
from monitor.probes.tcp_connect import Connector

TRIES = 3
"""How often a target is asked in one turn while our own loop is late, where it could not be or its answer may have been dropped."""

AnySpec = TypeVar("AnySpec", bound=Spec)


class ServiceProber(Generic[AnySpec]):
    """Asks any number of targets at once; see open(), probe(), close().

    A subclass is one kind of probe: kind is its name, _read() asks one target, and at_once is how many are asked at the same time:
    each holds a socket, and some a TLS handshake.
    """

    kind: ClassVar[str]
    at_once: ClassVar[int] = 128

    def __init__(self, clock: Clock, *, resolve: Callable[[str], str] = resolve_by_system) -> None:
        """Prepare, without opening anything. resolve: name → address, blocking; it is called in a thread."""
        self._clock = clock
        self._names = Names(clock, resolve)
        self._lateness = Lateness(clock)
        self._connector = Connector(clock, self._names, self._lateness)
        self._turn = asyncio.Semaphore(self.at_once)
        self._tasks: set[asyncio.Task[Reading]] = set()

    async def open(self) -> None:
        """Open the sockets that all targets share. Raises SetupError where that is not permitted."""

    def close(self) -> None:
        """Close the sockets; what is under way is delivered as not sent."""
        for task in tuple(self._tasks):
            task.cancel()
        self._names.close()

    @property
    def receive_drops(self) -> int:
        """How many datagrams the kernel has dropped because a socket was full; what comes over connections it never drops."""
        return 0

    async def probe(self, specs: Sequence[AnySpec], deliver: Deliver) -> None:
        """Deliver one reading for each spec as soon as it is complete; ends when all are delivered.

        What close() breaks off is delivered as not sent. An exception of _read() is our bug: it is raised once all others are done.
        """
        asked = {asyncio.ensure_future(self._read_in_turn(spec)): spec for spec in specs}
        self._tasks.update(asked)
        fault: BaseException | None = None
        pending = set(asked)
        try:
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    if task.cancelled():
                        deliver(self._reading(asked[task], Outcome.NOT_SENT, (Reason("closed"),)))
                    elif (raised := task.exception()) is not None:
                        fault = fault or raised
                        own_fault = Reason("own_fault", {"error": type(raised).__name__})
                        deliver(self._reading(asked[task], Outcome.NOT_SENT, (own_fault,)))
                    else:
                        deliver(task.result())
        finally:
            for task in pending:
                task.cancel()
            self._tasks.difference_update(asked)
        if fault is not None:
            raise fault

    async def _read_in_turn(self, spec: AnySpec) -> Reading:
        """Return a target's reading. What was not sent, or is void, while our own loop was late is asked again at once."""
        async with self._turn:
            for _ in range(TRIES - 1):
                with self._lateness.under_way() as late:
                    reading = await self._read(spec)
                    if reading.outcome is not Outcome.NOT_SENT or not late.seconds:
                        return reading
            return await self._read(spec)

    async def _read(self, spec: AnySpec) -> Reading:
        """Ask one target; whatever the network does becomes its reading."""
        raise NotImplementedError

    def _reading(
        self,
        spec: AnySpec,
        outcome: Outcome,
        detail: Reasons = (),
        sample: ServiceSample | None = None,
        at_s: float | None = None,
    ) -> Reading:
        """Return what came of asking a target. at_s: when it spoke last (monotonic), None for now."""
        at_s = self._clock.monotonic() if at_s is None else at_s
        return Reading(spec.target, self.kind, at_s, outcome, detail=detail, confirms=spec.confirms, service=sample)
