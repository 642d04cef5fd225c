"""Bandwidth over the lab: totals and rates are the lab's true counters, whatever happens to a device's counters meanwhile.

One daemon watches one point for each mishap, so that all of them share the waiting. A circuit stands still until its first poll;
then comes its mishap and its traffic flows, of which the fourth poll shows the rate; then it stands still again, so that the fifth
shows the total to the octet, however long an answer was under way.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.lab_fixture import Lab, launch
from tests.system.conftest import Rounds
from tests.system.hostile import Siege
from tests.system.running import Running, Scrape, running_in

MONITOR = """
probes:
  icmp: {every: 5s, packets: 1, timeout: 1s}
  snmp: {every: 11s, timeout: 2s, retries: 1}
credentials: {wan: {version: 2c, community: {literal: lab}}}
"""
CARRIED = 2_000_000.0
"""Bytes a second that every circuit carries in either direction."""
CONTRACTED = 2_500_000.0
WAYS = ("receive", "transmit")
WRAP = 2**32
WRAPS_AFTER_S = 4
"""After its traffic began, which is some 11 s before the next poll."""
POLLS = 4
"""From the first one to the one that shows a rate at the soonest. That of the third is since a survey, whose counters are read a
walk later than its uptime."""
MISHAPS = {
    "huyen-a": None,
    "huyen-b": "renumber",
    "xa-a1": "reset-counters",
    "xa-a2": "reboot",
    "xa-b1": None,
    "xa-doi": "reset-counters",
}
"""Point → what happens to it after its first poll. xa-b1 has 32-bit counters that wrap then, those of xa-doi begin anew."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What one answer of an agent led to. truth: the lab's counters a moment after. at: epoch seconds. All by direction."""

    totals: Mapping[str, float]
    rates: Mapping[str, float | None]
    truth: Mapping[str, float]
    at: float


@dataclass(slots=True)
class Circuit:
    """One point's circuit as it is seen from outside. rated: the poll that showed its rate."""

    lab: Lab
    target: str
    polls: list[Poll] = field(default_factory=list)
    rated: Poll | None = None

    def carry(self, bytes_per_s: float) -> None:
        """Let so much traffic want to pass in either direction from now on."""
        self.lab.ctl("limit", self.target, capacity="20M", offered=f"{bytes_per_s * 8 / 1_000_000:g}M")

    def look(self, scrape: Scrape) -> None:
        """Take a scrape in; where it brought another poll that was answered, go on as the module says."""
        at = scrape.value("wan_last_reading_timestamp_seconds", target=self.target, probe="snmp")
        is_answered = scrape.value("wan_snmp_up", target=self.target) == 1
        if self.is_seen or at is None or not is_answered or (self.polls and at == self.polls[-1].at):
            return
        totals = {way: scrape.value(f"wan_interface_{way}_bytes_total", target=self.target) for way in WAYS}
        rates = {way: scrape.value(f"wan_interface_{way}_bytes_per_second", target=self.target) for way in WAYS}
        known = {way: total for way, total in totals.items() if total is not None}
        if totals != known:
            assert not self.polls, "a total that was there is gone"
            return
        self.polls.append(Poll(known, rates, self._truth(), at))
        if len(self.polls) == 1:
            verb = MISHAPS[self.target]
            if verb is not None:
                self.lab.ctl(verb, self.target)
            self.carry(CARRIED)
        elif self.rated is None and len(self.polls) >= POLLS and None not in rates.values():
            self.rated = self.polls[-1]
            self.carry(0)

    @property
    def is_seen(self) -> bool:
        """True where nothing is left to wait for."""
        return self.rated is not None and self.rated is not self.polls[-1]

    def _truth(self) -> Mapping[str, float]:
        wan = self.lab.counters(self.target)["interfaces"]["wan0"]
        return {way: float(wan[f"{way}_octets"]) for way in WAYS}


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything from the daemon's start until each circuit was polled often enough."""

    circuits: Mapping[str, Circuit]
    scrapes: tuple[Scrape, ...]


def observe(running: Running, circuits: Mapping[str, Circuit]) -> Iterator[Scrape]:
    """Yield each scrape until every circuit is seen."""
    for scrape in running.scrapes():
        yield scrape
        for circuit in circuits.values():
            circuit.look(scrape)
        if all(circuit.is_seen for circuit in circuits.values()):
            return


@pytest.fixture(scope="module")
def seen(thousand_rounds: Rounds, siege: Siege, brisk: Running) -> Iterator[Seen]:
    # Five polls of each circuit are much waiting: meanwhile the rounds that test_memory measures are lived through,
    # the hostile agents of test_hostile do their worst, and the daemons of the later tests start.
    assert thousand_rounds
    assert [None] * 2 == [running.process.poll() for running in (siege.running, brisk)]
    with ExitStack() as stack:
        lab = launch(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lab"))), monitor=MONITOR)
        stack.callback(lab.stop)
        lab.ctl("limit", "all", capacity="20M", offered="0M")
        lab.ctl("agent-32bit", "xa-b1", "xa-doi")
        lab.ctl("set-counters", "xa-b1", value=str(int(WRAP - WRAPS_AFTER_S * CARRIED)))
        lab.ctl("set-counters", "xa-doi", value="3000000000")
        circuits = {target: Circuit(lab, target) for target in MISHAPS}
        running = stack.enter_context(running_in(lab))
        yield Seen(circuits, tuple(observe(running, circuits)))


@pytest.mark.parametrize("target", MISHAPS)
def test_the_total_grows_by_what_the_true_counter_shows(seen: Seen, target: str) -> None:
    first, *_, last = seen.circuits[target].polls
    for way in WAYS:
        # What a reset wiped out is lost with it; what the counter shows now was counted since.
        truly = last.truth[way] - (0 if MISHAPS[target] in ("reset-counters", "reboot") else first.truth[way])
        assert truly == last.totals[way] - first.totals[way]
        assert truly > CARRIED


@pytest.mark.parametrize("target", MISHAPS)
def test_the_rate_is_what_the_circuit_carries(seen: Seen, target: str) -> None:
    rated = seen.circuits[target].rated
    assert rated is not None
    assert {way: pytest.approx(CARRIED, rel=0.01) for way in WAYS} == rated.rates


def test_the_window_held_what_it_was_to_show(seen: Seen) -> None:
    wrapped = seen.circuits["xa-b1"].polls
    assert wrapped[0].truth["receive"] < WRAP < wrapped[-1].truth["receive"]
    for target in ("xa-a1", "xa-a2", "xa-doi"):
        before, *later = seen.circuits[target].polls
        # Where the machine is busy, one more poll may be answered before the reset is done; the next one is across it.
        (across,) = [poll for poll in later if poll.rates == dict.fromkeys(WAYS)]
        assert before.truth["receive"] > across.truth["receive"]
        assert all(poll.rates == dict.fromkeys(WAYS, 0.0) for poll in later[: later.index(across)]), "a rate would be invented"


def test_no_scrape_ever_showed_a_spike_or_a_total_that_fell(seen: Seen) -> None:
    before: dict[tuple[str, str], float] = {}
    for scrape in seen.scrapes:
        for way in WAYS:
            for of, rate in scrape.samples[f"wan_interface_{way}_bytes_per_second"]:
                assert 0 <= rate <= CONTRACTED, f"{of['target']} {way}: {rate}"
            for of, ratio in scrape.samples["wan_link_utilisation_ratio"]:
                assert 0 <= ratio <= 1, f"{of['target']} {of['direction']}: {ratio}"
            for of, total in scrape.samples[f"wan_interface_{way}_bytes_total"]:
                assert before.get((of["target"], way), 0) <= total
                before[of["target"], way] = total
