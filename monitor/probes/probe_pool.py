"""Many targets asked at once, each by a coroutine of its own, and a reading delivered for each exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from monitor.model.clock import Clock
from monitor.model.reading import Deliver, Outcome, Reading
from monitor.model.reason import Reason
from monitor.probes.lateness import Lateness

AT_ONCE = 128
"""Targets of one prober that are asked at the same time: each holds a socket, and some a TLS handshake."""
TRIES = 3
"""How often a target is asked in one turn while our own loop is late, where it could not be or its answer may have been dropped."""


class Addressed(Protocol):
    """What every spec has."""

    @property
    def target(self) -> str:
        """Return the target's id."""
        ...

    @property
    def confirms(self) -> bool:
        """Return whether it is to confirm a suspicion."""
        ...


AnySpec = TypeVar("AnySpec", bound=Addressed)


class Crowd:
    """Runs the readings of one probe. probe: its name. at_once: more than so many wait for their turn."""

    def __init__(self, probe: str, clock: Clock, lateness: Lateness, *, at_once: int = AT_ONCE) -> None:
        self._probe = probe
        self._clock = clock
        self._lateness = lateness
        self._turn = asyncio.Semaphore(at_once)
        self._tasks: set[asyncio.Task[Reading]] = set()

    async def ask(self, specs: Sequence[AnySpec], read: Callable[[AnySpec], Awaitable[Reading]], deliver: Deliver) -> None:
        """Deliver what `read` returns for each spec as soon as it is there; ends when all are delivered.

        What close() breaks off is delivered as not sent. An exception of `read` is our bug: it is raised once all others are done.
        """
        asked = {asyncio.ensure_future(self._in_turn(read, spec)): spec for spec in specs}
        self._tasks.update(asked)
        fault: BaseException | None = None
        pending = set(asked)
        try:
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    if task.cancelled():
                        deliver(self._not_sent(asked[task], Reason("closed")))
                    elif (raised := task.exception()) is not None:
                        fault = fault or raised
                        deliver(self._not_sent(asked[task], Reason("own_fault", {"error": type(raised).__name__})))
                    else:
                        deliver(task.result())
        finally:
            for task in pending:
                task.cancel()
            self._tasks.difference_update(asked)
        if fault is not None:
            raise fault

    def close(self) -> None:
        """Break off whatever is under way."""
        for task in tuple(self._tasks):
            task.cancel()

    def _not_sent(self, spec: Addressed, why: Reason) -> Reading:
        """Return the reading of a target that was not asked."""
        return Reading(spec.target, self._probe, self._clock.monotonic(), Outcome.NOT_SENT, detail=(why,), confirms=spec.confirms)

    async def _in_turn(self, read: Callable[[AnySpec], Awaitable[Reading]], spec: AnySpec) -> Reading:
        """Return a target's reading. What was not sent, or is void, while our own loop was late is asked again at once."""
        async with self._turn:
            for _ in range(TRIES - 1):
                with self._lateness.under_way() as late:
                    reading = await read(spec)
                    if reading.outcome is not Outcome.NOT_SENT or not late.seconds:
                        return reading
            return await read(spec)
