"""What commands refuse is told at once and in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.__main__ import main
from tests.lab_fixture import MONITOR, PROFILES, SITES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites.yaml").write_text(SITES, encoding="utf-8")
    (tmp_path / "monitor.yaml").write_text(MONITOR, encoding="utf-8")
    (tmp_path / "profiles").symlink_to(PROFILES)
    return tmp_path


@pytest.mark.parametrize(
    ("language", "fault", "cure"),
    [
        ("vi", "không liên lạc được với bộ giám sát tại http://127.0.0.1:1: bị từ chối kết nối", "tự đo bằng --now"),
        ("en", "the daemon at http://127.0.0.1:1 can't be reached: Connection refused", "probe by yourself with --now"),
    ],
)
def test_ready_says_in_the_readers_language_that_no_daemon_is_there(
    folder: Path, language: str, fault: str, cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main(["ready", "--config", str(folder), "--language", language, "--daemon", "http://127.0.0.1:1"])
    said = capsys.readouterr().err
    assert fault in said
    assert cure in said


@pytest.mark.parametrize("days", ["0", "-1", "401", "999999999"])
def test_a_past_that_would_never_be_written_is_refused(folder: Path, days: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["lab", "history", "--config", str(folder), f"--days={days}", "--journal", str(folder / "past.db"), "--language", "en"]
    assert 2 == main(words)
    assert f"--days {days} is no past; give 1 to 400" in capsys.readouterr().err
    assert not (folder / "past.db").exists()
