"""The dashboards: what is committed is what the code builds, and every panel says what it shows and asks only for what there is."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from grafana.build import limits
from grafana.build.__main__ import dashboards, texts
from grafana.build.style import DEGRADED, DOWN, QUIET, TEXT
from monitor.export.metrics.families import ICMP_FAMILIES, SNMP_FAMILIES, STATE_FAMILIES
from monitor.export.metrics.meeting_metrics import FAMILIES as OF_MEETINGS
from monitor.load.configuration import load
from monitor.rules.bounds import CERTIFICATE_FLOORS_S, Bounds, Floors, jitter_bounds, load_bounds, loss_bounds, rtt_bounds
from monitor.words.voice import voice
from tests.supervision.queries import filled, loaded, panels, queries, selectors

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "grafana"
RULES = sorted((ROOT / "config" / "prometheus" / "rules").glob("*.yml"))
BOARDS = {f"{path.parent.name} {path.stem}": loaded(text) for path, text in dashboards().items()}
NAMES = {"wan", "target", "capacity", "readiness", "availability", "monitor"}
# What other programs of the chain say of themselves.
OTHERS = re.compile(r"up|ALERTS|process_\w+|scrape_\w+|prometheus_\w+|alertmanager_\w+")
every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)


def rules(interval_s: int | None = None) -> list[dict[str, Any]]:
    """Return the recording rules; those of groups with an interval (in seconds) of at least this, where one is given."""
    units = {"s": 1, "m": 60, "h": 3600}
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    if interval_s is not None:
        groups = [
            each for each in groups if int(each.get("interval", "10s")[:-1]) * units[each.get("interval", "10s")[-1]] >= interval_s
        ]
    return [rule for group in groups for rule in group["rules"] if "record" in rule]


def known_metrics() -> set[str]:
    """Return what the daemon exports of targets and of itself, and what the rules record."""
    own = set(re.findall(r"`(monitor_\w+|conference_\w+)`", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")))
    read = {value.metric for profile in load(ROOT / "config").profiles.values() for value in profile.values}
    families = {family.name for family in (*STATE_FAMILIES, *ICMP_FAMILIES, *SNMP_FAMILIES, *OF_MEETINGS)}
    return {rule["record"] for rule in rules()} | own | read | families


def test_what_is_committed_is_what_the_code_builds() -> None:
    built = texts()
    paths = [path for folder in ("dashboards", "public") for path in (GRAFANA / folder).rglob("*.*")]
    found = {path: path.read_text(encoding="utf-8") for path in (*paths, *RULES)}
    assert {path.name for path in built} == {path.name for path in found}
    assert [] == [str(path) for path, text in built.items() if found[path] != text], "run python -m grafana.build"


def test_figures_are_coloured_by_the_shipped_settings() -> None:
    """What is committed is built by config/monitor.yaml: pages, verdicts and dashboards of a default installation agree."""
    settings = limits.settings()
    bounds = (loss_bounds(settings), rtt_bounds(settings), jitter_bounds(settings), load_bounds(settings))
    assert bounds == (limits.loss(), limits.round_trip(), limits.jitter(), limits.load())
    told = {json.dumps(panel, sort_keys=True) for board in BOARDS.values() for panel in panels(board)}
    for each in bounds:
        steps = [{"color": color, "value": value} for value, color in limits.dashes(each)]
        assert any(json.dumps(steps, sort_keys=True)[1:-1] in panel for panel in told), steps


def test_a_figure_whose_red_begins_first_has_no_amber() -> None:
    assert ((None, QUIET), (0.1, DEGRADED), (0.2, DOWN)) == limits.steps(Bounds(0.1, 0.2))
    assert ((0.1, DOWN),) == limits.dashes(Bounds(0.2, 0.1))
    assert ((0.8, DEGRADED),) == limits.dashes(Bounds(0.8))


def test_what_is_the_better_the_higher_it_is_is_red_below_its_floor_and_amber_up_to_the_good() -> None:
    assert ((None, DOWN), (0.9, DEGRADED), (1.0, TEXT)) == limits.heights(Floors(1.0, 0.9))
    assert ((None, DOWN), (1.0, TEXT)) == limits.heights(Floors(1.0, 1.0))
    assert ((None, DOWN), (1.0, DEGRADED), (30.0, TEXT)) == limits.heights(CERTIFICATE_FLOORS_S, factor=1 / 86_400)


def test_there_are_six_dashboards_in_each_language() -> None:
    assert {f"{language} {name}" for language in ("vi", "en") for name in NAMES} == set(BOARDS)


@every_board
def test_every_panel_says_what_it_shows_and_in_which_unit(board: dict[str, Any]) -> None:
    assert board["title"]
    assert board["description"]
    for panel in panels(board):
        place = f"{board['title']}: {panel.get('title') or panel['id']}"
        assert panel.get("title"), place
        assert panel.get("description"), f"{place} has no description"
        assert panel["fieldConfig"]["defaults"].get("unit"), f"{place} has no unit"
        assert panel["datasource"]["uid"] == "prometheus", place
    titles = [panel["title"] for panel in panels(board)]
    assert len(titles) == len(set(titles)), "two panels of one title"


@pytest.mark.parametrize("word", ["thường lệ", "tác nhân", "kernel", "daemon", "mục tiêu", "độ sẵn sàng", "nấc", "niêm phong"])
def test_boards_and_alerts_say_what_the_shift_says(word: str) -> None:
    texts = [text for name, board in BOARDS.items() if name.startswith("vi ") for text in told(board)]
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    alerts = [rule["annotations"] for group in groups for rule in group["rules"] if "alert" in rule]
    texts += [text for each in alerts for key, text in each.items() if not key.endswith("_en")]
    assert len(alerts) > 20
    assert [] == [text for text in texts if re.search(rf"\b{word}\b", re.sub(r"\{\{.*?\}\}", "", text), re.IGNORECASE)]


def told(board: Any) -> list[str]:
    """Return every text of a board that a reader sees."""
    if isinstance(board, dict):
        own = [
            text for key, text in board.items() if key in ("title", "description", "text", "legendFormat") and isinstance(text, str)
        ]
        return own + [text for each in board.values() for text in told(each)]
    return [text for each in board for text in told(each)] if isinstance(board, list) else []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_units_and_what_is_nearly_nothing_or_all_are_said_as_by_the_monitor(language: str) -> None:
    speaker, shares = voice(language), 0
    for board in (board for name, board in BOARDS.items() if name.startswith(f"{language} ")):
        for panel in panels(board):
            config = panel["fieldConfig"]
            overrides = ({each["id"]: each["value"] for each in override["properties"]} for override in config["overrides"])
            for form in (config["defaults"], *overrides):
                # Grafana's own seconds end in English minutes, its own rates in Mb/s.
                assert form.get("unit") not in {"s", "bps", "m", "h", "d"}, panel["title"]
                ranges = [each["options"] for each in form.get("mappings", ()) if each["type"] == "range"]
                if ranges:
                    shares += 1
                    told = [speaker.percent(edge, form["decimals"]) for edge in (1e-4 / 10 ** form["decimals"], 1 - 1e-9)]
                    assert told == [each["result"]["text"] for each in ranges], panel["title"]
    assert shares > 10


@every_board
def test_panels_stand_side_by_side(board: dict[str, Any]) -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in panels(board):
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken, (panel["title"], taken[x, y])
                taken[x, y] = panel["title"]
    assert max(x for x, _ in taken) == 23


@every_board
def test_variables_with_all_store_all(board: dict[str, Any]) -> None:
    for variable in board.get("templating", {}).get("list", ()):
        if variable["includeAll"]:
            assert variable["current"]["value"] == "$__all", variable["name"]


@every_board
def test_queries_use_only_variables_that_are_there(board: dict[str, Any]) -> None:
    there = {variable["name"] for variable in board.get("templating", {}).get("list", ())}
    for query in queries(board):
        used = {name for name in re.findall(r"\$\{?([a-z_]\w*)\}?", query.expr) if not name.startswith("__")}
        assert used <= there, f"{query.place}: {used - there}"


@every_board
def test_queries_name_only_what_the_daemon_or_a_rule_makes(board: dict[str, Any]) -> None:
    known = known_metrics()
    for query in queries(board):
        named = {re.sub("_(bucket|sum|count)$", "", name) if name not in known else name for name, _ in selectors(query.expr)}
        unknown = {name for name in named - known if not OTHERS.fullmatch(name)}
        assert not unknown, f"{query.place}: nothing exports {', '.join(sorted(unknown))}"


@every_board
def test_what_is_recorded_once_an_hour_is_never_looked_for_at_this_very_moment(board: dict[str, Any]) -> None:
    hourly = {rule["record"] for rule in rules(interval_s=3600)}
    for query in queries(board):
        for name in hourly:
            bare = re.findall(rf"{name}\b(?:\{{[^}}]*\}})?(?!\[|\w|\{{)", query.expr)
            assert not bare, f"{query.place}: {name} is 5 minutes of each hour only; take last_over_time"


@every_board
def test_links_lead_to_dashboards_of_the_same_language_and_to_their_variables(board: dict[str, Any]) -> None:
    of_language = {each["uid"]: each for each in BOARDS.values() if each["tags"] == board["tags"]}
    links = re.findall(r'"/d/([\w-]+)\?([^"]*)"', json.dumps(board))
    for uid, query in links:
        variables = {each["name"] for each in of_language[uid]["templating"]["list"]}
        assert set(re.findall(r"var-(\w+)=", query)) <= variables, (uid, query)


def test_alerts_lead_to_dashboards_that_are_there_and_to_their_variables() -> None:
    vietnamese = {each["uid"]: each for each in BOARDS.values() if "vi" in each["tags"]}
    for path in RULES:
        for uid, name in re.findall(r"dashboard: /d/([\w-]+)(?:\?var-(\w+)=)?", path.read_text(encoding="utf-8")):
            assert uid in vietnamese, f"{path.name}: /d/{uid}"
            variables = {each["name"] for each in vietnamese[uid].get("templating", {}).get("list", ())}
            assert not name or name in variables, f"{path.name}: /d/{uid} has no variable {name}"


def test_both_languages_ask_the_same() -> None:
    for name in NAMES:
        asked = [[filled(query.expr, {}) for query in queries(BOARDS[f"{language} {name}"])] for language in ("vi", "en")]
        differing = [pair for pair in zip(*asked, strict=True) if re.sub('"[^"]*"', "", pair[0]) != re.sub('"[^"]*"', "", pair[1])]
        assert [] == differing, name


def test_every_query_parses(promtool: str, tmp_path: Path) -> None:
    found = [query for board in BOARDS.values() for query in queries(board)]
    asked = [{"alert": query.place, "expr": filled(query.expr, {})} for query in found]
    (tmp_path / "asked.yml").write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": asked}]}, allow_unicode=True))
    done = subprocess.run([promtool, "check", "rules", tmp_path / "asked.yml"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_grafana_finds_what_is_provisioned() -> None:
    source = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "monitor.yaml").read_text(encoding="utf-8"))["datasources"][
        0
    ]
    assert {panel["datasource"]["uid"] for board in BOARDS.values() for panel in panels(board)} == {source["uid"]}
    providers = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "monitor.yaml").read_text(encoding="utf-8"))["providers"]
    assert {Path(each["options"]["path"]).name for each in providers} == {path.parent.name for path in dashboards()}
    manual = (ROOT / "docs" / "grafana.md").read_text(encoding="utf-8")
    for each in providers:
        assert str(Path(each["options"]["path"]).parent) in manual


def test_the_map_needs_no_internet() -> None:
    for name in ("vi wan", "en wan"):
        (map_,) = (panel for panel in panels(BOARDS[name]) if panel["type"] == "geomap")
        layers = [map_["options"]["basemap"], *map_["options"]["layers"]]
        assert {layer["type"] for layer in layers} == {"geojson", "markers"}
        for layer in layers:
            if layer["type"] == "geojson":
                assert (GRAFANA / layer["config"]["src"]).is_file()
