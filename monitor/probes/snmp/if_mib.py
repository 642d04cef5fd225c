"""The objects that every poll asks for: the system's, and rows of ifTable and ifXTable (RFC 2863) as samples."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from monitor.model.reading import InterfaceSample
from monitor.rules.interfaces import InterfaceRow
from monitor.wire.ber import COUNTER32, COUNTER64, EXCEPTIONS, GAUGE32, INTEGER, NULL, OBJECT_IDENTIFIER, OPAQUE, TIME_TICKS, Value
from monitor.wire.oid import Oid, format_oid

SYS_DESCR: Oid = (1, 3, 6, 1, 2, 1, 1, 1, 0)
SYS_OBJECT_ID: Oid = (1, 3, 6, 1, 2, 1, 1, 2, 0)
SYS_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
ENGINE_ID: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0)
ENGINE_BOOTS: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0)
ENGINE_TIME: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0)
TABLE_LAST_CHANGE: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 5, 0)

_IF_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IFX_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
IF_DESCR: Oid = (*_IF_ENTRY, 2)
IF_TYPE: Oid = (*_IF_ENTRY, 3)
IF_SPEED: Oid = (*_IF_ENTRY, 5)
IF_OPER_STATUS: Oid = (*_IF_ENTRY, 8)
IF_IN_OCTETS: Oid = (*_IF_ENTRY, 10)
IF_IN_DISCARDS: Oid = (*_IF_ENTRY, 13)
IF_IN_ERRORS: Oid = (*_IF_ENTRY, 14)
IF_OUT_OCTETS: Oid = (*_IF_ENTRY, 16)
IF_OUT_DISCARDS: Oid = (*_IF_ENTRY, 19)
IF_OUT_ERRORS: Oid = (*_IF_ENTRY, 20)
IF_NAME: Oid = (*_IFX_ENTRY, 1)
IF_HC_IN_OCTETS: Oid = (*_IFX_ENTRY, 6)
IF_HC_OUT_OCTETS: Oid = (*_IFX_ENTRY, 10)
IF_HIGH_SPEED: Oid = (*_IFX_ENTRY, 15)
IF_ALIAS: Oid = (*_IFX_ENTRY, 18)

SURVEY_COLUMNS: tuple[Oid, ...] = (IF_DESCR, IF_TYPE, IF_OPER_STATUS, IF_NAME, IF_ALIAS)
"""What is walked to know the rows: what names them, and what tells the WAN interface."""
COUNTER_COLUMNS: tuple[Oid, ...] = (IF_IN_ERRORS, IF_OUT_ERRORS, IF_IN_DISCARDS, IF_OUT_DISCARDS)
NARROW_OCTETS: tuple[Oid, ...] = (IF_IN_OCTETS, IF_OUT_OCTETS)
WIDE_OCTETS: tuple[Oid, ...] = (IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS)
TELLING_COLUMNS = (*WIDE_OCTETS, *NARROW_OCTETS, IF_OPER_STATUS, IF_NAME, IF_DESCR)
"""Columns of which one at least is there where a row is."""

_UP = 1
_UNKNOWN_STATUSES = frozenset((0, 4))
"""ifOperStatus unknown(4), and 0, which the MIB does not know and DrayTek sends."""
_SATURATED_SPEED = 2**32 - 1
_OPAQUE_FLOAT = b"\x9f\x78\x04"
_OPAQUE_DOUBLE = b"\x9f\x79\x08"
ABSENT = EXCEPTIONS | {NULL}
"""Types of what stands for 'there is none'."""
NUMBERS = frozenset((INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64))
"""Types of which a value is a whole number."""

Values = dict[Oid, tuple[int, Value]]
"""name → (tag, value) of what was answered; NULL and the exceptions are left out."""


def whole_number(values: Values, oid: Oid) -> int | None:
    """Return a whole number, None where there is none."""
    tag, value = values.get(oid, (NULL, None))
    return value if tag in NUMBERS and isinstance(value, int) else None


def text(values: Values, oid: Oid) -> str:
    """Return a text, '' where there is none: UTF-8, else Latin-1; without quotation marks around it, controls or a final NUL."""
    tag, value = values.get(oid, (NULL, None))
    if tag == OBJECT_IDENTIFIER and isinstance(value, tuple):
        return format_oid(value)
    return readable(value) if isinstance(value, bytes) else ""


def octets(values: Values, oid: Oid) -> bytes:
    """Return an octet string as it is, b'' where there is none."""
    value = values.get(oid, (NULL, None))[1]
    return value if isinstance(value, bytes) else b""


def readable(raw: bytes) -> str:
    """Return octets of a DisplayString (RFC 2579) as one line of text, whatever they hold."""
    try:
        plain = raw.decode("utf-8")
    except UnicodeDecodeError:
        plain = raw.decode("latin-1")
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split())
    return plain[1:-1].strip() if len(plain) > 1 and plain[0] == plain[-1] == '"' else plain


def number(tag: int, value: Value) -> float | None:
    """Return a value as a number, None where it is none: whole numbers, net-snmp's Opaque floats, and texts such as '23.5'."""
    if isinstance(value, int):
        return float(value)
    if not isinstance(value, bytes):
        return None
    if tag == OPAQUE:
        return _opaque_number(value)
    try:
        parsed = float(value.decode("ascii"))
    except ValueError:
        return None
    return parsed if math.isfinite(parsed) else None


def _opaque_number(raw: bytes) -> float | None:
    """Return the float or double of NET-SNMP-TC that is wrapped in an Opaque, None where it holds something else."""
    if raw.startswith(_OPAQUE_FLOAT) and len(raw) == 7:
        parsed = float(struct.unpack(">f", raw[3:])[0])
    elif raw.startswith(_OPAQUE_DOUBLE) and len(raw) == 11:
        parsed = float(struct.unpack(">d", raw[3:])[0])
    else:
        return None
    return parsed if math.isfinite(parsed) else None


def is_up(status: int | None) -> bool | None:
    """Return whether ifOperStatus says up, None where it says nothing."""
    return None if status is None or status in _UNKNOWN_STATUSES else status == _UP


def speed_bps(high_speed: int | None, speed: int | None) -> int | None:
    """Return the speed in bit/s: ifHighSpeed (Mbit/s) unless it is 0 or missing, else ifSpeed unless it is 0 or saturated."""
    if high_speed:
        return high_speed * 1_000_000
    return speed if speed and speed != _SATURATED_SPEED else None


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


@dataclass(slots=True)
class KnownRow:
    """An interface that is read directly. key: as InterfaceSample.name. bits: 64 or 32, None until it was tried."""

    row: InterfaceRow
    key: str
    role: str
    bits: int | None = None
