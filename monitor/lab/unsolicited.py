"""Agents that send without being asked: a steady stream of rubbish to whoever asked them last."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.lab.packet import Packet, udp
from monitor.lab.province import Province

_RUBBISH = bytes(range(0x30, 0x70)) * 4
_MOST_AT_ONCE = 2_000
"""A lab that was held up does not make up for it."""


@dataclass(slots=True)
class _Stream:
    """Where an agent's rubbish goes. until: how much of it was sent, as the epoch second up to which all is out."""

    packet: bytes
    until: float


class Babble:
    """What floods, and how much of it is due."""

    def __init__(self, province: Province) -> None:
        self._province = province
        self._streams: dict[str, _Stream] = {}

    @property
    def is_on(self) -> bool:
        """True while anyone floods."""
        return bool(self._streams)

    def heard(self, target: str, packet: Packet, now: float) -> None:
        """Let a target that floods send to whoever sent this datagram, from now on."""
        source_port, port = int.from_bytes(packet.payload[:2], "big"), int.from_bytes(packet.payload[2:4], "big")
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
