"""An invented morning over any inventory: a district cut, a few faults, work, silence; for pictures and for the page's tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.reason import Reason
from monitor.model.state import Acknowledgement, Blindness, Snapshot, State, TargetView, Transition
from tests.export import sample

SEVEN_TWENTY_SIX = 1_796_000_000.0 - 1_796_000_000.0 % 86_400 + 26 * 60 + 40
"""07:26:40 in Hà Giang, UTC+7."""

LOSSES = (0.018, 0.014, 0.003, 0.006, 0.002, 0.007, 0.004)
RTTS_S = (0.046, 0.031, 0.148, 0.092, 0.038, 0.027, 0.024)
LOADS = (0.88, 0.22, 0.41, 0.97, 0.64, 0.35, 0.91)
USUALS_S = (0.014, 0.018, 0.012, 0.016, 0.009, 0.015, 0.010)


def fine(inventory: Inventory, at: float = SEVEN_TWENTY_SIX) -> Snapshot:
    """Return the province with nothing wrong."""
    return _with_traffic(sample.snapshot(inventory, at=at, since=at - 840))


def morning(inventory: Inventory, at: float = SEVEN_TWENTY_SIX) -> Snapshot:
    """Return one area cut with all behind it, two communes down, some degraded, under work, unknown, and silent endpoints."""
    picks = _leaves(inventory)
    cut = _offices(inventory)[1 % len(_offices(inventory))]
    alone = [next(picks) for _ in range(2)]
    states: dict[str, State | None] = dict.fromkeys([cut, *alone], State.DOWN)
    degraded = [next(picks) for _ in range(len(LOSSES))]
    states |= dict.fromkeys(degraded, State.DEGRADED)
    states |= {
        next(picks): State.MAINTENANCE,
        next(picks): State.MAINTENANCE,
        next(picks): State.UNKNOWN,
        next(picks): State.UNKNOWN,
    }
    for state, number in ((State.DOWN, 4), (State.DEGRADED, 6), (State.UNKNOWN, 7), (State.STANDBY, 3)):
        states |= {f"dc-{next(picks)}": state for _ in range(number)}
    known = {id_: state for id_, state in states.items() if id_ in inventory.targets}
    made = sample.snapshot(inventory, known, at=at, since=at - 840)
    return _with_times(_with_traffic(made, degraded), cut, alone)


def many_down(inventory: Inventory, number: int = 20, at: float = SEVEN_TWENTY_SIX) -> Snapshot:
    """Return so many communes down at once, each by itself."""
    picks = _leaves(inventory)
    return _with_traffic(
        sample.snapshot(inventory, dict.fromkeys([next(picks) for _ in range(number)], State.DOWN), at=at, since=at - 50)
    )


def blind(inventory: Inventory, at: float = SEVEN_TWENTY_SIX) -> Snapshot:
    """Return the morning as it was when the monitor went blind six minutes ago."""
    since = at - 396
    return replace(
        morning(inventory, at), blind=Blindness(since, Reason("blind_carrier", {"link": "eth0"})), last_round_at=since, fresh=0
    )


def _offices(inventory: Inventory) -> list[str]:
    """Return the points that carry others, without the root."""
    points = {target.id for target in inventory.of_kind(Kind.POINT)}
    return [id_ for id_, below in inventory.children().items() if id_ != inventory.root and points.intersection(below)]


def _leaves(inventory: Inventory) -> Iterator[str]:
    """Yield points that carry no other point, from all areas in turn."""
    carriers = {*_offices(inventory), inventory.root}
    offices = _offices(inventory)
    spared = inventory.targets[offices[1 % len(offices)]].area
    by_area: dict[str, list[Target]] = {}
    for target in inventory.of_kind(Kind.POINT):
        if target.id not in carriers and target.area != spared:
            by_area.setdefault(target.area, []).append(target)
    stride = 5
    taken: set[str] = set()
    for step, targets in zip(range(10_000), cycle(by_area.values()), strict=False):
        target = targets[(step * stride + 3) % len(targets)]
        if target.id not in taken:
            taken.add(target.id)
            yield target.id


def _with_traffic(snapshot: Snapshot, degraded: list[str] | None = None) -> Snapshot:
    views = dict(snapshot.views)
    for number, (id_, found) in enumerate(views.items()):
        pings = replace(found.icmp, at=snapshot.at - 6) if found.icmp else None
        agent = replace(found.snmp, at=snapshot.at - 41) if found.snmp else None
        views[id_] = view = replace(found, icmp=pings, snmp=agent)
        if view.target.kind is Kind.POINT and view.state is State.UP:
            rtt_s = 0.006 + 0.0007 * (number % 17)
            views[id_] = _measured(view, snapshot.at, (0.0, rtt_s, 0.1 + (number % 9) * 0.04, rtt_s * 0.95))
    for id_, *figures in zip(degraded or (), LOSSES, RTTS_S, LOADS, USUALS_S, strict=False):
        reason = Reason("loss", {"loss_ratio": figures[0], "packets": 118})
        views[id_] = _measured(replace(views[id_], reason=reason), snapshot.at, (figures[0], figures[1], figures[2], figures[3]))
    return replace(snapshot, views=views)


def _measured(view: TargetView, at: float, figures: tuple[float, float, float, float]) -> TargetView:
    """Return the view with a loss ratio, an RTT, a share of the contract and a usual RTT, seconds where they are times."""
    loss, rtt_s, share, usual_s = figures
    contracted = view.target.contracted
    receive = contracted.down_bps / 8 * share if contracted else None
    agent = sample.snmp(at - 20, interfaces=[sample.interface(receive=receive, transmit=None)])
    return replace(view, icmp=sample.icmp(at - 5, rtt_s, loss_recent=loss), snmp=agent, usual_rtt_s=usual_s)


def _with_times(snapshot: Snapshot, cut: str, alone: list[str]) -> Snapshot:
    """Return the snapshot with changes spread over the hour, a traced path, and one outage that someone has taken."""
    begun = {alone[0]: snapshot.at - 2_310, alone[1]: snapshot.at - 6_920}
    views = dict(snapshot.views)
    ages = cycle((22, 170, 460, 1_040, 1_330, 1_600, 2_050, 2_400, 2_750, 3_100))
    for id_, view in views.items():
        if view.since == snapshot.at - 840 and view.cause != cut:
            at = begun.get(id_) or begun.get(view.cause or "") or snapshot.at - next(ages)
            views[id_] = replace(view, since=at)
    taken = Acknowledgement("Ca trực nhà mạng", snapshot.at - 690, "")
    views[cut] = replace(views[cut], acknowledged=taken)
    causes = tuple(replace(cause, since=views[cause.target].since, path=_path(cause.target, cut)) for cause in snapshot.root_causes)
    changed = [view for view in views.values() if view.since > snapshot.at - 3_600 and view.state is not None]
    changes = [
        Transition(each.target.id, State.UP, each.state or State.UP, each.since, each.cause, each.reason) for each in changed
    ]
    healed = [id_ for id_, view in views.items() if view.state is State.UP and view.target.kind is Kind.POINT][7:40:9]
    changes += [
        Transition(id_, State.DOWN, State.UP, snapshot.at - 300 - 700 * turn, None, Reason("answers"))
        for turn, id_ in enumerate(healed)
    ]
    return replace(
        snapshot, views=views, root_causes=causes, changes=tuple(sorted(changes, key=lambda each: -each.at)[:200]), fresh=466
    )


def _path(target: str, cut: str) -> Reason | None:
    return Reason("path_after", {"hop": 3, "address": "10.2.0.9"}) if target == cut else None
