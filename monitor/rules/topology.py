"""What hangs on what: who is cut off by whom, and what a root cause takes down."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import IntEnum

from monitor.model.inventory import Inventory


class Block(IntEnum):
    """Why nothing can be seen past a target. The order is that in which a path's blocks are told: maintenance before a fault."""

    MAINTENANCE = 0
    DOWN = 1
    STANDBY = 2


@dataclass(frozen=True, slots=True)
class Cut:
    """Every path from a target to the root is blocked.

    by: the weakest set of blocks that suffices to cut it: MAINTENANCE where announced work alone does, DOWN where it takes targets
    that are down, STANDBY where it takes targets that are switched off.
    cause: where by is DOWN, the target that is down and nearest to the root on these paths; else the nearest block of that kind.
    """

    by: Block
    cause: str


@dataclass(frozen=True, slots=True)
class Topology:
    """The inventory as a graph without circles.

    order: every id, parents before children. depth: uplinks to the root on the shortest path. parents, children: id → ids.
    What is reached from a target is searched once and remembered; the graph itself never changes.
    """

    order: Mapping[str, int]
    depth: Mapping[str, int]
    parents: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    root: str
    _above: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _below: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def ancestors(self, target: str) -> frozenset[str]:
        """Return every uplink between a target and the root, the root included and the target not."""
        return _reached(target, self.parents, self._above)

    def behind(self, target: str) -> frozenset[str]:
        """Return everything that hangs on a target, directly or not, itself not included."""
        return _reached(target, self.children, self._below)

    def keeps_uplinks_of(self, before: Topology) -> bool:
        """Return whether every target that was there before and still is hangs on the same uplinks."""
        return all(before.parents.get(name, parents) == parents for name, parents in self.parents.items())


def topology_of(inventory: Inventory) -> Topology:
    """Return the graph of an inventory. Parents that the inventory does not hold are left out: nothing can be blamed on them."""
    targets = inventory.targets
    parents = {name: tuple(parent for parent in target.parents if parent in targets) for name, target in targets.items()}
    children: dict[str, list[str]] = {}
    for name, uplinks in parents.items():
        for parent in uplinks:
            children.setdefault(parent, []).append(name)
    below = {parent: tuple(names) for parent, names in children.items()}
    order, depth = _sorted(parents, below)
    return Topology(order, depth, parents, below, inventory.root)


def find_causes(
    topology: Topology, silent: AbstractSet[str], seen: Callable[[str], bool], block: Callable[[str], Block]
) -> dict[str, Cut]:
    """Return the silent targets that are cut off, each with what cuts it off.

    silent: targets that do not answer, and those that are under maintenance: all that nothing can be seen past.
    seen: whether a target answers; one that does carries whatever hangs on it, even when its own uplinks are silent.
    block: what kind of block a silent target is by itself, were it not cut off.
    A target that is neither silent nor seen (no evidence yet) is looked through. Several uplinks: any of them carries.
    """
    cuts: dict[str, Cut | None] = {}
    found: dict[str, Cut] = {}

    def cut(name: str) -> Cut | None:
        if name in cuts:
            return cuts[name]
        parents = topology.parents[name]
        told = [past(parent) for parent in parents]
        known = [each for each in told if each is not None]
        cuts[name] = _joined(topology, known) if known and len(known) == len(told) else None
        return cuts[name]

    def past(parent: str) -> Cut | None:
        """What stands in the way for whoever hangs on this parent."""
        if parent in silent:
            kind = block(parent)
            if kind is Block.MAINTENANCE:
                return Cut(kind, parent)
            return cut(parent) or Cut(kind, parent)
        return None if seen(parent) else cut(parent)

    for name in sorted(silent, key=topology.order.__getitem__):
        answer = cut(name)
        if answer is not None:
            found[name] = answer
    return found


def _joined(topology: Topology, cuts: Iterable[Cut]) -> Cut:
    """Join what blocks each of several uplinks: the gravest kind that is needed, its nearest to the root."""
    told = tuple(cuts)
    kind = Block.DOWN if any(each.by is Block.DOWN for each in told) else max(each.by for each in told)
    return min(
        (each for each in told if each.by is kind), key=lambda each: (topology.depth[each.cause], topology.order[each.cause])
    )


def _reached(start: str, edges: Mapping[str, tuple[str, ...]], known: dict[str, frozenset[str]]) -> frozenset[str]:
    if start not in known:
        found: set[str] = set()
        waiting = deque(edges.get(start, ()))
        while waiting:
            name = waiting.popleft()
            if name not in found:
                found.add(name)
                waiting.extend(edges.get(name, ()))
        known[start] = frozenset(found)
    return known[start]


def _sorted(
    parents: Mapping[str, tuple[str, ...]], children: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return id → place, parents first, and id → depth. Raises ValueError for a circle, which load/ refuses before."""
    missing = {name: len(uplinks) for name, uplinks in parents.items()}
    depth = {name: 0 for name, count in missing.items() if count == 0}
    ready = deque(depth)
    order: dict[str, int] = {}
    while ready:
        name = ready.popleft()
        order[name] = len(order)
        for child in children.get(name, ()):
            depth[child] = min(depth.get(child, len(parents)), depth[name] + 1)
            missing[child] -= 1
            if missing[child] == 0:
                ready.append(child)
    if len(order) < len(parents):
        raise ValueError(f"uplinks run in a circle: {sorted(parents.keys() - order.keys())[:5]}")
    return order, depth
