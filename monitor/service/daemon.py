"""The daemon's life: every reading's way from the probers to whoever needs it, and the configuration exchanged under way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from monitor.background import BackgroundTasks
from monitor.errors import Fault, MonitorError
from monitor.export.metrics.own_metrics import OwnMetrics
from monitor.journal.journal import Journal
from monitor.load.configuration import Configuration
from monitor.model.agent_fault import Unsolicited
from monitor.model.clock import Clock
from monitor.model.probe_kinds import ICMP, KINDS
from monitor.model.reading import PathTrace, Reading
from monitor.model.state import Event, OwnSide
from monitor.service.agent_faults import AgentFaults
from monitor.service.board.announcing import sentence
from monitor.service.board.board import Board
from monitor.service.clock_steps import WatchedClock
from monitor.service.history import History, add_minute
from monitor.service.meetings.memory import SampleMemory
from monitor.service.operations import LiveOperations
from monitor.service.poller import Poller, Prober
from monitor.service.specs import turns

log = logging.getLogger(__name__)

_ONLY_AT_START = ("listen", "journal")


class Daemon:
    """What runs between the probers and the faces. What the faces read of it, service/live_source.py tells."""

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
        clock: Clock,
    ) -> None:
        """reload_from reads the configuration anew and permit runs the guard over it; both may raise MonitorError.

        receive_drops tells how many packets the kernel has dropped because a prober's socket was full, drain_unsolicited what came
        since its last call and answered no question.
        """
        self.configuration = configuration
        self.journal = journal
        self.history = history
        self.clock = WatchedClock(clock)
        self.own = OwnMetrics()
        self.own.see_settings(configuration.settings)
        self.samples = SampleMemory()
        self.agent_faults = AgentFaults(configuration.inventory)
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
        self.operations = LiveOperations(self.board, journal, clock, lambda: self.configuration)
        self.is_ready = False
        """Whether the first round was opened."""
        self._reload_from = reload_from
        self._permit = permit
        self._trace = trace
        self._receive_drops = receive_drops
        self._drain_unsolicited = drain_unsolicited
        self._drained_s = clock.monotonic()
        self._charted_minute = int(clock.wall() // 60)
        self._reloading = asyncio.Lock()
        self._background = BackgroundTasks("a background task of the daemon")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        fresh = self.configuration
        self.history.keep_only(fresh.inventory.targets)
        await self._record("started", {"targets": len(fresh.inventory.targets)})
        self._background.start(self.board.run())
        self.poller.start(turns(fresh.inventory, fresh.settings, fresh.profiles))
        try:
            yield
        finally:
            await self.poller.stop()
            await self._background.end()
            await self._record("stopped", {})

    # Evidence

    def deliver(self, reading: Reading) -> None:
        """Hand a prober's reading to everybody who needs it."""
        self.own.count(reading)
        self.history.note(reading, self.clock.wall())
        self.samples.note(reading, self.clock.wall())
        self.board.deliver(reading)
        self.agent_faults.record_poll(reading, self.clock.monotonic(), self.clock.wall())
        if reading.learned:
            event = Event(self.clock.wall(), "learned", reading.target, told=reading.learned)
            log.info("%s: %s", reading.target, sentence(event))
            self._background.start(self.journal.append([event]))

    def see_own_side(self, seen: OwnSide) -> None:
        """Hand on the evidence of our own side, and do what is due about once a second."""
        self.own.see_receive_drops(self._receive_drops())
        self.own.see_journal(is_up=self.journal.is_up)
        self.board.own_side(seen)
        self._look_at_agents()
        minute = int(self.clock.wall() // 60)
        if minute != self._charted_minute:
            self._charted_minute = minute
            add_minute(self.history, self.board.snapshot(), self.configuration.settings, minute - 1)

    def _look_at_agents(self) -> None:
        """Tell the log and the journal whose agent misbehaves, and whose does no longer."""
        now_s, wall = self.clock.monotonic(), self.clock.wall()
        unsolicited = self._drain_unsolicited()
        self.own.count_unsolicited(unsolicited)
        self.agent_faults.record_unsolicited(unsolicited, now_s - self._drained_s, now_s, wall)
        self._drained_s = now_s
        events = self.agent_faults.look(now_s, wall)
        for event in events:
            log.warning("%s: %s", event.kind, sentence(event))
        if events:
            self._background.start(self.journal.append(events))

    def _clock_stepped(self, moved_s: float) -> None:
        log.warning("the wall clock was set by %+.1f s; the rounds keep their rhythm", moved_s)
        self.poller.clock_stepped()

    def _is_held(self, probe: str, target: str) -> bool:
        return self.board.is_held(probe, target)

    def _on_root_cause(self, target: str) -> None:
        self._background.start(self._find_break(target))

    async def _find_break(self, target: str) -> None:
        """Tell the board where the path to a root cause breaks."""
        found = self.configuration.inventory.targets.get(target)
        if found is not None:
            path = await self._trace(found.address)
            self.board.path_found(target, path.describe())

    # Rounds, as the poller tells them (RoundObserver)

    def round_opened(self, probe: str) -> None:
        self.is_ready = True
        if probe == ICMP.name:
            self.board.round_opened(self.clock.wall())

    def round_finished(self, probe: str, duration_s: float) -> None:
        self.own.round_ended(probe, duration_s)

    def round_late(self, probe: str, lag_s: float) -> None:
        self.own.round_began(probe, lag_s)

    def turns_skipped(self, probe: str, count: int) -> None:
        log.warning("%s: %s turns were left out: the last one was still under way, or the monitor came too late", probe, count)
        self.own.skip(count)

    # Reload

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
        before = self.configuration.settings
        unchanged = {name: getattr(before, name) for name in _ONLY_AT_START}
        for name, value in unchanged.items():
            if getattr(fresh.settings, name) != value:
                log.warning("`%s` changed; it takes effect at the next start", name)
        for kind in KINDS.values():
            for name in kind.at_start:
                if getattr(kind.of(fresh.settings), name) != getattr(kind.of(before), name):
                    log.warning("`probes.%s.%s` changed; it takes effect at the next start", kind.name, name)
        fresh = replace(fresh, settings=replace(fresh.settings, **unchanged))
        is_watched_alike = _watched(fresh) == _watched(self.configuration)
        self.configuration = fresh
        if not is_watched_alike:
            self._watch(fresh)
        self.own.see_reload(succeeded=True)
        await self._record("reload", {"targets": len(fresh.inventory.targets)})

    def _watch(self, fresh: Configuration) -> None:
        """Let all who poll and judge follow a changed configuration; it holds the loop for some 40 ms at 477 targets."""
        self.history.keep_only(fresh.inventory.targets)
        self.samples.keep_only(fresh.inventory.targets)
        self.agent_faults.follow(fresh.inventory)
        self.board.replace(fresh.inventory, fresh.settings, fresh.profiles)
        self.poller.replace(turns(fresh.inventory, fresh.settings, fresh.profiles))
        self.own.see_settings(fresh.settings)

    async def _record(self, kind: str, values: Mapping[str, int]) -> None:
        """Tell the log and the journal what happened to the daemon itself."""
        event = Event(self.clock.wall(), kind, "", dict(values))
        log.info("%s: %s", kind, sentence(event))
        await self.journal.append([event])


def _watched(configuration: Configuration) -> tuple[object, ...]:
    """Return what those who poll and judge go by; the calendar, which the meetings read by themselves, is none of it."""
    return configuration.inventory, configuration.settings, configuration.profiles
