"""Rows of ifTable and ifXTable (RFC 2863): which objects a row is read by, and how they become an InterfaceSample."""

from __future__ import annotations

from monitor.model.reading import InterfaceSample
from monitor.probes.snmp.if_mib import (
    COUNTER_COLUMNS,
    IF_ALIAS,
    IF_DESCR,
    IF_HIGH_SPEED,
    IF_IN_DISCARDS,
    IF_IN_ERRORS,
    IF_NAME,
    IF_OPER_STATUS,
    IF_OUT_DISCARDS,
    IF_OUT_ERRORS,
    IF_SPEED,
    IF_TYPE,
    NARROW_OCTETS,
    SYS_UPTIME,
    WIDE_OCTETS,
    Values,
    is_up,
    speed_bps,
    text,
    whole_number,
)
from monitor.probes.snmp.steady import KnownRow
from monitor.rules.interfaces import InterfaceRow
from monitor.wire.oid import Oid

TELLING_COLUMNS = (*WIDE_OCTETS, *NARROW_OCTETS, IF_OPER_STATUS, IF_NAME, IF_DESCR)
"""Columns of which one at least is there where a row is."""


def interface_rows(values: Values) -> list[InterfaceRow]:
    """Return the rows of a survey in the order of ifIndex."""
    indexes = sorted({oid[-1] for oid in values})
    return [
        InterfaceRow(
            index=index,
            name=text(values, (*IF_NAME, index)),
            descr=text(values, (*IF_DESCR, index)),
            alias=text(values, (*IF_ALIAS, index)),
            type=whole_number(values, (*IF_TYPE, index)),
            up=is_up(whole_number(values, (*IF_OPER_STATUS, index))),
        )
        for index in indexes
    ]


def interface_sample(known: KnownRow, values: Values) -> InterfaceSample:
    """Return one row as it was read, and remember how wide its octet counters are."""
    index = known.row.index

    def column(oid: Oid) -> int | None:
        return whole_number(values, (*oid, index))

    receive, transmit = (column(oid) for oid in WIDE_OCTETS)
    bits = 64
    if receive is None or transmit is None:
        receive, transmit = (column(oid) for oid in NARROW_OCTETS)
        bits = 32
    known.bits = bits if receive is not None or transmit is not None else None
    return InterfaceSample(
        name=known.key,
        index=index,
        descr=known.row.descr,
        alias=known.row.alias,
        up=is_up(column(IF_OPER_STATUS)),
        speed_bps=speed_bps(column(IF_HIGH_SPEED), column(IF_SPEED)),
        octet_bits=bits,
        receive_octets=receive,
        transmit_octets=transmit,
        receive_errors=column(IF_IN_ERRORS),
        transmit_errors=column(IF_OUT_ERRORS),
        receive_discards=column(IF_IN_DISCARDS),
        transmit_discards=column(IF_OUT_DISCARDS),
        uptime_ticks=whole_number(values, SYS_UPTIME),
        role=known.role,
    )


def row_objects(known: KnownRow, *, v1: bool) -> list[Oid]:
    """Return the objects of one row; its octets are asked in 64 bits, in 32, or in both where it is not known yet which it has.

    v1: version 1 has no Counter64 (RFC 2578 appendix A).
    """
    name = name_column(known)
    octets = () if v1 or known.bits == 32 else WIDE_OCTETS
    octets += () if known.bits == 64 else NARROW_OCTETS
    asked = (*(() if name is None else (name,)), IF_OPER_STATUS, *octets, *COUNTER_COLUMNS, IF_HIGH_SPEED, IF_SPEED)
    return [(*column, known.row.index) for column in asked]


def is_same_row(known: KnownRow, values: Values) -> bool:
    """Return whether the row at an index still has the name it had."""
    column = name_column(known)
    if column is None:
        return True
    place = (*column, known.row.index)
    return place in values and text(values, place) == (known.row.name or known.row.descr)


def name_column(known: KnownRow) -> Oid | None:
    """Return the column that proves that a row is still the same interface, None where the row has neither."""
    return IF_NAME if known.row.name else IF_DESCR if known.row.descr else None
