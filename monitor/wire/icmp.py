"""ICMP echoes and errors, bytes to values and back (RFC 792, RFC 4443); no socket, no clock.

Only echo messages and the errors that quote them are known here; anything else is refused with a reason.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

ECHO_REPLY = 0
UNREACHABLE = 3
ECHO_REQUEST = 8
TIME_EXCEEDED = 11
FRAGMENTATION_NEEDED = 4

V6_UNREACHABLE = 1
V6_PACKET_TOO_BIG = 2
V6_TIME_EXCEEDED = 3
V6_ECHO_REQUEST = 128
V6_ECHO_REPLY = 129

PAYLOAD_BYTES = 56
"""What ping sends by default: firewalls and devices that are picky about echoes know this size."""
REQUEST_BYTES = 8 + PAYLOAD_BYTES
SLOT_BYTES = 192
"""Room for a reply to our requests with the longest IPv4 header, and some for what is longer than it should be."""

_ICMPV6 = 58
_REQUEST = {4: ECHO_REQUEST, 6: V6_ECHO_REQUEST}
_REPLY = {4: ECHO_REPLY, 6: V6_ECHO_REPLY}
_HEADER = struct.Struct("!BBHHH")
_COOKIE_HEADER = struct.Struct("!BBHHHQ")
_IPV4_HEADER_BYTES = 20
_MINIMUM_QUOTE_BYTES = 8


def checksum(data: bytes) -> int:
    """Return the internet checksum of data (RFC 1071), 0 to 0xffff; 0 where data holds its own right checksum.

    A number modulo 0xffff is the ones' complement sum of its 16-bit words, so one big division does the whole packet.
    """
    if len(data) % 2:
        data += b"\0"
    return -int.from_bytes(data, "big") % 0xFFFF


def pseudo_header(source: bytes, destination: bytes, protocol: int, length: int) -> bytes:
    """Return what TCP, UDP and ICMPv6 include in their checksum (RFC 793, RFC 8200 section 8.1)."""
    if len(source) == 16:
        return source + destination + struct.pack("!IxxxB", length, protocol)
    return source + destination + struct.pack("!xBH", protocol, length)


def _sealed(message: bytes, version: int, ends: tuple[bytes, bytes] | None) -> bytes:
    """Return message with its checksum filled in; an IPv6 one keeps 0 without its ends, as the kernel fills it in."""
    if version == 4:
        total = checksum(message)
    elif ends:
        total = checksum(pseudo_header(*ends, _ICMPV6, len(message)) + message)
    else:
        return message
    return message[:2] + total.to_bytes(2, "big") + message[4:]


def build_error(
    version: int, kind: int, code: int, quoted_packet: bytes, *, mtu: int = 0, ends: tuple[bytes, bytes] | None = None
) -> bytes:
    """Return an error message that quotes an IP packet (header and all).

    mtu: for fragmentation needed or packet too big. ends: packed source and destination, for the checksum of version 6.
    """
    return _sealed(struct.pack("!BBHI", kind, code, 0, mtu) + quoted_packet, version, ends)


def parse_quoted_echo(version: int, message: bytes) -> tuple[int, int] | None:
    """Return id and sequence of an echo request of which at least 8 bytes are quoted; its checksum may cover what is missing."""
    if len(message) < _MINIMUM_QUOTE_BYTES:
        return None
    kind, code, _, ident, sequence = _HEADER.unpack_from(message)
    return (ident, sequence) if (kind, code) == (_REQUEST[version], 0) else None


class EchoCodec:
    """The probers' fast path: our own requests, each with a cookie of its own, and the replies to them, in batches.

    ident: what the replies must carry (a ping socket's own, since the kernel rewrites it).
    """

    __slots__ = ("_constant_sum", "_first", "_has_ip_header", "_kind_and_code", "_padding", "_record", "_usual", "ident", "version")

    def __init__(self, version: int, ident: int, *, has_ip_header: bool = False) -> None:
        """has_ip_header: replies come with it, as raw IPv4 sockets deliver them."""
        self.version = version
        self.ident = ident
        self._padding = bytes(range(0x10, 0x10 + PAYLOAD_BYTES - 8))
        self._constant_sum = (_REQUEST[version] << 8) + ident + int.from_bytes(self._padding, "big")
        self._kind_and_code = _REPLY[version] << 8
        self._has_ip_header = has_ip_header
        # The first octet of an IPv4 header without options; where there is no header, an empty string stands for it.
        self._first: int | bytes = 0x45 if has_ip_header else b""
        header = f"B{_IPV4_HEADER_BYTES - 1}x" if has_ip_header else "0s"
        self._usual = (_IPV4_HEADER_BYTES if has_ip_header else 0) + REQUEST_BYTES
        self._record = struct.Struct(f"!{header}H2xHHQ{len(self._padding)}s{SLOT_BYTES - self._usual}x")

    def blank(self) -> bytes:
        """Return a request of which write() changes the head only."""
        return bytes(REQUEST_BYTES - len(self._padding)) + self._padding

    def write(self, requests: bytearray, sequences: Iterable[int], cookies: Iterable[int]) -> None:
        """Write echo requests over blanks that lie one after the other.

        sequences: 0 to 65535. cookies: 64 bits each that nobody can guess. Only these two differ, so the checksum is that of the
        rest plus theirs (RFC 1624) rather than computed over all.
        """
        pack_into, constant_sum, kind, ident = _COOKIE_HEADER.pack_into, self._constant_sum, _REQUEST[self.version], self.ident
        at = 0
        for sequence, cookie in zip(sequences, cookies, strict=True):
            pack_into(requests, at, kind, 0, -(constant_sum + sequence + cookie) % 0xFFFF, ident, sequence, cookie)
            at += REQUEST_BYTES

    def replies(self, slots: memoryview, lengths: Sequence[int]) -> list[tuple[int, int] | None]:
        """Return reply() of each packet of a batch, one every SLOT_BYTES. lengths: how much of its slot each fills.

        What is, but for sequence and cookie, octet by octet what we sent needs no sum: whoever calls compares these two as well.
        """
        found: list[tuple[int, int] | None] = []
        first, kind_and_code, ident, padding, usual = self._first, self._kind_and_code, self.ident, self._padding, self._usual
        for length, record in zip(lengths, self._record.iter_unpack(slots), strict=True):
            its_first, its_kind, its_ident, sequence, cookie, its_padding = record
            if (
                its_padding == padding
                and its_kind == kind_and_code
                and its_ident == ident
                and length == usual
                and its_first == first
            ):
                found.append((sequence, cookie))
            else:
                at = len(found) * self._record.size
                found.append(self._unusual(bytes(slots[at : at + min(length, self._record.size)])))
        return found

    def _unusual(self, packet: bytes) -> tuple[int, int] | None:
        """Return reply() of what carries IP options, or came back shorter, longer or changed."""
        return self.reply(packet, (packet[0] & 0x0F) * 4 if self._has_ip_header and packet else 0)

    def reply(self, packet: bytes, start: int = 0) -> tuple[int, int] | None:
        """Return sequence and cookie of an echo reply to our id that begins at start; None for whatever else it is.

        The kernel has verified the checksum of ICMPv6 and of ping sockets; raw IPv4 sockets get what fails it too (RFC 1122
        3.2.2 leaves it to us), so it is looked at for version 4.
        """
        if len(packet) < start + _COOKIE_HEADER.size:
            return None
        kind, code, _, ident, sequence, cookie = _COOKIE_HEADER.unpack_from(packet, start)
        if kind != _REPLY[self.version] or code or ident != self.ident:
            return None
        if self.version == 4 and checksum(packet[start:]):
            return None
        return sequence, cookie
