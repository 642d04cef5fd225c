"""/api/v1/sd: the inventory for other programs, as Prometheus' HTTP service discovery reads it.

A JSON list of {"targets": [ADDRESS], "labels": {...}} (Prometheus documentation, http_sd). `target kind level area` are labels of
the series, so that they join with wan_*; the rest are __meta_ labels, which relabelling may use and which are dropped after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import urlsplit

from monitor.export.request import BadParameterError, check_known
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.settings import Settings
from monitor.words.phrase import phrase

_CHOICES = ("of", "kind", "level", "area", "profile", "tag", "port")


class TargetGroup(TypedDict):
    """One target of the answer."""

    targets: list[str]
    labels: dict[str, str]


def groups(inventory: Inventory, settings: Settings, query: Mapping[str, str]) -> list[TargetGroup]:
    """Return the answer. query: `of` (targets, or monitor: this daemon itself), what chooses targets, and the port to add.

    Raises BadParameterError for what it does not know: a misspelt choice would silently watch everything.
    """
    check_known(query, _CHOICES)
    of = query.get("of", "targets")
    if of == "monitor":
        return [_monitor(inventory.network.name, settings)]
    if of != "targets":
        raise BadParameterError("discover_what", text=repr(of))
    _check("kind", query, [kind.value for kind in Kind])
    _check("level", query, inventory.levels)
    _check("area", query, inventory.areas)
    port = _port(query)
    return [
        {"targets": [_address(target.address, port)], "labels": _labels(target, inventory)}
        for target in inventory.targets.values()
        if _is_chosen(target, query)
    ]


def _check(name: str, query: Mapping[str, str], known: Mapping[str, object] | tuple[str, ...] | list[str]) -> None:
    if name in query and query[name] not in known:
        raise BadParameterError("choice_unknown", phrase("known_are", names=tuple(known)), name=name, text=repr(query[name]))


def _port(query: Mapping[str, str]) -> int | None:
    text = query.get("port")
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 5 or not 1 <= int(text) <= 65535:
        raise BadParameterError("port_unknown", text=repr(text))
    return int(text)


def _is_chosen(target: Target, query: Mapping[str, str]) -> bool:
    said = {"kind": target.kind.value, "level": target.level, "area": target.area, "profile": target.profile}
    if any(query[name] != value for name, value in said.items() if name in query):
        return False
    return "tag" not in query or query["tag"] in target.tags


def _address(address: str, port: int | None) -> str:
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _monitor(network: str, settings: Settings) -> TargetGroup:
    origin = urlsplit(settings.origin)
    labels = {"__scheme__": origin.scheme, "__metrics_path__": f"{origin.path}/metrics", "__meta_monitor_network": network}
    return {"targets": [origin.netloc], "labels": labels}


def _labels(target: Target, inventory: Inventory) -> dict[str, str]:
    labels = {"target": target.id, "kind": target.kind.value, "level": target.level, "area": target.area}
    area = inventory.areas[target.area]
    meta = {
        "address": target.address,
        "name": target.name,
        "short": target.short,
        "area_name": area.name,
        "area_code": area.code,
        "code": target.code,
        "profile": target.profile,
        "uplinks": _listed(target.parents),
        "tags": _listed(target.tags),
    }
    for prefix, location in (("", target.location), ("area_", area.location)):
        if location is not None:
            meta |= {f"{prefix}latitude": str(location.latitude), f"{prefix}longitude": str(location.longitude)}
    return labels | {f"__meta_monitor_{name}": text for name, text in meta.items() if text}


def _listed(words: tuple[str, ...]) -> str:
    """Return words with a comma on either side of each, as Prometheus' own discoveries write lists."""
    return f",{','.join(words)}," if words else ""
