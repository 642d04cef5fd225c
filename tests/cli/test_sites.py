from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from monitor.__main__ import main
from monitor.load.configuration import load
from monitor.model.inventory import Inventory
from tests.load.folders import SITES, make_folder

ROOT = Path(__file__).parents[2]
RICH = SITES.replace(
    "endpoints:",
    """\
  # Đường dự phòng qua vi ba
  - id: xb
    name: "Sở Văn hóa, Thể thao: #1"   # tên dài
    level: commune
    area: huyen-dong-van
    address: 10.2.18.1
    uplink: [ubnd, goc]
    contracted: {down: 50M, up: 20M}
    credential: none
    expected: office_hours
    wan_interface: '^(ge|xe)-\\d+/"0"$'
    interfaces: all
    answers_from: [10.9.9.9, 10.9.9.8]
    tags: [a, b]
    contacts: [{role: "Trực, kỹ thuật", telephone: "02190000000"}]
    probes: {icmp: {every: 60s, dscp: af41}, snmp: {enabled: false}}
    location: [23.3, 105.3]
    short: "NO"
endpoints:""",
)
HEAD = "kind,id,name,level,area,address,uplink,contracted,point\n"


def run(*words: str) -> int:
    return main(["sites", *words, "--language", "en"])


def exported(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert run("export", "--config", str(folder), *options) == 0
    return capsys.readouterr().out


def inventory_of(folder: Path) -> Inventory:
    return load(folder, {}).inventory


def write(path: Path, text: str | bytes) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


@pytest.mark.parametrize("options", [(), ("--excel",)])
def test_an_inventory_survives_the_way_to_csv_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    folder = make_folder(tmp_path / "a", sites=RICH)
    text = exported(folder, capsys, *options)
    other = make_folder(tmp_path / "b")
    (other / "sites.yaml").unlink()
    assert run("import", write(tmp_path / "x.csv", text), "--write", str(other / "sites.yaml")) == 0
    capsys.readouterr()
    assert inventory_of(folder) == inventory_of(other)
    assert text == exported(other, capsys, *options)


def test_the_shipped_inventory_survives_it_too_and_is_written_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = exported(ROOT / "config", capsys)
    assert run("import", write(tmp_path / "x.csv", text), "--write", str(tmp_path / "sites.yaml")) == 0
    assert (tmp_path / "sites.yaml").read_text(encoding="utf-8") == (ROOT / "config" / "sites.yaml").read_text(encoding="utf-8")


def test_importing_what_was_exported_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a", sites=RICH)
    before = inventory_of(folder)
    assert run("import", write(tmp_path / "x.csv", exported(folder, capsys)), "--write", str(folder / "sites.yaml")) == 0
    assert "5 unchanged: goc, ubnd, xa, xb, dc-xa" in capsys.readouterr().out
    assert inventory_of(folder) == before


def test_comments_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a", sites="# Của phòng trực\n" + RICH + "# hết\n")
    for _ in range(2):
        run("import", write(tmp_path / "x.csv", exported(folder, capsys)), "--write", str(folder / "sites.yaml"))
        lines = (folder / "sites.yaml").read_text(encoding="utf-8").splitlines()
        assert lines[0] == "# Của phòng trực"
        assert lines[-1] == "# hết"
        place = next(number for number, line in enumerate(lines) if "id: xb" in line)
        assert lines[place - 2 : place] == ["  # Đường dự phòng qua vi ba", "  # tên dài"]
        capsys.readouterr()


def test_what_sites_d_adds_is_exported_with_its_own_defaults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = """\
defaults: {point: {contracted: 20M, probes: {icmp: {packets: 7}}}}
points:
  - {id: mv, name: Xã A, level: commune, area: khoi-tinh, address: 10.3.1.1, uplink: ubnd, probes: {icmp: {every: 20s}}}
"""
    folder = make_folder(tmp_path / "a", more={"mv.yaml": more})
    other = make_folder(tmp_path / "b")
    run("import", write(tmp_path / "x.csv", exported(folder, capsys)), "--write", str(other / "sites.yaml"))
    assert inventory_of(folder).targets == inventory_of(other).targets


def test_every_bad_row_is_reported_at_once_with_row_column_fault_and_cure_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path / "a")
    before = (folder / "sites.yaml").read_text()
    rows = (
        "kind,id,name,level,area,address,latitude,longitude,uplink,contracted,point,probes\n"
        "point,xb,Xã B,commune,huyen-dong-van,10.2.300.1,23.1,105.1,ubnd,50M,,\n"
        "point,xc,Xã C,commune,huyen-dong-vn,10.2.20.1,99,105.1,ubnd,50,,\n"
        "piont,xd,Xã D,commune,huyen-dong-van,10.2.21.1,23.1,105.1,ubnd,50M,,\n"
        "point,xe,,commune,huyen-dong-van,10.2.1.1,23.1,,ubdn,50M,,\n"
        "endpoint,dc-b,Phòng họp,,,10.2.17.21,,,,50M,xb,{icmp: {every: 5}}\n"
        "endpoint,dc-b,Phòng họp,,,10.2.17.22,,,,,xb,[\n"
    )
    path = write(tmp_path / "x.csv", rows)
    assert run("import", path, "--write", str(folder / "sites.yaml")) == 2
    errors = capsys.readouterr().err.replace(path, "x.csv").replace(str(folder), "config").splitlines()
    assert errors == [
        "x.csv:2: points.xb.address: '10.2.300.1' is no address; "
        "write four numbers from 0 to 255 without leading zeros, such as 10.2.17.1",
        "x.csv:3: points.xc.area: no area is called 'huyen-dong-vn'; did you mean 'huyen-dong-van'?",
        "x.csv:3: points.xc.contracted: '50' is no rate; did you mean '50M'?",
        "x.csv:3: points.xc.latitude: 99 is no latitude (-90 to 90); did you mean [105.1, 99]? latitude comes first",
        "x.csv:4: kind: no kind is called 'piont'; did you mean 'point'?",
        "x.csv:5: points.xe: the key 'name' is missing; add name: its name as staff say it",
        "x.csv:5: points.xe.address: 10.2.1.1 is the address of 'ubnd' too (config/sites.yaml:11); every target has its own",
        "x.csv:5: points.xe.longitude: has no value; it must be a number; write one or remove the key",
        "x.csv:5: points.xe.uplink: no point is called 'ubdn'; did you mean 'ubnd'?",
        "x.csv:6: contracted: a row of kind endpoint has no such attribute; empty the cell",
        "x.csv:6: endpoints.dc-b.probes.icmp.every: '5' is no duration; did you mean '5s'?",
        "x.csv:7: endpoints.dc-b.id: another target is called 'dc-b' (x.csv:6); every id stands once: rename one",
        "x.csv:7: id: 'dc-b' has a row already: 6; every id stands once: remove or rename one",
        "x.csv:7: probes: can't be understood; "
        "write it as in sites.yaml, such as [{role: …, telephone: …}] or {icmp: {every: 60s}}",
    ]
    assert before == (folder / "sites.yaml").read_text()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("kind,ids\npoint,x\n", "x.csv:1: id: the column is missing"),
        ("kind,id,adress\n", "x.csv:1: adress: no column is called so; did you mean 'address'?"),
        ("kind,id,id\n", "x.csv:1: id: the column stands here twice"),
        ("kind,id\npoint,x,y\n", "x.csv:2: has 3 cells, the first row has 2"),
        ('kind,id,name\npoint,x,"a\n', "x.csv:2: is not CSV: a quotation mark is opened and never closed; check"),
        ('kind,id,name\npoint,"x"y,a\n', "x.csv:2: is not CSV: behind a closing quotation mark stands neither a separator nor"),
        (f"kind,id,name\npoint,x,{'a' * 131_073}\n", "x.csv:2: is not CSV: a cell is longer than 131,072 characters"),
        ("kind,id\npoint,\n", "x.csv:2: points[3]: the key 'id' is missing"),
        ("kind,id,name\npoint,x,Xã".encode() + b"\xff\n", "x.csv:2: is not UTF-8; save it as 'CSV UTF-8'"),
        ("kind,id,name\nnetwork,,A\nnetwork,,B\n", "x.csv:3: kind: there is a row of kind network already; keep one"),
        ("kind,id\ndefaults,pont\n", "x.csv:2: id: there are no defaults of 'pont'; write point or endpoint"),
        (HEAD + "point,goc,Sở gốc,province,khoi-tinh,10.0.1.1,xa,1G,\n", "points.goc.uplink: the uplinks run in a circle"),
    ],
)
def test_a_file_that_is_no_inventory_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes, fault: str
) -> None:
    folder = make_folder(tmp_path / "a")
    path = write(tmp_path / "x.csv", content)
    assert run("import", path, "--config", str(folder)) == 2
    assert fault in capsys.readouterr().err.replace(path, "x.csv")


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        (
            "kind,adress\n" + "point,x\n" * 9,
            [
                "x.csv:1: adress: no column is called so; did you mean 'address'?",
                "x.csv:1: id: the column is missing; kind and id say which target a row is",
            ],
        ),
        (
            "\nkind,id\npoint,x\n",
            ["x.csv:1: the names of the columns stand in row 2; remove the rows above: they belong into row 1"],
        ),
        ("kind,id,zzz\n", ["x.csv:1: zzz: no column is called so; remove the column"]),
        ("", ["x.csv:1: is empty; its first row names the columns: kind, id, name, …"]),
        (b"PK\x03\x04\x14", ["x.csv: is an Excel file; save it as 'Excel Workbook (.xlsx)' and name it so"]),
        (bytes.fromhex("d0cf11e0a1b1"), ["x.csv: is an Excel file; save it as 'Excel Workbook (.xlsx)' and name it so"]),
        (
            b"PK\x03\x04".ljust(30) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            ["x.csv: is an OpenDocument file; save it as 'Excel Workbook (.xlsx)' and name it so"],
        ),
    ],
)
def test_a_file_without_a_usable_header_is_refused_without_a_line_for_every_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes, errors: list[str]
) -> None:
    path = write(tmp_path / "x.csv", content)
    assert run("import", path, "--config", str(make_folder(tmp_path / "a"))) == 2
    assert capsys.readouterr().err.replace(path, "x.csv").splitlines() == errors


def test_separators_byte_order_marks_and_decomposed_letters_are_taken_as_they_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path / "a")
    rows = (
        "\ufeffkind;id;name;level;area;address;uplink;latitude;longitude\r\n"
        "point;xb;Xa\u0303 B;commune;khoi-tinh;10.9.0.1;ubnd;23,25;105,5\r\n"
    )
    assert run("import", write(tmp_path / "x.csv", rows), "--write", str(folder / "sites.yaml")) == 0
    target = inventory_of(folder).targets["xb"]
    assert target.name == "Xã B"
    assert target.location is not None
    assert (target.location.latitude, target.location.longitude) == (23.25, 105.5)


def test_a_first_import_needs_network_levels_and_points(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "x.csv", "kind,id,name\narea,a,A\n")
    (tmp_path / "new").mkdir()
    assert run("import", path, "--write", str(tmp_path / "new" / "sites.yaml")) == 2
    assert capsys.readouterr().err.replace(path, "x.csv").splitlines() == [
        "x.csv: there is no row of kind level; add one",
        "x.csv: there is no row of kind network; add one",
        "x.csv: there is no row of kind point; add one",
    ]


def test_what_the_file_has_no_column_for_is_kept_and_an_empty_cell_removes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path / "a", sites=RICH)
    before = inventory_of(folder).targets
    assert (
        run(
            "import", write(tmp_path / "x.csv", "kind,id,address,tags\npoint,xb,10.7.7.7,\n"), "--write", str(folder / "sites.yaml")
        )
        == 0
    )
    after = inventory_of(folder).targets
    assert (after["xb"].address, after["xb"].tags) == ("10.7.7.7", ())
    assert (after["xb"].contacts, after["xb"].probes, after["xb"].parents) == (
        before["xb"].contacts,
        before["xb"].probes,
        before["xb"].parents,
    )
    assert {name: target for name, target in before.items() if name != "xb"} == {
        name: target for name, target in after.items() if name != "xb"
    }
    assert "4 kept, though without a row: goc, ubnd, xa, dc-xa" in capsys.readouterr().out


def test_without_write_nothing_changes_and_the_change_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a")
    rows = (
        HEAD + "point,xa,Xã Lũng Cú,commune,huyen-dong-van,10.9.9.9,ubnd,50M,\npoint,moi,Xã Mới,commune,khoi-tinh,10.9.9.8,goc,,\n"
    )
    assert run("import", write(tmp_path / "x.csv", rows), "--config", str(folder)) == 0
    said = capsys.readouterr().out
    assert "1 new: moi" in said
    assert said.splitlines()[1:3] == ["    1 changed", "        xa: address 10.2.17.1 → 10.9.9.9"]
    assert "Nothing was written" in said
    assert (folder / "sites.yaml").read_text() == SITES


def test_prune_removes_targets_without_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a")
    rows = "kind,id\npoint,goc\npoint,ubnd\n"
    assert run("import", write(tmp_path / "x.csv", rows), "--write", str(folder / "sites.yaml"), "--prune") == 0
    assert list(inventory_of(folder).targets) == ["goc", "ubnd"]
    assert "2 removed: xa, dc-xa" in capsys.readouterr().out


def test_real_addresses_come_in_with_the_network_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a")
    rows = "kind,id,addresses,address\nnetwork,,production,\npoint,goc,,gw.example\n"
    assert run("import", write(tmp_path / "x.csv", rows), "--write", str(folder / "sites.yaml")) == 0
    inventory = inventory_of(folder)
    assert (inventory.network.addresses, inventory.network.name) == ("production", "Mạng thử")
    assert inventory.targets["goc"].address == "gw.example"


def test_a_code_whose_zeros_a_spreadsheet_dropped_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a")
    assert run("import", write(tmp_path / "x.csv", "kind,id,code\npoint,xa,715\n"), "--config", str(folder)) == 2
    assert "x.csv:2: code: the code was '00715' and has lost its zeros; write 00715 as a text" in capsys.readouterr().err


def test_a_file_with_faults_of_its_own_is_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a", sites=SITES.replace("uplink: goc", "uplnk: goc"))
    assert run("import", write(tmp_path / "x.csv", "kind,id\n"), "--write", str(folder / "sites.yaml")) == 2
    assert "uplnk" in capsys.readouterr().err


def test_a_misspelt_folder_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "x.csv", "kind,id\n")
    assert run("import", path, "--write", str(tmp_path / "confg" / "sites.yaml")) == 2
    assert f"confg does not exist; check its name, or make it first: mkdir -p {tmp_path}/confg" in capsys.readouterr().err
    assert not (tmp_path / "confg").exists()
    assert run("import", path, "--write", str(tmp_path)) == 2
    assert f"is a folder; name the file in it: --write {tmp_path}/sites.yaml" in capsys.readouterr().err


def test_a_missing_file_and_an_unknown_area_are_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path / "a")
    assert run("import", str(tmp_path / "none.csv"), "--config", str(folder)) == 2
    assert "none.csv can't be read: No such file or directory" in capsys.readouterr().err
    assert run("list", "--config", str(folder), "--area", "nowhere") == 2
    assert "no area is called 'nowhere'; known are khoi-tinh, huyen-dong-van" in capsys.readouterr().err


def test_the_list_is_by_area_and_name_and_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--config", str(ROOT / "config")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert lines[-1] == "● 236 points  ○ 241 endpoints"
    assert [line.split(" (")[0] for line in lines if not line.startswith((" ", "●"))][:2] == ["Huyện Yên Minh", "Huyện Đồng Văn"]
    assert any(line.split() == ["●", "10.2.17.1", "xa-lung-cu", "Lũng", "Cú"] for line in lines)


def test_the_list_is_narrowed_by_area_level_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--area", "huyen-dong-van", "--level", "district", "--kind", "point", "--format", "json")
    assert run("list", "--config", str(ROOT / "config"), *words) == 0
    targets = json.loads(capsys.readouterr().out)
    assert [target["id"] for target in targets] == ["ubnd-huyen-dong-van", "huyen-uy-dong-van"]
    assert targets[0]["contracted"] == {"down_bps": 200_000_000, "up_bps": 200_000_000}
    assert targets[0]["parents"] == ["so-thong-tin-va-truyen-thong"]


def test_the_csv_has_a_row_for_everything(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(ROOT / "config", capsys))))
    kinds = [row["kind"] for row in rows]
    assert [kinds.count(kind) for kind in ("network", "level", "area", "defaults", "point", "endpoint")] == [1, 3, 12, 2, 236, 241]
    assert next(row for row in rows if row["id"] == "xa-lung-cu")["code"] == "00715"
