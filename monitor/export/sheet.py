"""Rows of numbers become text column by column: a family's lines of all targets are written by one formatting.

A line that is formatted by itself takes 200 to 500 ns, whatever is prepared of it. Where the lines of a whole column stand ready as
one template of bytes, an integer takes 40 and a float 200; and a column in which no number changed is not written at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, compress
from typing import Any

Row = tuple[Any, ...]
"""One value a column: what its lines are filled with (a tuple of numbers in a wide column), None where there is nothing to say."""
Shape = tuple[bytes, ...]
"""One template a column: a row's lines of one family, with a conversion (%d, %.15g, %b) for each number."""


class Sheet:
    """Writes rows that have the same columns. wide: for each column, whether a row has a tuple of numbers in it."""

    def __init__(self, wide: Sequence[bool]) -> None:
        self._columns = [_Column(is_wide=is_wide) for is_wide in wide]
        self._shapes: list[Shape] = []
        self._lines: list[tuple[bytes, ...]] = [()] * len(wide)
        self._rows: Sequence[Row] = ()
        self._texts = [b""] * len(wide)

    def write(self, shapes: list[Shape], rows: Sequence[Row]) -> list[bytes]:
        """Return the text of each column. shapes, rows: one each a row; a shape stays the same object while its lines do."""
        has_moved = shapes != self._shapes
        if not has_moved and rows == self._rows:
            return self._texts
        if has_moved:
            self._shapes = shapes
            self._lines = list(zip(*shapes, strict=True)) or [()] * len(self._columns)
        columns = zip(*rows, strict=True) if rows else [()] * len(self._columns)
        told = zip(self._columns, self._lines, columns, strict=True)
        self._rows, self._texts = rows, [column.write(lines, values) for column, lines, values in told]
        return self._texts


class _Column:
    """The lines of one family of all rows, and what was written of them last."""

    __slots__ = ("_is_wide", "_lines", "_shown", "_template", "_text", "_values")

    def __init__(self, *, is_wide: bool) -> None:
        self._is_wide = is_wide
        self._lines: tuple[bytes, ...] = ()
        self._shown: list[bool] | None = None
        self._template = b""
        self._values: tuple[Any, ...] = ()
        self._text = b""

    def write(self, lines: tuple[bytes, ...], values: tuple[Any, ...]) -> bytes:
        """Return the text of the rows that have something to say."""
        has_moved = lines is not self._lines
        if not has_moved and values == self._values:
            return self._text
        shown = [value is not None for value in values] if None in values else None
        if has_moved or shown != self._shown:
            self._lines, self._shown = lines, shown
            self._template = b"".join(lines if shown is None else compress(lines, shown))
        self._values = values
        told = values if shown is None else tuple(compress(values, shown))
        self._text = self._template % (tuple(chain.from_iterable(told)) if self._is_wide else told)
        return self._text
