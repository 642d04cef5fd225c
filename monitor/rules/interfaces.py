"""Which of a device's interfaces carries the circuit, and what its rows are called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_SAYS_WAN = re.compile(
    r"(?<![a-z])wan\d*\b|(?<![a-z])wan[_:-]|gpon|pppoe|ft+[hx]\b|uplink|internet|leased|metro|mpls|tslcd|vnpt|viettel",
    re.IGNORECASE,
)
"""What people write on the port that the carrier's line is plugged into, and what makers print there."""
_USUALLY_WAN = re.compile(r"\bge-?0/0|gigabitethernet0/0|gi0/0|ether1\b", re.IGNORECASE)
_NEVER_WAN = re.compile(
    r"^(lo\d*$|(in)?loopback|null|nu\d|vo\d|voip|voice|veth|docker|br-|virbr|dummy|sit\d|p2p|cpu"
    r"|wan miniport|teredo|isatap|6to4|microsoft|software loopback|ras async)"
    r"|lightweight filter|packet scheduler|native wifi filter",
    re.IGNORECASE,
)
"""Windows calls its dial-in adapters WAN Miniport, and lists every driver over a card as a card."""
_LOOPBACK_TYPES = frozenset((1, 24))
"""ifType other(1), under which routers list Null0 and VoIP ports, and softwareLoopback(24)."""
_LINE_TYPES = frozenset((6, 7, 23, 26, 62, 69, 94, 96, 97, 117, 169, 230, 250))
"""ifType (IANAifType-MIB) of what carries a circuit: Ethernet of all speeds, ppp(23), DSL (94-97, 169, 230), gpon(250)."""


@dataclass(frozen=True, slots=True)
class InterfaceRow:
    """What names one interface. index: ifIndex. type: ifType, None where the agent has none. up: as InterfaceSample.up."""

    index: int
    name: str = ""
    descr: str = ""
    alias: str = ""
    type: int | None = None
    up: bool | None = None

    @property
    def key(self) -> str:
        """Return the name that the interface is known by while ifIndex moves: ifName, else ifDescr, else 'if' + ifIndex."""
        return self.name or self.descr or f"if{self.index}"


def choose_wan(rows: Collection[InterfaceRow], pattern: str | None) -> InterfaceRow | None:
    """Return the interface that carries the circuit, None where none can be told. Always the same one for the same rows.

    With a pattern, what it finds in ifName, ifAlias or ifDescr, an interface that is up before one that is not, then the lowest
    ifIndex; nothing is guessed where it finds none. Without, the same order over those whose name or alias says that they are the
    WAN, else over those whose port usually is, else over Ethernet and other lines, else over whatever is no loopback. What says
    that it is the WAN wins over what does not even when it is down, so that a cut line does not pass for the LAN port's traffic.
    """
    if pattern is not None:
        found = [row for row in rows if any(re.search(pattern, text) for text in (row.name, row.alias, row.descr))]
        return min(found, key=lambda row: (not row.up, row.index), default=None)
    possible = [row for row in rows if row.type not in _LOOPBACK_TYPES and not _NEVER_WAN.search(row.key)]
    return min(possible, key=_order, default=None)


def _order(row: InterfaceRow) -> tuple[int, bool, bool, int]:
    """Return what possible WAN interfaces are sorted by, the best first."""
    names = (row.name, row.alias, row.descr)
    likeness = 0 if any(map(_SAYS_WAN.search, names)) else 1 if any(map(_USUALLY_WAN.search, names)) else 2
    return (likeness, not row.up, row.type not in _LINE_TYPES, row.index)


def interface_keys(rows: Iterable[InterfaceRow]) -> dict[int, str]:
    """Return ifIndex → key, each key once: of rows with the same name, all but the first have '#' and their ifIndex behind it."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for row in sorted(rows, key=lambda each: each.index):
        key = row.key if row.key not in taken else f"{row.key}#{row.index}"
        taken.add(key)
        found[row.index] = key
    return found
