"""The aligned variant of the packed encoding rules, as much of it as RAS needs (ITU-T X.691): values to bits and back."""

from __future__ import annotations

from monitor.wire.fault import MalformedError

_MOST_LENGTH = 16_383
"""Longer ones come in fragments (X.691 section 11.9.3.8), which nothing here needs."""


class PerWriter:
    def __init__(self) -> None:
        self._value = 0
        self._length = 0

    def bits(self, value: int, count: int) -> None:
        """Write `count` bits, the most significant first."""
        self._value = self._value << count | value
        self._length += count

    def align(self) -> None:
        self.bits(0, -self._length % 8)

    def octets(self, data: bytes) -> None:
        self.align()
        self.bits(int.from_bytes(data, "big"), 8 * len(data))

    def length(self, number: int) -> None:
        """Write a length without bounds (X.691 section 11.9.3.6); raises ValueError above 16383."""
        if number > _MOST_LENGTH:
            raise ValueError(f"a length of {number} needs fragments")
        self.octets(bytes((number,)) if number < 0x80 else (0x8000 | number).to_bytes(2, "big"))

    def encoded(self) -> bytes:
        """Return all of it, padded to whole octets; at least one (X.691 section 11.1.3)."""
        padded = -self._length % 8
        return (self._value << padded).to_bytes(max((self._length + padded) // 8, 1), "big")


class PerReader:
    """Reads bits from octets; each method raises MalformedError where there are too few of them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def bits(self, count: int) -> int:
        end = self._at + count
        if end > 8 * len(self._data):
            raise MalformedError("cut_value", octets=len(self._data))
        octets = self._data[self._at // 8 : (end + 7) // 8]
        value = int.from_bytes(octets, "big") >> -end % 8 & (1 << count) - 1
        self._at = end
        return value

    def align(self) -> None:
        self._at += -self._at % 8

    def octets(self, count: int) -> bytes:
        self.align()
        begin = self._at // 8
        self._at += 8 * count
        if self._at > 8 * len(self._data):
            raise MalformedError("cut_value", octets=len(self._data))
        return self._data[begin : begin + count]

    def length(self) -> int:
        """Return a length without bounds (X.691 section 11.9.3.6). Raises MalformedError for fragments, too."""
        first = self.octets(1)[0]
        if first < 0x80:
            return first
        if first & 0x40:
            raise MalformedError("fragmented_value")
        return (first & 0x3F) << 8 | self.octets(1)[0]

    def small(self) -> int:
        """Return a number that is usually small (X.691 section 11.6): an extension's index."""
        return int.from_bytes(self.octets(self.length()), "big") if self.bits(1) else self.bits(6)
