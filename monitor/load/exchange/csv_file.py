"""The inventory as CSV (RFC 4180, UTF-8), as programs and spreadsheets write it."""

from __future__ import annotations

import csv
import io

import yaml

from monitor.errors import Fault, said_by
from monitor.load.exchange.rows import ImportTable, Rows, rows_of, used_columns
from monitor.words.phrase import Phrase, phrase

_WORKBOOKS = (b"PK\x03\x04", bytes.fromhex("d0cf11e0"))
"""How workbooks begin: .xlsx and .ods are ZIP archives, .xls is a compound file."""


def read_csv(content: bytes, file: str, faults: list[Fault]) -> Rows:
    """Return the rows of a CSV file (UTF-8, with or without a byte order mark, ',' or ';'); notes every fault with its row."""
    rows = Rows()
    if content.startswith(_WORKBOOKS):
        is_open = b"application/vnd.oasis.opendocument" in content[:120]
        faults.append(Fault(file, 0, "", "is_opendocument" if is_open else "is_excel", Phrase("save_as_xlsx")))
        return rows
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        faults.append(Fault(file, row, "", "not_utf8", Phrase("save_as_csv")))
        return rows
    head = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True)
    sheet = ImportTable(rows, file, faults)
    try:
        for number, cells in enumerate(table, start=1):
            sheet.add_row(number, cells)
        sheet.end()
    except csv.Error as error:
        faults.append(Fault(file, table.line_num, "", "not_csv", values={"reason": _why(error)}))
    return rows


def _why(error: csv.Error) -> Phrase:
    """Return why a row is no CSV; the csv module has sentences, no codes."""
    text = str(error)
    if "expected after" in text:
        return Phrase("csv_behind_quote")
    if text.startswith("unexpected end of data"):
        return Phrase("csv_quote_open")
    if text.startswith("field larger than"):
        return phrase("csv_cell_long", most=csv.field_size_limit())
    return said_by("csv_reader_says", error)


def write_csv(top: yaml.Node, *, excel: bool = False) -> str:
    """Return an inventory's tree as CSV; columns that no row fills are left out. excel: with a byte order mark and ';'."""
    rows = list(rows_of(top))
    out = io.StringIO(newline="")
    if excel:
        out.write("\ufeff")
    writer = csv.DictWriter(out, used_columns(rows), delimiter=";" if excel else ",", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
