"""Recordings that the lab plays are recognised and read over the network, by both engines alike."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.lab_fixture import StartLab

ROOT = Path(__file__).parents[2]
DEVICES = ROOT / "tests" / "devices"
PLAYED = {
    "xa-a1": ("cisco-iosxe", "cisco-ios"),
    "xa-a2": ("huawei-vrp", "huawei-vrp"),
    "xa-b1": ("fortinet-fortigate", "fortinet-fortigate"),
    "dc-xa-a1": ("poly-idle", "poly-studio"),
}
SCENARIO = "title: recordings\nagents:\n" + "".join(
    f"  {target}: {{play: {DEVICES}/{recording}.snmprec}}\n" for target, (recording, _) in PLAYED.items()
)
MONITOR = """
engine: {engine}
credentials: {{wan: {{version: 2c, community: {{literal: lab}}}}}}
"""


def test_what_the_lab_plays_is_read_the_same_by_both_engines(start_lab: StartLab) -> None:
    lab = start_lab(scenario=SCENARIO)
    found = {}
    for engine in ("fast", "pysnmp"):
        (lab.folder / "monitor.yaml").write_text(MONITOR.format(engine=engine))
        run = lab.exec(sys.executable, "-m", "monitor", "poll", "--config", str(lab.folder), "--format", "json", *PLAYED)
        assert 0 == run.returncode, run.stderr
        rows = {row["target"]: row for row in json.loads(run.stdout) if row["probe"] == "snmp"}
        assert {target: ("ok", "", profile) for target, (_, profile) in PLAYED.items()} == {
            target: (row["outcome"], row["detail"], row["snmp"]["profile"]) for target, row in rows.items()
        }
        found[engine] = {target: row["snmp"]["values"] for target, row in rows.items()}
    assert found["fast"] == found["pysnmp"]
    assert 0 == found["fast"]["dc-xa-a1"]['conference_registered{protocol="sip"}']
    assert 0.012 == found["fast"]["xa-a2"]['wan_device_sla_rtt_seconds{sla="admin/icmp"}']
