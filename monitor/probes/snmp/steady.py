"""The steady state: the one GET that a known agent is asked at each poll, and where each value stands in its answer.

This is a short cut through Poll (poll.py) and decides nothing: wherever an answer is other than the last one was (another
type, another name, another ifTableLastChange, sysUpTime gone back), Poll reads the same answer the long way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from monitor.model.quick import quick
from monitor.model.reading import InterfaceSample
from monitor.probes.snmp.exchange import Ask
from monitor.probes.snmp.if_mib import (
    ABSENT,
    COUNTER_COLUMNS,
    ENGINE_BOOTS,
    ENGINE_TIME,
    IF_DESCR,
    IF_HIGH_SPEED,
    IF_NAME,
    IF_OPER_STATUS,
    IF_SPEED,
    NARROW_OCTETS,
    NUMBERS,
    SYS_UPTIME,
    TABLE_LAST_CHANGE,
    WIDE_OCTETS,
    KnownRow,
    Values,
    is_up,
    speed_bps,
)
from monitor.probes.snmp.value_plan import ValuePlan
from monitor.wire.ber import Value
from monitor.wire.oid import Oid

_interface = quick(InterfaceSample)
_NOWHERE = -1
"""The place of what the answer does not have: one beyond its values, where Nones are."""


class _Places(NamedTuple):
    """Where one row's values stand. name: of the value that proves that it is still this interface; octets: what that must be."""

    known: KnownRow
    bits: int
    name: int
    octets: Value
    status: int
    receive: int
    transmit: int
    counters: tuple[int, ...]
    high_speed: int
    speed: int


Scalars = tuple[int | None, int | None, int | None, int | None, int | None]
"""sysUpTime, snmpEngineTime, snmpEngineBoots, ifTableLastChange, and how long the device itself has run; None where it has none."""


class SteadyGet:
    """What is asked, and how its answer is taken apart."""

    __slots__ = ("_boots", "_change", "_objects", "_rows", "_system", "_time", "_uptime", "ask", "plan", "tags")

    def __init__(
        self,
        ask: Ask,
        plan: ValuePlan | None,
        tags: tuple[int, ...],
        values: Sequence[Value],
        *,
        rows: Sequence[KnownRow],
        objects: Sequence[Oid],
        system_uptime: Oid | None,
    ) -> None:
        """Learn from a poll that needed no other question. tags, values: what it was answered, in the order of what was asked.

        plan: of the profile's values; with another one this is void. objects: what they are made of. system_uptime: what tells how
        long the device itself has run.
        """
        self.ask = ask
        self.plan = plan
        self.tags = tags
        whole = {oid: at for at, oid in enumerate(ask.oids) if tags[at] in NUMBERS}
        at_all = {oid: at for at, oid in enumerate(ask.oids)}
        self._uptime, self._time, self._boots, self._change = (
            whole.get(oid, _NOWHERE) for oid in (SYS_UPTIME, ENGINE_TIME, ENGINE_BOOTS, TABLE_LAST_CHANGE)
        )
        self._system = _NOWHERE if system_uptime is None else whole.get(system_uptime, _NOWHERE)
        self._rows = tuple(_places(known, whole, at_all, values) for known in rows)
        self._objects = tuple((oid, at_all[oid]) for oid in objects if oid in at_all and tags[at_all[oid]] not in ABSENT)

    def scalars(self, values: Sequence[Value]) -> Scalars:
        """Return the values that are no interface's and not the profile's. values: as in rows()."""
        return (  # type: ignore[return-value]
            values[self._uptime],
            values[self._time],
            values[self._boots],
            values[self._change],
            values[self._system],
        )

    def rows(self, values: Sequence[Value]) -> tuple[InterfaceSample, ...] | None:
        """Return the interfaces, None where one has another name now. values: the answer's, and one None more."""
        samples = []
        for place in self._rows:
            if values[place.name] != place.octets:
                return None
            known = place.known
            in_errors, out_errors, in_discards, out_discards = place.counters
            samples.append(
                _interface(
                    known.key,
                    known.row.index,
                    known.row.descr,
                    known.row.alias,
                    is_up(values[place.status]),  # type: ignore[arg-type]
                    speed_bps(values[place.high_speed], values[place.speed]),  # type: ignore[arg-type]
                    place.bits,
                    values[place.receive],  # type: ignore[arg-type]
                    values[place.transmit],  # type: ignore[arg-type]
                    values[in_errors],  # type: ignore[arg-type]
                    values[out_errors],  # type: ignore[arg-type]
                    values[in_discards],  # type: ignore[arg-type]
                    values[out_discards],  # type: ignore[arg-type]
                    values[self._uptime],  # type: ignore[arg-type]
                    known.role,
                )
            )
        return tuple(samples)

    def of_profile(self, values: Sequence[Value]) -> Values:
        """Return name → (tag, value) of what the profile's values are made of."""
        tags = self.tags
        return {oid: (tags[at], values[at]) for oid, at in self._objects}


def _places(known: KnownRow, whole: dict[Oid, int], at_all: dict[Oid, int], values: Sequence[Value]) -> _Places:
    """Return where a row's values stand. whole: where whole numbers stand; at_all: where anything stands."""
    index = known.row.index

    def place(column: Oid) -> int:
        return whole.get((*column, index), _NOWHERE)

    name = IF_NAME if known.row.name else IF_DESCR if known.row.descr else None
    name_at = _NOWHERE if name is None else at_all[(*name, index)]
    receive, transmit = map(place, WIDE_OCTETS if known.bits == 64 else NARROW_OCTETS)
    return _Places(
        known=known,
        bits=known.bits or 32,
        name=name_at,
        octets=None if name is None else values[name_at],
        status=place(IF_OPER_STATUS),
        receive=receive,
        transmit=transmit,
        counters=tuple(map(place, COUNTER_COLUMNS)),
        high_speed=place(IF_HIGH_SPEED),
        speed=place(IF_SPEED),
    )
