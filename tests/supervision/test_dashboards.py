"""The dashboards: what is committed is what the code builds, and every panel says what it shows and asks only for what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from grafana.build.__main__ import dashboards, texts
from monitor.export.families import ICMP_FAMILIES, SNMP_FAMILIES, STATE_FAMILIES
from monitor.load.configuration import load

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "grafana"
RULES = sorted((ROOT / "config" / "prometheus" / "rules").glob("*.yml"))
BOARDS = dashboards()
IDS = [f"{path.parent.name} {path.stem}" for path in BOARDS]


def panels(text: str) -> list[dict[str, Any]]:
    return list(json.loads(text)["panels"])


def known_metrics() -> set[str]:
    """Return what the daemon exports of targets and of itself, and what the rules record."""
    recorded = {
        rule["record"]
        for path in RULES
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
        if "record" in rule
    }
    own = set(re.findall(r"`(monitor_\w+)`", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")))
    read = {value.metric for profile in load(ROOT / "config").profiles.values() for value in profile.values}
    return recorded | own | read | {family.name for family in (*STATE_FAMILIES, *ICMP_FAMILIES, *SNMP_FAMILIES)}


def test_what_is_committed_is_what_the_code_builds() -> None:
    built = texts()
    found = {
        path: path.read_text(encoding="utf-8") for folder in ("dashboards", "public") for path in (GRAFANA / folder).rglob("*.*")
    }
    assert {path.name for path in built} == {path.name for path in found}
    assert [] == [str(path) for path, text in built.items() if found[path] != text], "run python -m grafana.build"


@pytest.mark.parametrize("text", BOARDS.values(), ids=IDS)
def test_every_panel_says_what_it_shows_and_in_which_unit(text: str) -> None:
    for panel in panels(text):
        assert panel["title"], panel
        assert panel["description"], panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


@pytest.mark.parametrize("text", BOARDS.values(), ids=IDS)
def test_panels_stand_side_by_side(text: str) -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in panels(text):
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken, (panel["title"], taken[x, y])
                taken[x, y] = panel["title"]
    assert max(x for x, _ in taken) == 23


@pytest.mark.parametrize("text", BOARDS.values(), ids=IDS)
def test_variables_with_all_store_all(text: str) -> None:
    for variable in json.loads(text)["templating"]["list"]:
        if variable["includeAll"]:
            assert variable["current"]["value"] == "$__all", variable["name"]


@pytest.mark.parametrize("text", BOARDS.values(), ids=IDS)
def test_queries_name_only_what_the_daemon_or_a_rule_makes(text: str) -> None:
    known = known_metrics()
    for panel in panels(text):
        for query in panel["targets"]:
            named = set(re.findall(r"\b(?:\w+:)?(?:wan|monitor|conference)_\w+(?::\w+)?", query["expr"]))
            named = {re.sub("_bucket$", "", name) for name in named}
            assert named <= known, f"{panel['title']}: {named - known}"
