"""A real Prometheus and its linter take what the daemon exports."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grafana.build.__main__ import dashboards
from tests.prometheus_server import OWN_ADDRESS, prometheus_in, query
from tests.supervision.past import call
from tests.supervision.queries import Query, faults, filled, loaded, queries, selectors
from tests.system.conftest import SHIPPED, TARGETS
from tests.system.running import Running

CONFIGURATION = f"""
global: {{{{scrape_interval: 1s, evaluation_interval: 1s}}}}
rule_files: ["{{rules}}"]
scrape_configs:
  - job_name: monitor
    static_configs: [{{{{targets: ["{{target}}"]}}}}]
  - job_name: prometheus
    static_configs: [{{{{targets: ["{OWN_ADDRESS}"]}}}}]
"""
# The rules of the present; those of links and of availability need more time than a test has.
RULES = SHIPPED / "prometheus" / "rules" / "outages.yml"
# What the dashboard of the monitor itself asks of programs and events that are not there.
ABSENT = re.compile(r"Lượt đo [BCDE]|Tin báo|annotation")
DISTRICT = "ubnd-huyen-meo-vac"


@pytest.fixture
def prometheus(province: Running, tmp_path: Path) -> Iterator[str]:
    configuration = CONFIGURATION.format(target=province.origin.removeprefix("http://"), rules=RULES)
    with prometheus_in(tmp_path, configuration) as url:
        yield url


def ask(prometheus: str, expression: str, at: float | None = None) -> float | None:
    """Return the one value of an instant query; None where Prometheus has none. at: epoch seconds, None for now."""
    result = query(prometheus, expression, at)
    return float(result[0]["value"][1]) if result else None


def test_every_target_has_a_state_and_series_and_the_linter_is_silent(province: Running) -> None:
    scrape = province.until(lambda scrape: len(scrape.samples["wan_snmp_up"]) == TARGETS)
    assert TARGETS == len(scrape.states())
    for name in ("wan_target_info", "wan_target_up", "wan_icmp_packets_sent_total", "wan_icmp_rtt_seconds_count"):
        assert TARGETS == len(scrape.samples[name]), name
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    lint = subprocess.run([promtool, "check", "metrics"], input=scrape.text, capture_output=True, text=True, check=False)
    assert ("", "", 0) == (lint.stdout, lint.stderr, lint.returncode)


def test_a_real_prometheus_scrapes_it(province: Running, prometheus: str) -> None:
    wanted = {"count(wan_target_up == 1)": TARGETS, 'up{job="monitor"}': 1, 'sum(wan_target_state{state="up"})': TARGETS}
    for _ in province.scrapes():
        now = time.time()  # all of one moment: on a busy machine one scrape may come through and the next be late
        found = {expression: ask(prometheus, expression, now) for expression in wanted}
        if found == wanted:
            break
    assert wanted == found


def of_dashboard(name: str) -> list[Query]:
    """Return what a dashboard asks in Vietnamese."""
    (text,) = (text for path, text in dashboards().items() if (path.parent.name, path.stem) == ("vi", name))
    return list(queries(loaded(text)))


def shows(prometheus: str, query: Query) -> bool:
    return bool(call(prometheus, "query", query=filled(query.expr, {}))["result"])


def test_the_dashboards_name_only_labels_that_the_daemon_exports_and_show_the_monitor_itself(
    province: Running, prometheus: str
) -> None:
    asked = [query for query in of_dashboard("monitor") if not ABSENT.search(query.place)]
    assert len(asked) > 15
    for _ in province.looks():
        missing = [query.place for query in asked if not shows(prometheus, query)]
        if not missing:
            break
    labels: dict[str, frozenset[str]] = {}
    for series in call(prometheus, "series", **{"match[]": '{__name__=~".+"}'}):
        name = series.pop("__name__")
        labels[name] = labels.get(name, frozenset()) | frozenset(series)
    told = [
        fault
        for name in ("wan", "target", "capacity", "readiness", "availability", "monitor")
        for query in of_dashboard(name)
        for fault in faults(query, labels)
    ]
    assert [] == told
    raw = {name for name in labels if re.match("wan_|monitor_", name)}
    named = {
        metric
        for board in ("wan", "target", "capacity", "monitor")
        for query in of_dashboard(board)
        for metric, _ in selectors(query.expr)
    }
    assert len(raw & named) >= 25


def test_the_wall_shows_a_cut_with_what_is_behind_it(province: Running, prometheus: str) -> None:
    causes = [query for query in of_dashboard("wan") if re.search("Nguyên nhân gốc|Nặng nhất|Vừa thay đổi", query.place)]
    assert len(causes) == 7
    province.until(lambda scrape: ask(prometheus, "count(target:wan_target_state:code == 0)") == TARGETS)
    province.lab.ctl("cut", DISTRICT)
    for _ in province.looks():
        found = [call(prometheus, "query", query=filled(query.expr, {}))["result"] for query in causes]
        if all(found) and found[0][0]["metric"].get("target") == DISTRICT:
            break
    assert ["UBND huyện Mèo Vạc"] == [each["metric"]["name"] for each in found[0]]
    (gravest,) = (result[0]["value"][1] for query, result in zip(causes, found, strict=True) if "Nặng nhất" in query.place)
    behind = [
        float(result[0]["value"][1]) for query, result in zip(causes, found, strict=True) if re.search("mất theo [BC]", query.place)
    ]
    assert float(gravest) == 1 + sum(behind)
    assert sum(behind) > 30
