"""Recordings of real agents in snmpsim's form: OID|TAG|VALUE, the tag in decimal, with an x where the value is in hex."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address

from monitor.errors import Fault
from monitor.lab.mib import SYS_UPTIME, Mib, ObjectInstance
from monitor.wire.ber import (
    COUNTER32,
    COUNTER64,
    GAUGE32,
    INTEGER,
    IP_ADDRESS,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    OPAQUE,
    TIME_TICKS,
    Value,
)
from monitor.wire.oid import InvalidOidError, parse_oid
from monitor.words.phrase import Phrase

_NUMBERS = frozenset((INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64))
_STRINGS = frozenset((OCTET_STRING, OPAQUE))


def read_recording(text: str, uptime_ticks: Callable[[float], int], source: str = "") -> tuple[Mib, tuple[Fault, ...]]:
    """Return what a recorded agent knows, and the lines that could not be read; source: the file's name, for these.

    uptime_ticks: epoch seconds → sysUpTime, which is the emulated device's own, so that time passes for the recording too;
    everything else stays as it was recorded.
    """
    entries: list[ObjectInstance] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            entries.append(_entry(line, uptime_ticks))
        except ValueError as error:
            code, values = (error.code, error.values) if isinstance(error, InvalidOidError) else ("quoted", {"text": error})
            faults.append(Fault(source, number, "", code, Phrase("recorded_line"), values))
    return Mib(entries), tuple(faults)


def _entry(line: str, uptime_ticks: Callable[[float], int]) -> ObjectInstance:
    parts = line.split("|", 2)
    if len(parts) != 3:
        raise ValueError("not OID|TAG|VALUE")
    oid = parse_oid(parts[0])
    if oid == SYS_UPTIME:
        return ObjectInstance(oid, TIME_TICKS, uptime_ticks)
    is_hex = parts[1].endswith("x")
    tag = int(parts[1].removesuffix("x"))
    value = _value(tag, bytes.fromhex(parts[2]) if is_hex else parts[2])
    return ObjectInstance(oid, tag, lambda _: value)


def _value(tag: int, text: str | bytes) -> Value:
    if tag in _STRINGS:
        return text if isinstance(text, bytes) else text.encode()
    if tag == IP_ADDRESS:
        return text if isinstance(text, bytes) else IPv4Address(text).packed
    if isinstance(text, bytes):
        raise ValueError(f"type {tag} in hex")
    if tag in _NUMBERS:
        return int(text)
    if tag == OBJECT_IDENTIFIER:
        return parse_oid(text)
    if tag == NULL:
        return None
    raise ValueError(f"unknown type {tag}")
