"""Whether endpoints take calls by SIP: one OPTIONS request each, over UDP and else over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from monitor.model.clock import Clock
from monitor.model.probe_kinds import SIP
from monitor.model.reading import Outcome, Reading, ServiceSample
from monitor.model.reason import Reason, Reasons
from monitor.model.spec import SipSpec
from monitor.probes.names import resolve_by_system
from monitor.probes.service_prober import ServiceProber
from monitor.probes.sip.transports import T1_S, Attempt, TcpClient, UdpClient, request_maker
from monitor.probes.tcp_connect import Failure
from monitor.rules.conference import IN_CALL, SipMeaning, sip_meaning

_UP = 'conference_signalling_up{protocol="sip"}'
_WORTH = (Outcome.REFUSED, Outcome.MALFORMED, Outcome.NOT_SENT, Outcome.TIMEOUT)
"""Of several transports without an answer: which decides. Silence has to be that of all: it may speak what it was not asked by."""


class SipProber(ServiceProber[SipSpec]):
    """Sends each endpoint one OPTIONS request; what it answered by last is tried first the next time."""

    kind = SIP.name

    def __init__(self, clock: Clock, *, t1_s: float = T1_S, resolve: Callable[[str], str] = resolve_by_system) -> None:
        """t1_s: RFC 3261's T1."""
        super().__init__(clock, resolve=resolve)
        self._udp = UdpClient(clock, self._lateness, t1_s=t1_s)
        self._tcp = TcpClient(clock, self._connector, self._lateness)
        self._spoke_by: dict[tuple[str, int], str] = {}

    async def open(self) -> None:
        """Open the UDP sockets. Raises SetupError where that is not permitted."""
        await self._udp.open()

    def close(self) -> None:
        super().close()
        self._udp.close()

    @property
    def receive_drops(self) -> int:
        return self._udp.receive_drops

    async def _read(self, spec: SipSpec) -> Reading:
        where = (spec.address, spec.port)
        order = sorted(spec.transports, key=lambda transport: transport != self._spoke_by.get(where))
        tries = await (self._all_at_once if spec.confirms else self._in_turn)(spec, order)
        answered = next((each for each in tries if each.outcome is Outcome.OK), None)
        if answered is not None:
            self._spoke_by[where] = answered.transport
        best = answered or min(tries, key=lambda each: _WORTH.index(each.outcome))
        outcome, detail = _outcome(best, tries)
        sample = _sample(best, is_silence_mute=spec.drops_strangers)
        return self._reading(spec, outcome, detail, None if outcome is Outcome.NOT_SENT else sample)

    async def _in_turn(self, spec: SipSpec, transports: Sequence[str]) -> list[Attempt]:
        tries: list[Attempt] = []
        for transport in transports:
            tries.append(await self._ask(spec, transport))
            if tries[-1].outcome is Outcome.OK:
                break
        return tries

    async def _all_at_once(self, spec: SipSpec, transports: Sequence[str]) -> list[Attempt]:
        """Return the attempts up to the first that was answered; the others are broken off then."""
        tasks = [asyncio.ensure_future(self._ask(spec, transport)) for transport in transports]
        tries: list[Attempt] = []
        try:
            for first in asyncio.as_completed(tasks):
                tries.append(await first)
                if tries[-1].outcome is Outcome.OK:
                    break
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return tries

    async def _ask(self, spec: SipSpec, transport: str) -> Attempt:
        make = request_maker(transport, spec.domain or spec.address, spec.port, spec.user)
        if transport == "tcp":
            return await self._tcp.ask(spec.address, spec.port, make, spec.timeout_s)
        place = await self._connector.place(spec.address)
        if isinstance(place, Failure):
            return Attempt(transport, place.outcome, place.detail)
        return await self._udp.ask(place, spec.port, make, spec.timeout_s)


def _outcome(best: Attempt, tries: Sequence[Attempt]) -> tuple[Outcome, Reasons]:
    """Return how a probe ended, and why where it did not end well."""
    response = best.response
    if best.outcome is not Outcome.OK or response is None:
        return best.outcome, tuple(
            Reason("by_transport", {"transport": each.transport}, (each.detail,)) for each in tries if each.detail is not None
        )
    if sip_meaning(response.code) is SipMeaning.DEGRADED:
        return Outcome.REFUSED, (Reason("sip_status", {"status": f"{response.code} {response.phrase}".strip()}),)
    return Outcome.OK, ()


def _sample(best: Attempt, *, is_silence_mute: bool) -> ServiceSample:
    """Return what is told. is_silence_mute: silence says nothing, since the endpoint answers no strangers."""
    response = best.response
    if response is None:
        is_mute = is_silence_mute and best.outcome is Outcome.TIMEOUT
        return ServiceSample(values=MappingProxyType({} if is_mute else {_UP: 0.0}))
    values: Mapping[str, float] = {_UP: 1.0}
    if response.is_final and sip_meaning(response.code) is SipMeaning.BUSY:
        values = {_UP: 1.0, IN_CALL: 1.0}
    return ServiceSample(
        transport=best.transport,
        code=response.code,
        phrase=response.phrase,
        server=response.server,
        rtt_s=best.rtt_s,
        values=MappingProxyType(values),
    )
