"""Fields of tiles and the counts above them, as data: which mark stands where, and how many there are of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.model.inventory import Area, Inventory, Kind, Target
from monitor.model.state import RootCause, Snapshot, State, TargetView, Transition

GRAVITY: Mapping[State, int] = {state: rank for rank, state in enumerate(State)}
COLUMNS = (State.UP, State.DEGRADED, State.DOWN, State.UNREACHABLE, State.MAINTENANCE, State.STANDBY, State.UNKNOWN)
RING_S = 300.0
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Tile:
    """One point and its endpoints. endpoint: the worst endpoint's state, None where it has none; endpoints: how many it has.

    changed_at: epoch seconds of a change of the last five minutes, of the point or an endpoint; 0 where there was none.
    """

    target: Target
    state: State
    endpoint: State | None
    endpoints: int
    changed_at: float


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many targets of a kind are in a state. more: how many more than an hour ago, None where that can't be said."""

    state: State
    number: int
    more: int | None


def shown_state(view: TargetView) -> State:
    """Return the state that people see: a target that is not judged yet is unknown to them."""
    return view.state or State.UNKNOWN


def root_cause_of(id_: str, snapshot: Snapshot) -> RootCause | None:
    return next((each for each in snapshot.root_causes if each.target == id_), None)


class Layout:
    """Where tiles stand on a page: in a block for each area, fixed by the inventory, so that staff learn where a district is.

    blocks: area → ids. across: how many blocks stand side by side. dense: see density().
    """

    def __init__(self, inventory: Inventory, ids: Sequence[str]) -> None:
        self.inventory = inventory
        self.ids = ids
        areas: dict[str, list[str]] = {area: [] for area in inventory.areas}
        for id_ in ids:
            if id_ in inventory.targets:
                areas.setdefault(inventory.targets[id_].area, []).append(id_)
        self.blocks = {area: members for area, members in areas.items() if members}
        sizes = [len(members) for members in self.blocks.values()]
        self.across = blocks_across(sizes)
        self.dense = density(rows_high(sizes, self.across), -(-len(sizes) // self.across))

    def area(self, id_: str) -> Area:
        """Return an area, also one that only a target names."""
        return self.inventory.areas.get(id_) or Area(id_, id_)

    def area_name(self, id_: str) -> str:
        area = self.area(id_)
        return area.short or area.name


class ProvinceLayout(Layout):
    """A tile for each point. endpoints_of: point → its endpoints."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__(inventory, [target.id for target in inventory.targets.values() if target.kind is Kind.POINT])
        self.endpoints_of: dict[str, list[str]] = {}
        for target in inventory.targets.values():
            if target.kind is Kind.ENDPOINT:
                for parent in target.parents[:1]:
                    self.endpoints_of.setdefault(parent, []).append(target.id)


def tile_columns(across: int) -> int:
    """Return how many tiles stand side by side in a block, so that a tile is about as wide with any number of blocks."""
    return {1: 8, 2: 4, 3: 3, 4: 2, 5: 2}[across]


def rows_high(sizes: Sequence[int], across: int) -> int:
    """Return how many tiles stand above one another where so many blocks stand side by side."""
    columns = tile_columns(across)
    return sum(max(-(-size // columns) for size in sizes[at : at + across]) for at in range(0, len(sizes), across))


def blocks_across(sizes: Sequence[int]) -> int:
    """Return how many blocks stand side by side: three, unless fewer exist or more make the field lower."""
    if len(sizes) < 3:
        return max(1, len(sizes))
    # A block's head is as high as two tiles.
    return min((3, 4, 5), key=lambda across: (rows_high(sizes, across) + 2 * -(-len(sizes) // across), across))


def density(rows: int, blocks_high: int) -> int:
    """Return how tightly a wide screen must pack its tiles: -1 at ease, 0 to 3 to hold all on one wall; beyond, it scrolls.

    A wall of 16:9 has room for about 28 rows of tiles under 4 heads; a head is as high as 2 rows.
    """
    need = rows + 2 * blocks_high
    return sum(need > room for room in (22, 37, 42, 47)) - 1


def recent_changes(snapshot: Snapshot, within_s: float) -> list[Transition]:
    return [change for change in snapshot.changes if change.at > snapshot.at - within_s]


def tiles(layout: ProvinceLayout, snapshot: Snapshot) -> dict[str, Tile]:
    """Return point id → tile, in the inventory's order."""
    # Oldest first, so that of several changes the newest stays.
    recent = reversed(recent_changes(snapshot, RING_S))
    changed = {change.target: change.at for change in recent if change.old is not None}
    views = snapshot.views
    found = {}
    for ids in layout.blocks.values():
        for id_ in ids:
            endpoints = layout.endpoints_of.get(id_, ())
            worst = min((shown_state(views[each]) for each in endpoints), key=GRAVITY.__getitem__, default=None)
            changed_at = max((changed.get(each, 0.0) for each in (id_, *endpoints)), default=0.0)
            found[id_] = Tile(views[id_].target, shown_state(views[id_]), worst, len(endpoints), changed_at)
    return found


def counts(snapshot: Snapshot) -> dict[Kind, list[StateCount]]:
    """Return, for each kind, a count of each state; they add up to all targets of that kind."""
    before = _an_hour_ago(snapshot)
    found = {}
    for kind in Kind:
        of_kind = [view for view in snapshot.views.values() if view.target.kind is kind]
        now = Counter(shown_state(view) for view in of_kind)
        then = Counter(before.get(view.target.id, shown_state(view)) for view in of_kind) if before is not None else now
        found[kind] = [StateCount(state, now[state], _growth(state, now[state] - then[state])) for state in COLUMNS]
    return found


def _growth(state: State, difference: int) -> int | None:
    return difference if difference > 0 and state not in (State.UP, State.STANDBY, State.MAINTENANCE) else None


def _an_hour_ago(snapshot: Snapshot) -> dict[str, State] | None:
    """Return id → its state an hour ago for what changed since; None where the kept changes don't reach back that far."""
    since = snapshot.at - HOUR_S
    if len(snapshot.changes) >= 200 and snapshot.changes[-1].at > since:
        return None
    return {change.target: change.old for change in snapshot.changes if change.at > since and change.old is not None}


def area_counts(layout: ProvinceLayout, snapshot: Snapshot, area: str) -> tuple[list[tuple[State, int]], list[tuple[State, int]]]:
    """Return what is wrong in an area, the gravest first: of points, then of endpoints.

    Endpoints behind an uplink are left out: their points say it already.
    """
    points = layout.blocks[area]
    endpoints = [each for point in points for each in layout.endpoints_of.get(point, ())]
    return _wrong(points, snapshot), [each for each in _wrong(endpoints, snapshot) if each[0] is not State.UNREACHABLE]


def _wrong(ids: Iterable[str], snapshot: Snapshot) -> list[tuple[State, int]]:
    found = Counter(shown_state(snapshot.views[id_]) for id_ in ids)
    return [(state, found[state]) for state in State if found[state] and state not in (State.UP, State.STANDBY)]
