"""Any echo and any error about one, octets to values and back, one at a time: what the product's codec is compared with.

The product itself seals whole bursts and reads replies alone (EchoCodec), and of errors the echo that they quote.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from monitor.wire.icmp import (
    _HEADER,
    _IPV4_HEADER_BYTES,
    _REPLY,
    _REQUEST,
    FRAGMENTATION_NEEDED,
    TIME_EXCEEDED,
    UNREACHABLE,
    V6_PACKET_TOO_BIG,
    V6_TIME_EXCEEDED,
    V6_UNREACHABLE,
    _sealed,
    checksum,
    parse_quoted_echo,
    pseudo_header,
)

PARAMETER_PROBLEM = 12
V6_PARAMETER_PROBLEM = 4
_PROTOCOL = {4: 1, 6: 58}
_ERRORS = {
    4: frozenset({UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM}),
    6: frozenset({V6_UNREACHABLE, V6_PACKET_TOO_BIG, V6_TIME_EXCEEDED, V6_PARAMETER_PROBLEM}),
}
_IPV6_HEADER_BYTES = 40


class MalformedIcmp(ValueError):  # noqa: N818 - the name is the outcome's
    """These bytes are no ICMP message that we know; the message says why."""


@dataclass(frozen=True, slots=True)
class Echo:
    """An echo request or reply. ident, sequence: 0 to 65535. payload: all bytes after the header."""

    is_reply: bool
    ident: int
    sequence: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Quote:
    """The echo request that an error quotes. payload: as much as was quoted, often nothing (RFC 792 asks for 8 bytes)."""

    source: str
    destination: str
    ident: int
    sequence: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class IcmpError:
    """An error message. mtu: next hop's, where the type carries one that is not 0. quote: None where it quotes no echo request."""

    type: int
    code: int
    mtu: int | None
    quote: Quote | None


def build_echo(version: int, echo: Echo, ends: tuple[bytes, bytes] | None = None) -> bytes:
    """Return the message of an echo, IP version 4 or 6. ends: packed source and destination, for the checksum of version 6."""
    kind = _REPLY[version] if echo.is_reply else _REQUEST[version]
    return _sealed(_HEADER.pack(kind, 0, 0, echo.ident, echo.sequence) + echo.payload, version, ends)


def parse_icmp(version: int, message: bytes, ends: tuple[bytes, bytes] | None = None) -> Echo | IcmpError:
    """Return what an ICMP message says.

    version: 4 or 6. ends: source and destination of an ICMPv6 message, whose checksum is only looked at when they are given
    (the kernel has verified it before a socket sees it). Raises MalformedIcmp.
    """
    if len(message) < _HEADER.size:
        raise MalformedIcmp(f"{len(message)} bytes are too few for ICMP")
    if version == 4 and checksum(message):
        raise MalformedIcmp("wrong checksum")
    if version == 6 and ends and checksum(pseudo_header(*ends, _PROTOCOL[6], len(message)) + message):
        raise MalformedIcmp("wrong checksum")
    kind, code, _, ident, sequence = _HEADER.unpack_from(message)
    if kind in (_REQUEST[version], _REPLY[version]):
        if code:
            raise MalformedIcmp(f"echo with code {code}")
        return Echo(kind == _REPLY[version], ident, sequence, message[_HEADER.size :])
    if kind not in _ERRORS[version]:
        raise MalformedIcmp(f"type {kind} is neither an echo nor an error")
    return IcmpError(kind, code, _mtu(version, kind, code, message), parse_quote(version, message[_HEADER.size :]))


def _mtu(version: int, kind: int, code: int, message: bytes) -> int | None:
    if version == 4:
        # RFC 1191: the low half of the second word; routers older than it leave 0.
        return int.from_bytes(message[6:8], "big") or None if (kind, code) == (UNREACHABLE, FRAGMENTATION_NEEDED) else None
    return int.from_bytes(message[4:8], "big") or None if kind == V6_PACKET_TOO_BIG else None


def parse_ipv4(packet: bytes) -> tuple[str, str, bytes]:
    """Return source, destination and ICMP message of an IPv4 packet. Raises MalformedIcmp."""
    if len(packet) < _IPV4_HEADER_BYTES or packet[0] >> 4 != 4:
        raise MalformedIcmp("no IPv4 header")
    header_bytes = (packet[0] & 0x0F) * 4
    if header_bytes < _IPV4_HEADER_BYTES or len(packet) < header_bytes:
        raise MalformedIcmp(f"IPv4 header of {header_bytes} bytes in {len(packet)}")
    if packet[9] != _PROTOCOL[4]:
        raise MalformedIcmp(f"protocol {packet[9]} is not ICMP")
    if int.from_bytes(packet[6:8], "big") & 0x1FFF:
        raise MalformedIcmp("a fragment, not the first")
    source, destination = (str(ipaddress.IPv4Address(packet[at : at + 4])) for at in (12, 16))
    return source, destination, packet[header_bytes:]


def parse_ipv6(packet: bytes) -> tuple[str, str, bytes]:
    """Return source, destination and ICMPv6 message of an IPv6 packet without extension headers. Raises MalformedIcmp."""
    if len(packet) < _IPV6_HEADER_BYTES or packet[0] >> 4 != 6:
        raise MalformedIcmp("no IPv6 header")
    if packet[6] != _PROTOCOL[6]:
        raise MalformedIcmp(f"next header {packet[6]} is not ICMPv6")
    source, destination = (str(ipaddress.IPv6Address(packet[at : at + 16])) for at in (8, 24))
    return source, destination, packet[_IPV6_HEADER_BYTES:]


def parse_quote(version: int, quoted: bytes) -> Quote | None:
    """Return the echo request that an error quotes, down to 8 bytes of it; None where it quotes anything else."""
    try:
        source, destination, message = parse_ipv4(quoted) if version == 4 else parse_ipv6(quoted)
    except MalformedIcmp:
        return None
    echo = parse_quoted_echo(version, message)
    return Quote(source, destination, *echo, message[_HEADER.size :]) if echo else None
