"""SNMPv1 and SNMPv2c messages (RFC 1157, RFC 1901, RFC 3416), both ways: what a manager sends and what an agent answers.

Written for speed where packets are many: a request is a template into which only the request-id is patched, identifiers are
decoded once and remembered, and the list of values is read by one loop without a call per element.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from monitor.wire.ber import (
    DECODERS,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    WIDTHS,
    Value,
    encode_integer,
    encode_length,
    encode_tlv,
    encode_value,
    read_element,
    read_integer,
)
from monitor.wire.fault import MalformedError
from monitor.wire.oid import USUAL_OCTETS, Oid, oid_content, oid_of, usual_oid

V1 = 0
V2C = 1

GET = 0xA0
GET_NEXT = 0xA1
RESPONSE = 0xA2
SET = 0xA3
TRAP_V1 = 0xA4
GET_BULK = 0xA5
INFORM = 0xA6
TRAP_V2 = 0xA7
REPORT = 0xA8

_PDU_TYPES = frozenset((GET, GET_NEXT, RESPONSE, SET, GET_BULK, INFORM, TRAP_V2, REPORT))

MIN_REQUEST_ID = 2**23
"""From here to 2**31 - 1 the shortest encoding of a request-id takes four octets, so that it can be patched into a template."""
MAX_REQUEST_ID = 2**31 - 1


class ErrorStatus(IntEnum):
    """error-status of a response: those that are acted upon, or that the lab's agents answer with."""

    NO_ERROR = 0
    TOO_BIG = 1
    NO_SUCH_NAME = 2
    GEN_ERR = 5
    NOT_WRITABLE = 17


_STATUS_NAMES = (
    *("noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength", "wrongEncoding"),
    *("wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed", "undoFailed", "authorizationError"),
    *("notWritable", "inconsistentName"),
)
"""All of them by number (RFC 3416 section 3); v1 knows the first six."""


def status_name(status: int) -> str:
    """Return an error-status as the RFC writes it, such as 'tooBig'; 'error-status 99' where it is none of them."""
    return _STATUS_NAMES[status] if 0 <= status < len(_STATUS_NAMES) else f"error-status {status}"


VarBind = tuple[Oid, int, Value]
"""(name, tag of the value's type, value): a plain tuple, since thousands are made a second."""


class Message(NamedTuple):
    """One SNMPv1 or v2c message with any PDU but the v1 trap.

    version: V1 or V2C. pdu: GET … REPORT. error_status and error_index are non-repeaters and max-repetitions in a GET_BULK.
    """

    version: int
    community: bytes
    pdu: int
    request_id: int
    error_status: int
    error_index: int
    varbinds: tuple[VarBind, ...]


class Request(NamedTuple):
    """A request that is encoded but for its request-id; made once, sent many times.

    opening: version and community, encoded; names: the objects' names, encoded (tag, length, content). An answer repeats both.
    """

    head: bytes
    tail: bytes
    opening: bytes
    names: tuple[bytes, ...]

    def encode(self, request_id: int) -> bytes:
        """Return the message; request_id lies in MIN_REQUEST_ID..MAX_REQUEST_ID."""
        return self.head + request_id.to_bytes(4, "big") + self.tail


def prepare(version: int, community: bytes, pdu: int, oids: Iterable[Oid], *, first: int = 0, second: int = 0) -> Request:
    """Return a request for these objects. first, second: non-repeaters and max-repetitions where pdu is GET_BULK, else 0."""
    names = tuple(encode_value(OBJECT_IDENTIFIER, oid) for oid in oids)
    bounds = b"".join(encode_tlv(SEQUENCE, name + b"\x05\x00") for name in names)
    tail = encode_integer(first) + encode_integer(second) + encode_tlv(SEQUENCE, bounds)
    opening = encode_integer(version) + encode_tlv(OCTET_STRING, community)
    front = opening + bytes((pdu,)) + encode_length(6 + len(tail)) + b"\x02\x04"
    return Request(b"\x30" + encode_length(len(front) + 4 + len(tail)) + front, tail, opening, names)


def encode_varbind(oid: Oid, tag: int, value: Value) -> bytes:
    """Return one VarBind. Raises ValueError where the value is not of that type."""
    return encode_tlv(SEQUENCE, encode_tlv(OBJECT_IDENTIFIER, oid_content(oid)) + encode_value(tag, value))


def encode(message: Message) -> bytes:
    """Return the octets of a message. Raises ValueError where a value is not of its type."""
    return _encode(message, (encode_varbind(*bound) for bound in message.varbinds))


def encode_answer(
    request: Message, varbinds: Iterable[bytes], *, error_status: int = 0, error_index: int = 0, pdu: int = RESPONSE
) -> bytes:
    """Return the response to a request, from VarBinds that are encoded already (encode_varbind): the cheap way for an agent."""
    return _encode(request._replace(pdu=pdu, error_status=error_status, error_index=error_index), varbinds)


def _encode(message: Message, varbinds: Iterable[bytes]) -> bytes:
    body = (
        encode_integer(message.request_id)
        + encode_integer(message.error_status)
        + encode_integer(message.error_index)
        + encode_tlv(SEQUENCE, b"".join(varbinds))
    )
    front = encode_integer(message.version) + encode_tlv(OCTET_STRING, message.community)
    return encode_tlv(SEQUENCE, front + encode_tlv(message.pdu, body))


def decode(data: bytes) -> Message:
    """Return the message that fills these octets exactly. Raises MalformedError with the reason, and nothing else.

    An error-index below 0, which RFC 3416 has not, is read as it is: it names no object, and the rest of the answer tells.
    """
    version, community, at, end = _envelope(data)
    pdu = data[at] if at < end else -1
    if pdu not in _PDU_TYPES:
        raise MalformedError("trap_v1") if pdu == TRAP_V1 else MalformedError("unknown_pdu", pdu=f"0x{pdu & 0xFF:02x}")
    at, stop = read_element(data, at, end, pdu, "PDU")
    if stop != end:
        raise MalformedError("octets_after", what="PDU", octets=end - stop)
    request_id, at = read_integer(data, at, end, "request-id")
    first, at = read_integer(data, at, end, "error-status")
    second, at = read_integer(data, at, end, "error-index")
    return Message(version, community, pdu, request_id, first, second, _varbinds(data, at, end))


def _envelope(data: bytes) -> tuple[int, bytes, int, int]:
    """Return version, community, and where the PDU begins and the message ends."""
    at, end = read_element(data, 0, len(data), SEQUENCE, "message")
    if end != len(data):
        raise MalformedError("octets_after", what="message", octets=len(data) - end)
    version, at = read_integer(data, at, end, "version")
    if version not in (V1, V2C):
        raise MalformedError("neither_version", version=version)
    start, at = read_element(data, at, end, OCTET_STRING, "community")
    return version, data[start:at], at, end


def _varbinds(data: bytes, at: int, end: int) -> tuple[VarBind, ...]:
    """Return the VarBindList at `at`, which must reach to `end`.

    The hot loop: a VarBind of usual lengths is read without a call, anything else by _varbind. Where the lengths of
    name and value make up the VarBind's, which is below 128, they are below it too.
    """
    at, stop = read_element(data, at, end, SEQUENCE, "variable-bindings")
    if stop != end:
        raise MalformedError("octets_after", what="variable-bindings", octets=end - stop)
    varbinds: list[VarBind] = []
    number = int.from_bytes
    while at < end:
        try:
            length = data[at + 1]
            name_size = data[at + 3]
            value_at = at + 4 + name_size
            tag = data[value_at]
            size = data[value_at + 1]
            start = value_at + 2
            stop = start + size
            is_plain = data[at] == SEQUENCE and data[at + 2] == OBJECT_IDENTIFIER and length == stop - at - 2 and length < 0x80
        except IndexError:
            is_plain = False
        if not is_plain or stop > end or name_size > USUAL_OCTETS:
            bound, at = _varbind(data, at, end, f"VarBind {len(varbinds) + 1}")
            varbinds.append(bound)
            continue
        oid = usual_oid(data[at + 4 : value_at])
        if tag == OCTET_STRING:
            varbinds.append((oid, tag, data[start:stop]))
        elif 0 < size <= WIDTHS.get(tag, 0) and data[start] < 0x80:
            varbinds.append((oid, tag, number(data[start:stop])))
        else:
            varbinds.append((oid, tag, _value(tag, data[start:stop], f"VarBind {len(varbinds) + 1}")))
        at = stop
    return tuple(varbinds)


def _varbind(data: bytes, at: int, end: int, what: str) -> tuple[VarBind, int]:
    """Return the VarBind at `at`, whatever the form of its lengths, and where it ends. what: which one, for the reason."""
    at, stop = read_element(data, at, end, SEQUENCE, what)
    start, value_at = read_element(data, at, stop, OBJECT_IDENTIFIER, f"{what}: name")
    if value_at == stop:
        raise MalformedError("valueless", what=what)
    tag = data[value_at]
    at, value_end = read_element(data, value_at, stop, tag, f"{what}: value")
    if value_end != stop:
        raise MalformedError("octets_after_value", what=what, octets=stop - value_end)
    return (oid_of(data[start:value_at]), tag, _value(tag, data[at:stop], what)), stop


def _value(tag: int, content: bytes, what: str) -> Value:
    """Return a value of any type. Raises MalformedError where there is no such type or the content is none of it."""
    if (read := DECODERS.get(tag)) is None:
        raise MalformedError("unknown_type", what=what, type=f"0x{tag:02x}")
    return read(content)
