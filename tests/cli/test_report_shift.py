"""`monitor report shift` reads the journal itself, whether a daemon writes it or not, and changes nothing."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.__main__ import main
from monitor.cli.tables import TableColumn, folded_table
from monitor.journal.store import Store
from monitor.model.reason import Reason
from monitor.model.state import State, Transition
from tests.cli.test_operations import SITES

NOW = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """What every call says: a small configuration, and the journal of an outage that began an hour ago."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sites.yaml").write_text(SITES)
    url = f"sqlite:///{tmp_path}/journal.db"
    began = (NOW - timedelta(hours=1)).timestamp()
    store = Store(url)
    store.write([Transition("ubnd-1", State.UP, State.DOWN, began, "ubnd-1", Reason("silent", {"bursts": 2}), (), 5, 6)])
    store.close()
    return ["report", "shift", "--config", str(tmp_path / "config"), "--journal", url]


def test_the_log_of_the_last_hours_is_printed_a_row_a_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(words)
    lines = capsys.readouterr().out.splitlines()
    assert "Nhật ký ca trực · Mạng thử" == lines[0]
    assert "1 sự cố: 1 còn mở, 1 chưa ai nhận." in lines
    row = lines[lines.index("Còn mở, bàn giao ca sau") + 2]
    assert "UBND huyện 1       5+6  chưa ai nhận · Không trả lời 2 loạt gói liên tiếp" in row
    assert 0 == main([*words, "--last", "30m", "--language", "en"])
    assert "1 outage: 1 still open, 1 nobody's." in capsys.readouterr().out


def test_a_journal_in_use_is_read_and_one_at_rest_is_left_as_it_is(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(words[-1].removeprefix("sqlite:///")).parent
    before = sorted(path.name for path in folder.iterdir())
    assert 0 == main(words)
    assert before == sorted(path.name for path in folder.iterdir())
    writer = Store(words[-1])
    began = (NOW - timedelta(minutes=5)).timestamp()
    writer.write([Transition("trung-tam", State.UP, State.DOWN, began, "trung-tam", Reason("silent", {"bursts": 2}))])
    assert 0 == main(words)
    writer.close()
    assert "2 sự cố" in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_may_only_be_read_suffices(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(words[-1].removeprefix("sqlite:///"))
    path.chmod(0o444)
    path.parent.chmod(0o555)
    assert 0 == main(words)
    assert "1 sự cố" in capsys.readouterr().out
    path.parent.chmod(0o755)


def test_no_text_is_written_under_the_name_of_another_form(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "-o", str(tmp_path / "log.pdf")])
    assert 2 == ended.value.code
    assert "không ghi được dạng .pdf; đặt tên đuôi .html, .xlsx, .json hoặc .txt" in capsys.readouterr().err
    assert not (tmp_path / "log.pdf").exists()


@pytest.mark.parametrize(("name", "start"), [("log.html", b"<!doctype html>"), ("log.xlsx", b"PK"), ("log.json", b"{")])
def test_a_file_is_written_in_the_form_that_its_name_says(words: list[str], tmp_path: Path, name: str, start: bytes) -> None:
    assert 0 == main([*words, "-o", str(tmp_path / name)])
    assert (tmp_path / name).read_bytes().startswith(start)


def test_json_is_for_programs(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main([*words, "--format", "json"])
    assert "ubnd-1" == json.loads(capsys.readouterr().out)["outages"][0]["target"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--from", "2099-01-01T00:00"], "không có khoảng thời gian nào từ 00:00 01/01/2099"),
        (["--from", "chiều"], "--from: 'chiều' không phải thời điểm; viết như 22:00"),
        (["--last", "8"], "--last: '8' không phải thời lượng; viết như 30m"),
        (["-o", "/nowhere/log.html"], "không ghi được /nowhere/log.html: không có tệp"),
        (
            ["--journal", "sqlite:////nowhere/journal.db"],
            "không có nhật ký ở /nowhere/journal.db; chạy lệnh này ở nơi bộ giám sát chạy",
        ),
    ],
)
def test_what_can_not_be_done_is_told_with_its_cure(
    words: list[str], more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main([*words, *more])
    assert says in capsys.readouterr().err


def test_a_table_folds_its_last_cell_where_there_is_no_room() -> None:
    columns, row = (
        [TableColumn("Từ"), TableColumn("Ai"), TableColumn("Vì sao")],
        ["16:31", "UBND huyện", "không trả lời hai loạt gói liên tiếp, đứt sau chặng 3"],
    )
    assert 2 == len(folded_table(columns, [row], 200).splitlines())
    under = folded_table(columns, [row], 60).splitlines()
    assert [line[:19] for line in under[1:]] == ["16:31  UBND huyện  ", " " * 19]
    below = folded_table(columns, [row], 40).splitlines()
    assert below[1] == "16:31  UBND huyện"
    assert all(line.startswith(" " * 7) and len(line) <= 40 for line in below[2:])
    assert [row[2]] == [" ".join(" ".join(below[2:]).split())]
