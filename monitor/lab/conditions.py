"""How targets, their uplinks and their conference side are just now: what faults change, and every answer hangs on."""

from __future__ import annotations

from dataclasses import dataclass, field

DAY_S = 86_400.0
SIGNALLING_PORTS = frozenset((1720, 5060))


@dataclass(slots=True)
class Conference:
    """A codec and the people at it.

    is_busy: in a call with somebody else. is_registered: its registrar and its gatekeeper know it. is_deaf: its signalling hangs,
    so that SIP and H.323 say nothing while all else works. broken: 'camera', 'microphone': what is not connected.
    certificate_left_s: seconds until the certificate of its web page ends, below 0 where it has.
    """

    is_busy: bool = False
    is_registered: bool = True
    is_deaf: bool = False
    broken: set[str] = field(default_factory=set)
    certificate_left_s: float = 400 * DAY_S


@dataclass(slots=True)
class CapacityLimit:
    """A link that carries no more than capacity_bps; offered_bps: what wants to pass, None for the target's usual traffic."""

    capacity_bps: float
    offered_bps: float | None
    buffer_s: float


@dataclass(slots=True)
class LinkCondition:
    """How a target and its uplink are just now. Delays are seconds a round trip; loss and duplicates 0 to 1.

    cut: parents whose link is cut. is_powered: False while it is without power, and restarts after. is_silent: neither answers nor
    forwards. tcp, udp: open ports. conference: of an endpoint.
    """

    delay_s: float
    jitter_s: float
    loss_ratio: float
    mtu: int
    cut: set[str] = field(default_factory=set)
    is_powered: bool = True
    is_silent: bool = False
    is_mute: bool = False
    duplicates: float = 0.0
    limit: CapacityLimit | None = None
    tcp: frozenset[int] = frozenset()
    udp: frozenset[int] = frozenset()
    conference: Conference = field(default_factory=Conference)

    @property
    def is_alive(self) -> bool:
        return self.is_powered and not self.is_silent
