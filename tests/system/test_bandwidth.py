"""Bandwidth over the lab: totals and rates are the lab's true counters, whatever happens to a device's counters meanwhile.

One daemon watches one point for each mishap, so that all of them share the half minute that three polls take. The poll before the
mishap is the first, the one that sees it the second; from there to the third all is as before.
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
WRAPS_AFTER_S = 26
"""After the lab's start: xa-b1's turn is 8 s into each round of 11 s, so this is behind its first poll and before its third."""
POLLS = 3
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
    """What one answer of an agent led to. truth: the lab's counters then. at: epoch seconds. All by direction."""

    totals: Mapping[str, float]
    rates: Mapping[str, float | None]
    truth: Mapping[str, float]
    at: float


@dataclass(slots=True)
class Circuit:
    """One point's circuit as it is seen from outside. looks: (epoch seconds, the lab's true counters by direction)."""

    lab: Lab
    target: str
    polls: list[Poll] = field(default_factory=list)
    looks: list[tuple[float, Mapping[str, float]]] = field(default_factory=list)

    def look(self) -> None:
        """Note what is true now."""
        answer = self.lab.counters(self.target)
        wan = answer["interfaces"]["wan0"]
        self.looks.append((answer["at"], {way: float(wan[f"{way}_octets"]) for way in WAYS}))

    def suffer(self, verb: str) -> None:
        """Let something happen to the counters; what was true before no longer leads to what is true after."""
        self.lab.ctl(verb, self.target)
        self.looks.clear()
        self.look()

    def take(self, scrape: Scrape) -> bool:
        """Take a scrape in; True where it brought another poll."""
        at = scrape.value("wan_last_reading_timestamp_seconds", target=self.target, probe="snmp")
        self.look()
        if at is None or (self.polls and at == self.polls[-1].at):
            return False
        totals = {way: scrape.value(f"wan_interface_{way}_bytes_total", target=self.target) for way in WAYS}
        rates = {way: scrape.value(f"wan_interface_{way}_bytes_per_second", target=self.target) for way in WAYS}
        known = {way: total for way, total in totals.items() if total is not None}
        assert totals == known
        self.polls.append(Poll(known, rates, self._truth(at), at))
        return True

    def is_seen(self) -> bool:
        """Return whether nothing is left to wait for."""
        return len(self.polls) >= POLLS and None not in self.polls[-1].rates.values()

    def _truth(self, at: float) -> Mapping[str, float]:
        """Return the true counters at an epoch second: they grow evenly from look to look."""
        after = next((look for look in self.looks if look[0] >= at), self.looks[-1])
        before = next((look for look in reversed(self.looks) if look[0] < at), after)
        share = (at - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
        return {way: before[1][way] + (after[1][way] - before[1][way]) * share for way in WAYS}


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything from the daemon's start until each circuit was polled often enough."""

    circuits: Mapping[str, Circuit]
    scrapes: tuple[Scrape, ...]


def observe(running: Running, circuits: Mapping[str, Circuit]) -> Iterator[Scrape]:
    """Let every mishap happen after its point's first poll; yields each scrape until all is seen."""
    for scrape in running.scrapes():
        yield scrape
        for target, circuit in circuits.items():
            verb = MISHAPS[target]
            if circuit.take(scrape) and len(circuit.polls) == 1 and verb is not None:
                circuit.suffer(verb)
        if all(circuit.is_seen() for circuit in circuits.values()):
            return
    raise AssertionError(f"polls: { ({target: len(circuit.polls) for target, circuit in circuits.items()}) }")


@pytest.fixture(scope="module")
def seen(thousand_rounds: Rounds, siege: Siege, starting: Running, brisk: Running) -> Iterator[Seen]:
    # Three polls of each circuit are half a minute of waiting: meanwhile the rounds that test_memory measures are lived through,
    # the hostile agents of test_hostile do their worst, and the daemons of the later tests start.
    assert thousand_rounds
    assert [None] * 3 == [running.process.poll() for running in (siege.running, starting, brisk)]
    with ExitStack() as stack:
        lab = launch(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lab"))), monitor=MONITOR)
        stack.callback(lab.stop)
        lab.ctl("limit", "all", capacity="20M", offered="16M")
        lab.ctl("agent-32bit", "xa-b1", "xa-doi")
        lab.ctl("set-counters", "xa-b1", value=str(int(WRAP - WRAPS_AFTER_S * CARRIED)))
        lab.ctl("set-counters", "xa-doi", value="3000000000")
        circuits = {target: Circuit(lab, target) for target in MISHAPS}
        for circuit in circuits.values():
            circuit.look()
        running = stack.enter_context(running_in(lab))
        yield Seen(circuits, tuple(observe(running, circuits)))


@pytest.mark.parametrize("target", MISHAPS)
def test_the_total_grows_by_what_the_true_counter_shows(seen: Seen, target: str) -> None:
    first, *_, last = seen.circuits[target].polls
    for way in WAYS:
        # What a reset wiped out is lost with it; what the counter shows now was counted since.
        truly = last.truth[way] - (0 if MISHAPS[target] in ("reset-counters", "reboot") else first.truth[way])
        assert pytest.approx(truly, rel=0.01) == last.totals[way] - first.totals[way]


@pytest.mark.parametrize("target", MISHAPS)
def test_the_rate_is_what_the_circuit_carries(seen: Seen, target: str) -> None:
    for way in WAYS:
        assert pytest.approx(CARRIED, rel=0.01) == seen.circuits[target].polls[-1].rates[way]


def test_the_window_held_what_it_was_to_show(seen: Seen) -> None:
    wrapped = seen.circuits["xa-b1"].polls
    assert wrapped[0].truth["receive"] < WRAP < wrapped[-1].truth["receive"]
    for target in ("xa-a1", "xa-a2", "xa-doi"):
        before, after = seen.circuits[target].polls[:2]
        assert before.truth["receive"] > after.truth["receive"]
        assert dict.fromkeys(WAYS) == after.rates, "a rate across a reset would be invented"


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
