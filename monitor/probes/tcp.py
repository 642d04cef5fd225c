"""Whether a host is on, by TCP: it takes a connection or refuses one. For PCs, whose firewalls often drop pings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from monitor.model.probe_kinds import TCP
from monitor.model.reading import Outcome, Reading, ServiceSample
from monitor.model.reason import Reasons
from monitor.model.spec import TcpSpec
from monitor.probes.service_prober import ServiceProber
from monitor.probes.tcp_connect import Failure, TcpConnection

_WORTH = (Outcome.REFUSED, Outcome.NOT_SENT, Outcome.TIMEOUT)
"""Of several ports that were not open: which of them decides. Silence has to be that of all: what was not asked may be open."""


class TcpProber(ServiceProber[TcpSpec]):
    """Tries all ports of a host at once; the first that takes a connection decides: OK.

    Where all refuse it is REFUSED, which proves that the host is on no less.
    """

    kind = TCP.name

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
        if stood is not None:
            return self._reading(spec, Outcome.OK, sample=ServiceSample(transport="tcp", rtt_s=stood.took_s))
        failures = [task.result() for task in tries]
        worth = min((each for each in failures if isinstance(each, Failure)), key=lambda each: _WORTH.index(each.outcome))
        detail: Reasons = ()
        for each in failures:
            if isinstance(each, Failure) and each.outcome is worth.outcome and each.detail not in detail:
                detail += (each.detail,)
        return self._reading(spec, worth.outcome, detail, ServiceSample(), refused_s)


async def _dropped(tries: Sequence[asyncio.Task[TcpConnection | Failure]]) -> None:
    """End all tries, and close whatever came to stand."""
    for task in tries:
        task.cancel()
    for came in await asyncio.gather(*tries, return_exceptions=True):
        if isinstance(came, TcpConnection):
            came.bare.close()
