"""The inventory as an Excel workbook, as staff fill it in."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from monitor.__main__ import main
from monitor.load.configuration import load
from monitor.load.exchange.rows import COLUMNS as KEYS
from monitor.words.sites import COLUMNS
from tests.load.folders import make_folder
from tests.workbooks import AWKWARD, texts

ROOT = Path(__file__).parents[2]


def run(*words: str, language: str = "en") -> int:
    return main(["sites", *words, "--language", language])


def workbook(path: Path, *sheets: list[list[object]], merged: str = "") -> str:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
    book.save(path)
    return str(path)


def test_the_shipped_inventory_survives_the_way_to_a_workbook_and_back_to_the_letter(tmp_path: Path) -> None:
    book = str(tmp_path / "sites.xlsx")
    assert run("export", "--config", str(ROOT / "config"), "--format", "xlsx", "-o", book) == 0
    (tmp_path / "new").mkdir()
    assert run("import", book, "--write", str(tmp_path / "new" / "sites.yaml")) == 0
    assert (tmp_path / "new" / "sites.yaml").read_text(encoding="utf-8") == (ROOT / "config" / "sites.yaml").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("name", "words", "begin"),
    [("x.XLSX", (), b"PK"), ("x.csv", (), b"kind,"), ("x", (), b"kind,"), ("x", ("--format", "xlsx"), b"PK")],
)
def test_an_exported_file_is_what_its_name_says(tmp_path: Path, name: str, words: tuple[str, ...], begin: bytes) -> None:
    assert run("export", "--config", str(make_folder(tmp_path / "a")), "-o", str(tmp_path / name), *words) == 0
    assert (tmp_path / name).read_bytes().startswith(begin)


@pytest.mark.parametrize(
    ("name", "words", "fault"),
    [
        ("x.xlsx", ("--format", "csv"), "--format csv contradicts the name x.xlsx; name it .csv, or leave --format out"),
        ("x.csv", ("--format", "xlsx"), "--format xlsx contradicts the name x.csv; name it .xlsx, or leave --format out"),
        ("x.xlsx", ("--excel",), "--excel is for CSV"),
        ("x.xls", (), "x.xls: no .xls can be written; name it .xlsx or .csv"),
    ],
)
def test_a_name_that_contradicts_the_format_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, words: tuple[str, ...], fault: str
) -> None:
    path = tmp_path / name
    assert run("export", "--config", str(make_folder(tmp_path / "a")), "-o", str(path), *words) == 2
    assert fault in capsys.readouterr().err.replace(str(path), name)
    assert not path.exists()


@pytest.mark.parametrize(
    ("language", "names"), [("vi", ("Điểm mạng", "Điểm cầu", "Chung")), ("en", ("Points", "Endpoints", "Common"))]
)
def test_a_workbook_has_a_sheet_for_points_one_for_endpoints_and_one_for_the_rest_in_its_language(
    tmp_path: Path, language: str, names: tuple[str, str, str]
) -> None:
    book = tmp_path / "sites.xlsx"
    run("export", "--config", str(ROOT / "config"), "--format", "xlsx", "-o", str(book), language=language)
    sheets = {sheet.title: sheet for sheet in load_workbook(book).worksheets}
    assert dict(zip(names, (236, 241, 18), strict=True)) == {title: sheet.max_row - 1 for title, sheet in sheets.items()}
    points = sheets[names[0]]
    columns = [cell.value for cell in points[1]]
    code = points.cell(2 + [cell.value for cell in points["B"]][1:].index("xa-lung-cu"), 1 + columns.index("code"))
    assert (code.value, code.data_type, code.number_format) == ("00715", "s", "@")
    assert all(cell.comment is not None for cell in points[1])
    assert points.freeze_panes == "C2"
    offered = {str(choice.sqref).split("2:")[0]: choice.formula1 for choice in points.data_validations.dataValidation}
    letter = get_column_letter(1 + columns.index("level"))
    assert '"province,district,commune"' == offered[letter]
    assert offered[get_column_letter(1 + columns.index("area"))].startswith(f"'{names[2]}'!$B$")


def test_a_workbook_of_one_language_is_imported_in_the_other(tmp_path: Path) -> None:
    folder, book = make_folder(tmp_path / "a"), tmp_path / "x.xlsx"
    before = load(folder, {}).inventory
    run("export", "--config", str(folder), "-o", str(book), language="vi")
    assert run("import", str(book), "--write", str(folder / "sites.yaml"), language="en") == 0
    assert before == load(folder, {}).inventory


def test_a_text_that_begins_with_an_equals_sign_is_no_formula(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "a")
    (folder / "sites.yaml").write_text((folder / "sites.yaml").read_text().replace("name: Phòng họp", 'name: "=1+1"'))
    book = tmp_path / "x.xlsx"
    run("export", "--config", str(folder), "--format", "xlsx", "-o", str(book))
    assert run("import", str(book), "--write", str(folder / "sites.yaml")) == 0
    assert load(folder, {}).inventory.targets["dc-xa"].name == "=1+1"


@pytest.mark.parametrize("text", [text for text in AWKWARD if text.isprintable()])
def test_awkward_texts_come_back_to_the_letter(tmp_path: Path, text: str) -> None:
    folder = make_folder(tmp_path / "a")
    quoted = json.dumps(text, ensure_ascii=False)
    sites = (folder / "sites.yaml").read_text()
    sites = sites.replace("name: Phòng họp", f'name: {quoted}, contacts: [{{role: {quoted}, telephone: "0219"}}]')
    (folder / "sites.yaml").write_text(sites.replace("name: Huyện Đồng Văn", f"name: {quoted}"))
    before, book = load(folder, {}).inventory, tmp_path / "x.xlsx"
    run("export", "--config", str(folder), "--format", "xlsx", "-o", str(book))
    assert text in texts(book.read_bytes())
    assert run("import", str(book), "--write", str(folder / "sites.yaml")) == 0
    assert before == load(folder, {}).inventory


def test_numbers_are_read_as_they_were_typed(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "a")
    rows: list[list[object]] = [
        ["kind", "id", "address", "latitude", "longitude", "max_repetitions", None],
        ["point", "xa", "10.9.9.9", 23.25, 105, 10.0, None],
        [None, None],
    ]
    assert run("import", workbook(tmp_path / "x.xlsx", rows), "--write", str(folder / "sites.yaml")) == 0
    target = load(folder, {}).inventory.targets["xa"]
    assert target.location is not None
    assert (target.address, target.location.latitude, target.location.longitude, target.max_repetitions) == (
        "10.9.9.9",
        23.25,
        105.0,
        10,
    )


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([["kind", "id", "name"], ["point", "xa", "=A1"]], "x.xlsx[s1]:2: C2: holds a formula; paste its value instead"),
        ([["kind", "id", "name"], ["point", "xa", "#N/A"]], "x.xlsx[s1]:2: C2: holds the error #N/A; paste its value instead"),
        ([["kind", "id", "name"], ["point", "xa", datetime(2026, 1, 2)]], "x.xlsx[s1]:2: C2: was taken for a date or a time"),
        ([["kind", "id", "name"], ["point", "xa", True]], "x.xlsx[s1]:2: C2: was taken for true or false; set the cell to Text"),
        ([["kind", "id"], ["point", "xa", "y"]], "x.xlsx[s1]:2: has 3 cells, the first row has 2; empty the cells that stand"),
        (
            [["kind", "id", "Ghi chú"], ["point", "xa", "y"]],
            "x.xlsx[s1]:1: ghi chú: no column is called so; remove the column, or the sheet if it is no part of the inventory",
        ),
        ([["kind", "id", None, "name"], ["point", "xa"]], "x.xlsx[s1]:1: column 3 has no name; remove the column, or the sheet"),
        ([["kind", "id", "code"], ["point", "xa", 715]], "x.xlsx[s1]:2: code: the code was '00715' and has lost its zeros"),
        ([["kind", "adress"], ["point", "xa"]], "x.xlsx[s1]:1: adress: no column is called so; did you mean 'address'?"),
        ([["kind", "id", "uplink"], ["point", "xa", "ubdn"]], "x.xlsx[s1]:2: points.xa.uplink: no point is called 'ubdn'"),
        ([["kind", "id"], ["piont", "xa"]], "x.xlsx[s1]:2: kind: no kind is called 'piont'; did you mean 'point'?"),
        ([], "x.xlsx:1: has no rows"),
    ],
)
def test_what_is_wrong_is_told_with_sheet_row_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[list[object]], fault: str
) -> None:
    folder = make_folder(tmp_path / "a")
    before = (folder / "sites.yaml").read_bytes()
    path = workbook(tmp_path / "x.xlsx", rows)
    assert run("import", path, "--write", str(folder / "sites.yaml")) == 2
    assert fault in capsys.readouterr().err.replace(path, "x.xlsx")
    assert before == (folder / "sites.yaml").read_bytes()


def test_a_row_of_one_sheet_and_its_double_on_another_are_both_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a")
    rows: list[list[object]] = [["kind", "id"], ["point", "xa"]]
    path = workbook(tmp_path / "x.xlsx", rows, [["kind", "id"], [], ["point", "xa"]])
    assert run("import", path, "--config", str(folder)) == 2
    assert "x.xlsx[s2]:3: id: 'xa' has a row already: x.xlsx[s1]:2" in capsys.readouterr().err.replace(path, "x.xlsx")


def test_a_title_above_the_header_is_one_fault_and_no_line_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row: list[object] = ["point", "x", "=A1", datetime(2026, 1, 2)]
    rows: list[list[object]] = [["Danh sách điểm mạng"], [], ["Kind", "ID", "name"], row, row, row]
    path = workbook(tmp_path / "x.xlsx", rows)
    assert run("import", path, "--config", str(make_folder(tmp_path / "a"))) == 2
    assert capsys.readouterr().err.replace(path, "x.xlsx").splitlines() == [
        "x.xlsx[s1]:1: the names of the columns stand in row 3; remove the rows above: they belong into row 1"
    ]


def test_merged_cells_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = workbook(tmp_path / "x.xlsx", [["kind", "id"], ["point", "xa"], ["point", "ubnd"]], merged="A2:A3")
    assert run("import", path, "--config", str(make_folder(tmp_path / "a"))) == 2
    assert "x.xlsx[s1]:2: A2:A3: the cells are merged" in capsys.readouterr().err.replace(path, "x.xlsx")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no more", b"kind,id\n", "không".encode()])
def test_what_is_no_workbook_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert run("import", str(path), "--config", str(make_folder(tmp_path / "a"))) == 2
    assert "x.xlsx:1: is no workbook that can be read; save it as" in capsys.readouterr().err


def test_a_piped_workbook_is_the_same_rows(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("export", "--config", str(make_folder(tmp_path / "a")), "--format", "xlsx") == 0
    book = load_workbook(io.BytesIO(capsysbinary.readouterr().out))
    assert ["goc", "ubnd", "xa"] == [row[1].value for row in book["Points"].iter_rows(min_row=2)]


def test_every_column_that_may_be_written_is_explained() -> None:
    assert set(KEYS) == set(COLUMNS)
