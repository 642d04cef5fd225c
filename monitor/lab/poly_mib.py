"""What the agent of an emulated Poly Studio says of itself, in the objects and numbers of a real StudioX50."""

from __future__ import annotations

from collections.abc import Callable

from monitor.lab.conditions import Conference
from monitor.lab.mib import SYSTEM, ObjectInstance, fixed
from monitor.model.inventory import Kind, Target
from monitor.wire.ber import INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Value
from monitor.wire.oid import Oid, parse_oid

_PROFILES = ("sip-h323", "poly")
"""With what the profile of an endpoint begins that is one of these in the lab."""
_BASE = "1.3.6.1.4.1.13885.101.1"
_OK, _FAILED = 2, 3


def is_poly(target: Target) -> bool:
    """Return whether a target is a Poly Studio in the lab: every codec that the inventory knows no other maker of."""
    return target.kind is Kind.ENDPOINT and target.profile.startswith(_PROFILES)


def poly_entries(target: Target, state: Callable[[], Conference]) -> tuple[ObjectInstance, ...]:
    """Return its objects. state: how it is at the moment.

    Of a call there is no instance while there is none: the MIB is to be made anew when one begins or ends.
    """

    def status(is_well: Callable[[Conference], bool]) -> Callable[[float], Value]:
        return lambda _: _OK if is_well(state()) else _FAILED

    def registered(now: Conference) -> bool:
        return now.is_registered

    entries = [
        fixed((*SYSTEM, 1, 0), OCTET_STRING, b"Videoconferencing Device"),
        fixed((*SYSTEM, 2, 0), OBJECT_IDENTIFIER, parse_oid("1.3.6.1.4.1.2684")),
        fixed(_of("1.1.0"), OCTET_STRING, b"4.1.0-386071"),
        fixed(_of("1.4.0"), OCTET_STRING, b"StudioX50"),
        fixed(_of("1.5.0"), OCTET_STRING, target.id.encode()),
        ObjectInstance(_of("1.6.0"), INTEGER, status(lambda now: now.is_registered and not now.broken)),
        fixed(_of("2.7.1.0"), INTEGER, _OK),
        ObjectInstance(_of("2.7.2.0"), INTEGER, status(registered)),
        fixed(_of("2.8.1.0"), INTEGER, _OK),
        ObjectInstance(_of("2.8.2.1.2.1"), INTEGER, status(registered)),
        ObjectInstance(_of("2.8.3.1.2.1"), INTEGER, status(registered)),
        ObjectInstance(_of("3.1.0"), INTEGER, status(lambda now: not now.broken)),
        ObjectInstance(_of("3.5.1.0"), INTEGER, status(lambda now: "microphone" not in now.broken)),
        ObjectInstance(_of("3.6.1.0"), INTEGER, status(lambda now: "camera" not in now.broken)),
    ]
    return (*entries, fixed(_of("5.1.0"), INTEGER, 1)) if state().is_busy else tuple(entries)


def _of(rest: str) -> Oid:
    return parse_oid(f"{_BASE}.{rest}")
