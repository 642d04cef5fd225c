"""A daemon that is killed in the middle of an outage has told nobody what its journal does not hold, and goes on where it was."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections import defaultdict
from itertools import pairwise

from monitor.model.state import Transition
from tests.lab_fixture import StartLab
from tests.patience import LONGEST_WAIT_S
from tests.system.running import Running, Scrape, running_in

MONITOR = """
probes:
  icmp: {every: 1s, packets: 2, spacing: 20ms, timeout: 500ms}
  snmp: {every: 12s, timeout: 1s, retries: 0}
quality: {loss: 90%, rtt: 30s, jitter: 30s, rtt_usual_extra: 30s}
credentials: {wan: {version: 2c, community: {literal: lab}}}
"""
TARGETS = 10


class Screen(threading.Thread):
    """An open page that keeps whatever state the stream tells it until the daemon is gone: (point, state)."""

    def __init__(self, running: Running) -> None:
        super().__init__(name="screen")
        self.told: set[tuple[str, str]] = set()
        self._answer = urllib.request.urlopen(f"{running.origin}/api/v1/stream", timeout=LONGEST_WAIT_S)
        self.start()

    def run(self) -> None:
        with self._answer:
            try:
                for line in self._answer:
                    if line.startswith(b"data: "):
                        tiles = json.loads(line.removeprefix(b"data: ")).get("tiles", {})
                        self.told |= {(point, values[0]) for point, values in tiles.items()}
            except OSError:
                return  # the kill cuts the connection


def journal_of(running: Running) -> list[Transition]:
    """Return every transition that the journal holds, the oldest first."""
    return [entry for entry in running.entries() if isinstance(entry, Transition)]


def exposed(at: float) -> float:
    """Return a time as /metrics writes it: 15 digits, which are 10 µs."""
    return float(f"{at:.15g}")


def since(scrape: Scrape) -> set[tuple[str, str, float]]:
    """Return (target, state, epoch seconds since when) of every target that has a state."""
    changed = {of["target"]: at for of, at in scrape.samples["wan_target_state_changed_timestamp_seconds"]}
    return {(target, state, changed[target]) for target, state in scrape.states().items()}


def left_by(held: list[Transition]) -> set[tuple[str, str, float]]:
    """Return what since() was when the journal's last word was spoken."""
    found: dict[str, tuple[str, float]] = {}
    for each in held:
        state, began = found.get(each.target, (None, 0.0))
        found[each.target] = (str(each.new), began if state == each.new else exposed(each.at))
    return {(target, *told) for target, told in found.items()}


def test_what_was_told_before_a_kill_is_in_the_journal_and_what_is_still_down_keeps_its_since(start_lab: StartLab) -> None:
    lab = start_lab(monitor=MONITOR)
    with running_in(lab) as running:
        running.until_up(TARGETS)
        screen = Screen(running)
        lab.ctl("cut", "huyen-a")
        told = since(running.until(lambda scrape: "huyen-a" in scrape.in_state("down")))
        # More is under way when it dies: one more circuit is cut, and a device falls silent that nobody has noticed yet.
        lab.ctl("cut", "xa-b1")
        for scrape in running.scrapes():
            told |= since(scrape)
            if "xa-b1" in scrape.in_state("down"):
                break
        lab.ctl("dead", "xa-doi")
        running.process.kill()
        running.process.wait(LONGEST_WAIT_S)
        screen.join(LONGEST_WAIT_S)

        held = journal_of(running)
        assert told <= {(each.target, str(each.new), exposed(each.at)) for each in held}
        assert screen.told <= {(each.target, str(each.new)) for each in held}
        assert {("huyen-a", "down"), ("xa-a1", "unreachable")} <= screen.told

        running.start_again()
        for scrape in running.scrapes():
            assert not {"huyen-a", "xa-a1", "xa-b1"} & scrape.in_state("up")
            if len(scrape.states()) == TARGETS and "xa-doi" in scrape.in_state("down"):
                break
        # Something may have changed between the last scrape and the kill: the journal has the last word.
        blamed = {each for each in left_by(held) if each[1] in ("down", "unreachable")}
        assert {"huyen-a", "xa-a1", "xa-b1", "dc-xa-b1"} <= {target for target, *_ in blamed}
        told_since = journal_of(running)[len(held) :]
        assert blamed <= since(scrape), "\n".join(map(str, told_since))
        lab.ctl("restore", "all")
        running.until_up(TARGETS)
        histories = defaultdict(list)
        for each in journal_of(running):
            histories[each.target].append((str(each.new), each.cause))
        assert not {target for target, states in histories.items() if any(old == new for old, new in pairwise(states))}
        assert [("up", None), ("down", "huyen-a"), ("up", None)] == histories["huyen-a"]
        assert running.stop() == 0
