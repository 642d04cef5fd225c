"""Snapshots to look at: a small province made in code, and what its targets might say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from monitor.errors import Fault
from monitor.export.metrics.own_metrics import OwnMetrics
from monitor.export.source import RefusedError
from monitor.model.agent_limits import AgentLimits
from monitor.model.day_series import Day
from monitor.model.inventory import AddressMode, Area, Contracted, Inventory, Kind, Location, Network, Target
from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow, Settings
from monitor.model.state import (
    RTT_BOUNDS_S,
    Acknowledgement,
    AnnouncedWork,
    Event,
    IcmpView,
    InterfaceView,
    RootCause,
    Snapshot,
    SnmpView,
    State,
    TargetView,
    Transition,
)

NOW = 1_796_000_000.0
ROOT = "trung-tam"


def inventory(areas: int = 3, communes: int = 5) -> Inventory:
    """Return a root, and for each area an office with communes behind it, each with one endpoint; the root has two."""
    targets = [_point(ROOT, "Trung tâm tích hợp dữ liệu", "province", "khoi", "10.0.0.1")]
    for area in range(1, areas):
        office = f"ubnd-{area}"
        targets.append(_point(office, f"UBND huyện {area}", "district", f"huyen-{area}", f"10.{area}.0.1", ROOT))
        for commune in range(1, communes + 1):
            id_ = f"xa-{area}-{commune}"
            targets.append(_point(id_, f"Xã {area}.{commune}", "commune", f"huyen-{area}", f"10.{area}.{commune}.1", office))
    targets += [_endpoint(point, "dc") for point in targets] + [_endpoint(targets[0], "dc2")]
    all_areas = {"khoi": Area("khoi", "Khối cơ quan tỉnh")}
    all_areas |= {f"huyen-{area}": Area(f"huyen-{area}", f"Huyện số {area}", short=f"Số {area}") for area in range(1, areas)}
    network = Network("Mạng truyền số liệu tỉnh Mẫu", AddressMode.LAB, "Mẫu")
    return Inventory(network, ("province", "district", "commune"), all_areas, {each.id: each for each in targets}, ROOT)


def _point(id_: str, name: str, level: str, area: str, address: str, *parents: str) -> Target:
    short = name.removeprefix("Xã ")
    contracted = Contracted(50_000_000, 20_000_000)
    location = Location(23.0, 105.25)
    return Target(
        id_, Kind.POINT, name, short, address, level, area, parents, location=location, contracted=contracted, credential="wan"
    )


def _endpoint(point: Target, prefix: str) -> Target:
    name = f"Phòng họp {point.name}"
    address = point.address[:-1] + ("20" if prefix == "dc" else "21")
    return Target(f"{prefix}-{point.id}", Kind.ENDPOINT, name, point.short, address, point.level, point.area, (point.id,))


def icmp(at: float = NOW - 5, rtt_s: float | None = 0.012, *, sent: int = 5, loss_recent: float | None = 0.0) -> IcmpView:
    """Return the view after one round of equal round-trip times; None: nothing came back."""
    received = 0 if rtt_s is None else sent
    buckets = tuple(0 if rtt_s is None or rtt_s > bound else received * 100 for bound in RTT_BOUNDS_S)
    return IcmpView(
        at,
        IcmpSample(sent, (rtt_s,) * sent),
        Outcome.TIMEOUT if rtt_s is None else Outcome.OK,
        sent_total=sent * 100,
        received_total=received * 100,
        rtt_buckets=buckets,
        rtt_sum_s=(rtt_s or 0.0) * received * 100,
        jitter_s=None if rtt_s is None else 0.0012,
        mos=None if rtt_s is None else 4.39,
        loss_recent=loss_recent,
        packets_recent=100,
    )


def interface(
    name: str = "Gi0/0", role: str = "wan", *, receive: float | None = 2_500_000.0, transmit: float | None = 250_000.0
) -> InterfaceView:
    """Return an interface that carries `receive` and `transmit` bytes/s."""
    return InterfaceView(name, "WAN", role, True, 9_000_000_000, 800_000_000, 3, 0, 7, 1, receive, transmit)


def snmp(at: float | None = NOW - 20, *, up: bool = True, interfaces: Sequence[InterfaceView] | None = None) -> SnmpView:
    """Return what a router's agent says."""
    values = MappingProxyType({"wan_device_cpu_ratio": 0.23, "wan_device_memory_ratio": 0.41})
    rows = (interface(), interface("Gi0/1", "other")) if interfaces is None else tuple(interfaces)
    return SnmpView(at, up, () if up else (Reason("no_answer"),), "generic-router", NOW - 86_400, rows, values)


def view(target: Target, state: State | None = State.UP, *, since: float = NOW - 7_200, cause: str | None = None) -> TargetView:
    """Return a target's view with the evidence that its state stands for."""
    is_silent = state in (State.DOWN, State.UNREACHABLE, State.STANDBY)
    pings = None if state in (None, State.UNKNOWN) else icmp(rtt_s=None if is_silent else 0.012)
    has_agent = target.credential is not None and state not in (None, State.UNKNOWN)
    agent = snmp(up=not is_silent) if has_agent else None
    return TargetView(target, state, since, cause, _REASONS.get(state, Reason("start")), icmp=pings, snmp=agent, usual_rtt_s=0.011)


_REASONS: Mapping[State | None, Reason] = {
    State.UP: Reason("answers"),
    State.DOWN: Reason("silent", {"bursts": 2}),
    State.UNREACHABLE: Reason("behind", {"uplink": ROOT}),
    State.DEGRADED: Reason("loss", {"loss_ratio": 0.034, "packets": 118}),
    State.MAINTENANCE: Reason("maintenance", {"work": "thay thiết bị"}),
    State.STANDBY: Reason("not_expected"),
    State.UNKNOWN: Reason("stale"),
}


def snapshot(
    source: Inventory | None = None,
    states: Mapping[str, State | None] | None = None,
    *,
    at: float = NOW,
    generation: int = 1,
    since: float = NOW - 840,
) -> Snapshot:
    """Return a snapshot with the named targets as said; what is behind a point that is down is unreachable, and all else up."""
    chosen = source or inventory()
    given = dict(states or {})
    views: dict[str, TargetView] = {}
    for id_, target in chosen.targets.items():
        cause = _cause_of(target, views)
        if cause is not None:
            views[id_] = view(target, State.UNREACHABLE, since=since, cause=cause)
        elif id_ in given:
            state = given[id_]
            views[id_] = view(target, state, since=since, cause=id_ if state is State.DOWN else None)
        else:
            views[id_] = view(target)
    causes = tuple(_root_cause(each, views) for each in views.values() if each.state is State.DOWN)
    changes = tuple(_transition(each) for each in views.values() if each.since == since and each.state is not None)
    return Snapshot(generation, at, chosen, views, causes, changes, last_round_at=at - 6, fresh=len(views))


def _cause_of(target: Target, views: Mapping[str, TargetView]) -> str | None:
    parents = [views[parent] for parent in target.parents if parent in views]
    dead = [parent for parent in parents if parent.state in (State.DOWN, State.UNREACHABLE)]
    return (dead[0].cause or dead[0].target.id) if dead and len(dead) == len(parents) else None


def _root_cause(of: TargetView, views: Mapping[str, TargetView]) -> RootCause:
    behind = [each.target.kind for each in views.values() if each.cause == of.target.id and each is not of]
    return RootCause(of.target.id, of.since, of.reason, behind.count(Kind.POINT), behind.count(Kind.ENDPOINT))


def _transition(of: TargetView) -> Transition:
    assert of.state is not None
    return Transition(
        of.target.id, State.UP, of.state, of.since, of.cause, of.reason, (Reason("pings", {"received": 0, "sent": 10}),)
    )


def with_view(of: Snapshot, id_: str, **changes: object) -> Snapshot:
    """Return the snapshot with one target's view changed, as the next publication would bring it."""
    views = dict(of.views)
    views[id_] = replace(views[id_], **changes)  # type: ignore[arg-type]
    return replace(of, generation=of.generation + 1, views=views)


@dataclass
class FakeOperations:
    """Writes down what operators say. refusal: what is raised instead. announced: what works() answers."""

    said: list[tuple[object, ...]] = field(default_factory=list)
    announced: list[AnnouncedWork] = field(default_factory=list)
    refusal: RefusedError | None = None
    heard: Callable[[str, Acknowledgement | None], None] = lambda target, taken: None

    def _hear(self, *words: object) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.said.append(words)

    async def acknowledge(self, target: str, by: str, note: str) -> Acknowledgement:
        self._hear("acknowledge", target, by, note)
        taken = Acknowledgement(by, NOW, note)
        self.heard(target, taken)
        return taken

    async def withdraw(self, target: str, by: str) -> None:
        self._hear("withdraw", target, by)
        self.heard(target, None)

    async def works(self) -> Sequence[AnnouncedWork]:
        return self.announced

    async def announce(self, covers: Sequence[str], lasts: str, start: str, reason: str, by: str) -> AnnouncedWork:
        self._hear("announce", tuple(covers), lasts, start, reason, by)
        return WORK

    async def end(self, work: str, by: str) -> AnnouncedWork:
        self._hear("end", work, by)
        return WORK


WORK = AnnouncedWork(
    3,
    MaintenanceWindow("thay thiết bị", ("xa-1-1",), (), datetime.fromtimestamp(NOW, UTC), datetime.fromtimestamp(NOW + 7_200, UTC)),
    "VNPT",
    NOW,
)


@dataclass
class FakeSource:
    """A daemon of which everything is said by the test."""

    now: Snapshot = field(default_factory=snapshot)
    settings: Settings = field(default_factory=Settings)
    faults: tuple[Fault, ...] = ()
    ready: bool = True
    journal: list[Transition | Event] = field(default_factory=list)
    callbacks: list[Callable[[Snapshot], None]] = field(default_factory=list)
    asked: list[tuple[float | None, int]] = field(default_factory=list)
    days: dict[str, Day] = field(default_factory=dict)
    manners: dict[str, AgentLimits] = field(default_factory=dict)
    operations: FakeOperations = field(default_factory=FakeOperations)
    own: OwnMetrics = field(default_factory=OwnMetrics)

    def snapshot(self) -> Snapshot:
        return self.now

    async def fresh(self) -> Snapshot:
        return self.now

    async def own_metrics(self, *, is_openmetrics: bool) -> str:
        self.own.see(self.now)
        return self.own.render(is_openmetrics=is_openmetrics)

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def publish(self, snapshot: Snapshot) -> None:
        self.now = snapshot
        for callback in tuple(self.callbacks):
            callback(snapshot)

    async def events(self, since: float | None, limit: int, target: str | None = None) -> Sequence[Transition | Event]:
        self.asked.append((since, limit))
        return [entry for entry in self.journal if target in (None, entry.target)][:limit]

    async def history(self, target: str) -> Day | None:
        return self.days.get(target)

    async def reload(self) -> Sequence[Fault]:
        return self.faults

    async def poll(self, ids: Sequence[str]) -> tuple[int, AsyncIterator[Reading]]:
        async def answers() -> AsyncIterator[Reading]:
            for target in ids:
                yield Reading(target, "icmp", 0.0, Outcome.OK, icmp=IcmpSample(5, (0.01,) * 5))

        return len(ids), answers()

    async def agent_limits(self, target: str) -> AgentLimits | None:
        return self.manners.get(target)

    def is_ready(self) -> bool:
        return self.ready
