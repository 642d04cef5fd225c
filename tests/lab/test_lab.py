"""The lab as witnesses see it: fping, net-snmp and a traceroute run inside it."""

import os
import re
import socket
import subprocess
import sys

from tests.lab_fixture import Lab, StartLab
from tests.patience import LONGEST_WAIT_S


def test_every_target_answers_ping(lab: Lab) -> None:
    addresses = [target.address for target in lab.inventory.targets.values()]
    answer = lab.exec("fping", *addresses)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count("is alive") == len(addresses)


def test_a_target_answers_at_its_mapped_ipv6_address(lab: Lab) -> None:
    assert lab.exec("fping", "-6", "fd00::10.1.1.1").returncode == 0


def test_only_lo_and_the_tun_device_are_there(lab: Lab) -> None:
    code = "import socket; print(sorted(name for _, name in socket.if_nameindex()))"
    assert lab.exec(sys.executable, "-c", code).stdout.strip() == "['lab0', 'lo']"


def test_sockets_opened_while_visiting_live_in_the_lab(lab: Lab) -> None:
    with lab.network(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inside:
        inside.connect((lab.address("xa-a1"), 9))
        assert inside.getsockname()[0] == lab.status()["own_address"]
    assert "lab0" not in [name for _, name in socket.if_nameindex()]


def test_a_cut_uplink_silences_what_hangs_on_it_and_nothing_else(lab: Lab) -> None:
    lab.ctl("cut", "huyen-a")
    assert lab.status()["silent"] == ["huyen-a", "xa-a1", "xa-a2", "dc-huyen-a", "dc-xa-a1"]
    answer = lab.exec("fping", "-r", "0", *(target.address for target in lab.inventory.targets.values()))
    silent = set(re.findall(r"(\S+) is unreachable", answer.stdout))
    assert silent == {lab.address(target) for target in lab.status()["silent"]}
    lab.ctl("restore", "huyen-a")
    assert lab.exec("fping", lab.address("dc-xa-a1")).returncode == 0


def test_the_last_living_router_says_host_unreachable(lab: Lab) -> None:
    lab.ctl("cut", "xa-a1")
    answer = lab.exec("fping", "-r", "0", lab.address("dc-xa-a1"))
    assert f"ICMP Host Unreachable from {lab.address('huyen-a')}" in answer.stderr


def test_net_snmp_walks_an_agent_to_its_end(lab: Lab) -> None:
    answer = lab.exec("snmpbulkwalk", "-v2c", "-c", "lab", "-On", lab.address("xa-a1"), ".1")
    assert '.1.3.6.1.2.1.1.5.0 = STRING: "xa-a1"' in answer.stdout
    assert '.1.3.6.1.2.1.31.1.1.1.1.3 = STRING: "wan0"' in answer.stdout
    assert "No more variables left" in answer.stdout


def test_two_labs_run_at_once(lab: Lab, start_lab: StartLab) -> None:
    other = start_lab()
    other.ctl("cut", "huyen-a")
    assert other.status()["silent"]
    assert not lab.status()["silent"]


def test_a_second_lab_in_the_same_folder_is_refused(lab: Lab) -> None:
    words = [sys.executable, "-m", "monitor", "lab", "--language", "en", "--config", str(lab.folder), "--state", str(lab.state)]
    answer = subprocess.run(words, capture_output=True, text=True, timeout=LONGEST_WAIT_S, check=False)
    assert answer.returncode == 2
    assert "a lab is running already" in answer.stderr
    assert os.path.exists(lab.state / "lab.sock")
