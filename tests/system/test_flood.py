"""Twenty thousand packets a second that nobody asked for: what the kernel had no room for is counted, and nobody pays for it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.patience import LONGEST_WAIT_S
from tests.system.conftest import FEW
from tests.system.running import Running, Scrape

RATE, SECONDS = 20_000, 4


def grown(before: Scrape, after: Scrape, name: str) -> float:
    """Return by how much a counter grew, all its series together."""
    sums = [sum(value for _, value in scrape.samples[name]) for scrape in (before, after)]
    return sums[1] - sums[0]


def dropped_by_the_kernel(pid: int) -> int:
    """Return what the UDP sockets of a process's network have dropped."""
    _, *lines = Path(f"/proc/{pid}/net/udp").read_text().splitlines()
    return sum(int(line.split()[-1]) for line in lines)


def test_a_flood_costs_nobody_more_than_the_kernel_dropped_and_all_of_it_is_counted(attentive: Running) -> None:
    before = attentive.scrape()
    words = [sys.executable, "-m", "tests.system.flood_sender", str(RATE), str(SECONDS)]
    with attentive.lab.popen(*words, stdout=subprocess.PIPE) as flood:
        attentive.until(lambda scrape: grown(before, scrape, "monitor_snmp_unsolicited_total") > 0)
        # A daemon that keeps up loses nothing: it is held until its buffer runs over.
        attentive.process.send_signal(signal.SIGSTOP)
        attentive.eventually(lambda: dropped_by_the_kernel(attentive.process.pid) or flood.poll() is not None)
        attentive.process.send_signal(signal.SIGCONT)
        said, _ = flood.communicate(timeout=LONGEST_WAIT_S)
    sent = json.loads(said)
    of_udp = sent["rubbish"] + sent["answer"]
    assert RATE * SECONDS == sum(sent.values())
    for scrape in attentive.scrapes():
        assert {"up": FEW} == scrape.counts()
        drops = grown(before, scrape, "monitor_receive_drops_total")
        seen = grown(before, scrape, "monitor_snmp_unsolicited_total")
        is_sighted = len(scrape.samples["wan_target_up"]) == FEW
        if is_sighted and seen + drops >= of_udp and scrape.bursts_since(before, "xa-a1") >= SECONDS:
            break
    assert drops > 0, "the buffer ran over while it was held"
    assert seen <= of_udp
    lost = grown(before, scrape, "wan_icmp_packets_sent_total") - grown(before, scrape, "wan_icmp_packets_received_total")
    assert lost <= drops
    for probe in ("icmp", "snmp"):
        silent = [each.value("monitor_probes_total", probe=probe, outcome="timeout") or 0 for each in (before, scrape)]
        assert silent[0] == silent[1], "what our own buffer lost is nobody's silence"
    assert [] == [event for event in attentive.events_since(before) if event["kind"] == "transition"]
