"""`monitor profiles` shows which profile reads a device and what it yields, from a recording or from the device itself."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.__main__ import main
from monitor.cli.tables import seen_width
from tests.probes.fake_agent import FakeAgent, router

ROOT = Path(__file__).parents[2]
DEVICES = ROOT / "tests" / "devices"
CONFIG = str(ROOT / "config")


def run(capsys: pytest.CaptureFixture[str], *words: str, config: str = CONFIG) -> tuple[int, str, str]:
    """Return exit status, output and errors of `monitor profiles`."""
    status = main(["profiles", *words, "--config", config])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def tried(capsys: pytest.CaptureFixture[str], recording: str, *words: str) -> dict[str, Any]:
    _, out, _ = run(capsys, "test", str(DEVICES / f"{recording}.snmprec"), "--format", "json", *words)
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_recording_shows_profile_values_lacks_and_the_wan_interface(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "test", str(DEVICES / "poly-idle.snmprec"), "--language", "en")
    assert 0 == status
    told = {" ".join(line.split()) for line in out.splitlines()}
    assert "Profile poly-studio (Poly Studio)" in told
    assert "Why sysObjectID 1.3.6.1.4.1.2684" in told
    assert 'conference_registered{protocol="sip"} 0 3' in told
    assert 'conference_registered{protocol="h323"} 1 not in map 1.3.6.1.4.1.13885.101.1.2.7.2.0' in told
    assert "conference_in_call absent 1.3.6.1.4.1.13885.101.1.5.1.0" in told
    assert "eth0 WAN up 32 bits" in told
    assert "Questions 5 at first contact, then 1 each poll" in told


def test_vietnamese_comes_first_and_numbers_have_their_unit(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "test", str(DEVICES / "cisco-iosxe.snmprec"))
    told = {" ".join(line.split()) for line in out.splitlines()}
    assert "Hồ sơ cisco-ios (Cisco IOS, IOS-XE)" in told
    assert "wan_device_temperature_celsius 41,5 °C 38, 41500, 0" in told
    assert 'wan_device_sla_rtt_seconds{sla="so-ttt"} 15 ms 15200' in told
    assert "wan_device_cpu_ratio 41% 17, 41" in told


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("recording", [path.stem for path in sorted(DEVICES.glob("*.snmprec"))])
def test_on_a_terminal_of_80_columns_no_line_is_longer(recording: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for language in ("vi", "en"):
        with contextlib.redirect_stdout(Terminal()) as terminal:
            main(["profiles", "test", str(DEVICES / f"{recording}.snmprec"), "--language", language, "--config", CONFIG])
        assert [] == [line for line in terminal.getvalue().splitlines() if seen_width(line) > 80]


def test_json_says_the_same_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    found = tried(capsys, "fortinet-fortigate")
    assert {"sys_object_id": "1.3.6.1.4.1.12356.101.1.644", "sys_descr": "", "sys_name": "ce-thu", "uptime_s": 86400.0} == found[
        "agent"
    ]
    assert ({"id": "fortinet-fortigate", "title": "Fortinet FortiGate"}, ["fortinet-fortigate"]) == (
        found["profile"],
        found["matches"],
    )
    assert {"series": "wan_device_memory_ratio", "value": 0.33, "said": "33", "oid": "1.3.6.1.4.1.12356.101.4.1.4.0"} in found[
        "values"
    ]
    assert ["wan1"] == [each["name"] for each in found["interfaces"] if each["wan"]]
    assert {"first": 17, "then": 2} == found["questions"]


def test_a_device_of_no_known_make_is_told_with_exit_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "test", str(DEVICES / "unknown-router.snmprec"), "--language", "en")
    assert 1 == status
    assert "no profile for its kind" in out
    assert "ppp0" in out


def test_which_others_match_is_told_and_one_may_be_named_instead(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "long.yaml").write_text("match: {sys_object_id: 1.3.6.1.4.1.534.1}\n")
    (profiles / "short.yaml").write_text("match: {sys_object_id: 1.3.6.1.4.1.534}\ntitle: Any Eaton\n")
    (profiles / "by-name.yaml").write_text("match: {sys_descr: Eaton}\n")
    recording = str(DEVICES / "eaton-ups.snmprec")
    _, out, _ = run(capsys, "test", recording, "--language", "en", config=str(tmp_path))
    assert "Also matches  short, by-name" in out
    status, out, _ = run(capsys, "test", recording, "--language", "en", "--profile", "short", config=str(tmp_path))
    assert 0 == status
    assert "named by --profile" in out


def test_a_host_of_many_makes_is_told_by_its_sysdescr(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "generic-host.yaml").write_text((ROOT / "config" / "profiles" / "generic-host.yaml").read_text(encoding="utf-8"))
    (profiles / "vendor.yaml").write_text("match: {sys_object_id: 1.3.6.1.4.1.8072.3.2.10, sys_descr: VC800}\n")
    for descr, expected in (("Linux VC800 4.4", "vendor"), ("Linux srv 6.1", "generic-host"), ("VxWorks", "default")):
        recording = tmp_path / "one.snmprec"
        recording.write_text(f"1.3.6.1.2.1.1.1.0|4|{descr}\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n")
        _, out, _ = run(capsys, "test", str(recording), "--format", "json", config=str(tmp_path))
        assert expected == json.loads(out)["profile"]["id"]


def test_the_list_names_every_profile(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "list", "--language", "en")
    assert 0 == status
    assert {path.stem for path in (ROOT / "config" / "profiles").glob("*.yaml")} <= {line.split()[0] for line in out.splitlines()}
    _, out, _ = run(capsys, "list", "--format", "json")
    assert ["1.3.6.1.4.1.7367"] == next(each for each in json.loads(out) if each["id"] == "draytek-vigor")["sys_object_ids"]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("test", "nowhere.snmprec"), "there is no file nowhere.snmprec"),
        (("test", str(DEVICES / "apc-ups.snmprec"), "--profile", "apc-up"), "did you mean 'apc-ups'?"),
        (("test", str(DEVICES / "apc-ups.snmprec"), "--port", "1161"), "--port is for a device"),
        (("test", "127.0.0.1", "--community", "public"), "takes a reference, not the community itself"),
        (("test", "127.0.0.1", "--community", "env:NOT_SET_ANYWHERE"), "the environment variable NOT_SET_ANYWHERE is not set"),
        (("test", "127.0.0.1", "--credential", "vpn"), "no credential is called 'vpn'"),
        (("test", "127.0.0.1", "--version", "1"), "give --community"),
    ],
)
def test_what_can_not_be_done_is_said_with_exit_status_2(
    words: tuple[str, ...], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capsys, *words, "--language", "en")
    assert 2 == status
    assert fault in err


def test_lines_of_a_recording_and_of_a_profile_that_are_wrong_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.snmprec"
    broken.write_text("1.3.6.1.2.1.1.1.0|4|x\nnonsense\n")
    status, _, err = run(capsys, "test", str(broken))
    assert (2, True) == (status, "broken.snmprec:2: " in err)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "mine.yaml").write_text("title: x\nvalues:\n- {metric: cpu, oid: 1.3.6}\n")
    status, _, err = run(capsys, "test", str(DEVICES / "apc-ups.snmprec"), config=str(tmp_path))
    assert (2, True) == (status, "mine.yaml:3: " in err)


async def test_a_device_is_asked_over_the_network(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY_OF_THE_TEST", "for-the-test")
    async with FakeAgent(router()) as agent:
        words = ("test", "127.0.0.1", "--port", str(agent.port), "--community", "env:COMMUNITY_OF_THE_TEST", "--format", "json")
        status, out, _ = await asyncio.to_thread(run, capsys, *words)
    found = json.loads(out)
    assert (1, "default", "Router of the test") == (status, found["profile"]["id"], found["agent"]["sys_descr"])
    assert ["lo", "ge0/0", "ge0/1"] == [each["name"] for each in found["interfaces"]]


def test_an_address_outside_the_lab_is_refused_before_anything_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "test", "192.0.2.1")
    assert 2 == status
    assert "addresses: lab" in err
