"""What areas and levels are called: from the inventory, so that another network's dashboards are built with its own names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from grafana.build.style import Mapped, Say, capital, mapped, prop
from monitor.load.configuration import Configuration, load
from monitor.model.inventory import Inventory
from monitor.words.states import LEVELS

CONFIG = Path(__file__).parents[2] / "config"


@cache
def configuration() -> Configuration:
    """Return the configuration that the dashboards are built for."""
    return load(CONFIG)


def inventory() -> Inventory:
    """Return the inventory that the dashboards are built for."""
    return configuration().inventory


def areas() -> Mapping[str, str]:
    """Return id → the short name of every area, in the inventory's order."""
    return {each.id: each.short or each.name for each in inventory().areas.values()}


def levels(say: Say) -> Mapping[str, str]:
    """Return id → name of every level, from the top down."""
    return {each: capital(say(*LEVELS.get(each, (each, each)))) for each in inventory().levels}


def area_names() -> Mapped:
    """Return the mapping of area ids to their names, for a column of a table."""
    return mapped({id_: (name, None) for id_, name in areas().items()})


def level_names(say: Say) -> Mapped:
    """Return the mapping of level ids to their names, for a column of a table."""
    return mapped({id_: (name, None) for id_, name in levels(say).items()})


def call_areas_by_name(panel: Any) -> None:
    """Let a panel show its series that are named by an area's id under the area's name."""
    for id_, name in areas().items():
        panel.override_by_name(id_, [prop("displayName", name)])
