"""Rows of numbers become text column by column: a family's lines of all targets are written by one formatting.

A line that is formatted by itself takes 200 to 500 ns, whatever is prepared of it. Where the lines of a whole column are joined to
one template of bytes, an integer takes 60 and a float 220; and a column in which no number changed is not written at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, compress
from typing import Any

Row = tuple[Any, ...]
"""One value a column: what its lines are filled with (a tuple of numbers in a wide column), None where there is nothing to say."""
Shape = tuple[bytes, ...]
"""One template a column: a row's lines of one family, with a conversion (%d, %.15g, %b) for each number."""


class Exposition:
    """Writes rows that have the same columns. wide: for each column, whether a row has a tuple of numbers in it."""

    def __init__(self, wide: Sequence[bool]) -> None:
        self._columns = [_FamilyColumn(is_wide=is_wide) for is_wide in wide]
        self._shapes: list[Shape] = []
        self._lines: list[tuple[bytes, ...]] = [()] * len(wide)

    def write(self, shapes: list[Shape], rows: Sequence[Row]) -> list[bytes]:
        """Return the text of each column. shapes, rows: one each a row; a shape stays the same object while its lines do."""
        if shapes != self._shapes:
            self._shapes = shapes
            self._lines = list(zip(*shapes, strict=True)) or [()] * len(self._columns)
        columns = zip(*rows, strict=True) if rows else [()] * len(self._columns)
        return [column.write(lines, values) for column, lines, values in zip(self._columns, self._lines, columns, strict=True)]


class _FamilyColumn:
    """The lines of one family of all rows, and what was written of them last; its text is kept once it was asked for again."""

    __slots__ = ("_is_wide", "_lines", "_text", "_values")

    def __init__(self, *, is_wide: bool) -> None:
        self._is_wide = is_wide
        self._lines: tuple[bytes, ...] = ()
        self._values: tuple[Any, ...] = ()
        self._text: bytes | None = None

    def write(self, lines: tuple[bytes, ...], values: tuple[Any, ...]) -> bytes:
        if lines is self._lines and values == self._values:
            if self._text is None:
                self._text = self._written(lines, values)
            return self._text
        self._lines, self._values, self._text = lines, values, None
        return self._written(lines, values)

    def _written(self, lines: tuple[bytes, ...], values: tuple[Any, ...]) -> bytes:
        if None in values:
            shown = [value is not None for value in values]
            lines, values = tuple(compress(lines, shown)), tuple(compress(values, shown))
        return b"".join(lines) % (tuple(chain.from_iterable(values)) if self._is_wide else values)
