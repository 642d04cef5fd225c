"""What the province answers to a packet, and when: echoes, routing errors, SNMP, ports. No socket and no clock of its own."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import NamedTuple

from monitor.lab.conditions import SIGNALLING_PORTS
from monitor.lab.packet import ICMP, ICMPV6, TCP, UDP, Fragments, Packet, answer_segment, echo_reply, icmp_error, parse_packet, udp
from monitor.lab.province import Province
from monitor.lab.signalling import answer_ras, answer_request
from monitor.lab.topology import Path, queue
from monitor.lab.tun import OWN_ADDRESS, OWN_ADDRESS_V6
from monitor.wire.icmp import (
    ECHO_REQUEST,
    FRAGMENTATION_NEEDED,
    TIME_EXCEEDED,
    UNREACHABLE,
    V6_ECHO_REQUEST,
    V6_PACKET_TOO_BIG,
    V6_TIME_EXCEEDED,
    V6_UNREACHABLE,
)

_RUBBISH = bytes(range(0x30, 0x70)) * 4
_MOST_AT_ONCE = 2_000
"""A lab that was held up does not make up for it."""

SNMP_PORT = 161
SIP_PORT = 5060
_AGENT_S = 0.001
"""How long an agent usually thinks."""
_DUPLICATE_S = 0.001

_MONITOR = frozenset(ip_address(address).packed for address in (OWN_ADDRESS, OWN_ADDRESS_V6))

_HOST_UNREACHABLE = 1
_PORT_UNREACHABLE = 3
_V6_ADDRESS_UNREACHABLE = 3
_V6_PORT_UNREACHABLE = 4

_ERROR_BURST = 6.0
_ERRORS_PER_S = 1.0
"""Linux limits a router's errors to one peer so (icmp_ratelimit 1000 ms, burst 6); the monitor is the lab's only peer."""


class Reply(NamedTuple):
    """An IP packet to be delivered in so many seconds from now. is_inward: to the host's own TCP, else to the monitor."""

    delay_s: float
    packet: bytes
    is_inward: bool = False


@dataclass(slots=True)
class _Bucket:
    tokens: float = _ERROR_BURST
    at: float = 0.0


class _Complaint(NamedTuple):
    """An ICMP error of the hop-th router on a path. kind, code: as ICMP has them. mtu: of the next link, where it is too narrow."""

    hop: int
    kind: int
    code: int
    mtu: int = 0


class Emulator:
    """Answers for every address of the province. seed: of what is lost and how delays vary, in the order of the packets.

    served: TCP ports behind which a host has more than the emulator knows: where it is open, segments go to the host.
    """

    def __init__(self, province: Province, seed: int, served: Collection[int] = ()) -> None:
        self.province = province
        self._served = frozenset(served)
        self._chance = random.Random(seed)
        self._buckets: dict[str, _Bucket] = {}
        self._fragments = Fragments()
        self._floods = Floods(province)

    def answer(self, raw: bytes, now: float) -> list[Reply]:
        """Return what comes back for a packet, in seconds from now; [] for silence. now: epoch seconds of the lab's clock."""
        packet = parse_packet(raw)
        if packet is not None and packet.is_fragment:
            packet = self._fragments.add(packet)
        if packet is None or self.province.is_blind or not any(packet.source):
            return []
        target = self.province.ids_by_address.get(packet.destination)
        if target is None:
            return self._no_such_address(packet, now)
        path = self.province.paths[target]
        hops = len(path.nodes)
        if packet.ttl < hops and packet.ttl <= path.reach:
            return self._error(packet, path, _Complaint(max(packet.ttl, 1), TIME_EXCEEDED, 0), now)
        narrow = next((at for at in range(1, path.reach) if path.mtus[at] < len(packet.raw)), None)
        if narrow is not None and packet.dont_fragment:
            return self._error(packet, path, _Complaint(narrow, UNREACHABLE, FRAGMENTATION_NEEDED, path.mtus[narrow]), now)
        if not path.is_whole:
            return self._error(packet, path, _Complaint(path.reach, UNREACHABLE, _HOST_UNREACHABLE), now) if path.reach else []
        return self._reach(packet, target, path, now)

    def passes(self, reply: Reply) -> bool:
        """Return whether the way between the monitor and the host that this packet is of is whole now."""
        at = (12, 16) if reply.packet[0] >> 4 == 4 else (8, 24)
        begin = at[1] if reply.is_inward else at[0]
        target = self.province.ids_by_address.get(reply.packet[begin : begin + at[1] - at[0]])
        return not self.province.is_blind and (target is None or self.province.paths[target].is_whole)

    def let_out(self, raw: bytes) -> list[Reply]:
        """Return what becomes of a packet that a host's TCP sends: it passes, is lost, or is too large for a link on its way.

        Delay and loss were those of the round trip, which the segment that it answers has borne.
        """
        packet = parse_packet(raw)
        target = None if packet is None else self.province.ids_by_address.get(packet.source)
        if packet is None or target is None or packet.destination not in _MONITOR or not self.passes(Reply(0.0, raw)):
            return []
        narrow = min(self.province.paths[target].mtus)
        if narrow >= len(raw):
            return [Reply(0.0, raw)]
        kind, code = UNREACHABLE, FRAGMENTATION_NEEDED
        if packet.version == 6:
            kind, code = _V6_ERRORS[kind, code]
        # In there all routers are the kernel itself, which would take no error from its own addresses: the monitor's must serve.
        return [Reply(0.0, icmp_error(packet, packet.destination, (kind, code, narrow)), is_inward=True)]

    @property
    def is_flooding(self) -> bool:
        """True while packets are due that answer nothing."""
        return self._floods.is_on

    def unasked(self, now: float) -> list[bytes]:
        """Return the packets that agents send of their own accord, due since the last call."""
        return self._floods.due(now)

    def _reach(self, packet: Packet, target: str, path: Path, now: float) -> list[Reply]:
        hops = len(path.nodes)
        delay = self._cross(path, hops, now)
        if delay is None:
            return []
        if packet.protocol in (ICMP, ICMPV6):
            return self._echo(packet, target, delay, 65 - hops)
        if packet.protocol == UDP:
            return self._datagram(packet, target, path, delay, now)
        if packet.protocol == TCP:
            return self._segment(packet, target, delay)
        return []

    def _segment(self, packet: Packet, target: str, delay: float) -> list[Reply]:
        ports = self.province.conditions[target].tcp
        _, port = packet.ports
        if port in SIGNALLING_PORTS and self.province.conditions[target].conference.is_deaf:
            return []
        if port in self._served and port in ports:
            return [Reply(delay, packet.raw, is_inward=True)]
        answer = answer_segment(packet, ports)
        return [Reply(delay, answer)] if answer else []

    def _echo(self, packet: Packet, target: str, delay: float, ttl: int) -> list[Reply]:
        expected = ECHO_REQUEST if packet.version == 4 else V6_ECHO_REQUEST
        condition = self.province.conditions[target]
        if len(packet.payload) < 8 or packet.payload[0] != expected or condition.is_mute:
            return []
        return self._perhaps_twice(target, delay, echo_reply(packet, ttl))

    def _perhaps_twice(self, target: str, delay: float, reply: bytes) -> list[Reply]:
        duplicates = self.province.conditions[target].duplicates
        if duplicates and self._chance.random() < duplicates:
            return [Reply(delay, reply), Reply(delay + _DUPLICATE_S, reply)]
        return [Reply(delay, reply)]

    def _datagram(self, packet: Packet, target: str, path: Path, delay: float, now: float) -> list[Reply]:
        if len(packet.payload) < 8:
            return []
        source_port, port = packet.ports
        agent = self.province.agent(target) if port == SNMP_PORT else None
        if agent is not None:
            answer = agent.answer(packet.payload[8:], now)
            if agent.ills.flood_per_s:
                self._floods.heard(target, packet, now)
            if answer is None:
                return []
            elsewhere = agent.ills.answers_from
            own = packet.destination if elsewhere is None else packet.destination[:-1] + bytes((elsewhere,))
            reply = udp(own, packet.source, port, source_port, answer, ttl=65 - len(path.nodes))
            return self._perhaps_twice(target, delay + _AGENT_S + agent.ills.delay_s, reply)
        if port not in self.province.conditions[target].udp:
            return self._error(packet, path, _Complaint(len(path.nodes), UNREACHABLE, _PORT_UNREACHABLE), now)
        return self._signalling(packet, target, path, delay) if port == SIP_PORT else self._registry(packet, target, path, delay)

    def _registry(self, packet: Packet, target: str, path: Path, delay: float) -> list[Reply]:
        """Return what the gatekeeper says, where it is what was asked."""
        place, (source_port, port) = self.province.gatekeeper, packet.ports
        is_deaf = self.province.conditions[target].conference.is_deaf
        if place is None or is_deaf or (packet.destination, port) != (ip_address(place[0]).packed, place[1]):
            return []
        told = answer_ras(packet.payload[8:], place, self.province.inventory, self.province.conditions)
        if told is None:
            return []
        reply = udp(packet.destination, packet.source, port, source_port, told, ttl=65 - len(path.nodes))
        return self._perhaps_twice(target, delay + _AGENT_S, reply)

    def _signalling(self, packet: Packet, target: str, path: Path, delay: float) -> list[Reply]:
        source = (str(ip_address(packet.source)), packet.ports[0])
        device, state = self.province.device(target), self.province.conditions[target].conference
        answer = answer_request(packet.payload[8:], source, device.target, state)
        if answer is None:
            return []
        reply = udp(packet.destination, packet.source, SIP_PORT, answer.port, answer.octets, ttl=65 - len(path.nodes))
        return self._perhaps_twice(target, delay + _AGENT_S, reply)

    def _no_such_address(self, packet: Packet, now: float) -> list[Reply]:
        """Return what the root says of an address that nobody has; what is sent to groups is met with silence."""
        if packet.destination[0] == 0xFF or (packet.destination[0] >= 0xE0 and packet.version == 4):
            return []
        path = self.province.paths[self.province.inventory.root]
        return self._error(packet, path, _Complaint(1, UNREACHABLE, _HOST_UNREACHABLE), now) if path.is_whole else []

    def _error(self, packet: Packet, path: Path, complaint: _Complaint, now: float) -> list[Reply]:
        """Return an ICMP error from a router of a path; none where its limit is used up or it is lost on the way."""
        hop, kind, code, mtu = complaint
        router = path.nodes[hop - 1]
        delay = self._cross(path, hop, now)
        own = self.province.addresses if packet.version == 4 else self.province.addresses_v6
        if delay is None or not self._may_complain(router, now) or router not in own or _is_icmp_error(packet):
            return []
        if packet.version == 6:
            kind, code = _V6_ERRORS[kind, code]
        quotes_all = len(router) % 2 == 0
        return [Reply(delay, icmp_error(packet, own[router], (kind, code, mtu), ttl=65 - hop, full=quotes_all))]

    def _may_complain(self, router: str, now: float) -> bool:
        bucket = self._buckets.setdefault(router, _Bucket(at=now))
        bucket.tokens = min(_ERROR_BURST, bucket.tokens + (now - bucket.at) * _ERRORS_PER_S)
        bucket.at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def _cross(self, path: Path, hops: int, now: float) -> float | None:
        """Return how long a round trip to the hops-th node takes, in seconds; None where it is lost."""
        chance = self._chance.random
        survival = path.survival[hops - 1]
        if survival < 1 and chance() >= survival:
            return None
        delay = path.delay_s[hops - 1]
        for jitter in path.jitters_s[:hops]:
            if jitter:
                delay += jitter * chance()
        for position, target, limit in path.limits:
            if position < hops:
                waiting, lost = queue(limit, self.province.offered_bps(target, now))
                if lost and chance() < lost:
                    return None
                delay += waiting
        return delay


_V6_ERRORS = {
    (TIME_EXCEEDED, 0): (V6_TIME_EXCEEDED, 0),
    (UNREACHABLE, _HOST_UNREACHABLE): (V6_UNREACHABLE, _V6_ADDRESS_UNREACHABLE),
    (UNREACHABLE, _PORT_UNREACHABLE): (V6_UNREACHABLE, _V6_PORT_UNREACHABLE),
    (UNREACHABLE, FRAGMENTATION_NEEDED): (V6_PACKET_TOO_BIG, 0),
}
"""ICMP errors as ICMPv6 says them."""


def _is_icmp_error(packet: Packet) -> bool:
    """Return whether a packet is an error itself, of which nobody complains (RFC 1122 section 3.2.2)."""
    if packet.protocol == ICMP:
        return packet.payload[:1] not in (b"\x08", b"\x00")
    return packet.protocol == ICMPV6 and packet.payload[:1] < b"\x80"


@dataclass(slots=True)
class _Stream:
    """Where an agent's rubbish goes. until: how much of it was sent, as the epoch second up to which all is out."""

    packet: bytes
    until: float


class Floods:
    def __init__(self, province: Province) -> None:
        self._province = province
        self._streams: dict[str, _Stream] = {}

    @property
    def is_on(self) -> bool:
        return bool(self._streams)

    def heard(self, target: str, packet: Packet, now: float) -> None:
        """Let a target that floods send to whoever sent this datagram, from now on."""
        source_port, port = packet.ports
        until = self._streams[target].until if target in self._streams else now
        self._streams[target] = _Stream(udp(packet.destination, packet.source, port, source_port, _RUBBISH), until)

    def due(self, now: float) -> list[bytes]:
        """Return the packets that are due; who floods no longer, or is cut off, is left out."""
        packets: list[bytes] = []
        for target, stream in list(self._streams.items()):
            agent = self._province.agent(target)
            rate = agent.ills.flood_per_s if agent is not None else 0
            if not rate:
                del self._streams[target]
                continue
            count = min(int((now - stream.until) * rate), _MOST_AT_ONCE)
            stream.until = max(stream.until + count / rate, now - 1 / rate)
            if self._province.paths[target].is_whole and not self._province.is_blind:
                packets += [stream.packet] * count
        return packets
