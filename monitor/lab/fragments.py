"""IPv4 fragments put together again (RFC 791 section 3.2): so that a large ping, which the kernel sends in parts, is answered."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.lab.packet import Packet, fragment_place, reassembled

_MOST = 64
"""Packets of which parts are kept; of an older one the rest never came."""

_Key = tuple[bytes, bytes, int, int]


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
