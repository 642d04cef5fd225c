"""What an import says that it would change."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.__main__ import main
from tests.cli.test_sites import run, write
from tests.load.folders import make_folder


def test_what_comes_goes_and_changes_is_told_key_by_key_for_the_common_rows_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path / "a")
    rows = (
        "kind,id,name,addresses,uplink,code,tags,profile,credential\n"
        "network,,Mạng thử,production,,,,,\n"
        "area,khoi-tinh,Khối tỉnh,,,,,,\narea,moi,Khối mới,,,,,,\n"
        "defaults,endpoint,,,,,,none,\n"
        "point,xa,Xã Lũng Cú,,goc,,a b,,\n"
    )
    assert run("import", write(tmp_path / "x.csv", rows), "--config", str(folder)) == 0
    assert capsys.readouterr().out.splitlines()[:-2] == [
        "    1 changed",
        "        network: addresses lab → production",
        "        area khoi-tinh: name Khối cơ quan tỉnh → Khối tỉnh",
        "        area moi: new, Khối mới",
        "        defaults of endpoint: profile added: none",
        "        xa: code removed, was 00715",
        "        xa: uplink ubnd → goc",
        "        xa: tags added: [a, b]",
    ]


def test_twenty_lines_of_each_kind_of_change_are_shown_and_all_where_they_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path / "a")
    targets = "".join(f"point,diem-so-{number:03},Xã {number},commune,khoi-tinh,10.9.0.{number},goc\n" for number in range(1, 140))
    path = write(tmp_path / "x.csv", "kind,id,name,level,area,address,uplink\n" + targets)
    assert run("import", path, "--write", str(folder / "sites.yaml")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("  139 new: diem-so-001, diem-so-002,")
    named = " ".join(lines[:20]).count("diem-so-")
    assert lines[20] == f"        … and {139 - named} more; --all shows them"
    path = write(tmp_path / "y.csv", (tmp_path / "x.csv").read_text().replace("10.9.0.", "10.9.1."))
    assert run("import", path, "--config", str(folder)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "  139 changed"
    assert lines[20:22] == ["        diem-so-020: address 10.9.0.20 → 10.9.1.20", "        … and 119 more; --all shows them"]
    assert run("import", path, "--config", str(folder), "--all") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[139] == "        diem-so-139: address 10.9.0.139 → 10.9.1.139"
    assert all(len(line) <= 80 for line in lines[:-1])


def test_an_import_is_told_in_the_configurations_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a")
    rows = write(tmp_path / "x.csv", "kind,id,code\npoint,xa,00720\n")
    assert main(["sites", "import", rows, "--config", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "1 thay đổi" in said
    assert "giữ lại dù không có dòng" in said
    assert "Chưa ghi gì; thêm --write" in said
