"""Workbooks (Office Open XML): the one place that writes them, so that a text is a text in every sheet, whatever it begins with.

A cell's type says what it is: a text that looks like a formula, a number or an error is written as the text that it is, and a
spreadsheet shows it to the letter and computes nothing. No apostrophe is put before it: in a file it would be a letter of the text.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import count
from math import isfinite

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | datetime | None
"""What a cell holds. A datetime is local, without a zone."""

AS_TEXT = "@"
TIME = "dd/mm/yyyy hh:mm"
DURATION = "[h]:mm:ss"
"""Durations are written in days: duration()."""
WHOLE = "0"
WIDEST = 60
_TITLE, _HEADING = Font(bold=True, size=16), Font(bold=True)
_HEAD, _MARKED = PatternFill("solid", start_color="FFE4E9EE"), PatternFill("solid", start_color="FFFBEEEC")
_TOP = Alignment(vertical="top", wrap_text=True)
_TIME_WIDTH = 17
_LONGEST_NAME = 31
"""Excel's limit for the name of a sheet."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")
"""What such a name may not have."""
_RESERVED = frozenset({"history"})
"""Names that Excel keeps to itself."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Letters that XML has no place for."""
_TRIGGERS = ("=", "+", "-", "@", "\t", "\n", "'")
"""A cell that begins so is set to Text as well: typed anew by whoever edits it, it would be a formula or lose its apostrophe."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a table. form: how its numbers are shown, '' as they are. width: in letters, None for what its texts need."""

    heading: str
    form: str = ""
    width: float | None = None


class Sheet:
    """One sheet of a book. page: openpyxl's, for what is no value: comments, choices, the header of a table of its own."""

    def __init__(self, page: Worksheet) -> None:
        self.page = page

    def put(self, row: int, column: int, value: Value, form: str = "") -> Cell | MergedCell:
        """Write a value and return its cell; row and column count from 1. NaN, infinity and '' leave it empty."""
        if value == "" or (isinstance(value, float) and not isfinite(value)):
            value = None
        cell = self.page.cell(row, column, _writable(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            cell.data_type = "s"
            form = form or (AS_TEXT if value.startswith(_TRIGGERS) else "")
        if form and value is not None:
            cell.number_format = form
        return cell

    def lines(self, title: str, lines: Sequence[str], *, width: float) -> None:
        """Write a title and lines below one another, for a sheet that is read and not counted. width: in letters."""
        self.put(1, 1, title).font = _TITLE
        for row, line in enumerate(lines, start=2):
            self.put(row, 1, line).alignment = _TOP
        self.page.column_dimensions["A"].width = width

    def table(self, columns: Sequence[SheetColumn], rows: Sequence[Sequence[Value]], *, marked: int = 0) -> None:
        """Write a table under its headings, which stay in sight. marked: so many rows at the top stand on a ground of their own."""
        for place, column in enumerate(columns, start=1):
            cell = self.put(1, place, column.heading)
            cell.font, cell.fill = _HEADING, _HEAD
        for number, row in enumerate(rows, start=2):
            for place, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
                cell = self.put(number, place, value, "" if isinstance(value, str) else column.form)
                cell.alignment = _TOP
                if number - 2 < marked:
                    cell.fill = _MARKED
        for place, column in enumerate(columns, start=1):
            self.page.column_dimensions[get_column_letter(place)].width = _width(column, [row[place - 1] for row in rows])
        self.page.freeze_panes = "A2"

    def print_across(self) -> None:
        """Let it be printed across A4, as wide as a page, the headings on each."""
        page = self.page
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.print_title_rows = "1:1"


class Book:
    """A workbook that is written sheet by sheet."""

    def __init__(self) -> None:
        self._book = Workbook()
        self._book.remove(self._book.worksheets[0])

    def sheet(self, title: str) -> Sheet:
        """Return a new sheet. title: what it is about, as many whole words of it as the name of a sheet takes.

        A name that is taken, in capitals or not, has a number behind it.
        """
        taken = {name.casefold() for name in self._book.sheetnames} | _RESERVED
        names = (_sheet_name(title, f" {number}" if number > 1 else "") for number in count(1))
        return Sheet(self._book.create_sheet(next(name for name in names if name.casefold() not in taken)))

    def octets(self) -> bytes:
        out = BytesIO()
        self._book.save(out)
        return out.getvalue()


def _sheet_name(title: str, suffix: str) -> str:
    name = " ".join(_FORBIDDEN.sub(" ", _writable(title)).split())
    short = textwrap.wrap(name, _LONGEST_NAME - len(suffix), max_lines=1, placeholder="")
    return ((short[0].rstrip("' ") if short else "") or "–") + suffix


def duration(seconds: float | None) -> float | None:
    """Return seconds as spreadsheets count time: in days; for DURATION."""
    return None if seconds is None else seconds / 86_400.0


def _writable(text: str) -> str:
    """Return a text as XML can hold it: every line break is a line feed, what it has no place for is U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _width(column: SheetColumn, values: Sequence[Value]) -> float:
    if column.width is not None:
        return column.width
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    return min(_TIME_WIDTH if column.form == TIME else max(len(column.heading), longest) + 2, WIDEST)
