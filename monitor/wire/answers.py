"""Answers in the shape that was asked for, read by position: the fast path beside snmp.decode, which stays the judge.

The answer to a GET repeats what the question knows already: version, community and every name. So nothing of that is decoded: its
octets are compared, and only values are read. An agent that is asked the same thing at every poll also sends them in the same
lengths nearly every time; then one struct takes the whole message apart (Steady).

Nothing here refuses anything: whatever is not exactly the plain answer (an error-status, another name or community, a long
length, a negative counter) is None, and snmp.decode says what it is. What is read here, snmp.decode reads the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from operator import lt, sub
from struct import Struct
from typing import NamedTuple

from monitor.wire.ber import (
    COUNTER64,
    DECODERS,
    EXCEPTIONS,
    INTEGER,
    IP_ADDRESS,
    NSAP_ADDRESS,
    NULL,
    OCTET_STRING,
    OPAQUE,
    SEQUENCE,
    WIDTHS,
    Value,
)
from monitor.wire.fault import MalformedError
from monitor.wire.snmp import RESPONSE, Request

_FOUR_OCTETS = b"\x02\x04"
"""How a request-id begins (snmp.MIN_REQUEST_ID)."""
_NO_ERROR = b"\x02\x01\x00\x02\x01\x00"
"""error-status and error-index of an answer that has its values."""
_OCTETS = frozenset((OCTET_STRING, OPAQUE, NSAP_ADDRESS, IP_ADDRESS))
_LAID_OUT = WIDTHS.keys() | _OCTETS | EXCEPTIONS | {NULL}
_KEPT = 4
"""Layouts that are kept of one agent's answers: a value that grows and shrinks by an octet needs two."""


class Answered(NamedTuple):
    """An answer without an error. tags, values: of the objects asked for, in their order (ber.TYPE_NAMES, ber.Value)."""

    request_id: int
    tags: tuple[int, ...]
    values: tuple[Value, ...]


def read_answer(data: bytes, request: Request) -> Answered | None:
    """Return the values of a plain answer to a request, None where snmp.decode must say what these octets are. Never raises.

    request_id is whatever the answer says; whether it is one that was sent is for the caller to see.
    """
    try:
        body = _body(data, request)
        bounds = body and _content(data, body + 12, SEQUENCE)
        return _values(data, body, bounds, request.names) if bounds else None
    except (IndexError, KeyError, MalformedError):
        return None


def _body(data: bytes, request: Request) -> int:
    """Return where the PDU of a plain answer has its request-id, 0 where it is none. Raises IndexError where it is cut off."""
    at = _content(data, 0, SEQUENCE)
    front = at + len(request.opening)
    if not at or data[at:front] != request.opening:
        return 0
    at = _content(data, front, RESPONSE)
    return at if at and data[at : at + 2] == _FOUR_OCTETS and data[at + 6 : at + 12] == _NO_ERROR else 0


def _content(data: bytes, at: int, tag: int) -> int:
    """Return where the content of the element at `at` begins, 0 unless it has this tag and ends where the data ends."""
    length = data[at + 1]
    start = at + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[at + 2 : start]) if 0x81 <= length <= 0x84 else -1
    return start if data[at] == tag and start + length == len(data) else 0


def _values(data: bytes, body: int, at: int, names: tuple[bytes, ...]) -> Answered | None:
    """Return what the VarBinds from `at` to the end say, None where they are not these. body: where the request-id stands.

    The hot loop, written out. Raises what an element that is none raises; a slice that runs over the end shows at the end.
    """
    tags: list[int] = []
    values: list[Value] = []
    number = int.from_bytes
    for name in names:
        value_at = at + 2 + len(name)
        if data[at + 2 : value_at] != name:
            return None
        tag = data[value_at]
        size = data[value_at + 1]
        start = value_at + 2
        stop = start + size
        whole = stop - at - 2
        if data[at] != SEQUENCE or data[at + 1] != whole or whole & 0x80:
            return None
        if tag == OCTET_STRING:
            values.append(data[start:stop])
        elif 0 < size <= WIDTHS.get(tag, 0) and data[start] < 0x80:
            values.append(number(data[start:stop]))
        else:
            values.append(DECODERS[tag](data[start:stop]))
        tags.append(tag)
        at = stop
    return Answered(number(data[body + 2 : body + 6], signed=True), tuple(tags), tuple(values)) if at == len(data) else None


class Steady:
    """Reads one agent's answers to one question, poll after poll, by the layouts of those it read before."""

    __slots__ = ("_layouts", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self._layouts: dict[int, _Layout] = {}

    def read(self, data: bytes) -> Answered | None:
        """Return the same as read_answer(data, request), sooner where an answer of this layout came before. Never raises."""
        layout = self._layouts.get(len(data))
        answered = None if layout is None else layout.read(data)
        if answered is None:
            answered = read_answer(data, self.request)
            if answered is not None:
                self._learn(data, answered)
        return answered

    def _learn(self, data: bytes, answered: Answered) -> None:
        """Keep the layout of a plain answer, unless it has no values or such as a struct does not read: names, negative numbers."""
        has_negative = any(isinstance(value, int) and value < 0 for value in answered.values)
        if has_negative or not answered.tags or not _LAID_OUT.issuperset(answered.tags):
            return
        body = _body(data, self.request)
        spans = []
        stop = _content(data, body + 12, SEQUENCE)
        for name in self.request.names:
            start = stop + 2 + len(name) + 2
            stop = start + data[start - 1]
            spans.append((start, stop))
        while len(self._layouts) >= _KEPT:
            del self._layouts[next(iter(self._layouts))]
        self._layouts[len(data)] = _learnt(data, body, answered.tags, spans)


@dataclass(frozen=True, slots=True)
class _Layout:
    """One way in which an answer is laid out.

    form: takes a message's constant octets and its request-id and values in turn. constants: what the former must be.
    rules: for each value what to take off and what must be below, or whether it is left as it is (see _rule).
    bases, limits: the rules of an answer that is all numbers, which are checked without a loop of ours; None for any other.
    """

    form: Struct
    constants: tuple[bytes, ...]
    tags: tuple[int, ...]
    rules: tuple[tuple[int, int | None], ...]
    bases: tuple[int, ...] | None
    limits: tuple[int, ...] = ()

    def read(self, data: bytes) -> Answered | None:
        """Return the values of an answer that is as long as this layout, None where it is not laid out so."""
        fields = self.form.unpack(data)
        if fields[0::2] != self.constants:
            return None
        if self.bases is not None:
            numbers = tuple(map(sub, fields[3::2], self.bases))
            return Answered(fields[1], self.tags, numbers) if min(numbers) >= 0 and all(map(lt, numbers, self.limits)) else None
        values: list[Value] = []
        for value, (base, limit) in zip(fields[3::2], self.rules, strict=True):
            if limit:
                number = value - base
                if not 0 <= number < limit:
                    return None
                values.append(number)
            else:
                values.append(value if limit is None else None)
        return Answered(fields[1], self.tags, tuple(values))


def _learnt(data: bytes, body: int, tags: tuple[int, ...], spans: list[tuple[int, int]]) -> _Layout:
    """Return the layout of a plain answer. body: where its request-id stands. spans: where each value's content begins and ends.

    A number of an odd size is taken together with the octets before it, in four or eight: less what these are worth it is the
    number, and it is out of its range just where they have changed.
    """
    form = [f">{body + 2}si"]
    constants = [_shared(data[: body + 2])]
    rules = []
    at = body + 6
    for tag, (start, stop) in zip(tags, spans, strict=True):
        size = stop - start
        width = size if tag not in WIDTHS else 4 if size <= 4 or (tag != COUNTER64 and size == 5) else 8
        begin = stop - width
        form.append(f"{begin - at}s" + (_CODES[width] if tag in WIDTHS else f"{size}s"))
        constants.append(_shared(data[at:begin]))
        rules.append(_rule(tag, size, data[begin:start]))
        at = stop
    return _layout("".join(form), tuple(constants), tags, tuple(rules))


_CODES = {4: "I", 8: "Q"}


@lru_cache(maxsize=8192)
def _shared(octets: bytes) -> bytes:
    """Return these octets, the same object for all layouts: what stands between the values is alike in most."""
    return octets


@lru_cache(maxsize=8192)
def _rule(tag: int, size: int, before: bytes) -> tuple[int, int | None]:
    """Return base and limit of a number, (0, None) for octets as they are, (0, 0) for what has no value.

    size: octets of the number. before: those that are taken with it. A number whose top bit is set is left to read_answer,
    unless it is unsigned and fills its type, of which ber.py says why.
    """
    if tag not in WIDTHS:
        return 0, None if tag in _OCTETS else 0
    fills = tag != INTEGER and size >= WIDTHS[tag]
    return int.from_bytes(before + bytes(size)) if before else 0, 1 << (8 * size if fills else 8 * size - 1)


@lru_cache(maxsize=8192)
def _layout(form: str, constants: tuple[bytes, ...], tags: tuple[int, ...], rules: tuple[tuple[int, int | None], ...]) -> _Layout:
    """Return a layout; agents of one kind that are asked the same often share it."""
    limits = tuple([limit for _, limit in rules if limit])
    bases = tuple([base for base, _ in rules]) if len(limits) == len(rules) else None
    return _Layout(Struct(form), constants, tags, rules, bases, limits)
