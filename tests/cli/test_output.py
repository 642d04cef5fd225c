"""What a command made goes into a file or to the standard output, and where it can't, the cure fits."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from monitor.cli.output import put
from monitor.errors import SetupError


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_octets_are_written_as_they_are_and_a_text_with_an_end_of_line(tmp_path: Path) -> None:
    put(b"PK", tmp_path / "r.xlsx", "r.xlsx")
    put("Ca trực", tmp_path / "r.txt", "r.xlsx")
    assert (b"PK", "Ca trực\n".encode()) == ((tmp_path / "r.xlsx").read_bytes(), (tmp_path / "r.txt").read_bytes())


@pytest.mark.parametrize(("place", "cure"), [("nowhere/r.xlsx", "name a file in a folder"), ("", "choose another file")])
def test_what_can_not_be_written_is_told_with_what_would_do(tmp_path: Path, place: str, cure: str) -> None:
    with pytest.raises(SetupError) as refused:
        put(b"PK", tmp_path / place, "r.xlsx")
    assert ("unwritable", True) == (refused.value.code, refused.value.cure.startswith(cure))


def test_a_terminal_shows_text_and_is_given_no_octets() -> None:
    with contextlib.redirect_stdout(Terminal()) as terminal:
        put("Ca trực", None, "r.xlsx")
        with pytest.raises(SetupError) as refused:
            put(b"PK", None, "r.xlsx")
    assert "Ca trực\n" == terminal.getvalue()
    expected = "tệp Excel không hiện được trên màn hình dòng lệnh; thêm -o r.xlsx, hoặc chuyển đi: > r.xlsx"
    assert expected == refused.value.text_in("vi")
