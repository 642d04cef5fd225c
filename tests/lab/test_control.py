"""A running lab, spoken to over its control socket and seen from inside."""

import re
import socket
import time

import pytest

from monitor.errors import MonitorError, SetupError
from monitor.lab.control import ask_lab, find_lab, prepare_folder, socket_path
from tests.lab_fixture import Lab, StartLab
from tests.patience import LONGEST_WAIT_S

IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
HC_IN = "1.3.6.1.2.1.31.1.1.1.6"
IN_OCTETS = "1.3.6.1.2.1.2.2.1.10"


def refused(lab: Lab, request: dict[str, object]) -> str:
    answer = ask_lab(socket_path(lab.state), request)
    assert not answer["ok"]
    return f"{answer['error']}; {answer['cure']}"


def get(lab: Lab, target: str, *oids: str) -> list[str]:
    """Return values as net-snmp prints them, without their types."""
    answer = lab.exec("snmpget", "-v2c", "-c", "lab", "-Oqv", "-Ot", "-r0", "-t1", lab.address(target), *oids)
    return answer.stdout.split("\n")[:-1]


def is_silent(lab: Lab, target: str) -> bool:
    return target in lab.status()["silent"]


def has_carrier(lab: Lab) -> bool:
    return "LOWER_UP" in lab.exec("ip", "link", "show", "lab0").stdout


def until_mended(lab: Lab) -> None:
    """Wait until no fault is left; the lab ends them by its own clock."""
    deadline = time.monotonic() + LONGEST_WAIT_S
    while lab.status()["faults"]:
        assert time.monotonic() < deadline


def test_what_is_misspelt_is_answered_with_what_was_meant(lab: Lab) -> None:
    assert "did you mean 'cut'?" in refused(lab, {"do": "cutt", "targets": ["xa-a1"]})
    assert "did you mean 'xa-a1'?" in refused(lab, {"do": "cut", "targets": ["xa-a11"]})
    assert "did you mean 'khu-a'?" in refused(lab, {"do": "cut", "targets": ["area:khua"]})
    assert "did you mean 'loss'?" in refused(lab, {"do": "lossy", "targets": ["xa-a1"], "values": {"los": "5%"}})
    assert "'5 %' is not a share such as 5% or 0.05" in refused(
        lab, {"do": "lossy", "targets": ["xa-a1"], "values": {"loss": "5 %"}}
    )
    assert "cut what?" in refused(lab, {"do": "cut"})
    assert "its uplinks: huyen-a" in refused(lab, {"do": "cut", "targets": ["xa-a1"], "values": {"via": "goc"}})
    assert "did you mean 'xa-a1'?" in refused(lab, {"ask": "counters", "target": "xa-a11"})
    assert "nothing is called 'stats'; ask status, counters or verbs" in refused(lab, {"ask": "stats"})
    assert "not JSON, from character 2 on" in ask_raw(lab, b"{")
    assert "is not UTF-8 text" in ask_raw(lab, b"\xff{}")


def ask_raw(lab: Lab, line: bytes) -> str:
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(socket_path(lab.state)))
        channel.sendall(line + b"\n")
        return channel.recv(9999).decode()


def test_selectors_and_shares_choose_targets(lab: Lab) -> None:
    lab.ctl("dead", "area:khu-b")
    assert set(lab.status()["silent"]) >= {"huyen-b", "xa-b1", "dc-xa-b1"}
    assert not is_silent(lab, "xa-a1")
    lab.ctl("restore", "all")
    lab.ctl("mute", "all", share="30%")
    (fault,) = lab.status()["faults"]
    assert len(fault["targets"]) == round(0.3 * len(lab.inventory.targets))


def test_a_fault_with_an_end_ends_by_itself(lab: Lab) -> None:
    lab.ctl("cut", "xa-a1", lasts="300ms")
    assert is_silent(lab, "xa-a1")
    until_mended(lab)
    assert not is_silent(lab, "xa-a1")


def test_faults_overlap_and_end_each_on_its_own(lab: Lab) -> None:
    lab.ctl("cut", "xa-a1", lasts="300ms")
    lab.ctl("cut", "huyen-a")
    lab.ctl("cut", "xa-a1", "xa-b1")
    lab.ctl("restore", "huyen-a", "xa-b1")
    assert is_silent(lab, "xa-a1")
    assert not is_silent(lab, "xa-b1")


def test_a_flapping_line_is_cut_and_restored_again_and_again(lab: Lab) -> None:
    lab.ctl("flap", "xa-a1", down="150ms", up="150ms", lasts="2s")
    seen: list[bool] = []
    while lab.status()["faults"]:
        silent = is_silent(lab, "xa-a1")
        if not seen or seen[-1] != silent:
            seen.append(silent)
    assert len(seen) >= 6
    assert seen[-1] is False


def test_a_reboot_restarts_uptime_and_counters(lab: Lab) -> None:
    lab.ctl("reboot", "xa-a1", away="200ms")
    assert is_silent(lab, "xa-a1")
    until_mended(lab)
    uptime, octets = get(lab, "xa-a1", "1.3.6.1.2.1.1.3.0", f"{HC_IN}.3")
    assert int(uptime) < 60 * 100
    assert int(octets) < 20_000_000 / 8 * 60


def test_counters_can_be_set_near_their_wrap(lab: Lab) -> None:
    uptime = lab.counters("xa-a1")["uptime_ticks"]
    lab.ctl("limit", "xa-a1", capacity="10M", offered="0")
    lab.ctl("set-counters", "xa-a1", value="4294967290")
    assert get(lab, "xa-a1", f"{HC_IN}.3", f"{IN_OCTETS}.3") == ["4294967290", "4294967290"]
    lab.ctl("set-counters", "xa-a1", value="4294967300")
    assert get(lab, "xa-a1", f"{HC_IN}.3", f"{IN_OCTETS}.3") == ["4294967300", "4"]
    assert lab.counters("xa-a1")["uptime_ticks"] >= uptime


def test_renumbering_moves_the_rows_and_says_when(lab: Lab) -> None:
    before = lab.counters("xa-a2")["interfaces"]["wan0"]["index"]
    lab.ctl("renumber", "xa-a2")
    after = lab.counters("xa-a2")["interfaces"]["wan0"]["index"]
    assert before != after
    name, changed = get(lab, "xa-a2", f"{IF_NAME}.{after}", "1.3.6.1.2.1.31.1.5.0")
    assert name == '"wan0"'
    assert 0 < int(changed) <= lab.counters("xa-a2")["uptime_ticks"]


def test_true_counters_bracket_what_the_agent_says(lab: Lab) -> None:
    low = lab.counters("xa-b1")["interfaces"]["wan0"]["receive_octets"]
    (told,) = get(lab, "xa-b1", f"{HC_IN}.3")
    high = lab.counters("xa-b1")["interfaces"]["wan0"]["receive_octets"]
    assert low <= int(told) <= high


def test_steady_traffic_is_counted_exactly(lab: Lab) -> None:
    lab.ctl("limit", "xa-b1", capacity="100M", offered="8M")
    first = lab.counters("xa-b1")
    lab.exec("fping", "-c", "5", "-p", "50", lab.address("xa-b1"))
    second = lab.counters("xa-b1")
    passed = second["interfaces"]["wan0"]["receive_octets"] - first["interfaces"]["wan0"]["receive_octets"]
    assert pytest.approx((second["at"] - first["at"]) * 1_000_000, abs=2) == passed


def test_the_monitors_own_link_fails_silently_or_with_its_cable(lab: Lab) -> None:
    lab.ctl("blind")
    assert lab.exec("fping", "-r0", "-t300", lab.address("goc")).returncode == 1
    assert has_carrier(lab)
    lab.ctl("restore", "all")
    lab.ctl("unplug")
    assert not has_carrier(lab)
    lab.ctl("restore", "all")
    assert has_carrier(lab)
    assert lab.exec("fping", lab.address("goc")).returncode == 0


def test_ailing_agents_are_seen_as_such_by_net_snmp(lab: Lab) -> None:
    walk = ("snmpbulkwalk", "-v2c", "-c", "lab", "-r0", "-t1", lab.address("xa-a1"), "1.3.6.1.2.1.2")
    lab.ctl("agent-dead", "xa-a1")
    assert "Timeout" in lab.exec(*walk).stderr
    lab.ctl("restore", "all")
    lab.ctl("agent-loop", "xa-a1")
    assert "OID not increasing" in lab.exec(*walk).stderr
    lab.ctl("restore", "all")
    lab.ctl("agent-dies", "xa-a1", after="2")
    died = lab.exec(*walk)
    assert died.stdout
    assert "Timeout" in died.stderr
    lab.ctl("restore", "all")
    lab.ctl("agent-garbled", "xa-a1")
    assert lab.exec(*walk).returncode != 0
    lab.ctl("restore", "all")
    lab.ctl("agent-small", "xa-a1", octets="484")
    assert "tooBig" in lab.exec("snmpbulkget", "-v2c", "-c", "lab", "-Cr40", *walk[4:]).stderr
    lab.ctl("restore", "all")
    lab.ctl("agent-32bit", "xa-a1")
    assert get(lab, "xa-a1", f"{HC_IN}.3") == ["No Such Object available on this agent at this OID"]


def test_a_scenario_plays_by_the_clock(start_lab: StartLab) -> None:
    lab = start_lab(scenario="title: Ba nhịp\nsteps:\n  - {at: 100ms, every: 400ms, for: 200ms, cut: xa-a1}\n")
    seen: list[bool] = []
    while len(seen) < 5:
        silent = is_silent(lab, "xa-a1")
        if not seen or seen[-1] != silent:
            seen.append(silent)
    assert lab.status()["scenario"] == "Ba nhịp"


def test_an_agent_plays_a_recording_and_time_passes_for_it(start_lab: StartLab) -> None:
    recording = "1.3.6.1.2.1.1.1.0|4|A recorded codec\n1.3.6.1.2.1.1.3.0|67|1\n1.3.6.1.4.1.13885.101.1.2.8.1.0|2|3\n"
    lab = start_lab(files={"codec.snmprec": recording}, scenario="agents: {dc-xa-a1: {play: codec.snmprec}}")
    descr, first, status = get(lab, "dc-xa-a1", "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.4.1.13885.101.1.2.8.1.0")
    assert (descr, status) == ('"A recorded codec"', "3")
    assert int(first) > 1
    assert re.search("No Such", get(lab, "dc-xa-a1", f"{IF_NAME}.1")[0])


def test_without_a_lab_the_cure_is_named(lab: Lab) -> None:
    with pytest.raises(SetupError, match=r"no lab is running .*start one with `monitor lab`"):
        find_lab(lab.folder)
    with pytest.raises(SetupError, match="too long for a unix socket"):
        prepare_folder(lab.folder / ("x" * 100))
    assert issubclass(SetupError, MonitorError)


def test_a_request_that_names_a_language_is_answered_in_it(lab: Lab) -> None:
    path, dead = socket_path(lab.state), {"do": "dead", "targets": ["xa-a1"]}
    vietnamese = "không có điểm mạng hay điểm cầu nào tên 'xa-a11'; có phải 'xa-a1' không?"
    assert vietnamese == refused(lab, {"do": "cut", "targets": ["xa-a11"], "language": "vi"})
    assert "no target is called 'xa-a11'; did you mean 'xa-a1'?" == refused(
        lab, {"do": "cut", "targets": ["xa-a11"], "language": "xx"}
    )
    assert "chỉ thiết bị im lặng, như khi bị hỏng" == ask_lab(path, {"ask": "verbs", "language": "vi"})["verbs"]["dead"]
    assert "dead: xa-a1" == ask_lab(path, dead | {"language": "vi"})["done"]
    assert "đã khôi phục: xa-a1" == ask_lab(path, dead | {"do": "restore", "language": "vi"})["done"]
    assert "restored: xa-a1" == ask_lab(path, dead | {"do": "restore"})["done"]
