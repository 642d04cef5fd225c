"""Over a storm, a real Prometheus with the shipped rules and the journal's report come to the same availability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from monitor.journal.rows import TRANSITION
from monitor.journal.store import Store
from monitor.model.state import Event, Transition
from monitor.rules.availability import OWN_KINDS, Availability, reckon
from tests.prometheus_server import prometheus_in, query
from tests.system.running import Running

RULES = Path(__file__).parents[2] / "config" / "prometheus" / "rules" / "availability.yml"
SCRAPE_S = 1.0
STEP_S = 3
# Five minutes become three seconds, a scrape's ten seconds become one.
SCALED = (("interval: 5m", "interval: 3s"), ("[5m:10s]", "[3s:1s]"), ("300 *", "3 *"))
CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [{folder}/rules.yml]
scrape_configs:
  - job_name: monitor
    static_configs: [{{targets: ["{target}"]}}]
"""


@pytest.fixture
def prometheus(attentive: Running, tmp_path: Path) -> Iterator[str]:
    """A Prometheus that scrapes the small province each second and records availability each three."""
    rules = RULES.read_text(encoding="utf-8")
    for shipped, scaled in SCALED:
        assert shipped in rules
        rules = rules.replace(shipped, scaled)
    (tmp_path / "rules.yml").write_text(rules, encoding="utf-8")
    configuration = CONFIGURATION.format(folder=tmp_path, target=attentive.origin.removeprefix("http://"))
    with prometheus_in(tmp_path, configuration) as url:
        yield url


def storm(running: Running) -> None:
    """Let things happen one into the other, each until it is told, and mend everything."""
    ctl, until = running.lab.ctl, running.until
    ctl("cut", "huyen-a")
    until(lambda scrape: scrape.in_state("down") == {"huyen-a"})
    ctl("power-cut", "xa-b1")
    until(lambda scrape: scrape.in_state("down") == {"huyen-a", "xa-b1"})
    ctl("restore", "huyen-a")
    until(lambda scrape: scrape.in_state("down") == {"xa-b1"} and not scrape.in_state("unknown"))
    ctl("dead", "dc-huyen-a")
    until(lambda scrape: scrape.in_state("down") == {"xa-b1", "dc-huyen-a"})
    ctl("blind")
    until(lambda scrape: scrape.value("monitor_blind") == 1)
    ctl("restore", "all")
    running.until_up(10)
    ctl("cut", "xa-a2")
    until(lambda scrape: scrape.in_state("down") == {"xa-a2"})
    ctl("restore", "all")
    running.until_up(10)


def recorded(prometheus: str, name: str) -> dict[str, dict[float, float]]:
    """Return target → time → what a rule recorded."""
    found = query(prometheus, f"{name}[1h]")
    return {each["metric"]["target"]: {float(at): float(value) for at, value in each["values"]} for each in found}


def moments(prometheus: str) -> set[float]:
    return {at for values in recorded(prometheus, "target:wan_target_available_seconds:sum5m").values() for at in values}


def by_journal(running: Running, start: float, end: float) -> tuple[Availability, Mapping[str, int]]:
    """Return what the journal says of a period, and how many transitions each target had in it, those of our own sight included."""
    store = Store(f"sqlite:///{running.journal}")
    before = [*store.newest_before(start, (TRANSITION,)), *store.newest_before(start, OWN_KINDS)]
    entries = store.between(start, end)
    store.close()
    own = sum(isinstance(entry, Event) and entry.kind in OWN_KINDS for entry in entries)
    counts = Counter(entry.target for entry in entries if isinstance(entry, Transition))
    return reckon(running.lab.inventory, before, entries, start, end), {
        id_: counts[id_] + own for id_ in running.lab.inventory.targets
    }


def test_rules_and_journal_agree_within_two_scrapes_a_transition(attentive: Running, prometheus: str) -> None:
    # A first step that is whole, before anything happens.
    attentive.eventually(lambda: len(moments(prometheus)) >= 2)
    began = attentive.scrape().at
    storm(attentive)
    ended = attentive.scrape().at
    attentive.eventually(lambda: max(moments(prometheus)) > ended + STEP_S)
    steps = sorted(at for at in moments(prometheus) if at > began - STEP_S)
    start, end = steps[0] - STEP_S, steps[-1]
    journal, transitions = by_journal(attentive, start, end)
    missed = sum(float(value) == 0 for each in query(prometheus, 'up{job="monitor"}[1h]') for _, value in each["values"])
    fell = {"huyen-a", "xa-b1", "dc-huyen-a", "xa-a2"}
    assert fell == {id_ for id_, account in journal.targets.items() if account.down_s > 0}
    assert journal.blind_s > 0
    series = {what: recorded(prometheus, f"target:wan_target_{what}_seconds:sum5m") for what in ("available", "down")}
    for id_, account in journal.targets.items():
        allowed_s = 2 * SCRAPE_S * transitions[id_] + SCRAPE_S * missed + 0.01
        for what, expected_s in (("available", account.available_s), ("down", account.down_s)):
            told_s = sum(value for at, value in series[what].get(id_, {}).items() if start < at <= end)
            assert abs(told_s - expected_s) <= allowed_s, f"{id_}: {what} {told_s:.1f} s by rules, {expected_s:.1f} by the journal"
