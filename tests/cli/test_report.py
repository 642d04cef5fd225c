"""`monitor report availability`: a month of a journal on the terminal, as a page, as a workbook, for programs."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from monitor.__main__ import main
from monitor.journal.store import Store
from monitor.model.reason import Reason
from monitor.model.state import Event, State, Transition
from tests.lab_fixture import MONITOR, PROFILES, SITES

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(day: int, hour: float = 0, month: int = 10) -> float:
    return datetime(2026, month, day, tzinfo=ZONE).timestamp() + hour * 3600


def change(target: str, new: State, moment: float, cause: str | None = None) -> Transition:
    return Transition(target, None, new, moment, cause, Reason("start"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites.yaml").write_text(SITES)
    (tmp_path / "monitor.yaml").write_text(f"journal: sqlite:///{tmp_path}/journal.db\n{MONITOR}")
    (tmp_path / "profiles").symlink_to(PROFILES)
    store = Store(f"sqlite:///{tmp_path}/journal.db")
    store.write(
        [
            *(change(id_, State.UP, at(20, month=9)) for id_ in ("goc", "huyen-a", "huyen-b", "xa-a1", "dc-xa-a1")),
            change("huyen-a", State.DOWN, at(10), "huyen-a"),
            change("xa-a1", State.UNREACHABLE, at(10), "huyen-a"),
            change("dc-xa-a1", State.UNREACHABLE, at(10), "huyen-a"),
            *(change(id_, State.UP, at(10, 31)) for id_ in ("huyen-a", "xa-a1", "dc-xa-a1")),
            Event(at(12), "blind", "", {"code": "blind_silent"}),
            Event(at(12, 2), "sighted", "", {"lasted_s": 120}),
            change("huyen-b", State.DOWN, at(3, month=11), "huyen-b"),
        ]
    )
    store.close()
    return tmp_path


def report(folder: Path, *words: str, month: str = "2026-10") -> int:
    return main(["report", "availability", "--config", str(folder), "--month", month, *words])


def test_a_month_is_told_within_eighty_columns(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert 0 == report(folder)
    text = capfdbinary.readouterr().out.decode()
    assert "Từ 00:00 01/10/2026 đến 00:00 01/11/2026" in text
    assert "Quan sát được 49,866% thời gian của kỳ" in text, "half of the targets were never judged, and 2 of 744 hours were blind"
    assert " 95,822%       1        31:00     31:00  Huyện A" in text, "31 hours of 742 that were seen"
    assert "     1     31:00      31:00     31:00  Huyện A" in text
    assert "không nhìn thấy mạng 2:00, ngừng chạy 0:00" in text
    assert max(map(len, text.splitlines())) <= 80


def test_programs_get_seconds_and_ratios(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert 0 == report(folder, "--format", "json")
    told = json.loads(capfdbinary.readouterr().out)
    assert [at(1), at(1, month=11)] == [told["from"], told["to"]]
    by_id = {each["id"]: each for each in told["targets"]}
    assert (742 - 31) / 742 == by_id["huyen-a"]["availability"]
    assert {"down_s": 0, "unreachable_s": 31 * 3600, "availability": 1.0}.items() <= by_id["xa-a1"].items()
    assert None is by_id["xa-b1"]["availability"], "it was never judged"
    assert [{"cause": "huyen-a", "outages": 1, "own_s": 111600, "points_s": 111600, "endpoints_s": 111600}] == told["causes"]


def test_a_page_and_a_workbook_hold_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == report(folder, "--format", "html", "-o", str(folder / "r.html"), "--language", "en")
    page = (folder / "r.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "95.822%" in page
    assert 0 == report(folder, "--format", "xlsx", "-o", str(folder / "r.xlsx"))
    book = load_workbook(BytesIO((folder / "r.xlsx").read_bytes()))
    assert 0 == report(folder, "-o", str(folder / "named.xlsx"))
    assert load_workbook(BytesIO((folder / "named.xlsx").read_bytes())).sheetnames == book.sheetnames, (
        "the file's name says its format"
    )
    assert ["Báo cáo độ khả dụng", "Theo cấp", "Theo địa bàn", "Thấp nhất", "Nguyên nhân gốc", "Mọi điểm"] == book.sheetnames
    worst = book["Thấp nhất"]
    assert ["Khả dụng", "Số lần", "Mất kết nối", "Dài nhất", "Tên"] == [cell.value for cell in worst[1]]
    assert ((742 - 31) / 742, "0.000%") == (worst["A2"].value, worst["A2"].number_format)
    assert "[h]:mm:ss" == worst["C2"].number_format
    assert 11 == book["Mọi điểm"].max_row
    assert f"Đã ghi {folder}/r.xlsx" in capsys.readouterr().out


def test_an_outage_that_goes_on_counts_until_now_at_most(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    words = ["report", "availability", "--config", str(folder), "--from", "2026-11-03", "--to", "2026-11-04T12:00"]
    assert 0 == main([*words, "--format", "json"])
    by_id = {each["id"]: each for each in json.loads(capfdbinary.readouterr().out)["targets"]}
    assert (36 * 3600, 1, 0.0) == tuple(by_id["huyen-b"][key] for key in ("down_s", "outages", "availability"))


def test_the_journal_is_only_read_and_never_migrated(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with sqlite3.connect(folder / "journal.db") as older:
        older.execute("DELETE FROM alembic_version")
    older.close()
    assert 0 == report(folder)
    assert "Huyện A" in capfdbinary.readouterr().out.decode()
    with sqlite3.connect(folder / "journal.db") as after:
        assert [] == after.execute("SELECT * FROM alembic_version").fetchall()
    after.close()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--month", "2026-13"], "'2026-13' is no month"),
        (["--from", "yesterday"], "--from: 'yesterday' is no time; write it like 2026-11-01 or 2026-11-01T07:00"),
        (["--to", "2026-10-01"], "--to without --from"),
        (["--month", "2026-10", "--from", "2026-10-01"], "two ways to say when"),
        (["--from", "2026-10-02", "--to", "2026-10-01"], "there is no time between 00:00 02/10/2026 and 00:00 01/10/2026"),
        (["--month", "2999-01"], "there is no time between 00:00 01/01/2999 and"),
        (["--journal", "sqlite:////nowhere/journal.db"], "there is no journal at /nowhere/journal.db"),
        (["--journal", "journal.db"], "the journal journal.db can't be read: the database says ('Could not parse"),
        (["--month", "2026-10", "-o", "/nowhere/r.html"], "/nowhere/r.html can't be written"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_a_cure(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], fault: str
) -> None:
    assert 2 == main(["report", "availability", "--language", "en", "--config", str(folder), *words])
    assert fault in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--month", "2026-13"], "--month '2026-13': không phải tháng; viết như 2026-11"),
        (["--from", "yesterday"], "--from: 'yesterday' không phải thời điểm; viết như 2026-11-01 hoặc 2026-11-01T07:00"),
        (["--to", "2026-10-01"], "có --to mà không có --from"),
        (["--from", "2026-10-02", "--to", "2026-10-01"], "đặt --from sớm hơn --to"),
        (["--month", "2026-10", "-o", "/nowhere/r.html"], "không ghi được /nowhere/r.html: không có tệp hay thư mục này"),
    ],
)
def test_it_is_refused_in_the_configurations_language(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], fault: str
) -> None:
    assert 2 == main(["report", "availability", "--config", str(folder), *words])
    assert fault in capsys.readouterr().err
