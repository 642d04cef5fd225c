"""Tables on a terminal or in a pipe: aligned by what a reader sees, no wider than the terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_GAP = "  "


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column's heading; numbers stand to the right."""

    heading: str
    is_number: bool = False


def table(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Return the rows under their headings. width: at most so many columns, by shortening the last cell; None: the terminal's.

    In a pipe nothing is shortened, so that grep and awk see everything.
    """
    width = printed_width() if width is None else width
    lines, widths = _measured(columns, rows)
    return "\n".join(_line(line, columns, widths, width) for line in lines)


def folded_table(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Return the rows under their headings, with nothing left out: a last cell that has no room goes on below, indented.

    It begins in its own column where that leaves ROOM columns, else on a line below. In a pipe each row is one line.
    """
    width = printed_width() if width is None else width
    lines, widths = _measured(columns, rows)
    return "\n".join(_folded(line, columns, widths[:-1], width) for line in lines)


def _measured(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> tuple[list[Sequence[str]], list[int]]:
    """Return headings and rows, and how wide each column is."""
    lines = [[column.heading for column in columns], *rows]
    return lines, [max(seen_width(line[place]) for line in lines) for place in range(len(columns))]


ROOM = 34
_BELOW = 7


def _folded(cells: Sequence[str], columns: Sequence[TableColumn], widths: Sequence[int], width: int) -> str:
    padded = [_pad(cell, wide, column.is_number) for cell, column, wide in zip(cells, columns, [*widths, 0], strict=True)]
    whole = _GAP.join(padded).rstrip()
    if seen_width(whole) <= width:
        return whole
    indent = sum(wide + len(_GAP) for wide in widths)
    begin = indent if width - indent >= ROOM else _BELOW
    rest = textwrap.wrap(cells[-1], max(width - begin, ROOM // 2), break_long_words=False, break_on_hyphens=False)
    first = _GAP.join(padded[:-1])
    head = [f"{first}{_GAP}{rest.pop(0)}"] if begin == indent else [first.rstrip()]
    return "\n".join([*head, *(" " * begin + line for line in rest)])


def _line(cells: Sequence[str], columns: Sequence[TableColumn], widths: Sequence[int], width: int) -> str:
    padded = (_pad(cell, wide, column.is_number) for cell, column, wide in zip(cells, columns, widths, strict=True))
    return fitted(_GAP.join(padded).rstrip(), width)


def _pad(cell: str, wide: int, is_number: bool) -> str:
    space = " " * (wide - seen_width(cell))
    return space + cell if is_number else cell + space


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of at most so many columns."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) if width < sys.maxsize else [text]


def printed_width() -> int:
    """Return how many columns a line may take: the terminal's, in a pipe any number."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


def fitted(line: str, width: int) -> str:
    """Return a line that takes at most so many columns; one that is shortened ends in an ellipsis."""
    if seen_width(line) <= width:
        return line
    kept = ""
    for letter in line:
        if seen_width(kept + letter) >= width:
            break
        kept += letter
    return f"{kept}…"


def seen_width(text: str) -> int:
    """Return how many terminal columns a text takes: combining marks take none, wide letters two."""
    return sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
