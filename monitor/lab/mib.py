"""What an emulated agent knows: the system group, ifTable and ifXTable of a device (RFC 3418, RFC 2863), or a recording."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from monitor.lab.device import Device, Interface, packets
from monitor.wire.ber import (
    COUNTER32,
    COUNTER64,
    GAUGE32,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    TIME_TICKS,
    Value,
)
from monitor.wire.oid import Oid, parse_oid

Reader = Callable[[float], Value]
"""Epoch seconds → the value at that moment."""

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SYS_UPTIME: Oid = (*SYSTEM, 3, 0)
INTERFACES: Oid = (1, 3, 6, 1, 2, 1, 2)
IF_ENTRY: Oid = (*INTERFACES, 2, 1)
IF_MIB: Oid = (1, 3, 6, 1, 2, 1, 31)
IF_X_ENTRY: Oid = (*IF_MIB, 1, 1, 1)
ENGINE_ID: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0)
IF_TABLE_LAST_CHANGE: Oid = (*IF_MIB, 1, 5, 0)
_NET_SNMP_LINUX = parse_oid("1.3.6.1.4.1.8072.3.2.10")
_WIDTH32 = 2**32
_MEGABIT = 1_000_000


@dataclass(frozen=True, slots=True)
class ObjectInstance:
    """One object instance. read: epoch seconds → its value."""

    oid: Oid
    tag: int
    read: Reader


class Mib:
    """Object instances in the order of a walk."""

    __slots__ = ("_entries", "_oids")

    def __init__(self, entries: Iterable[ObjectInstance]) -> None:
        self._entries = sorted(entries, key=lambda entry: entry.oid)
        self._oids = [entry.oid for entry in self._entries]

    def get(self, oid: Oid) -> ObjectInstance | None:
        """Return the instance of exactly that name, None where there is none."""
        at = bisect_left(self._oids, oid)
        return self._entries[at] if at < len(self._oids) and self._oids[at] == oid else None

    def after(self, oid: Oid) -> ObjectInstance | None:
        """Return the first instance behind a name, None at the end."""
        at = bisect_right(self._oids, oid)
        return self._entries[at] if at < len(self._entries) else None

    def row(self, oid: Oid) -> int:
        """Return which instance of its object a name is, counted from 1 in the order of a walk."""
        return bisect_left(self._oids, oid) - bisect_left(self._oids, oid[:-1]) + 1

    def plus(self, *entries: ObjectInstance) -> Mib:
        """Return a MIB that has these, too, in place of those of the same names."""
        return Mib({entry.oid: entry for entry in (*self._entries, *entries)}.values())

    def has_object(self, oid: Oid) -> bool:
        """Return whether any instance lies below the object that this name is an instance of: else it is noSuchObject."""
        parent = oid[:-1]
        nearest = self.after(parent)
        return nearest is not None and nearest.oid[: len(parent)] == parent


def device_mib(device: Device, has_64_bits: bool) -> Mib:
    """Return what a device's agent knows; without has_64_bits there is no ifXTable, as on older CPEs."""
    entries = [*_system(device), fixed((*INTERFACES, 1, 0), INTEGER, len(device.interfaces))]
    for position, interface in enumerate(device.interfaces):
        index = device.index(position)
        entries += _if_row(device, interface, index)
        if has_64_bits:
            entries += _if_x_row(interface, index)
    if has_64_bits:
        changed_at = device.renumbered_at
        last_change = ObjectInstance(
            IF_TABLE_LAST_CHANGE, TIME_TICKS, lambda _: device.uptime_ticks(max(changed_at, device.booted_at))
        )
        entries.append(last_change)
    return Mib(entries)


def fixed(oid: Oid, tag: int, value: Value) -> ObjectInstance:
    """Return an instance whose value never changes."""
    return ObjectInstance(oid, tag, lambda _: value)


def _system(device: Device) -> list[ObjectInstance]:
    target = device.target
    return [
        fixed((*SYSTEM, 1, 0), OCTET_STRING, f"Linux {target.id} emulated {target.kind} of the lab".encode()),
        fixed((*SYSTEM, 2, 0), OBJECT_IDENTIFIER, _NET_SNMP_LINUX),
        ObjectInstance(SYS_UPTIME, TIME_TICKS, device.uptime_ticks),
        fixed((*SYSTEM, 4, 0), OCTET_STRING, b""),
        fixed((*SYSTEM, 5, 0), OCTET_STRING, target.id.encode()),
        fixed((*SYSTEM, 6, 0), OCTET_STRING, target.name.encode()),
        fixed((*SYSTEM, 7, 0), INTEGER, 78),
    ]


def _if_row(device: Device, interface: Interface, index: int) -> list[ObjectInstance]:
    receive, transmit = interface.receive.octets, interface.transmit.octets
    speed = min(interface.speed_bps, _WIDTH32 - 1)
    columns: list[tuple[int, int, Value | Reader]] = [
        (1, INTEGER, index),
        (2, OCTET_STRING, interface.descr.encode()),
        (3, INTEGER, interface.type),
        (4, INTEGER, interface.mtu),
        (5, GAUGE32, speed),
        (6, OCTET_STRING, interface.mac),
        (7, INTEGER, 1),
        (8, INTEGER, 1),
        (9, TIME_TICKS, 0),
        (10, COUNTER32, lambda at: receive(at) % _WIDTH32),
        (11, COUNTER32, lambda at: packets(receive(at)) % _WIDTH32),
        (13, COUNTER32, 0),
        (14, COUNTER32, 0),
        (15, COUNTER32, 0),
        (16, COUNTER32, lambda at: transmit(at) % _WIDTH32),
        (17, COUNTER32, lambda at: packets(transmit(at)) % _WIDTH32),
        (19, COUNTER32, 0),
        (20, COUNTER32, 0),
    ]
    return [_cell((*IF_ENTRY, column, index), tag, value) for column, tag, value in columns]


def _if_x_row(interface: Interface, index: int) -> list[ObjectInstance]:
    receive, transmit = interface.receive.octets, interface.transmit.octets
    columns: list[tuple[int, int, Value | Reader]] = [
        (1, OCTET_STRING, interface.name.encode()),
        (2, COUNTER32, 0),
        (3, COUNTER32, 0),
        (4, COUNTER32, 0),
        (5, COUNTER32, 0),
        (6, COUNTER64, receive),
        (7, COUNTER64, lambda at: packets(receive(at))),
        (10, COUNTER64, transmit),
        (11, COUNTER64, lambda at: packets(transmit(at))),
        (15, GAUGE32, interface.speed_bps // _MEGABIT),
        (16, INTEGER, 2),
        (17, INTEGER, 1),
        (18, OCTET_STRING, interface.alias.encode()),
        (19, TIME_TICKS, 0),
    ]
    return [_cell((*IF_X_ENTRY, column, index), tag, value) for column, tag, value in columns]


def _cell(oid: Oid, tag: int, value: Value | Reader) -> ObjectInstance:
    return ObjectInstance(oid, tag, value) if callable(value) else fixed(oid, tag, value)
