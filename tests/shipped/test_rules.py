"""Prometheus' rules: its own tools accept them, every alert is tested, explained, and asks only for what the daemon exports."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.export.metrics.families import ICMP_FAMILIES, SNMP_FAMILIES, STATE_FAMILIES
from monitor.export.metrics.own_metrics import BOUNDS
from monitor.load.configuration import load
from monitor.words.voice import voice

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config" / "prometheus"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
TESTS = sorted((FOLDER / "tests").glob("*.yml"))
ANNOTATIONS = {"summary", "description", "summary_en", "description_en", "call", "call_en", "runbook", "dashboard"}
OF_TARGETS = {"where", "since", "meetings"}
TARGET_LABELS = {"target", "kind", "level", "area"}


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> list[tuple[str, dict[str, Any]]]:
    return [(path.name, rule) for path in RULES for group in loaded(path)["groups"] for rule in group["rules"]]


ALERTS = [(name, rule) for name, rule in rules() if "alert" in rule]


@pytest.mark.parametrize(
    "words",
    [
        ("check", "config", str(FOLDER / "prometheus.yml")),
        ("check", "rules", "--lint-fatal", *map(str, RULES)),
        *(("test", "rules", str(path)) for path in TESTS),
    ],
    ids=lambda words: " ".join(Path(word).name for word in words[:2]) + " " + Path(words[-1]).name,
)
def test_promtool_agrees(promtool: str, words: tuple[str, ...]) -> None:
    done = subprocess.run([promtool, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_while_no_daemon_tells_its_bounds_those_of_the_shipped_settings_hold() -> None:
    settings = load(ROOT / "config").settings
    recorded = {rule["record"]: rule["expr"] for _, rule in rules() if "record" in rule}
    for name, (_, bound) in BOUNDS.items():
        assert f"max(last_over_time({name}[15m])) or vector({bound(settings):g})" == recorded[f"network:{name}:now"]


def test_alerts_compare_with_bounds_that_the_daemon_tells() -> None:
    of_alert = {rule["alert"]: set(re.findall(r"scalar\(network:(\w+):now\)", rule["expr"])) for _, rule in ALERTS}
    assert {
        "HighLoss": {"wan_loss_bound_ratio"},
        "LatencyAboveUsual": {"wan_rtt_usual_bound_ratio", "wan_rtt_usual_bound_seconds"},
        "LinkNearCapacity": {"wan_link_bound_ratio"},
        "LinkFullInTwoWeeks": {"wan_link_bound_ratio"},
    } == {name: bounds for name, bounds in of_alert.items() if bounds}


def test_every_alert_is_shown_to_fire_and_to_be_silent() -> None:
    fires: set[str] = set()
    silent: set[str] = set()
    for path in TESTS:
        for test in loaded(path)["tests"]:
            for each in test.get("alert_rule_test", ()):
                (fires if each.get("exp_alerts") else silent).add(each["alertname"])
    names = {rule["alert"] for _, rule in ALERTS}
    assert names == fires
    assert {"Watchdog"} == names - silent


@pytest.mark.parametrize(("file", "rule"), ALERTS, ids=[f"{rule['alert']} {rule['labels']['severity']}" for _, rule in ALERTS])
def test_an_alert_says_what_where_and_what_to_do(file: str, rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning", "info", "none"), file
    assert ANNOTATIONS == set(rule["annotations"]) - OF_TARGETS
    assert rule["annotations"]["runbook"] == f"docs/runbooks.md#{rule['alert'].lower()}"
    assert rule["annotations"]["dashboard"].startswith("/d/")
    if rule["labels"].get("cause") != "monitor":
        assert "where" in rule["annotations"]
        assert '"cause"' in rule["expr"] or re.search(r"target:wan_target_(outage|power_cut):", rule["expr"])
        for text in ("summary", "description", "summary_en", "description_en"):
            assert "$labels.name }}" in rule["annotations"][text], text


def test_alerts_say_numbers_as_the_daemon_does() -> None:
    """Their templates can't call its voice; what promtool was shown to make of them is what that would say."""
    quality = (FOLDER / "tests" / "quality.yml").read_text(encoding="utf-8")
    for language, key in (("vi", "description"), ("en", "description_en")):
        speaker, told = voice(language), " ".join(re.findall(rf"{key}: (.*)", quality))
        numbers = [speaker.loss(0.123), speaker.loss(0.02), speaker.load(0.9), speaker.number(1_234_560), speaker.number(1_200)]
        for number in (*numbers, speaker.milliseconds(0.1828), speaker.milliseconds(1.26)):
            assert re.search(rf"(?<![\w,.]){re.escape(number)}(?![\w%])", told), number


def test_every_alert_has_its_section_in_the_runbooks_and_no_section_is_left_over() -> None:
    text = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    assert {rule["alert"] for _, rule in ALERTS} == set(re.findall(r"(?m)^## (\w+)$", text))


def test_every_recorded_series_is_named_by_level_metric_and_operation() -> None:
    for file, rule in rules():
        if "record" in rule:
            assert re.fullmatch(r"[a-z_]+:wan_[a-z_]+:[a-z0-9_]+", rule["record"]), f"{file}: {rule['record']}"


def test_every_rule_asks_only_for_what_the_daemon_exports_or_a_rule_records() -> None:
    recorded = {rule["record"] for _, rule in rules() if "record" in rule}
    told = {family.name for family in (*STATE_FAMILIES, *ICMP_FAMILIES, *SNMP_FAMILIES)}
    told |= set(re.findall(r"`(\w+)`", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")))
    # promQL's own words and what Prometheus says itself; meetings by the contract of their metrics.
    others = {"up", "ALERTS", "process_start_time_seconds", "conference_readiness", "conference_meeting_info"}
    others |= {"conference_meeting_start_timestamp_seconds", "__name__"}
    unknown = [
        f"{file} {rule.get('record', rule.get('alert'))}: {name}"
        for file, rule in rules()
        for text in (rule["expr"], *rule.get("annotations", {}).values())
        for name in re.findall(r"\b(?:\w+:)?(?:wan|monitor|conference)_\w+(?::\w+)?", text)
        if name not in recorded | told | others and not name.startswith(tuple(f"{each}:" for each in recorded))
    ]
    assert [] == unknown
