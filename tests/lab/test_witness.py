"""What others see in the lab: net-snmp, pysnmp, fping and icmplib agree with it and with each other."""

import json
import re
import statistics
import subprocess
import sys

from tests.lab_fixture import Lab
from tests.patience import LONGEST_WAIT_S

_UPTIME = ".1.3.6.1.2.1.1.3.0"

PYSNMP_WALK = """
import asyncio, json, sys
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData, ContextData, ObjectIdentity, ObjectType, SnmpEngine, UdpTransportTarget, bulk_walk_cmd,
)
async def main():
    found = {}
    target = await UdpTransportTarget.create((sys.argv[1], 161))
    start = ObjectType(ObjectIdentity("1.3.6.1.2.1"))
    async for error, status, _, bound in bulk_walk_cmd(
        SnmpEngine(), CommunityData("lab"), target, ContextData(), 0, 20, start, lookupMib=False, lexicographicMode=False
    ):
        assert not error and not status, (error, status)
        for name, value in bound:
            found["." + str(name)] = value.asOctets().hex() if hasattr(value, "asOctets") else str(value)
    print(json.dumps(found))
asyncio.run(main())
"""
TRACE = "import icmplib, sys; print([hop.address for hop in icmplib.traceroute(sys.argv[1], count=1, interval=0.01, timeout=1)])"


def plain(kind: str | None, value: str) -> str:
    """Return what net-snmp prints as pysnmp has it: strings as hex, all else as it is; time ticks and '' come without a type."""
    if kind == "Hex-STRING":
        return bytes.fromhex(value).hex()
    if kind == "STRING" or value == '""':
        return value.strip('"').encode().hex()
    return value.removeprefix(".")


def net_snmp_walk(lab: Lab, target: str) -> dict[str, str]:
    answer = lab.exec("snmpbulkwalk", "-v2c", "-c", "lab", "-On", "-Ot", "-Ox", "-m", "", lab.address(target), ".1.3.6.1.2.1")
    found: dict[str, str] = {}
    for line in re.split(r"\n(?=\.)", answer.stdout.strip()):
        match = re.fullmatch(r"(\S+) = (?:([\w-]+): ?)?(.*?)\s*", line, re.DOTALL)
        assert match is not None, line
        if "No more variables" not in match[3]:
            found[match[1]] = plain(match[2], match[3])
    return found


def test_net_snmp_and_pysnmp_read_the_same_values_and_the_counters_are_the_true_ones(lab: Lab) -> None:
    lab.ctl("limit", "xa-b1", capacity="10M", offered="0")
    ours = net_snmp_walk(lab, "xa-b1")
    answer = lab.exec(sys.executable, "-c", PYSNMP_WALK, lab.address("xa-b1"))
    assert answer.returncode == 0, answer.stderr
    theirs = json.loads(answer.stdout)
    assert {**ours, _UPTIME: ""} == {**theirs, _UPTIME: ""}
    for truth in lab.counters("xa-b1")["interfaces"].values():
        assert str(truth["receive_octets"]) == ours[f".1.3.6.1.2.1.31.1.1.1.6.{truth['index']}"]
        assert str(truth["transmit_octets"]) == ours[f".1.3.6.1.2.1.31.1.1.1.10.{truth['index']}"]
        assert str(truth["receive_octets"] % 2**32) == ours[f".1.3.6.1.2.1.2.2.1.10.{truth['index']}"]


def fping(lab: Lab, target: str, count: int) -> list[float | None]:
    """Return round-trip times in ms, None for what was lost; fping in count mode needs a timeout longer than its period."""
    answer = lab.exec("fping", "-C", str(count), "-i", "1", "-p", "4", "-t", "1000", "-q", lab.address(target))
    times = answer.stderr.strip().split(" : ")[1].split()
    return [None if time == "-" else float(time) for time in times]


def test_fping_sees_the_loss_and_the_delay_that_were_set(lab: Lab) -> None:
    lab.ctl("lossy", "xa-a1", loss="20%")
    times = fping(lab, "xa-a1", 600)
    lost = times.count(None)
    assert abs(lost - 120) < 4 * (600 * 0.2 * 0.8) ** 0.5
    received = [time for time in times if time is not None]
    assert min(received) >= 6.0
    assert statistics.median(received) < 8.0


def test_a_traceroute_shows_every_point_on_the_way(lab: Lab) -> None:
    answer = lab.exec(sys.executable, "-c", TRACE, lab.address("dc-xa-a1"))
    chain = [lab.address(target) for target in ("goc", "huyen-a", "xa-a1", "dc-xa-a1")]
    assert str(chain) == answer.stdout.strip()


def test_a_large_ping_is_answered_in_parts(lab: Lab) -> None:
    assert lab.exec("fping", "-b", "4000", lab.address("xa-a1")).returncode == 0


def test_tcp_connects_where_a_port_is_open_and_closes_cleanly(lab: Lab) -> None:
    code = (
        "import socket, sys; c = socket.create_connection((sys.argv[1], int(sys.argv[2])), 3); "
        "c.sendall(b'hello'); c.shutdown(socket.SHUT_WR); print(c.recv(9))"
    )
    address = lab.address("dc-xa-a1")
    assert lab.exec(sys.executable, "-c", code, address, "1720").stdout == "b''\n"
    assert "ConnectionRefusedError" in lab.exec(sys.executable, "-c", code, address, "1721").stderr


_GET_PAGE = """
import ssl, sys, urllib.request
trusting = ssl._create_unverified_context()
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting))
print(opener.open(f"https://{sys.argv[1]}/", timeout=60).read().decode())
"""


def test_a_user_without_rights_has_a_lab_in_a_user_namespace(lab: Lab) -> None:
    # The user is mapped to one that is not root there, so that the lab must make a user namespace of its own.
    state = lab.folder.parent / "user"
    words = [sys.executable, "-m", "monitor", "lab", "--config", str(lab.folder), "--state", str(state), "--language", "en"]
    user = subprocess.Popen(
        ["unshare", "--user", "--map-user=1000", "--map-group=1000", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert user.stdout is not None
    first = user.stdout.readline()
    try:
        assert first.startswith("The lab answers"), first + user.stdout.read()
        inside = [*words[:4], "exec", "--state", str(state), "--"]
        for command in (["fping", lab.address("xa-a1")], [sys.executable, "-c", _GET_PAGE, lab.address("dc-xa-a1")]):
            answer = subprocess.run([*inside, *command], capture_output=True, text=True, check=False, timeout=LONGEST_WAIT_S)
            assert answer.returncode == 0, answer.stderr
        assert "<title>Phòng họp xã A1</title>" in answer.stdout
    finally:
        user.terminate()
        with user:
            assert user.wait(10) == 0
