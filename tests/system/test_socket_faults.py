"""What the kernel refuses to the daemon is the monitor's own trouble: it says so, blames nobody, and goes on when it is over."""

from __future__ import annotations

import os
import resource
import socket
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.lab_fixture import Lab
from tests.patience import LONGEST_WAIT_S
from tests.system.conftest import FEW
from tests.system.running import Running

ROUTE = "ip route add 10.0.0.0/8 dev lab0"
CHAIN = "nft add table inet fault && nft add chain inet fault out '{ type filter hook output priority 0; }'"
FILTER = f"{CHAIN} && nft add rule inet fault out"
UNFILTER = "nft delete table inet fault"


@dataclass(frozen=True, slots=True)
class SocketFault:
    """How the lab's network is broken and mended, and what the daemon calls it."""

    breaks: str
    mends: str
    called: str


FAULTS = {
    "EPERM: a firewall forbids it": SocketFault(f"{FILTER} oif lab0 drop", UNFILTER, "Operation not permitted"),
    "ENETUNREACH: the route is gone": SocketFault("ip route del 10.0.0.0/8 dev lab0", ROUTE, "Network is unreachable"),
    "ENOBUFS: the queue takes nothing": SocketFault(
        "tc qdisc replace dev lab0 root pfifo limit 0", "tc qdisc del dev lab0 root", "No buffer space available"
    ),
    "the interface goes down and up": SocketFault(
        "ip link set lab0 down", f"ip link set lab0 up && {ROUTE}", "lab0 has no carrier|Network is unreachable"
    ),
}


def in_the_lab(lab: Lab, command: str) -> None:
    done = lab.exec("sh", "-c", command)
    assert done.returncode == 0, done.stderr


def of_states_and_sight(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["kind"] in ("blind", "sighted", "transition")]


@pytest.mark.parametrize("name", FAULTS)
def test_what_the_kernel_refuses_makes_the_monitor_blind_and_blames_nobody(attentive: Running, name: str) -> None:
    fault = FAULTS[name]
    before = attentive.scrape()
    in_the_lab(attentive.lab, fault.breaks)
    try:
        for scrape in attentive.scrapes():
            assert {"up": FEW} == scrape.counts()
            if scrape.value("monitor_blind") == 1:
                break
    finally:
        in_the_lab(attentive.lab, fault.mends)
    for scrape in attentive.scrapes():
        assert {"up": FEW} == scrape.counts()
        if scrape.value("monitor_blind") == 0 and len(scrape.samples["wan_target_up"]) == FEW:
            break
    sighted, blind = of_states_and_sight(attentive.events_until(before, "sighted"))
    assert ("sighted", "blind") == (sighted["kind"], blind["kind"])
    assert any(each in blind["text"] for each in fault.called.split("|")), blind["text"]


def test_one_address_that_is_forbidden_is_nobodys_outage(attentive: Running) -> None:
    in_the_lab(attentive.lab, f"{FILTER} ip daddr 10.1.1.1 drop")
    try:
        before = attentive.scrape()
        for scrape in attentive.scrapes():
            states = scrape.states()
            assert states.pop("xa-a1") in ("up", "unknown")
            assert {"up"} == set(states.values())
            assert 0 == scrape.value("monitor_blind")
            if scrape.bursts_since(before, "goc") >= 4:
                break
    finally:
        in_the_lab(attentive.lab, UNFILTER)
    assert scrape.bursts_since(before, "xa-a1") <= 2, "what was not sent is not counted as sent"


def test_a_daemon_without_a_file_to_spare_goes_on_pinging_and_answers_again_when_it_has_one(attentive: Running) -> None:
    before = attentive.scrape()
    pids = [attentive.process.pid, *attentive.children()]
    usual = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in pids}
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), usual[pid][1]))
    try:
        host, port = attentive.origin.removeprefix("http://").split(":")
        with ExitStack() as crowd:
            for _ in range(5):  # the descriptor of the scrape before may just have been freed
                crowd.enter_context(socket.create_connection((host, int(port)), timeout=LONGEST_WAIT_S))
            attentive.eventually(lambda: "for want of open files" in attentive.log.read_text())
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, usual[pid])
    for scrape in attentive.scrapes():
        assert {"up": FEW} == scrape.counts()
        if scrape.bursts_since(before, "xa-a1") >= 3:
            break
    assert [] == of_states_and_sight(attentive.events_since(before))


@pytest.mark.parametrize("files", [10, 20])
def test_a_daemon_that_may_open_too_few_files_does_not_start_and_says_what_to_raise(lab: Lab, files: int) -> None:
    daemon = [sys.executable, "-m", "monitor", "run", "--language", "en", "--config", str(lab.folder)]
    done = lab.exec(
        "prlimit", f"--nofile={files}:{files}", *daemon, "--listen", "127.0.0.1:0", "--journal", f"sqlite:///{lab.state}/files.db"
    )
    assert 2 == done.returncode, done.stderr
    assert f"only {files} files may be open, and the daemon needs 64; raise LimitNOFILE" in done.stderr
    assert "Traceback" not in done.stderr
