"""How agents that misbehave spoil their answers: too much, too deep, in circles, without end."""

from __future__ import annotations

from monitor.lab.mib import IF_ENTRY, IF_X_ENTRY, Mib, ObjectInstance
from monitor.wire.ber import OCTET_STRING, SEQUENCE, encode_integer, encode_length, encode_tlv
from monitor.wire.oid import Oid
from monitor.wire.snmp import RESPONSE, Message, decode, encode_answer, encode_varbind

LARGEST_OCTETS = 60_000
"""What fits an IP packet (RFC 791: 65,535) with room for its headers."""
DEEPEST = 12_000
FASTEST_PER_S = 20_000
_FILLER = encode_varbind((1, 3, 6, 1, 4, 1, 8072, 9999), OCTET_STRING, bytes(200))


def oversized(answer: bytes, octets: int) -> bytes:
    """Return an answer that is sound, but filled up to so many octets with values that nobody asked for."""
    message = decode(answer)
    own = [encode_varbind(*bound) for bound in message.varbinds]
    fillers = max(0, octets - len(answer)) // len(_FILLER)
    return encode_answer(message, [*own, *[_FILLER] * fillers], error_status=message.error_status, error_index=message.error_index)


def nested(request: Message, depth: int) -> bytes:
    """Return an answer whose variable-bindings are a sequence in a sequence, so many times."""
    heads: list[bytes] = []
    length = 0
    for _ in range(depth):
        heads.append(bytes((SEQUENCE,)) + encode_length(length))
        length += len(heads[-1])
    inside = b"".join(reversed(heads))
    body = encode_integer(request.request_id) + encode_integer(0) + encode_integer(0) + inside
    front = encode_integer(request.version) + encode_tlv(OCTET_STRING, request.community)
    return encode_tlv(SEQUENCE, front + encode_tlv(RESPONSE, body))


def endless(mib: Mib, oid: Oid, entry: ObjectInstance | None) -> ObjectInstance | None:
    """Return what follows a name where the interface tables have always one row more. entry: what truly follows it."""
    first = _first_row(mib, oid, entry)
    return entry if first is None else ObjectInstance((*first.oid[:-1], oid[-1] + 1), first.tag, first.read)


def looping(mib: Mib, oid: Oid, entry: ObjectInstance | None) -> ObjectInstance | None:
    """Return what follows a name where the last row of the interface tables leads back to the first. entry: what truly follows."""
    return _first_row(mib, oid, entry) or entry


def _first_row(mib: Mib, oid: Oid, entry: ObjectInstance | None) -> ObjectInstance | None:
    """Return the first row of the column whose last row a name is or is behind; None for any other name."""
    for table in (IF_ENTRY, IF_X_ENTRY):
        column = oid[: len(table) + 1]
        if oid[: len(table)] == table and len(oid) == len(table) + 2 and (entry is None or entry.oid[: len(column)] != column):
            first = mib.after(column)
            return first if first is not None and first.oid[: len(column)] == column else None
    return None
