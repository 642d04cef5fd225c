"""The devices of the leftovers' small province: they answer every probe by what the story says of them, without a packet."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from virtual_time import VirtualClock

from monitor.model.inventory import Inventory, Kind
from monitor.model.misdeed import Misdeed, Stray
from monitor.model.reading import (
    ConferenceSample,
    Deliver,
    Hop,
    IcmpSample,
    InterfaceSample,
    Outcome,
    PathTrace,
    Reading,
    SnmpSample,
)
from monitor.model.spec import IcmpSpec, SnmpSpec

_OFFICE_BPS, _NIGHT_BPS = 18_000_000, 3_000_000
_CERTIFICATE_ENDS = 1_830_000_000.0
_PATTERN = (0, 3, 1, 4, 2)


class Devices:
    """Every target at once: it is each of the daemon's probers, its tracer, and its view of our own side.

    silent: who answers nothing (nor lets through to whoever hangs on it alone). mute: (target, probe) that alone are unanswered.
    losing: target → each how many-th packet is lost. misdeeds: target → what its agent does. learned: target → what its next poll
    brings to light. floods: address → datagrams a second that nobody asked for. carrier: whether our own link has one.
    """

    def __init__(self, inventory: Inventory, clock: VirtualClock) -> None:
        self._inventory = inventory
        self._clock = clock
        self.silent: set[str] = set()
        self.mute: set[tuple[str, str]] = set()
        self.losing: dict[str, int] = {}
        self.misdeeds: dict[str, Misdeed] = {}
        self.learned: dict[str, str] = {}
        self.floods: dict[str, int] = {}
        self.carrier = True
        self.sends_attempted = self.sends_refused = self.receive_drops = 0
        self.last_refusal = ""
        self._counted: dict[str, int] = defaultdict(int)
        self._octets: dict[str, float] = defaultdict(float)
        self._polled: dict[str, float] = {}
        self._swept = clock.wall()
        self._rank = {name: rank for rank, name in enumerate(inventory.targets)}

    def answers(self, name: str) -> bool:
        """Return whether a target can be heard; addresses outside the inventory are heard where the root is."""
        target = self._inventory.targets.get(name)
        if target is None:
            return name not in self.silent and self.answers(self._inventory.root)
        return name not in self.silent and (not target.parents or any(self.answers(parent) for parent in target.parents))

    # What the daemon asks of its probers

    async def probe(self, specs: Sequence[Any], deliver: Deliver) -> None:
        await asyncio.gather(*(self._answer(spec, deliver) for spec in specs))

    async def trace(self, address: str) -> PathTrace:
        """Return the path as far as it answers: the uplinks that can be heard."""
        await asyncio.sleep(2.0)
        name = next(each.id for each in self._inventory.targets.values() if each.address == address)
        chain = [name]
        while parents := self._inventory.targets[chain[0]].parents:
            chain.insert(0, parents[0])
        heard = [each for each in chain if self.answers(each)]
        hops = tuple(Hop(distance, self._inventory.targets[each].address) for distance, each in enumerate(heard, start=1))
        return PathTrace(address, hops, reached=self.answers(name))

    def take_strays(self) -> Sequence[Stray]:
        over_s, self._swept = self._clock.wall() - self._swept, self._clock.wall()
        return [Stray(address, "unasked", round(rate * over_s)) for address, rate in self.floods.items()]

    def look_at_link(self) -> tuple[str, bool | None]:
        return "wan0", self.carrier

    async def _answer(self, spec: Any, deliver: Deliver) -> None:
        kind = type(spec).__name__.removesuffix("Spec").lower()
        is_heard = self.carrier and self.answers(spec.target) and (spec.target, kind) not in self.mute
        took_s = self._rtt_s(spec.target) if is_heard else spec.longest_s if kind != "snmp" else spec.timeout_s
        if isinstance(spec, IcmpSpec):
            self.sends_attempted += spec.packets
            took_s += spec.packets * spec.spacing_s if is_heard else 0.0
        await asyncio.sleep(took_s)
        make: Mapping[str, Callable[[Any, bool], Reading]] = {"icmp": self._icmp, "snmp": self._snmp}
        deliver(make[kind](spec, is_heard) if kind in make else self._conference(kind, spec, is_heard))

    def _rtt_s(self, name: str) -> float:
        """Return the round trip to a target: 2 ms and 3 more for each of the inventory's places."""
        return 0.002 + 0.003 * self._rank.get(name, 0)

    # Samples

    def _icmp(self, spec: IcmpSpec, is_heard: bool) -> Reading:
        rtts: list[float | None] = []
        for _ in range(spec.packets):
            self._counted[spec.target] += 1
            number = self._counted[spec.target]
            is_lost = not is_heard or (spec.target in self.losing and number % self.losing[spec.target] == 0)
            rtts.append(None if is_lost else self._rtt_s(spec.target) + 0.0005 * _PATTERN[number % len(_PATTERN)])
        outcome = Outcome.OK if any(each is not None for each in rtts) else Outcome.TIMEOUT
        sample = IcmpSample(spec.packets, tuple(rtts))
        return Reading(spec.target, "icmp", self._clock.monotonic(), outcome, icmp=sample, confirms=spec.confirms)

    def _snmp(self, spec: SnmpSpec, is_heard: bool) -> Reading:
        now_s, name = self._clock.monotonic(), spec.target
        if not is_heard:
            return Reading(name, "snmp", now_s, Outcome.TIMEOUT, detail="no answer", confirms=spec.confirms)
        ticks = int(now_s * 100)
        if spec.brief:
            sample = SnmpSample(spec.profile.id, uptime_ticks=ticks, brief=True)
            return Reading(name, "snmp", now_s, Outcome.OK, snmp=sample, confirms=spec.confirms)
        sample = SnmpSample(
            spec.profile.id,
            uptime_ticks=ticks,
            sys_object_id="1.3.6.1.4.1.32473.5",
            sys_descr="Example router",
            sys_name=name,
            interfaces=(self._circuit(name, now_s),),
            rtt_s=self._rtt_s(name),
        )
        return Reading(
            name,
            "snmp",
            now_s,
            Outcome.OK,
            snmp=sample,
            misdeed=self.misdeeds.get(name),
            learned=self.learned.pop(name, ""),
        )

    def _circuit(self, name: str, now_s: float) -> InterfaceSample:
        """Return the WAN interface, whose counters run by the hour: little at night, much from 7 to 17 o'clock."""
        hour = (self._clock.wall() / 3600 + 7) % 24
        bps = (_OFFICE_BPS if 7 <= hour < 17 else _NIGHT_BPS) / (1 + self._rank[name])
        self._octets[name] += bps / 8 * (now_s - self._polled.get(name, now_s))
        self._polled[name] = now_s
        octets = round(self._octets[name])
        return InterfaceSample(
            "wan0", 1, up=True, speed_bps=1_000_000_000, receive_octets=octets, transmit_octets=octets // 3, role="wan"
        )

    def _conference(self, kind: str, spec: Any, is_heard: bool) -> Reading:
        now_s, name = self._clock.monotonic(), spec.target
        up = f'conference_signalling_up{{protocol="{kind}"}}'
        if not is_heard:
            silent = ConferenceSample(values={up: 0.0} if kind in ("sip", "h323") else {})
            return Reading(
                name, kind, now_s, Outcome.TIMEOUT, detail=f"no answer ({kind})", confirms=spec.confirms, conference=silent
            )
        made = {
            "sip": ConferenceSample("udp", 200, "OK", "Lab", self._rtt_s(name), {up: 1.0}),
            "h323": ConferenceSample(
                "tcp", rtt_s=self._rtt_s(name), values={up: 1.0, 'conference_registered{protocol="h323"}': 1.0}
            ),
            "web": ConferenceSample(
                "tls", 200, "OK", "Lab", self._rtt_s(name), {"conference_certificate_expiry_timestamp_seconds": _CERTIFICATE_ENDS}
            ),
            "tcp": ConferenceSample("tcp", rtt_s=self._rtt_s(name)),
        }
        return Reading(name, kind, now_s, Outcome.OK, confirms=spec.confirms, conference=made[kind])

    @property
    def endpoints(self) -> list[str]:
        """Return the endpoints' ids."""
        return [target.id for target in self._inventory.targets.values() if target.kind is Kind.ENDPOINT]
