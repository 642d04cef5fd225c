"""A configuration folder of any size: a province of routers on the loopback addresses of benchmarks/network.py."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.network import address
from benchmarks.responder import PORT

LISTEN = "127.0.0.1:9877"
_PROFILES = Path(__file__).parent.parent / "config" / "profiles"
_CHILDREN = 20
"""Communes of a district."""


def leaves(size: int) -> list[str]:
    """Return the ids of the endpoints: half of the targets, the last ones, on which nothing hangs."""
    return [f"endpoint-{place}" for place in range(size // 2)]


def leaf_address(size: int, place: int) -> str:
    """Return the address of the endpoint at a place."""
    return address((size + 1) // 2 + place)


def write_province(folder: Path, size: int, **probes: dict[str, str]) -> None:
    """Write sites.yaml, monitor.yaml and the profiles for so many targets.

    probes: what differs from the shipped settings, by probe, as in monitor.yaml; everything else is as the product ships it.
    """
    folder.mkdir(parents=True)
    shutil.copytree(_PROFILES, folder / "profiles")
    points = (size + 1) // 2
    router = {"profile": "generic-router", "credential": "wan"}
    sites = {
        "network": {"name": "Benchmark", "addresses": "lab"},
        "levels": ["province", "district", "commune"],
        "areas": [{"id": "area", "name": "Area"}],
        "defaults": {"point": router, "endpoint": router},
        "points": list(_points(points)),
        "endpoints": list(_endpoints(size)),
    }
    (folder / "sites.yaml").write_text(json.dumps(sites, indent=0), "utf-8")
    monitor = {
        "listen": LISTEN,
        "journal": f"sqlite:///{folder}/journal.db",
        "probes": {**probes, "snmp": {**probes.get("snmp", {}), "port": str(PORT)}},
        "credentials": {"wan": {"version": "2c", "community": {"literal": "public"}}},
    }
    (folder / "monitor.yaml").write_text(json.dumps(monitor, indent=0), "utf-8")


def _points(count: int) -> Iterator[dict[str, object]]:
    for place in range(count):
        district = place - (place - 1) % (_CHILDREN + 1)
        level = "province" if not place else "district" if place == district else "commune"
        uplink = {} if not place else {"uplink": "point-0" if place == district else f"point-{district}"}
        named = {"id": f"point-{place}", "name": f"Point {place}", "level": level, "area": "area"}
        yield {**named, **uplink, "address": address(place), "contracted": "50M"}


def _endpoints(size: int) -> Iterator[dict[str, object]]:
    for place, name in enumerate(leaves(size)):
        yield {"id": name, "name": f"Endpoint {place}", "point": f"point-{place}", "address": leaf_address(size, place)}
