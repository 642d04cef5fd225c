"""H.323: whether an endpoint takes calls, by a connect to its call-signalling port, and whether its gatekeeper knows it.

Nothing is said over the connection: it is closed as soon as it stands, so that no endpoint rings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from monitor.model.clock import Clock
from monitor.model.reading import Deliver, Outcome, Reading, ServiceSample
from monitor.model.reason import Reason
from monitor.model.spec import H323Spec
from monitor.probes.h323.gatekeepers import Gatekeepers, Registration
from monitor.probes.lateness import Lateness
from monitor.probes.names import Names, resolve_by_system
from monitor.probes.probe_pool import Crowd
from monitor.probes.tcp_connect import Connector, Failure

_UP = 'conference_signalling_up{protocol="h323"}'
_REGISTERED = 'conference_registered{protocol="h323"}'


class H323Prober:
    """Asks any number of endpoints and their gatekeepers at once; see open(), probe(), close()."""

    def __init__(self, clock: Clock, *, resolve: Callable[[str], str] = resolve_by_system) -> None:
        """Prepare, without opening anything. resolve: name → address, blocking; it is called in a thread."""
        self._clock = clock
        self._names = Names(clock, resolve)
        self._lateness = Lateness(clock)
        self._connector = Connector(clock, self._names, self._lateness)
        self._gatekeepers = Gatekeepers(self._lateness)
        self._crowd = Crowd("h323", clock, self._lateness)

    async def open(self) -> None:
        """Do nothing: sockets are opened as they are needed."""

    def close(self) -> None:
        """Close the sockets; what is under way is delivered as not sent."""
        self._crowd.close()
        self._gatekeepers.close()
        self._names.close()

    @property
    def receive_drops(self) -> int:
        """Return how many datagrams of gatekeepers the kernel has dropped because a socket was full."""
        return self._gatekeepers.receive_drops

    async def probe(self, specs: Sequence[H323Spec], deliver: Deliver) -> None:
        """Deliver one reading for each spec as soon as it is complete; ends when all are delivered."""
        await self._crowd.ask(specs, self._read, deliver)

    async def _read(self, spec: H323Spec) -> Reading:
        signalling, registration = await asyncio.gather(self._signalling(spec), self._registration(spec))
        if registration is None or signalling.service is None:
            return signalling
        values = dict(signalling.service.values)
        if registration.known is not None:
            values[_REGISTERED] = float(registration.known)
        detail = signalling.detail if registration.known else (*signalling.detail, registration.reason)
        sample = replace(signalling.service, values=values)
        # Of the time at which the endpoint itself spoke: the gatekeeper may have been waited for long after that.
        return replace(signalling, detail=detail, service=sample)

    async def _signalling(self, spec: H323Spec) -> Reading:
        """Return the reading of the endpoint itself."""
        connected = await self._connector.connect(spec.address, spec.port, spec.timeout_s)
        now_s = self._clock.monotonic()
        if isinstance(connected, Failure):
            is_said = connected.outcome is Outcome.REFUSED or (connected.outcome is Outcome.TIMEOUT and not spec.drops_strangers)
            sample = ServiceSample(values={_UP: 0.0} if is_said else {})
            return Reading(
                spec.target, "h323", now_s, connected.outcome, detail=(connected.detail,), confirms=spec.confirms, service=sample
            )
        connected.bare.close()
        sample = ServiceSample(transport="tcp", rtt_s=connected.took_s, values={_UP: 1.0})
        return Reading(spec.target, "h323", now_s, Outcome.OK, confirms=spec.confirms, service=sample)

    async def _registration(self, spec: H323Spec) -> Registration | None:
        """Return what the gatekeeper says of the endpoint; None where there is none, or nothing to ask it for."""
        if not spec.asks_gatekeeper:
            return None
        place = await self._connector.place(spec.gatekeeper)
        if isinstance(place, Failure):
            return Registration(None, Reason("gatekeeper", because=(place.detail,)))
        return await self._gatekeepers.registration(place, spec.gatekeeper_port, spec.alias, spec.timeout_s)
