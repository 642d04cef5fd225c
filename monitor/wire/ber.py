"""The part of BER (X.690) that SNMP uses (RFC 3417 section 8): tags, definite lengths, and the types of SMIv2 (RFC 2578).

Strict where leniency would let a wrong number through, tolerant of six deviations that agents in the field are known for and
that can't be misread:
- lengths in long form where short would do (allowed by X.690 8.1.3.5, and net-snmp sends 82 xx xx);
- INTEGERs with needless leading octets, as long as they fit their type's width;
- an Unsigned32 of four octets or a Counter64 of eight whose top bit is set without a leading zero: unsigned is what it must be;
- an object identifier without octets, read as 0.0;
- the least INTEGER in five octets, as pyasn1 writes it;
- NsapAddress and UInteger32, which RFC 1442 had and RFC 2578 dropped.
tests/fuzz/messages.py compares with pyasn1 and knows of no other difference in what both read.
Refused: indefinite lengths, whatever overruns its container, trailing octets, empty or over-long INTEGERs, negative unsigned
values, an IpAddress that is not four octets, a NULL that has content, an unknown type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from monitor.wire.fault import MalformedError
from monitor.wire.oid import Oid, oid_content, oid_of

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
NSAP_ADDRESS = 0x45
COUNTER64 = 0x46
UINTEGER32 = 0x47
NO_SUCH_OBJECT = 0x80
NO_SUCH_INSTANCE = 0x81
END_OF_MIB_VIEW = 0x82

EXCEPTIONS = frozenset((NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW))
"""RFC 3416 section 3: what stands in a value's place where there is none."""

TYPE_NAMES: Mapping[int, str] = MappingProxyType(
    {
        INTEGER: "INTEGER",
        OCTET_STRING: "OCTET STRING",
        NULL: "NULL",
        OBJECT_IDENTIFIER: "OBJECT IDENTIFIER",
        IP_ADDRESS: "IpAddress",
        COUNTER32: "Counter32",
        GAUGE32: "Gauge32",
        TIME_TICKS: "TimeTicks",
        OPAQUE: "Opaque",
        NSAP_ADDRESS: "NsapAddress",
        COUNTER64: "Counter64",
        UINTEGER32: "UInteger32",
        NO_SUCH_OBJECT: "noSuchObject",
        NO_SUCH_INSTANCE: "noSuchInstance",
        END_OF_MIB_VIEW: "endOfMibView",
    }
)

Value = int | bytes | Oid | None
"""int: INTEGER and the unsigned types. bytes: OCTET STRING, IpAddress, Opaque. Oid: a tuple. None: NULL and the exceptions."""


def encode_length(length: int) -> bytes:
    """Return the length octets in the shortest definite form."""
    if length < 0x80:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def encode_tlv(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + encode_length(len(content)) + content


def encode_integer(value: int, tag: int = INTEGER) -> bytes:
    """Return a whole number in the fewest octets; unsigned types take a leading zero where the top bit is set (X.690 8.3)."""
    magnitude = value if value >= 0 else ~value
    return encode_tlv(tag, value.to_bytes(magnitude.bit_length() // 8 + 1, "big", signed=True))


_BOUNDS: Mapping[int, tuple[int, int]] = MappingProxyType(
    {
        INTEGER: (-(2**31), 2**31 - 1),
        COUNTER32: (0, 2**32 - 1),
        GAUGE32: (0, 2**32 - 1),
        TIME_TICKS: (0, 2**32 - 1),
        UINTEGER32: (0, 2**32 - 1),
        COUNTER64: (0, 2**64 - 1),
    }
)


def encode_value(tag: int, value: Value) -> bytes:
    """Return one value of an SMI type. Raises ValueError where the value is not one of that type (our fault, not the network's)."""
    bounds = _BOUNDS.get(tag)
    if bounds is not None:
        if not isinstance(value, int) or not bounds[0] <= value <= bounds[1]:
            raise ValueError(f"{value!r} is no {TYPE_NAMES[tag]}")
        return encode_integer(value, tag)
    if tag == OBJECT_IDENTIFIER and isinstance(value, tuple):
        return encode_tlv(tag, oid_content(value))
    if tag in (OCTET_STRING, OPAQUE, NSAP_ADDRESS) and isinstance(value, bytes):
        return encode_tlv(tag, value)
    if tag == IP_ADDRESS and isinstance(value, bytes) and len(value) == 4:
        return encode_tlv(tag, value)
    if (tag == NULL or tag in EXCEPTIONS) and value is None:
        return bytes((tag, 0))
    raise ValueError(f"{value!r} is no {TYPE_NAMES.get(tag, f'type 0x{tag:02x}')}")


def long_length(data: bytes, at: int, first: int) -> tuple[int, int]:
    """Return the length whose first octet (0x80 or above) stood before `at`, and where its content begins.

    Raises MalformedError for the indefinite form, for more than four octets, and where they are cut off.
    """
    count = first & 0x7F
    if count == 0:
        raise MalformedError("indefinite_length")
    if count > 4:
        raise MalformedError("long_length", octets=count)
    if at + count > len(data):
        raise MalformedError("cut_length")
    return int.from_bytes(data[at : at + count], "big"), at + count


def read_element(data: bytes, at: int, end: int, tag: int, what: str) -> tuple[int, int]:
    """Return where the content of the element at `at` begins and ends; it must have this tag and lie before `end`.

    what: its name, for the reason. Raises MalformedError.
    """
    if at + 2 > end:
        raise MalformedError("element_missing", what=what)
    if data[at] != tag:
        raise MalformedError("element_type", what=what, found=f"0x{data[at]:02x}", wanted=f"0x{tag:02x}")
    length = data[at + 1]
    start = at + 2
    if length & 0x80:
        length, start = long_length(data, start, length)
    stop = start + length
    if stop > end:
        raise MalformedError("element_length", what=what, announced=length, there=max(end - start, 0))
    return start, stop


def read_integer(data: bytes, at: int, end: int, what: str) -> tuple[int, int]:
    """Return a signed 32-bit INTEGER and where it ends. Raises MalformedError."""
    if at + 2 < end and data[at] == INTEGER:
        size = data[at + 1]
        stop = at + 2 + size
        if 0 < size <= 4 and stop <= end:
            return int.from_bytes(data[at + 2 : stop], signed=True), stop
    start, stop = read_element(data, at, end, INTEGER, what)
    return _integer32(data[start:stop]), stop


_LEAST_OF_PYASN1 = b"\xff\x80\x00\x00\x00"
"""-2147483648 with an octet more than X.690 section 8.3.2 permits, as pyasn1 encodes it, which agents are built on."""


def _integer32(content: bytes) -> int:
    if 0 < len(content) <= 4 or content == _LEAST_OF_PYASN1:
        return int.from_bytes(content, "big", signed=True)
    raise MalformedError("wrong_size", what="INTEGER", octets=len(content))


def _unsigned32(content: bytes) -> int:
    """Return an Unsigned32 of one to five octets; four octets with the top bit set are taken as unsigned."""
    size = len(content)
    if 0 < size <= 4:
        if content[0] < 0x80 or size == 4:
            return int.from_bytes(content, "big")
        raise MalformedError("negative_unsigned")
    if size == 5 and content[0] == 0:
        return int.from_bytes(content, "big")
    raise MalformedError("unsigned_size", octets=size)


def _unsigned64(content: bytes) -> int:
    """Return a Counter64 of one to nine octets; eight octets with the top bit set are taken as unsigned."""
    size = len(content)
    if 0 < size <= 8:
        if content[0] < 0x80 or size == 8:
            return int.from_bytes(content, "big")
        raise MalformedError("negative_counter")
    if size == 9 and content[0] == 0:
        return int.from_bytes(content, "big")
    raise MalformedError("wrong_size", what="Counter64", octets=size)


def _octets(content: bytes) -> bytes:
    return content


def _ip_address(content: bytes) -> bytes:
    if len(content) != 4:
        raise MalformedError("wrong_size", what="IpAddress", octets=len(content))
    return content


def _nothing(content: bytes) -> None:
    if content:
        raise MalformedError("null_size", octets=len(content))


DECODERS: Mapping[int, Callable[[bytes], Value]] = {
    INTEGER: _integer32,
    OCTET_STRING: _octets,
    NULL: _nothing,
    OBJECT_IDENTIFIER: oid_of,
    IP_ADDRESS: _ip_address,
    COUNTER32: _unsigned32,
    GAUGE32: _unsigned32,
    TIME_TICKS: _unsigned32,
    OPAQUE: _octets,
    NSAP_ADDRESS: _octets,
    COUNTER64: _unsigned64,
    UINTEGER32: _unsigned32,
    NO_SUCH_OBJECT: _nothing,
    NO_SUCH_INSTANCE: _nothing,
    END_OF_MIB_VIEW: _nothing,
}
"""tag → content octets to value; each raises MalformedError."""

WIDTHS: Mapping[int, int] = {INTEGER: 4, COUNTER32: 4, GAUGE32: 4, TIME_TICKS: 4, UINTEGER32: 4, COUNTER64: 8}
"""tag of a number → octets of its type. Content of 1 to so many octets that begins below 0x80 is the number as it stands, whatever
the type: hot loops read it without a call, and leave the rest to DECODERS."""
