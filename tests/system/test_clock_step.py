"""The wall clock is set by an hour under a running daemon, and nobody is called down for it.

libfaketime moves CLOCK_REALTIME of the daemon alone, as ntpd or an operator's `date -s` would move it for all; the monotonic clock
and the kernel's receive stamps stay what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.model.state import Event
from tests.lab_fixture import StartLab
from tests.system.running import Running, Scrape, running_in

MONITOR = """
probes:
  icmp: {every: 1s, packets: 2, spacing: 20ms, timeout: 500ms}
  snmp: {every: 3s, timeout: 1s, retries: 0}
quality: {loss: 90%, rtt: 30s, jitter: 30s, rtt_usual_extra: 30s}
credentials: {wan: {version: 2c, community: {literal: lab}}}
"""
TARGETS = 10
PACKETS = 2
BURSTS = 3
"""So many after each step: one that may be under way when it happens, and two that only a living rhythm brings."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """A daemon whose wall clock stands where a file says."""

    running: Running
    offset: Path

    def set_clock(self, offset_s: int) -> None:
        """Set the daemon's wall clock so many seconds off the machine's."""
        set_offset(self.offset, offset_s)


def set_offset(path: Path, offset_s: int) -> None:
    """Write libfaketime's offset in one piece: it reads the file at every look at the clock."""
    draft = path.with_suffix(".new")
    draft.write_text(f"{offset_s:+d}\n")
    draft.rename(path)


@pytest.fixture
def stepped(start_lab: StartLab, tmp_path: Path) -> Iterator[Stepped]:
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not libraries:
        pytest.skip("faketime is not installed")
    offset = tmp_path / "offset"
    set_offset(offset, 0)
    settings = {
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Else it bends pthread_cond_timedwait, by which Python's threads take turns: the loop then stalls for up to 2 s.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "NO_FAKE_STAT": "1",
    }
    lab = start_lab(monitor=MONITOR)
    with running_in(lab, prefix=("env", *(f"{name}={value}" for name, value in settings.items()))) as running:
        yield Stepped(running, offset)


def sent(scrape: Scrape) -> dict[str, float]:
    return {of["target"]: value for of, value in scrape.samples["wan_icmp_packets_sent_total"]}


def test_a_clock_that_is_set_by_an_hour_stops_no_round_and_blames_nobody(stepped: Stepped) -> None:
    running = stepped.running
    running.until_up(TARGETS)
    for offset_s, step in ((3600, "+3600.0 s"), (0, "-3600.0 s"), (-3600, "-3600.0 s")):
        before = running.scrape()
        stepped.set_clock(offset_s)
        for scrape in running.scrapes():
            assert {"up": TARGETS} == scrape.counts()
            assert 0 == scrape.value("monitor_blind")
            grown = {target: sent(scrape)[target] - packets for target, packets in sent(before).items()}
            if min(grown.values()) >= BURSTS * PACKETS:
                break
        assert max(grown.values()) - min(grown.values()) <= PACKETS * 2, "rounds came twice to some"
        seconds = scrape.at - before.at
        assert max(grown.values()) <= (seconds + 3) * PACKETS, "rounds of the skipped hour were made up for"
        assert 1 == running.log.read_text().count(f"the wall clock was set by {step}") - (offset_s < 0)
        moved = scrape.value("wan_last_reading_timestamp_seconds", target="xa-a1", probe="icmp") or 0
        assert abs(moved - scrape.at - offset_s) < 60
        assert TARGETS == len(scrape.samples["wan_icmp_rtt_average_seconds"])
    kinds = Counter(entry.kind if isinstance(entry, Event) else "transition" for entry in running.entries())
    assert {"started": 1, "transition": TARGETS} == kinds, running.log.read_text()
    assert running.stop() == 0
