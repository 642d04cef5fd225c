"""H.323: whether an endpoint takes calls, by a connect to its call-signalling port, and whether its gatekeeper knows it.

Nothing is said over the connection: it is closed as soon as it stands, so that no endpoint rings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from monitor.model.clock import Clock
from monitor.model.probe_kinds import H323
from monitor.model.reading import Outcome, Reading, ServiceSample
from monitor.model.reason import Reason
from monitor.model.spec import H323Spec
from monitor.probes.h323.gatekeepers import Gatekeepers, Registration
from monitor.probes.names import resolve_by_system
from monitor.probes.service_prober import ServiceProber
from monitor.probes.tcp_connect import Failure

_UP = 'conference_signalling_up{protocol="h323"}'
_REGISTERED = 'conference_registered{protocol="h323"}'


class H323Prober(ServiceProber[H323Spec]):
    kind = H323.name

    def __init__(self, clock: Clock, *, resolve: Callable[[str], str] = resolve_by_system) -> None:
        super().__init__(clock, resolve=resolve)
        self._gatekeepers = Gatekeepers(self._lateness)

    def close(self) -> None:
        super().close()
        self._gatekeepers.close()

    @property
    def receive_drops(self) -> int:
        return self._gatekeepers.receive_drops

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
        connected = await self._connector.connect(spec.address, spec.port, spec.timeout_s)
        if isinstance(connected, Failure):
            is_said = connected.outcome is Outcome.REFUSED or (connected.outcome is Outcome.TIMEOUT and not spec.drops_strangers)
            sample = ServiceSample(values={_UP: 0.0} if is_said else {})
            return self._reading(spec, connected.outcome, (connected.detail,), sample)
        connected.bare.close()
        sample = ServiceSample(transport="tcp", rtt_s=connected.took_s, values={_UP: 1.0})
        return self._reading(spec, Outcome.OK, sample=sample)

    async def _registration(self, spec: H323Spec) -> Registration | None:
        """Return what the gatekeeper says of the endpoint; None where there is none, or nothing to ask it for."""
        if not spec.asks_gatekeeper:
            return None
        place = await self._connector.place(spec.gatekeeper)
        if isinstance(place, Failure):
            return Registration(None, Reason("gatekeeper", because=(place.detail,)))
        return await self._gatekeepers.registration(place, spec.gatekeeper_port, spec.alias, spec.timeout_s)
