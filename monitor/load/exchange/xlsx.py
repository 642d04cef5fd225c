"""The inventory as an Excel workbook (Office Open XML): every cell a text, so that codes keep their zeros."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import yaml
from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from monitor.errors import Fault
from monitor.load.exchange.rows import ImportTable, Rows, rows_of, used_columns
from monitor.load.settings import ENGINES
from monitor.model.inventory import Expected
from monitor.words.catalogue import say
from monitor.words.phrase import Phrase
from monitor.words.sites import COLUMNS, SHEETS
from monitor.workbook import AS_TEXT, WIDEST, Book
from monitor.workbook import Sheet as BookSheet

_LARGEST = 200_000_000
"""Octets of an unpacked workbook; 10,000 targets take some 10 million."""
_ROOM = 200
"""Rows below the last that still take part in the choices of a column."""
_HEADER = PatternFill("solid", fgColor="FF1F3A4D")
_CHOICES: Mapping[str, Sequence[str]] = {
    "expected": tuple(Expected),
    "interfaces": ("wan", "all"),
    "engine": ENGINES,
    "addresses": ("lab", "production"),
}


def read_xlsx(content: bytes, file: str, faults: list[Fault]) -> Rows:
    """Return the rows of all sheets of a workbook; notes every fault as file[sheet]:row.

    A formula is refused: what it yields is known to the spreadsheet only.
    """
    rows = Rows()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _LARGEST:
                faults.append(Fault(file, 1, "", "workbook_too_large"))
                return rows
        book = load_workbook(io.BytesIO(content), keep_links=False)
    except Exception:  # openpyxl lets through whatever the XML and zip readers raise on a broken file
        faults.append(Fault(file, 1, "", "no_workbook"))
        return rows
    for page in book.worksheets:
        if page.max_row > 1 or page.max_column > 1 or page["A1"].value is not None:
            _read_sheet(page, f"{file}[{page.title}]", rows, faults)
    if not any(rows.nodes.values()) and not faults:
        faults.append(Fault(file, 1, "", "workbook_empty"))
    return rows


def _read_sheet(page: Worksheet, place: str, rows: Rows, faults: list[Fault]) -> None:
    for merged in page.merged_cells.ranges:
        faults.append(Fault(place, merged.min_row, merged.coord, "cells_merged"))
    sheet = ImportTable(rows, place, faults, is_workbook=True)
    for number, cells in enumerate(page.iter_rows(), start=1):
        sheet.add_row(number, [_text(cell, place, [] if sheet.is_unusable else faults) for cell in cells])
    sheet.end()


def _text(cell: Cell | MergedCell, place: str, faults: list[Fault]) -> str:
    """Return what a cell says as one would type it, '' where it is empty or refused (noted)."""
    value = cell.value
    if value is None or isinstance(cell, MergedCell):
        return ""
    if cell.data_type in ("f", "e"):
        code = "cell_formula" if cell.data_type == "f" else "cell_error"
        faults.append(Fault(place, cell.row, cell.coordinate, code, Phrase("paste_value"), {"error": value}))
        return ""
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    code = "taken_for_truth" if isinstance(value, bool) else "taken_for_date"  # no column means a truth value
    faults.append(Fault(place, cell.row, cell.coordinate, code, Phrase("set_to_text")))
    return ""


def write_xlsx(top: yaml.Node, language: str) -> bytes:
    """Return an inventory's tree as a workbook: a sheet for points, one for endpoints, one for the rest, named in a language.

    What is read of a sheet does not hang on its name: a workbook can be imported in whatever language it was exported.
    """
    rows = list(rows_of(top))
    book = Book()
    parts = {
        "point": [row for row in rows if row["kind"] == "point"],
        "endpoint": [row for row in rows if row["kind"] == "endpoint"],
        "common": [row for row in rows if row["kind"] not in ("point", "endpoint")],
    }
    areas = _area_ids(parts["common"], say(SHEETS, "common", language))
    levels = [row["id"] for row in rows if row["kind"] == "level"]
    for name, part in parts.items():
        sheet = book.sheet(say(SHEETS, name, language))
        columns = used_columns(part)
        _write_sheet(sheet, columns, part)
        _offer_choices(sheet.page, columns, len(part), areas, levels)
    return book.octets()


def _area_ids(common: Sequence[Mapping[str, str]], sheet: str) -> str:
    """Return the range of the area rows' ids, for a column of choices to refer to."""
    numbers = [number for number, row in enumerate(common, start=2) if row["kind"] == "area"]
    return f"'{sheet}'!$B${numbers[0]}:$B${numbers[-1]}" if numbers else ""


def _write_sheet(sheet: BookSheet, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    page, widths = sheet.page, [len(column) + 2 for column in columns]
    for place, column in enumerate(columns, start=1):
        head = sheet.put(1, place, column)
        head.font, head.fill, head.alignment = Font(bold=True, color="FFFFFFFF"), _HEADER, Alignment(vertical="center")
        head.comment = Comment("\n".join(COLUMNS[column]), "monitor", height=90, width=320)
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(columns):
            cell = sheet.put(number, place + 1, row.get(column))
            cell.number_format = AS_TEXT  # empty ones too: what is typed there later keeps its zeros
            if column in row:
                widths[place] = max(widths[place], len(row[column]) + 2)
    for place, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(place)].width = min(width, WIDEST)
    page.freeze_panes = "C2"
    page.row_dimensions[1].height = 22
    page.auto_filter.ref = page.dimensions


def _offer_choices(page: Worksheet, columns: Sequence[str], count: int, areas: str, levels: Sequence[str]) -> None:
    """Let columns with few possible values be chosen from a list; typing something else only warns."""
    lists = {name: '"' + ",".join(texts) + '"' for name, texts in (*_CHOICES.items(), ("level", levels))} | {"area": areas}
    for place, column in enumerate(columns, start=1):
        if lists.get(column, '""') in ('""', ""):
            continue
        letter = get_column_letter(place)
        choice = DataValidation(type="list", formula1=lists[column], allow_blank=True, errorStyle="warning")
        choice.add(f"{letter}2:{letter}{count + _ROOM}")
        page.add_data_validation(choice)
