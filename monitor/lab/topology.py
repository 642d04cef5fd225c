"""The way from the monitor to every target: which links and routers it crosses, and what they do to a packet."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.lab.conditions import CapacityLimit, LinkCondition
from monitor.model.inventory import Inventory, Kind, Location, Target
from monitor.model.scenario import LinkSettings

_PACKET_BITS = 1500 * 8
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Path:
    """The way to a target.

    nodes: from the root to the target. reach: how many of them are reached; len(nodes) where all is well. delay_s, survival: of a
    round trip to each node: seconds, and the share of packets that come through. jitters_s: each link's own. mtus: of each link.
    limits: (position, target, limit) of the links that have one.
    """

    nodes: tuple[str, ...]
    reach: int
    delay_s: tuple[float, ...]
    survival: tuple[float, ...]
    jitters_s: tuple[float, ...]
    mtus: tuple[int, ...]
    limits: tuple[tuple[int, str, CapacityLimit], ...]

    @property
    def is_whole(self) -> bool:
        return self.reach == len(self.nodes)


def find_paths(inventory: Inventory, conditions: Mapping[str, LinkCondition]) -> dict[str, Path]:
    """Return every target's path; of several uplinks the first that is whole is taken, else the one that reaches furthest."""
    paths: dict[str, Path] = {}
    for target in inventory.targets.values():
        _find(target, inventory, conditions, paths)
    return paths


def _find(target: Target, inventory: Inventory, conditions: Mapping[str, LinkCondition], paths: dict[str, Path]) -> Path:
    """Return a target's path and keep it; inventories have no loops, and are few levels deep."""
    known = paths.get(target.id)
    if known is not None:
        return known
    condition = conditions[target.id]
    ways = [
        _extend(_find(inventory.targets[parent], inventory, conditions, paths), target.id, condition, parent)
        for parent in target.parents
    ]
    best = max(ways, key=lambda path: (path.is_whole, path.reach)) if ways else _extend(_START, target.id, condition, "")
    paths[target.id] = best
    return best


_START = Path((), 0, (), (), (), (), ())


def _extend(path: Path, target: str, condition: LinkCondition, parent: str) -> Path:
    """Return a path with one more link and node."""
    passes = path.is_whole and condition.is_alive and parent not in condition.cut
    return Path(
        (*path.nodes, target),
        path.reach + 1 if passes else path.reach,
        (*path.delay_s, (path.delay_s[-1] if path.delay_s else 0.0) + condition.delay_s),
        (*path.survival, (path.survival[-1] if path.survival else 1.0) * (1 - condition.loss_ratio)),
        (*path.jitters_s, condition.jitter_s),
        (*path.mtus, condition.mtu),
        (*path.limits, (len(path.nodes), target, condition.limit)) if condition.limit else path.limits,
    )


def queue(limit: CapacityLimit, offered_bps: float) -> tuple[float, float]:
    """Return what a limited link does to a packet in one direction: seconds of waiting, and the ratio that is lost.

    Below its capacity it is an M/M/1 queue; above, the buffer is full and what is too much is lost.
    """
    load = offered_bps / limit.capacity_bps
    if load >= 1:
        return limit.buffer_s, 1 - 1 / load
    return min(limit.buffer_s, _PACKET_BITS / limit.capacity_bps * load / (1 - load)), 0.0


def usual_link(target: Target, parent: Target | None) -> LinkSettings:
    """Return what an uplink usually does: a LAN for endpoints and the root, else fibre and a few boxes, by distance."""
    chance = random.Random(f"link {target.id}")
    if parent is None or target.kind is Kind.ENDPOINT:
        return LinkSettings(delay_s=chance.uniform(0.0003, 0.0008), jitter_s=0.0001, loss_ratio=0.0, mtu=1500)
    distance_km = _distance_km(target.location, parent.location)
    # Light in fibre: 5 µs a km and direction, on roads that are half as long again.
    delay = 0.0008 + distance_km * 1.5 * 1e-5 + chance.uniform(0.0005, 0.004)
    return LinkSettings(delay_s=delay, jitter_s=chance.uniform(0.0002, 0.0015), loss_ratio=0.0, mtu=1500)


def _distance_km(one: Location | None, other: Location | None) -> float:
    if one is None or other is None:
        return 20.0
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude) * math.cos(math.radians((one.latitude + other.latitude) / 2))
    return _EARTH_KM * math.hypot(north, east)
