"""Object identifiers: dotted text, tuples of sub-identifiers, and the BER content octets (X.690 8.19), both ways and cached."""

from __future__ import annotations

from functools import lru_cache

from monitor.wire.fault import CodedError, MalformedError

Oid = tuple[int, ...]

MAX_SUB_IDENTIFIERS = 128
"""RFC 2578 section 3.5: at most 128 sub-identifiers, each at most 2**32 - 1."""
MAX_SUB_IDENTIFIER = 0xFFFFFFFF

_CACHED = 32_768
"""A province asks for the same few thousand objects again and again; 32,768 usual ones are about 5 MB."""
USUAL_OCTETS = 32
"""Longer names are not remembered: an agent that sends ever new ones of 128 sub-identifiers would make 250 MB of the memory."""
_USUAL_SUBS = 24


class InvalidOidError(CodedError):
    """What is no object identifier; words/faults tells why."""


@lru_cache(maxsize=_CACHED)
def parse_oid(text: str) -> Oid:
    """Return the tuple of a dotted identifier such as '1.3.6.1.2.1.1.3.0'; a leading dot is allowed.

    Raises InvalidOidError with the reason where the text is none.
    """
    parts = text.strip().removeprefix(".").split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidOidError("oid_form", text=repr(text))
    oid = tuple(int(part) for part in parts)
    ensure_valid(oid)
    return oid


def format_oid(oid: Oid) -> str:
    return ".".join(map(str, oid))


def ensure_valid(oid: Oid) -> None:
    """Raise InvalidOidError with the reason where a tuple can't be an object identifier."""
    if len(oid) < 2:
        raise InvalidOidError("oid_short", text=repr(format_oid(oid)))
    if len(oid) > MAX_SUB_IDENTIFIERS:
        raise InvalidOidError("oid_long", count=len(oid), most=MAX_SUB_IDENTIFIERS)
    if oid[0] > 2 or (oid[0] < 2 and oid[1] > 39):
        raise InvalidOidError("oid_root", text=format_oid(oid))
    if min(oid) < 0 or max(oid) > MAX_SUB_IDENTIFIER:
        raise InvalidOidError("oid_range", text=format_oid(oid))


def oid_content(oid: Oid) -> bytes:
    """Return the content octets of an identifier, without tag and length. Raises ValueError where the tuple is none."""
    return _usual_content(oid) if len(oid) <= _USUAL_SUBS else _content(oid)


def _content(oid: Oid) -> bytes:
    ensure_valid(oid)
    content = bytearray()
    for sub in (oid[0] * 40 + oid[1], *oid[2:]):
        groups = [sub & 0x7F]
        while sub := sub >> 7:
            groups.append(0x80 | (sub & 0x7F))
        content += bytes(reversed(groups))
    return bytes(content)


_usual_content = lru_cache(maxsize=_CACHED)(_content)


def oid_of(content: bytes) -> Oid:
    """Return the identifier of content octets.

    No octets at all are read as 0.0, which older agents send for zeroDotZero and net-snmp accepts too. Raises MalformedError
    for padding (a sub-identifier that begins with 0x80), a cut last sub-identifier, one above 2**32 - 1, and more than 128.
    """
    return usual_oid(content) if len(content) <= USUAL_OCTETS else _read(content)


def _read(content: bytes) -> Oid:
    if not content:
        return (0, 0)
    subs: list[int] = []
    sub = 0
    for octet in content:
        if sub == 0 and octet == 0x80:
            raise MalformedError("padded_sub")
        sub = (sub << 7) | (octet & 0x7F)
        if sub > MAX_SUB_IDENTIFIER + 80:
            raise MalformedError("large_sub", most=MAX_SUB_IDENTIFIER)
        if octet < 0x80:
            subs.append(sub)
            sub = 0
    if content[-1] & 0x80:
        raise MalformedError("cut_sub")
    return _split_first(subs)


usual_oid = lru_cache(maxsize=_CACHED)(_read)
"""oid_of for content of at most USUAL_OCTETS, without the call that sees to it."""


def _split_first(subs: list[int]) -> Oid:
    """Return the identifier whose first two arcs are packed in subs[0] (X.690 8.19.4)."""
    first = subs[0]
    arcs = (0, first) if first < 40 else (1, first - 40) if first < 80 else (2, first - 80)
    if len(subs) >= MAX_SUB_IDENTIFIERS:
        raise MalformedError("many_subs", most=MAX_SUB_IDENTIFIERS)
    if max(subs[1:], default=0) > MAX_SUB_IDENTIFIER:
        raise MalformedError("large_sub", most=MAX_SUB_IDENTIFIER)
    return (*arcs, *subs[1:])
