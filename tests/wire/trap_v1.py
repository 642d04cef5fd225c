"""Traps of version 1 to octets and back: of these the product says no more than that they are none of its answers (RFC 1157)."""

from __future__ import annotations

from typing import NamedTuple

from monitor.wire.ber import (
    DECODERS,
    IP_ADDRESS,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    TIME_TICKS,
    encode_integer,
    encode_tlv,
    encode_value,
    read_element,
    read_integer,
)
from monitor.wire.fault import MalformedError
from monitor.wire.oid import Oid, oid_of
from monitor.wire.snmp import TRAP_V1, V1, VarBind, _envelope, _varbinds, encode_varbind


class TrapV1(NamedTuple):
    """A Trap-PDU of RFC 1157. agent_address: four octets. uptime_ticks: sysUpTime in 1/100 s."""

    community: bytes
    enterprise: Oid
    agent_address: bytes
    generic: int
    specific: int
    uptime_ticks: int
    varbinds: tuple[VarBind, ...]


def encode_trap_v1(trap: TrapV1) -> bytes:
    """Return the octets of a v1 trap."""
    body = (
        encode_value(OBJECT_IDENTIFIER, trap.enterprise)
        + encode_value(IP_ADDRESS, trap.agent_address)
        + encode_integer(trap.generic)
        + encode_integer(trap.specific)
        + encode_value(TIME_TICKS, trap.uptime_ticks)
        + encode_tlv(SEQUENCE, b"".join(encode_varbind(*bound) for bound in trap.varbinds))
    )
    return encode_tlv(SEQUENCE, encode_integer(V1) + encode_tlv(OCTET_STRING, trap.community) + encode_tlv(TRAP_V1, body))


def decode_trap_v1(data: bytes) -> TrapV1:
    """Return the v1 trap that fills these octets exactly. Raises MalformedError with the reason, and nothing else."""
    _, community, at, end = _envelope(data)
    at, stop = read_element(data, at, end, TRAP_V1, "PDU")
    if stop != end:
        raise MalformedError("octets_after", what="PDU", octets=end - stop)
    start, at = read_element(data, at, end, OBJECT_IDENTIFIER, "enterprise")
    enterprise = oid_of(data[start:at])
    start, at = read_element(data, at, end, IP_ADDRESS, "agent-addr")
    address = data[start:at]
    if len(address) != 4:
        raise MalformedError("wrong_size", what="agent-addr", octets=len(address))
    generic, at = read_integer(data, at, end, "generic-trap")
    specific, at = read_integer(data, at, end, "specific-trap")
    start, at = read_element(data, at, end, TIME_TICKS, "time-stamp")
    ticks = DECODERS[TIME_TICKS](data[start:at])
    assert isinstance(ticks, int)
    return TrapV1(community, enterprise, address, generic, specific, ticks, _varbinds(data, at, end))
