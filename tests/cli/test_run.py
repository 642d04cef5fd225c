"""The composition root hands each part what it needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.cli.run import root_first
from monitor.load.configuration import Configuration
from monitor.model.settings import HealthSettings
from tests.service.province import PROFILES, SETTINGS, inventory, point


def test_the_link_that_is_watched_is_the_one_to_the_root() -> None:
    targets = [replace(point(f"d{number}", "root"), address=f"127.0.1.{number}") for number in range(9)]
    settings = replace(SETTINGS, health=HealthSettings(references=("127.0.9.9", "d1")))
    plan = inventory([*targets, replace(point("root"), address="127.0.0.9")])
    found = root_first(Configuration(plan, settings, PROFILES, Path("config")))
    assert "127.0.0.9" == found[0]
    assert {target.address for target in plan.targets.values()} | {"127.0.9.9"} == set(found)
