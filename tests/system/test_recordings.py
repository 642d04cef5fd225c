"""Recordings that the lab plays are recognised and read over the network, by both engines alike."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.lab_fixture import StartLab

ROOT = Path(__file__).parents[2]
DEVICES = ROOT / "tests" / "devices"
PLAYED = {
    "cisco-iosxe": "cisco-ios",
    "huawei-vrp": "huawei-vrp",
    "fortinet-fortigate": "fortinet-fortigate",
    "poly-idle": "poly-studio",
}
"""Recording → the profile that is to read it."""
SITES = """
network: {name: Mạng thử, addresses: lab}
levels: [province, commune]
areas: [{id: khu-a, name: Huyện A}]
defaults: {point: {credential: wan, profile: generic-router}}
points:
  - {id: goc, name: Gốc, level: province, area: khu-a, address: 10.0.0.1}
""" + "".join(
    f"  - {{id: {engine}-{recording}, name: Điểm {engine} {recording}, level: commune, area: khu-a, address: 10.{net}.{host}.1, "
    f"uplink: goc, engine: {engine}}}\n"
    for net, engine in enumerate(("fast", "pysnmp"), 1)
    for host, recording in enumerate(PLAYED, 1)
)
SCENARIO = "title: recordings\nagents:\n" + "".join(
    f"  {engine}-{recording}: {{play: {DEVICES}/{recording}.snmprec}}\n" for engine in ("fast", "pysnmp") for recording in PLAYED
)


def test_what_the_lab_plays_is_read_the_same_by_both_engines(start_lab: StartLab) -> None:
    lab = start_lab(sites=SITES, scenario=SCENARIO)
    asked = [f"{engine}-{recording}" for engine in ("fast", "pysnmp") for recording in PLAYED]
    run = lab.exec(sys.executable, "-m", "monitor", "poll", "--config", str(lab.folder), "--format", "json", *asked)
    assert 0 == run.returncode, run.stderr
    rows = {row["target"]: row for row in json.loads(run.stdout) if row["probe"] == "snmp"}
    for recording, profile in PLAYED.items():
        fast, pysnmp = (rows[f"{engine}-{recording}"] for engine in ("fast", "pysnmp"))
        assert ("ok", "", profile) == (fast["outcome"], fast["detail"], fast["snmp"]["profile"])
        assert ("ok", "", profile) == (pysnmp["outcome"], pysnmp["detail"], pysnmp["snmp"]["profile"])
        assert fast["snmp"]["values"] == pysnmp["snmp"]["values"]
    assert 0 == rows["fast-poly-idle"]["snmp"]["values"]['conference_registered{protocol="sip"}']
    assert 0.012 == rows["fast-huawei-vrp"]["snmp"]["values"]['wan_device_sla_rtt_seconds{sla="admin/icmp"}']
