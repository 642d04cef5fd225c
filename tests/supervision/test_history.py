"""The past that the lab makes up is, to a real Prometheus, what our rules would have recorded, and a journal agrees with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.journal.store import Store
from monitor.model.state import State
from tests.prometheus_server import query
from tests.supervision.past import END

RULES = Path(__file__).parents[2] / "config" / "prometheus" / "rules"
# What rules make of scrapes every ten seconds is not what they would make of those every five minutes; the rest is exact.
OF_SCRAPES = {
    "target:wan_icmp_loss_ratio:ratio15m",
    "target:wan_link_bytes_per_second:avg5m",
    "target:wan_link_utilisation_ratio:avg5m",
    "target:wan_icmp_rtt_average_seconds:avg5m",
    "target:wan_target_available_seconds:sum5m",
    "target:wan_target_down_seconds:sum5m",
    "cause_kind:wan_target_cut_off_seconds:sum5m",
}
Series = dict[frozenset[tuple[str, str]], float]


def ask(prometheus: str, expression: str) -> Series:
    return {
        frozenset((name, text) for name, text in each["metric"].items() if name != "__name__"): float(each["value"][1])
        for each in query(prometheus, expression, END)
    }


def records() -> list[dict[str, Any]]:
    groups = [group for path in sorted(RULES.glob("*.yml")) for group in yaml.safe_load(path.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"] if "record" in rule]


@pytest.mark.parametrize("rule", records(), ids=lambda rule: rule["record"])
def test_what_is_written_is_what_the_rule_makes_of_the_rest(past_prometheus: str, rule: dict[str, Any]) -> None:
    written, made = (ask(past_prometheus, expression) for expression in (rule["record"], rule["expr"]))
    assert made.keys() == written.keys()
    if rule["record"] not in OF_SCRAPES:
        assert made == {key: pytest.approx(value, rel=1e-3, abs=1e-3) for key, value in written.items()}


def test_the_journal_and_the_series_tell_of_the_same_downtime(past_prometheus: str, past: Path) -> None:
    store = Store(f"sqlite:///{past / 'journal.db'}")
    entries = list(reversed(store.events(None, 100_000)))
    last = store.last_states()
    store.close()
    assert 10 == len(last)
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    down: dict[str, float] = {}
    since: dict[str, float] = {}
    for entry in entries:
        new = getattr(entry, "new", None)
        if entry.target in since and new is not None:
            down[entry.target] = down.get(entry.target, 0.0) + entry.at - since.pop(entry.target)
        if new is State.DOWN:
            since[entry.target] = entry.at
    assert not since
    assert len(down) >= 3
    told = ask(past_prometheus, "target:wan_target_down_seconds:sum30d")
    series = {dict(key)["target"]: value for key, value in told.items() if value}
    # Full hours only, and what nobody saw (a restart, blindness) is nobody's downtime: so the series never tell of more.
    for target, seconds in series.items():
        assert seconds <= down[target] + 1
    assert sum(series.values()) > 0.8 * sum(down.values())
