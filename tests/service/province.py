"""A small province under an injected clock: a poller that answers for devices which the test cuts, and a journal in memory."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from monitor.model.inventory import AddressMode, Area, Inventory, Kind, Network, Target
from monitor.model.probe_kinds import KINDS
from monitor.model.profile import Profile
from monitor.model.reading import IcmpSample, Outcome, Reading, SnmpSample
from monitor.model.reason import Reason
from monitor.model.settings import Credential, HealthSettings, Settings
from monitor.model.state import Event, Snapshot, State, Transition
from monitor.rules.timetable import probe_plan, spread
from monitor.service.board.board import Board
from monitor.service.clock_steps import WatchedClock
from tests.told import text

WALL_0 = 1_795_400_000.0
SETTINGS = Settings(credentials={"wan": Credential("wan", "2c", "only-a-test")})
PROFILES = {"default": Profile("default")}
BURST_S = 1.08
TICK_S = 0.1


@dataclass
class FakeClock:
    """Both clocks, moved by the test alone."""

    now_s: float = 1000.0
    offset_s: float = WALL_0

    def monotonic(self) -> float:
        return self.now_s

    def wall(self) -> float:
        return self.now_s + self.offset_s


@dataclass
class MemoryJournal:
    """Keeps what is committed. works: what append answers. gate: called inside of append, before it answers."""

    entries: list[Transition | Event] = field(default_factory=list)
    batches: list[list[Transition | Event]] = field(default_factory=list)
    last: dict[str, Transition] = field(default_factory=dict)
    works: bool = True
    gate: Callable[[], None] = lambda: None

    async def append(self, batch: Sequence[Transition | Event]) -> bool:
        self.gate()
        self.batches.append(list(batch))
        self.entries.extend(batch)
        return self.works

    def said(self, kinds: Sequence[str], since: float | None = None) -> Sequence[Event]:
        return [event for event in self.events if event.kind in kinds]

    def last_states(self) -> Mapping[str, Transition]:
        return self.last

    @property
    def transitions(self) -> list[Transition]:
        return [entry for entry in self.entries if isinstance(entry, Transition)]

    @property
    def events(self) -> list[Event]:
        return [entry for entry in self.entries if isinstance(entry, Event)]


def point(name: str, *uplinks: str, **more: object) -> Target:
    known = {"kind": Kind.POINT, "level": "commune", "area": "x", "credential": "wan"}
    return Target(id=name, name=name, short=name, address="127.0.0.2", parents=uplinks, **{**known, **more})  # type: ignore[arg-type]


def endpoint(name: str, at: str, **more: object) -> Target:
    known = {"kind": Kind.ENDPOINT, "level": "commune", "area": "x"}
    return Target(id=name, name=name, short=name, address="127.0.0.3", parents=(at,), **{**known, **more})  # type: ignore[arg-type]


def inventory(targets: Iterable[Target]) -> Inventory:
    found = {target.id: target for target in targets}
    root = next(name for name, target in found.items() if not target.parents)
    network = Network("Mạng thử", AddressMode.LAB)
    return Inventory(network, ("province", "district", "commune"), {"x": Area("x", "X")}, found, root)


def small_province(districts: int = 3, communes: int = 4) -> Inventory:
    """A root with its endpoint, districts d0, d1, … on it, communes d0-c0, … on each, an endpoint e-… at every point."""
    points = [point("root", level="province")]
    for district in range(districts):
        points.append(point(f"d{district}", "root", level="district"))
        points += [point(f"d{district}-c{commune}", f"d{district}") for commune in range(communes)]
    return inventory([*points, *(endpoint(f"e-{each.id}", each.id) for each in points)])


class Province:
    """Board and devices. A device answers unless it, or all its uplinks, are cut, or we are.

    lateness_s: how much later than by the clock alone each miss is known, as on a machine that has more to do.
    """

    def __init__(
        self,
        plan: Inventory | None = None,
        settings: Settings = SETTINGS,
        *,
        clock: FakeClock | None = None,
        journal: MemoryJournal | None = None,
        profiles: Mapping[str, Profile] = PROFILES,
    ) -> None:
        self.clock = clock or FakeClock()
        self.journal = journal or MemoryJournal()
        self.inventory = plan or small_province()
        self.settings = settings
        self.dead: set[str] = set()
        self.mute: set[tuple[str, str]] = set()
        self.unsendable: set[str] = set()
        self.is_cut_off = False
        self.lose_next: set[str] = set()
        self.lateness_s: Callable[[], float] = lambda: 0.0
        self.asked: list[tuple[float, list[str]]] = []
        self.traced: list[str] = []
        self.pictures: list[Snapshot] = []
        self.deaf_to_confirm = False
        self._due: list[tuple[float, int, str, str, bool]] = []
        self._done: list[tuple[float, int, Reading]] = []
        self._number = count()
        self.board = Board(
            self.inventory,
            settings,
            profiles,
            journal=self.journal,
            clock=WatchedClock(self.clock),
            confirm=self.confirm,
            on_root_cause=self.traced.append,
        )
        self.board.subscribe(self.pictures.append)
        self._lay_out()

    def confirm(self, names: Sequence[str]) -> None:
        """Ask at the next tick of the poller, 0.1 s from now."""
        self.asked.append((self.clock.now_s, list(names)))
        if self.deaf_to_confirm:
            return
        for name in names:
            for probe in self._probes(name):
                heapq.heappush(self._due, (self.clock.now_s + TICK_S, next(self._number), name, probe, True))

    async def run(self, seconds: float) -> None:
        """Let time pass in steps of a tick."""
        until_s = self.clock.now_s + seconds
        while self.clock.now_s < until_s - 1e-9:
            self.clock.now_s = min(self.clock.now_s + TICK_S, until_s)
            self._send()
            self._deliver()
            await self.board.evaluate()

    async def stall(self, seconds: float) -> None:
        """Let time pass in which the loop stands still: nothing is sent, and its first deed then is the board's step."""
        self.clock.now_s += seconds
        self._due = [(due[0] + seconds, *due[1:]) for due in self._due]
        await self.board.evaluate()

    def deliver_due(self) -> None:
        """Send what is due, and deliver what has come."""
        self._send()
        self._deliver()

    def state(self, name: str) -> State | None:
        return self.board.snapshot().views[name].state

    def states(self) -> dict[str, State | None]:
        return {name: view.state for name, view in self.board.snapshot().views.items()}

    def of(self, state: State) -> set[str]:
        return {name for name, view in self.board.snapshot().views.items() if view.state is state}

    def answers(self, name: str) -> bool:
        if self.is_cut_off or name in self.dead:
            return False
        target = self.inventory.targets.get(name)
        if target is None or not target.parents:
            return True
        return any(self.answers(parent) for parent in target.parents)

    def _probes(self, name: str) -> tuple[str, ...]:
        target = self.inventory.targets.get(name)
        return tuple(each.probe for each in probe_plan(target, self.settings)) if target else ("icmp",)

    def _lay_out(self) -> None:
        names = [
            (name, each.probe, each.every_s) for name, t in self.inventory.targets.items() for each in probe_plan(t, self.settings)
        ]
        names += [
            ("reference:" + each, "icmp", 15.0) for each in self.settings.health.references if each not in self.inventory.targets
        ]
        for name, probe, every_s in names:
            at_s = self.clock.now_s + spread(name, every_s)
            heapq.heappush(self._due, (at_s, next(self._number), name, probe, False))

    def _send(self) -> None:
        while self._due and self._due[0][0] <= self.clock.now_s:
            at_s, _, name, probe, confirms = heapq.heappop(self._due)
            if not confirms:
                every_s = KINDS[probe].of(self.settings).every_s
                heapq.heappush(self._due, (at_s + every_s, next(self._number), name, probe, False))
            done_s, reading = self._probe(name, probe, at_s, confirms)
            heapq.heappush(self._done, (done_s, next(self._number), reading))

    def _probe(self, name: str, probe: str, at_s: float, confirms: bool) -> tuple[float, Reading]:
        if name in self.unsendable:
            return at_s, Reading(name, probe, at_s, Outcome.NOT_SENT, detail=text("no route"), confirms=confirms)
        is_alive = self.answers(name) and (name, probe) not in self.mute
        if probe == "icmp" and name in self.lose_next:
            self.lose_next.discard(name)
            is_alive = False
        if is_alive:
            done_s = at_s + 0.1
            return done_s, answer(name, probe, done_s, confirms=confirms)
        done_s = at_s + (BURST_S if probe == "icmp" else 1.0 if confirms else 5.0) + self.lateness_s()
        return done_s, replace(miss(name, probe, done_s, confirms=confirms), asked_s=at_s)

    def _deliver(self) -> None:
        while self._done and self._done[0][0] <= self.clock.now_s:
            self.board.deliver(heapq.heappop(self._done)[2])


def answer(name: str, probe: str, at_s: float, *, confirms: bool = False, rtt_s: float = 0.012) -> Reading:
    if probe == "icmp":
        return Reading(name, probe, at_s, Outcome.OK, icmp=IcmpSample(5, (rtt_s,) * 5), confirms=confirms)
    return Reading(name, probe, at_s, Outcome.OK, snmp=SnmpSample("default", uptime_ticks=int(at_s * 100)), confirms=confirms)


def miss(name: str, probe: str, at_s: float, *, confirms: bool = False) -> Reading:
    sample = IcmpSample(5, (None,) * 5) if probe == "icmp" else None
    return Reading(
        name, probe, at_s, Outcome.TIMEOUT, icmp=sample, detail=() if probe == "icmp" else (Reason("no_answer"),), confirms=confirms
    )


def with_health(**changes: object) -> Settings:
    return replace(SETTINGS, health=replace(HealthSettings(), **changes))  # type: ignore[arg-type]
