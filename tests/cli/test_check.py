from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.__main__ import main
from monitor.cli.check import schemas
from monitor.cli.check_machine import MachineGrade, icmp, journal, listen, look, ping_range, zone
from monitor.errors import MonitorError, SetupError
from monitor.model.settings import Settings
from monitor.probes.icmp.socket import IcmpSocket
from monitor.words import say
from monitor.words.configuration import MACHINE
from monitor.words.faults import tell_fault
from monitor.words.phrase import decoded
from tests.load.folders import MONITOR, SITES, make_folder

LIVELY = f"listen: 127.0.0.1:0\njournal: sqlite:///var/x.db\n{MONITOR}"

TEN_FAULTS = {
    "sites.yaml": """\
network: {name: Mạng thử, addresses: lab}
levels: [province, district, commune]
areas:
  - {id: khoi-tinh, name: Khối cơ quan tỉnh}
points:
  - {id: goc, name: Sở gốc, level: province, area: khoi-tinh, address: 10.0.1.1, credential: wan}
  - {id: ubnd-huyen, name: UBND huyện, level: district, area: khoi-tinh, address: 10.2.1.1, uplink: goc, contracted: 50}
  - {id: xa-lung-cu, name: Xã Lũng Cú, level: commune, area: khoi-tinh, address: 10.2.17.1, uplink: ubnd-huyn}
  - {id: xa-ma-le, name: Xã Má Lé, level: commune, area: khoi-tinh, adress: 10.2.18.1, address: 10.2.1.1, uplink: ubnd-huyen}
""",
    "sites.d/meo-vac.yaml": """\
points:
  - {id: xa-a, name: Xã A, level: commune, area: khoi-tinh, address: 10.3.1.1, uplink: xa-b}
  - {id: xa-b, name: Xã B, level: commune, area: khoi-tinh, address: 10.3.2.1, uplink: xa-a}
endpoints:
  - {id: dc-xa-a, name: Phòng họp, address: 10.3.1.20}
  - {id: xa-lung-cu, name: Phòng họp, point: goc, address: 10.3.1.21}
""",
    "monitor.yaml": """\
language: vi
language: en
probes: {icmp: {every: 15}}
credentials: {wan: {version: 2c, community: {env: MONITOR_TEST_NOT_SET}}}
""",
}
TEN_LINES = [
    "monitor.yaml:2: language: the key stands here again; it is on line 1 already; remove one",
    "monitor.yaml:3: probes.icmp.every: '15' is no duration; did you mean '15s'?",
    "monitor.yaml:4: credentials.wan.community.env: the environment variable MONITOR_TEST_NOT_SET is not set; "
    "export MONITOR_TEST_NOT_SET=… or set it in the unit's EnvironmentFile",
    "sites.d/meo-vac.yaml:2: points.xa-a.uplink: the uplinks run in a circle: xa-a → xa-b → xa-a; "
    "one of them must lead towards the root",
    "sites.d/meo-vac.yaml:5: endpoints.dc-xa-a: the key 'point' is missing; "
    "add point: the point where it stands; its level and area are that point's",
    "sites.d/meo-vac.yaml:6: endpoints.xa-lung-cu.id: another target is called 'xa-lung-cu' ({folder}/sites.yaml:8); "
    "every id stands once: rename one",
    "sites.yaml:7: points.ubnd-huyen.contracted: '50' is no rate; did you mean '50M'?",
    "sites.yaml:8: points.xa-lung-cu.uplink: no point is called 'ubnd-huyn'; did you mean 'ubnd-huyen'?",
    "sites.yaml:9: points.xa-ma-le.address: 10.2.1.1 is the address of 'ubnd-huyen' too ({folder}/sites.yaml:7); "
    "every target has its own",
    "sites.yaml:9: points.xa-ma-le.adress: no key of a point is called 'adress'; did you mean 'address'?",
]


def test_a_configuration_with_ten_faults_gives_ten_lines_with_place_fault_and_cure_and_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sites.d").mkdir()
    for name, text in TEN_FAULTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert main(["check", "--config", str(tmp_path), "--language", "en"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[:10] == [f"{tmp_path}/" + line.replace("{folder}", str(tmp_path)) for line in TEN_LINES]
    assert lines[10:12] == ["10 faults in the configuration", "This machine"]


def test_a_good_configuration_is_counted_by_level_and_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--config", str(make_folder(tmp_path, monitor=LIVELY)), "--language", "en"])
    assert capsys.readouterr().out.splitlines()[:5] == [
        f"Configuration {tmp_path}: Mạng thử (the lab's addresses: polled only inside its own network)",
        "  province: 1 point, 0 endpoints",
        "  district: 1 point, 0 endpoints",
        "  commune: 1 point, 1 endpoint",
        "  in all: 3 points, 1 endpoint",
    ]


def test_staff_read_vietnamese_unless_they_ask_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--config", str(make_folder(tmp_path, monitor=LIVELY))])
    assert "Cấp huyện: 1 điểm mạng, 0 điểm cầu" in capsys.readouterr().out


def test_warnings_are_said_and_are_no_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path, monitor=LIVELY, sites=SITES.replace("contracted: 50M", "contracted: 1M"))
    main(["check", "--config", str(folder), "--language", "en"])
    assert f"warning: {folder}/sites.yaml:14: endpoints.dc-xa.call_rate" in capsys.readouterr().out


def test_who_is_asked_besides_the_targets_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = f"{LIVELY}probes: {{h323: {{gatekeeper: 10.0.1.9}}}}\nhealth: {{references: [10.0.1.254, goc]}}\n"
    sites = SITES.replace("id: dc-xa,", "id: dc-xa, probes: {h323: {enabled: true}}, h323: {alias: 1715},")
    folder = make_folder(tmp_path, monitor=asked, sites=sites)
    main(["check", "--config", str(folder), "--language", "en"])
    assert "  asked besides them: 10.0.1.9, 10.0.1.254" in capsys.readouterr().out.splitlines()
    main(["check", "--config", str(folder), "--format", "json"])
    assert ["10.0.1.9", "10.0.1.254"] == json.loads(capsys.readouterr().out)["asked_besides"]


def test_programs_read_it_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--config", str(make_folder(tmp_path / "good", monitor=LIVELY)), "--format", "json"])
    good = json.loads(capsys.readouterr().out)
    assert good["targets"]["commune"] == {"point": 1, "endpoint": 1}
    assert good["faults"] == []
    assert {finding["grade"] for finding in good["machine"]} <= {"ok", "warning", "fault"}
    assert main(["check", "--config", str(make_folder(tmp_path / "bad", sites="points: 7\n")), "--format", "json"]) == 2
    bad = json.loads(capsys.readouterr().out)
    assert [{"file", "line", "path", "code", "values", "remedy", "fault", "cure"}] == [set(each) for each in bad["faults"][:1]]
    (fault,) = (each for each in bad["faults"] if each["code"] == "not_a_list")
    assert ({"found": {"code": "a_text", "values": {}}}, "not_a_list_cure") == (fault["values"], fault["remedy"]["code"])


def test_programs_are_told_what_was_found_in_codes_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites = SITES.replace("contracted: 50M", "contracted: 1M")
    main(["check", "--config", str(make_folder(tmp_path, monitor=LIVELY, sites=sites)), "--format", "json", "--language", "en"])
    told = json.loads(capsys.readouterr().out)
    (warning,) = told["warnings"]
    assert ("call_too_fast", {"rate_bps": 2_000_000, "point": "xa"}) == (warning["code"], warning["values"])
    for each in (*told["faults"], *told["warnings"]):
        heard = MonitorError.answered({"error": each["fault"], **each})
        assert (each["code"], each["fault"], each["cure"]) == (heard.code, heard.fault_in("en"), heard.cure_in("en"))
    for each in told["machine"]:
        values = {
            name: tell_fault(decoded(value), "en") if isinstance(value, dict) else value for name, value in each["values"].items()
        }
        assert each["text"] == say(MACHINE, each["code"], "en", **values)


def test_a_finding_that_quotes_another_fault_has_its_code(tmp_path: Path) -> None:
    finding = next(finding for finding in look(None, (4,), 100, proc(tmp_path), refuse) if finding.key == "icmp_none")
    told = json.loads(json.dumps(finding.answer_in("vi")))
    assert ("fault", "icmp_none", 4, "icmp_refused", "icmp_refused_cure") == (
        *(told["grade"], told["code"], told["values"]["version"]),
        *(told["values"]["fault"]["code"], told["values"]["cure"]["code"]),
    )


def test_the_schemas_are_written_where_one_asks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--write-schema", str(tmp_path / "schema")]) == 0
    assert {path.name for path in (tmp_path / "schema").iterdir()} == set(schemas())
    assert "sites.schema.json" in capsys.readouterr().out


def refuse(version: int, allow_raw: bool) -> IcmpSocket:
    raise SetupError("icmp_refused", version=version, reasons=())


def proc(folder: Path, *, ping: str = "1\t0", rmem: str = "212992", capabilities: str = "0") -> Path:
    for name, text in {
        "sys/net/ipv4/ping_group_range": ping,
        "sys/net/core/rmem_max": rmem,
        "self/status": f"Name:\tx\nCapEff:\t{capabilities}\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_machine_without_any_icmp_socket_is_a_fault_with_the_exact_sysctl(tmp_path: Path) -> None:
    findings = {finding.key: finding for finding in look(None, (4,), 100, proc(tmp_path), refuse)}
    assert findings["icmp_none"].grade is MachineGrade.FAULT
    assert findings["icmp_none"].text("vi").startswith("ICMP IPv4: ICMP IPv4 không được phép")
    assert findings["icmp_none"].cure("vi").startswith("cấp CAP_NET_RAW cho bộ giám sát")
    assert findings["icmp_none"].cure("en").startswith("give the daemon CAP_NET_RAW")
    assert findings["ping_range_closed"].grade is MachineGrade.FAULT
    assert findings["ping_range_closed"].values == {"range": "1 0"}
    assert "sysctl -w net.ipv4.ping_group_range='0 2147483647'" in findings["ping_range_closed"].cure("en")
    assert findings["capabilities_none"].grade is MachineGrade.OK


def test_a_ping_group_range_that_holds_our_group_is_fine(tmp_path: Path) -> None:
    finding = ping_range(proc(tmp_path, ping="0\t2147483647"), [0, 1000], is_needed=True)
    assert finding.grade is MachineGrade.OK
    assert finding.text("en") == "net.ipv4.ping_group_range = 0 2147483647"


def test_capabilities_are_named(tmp_path: Path) -> None:
    findings = {finding.key: finding for finding in look(None, (), 0, proc(tmp_path, capabilities="0000000000002000"))}
    assert findings["capabilities"].text("en") == "capabilities: CAP_NET_RAW"


def _raw_socket_or_skip() -> Callable[[int, bool], IcmpSocket]:
    try:
        IcmpSocket(4).close()
    except SetupError:
        pytest.skip("this machine permits no ICMP socket")
    return lambda version, allow_raw: IcmpSocket(version, allow_raw=allow_raw, buffer_bytes=65536)


def test_the_window_that_the_granted_buffer_gives_is_said(tmp_path: Path) -> None:
    open_small = _raw_socket_or_skip()
    few = [finding for finding in icmp(4, 10, proc(tmp_path), open_small) if finding.key == "buffer"]
    many = [finding for finding in icmp(4, 2000, proc(tmp_path), open_small) if finding.key == "buffer"]
    assert (few[0].grade, many[0].grade) == (MachineGrade.OK, MachineGrade.WARNING)
    assert few[0].values["rmem_max"] == "212992"
    assert "net.core.rmem_max=8388608" in many[0].cure("en")


def test_a_journal_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert journal(f"sqlite:///{tmp_path}/new/folder/journal.db").grade is MachineGrade.OK
    assert journal(f"sqlite:///{tmp_path}/file/journal.db").grade is MachineGrade.FAULT
    assert journal(f"sqlite:///{tmp_path}").grade is MachineGrade.FAULT
    assert journal("postgresql://user:s3cr3t@db/monitor").text("en") == "journal on a database server: not tried here"
    assert not (tmp_path / "new").exists()


def test_a_port_in_use_is_a_warning_and_a_foreign_address_a_fault() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finding = listen(f"127.0.0.1:{taken.getsockname()[1]}")
    assert (finding.grade, finding.key) == (MachineGrade.WARNING, "listen_used")
    assert listen("127.0.0.1:0").grade is MachineGrade.OK
    assert listen("192.0.2.1:9877").grade is MachineGrade.FAULT


def test_a_time_zone_that_the_machine_lacks_is_a_fault() -> None:
    assert zone("Asia/Ho_Chi_Minh").text("en") == "time zone Asia/Ho_Chi_Minh, now UTC+07:00"
    assert zone("Asia/Nowhere").grade is MachineGrade.FAULT


def test_every_finding_has_its_words_in_both_languages(tmp_path: Path) -> None:
    findings = [*look(Settings(listen="127.0.0.1:0"), (4, 6), 2000, proc(tmp_path), refuse)]
    for finding in findings:
        for language in ("vi", "en"):
            assert finding.text(language)
            assert finding.grade is MachineGrade.OK or finding.cure(language)
    assert all(key.removesuffix("_cure") in MACHINE for key in MACHINE)
