"""What a target says of its probes is joined with what its defaults and monitor.yaml say, and refused where that can't be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError, Fault
from monitor.load.configuration import load
from monitor.model.probe_kinds import KINDS
from monitor.rules.timetable import probe_plan
from tests.load.folders import MONITOR, SITES, make_folder

CODEC = "probes: {sip: true, h323: true, web: {path: /}, tcp: [445]}\n"
EVERY = ("lengthen every or shorten timeout", "tăng every hoặc giảm timeout")
DEADLINE = (
    "shorten timeout, or lengthen deadline in monitor.yaml",
    "giảm timeout, hoặc tăng deadline trong monitor.yaml",
)


def folder_with(where: Path, *, own: str = "", defaults: str = "", monitor: str = "", area: str = "") -> Path:
    """Write a folder in which the endpoint dc-xa is asked by every kind of probe.

    own, defaults: what the endpoint and the defaults of endpoints say of their probes. area: a further file of one area.
    """
    sites = SITES.replace("{call_rate: 2M}", f"{{profile: codec, credential: wan, probes: {{{defaults}}}}}")
    sites = sites.replace("id: dc-xa,", f"id: dc-xa, probes: {{{own}}},")
    more = {"huyen.yaml": area} if area else {}
    folder = make_folder(where, sites=sites, monitor=f"{MONITOR}probes: {{{monitor}}}\n", more=more, profiles=("default",))
    (folder / "profiles" / "codec.yaml").write_text(CODEC, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[Fault]:
    try:
        load(folder)
    except ConfigError as error:
        return list(error.faults)
    return []


def long(took: str, every: str) -> tuple[str, str]:
    return (
        f"a probe may take {took} s, longer than its interval of {every} s",
        f"một lần đo có thể mất {took} s, dài hơn chu kỳ {every} s".replace(".", ","),
    )


OWN, OF_ALL = "sites.yaml:14: endpoints.dc-xa.probes", "sites.yaml:8: defaults.endpoint.probes"
REFUSED = [
    ("ping's interval", {"own": "icmp: {every: 500ms}"}, f"{OWN}.icmp", long("1.08", "0.5"), EVERY),
    ("ping's timeout", {"own": "icmp: {timeout: 20s}"}, f"{OWN}.icmp", long("20.08", "15"), EVERY),
    ("ping's packets", {"own": "icmp: {packets: 100, spacing: 1s}"}, f"{OWN}.icmp", long("100", "15"), EVERY),
    ("SIP's interval", {"own": "sip: {every: 3s}"}, f"{OWN}.sip", long("4", "3"), EVERY),
    ("SIP's timeout", {"own": "sip: {timeout: 31s}"}, f"{OWN}.sip", long("62", "60"), EVERY),
    (
        "SIP's transports",
        {"own": "sip: {transports: [udp, tcp]}", "monitor": "sip: {every: 3s, transports: [udp]}"},
        f"{OWN}.sip",
        long("4", "3"),
        EVERY,
    ),
    ("ports' interval", {"own": "tcp: {every: 1s}"}, f"{OWN}.tcp", long("2", "1"), EVERY),
    (
        "a gatekeeper is waited for",
        {"own": "h323: {every: 3s}", "monitor": "h323: {gatekeeper: 10.0.0.9}"},
        f"{OWN}.h323",
        long("4", "3"),
        EVERY,
    ),
    ("a page's interval", {"own": "web: {every: 7s}"}, f"{OWN}.web", long("8", "7"), EVERY),
    (
        "SNMP's timeout",
        {"own": "snmp: {timeout: 30s}"},
        f"{OWN}.snmp",
        ("the deadline of 20 s is shorter than one timeout", "deadline 20 s ngắn hơn một lần chờ (timeout)"),
        DEADLINE,
    ),
    ("the defaults", {"defaults": "sip: {every: 3s}"}, f"{OF_ALL}.sip", long("4", "3"), EVERY),
    (
        "the defaults, whatever else is said of it",
        {"defaults": "sip: {every: 3s}", "own": "sip: {enabled: true}"},
        f"{OF_ALL}.sip",
        long("4", "3"),
        EVERY,
    ),
    (
        "the defaults with its own",
        {"defaults": "sip: {timeout: 5s}", "own": "sip: {every: 9s}"},
        f"{OWN}.sip",
        long("10", "9"),
        EVERY,
    ),
]
ACCEPTED = [
    ("an interval as long as its probe", {"own": "tcp: {every: 2s}"}),
    ("a shorter timeout with a shorter interval", {"own": "sip: {every: 3s, timeout: 1s}"}),
    ("the nearest counts", {"defaults": "sip: {every: 3s}", "own": "sip: {every: 10s}"}),
    ("what is not asked", {"own": "sip: {enabled: false, every: 1s}"}),
    ("a gatekeeper that is not there", {"own": "h323: {every: 3s}"}),
    ("retries, which the deadline bounds", {"own": "snmp: {retries: 10}"}),
    ("an interval within which a poll ends, whatever its deadline", {"own": "snmp: {every: 3s}"}),
]


@pytest.mark.parametrize(("said", "place", "fault", "cure"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_takes_longer_than_its_interval_is_refused_with_place_fault_and_cure(
    tmp_path: Path, said: dict[str, str], place: str, fault: tuple[str, str], cure: tuple[str, str]
) -> None:
    (found,) = faults_of(folder_with(tmp_path, **said))
    assert [f"{tmp_path}/{place}: {fault[number]}; {cure[number]}" for number in range(2)] == [
        found.text_in(language) for language in ("en", "vi")
    ]


@pytest.mark.parametrize("said", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_what_ends_within_its_interval_is_taken_and_keeps_it(tmp_path: Path, said: dict[str, str]) -> None:
    found = load(folder_with(tmp_path, **said))
    plan = probe_plan(found.inventory.targets["dc-xa"], found.settings, found.profiles)
    assert [turn.probe for turn in plan if turn.spec.waits_s > turn.every_s] == []


def test_an_areas_file_has_defaults_of_its_own_and_is_named(tmp_path: Path) -> None:
    area = """\
defaults: {point: {probes: {icmp: {every: 2s}}}}
points:
  - {id: xb, name: Xã B, level: commune, area: khoi-tinh, address: 10.2.18.1, uplink: ubnd}
  - {id: xc, name: Xã C, level: commune, area: khoi-tinh, address: 10.2.19.1, uplink: ubnd, probes: {icmp: {timeout: 2s}}}
  - {id: xd, name: Xã D, level: commune, area: khoi-tinh, address: 10.2.20.1, uplink: ubnd, probes: {icmp: {packets: 1}}}
"""
    assert [f"{tmp_path}/sites.d/huyen.yaml:4: points.xc.probes.icmp: {long('2.08', '2')[0]}; {EVERY[0]}"] == [
        str(fault) for fault in faults_of(folder_with(tmp_path, area=area))
    ]


def test_what_a_profile_brings_is_checked_as_the_target_changes_it(tmp_path: Path) -> None:
    (fault,) = faults_of(folder_with(tmp_path, own="tcp: {timeout: 9s, every: 5s, ports: [22, 445]}"))
    assert f"{tmp_path}/{OWN}.tcp: {long('9', '5')[0]}; {EVERY[0]}" == str(fault)


def test_what_monitor_yaml_alone_is_at_fault_for_is_told_once(tmp_path: Path) -> None:
    found = faults_of(folder_with(tmp_path, monitor="sip: {every: 1s}", own="sip: {transports: [udp]}"))
    assert [(f"{tmp_path}/monitor.yaml", "probes.sip")] == [(fault.file, fault.path) for fault in found]


def test_all_are_told_at_once(tmp_path: Path) -> None:
    own = ", ".join(f"{name}: {{every: 1s, timeout: 40s}}" for name in KINDS)
    found = faults_of(folder_with(tmp_path, own=own))
    assert {f"endpoints.dc-xa.probes.{name}" for name in KINDS} == {fault.path for fault in found}
