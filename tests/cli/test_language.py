"""The language of a command: --language, else what monitor.yaml says however broken it is, else the system's, else Vietnamese."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor.__main__ import main
from monitor.cli.language import declared, of_system, spoken
from tests.load.folders import SITES

BROKEN = "listen: [\nlanguage: en\nquality: {loss: 7\n"


def folder(where: Path, monitor: str | None, sites: str = SITES) -> str:
    (where / "sites.yaml").write_text(sites, encoding="utf-8")
    if monitor is not None:
        (where / "monitor.yaml").write_text(monitor, encoding="utf-8")
    return str(where)


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        (["check", "--language", "en"], {"LANG": "vi_VN.UTF-8"}, "en"),
        (["check", "--language=en"], {}, "en"),
        (["--language", "en", "check"], {}, "en"),
        (["check", "--lang", "en"], {}, "en"),
        (["check", "--language", "vi", "--language", "en"], {}, "en"),
        (["check", "--language", "xx"], {"LANG": "en_GB"}, "en"),
        (["check", "--language"], {"LANG": "en_GB"}, "en"),
        (["lab", "exec", "--", "x", "--language", "en"], {}, "vi"),
        (["check"], {"LANG": "en_US.UTF-8"}, "en"),
        (["check"], {"LANG": "en"}, "en"),
        (["check"], {"LANG": "vi_VN.UTF-8"}, "vi"),
        (["check"], {"LANG": "fr_FR.UTF-8"}, "vi"),
        (["check"], {"LANG": "C.UTF-8"}, "vi"),
        (["check"], {"LANG": "POSIX"}, "vi"),
        (["check"], {"LANG": ""}, "vi"),
        (["check"], {}, "vi"),
        (["check"], {"LC_ALL": "en_US.UTF-8", "LANG": "vi_VN.UTF-8"}, "en"),
        (["check"], {"LC_ALL": "", "LC_MESSAGES": "en_US@x", "LANG": "vi_VN.UTF-8"}, "en"),
        (["check"], {"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "vi"),
    ],
)
def test_what_is_said_on_the_command_line_counts_before_what_the_system_says(
    words: list[str], environment: Mapping[str, str], language: str, tmp_path: Path
) -> None:
    assert language == spoken(["--config", str(tmp_path), *words], environment)


@pytest.mark.parametrize(
    ("monitor", "language"),
    [
        ("language: en\n", "en"),
        ("listen: 127.0.0.1:1\nlanguage: vi   # của ta\n", "vi"),
        ('"language": "en"\n', "en"),
        ("language : 'en'\r\n", "en"),
        ("\ufeffLANGUAGE: vi\nlanguage: en\n", "en"),
        ("\ufefflanguage: en\n", "en"),
        ("---\n  language: en\n  listen: 127.0.0.1:1\n", "en"),
        ("{listen: '127.0.0.1:1', language: en}\n", "en"),
        (BROKEN, "en"),
        ("language: xx\n", "xx"),
        ("# language: en\n", None),
        ("probes:\n  language: en\n", None),
        ("language:\n  - en\n", None),
        ("language: [en\n", None),
        ("", None),
    ],
)
def test_a_file_is_asked_for_its_language_alone(monitor: str, language: str | None, tmp_path: Path) -> None:
    folder(tmp_path, monitor)
    assert language == declared(tmp_path)


def test_what_no_file_says_is_asked_of_the_system(tmp_path: Path) -> None:
    assert declared(tmp_path) is None
    (tmp_path / "monitor.yaml").mkdir()
    assert declared(tmp_path) is None
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "monitor.yaml").write_bytes(b"\xff\xfe\x00\nlanguage: en\n")
    assert "en" == declared(tmp_path / "other")
    assert of_system({}) is None


def test_the_configuration_counts_before_the_system_and_after_the_option(tmp_path: Path) -> None:
    config = folder(tmp_path, "language: en\n")
    assert "en" == spoken(["check", "--config", config], {"LANG": "vi_VN"})
    assert "vi" == spoken(["check", f"--config={config}", "--language", "vi"], {"LANG": "en_US"})
    assert "en" == spoken(["sites", "import", "x.csv", "--write", f"{config}/sites.yaml"], {"LANG": "vi_VN"})
    folder(tmp_path, "language: xx\n")
    assert "en" == spoken(["check", "--config", config], {"LANG": "en_US"})
    assert "vi" == spoken(["check", "--config", config], {})


def test_a_broken_file_with_a_readable_language_answers_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["check", "--config", folder(tmp_path, BROKEN)])
    said = capsys.readouterr().out
    assert "monitor.yaml:3: is not YAML: " in said
    assert "1 fault in the configuration" in said


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en_US.UTF-8", "monitor.yaml:1: language: 'xx' is not known here; known are vi, en"),
        ("C.UTF-8", "monitor.yaml:1: language: không hiểu 'xx'; chỉ có: vi, en"),
    ],
)
def test_a_language_that_nobody_speaks_is_told_in_the_systems(
    lang: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", lang)
    assert 2 == main(["check", "--config", folder(tmp_path, "language: xx\n")])
    assert told in capsys.readouterr().out


def test_what_ends_a_command_is_told_in_its_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = folder(tmp_path, None, "points: 7\n")
    for language, told in (
        ("vi", "sites.yaml:1: points: phải là một danh sách, không phải một chuỗi; viết [a, b], hoặc mỗi mục một dòng '- '"),
        ("en", "sites.yaml:1: points: must be a list, not a text; write [a, b] or one '- ' line an item"),
    ):
        assert 2 == main(["sites", "list", "--config", config, "--language", language])
        assert told in capsys.readouterr().err
        assert 2 == main(["sites", "list", "--config", f"{config}/none", "--language", language])
        assert {"vi": "không phải thư mục", "en": "is no folder"}[language] in capsys.readouterr().err


MANY = """\
network: {name: x, addresses: lab, adresses: lab}
levels: [commune]
areas: [{id: a, name: A}]
points:
  - {id: goc, name: Gốc, level: commune, area: a, address: 10.0.0.300}
  - {id: Xa, name: Xã, level: comune, area: b, address: 10.0.0.2, uplink: gocc}
  - {id: xb, level: commune, area: a, address: 10.0.0.3, uplink: goc, contracted: 50, tags: 7}
endpoints:
  - {id: dc, name: Điểm cầu, point: xc, address: 10.0.0.0/8, location: [105.3, 23.2], expected: always}
"""
TOLD = """\
sites.yaml:1: network.adresses: không có khóa nào tên 'adresses'; có phải 'addresses' không?
sites.yaml:5: points.goc.address: '10.0.0.300' không phải địa chỉ; \
viết bốn số từ 0 đến 255, không có số 0 ở đầu, như 10.2.17.1
sites.yaml:6: points.Xa.id: mã 'Xa' có chữ hoa; sửa thành 'xa'
sites.yaml:7: points.xb: thiếu khóa 'name'; thêm name: tên mà nhân viên quen gọi
sites.yaml:7: points.xb.contracted: '50' không phải tốc độ; có phải '50M' không?
sites.yaml:7: points.xb.tags: phải là một danh sách, không phải một chuỗi; viết [a, b], hoặc mỗi mục một dòng '- '
sites.yaml:9: endpoints.dc.address: '10.0.0.0/8' là một mạng, không phải một địa chỉ; chỉ viết địa chỉ, không có /độ-dài
sites.yaml:9: endpoints.dc.location: 105.3 không phải vĩ độ (-90 đến 90); có phải [23.2, 105.3] không? vĩ độ ghi trước
sites.yaml:9: endpoints.dc.point: không có điểm mạng nào tên 'xc'; thêm vào points
"""


def checked(where: Path, columns: int | None) -> str:
    """What `monitor check --language vi` prints into a pipe, or on a terminal of so many columns."""
    words = [sys.executable, "-m", "monitor", "check", "--language", "vi", "--config", folder(where, None, MANY)]
    if columns is None:
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(words, stdout=theirs, stdin=theirs, stderr=subprocess.PIPE), open(ours, "rb", closefd=True) as screen:
        os.close(theirs)
        shown = bytearray()
        # Linux ends a terminal that nobody writes to any more with EIO.
        with contextlib.suppress(OSError):
            while read := screen.read1(65536):
                shown += read
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [None, 80])
def test_many_faults_are_told_whole_one_a_line_in_a_pipe_and_on_a_narrow_terminal(columns: int | None, tmp_path: Path) -> None:
    said = checked(tmp_path, columns).splitlines()
    assert TOLD.splitlines() == [line.removeprefix(f"{tmp_path}/") for line in said if line.startswith(str(tmp_path))]
    assert f"{len(TOLD.splitlines())} lỗi cấu hình" in said
