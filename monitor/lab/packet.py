"""IP packets as the emulator takes and gives them: IPv4 and its fragments, IPv6, UDP, ICMP errors, TCP enough to connect."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from monitor.wire.icmp import ECHO_REPLY, ECHO_REQUEST, V6_ECHO_REPLY, build_error, checksum, pseudo_header

_FIN = 0x01
_SYN = 0x02
_RST = 0x04
_ACK = 0x10
_HEAD = struct.Struct("!HHIIBBHHH")
_WINDOW = 65_535

_MOST = 64
"""Packets of which parts are kept; of an older one the rest never came."""
_Key = tuple[bytes, bytes, int, int]

ICMP = 1
TCP = 6
UDP = 17
ICMPV6 = 58

_DONT_FRAGMENT = 0x4000
_MORE_FRAGMENTS = 0x2000
_OFFSET = 0x1FFF
_EXTENSIONS = frozenset((0, 43, 60))
"""IPv6 extension headers that are stepped over: hop-by-hop, routing, destination options."""

_IPV4 = struct.Struct("!BBHHHBBH4s4s")
_IPV6 = struct.Struct("!IHBB16s16s")


class Packet(NamedTuple):
    """One IP packet. identification, flags: IPv4's; is_fragment: a part of one only. payload: what the protocol carries."""

    version: int
    source: bytes
    destination: bytes
    ttl: int
    protocol: int
    payload: bytes
    raw: bytes
    dont_fragment: bool = True
    is_fragment: bool = False
    traffic_class: int = 0

    @property
    def ports(self) -> tuple[int, int]:
        """Source and destination port of a TCP segment or a datagram."""
        return int.from_bytes(self.payload[:2], "big"), int.from_bytes(self.payload[2:4], "big")


def parse_packet(raw: bytes) -> Packet | None:
    """Return the packet, None where it is no whole IPv4 or IPv6 packet."""
    if len(raw) < 20:
        return None
    version = raw[0] >> 4
    if version == 4:
        first, tos, length, _, flags, ttl, protocol, _, source, destination = _IPV4.unpack_from(raw)
        head = (first & 0xF) * 4
        if not 20 <= head <= length <= len(raw):
            return None
        is_part, is_whole = bool(flags & (_MORE_FRAGMENTS | _OFFSET)), bool(flags & _DONT_FRAGMENT)
        return Packet(4, source, destination, ttl, protocol, raw[head:length], raw, is_whole, is_part, tos)
    if version == 6 and len(raw) >= 40:
        return _parse_v6(raw)
    return None


def _parse_v6(raw: bytes) -> Packet | None:
    word, length, protocol, ttl, source, destination = _IPV6.unpack_from(raw)
    at = 40
    while protocol in _EXTENSIONS and at + 8 <= len(raw):
        protocol, at = raw[at], at + 8 + raw[at + 1] * 8
    if len(raw) < 40 + length or at > 40 + length:
        return None
    return Packet(6, source, destination, ttl, protocol, raw[at : 40 + length], raw, True, protocol == 44, word >> 20 & 0xFF)


def fragment_place(packet: Packet) -> tuple[int, bool]:
    """Return where an IPv4 fragment's payload belongs, in octets, and whether it is the last one."""
    flags = int.from_bytes(packet.raw[6:8], "big")
    return (flags & _OFFSET) * 8, not flags & _MORE_FRAGMENTS


def reassembled(packet: Packet, payload: bytes) -> Packet:
    """Return the packet that an IPv4 fragment is a part of, with its whole payload."""
    raw = build(packet.source, packet.destination, packet.protocol, payload, ttl=packet.ttl, traffic_class=packet.traffic_class)
    return packet._replace(payload=payload, raw=raw, is_fragment=False)


def build(source: bytes, destination: bytes, protocol: int, payload: bytes, *, ttl: int = 64, traffic_class: int = 0) -> bytes:
    """Return an IP packet; the version is that of the addresses."""
    if len(source) == 16:
        return _IPV6.pack(0x60000000 | traffic_class << 20, len(payload), protocol, ttl, source, destination) + payload
    length = 20 + len(payload)
    bare = _IPV4.pack(0x45, traffic_class, length, 0, 0, ttl, protocol, 0, source, destination)
    return bare[:10] + checksum(bare).to_bytes(2, "big") + bare[12:] + payload


def udp(source: bytes, destination: bytes, source_port: int, destination_port: int, data: bytes, *, ttl: int = 64) -> bytes:
    """Return an IP packet that carries a datagram (RFC 768)."""
    length = 8 + len(data)
    bare = struct.pack("!HHHH", source_port, destination_port, length, 0) + data
    total = checksum(pseudo_header(source, destination, UDP, length) + bare) or 0xFFFF
    return build(source, destination, UDP, bare[:6] + total.to_bytes(2, "big") + data, ttl=ttl)


def echo_reply(packet: Packet, ttl: int) -> bytes:
    """Return the reply to an echo request: only the type changes, so the checksum is adjusted, not computed (RFC 1624)."""
    message = packet.payload
    total = int.from_bytes(message[2:4], "big")
    if packet.version == 4:
        total += ECHO_REQUEST << 8
        kind = ECHO_REPLY
    else:
        total += 0xFFFF - (1 << 8)
        kind = V6_ECHO_REPLY
    total = total - 0xFFFF if total > 0xFFFF else total
    reply = bytes((kind, 0)) + total.to_bytes(2, "big") + message[4:]
    return build(packet.destination, packet.source, packet.protocol, reply, ttl=ttl, traffic_class=packet.traffic_class)


def icmp_error(packet: Packet, source: bytes, error: tuple[int, int, int], *, ttl: int = 64, full: bool = True) -> bytes:
    """Return an ICMP error of a router about a packet.

    error: type, code, and the MTU of the next link (0 where it says nothing of that).
    full: quote as much as RFC 1812 section 4.3.2.3 allows; else the header and 8 octets, as RFC 792 asks and many routers still do.
    """
    kind, code, mtu = error
    if packet.version == 6:
        message = build_error(6, kind, code, packet.raw[:1232], mtu=mtu, ends=(source, packet.source))
        return build(source, packet.source, ICMPV6, message, ttl=ttl)
    quoted = packet.raw[: 548 if full else (packet.raw[0] & 0xF) * 4 + 8]
    return build(source, packet.source, ICMP, build_error(4, kind, code, quoted, mtu=mtu), ttl=ttl, traffic_class=0xC0)


class Fragments:
    """Keeps the parts of packets until they are whole."""

    def __init__(self) -> None:
        self._parts: dict[_Key, list[Packet]] = {}

    def add(self, packet: Packet) -> Packet | None:
        """Return the whole packet once its last missing part is given; None before, and for fragments of IPv6."""
        if packet.version != 4:
            return None
        key = (packet.source, packet.destination, packet.protocol, int.from_bytes(packet.raw[4:6], "big"))
        parts = self._parts.setdefault(key, [])
        parts.append(packet)
        payload = _join(parts)
        if payload is not None:
            del self._parts[key]
            return reassembled(packet, payload)
        if len(self._parts) > _MOST:
            del self._parts[next(iter(self._parts))]
        return None


def _join(parts: Sequence[Packet]) -> bytes | None:
    """Return the payload of all parts, None while one is missing."""
    payload = b""
    for part in sorted(parts, key=lambda part: fragment_place(part)[0]):
        offset, is_last = fragment_place(part)
        if offset != len(payload):
            return None
        payload += part.payload
        if is_last:
            return payload
    return None


def answer_segment(packet: Packet, open_ports: frozenset[int]) -> bytes | None:
    """Return what a host says to a segment, None where it says nothing.

    An open port takes the connection and acknowledges what comes, so that the other side may close; a closed one refuses.
    """
    if len(packet.payload) < _HEAD.size:
        return None
    source, port, sequence, acknowledged, offset, flags, *_ = _HEAD.unpack_from(packet.payload)
    length = len(packet.payload) - (offset >> 4) * 4 + bool(flags & _SYN) + bool(flags & _FIN)
    if flags & _RST:
        return None
    following = sequence + length & 0xFFFFFFFF
    if port not in open_ports:
        return _segment(packet, (port, source), acknowledged, following, _RST | _ACK)
    if flags & _SYN:
        # Any number that differs from connection to connection will do as the initial sequence number.
        first = zlib.crc32(packet.source + packet.destination + packet.payload[:8])
        return _segment(packet, (port, source), first, following, _SYN | _ACK)
    if flags & _FIN:
        return _segment(packet, (port, source), acknowledged, following, _FIN | _ACK)
    return _segment(packet, (port, source), acknowledged, following, _ACK) if length > 0 else None


def _segment(packet: Packet, ports: tuple[int, int], sequence: int, acknowledged: int, flags: int) -> bytes:
    bare = _HEAD.pack(*ports, sequence, acknowledged, 5 << 4, flags, _WINDOW, 0, 0)
    total = checksum(pseudo_header(packet.destination, packet.source, TCP, len(bare)) + bare)
    return build(packet.destination, packet.source, TCP, bare[:16] + total.to_bytes(2, "big") + bare[18:])
