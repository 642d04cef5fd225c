"""Enough of TCP (RFC 793) that a connect finds a port open or refused and closes cleanly; no state, and no data."""

from __future__ import annotations

import struct
import zlib

from monitor.lab.packet import TCP, Packet, build
from monitor.wire.icmp import checksum, pseudo_header

_FIN = 0x01
_SYN = 0x02
_RST = 0x04
_ACK = 0x10
_HEAD = struct.Struct("!HHIIBBHHH")
_WINDOW = 65_535


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
