"""Whether a host is on, by TCP: it takes a connection or refuses one. For PCs, whose firewalls often drop pings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from monitor.model.clock import Clock
from monitor.model.reading import Deliver, Outcome, Reading, ServiceSample
from monitor.model.reason import Reasons
from monitor.model.spec import TcpSpec
from monitor.probes.lateness import Lateness
from monitor.probes.names import Names, resolve_by_system
from monitor.probes.probe_pool import Crowd
from monitor.probes.tcp_connect import Connector, Failure, TcpConnection

_WORTH = (Outcome.REFUSED, Outcome.NOT_SENT, Outcome.TIMEOUT)
"""Of several ports that were not open: which of them decides. Silence has to be that of all: what was not asked may be open."""


class TcpProber:
    """Asks any number of hosts at once; see open(), probe(), close()."""

    def __init__(self, clock: Clock, *, resolve: Callable[[str], str] = resolve_by_system) -> None:
        """Prepare, without opening anything. resolve: name → address, blocking; it is called in a thread."""
        self._clock = clock
        self._names = Names(clock, resolve)
        self._lateness = Lateness(clock)
        self._connector = Connector(clock, self._names, self._lateness)
        self._crowd = Crowd("tcp", clock, self._lateness)

    async def open(self) -> None:
        """Do nothing: sockets are opened as they are needed."""

    def close(self) -> None:
        """Break off what is under way; it is delivered as not sent."""
        self._crowd.close()
        self._names.close()

    @property
    def receive_drops(self) -> int:
        """Return 0: what comes over connections is never dropped."""
        return 0

    async def probe(self, specs: Sequence[TcpSpec], deliver: Deliver) -> None:
        """Deliver one reading for each spec as soon as it is complete; ends when all are delivered.

        All ports of a host are tried at once and the first that takes a connection decides: OK. Where all refuse it is REFUSED,
        which proves that the host is on no less.
        """
        await self._crowd.ask(specs, self._read, deliver)

    async def _read(self, spec: TcpSpec) -> Reading:
        tries = [asyncio.ensure_future(self._connector.connect(spec.address, port, spec.timeout_s)) for port in spec.ports]
        stood: TcpConnection | None = None
        refused_s: float | None = None
        try:
            for first in asyncio.as_completed(tries):
                came = await first
                if isinstance(came, TcpConnection):
                    stood = came
                    break
                if came.outcome is Outcome.REFUSED:
                    refused_s = self._clock.monotonic()
        finally:
            await _dropped(tries)
        now_s = self._clock.monotonic()
        if stood is not None:
            sample = ServiceSample(transport="tcp", rtt_s=stood.took_s)
            return Reading(spec.target, "tcp", now_s, Outcome.OK, confirms=spec.confirms, service=sample)
        failures = [task.result() for task in tries]
        worth = min((each for each in failures if isinstance(each, Failure)), key=lambda each: _WORTH.index(each.outcome))
        detail: Reasons = ()
        for each in failures:
            if isinstance(each, Failure) and each.outcome is worth.outcome and each.detail not in detail:
                detail += (each.detail,)
        at_s = now_s if refused_s is None else refused_s  # of when the host spoke last: other ports were waited for
        return Reading(spec.target, "tcp", at_s, worth.outcome, detail=detail, confirms=spec.confirms, service=ServiceSample())


async def _dropped(tries: Sequence[asyncio.Task[TcpConnection | Failure]]) -> None:
    """End all tries, and close whatever came to stand."""
    for task in tries:
        task.cancel()
    for came in await asyncio.gather(*tries, return_exceptions=True):
        if isinstance(came, TcpConnection):
            came.bare.close()
