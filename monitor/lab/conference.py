"""What is true of an endpoint's conference side just now: all its faces (SIP, H.323, SNMP, web) tell the same."""

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
