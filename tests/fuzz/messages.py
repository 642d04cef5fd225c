"""SNMP messages: our decoders against each other on every input, and against pyasn1 with pysnmp's grammar on some."""

from __future__ import annotations

import re
import zlib
from random import Random
from typing import Any

from pyasn1.codec.ber import decoder as oracle
from pyasn1.codec.ber import encoder as oracle_encoder
from pyasn1.error import PyAsn1Error
from pysnmp.proto import api
from pysnmp.proto.error import ProtocolError

from monitor.wire import ber, snmp
from monitor.wire.answers import Steady, read_answer
from monitor.wire.fault import MalformedError
from monitor.wire.oid import Oid
from tests.fuzz import mutation, tlv
from tests.fuzz.subject import Finding, must
from tests.wire.test_answers import by_decoder
from tests.wire.trap_v1 import TrapV1, decode_trap_v1, encode_trap_v1

_PDUS = (snmp.GET, snmp.GET_NEXT, snmp.RESPONSE, snmp.RESPONSE, snmp.SET, snmp.GET_BULK, snmp.INFORM, snmp.TRAP_V2, snmp.REPORT)
_GRAMMAR = {version: api.PROTOCOL_MODULES[version].Message() for version in (api.SNMP_VERSION_1, api.SNMP_VERSION_2C)}
_PDU_OF_NAME = {
    "GetRequestPDU": snmp.GET,
    "GetNextRequestPDU": snmp.GET_NEXT,
    "ResponsePDU": snmp.RESPONSE,
    "SetRequestPDU": snmp.SET,
    "GetBulkRequestPDU": snmp.GET_BULK,
    "InformRequestPDU": snmp.INFORM,
    "SNMPv2TrapPDU": snmp.TRAP_V2,
    "ReportPDU": snmp.REPORT,
}
_EDGES = (0, 1, 127, 128, 255, 256, 32767, 32768, 2**23 - 1, 2**23, 2**31 - 1)
_OF_ORACLE = 256
"""One of so many inputs goes to the oracle too, which takes a hundred times as long as we do."""
OBJECTS: tuple[Oid, ...] = (
    (1, 3, 6, 1, 2, 1, 1, 3, 0),
    (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1),
    (1, 3, 6, 1, 2, 1, 2, 2, 1, 14, 300),
)
ASKED = snmp.prepare(snmp.V2C, b"wan", snmp.GET, OBJECTS)
_DIGITS = re.compile(r"0x..|-?\d+")


def value(random: Random) -> tuple[int, ber.Value]:
    """Return a value of any SMI type, often at an edge of it."""
    tag = random.choice(
        (ber.INTEGER, ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64, ber.COUNTER64, 4, 4, 5, 6, 0x40, 0x44, 0x81)
    )
    if tag in ber.WIDTHS:
        top = 2**31 if tag == ber.INTEGER else 2 ** (8 * ber.WIDTHS[tag])
        number = random.choice((*_EDGES, top - 1, random.randrange(top), random.randrange(1 << random.randrange(1, 32))))
        return tag, min(number, top - 1) * (random.choice((1, 1, -1)) if tag == ber.INTEGER else 1)
    if tag in (ber.NULL, ber.NO_SUCH_INSTANCE):
        return random.choice((ber.NULL, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_MIB_VIEW)), None
    if tag == ber.OBJECT_IDENTIFIER:
        return tag, oid(random)
    size = 4 if tag == ber.IP_ADDRESS else random.choice((0, 1, 6, 20, 127, 128, 300))
    return tag, random.randbytes(size)


def oid(random: Random) -> Oid:
    """Return an object identifier, most often one that is asked for."""
    if random.random() < 0.7:
        return random.choice(OBJECTS)
    first = random.randrange(3)
    second = random.choice((0, 39)) if first < 2 else random.choice((0, 39, 40, 2**32 - 1))
    return (first, second, *(random.choice((*_EDGES, 2**32 - 1)) for _ in range(random.choice((0, 1, 8, 20, 126)))))


def message(random: Random) -> snmp.Message:
    """Return a message of any kind."""
    varbinds = tuple((oid(random), *value(random)) for _ in range(random.choice((0, 1, 2, 3, 10))))
    status = random.choice((0, 0, 1, 2, 5, 18))
    number = random.choice((1, -1)) * random.choice((*_EDGES, random.randrange(2**31)))
    return snmp.Message(
        random.choice((0, 1)), random.choice((b"wan", b"", b"\xff" * 130)), random.choice(_PDUS), number, status, 0, varbinds
    )


def trap(random: Random) -> bytes:
    """Return a v1 trap."""
    varbinds = tuple((oid(random), *value(random)) for _ in range(random.randrange(3)))
    numbers = random.randrange(7), random.choice(_EDGES), random.choice((*_EDGES, 2**32 - 1))
    return encode_trap_v1(TrapV1(b"wan", oid(random), random.randbytes(4), *numbers, varbinds))


def damaged(data: bytes, other: bytes, random: Random) -> bytes:
    """Return a message that is damaged in its structure, in its octets, or both."""
    if random.random() < 0.6:
        tree = tlv.parsed(data)
        if tree:
            for _ in range(random.choice((1, 1, 2, 3))):
                if tree:
                    tlv.damage(tree, random)
            data = b"".join([element.encoded() for element in tree])
            if random.random() < 0.7:
                return data
    return mutation.octets(data, other, random)


class Messages:
    """What a datagram on the SNMP socket may hold."""

    name = "snmp"
    slow_s = 2.0
    size = 65_507

    def valid(self, random: Random) -> bytes:
        """Return a message or a v1 trap; it is checked at once that what was encoded comes back."""
        if random.random() < 0.1:
            octets = trap(random)
            must(octets == encode_trap_v1(decode_trap_v1(octets)), "a v1 trap does not survive its encoding")
            return octets
        made = message(random)
        octets = snmp.encode(made)
        must(made == snmp.decode(octets), "a message does not survive its encoding")
        return octets

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        return damaged(data, other, random)

    def check(self, data: bytes, *, thorough: bool) -> str:
        """Three decoders, the oracle for some, and what is read must be stable when it is encoded again."""
        thorough = thorough or not zlib.crc32(data) % _OF_ORACLE
        told = _told(data)
        fast = read_answer(data, ASKED)
        if isinstance(told, str):
            must(fast is None, "read_answer reads what decode refuses")
        elif fast is not None:
            must(fast == by_decoder(data, ASKED), "read_answer and decode disagree")
        if thorough and isinstance(told, snmp.Message):
            must(told == snmp.decode(snmp.encode(told)), "what was read does not survive its encoding")
            compare(data, told)
        if isinstance(told, str) and "v1 trap" in told:
            return _trap(data, thorough=thorough)
        return _DIGITS.sub("#", told) if isinstance(told, str) else f"read {told.pdu:x} {len(told.varbinds)}"


def _told(data: bytes) -> snmp.Message | str:
    """Return the message, or the reason why it is none."""
    try:
        return snmp.decode(data)
    except MalformedError as error:
        must(bool(str(error)), "a refusal without a reason")
        return str(error)


def _trap(data: bytes, *, thorough: bool) -> str:
    try:
        read = decode_trap_v1(data)
    except MalformedError as error:
        must(bool(str(error)), "a refusal without a reason")
        return _DIGITS.sub("#", f"trap: {error}")
    if thorough:
        must(read == decode_trap_v1(encode_trap_v1(read)), "what was read does not survive its encoding")
        _compare_trap(data, read)
    return "a trap read"


def deviations(data: bytes) -> list[str]:
    """Return which of the forms are there that we read and pyasn1 (or pysnmp's grammar) refuses: this list is complete."""
    found = []
    for leaf in tlv.leaves(tlv.parsed(data) or []):
        content = leaf.content
        assert isinstance(content, bytes)
        if leaf.tag != ber.INTEGER and len(content) == ber.WIDTHS.get(leaf.tag) and content[0] & 0x80:
            found.append("an unsigned number whose top bit is set without a zero before it")
        if leaf.tag == ber.OBJECT_IDENTIFIER and not content:
            found.append("an object identifier without octets")
        if leaf.tag in (ber.UINTEGER32, ber.NSAP_ADDRESS):
            found.append("a type of RFC 1442 that RFC 2578 dropped")
    return found


def compare(data: bytes, ours: snmp.Message) -> None:
    """See that pyasn1 reads the same, or refuses for one of the deviations that we tolerate."""
    try:
        theirs, rest = oracle.decode(data, asn1Spec=_GRAMMAR[api.SNMP_VERSION_2C])
    except (PyAsn1Error, ProtocolError) as error:
        # RFC 3416 takes a GETBULK's negative numbers for 0 (4.2.3); a negative error-index names no object, so it misleads nobody.
        negative = min(ours.error_status, ours.error_index) < 0
        must(negative or bool(deviations(data)), f"pyasn1 refuses what we read: {error}")
        return
    must(not rest, "pyasn1 sees octets after the message")
    pdu = theirs[2].getComponent()
    head = (int(theirs[0]), bytes(theirs[1]), _PDU_OF_NAME[type(pdu).__name__], *(int(pdu[at]) for at in range(3)))
    must(head == ours[:6], f"pyasn1 reads {head}, we {ours[:6]}")
    must(len(pdu[3]) == len(ours.varbinds), f"pyasn1 reads {len(pdu[3])} VarBinds, we {len(ours.varbinds)}")
    for (name, tag, read), bound in zip(ours.varbinds, pdu[3], strict=True):
        must(name == tuple(bound[0]), f"pyasn1 reads the name {bound[0]}, we {name}")
        _compare_value(tag, read, bound[1])


def _compare_value(tag: int, read: ber.Value, theirs: Any) -> None:
    """See that a value of a VarBind is the same in both."""
    while hasattr(theirs, "getComponent"):
        theirs = theirs.getComponent()
    octet = oracle_encoder.encode(theirs)[0]
    must(octet == tag, f"pyasn1 reads type {octet:#x}, we {tag:#x}")
    if isinstance(read, int):
        must(read == int(theirs), f"pyasn1 reads {theirs!r}, we {read}")
    elif isinstance(read, bytes):
        must(read == bytes(theirs), f"pyasn1 reads {theirs!r}, we {read!r}")
    elif isinstance(read, tuple):
        must(read == tuple(theirs), f"pyasn1 reads {theirs!r}, we {read}")


def _compare_trap(data: bytes, ours: TrapV1) -> None:
    """See that pyasn1 reads the same v1 trap, or refuses for what version 1 does not know."""
    try:
        theirs, _ = oracle.decode(data, asn1Spec=_GRAMMAR[api.SNMP_VERSION_1])
    except (PyAsn1Error, ProtocolError) as error:
        newer = any(tag == ber.COUNTER64 or tag in ber.EXCEPTIONS for _, tag, _ in ours.varbinds)
        ranges = not 0 <= ours.generic <= 6
        must(newer or ranges or bool(deviations(data)), f"pyasn1 refuses a trap that we read: {error}")
        return
    pdu = theirs[2].getComponent()
    head = (bytes(theirs[1]), tuple(pdu[0]), int(pdu[2]), int(pdu[3]), int(pdu[4]))
    must(
        head == (ours.community, ours.enterprise, ours.generic, ours.specific, ours.uptime_ticks), f"pyasn1 reads {head}, we {ours}"
    )
    must([tuple(bound[0]) for bound in pdu[5]] == [name for name, _, _ in ours.varbinds], "pyasn1 reads other names in a trap")


class Answers:
    """Several answers of one agent to one question, each behind its length in two octets: what was learnt must mislead nobody."""

    name = "answers"
    slow_s = 2.0
    size = 65_507

    def valid(self, random: Random) -> bytes:
        bounds = [value(random) for _ in OBJECTS]
        messages = []
        for _ in range(3):
            bounds[random.randrange(len(bounds))] = value(random)
            varbinds = tuple((name, *bound) for name, bound in zip(OBJECTS, bounds, strict=True))
            number = random.randrange(snmp.MIN_REQUEST_ID, 2**31)
            messages.append(snmp.encode(snmp.Message(snmp.V2C, b"wan", snmp.RESPONSE, number, 0, 0, varbinds)))
        return _joined(messages)

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        messages, others = _split(data), _split(other)
        if not messages:
            return other
        at = random.randrange(len(messages))
        match random.randrange(4):
            case 0:
                messages.append(damaged(messages[at], messages[at - 1], random))
            case 1 if others:
                messages.insert(at, random.choice(others))
            case _:
                messages[at] = damaged(messages[at], random.choice(others or messages), random)
        return _joined(messages[-6:])

    def check(self, data: bytes, *, thorough: bool) -> str:
        steady = Steady(ASKED)
        read = 0
        for octets in _split(data):
            by_layout, plain = steady.read(octets), read_answer(octets, ASKED)
            if by_layout != plain:
                raise Finding(f"by its layout {by_layout}, plainly {plain}")
            must(plain is None or plain == by_decoder(octets, ASKED), "read_answer and decode disagree")
            read += plain is not None
        return f"{read} of {len(_split(data))} read, {len(steady._layouts)} layouts"


def _joined(messages: list[bytes]) -> bytes:
    return b"".join([len(octets[:65_535]).to_bytes(2, "big") + octets[:65_535] for octets in messages])


def _split(data: bytes) -> list[bytes]:
    found, at = [], 0
    while at + 2 <= len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return found
