"""ICMP packets as they come from raw and ping sockets: replies, errors and what they quote, damaged anywhere."""

from __future__ import annotations

import ipaddress
import struct
from random import Random

from monitor.wire.icmp import PAYLOAD_BYTES, SLOT_BYTES, EchoCodec, build_error, checksum, parse_quoted_echo
from tests.fuzz import mutation
from tests.fuzz.subject import must
from tests.wire.icmp_messages import Echo, IcmpError, MalformedIcmp, build_echo, parse_icmp, parse_ipv4, parse_ipv6, parse_quote

_IDENT = 7
_CODECS = {version: EchoCodec(version, _IDENT) for version in (4, 6)}
_BATCHED = ((EchoCodec(4, _IDENT, has_ip_header=True), 20), (_CODECS[4], 0), (_CODECS[6], 0))
_PADDING = bytes(range(0x10, 0x10 + PAYLOAD_BYTES - 8))
_ENDS = tuple(ipaddress.IPv6Address(f"fd00::{last}").packed for last in (1, 2))


class Packets:
    """An IP packet with an ICMP message in it. The first octet's upper half says which version, as on the wire."""

    name = "icmp"
    slow_s = 1.0
    size = 65_535

    def valid(self, random: Random) -> bytes:
        version = random.choice((4, 4, 6))
        request = build_echo(version, Echo(False, _IDENT, random.randrange(65_536), random.randbytes(8) + _PADDING))
        match random.randrange(3):
            case 0:
                inner = build_echo(version, Echo(True, _IDENT, random.randrange(65_536), request[8:]))
            case 1:
                inner = request
            case _:
                quoted = _packet(version, request, random)[: random.choice((27, 28, 48, 200))]
                kinds = ((3, random.randrange(16)), (11, 0), (12, 0)) if version == 4 else ((1, 4), (2, 0), (3, 0), (4, 1))
                inner = build_error(version, *random.choice(kinds), quoted, mtu=random.choice((0, 1280, 65_535)))
        return _packet(version, inner, random)

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        """Return it damaged; most often the ICMP checksum is made right again, or nothing would get past it."""
        damaged = mutation.octets(data, other, random)
        start = (damaged[0] & 15) * 4 if damaged and damaged[0] >> 4 == 4 else 0
        if random.random() < 0.7 and 20 <= start < len(damaged) - 4:
            body = damaged[start : start + 2] + b"\0\0" + damaged[start + 4 :]
            damaged = damaged[: start + 2] + checksum(body).to_bytes(2, "big") + damaged[start + 4 :]
        return damaged

    def check(self, data: bytes, *, thorough: bool) -> str:
        version = 6 if data[:1] and data[0] >> 4 == 6 else 4
        for start in (0, 20, 40, len(data)):
            _check_reply(data, start)
        _check_batch(data)
        quote = parse_quote(version, data)
        parse_quoted_echo(version, data)
        try:
            source, destination, message = (parse_ipv4 if version == 4 else parse_ipv6)(data)
        except MalformedIcmp as error:
            must(quote is None, "a quote is read from what is no packet")
            return _reason(error)
        must(
            {ipaddress.ip_address(source).version, ipaddress.ip_address(destination).version} == {version},
            "an address of no version",
        )
        must(data.endswith(message), "the message is not the packet's end")
        if quote is not None:
            must((quote.source, quote.destination) == (source, destination), "a quote of other ends")
        try:
            told = parse_icmp(version, message)
        except MalformedIcmp as error:
            return _reason(error)
        if isinstance(told, Echo):
            again = build_echo(version, told)
            must(again[4:] == message[4:] and again[:2] == message[:2], "an echo that is built again differs")
            return f"echo v{version} {told.is_reply}"
        return _check_error(told, version, message)


def _check_error(told: IcmpError, version: int, message: bytes) -> str:
    """See that an error says what its octets say."""
    must(message[:2] == bytes((told.type, told.code)), "another type or code")
    must(told.mtu is None or 0 < told.mtu < 2**32, "an MTU out of its range")
    if told.quote is not None:
        must(message.endswith(told.quote.payload), "a quoted payload that is not there")
        must(struct.pack("!HH", told.quote.ident, told.quote.sequence) in message, "an id and a sequence that are not there")
    return f"error v{version} {told.type} {told.quote is not None} {told.mtu is not None}"


def _check_reply(data: bytes, start: int) -> None:
    """See that the fast path takes nothing that the plain one does not read as a reply to our id."""
    for version, codec in _CODECS.items():
        taken = codec.reply(data, start)
        if taken is not None:
            echo = parse_icmp(version, data[start:])
            is_reply = isinstance(echo, Echo) and echo.is_reply and (echo.ident, echo.sequence) == (_IDENT, taken[0])
            must(is_reply, "the fast path took what is no reply to our id")
            must(data[start + 8 : start + 16] == taken[1].to_bytes(8, "big"), "another cookie")


def _check_batch(data: bytes) -> None:
    """See that packets in slots, our own reply among them, read as they do alone; an intact one needs no right checksum."""
    for codec, start in _BATCHED:
        usual = (b"\x45" + bytes(19) if start else b"") + build_echo(codec.version, Echo(True, _IDENT, 1, bytes(8) + _PADDING))
        slots = b"".join(each[:SLOT_BYTES].ljust(SLOT_BYTES, b"\xaa") for each in (usual, data, usual))
        first, taken, last = codec.replies(memoryview(slots), [len(usual), len(data), len(usual)])
        must(first == last == (1, 0), "a neighbour is read otherwise")
        at = (data[0] & 15) * 4 if start and data else 0
        alone = codec.reply(data[:SLOT_BYTES], at)
        if taken != alone:
            summed = data[: at + 2] + b"\0\0" + data[at + 4 :]
            right = checksum(summed[at:]).to_bytes(2, "big")
            must(taken == codec.reply(summed[: at + 2] + right + summed[at + 4 :], at), "a batch reads otherwise than one")


def _packet(version: int, message: bytes, random: Random) -> bytes:
    """Return a message in its packet; version 4 with options now and then."""
    if version == 6:
        return struct.pack("!IHBB", 6 << 28, len(message), 58, 64) + b"".join(_ENDS) + message
    options = random.choice((0, 0, 1, 10))
    header = struct.pack("!BBHHHBBH", 0x45 + options, 0, 20 + 4 * options + len(message), 0, 0, 64, 1, 0)
    return header + bytes((10, 0, 0, 1, 10, 2, 17, 1)) + bytes(4 * options) + message


def _reason(error: MalformedIcmp) -> str:
    must(bool(str(error)), "a refusal without a reason")
    return "".join(letter for letter in str(error) if not letter.isdigit())
