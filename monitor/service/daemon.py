"""The running daemon in one piece: readings in, snapshots out, and the configuration exchanged under way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from types import MappingProxyType

from monitor.background import BackgroundTasks
from monitor.errors import Fault, MonitorError
from monitor.export.metrics.own_metrics import OwnMetrics
from monitor.journal.journal import Journal
from monitor.journal.rows import Entry
from monitor.load.configuration import Configuration
from monitor.model.agent_fault import Unsolicited
from monitor.model.agent_limits import AgentLimits
from monitor.model.clock import Clock
from monitor.model.day_series import Day
from monitor.model.probe_kinds import ICMP, KINDS
from monitor.model.reading import PathTrace, Reading
from monitor.model.settings import MaintenanceWindow, Settings
from monitor.model.state import Event, OwnSide, Snapshot
from monitor.rules.topology import Topology
from monitor.service.agent_faults import AgentFaults
from monitor.service.board.announcing import sentence
from monitor.service.board.board import Board
from monitor.service.board.judge import MeetingSpans
from monitor.service.clock_steps import WatchedClock
from monitor.service.history import History, add_minute
from monitor.service.meetings.check import Ask
from monitor.service.meetings.memory import SampleMemory
from monitor.service.operations import Operations
from monitor.service.poller import Poller, Prober
from monitor.service.specs import turns

log = logging.getLogger(__name__)

_NOTHING: Mapping[str, int] = MappingProxyType({})


class Daemon:
    """What runs between the probers and the faces. It is the Source of every page, metric and stream."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        reload_from: Callable[[], Configuration],
        permit: Callable[[Configuration], None],
        journal: Journal,
        history: History,
        probers: Mapping[str, Prober],
        trace: Callable[[str], Awaitable[PathTrace]],
        receive_drops: Callable[[], int],
        drain_unsolicited: Callable[[], Sequence[Unsolicited]] = tuple,
        agent_limits: Callable[[str], AgentLimits | None] = lambda _: None,
        clock: Clock,
    ) -> None:
        """reload_from reads the configuration anew and permit runs the guard over it; both may raise MonitorError.

        receive_drops tells how many packets the kernel has dropped because a prober's socket was full, take_strays what came since
        its last call and answered no question, manner what was learned of how a target's agent wants to be asked.
        """
        self.configuration = configuration
        self.own = OwnMetrics()
        self.own.see_settings(configuration.settings)
        self.samples = SampleMemory()
        self.clock = WatchedClock(clock)
        self.poller = Poller(probers, self.deliver, self, clock, is_held=self._is_held)
        self.board = Board(
            configuration.inventory,
            configuration.settings,
            configuration.profiles,
            journal=journal,
            clock=self.clock,
            confirm=self.poller.probe_now,
            on_root_cause=self._on_root_cause,
            usual_rtt_s=history.usual_rtt_s,
        )
        self.clock.on_step(self._clock_stepped)
        self.operations = Operations(
            self.board, journal, clock, lambda: self.configuration.inventory, lambda: self.configuration.settings
        )
        self._reload_from = reload_from
        self._permit = permit
        self._journal = journal
        self._history = history
        self._trace = trace
        self._receive_drops = receive_drops
        self._drain_unsolicited = drain_unsolicited
        self._agent_limits = agent_limits
        self._clock = clock
        self._complaints = AgentFaults(configuration.inventory)
        self._looked_s = clock.monotonic()
        self._rounds_opened = 0
        self._drawn_minute = int(clock.wall() // 60)
        self._reloading = asyncio.Lock()
        self._background = BackgroundTasks("a background task of the daemon")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Poll and judge until the context ends."""
        fresh = self.configuration
        targets = len(fresh.inventory.targets)
        self._history.keep_only(fresh.inventory.targets)
        await self._note("started", {"targets": targets})
        self._background.start(self.board.run())
        self.poller.start(turns(fresh.inventory, fresh.settings, fresh.profiles))
        try:
            yield
        finally:
            await self.poller.stop()
            await self._background.end()
            await self._note("stopped")

    # Readings

    def deliver(self, reading: Reading) -> None:
        """Take a reading from a prober."""
        self.own.count(reading)
        self._history.note(reading, self._clock.wall())
        self.samples.note(reading, self._clock.wall())
        self.board.deliver(reading)
        self._complaints.record_poll(reading, self._clock.monotonic(), self._clock.wall())
        if reading.learned:
            event = Event(self._clock.wall(), "learned", reading.target, told=reading.learned)
            log.info("%s: %s", reading.target, sentence(event))
            self._background.start(self._journal.append([event]))

    def see_own_side(self, seen: OwnSide) -> None:
        """Take the evidence of our own side."""
        self.own.see_receive_drops(self._receive_drops())
        self.own.see_journal(is_up=self._journal.is_up)
        self.board.own_side(seen)
        self._look_at_agents()
        minute = int(self._clock.wall() // 60)
        if minute != self._drawn_minute:
            self._drawn_minute = minute
            add_minute(self._history, self.board.snapshot(), self.settings, minute - 1)

    def _look_at_agents(self) -> None:
        """Tell the log and the journal whose agent misbehaves, and whose does no longer."""
        now_s, wall = self._clock.monotonic(), self._clock.wall()
        unsolicited = self._drain_unsolicited()
        self.own.count_unsolicited(unsolicited)
        self._complaints.drain_unsolicited(unsolicited, now_s - self._looked_s, now_s, wall)
        self._looked_s = now_s
        events = self._complaints.look(now_s, wall)
        for event in events:
            log.warning("%s: %s", event.kind, sentence(event))
        if events:
            self._background.start(self._journal.append(events))

    def _clock_stepped(self, moved_s: float) -> None:
        """Keep the rhythm when the wall clock was set."""
        log.warning("the wall clock was set by %+.1f s; the rounds keep their rhythm", moved_s)
        self.poller.clock_stepped()

    def _is_held(self, probe: str, target: str) -> bool:
        return self.board.is_held(probe, target)

    # Rounds, as the poller tells them

    def round_opened(self, probe: str) -> None:
        """A round begins."""
        self._rounds_opened += 1
        if probe == ICMP.name:
            self.board.round_opened(self._clock.wall())

    def round_finished(self, probe: str, duration_s: float) -> None:
        """A round has brought all its readings."""
        self.own.round_ended(probe, duration_s)

    def round_late(self, probe: str, lag_s: float) -> None:
        """A tick's packets left late."""
        self.own.round_began(probe, lag_s)

    def turns_skipped(self, probe: str, count: int) -> None:
        """Targets were left out of a round."""
        log.warning("%s: %s turns were left out: the last one was still under way, or the monitor came too late", probe, count)
        self.own.skip(count)

    # Source

    @property
    def settings(self) -> Settings:
        """Return the settings in force."""
        return self.configuration.settings

    def snapshot(self) -> Snapshot:
        """Return the picture of now."""
        return replace(self.board.snapshot(), complaints=self._complaints.open)

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Call back with each published change; returns what ends it."""
        return self.board.subscribe(callback)

    async def fresh(self) -> Snapshot:
        """Return the picture of now."""
        return self.snapshot()

    async def own_metrics(self, *, is_openmetrics: bool) -> str:
        """Return the text of the daemon's own metrics."""
        self.own.see(self.snapshot())
        return self.own.render(is_openmetrics=is_openmetrics)

    async def agent_limits(self, target: str) -> AgentLimits | None:
        """Return how a target's agent wants to be asked."""
        return self._agent_limits(target)

    async def history(self, target: str) -> Day | None:
        """Return the last 24 hours of a target by the minute."""
        return self._history.day(target, self._clock.wall())

    async def events(self, since: float | None, limit: int, target: str | None = None) -> Sequence[Entry]:
        """Return what the journal holds, of everything or of one target, newest first."""
        return await self._journal.events(since, limit, target)

    async def poll(self, ids: Sequence[str]) -> tuple[int, AsyncIterator[Reading]]:
        """Probe targets now: how many readings there will be, and each as it comes."""
        return self.poller.poll(ids)

    # What the watch over meetings asks

    @property
    def topology(self) -> Topology:
        """Return what hangs on what."""
        return self.board.topology

    @property
    def ask(self) -> Ask:
        """Return what probes targets now, by specs of another form."""
        return self.poller.poll

    def windows(self) -> Sequence[MaintenanceWindow]:
        """Return announced work, of the settings and of run time."""
        return (*self.settings.maintenance, *(work.window for work in self.operations.open_works()))

    def expect_for_meetings(self, meeting_spans: MeetingSpans) -> None:
        """Have targets be expected for their meetings."""
        self.board.expect_for_meetings(meeting_spans)

    def is_ready(self) -> bool:
        """Return whether the first probes are sent."""
        return self._rounds_opened > 0

    async def reload(self) -> Sequence[Fault]:
        """Load the configuration anew; what has faults is never applied, and they are returned."""
        async with self._reloading:
            try:
                fresh = await asyncio.to_thread(self._reload_from)
                self._permit(fresh)
            except MonitorError as error:
                faults = error.as_faults()
                for fault in faults:
                    log.error("not reloaded: %s [%s]", fault, fault.code)
                self.own.see_reload(succeeded=False)
                return faults
            await self._apply(fresh)
        return ()

    async def _apply(self, fresh: Configuration) -> None:
        kept = {name: getattr(self.settings, name) for name in ("listen", "journal")}
        for name, value in kept.items():
            if getattr(fresh.settings, name) != value:
                log.warning("`%s` changed; it takes effect at the next start", name)
        for kind in KINDS.values():
            for name in kind.at_start:
                if getattr(kind.of(fresh.settings), name) != getattr(kind.of(self.settings), name):
                    log.warning("`probes.%s.%s` changed; it takes effect at the next start", kind.name, name)
        fresh = replace(fresh, settings=replace(fresh.settings, **kept))
        self.configuration = fresh
        self._history.keep_only(fresh.inventory.targets)
        self.samples.keep_only(fresh.inventory.targets)
        self._complaints.follow(fresh.inventory)
        self.board.replace(fresh.inventory, fresh.settings, fresh.profiles)
        self.poller.replace(turns(fresh.inventory, fresh.settings, fresh.profiles))
        self.own.see_settings(fresh.settings)
        self.own.see_reload(succeeded=True)
        targets = len(fresh.inventory.targets)
        await self._note("reload", {"targets": targets})

    async def _note(self, kind: str, values: Mapping[str, int] = _NOTHING) -> None:
        event = Event(self._clock.wall(), kind, "", dict(values))
        log.info("%s: %s", kind, sentence(event))
        await self._journal.append([event])

    # Where a root cause's path breaks

    def _on_root_cause(self, target: str) -> None:
        self._background.start(self._find_break(target))

    async def _find_break(self, target: str) -> None:
        found = self.configuration.inventory.targets.get(target)
        if found is not None:
            path = await self._trace(found.address)
            self.board.path_found(target, path.describe())
