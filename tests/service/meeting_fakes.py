"""A daemon whose endpoints are as a test says, for the watch over meetings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from monitor.load.configuration import Configuration
from monitor.load.schedule import Schedule
from monitor.model.meeting import NO_IDS, KeptSlug, KnownIds, Meeting, MeetingView, OldId
from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.model.settings import Settings
from monitor.model.spec import IcmpSpec, SipSpec, Spec
from monitor.model.state import Event, Snapshot, TargetView, Transition
from monitor.rules.topology import Topology, topology_of
from monitor.service.board.judge import MeetingSpans
from monitor.service.meetings.check import Form
from monitor.service.meetings.loads import Loads
from monitor.service.meetings.memory import SampleMemory
from monitor.service.meetings.watch import MeetingWatch
from tests.rules.endpoints import HOST, LOCAL, MEETING, PROFILES, inventory, seen


@dataclass
class StillClock:
    """Both clocks, moved by the test alone."""

    now: float

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now


@dataclass
class MemoryJournal:
    """Keeps what is committed. ids: what is kept of meetings' ids, kept: each of them as it came."""

    entries: list[Transition | Event] = field(default_factory=list)
    ids: KnownIds = NO_IDS
    kept: list[KeptSlug | OldId] = field(default_factory=list)

    async def append(self, batch: Sequence[Transition | Event | KeptSlug | OldId]) -> bool:
        self.entries.extend(each for each in batch if isinstance(each, Transition | Event))
        self.kept.extend(each for each in batch if isinstance(each, KeptSlug | OldId))
        self.ids = self.ids.joined(self.kept)
        return True

    def known_ids(self) -> KnownIds:
        return self.ids

    def said(self, kinds: Sequence[str], since: float | None = None) -> Sequence[Event]:
        return [each for each in self.entries if isinstance(each, Event) and each.kind in kinds and each.at > (since or 0)]

    async def events(self, since: float | None, limit: int) -> Sequence[Transition | Event]:
        return [each for each in reversed(self.entries) if each.at > (since or 0)][:limit]

    def kinds(self) -> list[str]:
        return [each.kind for each in self.entries if isinstance(each, Event)]


@dataclass
class FakeDaemon:
    """views: what is seen of each target. asked: every spec that a check asked with. answers: whether endpoints answer bursts."""

    clock: StillClock
    configuration: Configuration
    views: dict[str, TargetView]
    samples: SampleMemory = field(default_factory=SampleMemory)
    asked: list[Spec] = field(default_factory=list)
    at_once: list[int] = field(default_factory=list)
    meeting_spans: MeetingSpans = field(default_factory=dict)
    subscribers: list[Callable[[Snapshot], None]] = field(default_factory=list)
    answers: bool = True

    @property
    def topology(self) -> Topology:
        return topology_of(self.configuration.inventory)

    def snapshot(self) -> Snapshot:
        now = self.clock.wall()
        fresh = {name: _heard(view, now) for name, view in self.views.items()}
        return Snapshot(1, now, self.configuration.inventory, fresh)

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        self.subscribers.append(callback)
        return lambda: self.subscribers.remove(callback)

    def expect_for_meetings(self, meeting_spans: MeetingSpans) -> None:
        self.meeting_spans = meeting_spans

    def ask(self, ids: Iterable[str], form: Form) -> tuple[int, AsyncIterator[Reading]]:
        specs = [formed for name in ids for probe, spec in _specs(name) if (formed := form(probe, spec)) is not None]
        self.asked += specs
        self.at_once.append(sum(isinstance(spec, IcmpSpec) for spec in specs))
        return len(specs), self._readings(specs)

    async def _readings(self, specs: Sequence[Spec]) -> AsyncIterator[Reading]:
        for spec in specs:
            await asyncio.sleep(0)
            packets = spec.packets if isinstance(spec, IcmpSpec) else 0
            sample = IcmpSample(packets, (0.012,) * packets) if packets and self.answers else None
            reading = Reading(spec.target, "icmp" if packets else "sip", self.clock.monotonic(), Outcome.OK, icmp=sample)
            self.samples.note(reading, self.clock.wall())
            yield reading


def _specs(name: str) -> tuple[tuple[str, Spec], ...]:
    return ("icmp", IcmpSpec(name, "10.0.0.1")), ("sip", SipSpec(name, "10.0.0.1"))


def _heard(view: TargetView, now: float) -> TargetView:
    """Return a view whose evidence is of now, since no test waits."""
    icmp = None if view.icmp is None else replace(view.icmp, at=now - 1)
    return replace(view, icmp=icmp, services={name: replace(each, at=now - 1) for name, each in view.services.items()})


def daemon_at(moment: datetime, *meetings: Meeting, settings: Settings | None = None) -> FakeDaemon:
    """Return a daemon at a time of day, whose endpoints are well."""
    schedule = Schedule(LOCAL, meetings or (MEETING,))  # type: ignore[arg-type]
    configuration = Configuration(inventory(), settings or Settings(), PROFILES, Path("config"), meetings=schedule)
    views = {target.id: TargetView(target) for target in configuration.inventory.targets.values()}
    views |= {"dc-xa": seen(), HOST.id: seen(HOST)}
    return FakeDaemon(StillClock(moment.timestamp()), configuration, views)


def watch_over(daemon: FakeDaemon, journal: MemoryJournal, loads: Loads | None = None) -> MeetingWatch:
    return MeetingWatch(
        daemon,
        journal,
        daemon.clock,
        daemon.samples,
        loads or Loads(),
        ask=daemon.ask,
        configuration=lambda: daemon.configuration,
        windows=tuple,
        settle_s=0,
    )


async def looked(watch: MeetingWatch) -> MeetingView:
    """Look, let what that started end, and return the first meeting."""
    await watch.look()
    for _ in range(400):
        await asyncio.sleep(0)
    return watch.meetings()[0]
