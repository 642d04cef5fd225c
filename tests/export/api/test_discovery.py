"""What other programs find by service discovery."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from monitor.export.api.discovery import groups
from monitor.model.inventory import Location
from monitor.model.settings import Settings
from tests.export import sample

Client = TestClient[web.Request, web.Application]

CONFIGURATION = """
scrape_configs:
  - job_name: agents
    http_sd_configs: [{{url: "{url}api/v1/sd?kind=point&level=commune&port=9100"}}]
    relabel_configs: [{{source_labels: [__meta_monitor_name], target_label: name}}]
"""


async def test_every_target_is_there_with_the_labels_that_its_series_have(client: Client) -> None:
    answer = await client.get("/api/v1/sd")
    assert answer.content_type == "application/json"
    found = await answer.json()
    assert [[target.address] for target in sample.inventory().targets.values()] == [group["targets"] for group in found]
    group = next(group for group in found if group["labels"]["target"] == "xa-1-2")
    assert {
        "target": "xa-1-2",
        "kind": "point",
        "level": "commune",
        "area": "huyen-1",
        "__meta_monitor_address": "10.1.2.1",
        "__meta_monitor_name": "Xã 1.2",
        "__meta_monitor_short": "1.2",
        "__meta_monitor_area_name": "Huyện số 1",
        "__meta_monitor_profile": "default",
        "__meta_monitor_uplinks": ",ubnd-1,",
        "__meta_monitor_latitude": "23.0",
        "__meta_monitor_longitude": "105.25",
    } == group["labels"]


def test_an_area_is_told_with_its_code_and_where_it_lies() -> None:
    inventory = sample.inventory()
    known = replace(inventory.areas["huyen-1"], code="026", location=Location(23.25, 105.5))
    found = groups(replace(inventory, areas={**inventory.areas, "huyen-1": known}), Settings(), {"area": "huyen-1"})
    told = {"__meta_monitor_area_code": "026", "__meta_monitor_area_latitude": "23.25", "__meta_monitor_area_longitude": "105.5"}
    assert found
    assert all(told.items() <= group["labels"].items() for group in found)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"kind": "point"}, 13),
        ({"kind": "endpoint", "level": "province"}, 2),
        ({"area": "huyen-2", "level": "commune", "kind": "point"}, 5),
        ({"profile": "default"}, 27),
        ({"profile": "other"}, 0),
        ({"tag": "none"}, 0),
    ],
)
def test_targets_are_chosen_by_what_they_are(query: dict[str, str], count: int) -> None:
    assert count == len(groups(sample.inventory(), Settings(), query))


def test_a_port_is_added_to_every_address_of_either_version() -> None:
    inventory = sample.inventory()
    root = replace(inventory.targets[sample.ROOT], address="2001:db8::1", tags=("a", "b"))
    inventory = replace(inventory, targets={sample.ROOT: root, "xa-1-1": inventory.targets["xa-1-1"]})
    found = groups(inventory, Settings(), {"port": "161"})
    assert [["[2001:db8::1]:161"], ["10.1.1.1:161"]] == [group["targets"] for group in found]
    assert ",a,b," == found[0]["labels"]["__meta_monitor_tags"]


@pytest.mark.parametrize(
    ("advertise", "target", "scheme", "path"),
    [
        ("", "127.0.0.1:9877", "http", "/metrics"),
        ("noc.example:9877", "noc.example:9877", "http", "/metrics"),
        ("https://noc.example/monitor/", "noc.example", "https", "/monitor/metrics"),
    ],
)
def test_the_daemon_itself_is_found_where_others_reach_it(advertise: str, target: str, scheme: str, path: str) -> None:
    (group,) = groups(sample.inventory(), Settings(advertise=advertise), {"of": "monitor"})
    assert [target] == group["targets"]
    assert (scheme, path) == (group["labels"]["__scheme__"], group["labels"]["__metrics_path__"])


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("levl=commune", "levl: no parameter is called so"),
        ("level=xa", "level: 'xa' is not one"),
        ("area=nowhere", "area: 'nowhere' is not one"),
        ("port=70000", "port: '70000' is not a port"),
        ("of=everything", "of: 'everything' is nothing to discover"),
    ],
)
async def test_a_choice_that_is_none_is_refused_since_it_would_choose_everything(client: Client, query: str, fault: str) -> None:
    answer = await client.get(f"/api/v1/sd?{query}", headers={"Cookie": "lang=en"})
    assert answer.status == 400
    assert fault == (await answer.json())["error"]


async def test_prometheus_own_tool_discovers_the_targets(client: Client, tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    path = tmp_path / "prometheus.yml"
    path.write_text(CONFIGURATION.format(url=client.make_url("/")))
    process = await asyncio.create_subprocess_exec(
        promtool, "check", "service-discovery", "--timeout=5s", str(path), "agents", stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    labels = [each["labels"] for each in json.loads(said)]
    assert 10 == len(labels)
    assert {"10.1.1.1:9100"} == {each["instance"] for each in labels if each["target"] == "xa-1-1"}
    assert {"Xã 1.1"} == {each["name"] for each in labels if each["target"] == "xa-1-1"}
