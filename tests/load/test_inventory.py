from __future__ import annotations

import time
from pathlib import Path

import pytest

from monitor.errors import ConfigError, Fault
from monitor.load.configuration import load
from monitor.load.inventory import load_inventory
from monitor.model.inventory import (
    AddressMode,
    Contact,
    Contracted,
    Expected,
    H323Access,
    Inventory,
    Kind,
    Location,
    ProbeOverride,
    SipAccess,
    WebAccess,
)
from tests.load.folders import SITES, make_folder


def inventory_of(folder: Path) -> Inventory:
    return load(folder, {}).inventory


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, {})
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_an_inventory_is_complete_defaults_and_heritage_filled_in(tmp_path: Path) -> None:
    inventory = inventory_of(make_folder(tmp_path))
    assert inventory.network.addresses is AddressMode.LAB
    assert inventory.levels == ("province", "district", "commune")
    assert list(inventory.targets) == ["goc", "ubnd", "xa", "dc-xa"]
    assert inventory.root == "goc"
    point, endpoint = inventory.targets["xa"], inventory.targets["dc-xa"]
    assert (point.short, point.code, point.parents, point.credential) == ("Lũng Cú", "00715", ("ubnd",), "wan")
    assert point.contracted == Contracted(50_000_000, 50_000_000)
    assert (endpoint.level, endpoint.area, endpoint.parents, endpoint.short) == ("commune", "huyen-dong-van", ("xa",), "Lũng Cú")
    assert (endpoint.call_rate_bps, endpoint.credential, endpoint.profile) == (2_000_000, None, "default")
    assert inventory.areas["huyen-dong-van"].short == "Đồng Văn"
    assert inventory.areas["huyen-dong-van"].location == Location(23.27841, 105.36291)


def test_a_target_says_everything_for_itself(tmp_path: Path) -> None:
    rich = """\
  - id: xb
    name: Thị trấn Đồng Văn
    level: commune
    area: huyen-dong-van
    address: FD00::0001
    uplink: [ubnd, goc]
    contracted: {down: 50M, up: 20M}
    credential: none
    expected: office_hours
    wan_interface: ^wan
    interfaces: all
    engine: pysnmp
    max_repetitions: 5
    answers_from: 10.9.9.9
    tags: [xa-vung-cao]
    contacts: [{role: Trực kỹ thuật, telephone: 0219 000 0000}]
    probes: {icmp: {every: 60s, dscp: af41}, snmp: {enabled: false}}
    location: [23.3, 105.3]
    short: TT ĐV
endpoints:"""
    target = inventory_of(make_folder(tmp_path, sites=SITES.replace("endpoints:", rich))).targets["xb"]
    assert target.address == "fd00::1"
    assert target.parents == ("ubnd", "goc")
    assert target.contracted == Contracted(50_000_000, 20_000_000)
    assert (target.credential, target.expected, target.interfaces, target.engine) == (None, Expected.OFFICE_HOURS, "all", "pysnmp")
    assert (target.max_repetitions, target.answers_from, target.tags, target.short) == (5, ("10.9.9.9",), ("xa-vung-cao",), "TT ĐV")
    assert target.contacts == (Contact("Trực kỹ thuật", "0219 000 0000"),)
    assert target.probes == {"icmp": ProbeOverride(changes={"every_s": 60.0, "dscp": 34}), "snmp": ProbeOverride(enabled=False)}


def test_probes_are_merged_with_the_defaults_key_by_key(tmp_path: Path) -> None:
    sites = SITES.replace("credential: wan}", "credential: wan, probes: {icmp: {every: 30s, packets: 3}, snmp: {enabled: false}}}")
    sites = sites.replace("contracted: 50M}", "contracted: 50M, probes: {icmp: {packets: 9}, snmp: {enabled: true}}}")
    targets = inventory_of(make_folder(tmp_path, sites=sites)).targets
    assert targets["goc"].probes == {
        "icmp": ProbeOverride(changes={"every_s": 30.0, "packets": 3}),
        "snmp": ProbeOverride(enabled=False),
    }
    assert targets["xa"].probes == {
        "icmp": ProbeOverride(changes={"every_s": 30.0, "packets": 9}),
        "snmp": ProbeOverride(enabled=True),
    }


def test_how_an_endpoint_is_addressed_is_merged_with_the_defaults_too(tmp_path: Path) -> None:
    sites = SITES.replace("{call_rate: 2M}", "{web: {login: codec, path: /status.xml}, sip: {domain: hoinghi.vn}}")
    sites = sites.replace("id: dc-xa,", "id: dc-xa, sip: {user: 1715}, h323: {alias: 1715, port: 1721}, web: {port: 8443},")
    folder = make_folder(tmp_path, sites=sites)
    with (folder / "monitor.yaml").open("a", encoding="utf-8") as file:
        file.write("logins: {codec: {user: xem, password: {literal: mk}}}\n")
    endpoint = inventory_of(folder).targets["dc-xa"]
    assert (SipAccess("1715", "hoinghi.vn"), H323Access("1715", 1721)) == (endpoint.sip, endpoint.h323)
    assert WebAccess("codec", 8443, "/status.xml") == endpoint.web


def test_a_login_that_is_not_there_and_a_sip_name_that_cannot_be_are_faults(tmp_path: Path) -> None:
    sites = SITES.replace("id: dc-xa,", "id: dc-xa, sip: {user: 'a@b'}, web: {login: codec},")
    assert [
        "sites.yaml:14: endpoints.dc-xa.sip.user: 'a@b' can't stand in a SIP address; write the part before or behind the @ alone, "
        "without sip:",
        "sites.yaml:14: endpoints.dc-xa.web: no login is called 'codec'; add it to logins in monitor.yaml",
    ] == faults_of(make_folder(tmp_path, sites=sites))


def test_files_of_sites_d_add_targets_and_have_defaults_of_their_own(tmp_path: Path) -> None:
    more = """\
areas: [{id: huyen-meo-vac, name: Huyện Mèo Vạc}]
defaults: {point: {contracted: 20M}}
points:
  - {id: mv, name: Xã Xín Cái, level: commune, area: huyen-meo-vac, address: 10.3.1.1, uplink: ubnd}
"""
    inventory = inventory_of(make_folder(tmp_path, more={"meo-vac.yaml": more}))
    assert list(inventory.targets) == ["goc", "ubnd", "xa", "mv", "dc-xa"]
    target = inventory.targets["mv"]
    assert (target.contracted, target.credential) == (Contracted(20_000_000, 20_000_000), "wan")


def test_host_names_serve_in_production_and_not_in_the_lab(tmp_path: Path) -> None:
    named = SITES.replace("address: 10.2.17.20", "address: Codec-1.example")
    assert faults_of(make_folder(tmp_path / "lab", sites=named)) == [
        "sites.yaml:14: endpoints.dc-xa.address: 'codec-1.example' is a name; the lab has only addresses; "
        "write an IP address, or addresses: production"
    ]
    real = named.replace("addresses: lab", "addresses: production")
    assert inventory_of(make_folder(tmp_path / "real", sites=real)).targets["dc-xa"].address == "codec-1.example"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("uplink: ubnd,", "uplink: ubdn,", "sites.yaml:12: points.xa.uplink: no point is called 'ubdn'; did you mean 'ubnd'?"),
        ("uplink: ubnd,", "uplink: dc-xa,", "points.xa.uplink: 'dc-xa' is an endpoint; name the point where it stands"),
        ("point: xa,", "point: xb,", "sites.yaml:14: endpoints.dc-xa.point: no point is called 'xb'; add it to points"),
        ("uplink: ubnd,", "uplink: [ubnd, ubnd],", "points.xa.uplink[1]: 'ubnd' stands here twice; remove one"),
        ("level: commune", "level: comune", "points.xa.level: no level is called 'comune'; did you mean 'commune'?"),
        ("area: khoi-tinh,", "area: khoi-tin,", "points.goc.area: no area is called 'khoi-tin'; did you mean 'khoi-tinh'?"),
        ("id: dc-xa", "id: xa", "endpoints.xa.id: another target is called 'xa'"),
        ("id: huyen-dong-van,", "id: khoi-tinh,", "areas.khoi-tinh.id: another area is called 'khoi-tinh'"),
        ("10.2.17.20", "10.2.17.1", "endpoints.dc-xa.address: 10.2.17.1 is the address of 'xa' too"),
        ("10.2.17.20", "224.0.0.1", "no device can have the address 224.0.0.1"),
        ("uplink: goc, ", "", "points.ubnd.uplink: is missing, and only one point may have none; 'goc' has none"),
        ("23.27841, 105.36291", "105.36291, 23.27841", "did you mean [23.27841, 105.36291]? latitude comes first"),
        ("credential: wan", "credential: wam", "defaults.point.credential: no credential is called 'wam'; did you mean 'wan'?"),
        ("profile: default", "profile: defalt", "defaults.point.profile: no profile is called 'defalt'; did you mean 'default'?"),
        ("network: {name: Mạng thử, addresses: lab}\n", "", "sites.yaml:1: network: is missing; add network:"),
        ("levels: [province, district, commune]\n", "", "sites.yaml:1: levels: is missing; add levels:"),
        ("addresses: lab", "addresses: real", "network.addresses: 'real' is not known here; known are lab, production"),
        ("contracted: 50M", "contracted: {down: 50M}", "points.xa.contracted: the key 'up' is missing"),
        (", point: xa", "", "endpoints.dc-xa: the key 'point' is missing; add point: the point where it stands"),
    ],
)
def test_each_fault_between_entries_is_reported_at_its_place(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in SITES
    faults = faults_of(make_folder(tmp_path, sites=SITES.replace(old, new, 1)))
    assert any(fault in each for each in faults), faults


def test_a_fault_is_reported_once_and_brings_no_others_along(tmp_path: Path) -> None:
    sites = SITES.replace("{id: ubnd, name: UBND huyện Đồng Văn, level: district", "{id: ubnd, name: [], level: district")
    assert faults_of(make_folder(tmp_path, sites=sites)) == ["sites.yaml:11: points.ubnd.name: must be a text, not a list"]


def test_a_file_that_is_no_yaml_is_one_fault_not_hundreds(tmp_path: Path) -> None:
    faults = faults_of(make_folder(tmp_path, more={"a.yaml": "points: [\n"}, sites=SITES.replace("uplink: ubnd", "uplink: in-a")))
    assert len(faults) == 1
    assert faults[0].startswith("sites.d/a.yaml:2: is not YAML")


def test_a_circle_of_uplinks_is_named_in_full_and_once(tmp_path: Path) -> None:
    sites = SITES.replace("address: 10.0.1.1,", "address: 10.0.1.1, uplink: xa,")
    assert faults_of(make_folder(tmp_path, sites=sites)) == [
        "sites.yaml:10: points.goc.uplink: the uplinks run in a circle: goc → xa → ubnd → goc; "
        "one of them must lead towards the root"
    ]


def test_a_point_that_hangs_on_itself_is_a_circle(tmp_path: Path) -> None:
    faults = faults_of(make_folder(tmp_path, sites=SITES.replace("uplink: ubnd", "uplink: [ubnd, xa]")))
    assert faults == [
        "sites.yaml:12: points.xa.uplink: the uplinks run in a circle: xa → xa; one of them must lead towards the root"
    ]


def test_two_uplinks_to_one_root_are_no_circle(tmp_path: Path) -> None:
    sites = SITES.replace("uplink: ubnd", "uplink: [ubnd, goc]")
    assert inventory_of(make_folder(tmp_path, sites=sites)).children()["goc"] == ("ubnd", "xa")


def test_a_call_faster_than_its_circuit_is_a_warning(tmp_path: Path) -> None:
    configuration = load(make_folder(tmp_path, sites=SITES.replace("contracted: 50M", "contracted: {down: 50M, up: 1M}")), {})
    assert [str(warning).removeprefix(f"{tmp_path}/") for warning in configuration.warnings] == [
        "sites.yaml:14: endpoints.dc-xa.call_rate: the call of 2 Mbit/s is faster than the circuit of 'xa'; "
        "lower it or correct contracted"
    ]


def test_an_empty_inventory_has_no_root(tmp_path: Path) -> None:
    faults = faults_of(make_folder(tmp_path, sites="network: {name: x, addresses: lab}\nlevels: [a]\n"))
    assert faults == ["sites.yaml:1: points: there are no points; add at least the root, which has no uplink"]


def _many(count: int) -> str:
    """Return a network of so many points and as many endpoints, three levels deep."""
    lines = [
        SITES.partition("points:")[0] + "points:",
        "  - {id: r, name: Gốc, level: province, area: khoi-tinh, address: 10.255.0.1}",
    ]
    for n in range(1, count):
        up = "r" if n < 20 else f"p{n % 19 + 1}"
        lines.append(
            f"  - {{id: p{n}, name: Xã số {n}, level: commune, area: khoi-tinh, code: {n:05}, address: 10.{n >> 8}.{n & 255}.1, "
            f"location: [22.{n}, 105.{n}], uplink: {up}, contracted: 50M}}"
        )
    lines.append("endpoints:")
    lines += [f"  - {{id: e{n}, name: Phòng họp số {n}, point: p{n}, address: 10.{n >> 8}.{n & 255}.20}}" for n in range(1, count)]
    return "\n".join(lines) + "\n"


def _cpu_s(folder: Path) -> float:
    faults: list[Fault] = []
    start = time.process_time()
    inventory, _ = load_inventory(folder, faults, [])
    spent = time.process_time() - start
    assert inventory is not None, faults[:3]
    return spent


def test_the_time_to_load_grows_with_the_inventory_and_not_faster(tmp_path: Path) -> None:
    small, large = make_folder(tmp_path / "small", sites=_many(1000)), make_folder(tmp_path / "large", sites=_many(5000))
    few, many = min(_cpu_s(small) for _ in range(2)), _cpu_s(large)
    print(f"2,000 targets {few:.2f} s, 10,000 targets {many:.2f} s of CPU")
    assert many < few * 5 * 3


def test_ten_thousand_wrong_names_cost_no_minutes(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, sites=_many(3000).replace("uplink: p", "uplink: q"))
    faults: list[Fault] = []
    load_inventory(folder, faults, [])
    assert len(faults) == 2980
    assert sum("did you mean" in fault.cure for fault in faults) > 0


def test_points_and_endpoints_are_told_apart(tmp_path: Path) -> None:
    inventory = inventory_of(make_folder(tmp_path))
    assert [target.id for target in inventory.of_kind(Kind.ENDPOINT)] == ["dc-xa"]


def test_a_misspelt_key_that_has_to_be_there_is_one_fault(tmp_path: Path) -> None:
    faults = faults_of(make_folder(tmp_path, sites=SITES.replace("address: 10.2.17.1,", "adress: 10.2.17.1,")))
    assert len(faults) == 1
    assert "no key of a point is called 'adress'; did you mean 'address'?" in faults[0]
