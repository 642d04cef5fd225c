"""Rounds: APScheduler opens them, ticks spread them, and no target is asked again while it is still being asked."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.background import BackgroundTasks
from monitor.model.clock import Clock, next_tick
from monitor.model.probe_kinds import KINDS
from monitor.model.reading import Deliver, Outcome, Reading
from monitor.model.spec import Spec
from monitor.rules.timetable import Turn, confirming

log = logging.getLogger(__name__)

SHORTEST_TICK_S = 0.1
LONGEST_TICK_S = 0.5
TICKS_AT_LEAST = 20
"""Ticks of a round, where its interval permits so many: what leaves at once must be a small part of it."""
HANG_GRACE_S = 30.0


class Prober(Protocol):
    """What the poller needs of a prober; it delivers every spec exactly once."""

    async def probe(self, specs: Sequence[Any], deliver: Deliver) -> None:
        """Probe the targets and deliver each one's reading as soon as it is complete."""


class OpenableProber(Prober, Protocol):
    async def open(self) -> None:
        """Open its sockets; raises SetupError where that is not permitted."""

    def close(self) -> None:
        """Close its sockets."""

    @property
    def receive_drops(self) -> int:
        """Return how many datagrams the kernel dropped because its sockets were full, since open()."""


class RoundObserver(Protocol):
    def round_opened(self, probe: str) -> None:
        """A round of a probe begins."""

    def round_finished(self, probe: str, duration_s: float) -> None:
        """Every target of a round has been delivered, duration_s after the round was opened."""

    def round_late(self, probe: str, lag_s: float) -> None:
        """A tick's packets left lag_s after their time."""

    def turns_skipped(self, probe: str, count: int) -> None:
        """So many targets were still being asked when their next turn came, or a whole round did not open."""


@dataclass(frozen=True, slots=True)
class _Group:
    """All turns of one probe that share an interval, by tick. tick_s: how long a tick is."""

    probe: str
    every_s: float
    tick_s: float
    ticks: Mapping[int, tuple[Spec, ...]]

    @property
    def job(self) -> str:
        return f"{self.probe} every {self.every_s:g} s"


@dataclass(slots=True)
class _Round:
    """One opened round; finished when nothing of it is left to fire or to be delivered.

    ticks: those still to be fired. first: the one that its tick 0 falls on, counted in ticks of tick_s of the loop's clock.
    """

    job: str
    probe: str
    opened_s: float
    ticks: Iterator[int]
    tick_s: float
    first: int
    left: int


class Poller:
    """Asks every target at its turn and hands each reading on.

    A round is only opened by its job, never awaited by it: spread over its interval it always outlives it. The in-flight guard is
    per target and probe: one that is still being asked at its next turn is skipped alone, and counted.
    """

    def __init__(
        self,
        probers: Mapping[str, Prober],
        deliver: Deliver,
        observer: RoundObserver,
        clock: Clock,
        *,
        is_held: Callable[[str, str], bool] = lambda probe, target: False,
        hang_grace_s: float = HANG_GRACE_S,
    ) -> None:
        """Take the probers by the name of their probe: 'icmp', 'snmp', 'sip', ….

        is_held: whether a probe of a target, both by name, must wait now; its turn is then left out.
        hang_grace_s: how long after it must have delivered a prober is taken to hang; then its targets are asked again.
        """
        self._hang_grace_s = hang_grace_s
        self._is_held = is_held
        self._probers = probers
        self._deliver = deliver
        self._observer = observer
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_listener(self._round_missed, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        self._groups: dict[str, _Group] = {}
        self._opened_s: dict[str, float] = {}
        self._accounted_s: dict[str, float] = {}
        self._specs: dict[str, list[tuple[str, Spec]]] = {}
        self._addresses: dict[str, str] = {}
        self._in_flight: defaultdict[str, set[str]] = defaultdict(set)
        self._confirming: defaultdict[str, set[str]] = defaultdict(set)
        self._probes = BackgroundTasks("a probe")
        self._timers: set[asyncio.TimerHandle] = set()

    def start(self, turns: Sequence[Turn]) -> None:
        """Begin the rounds; the first ones open at once."""
        self._scheduler.start()
        self.replace(turns)

    def replace(self, turns: Sequence[Turn]) -> None:
        """Follow a new timetable. Groups that stay keep their rhythm; removed targets are not asked again."""
        groups = {group.job: group for group in _grouped(turns)}
        for job in self._groups.keys() - groups.keys():
            self._scheduler.remove_job(job)
            self._opened_s.pop(job, None)
            self._accounted_s.pop(job, None)
        new = groups.keys() - self._groups.keys()
        self._groups = groups
        self._specs = {}
        for turn in turns:
            self._specs.setdefault(turn.spec.target, []).append((turn.probe, turn.spec))
        self._addresses = {turn.spec.target: turn.spec.address for turn in turns}
        for job in sorted(new):
            self._scheduler.add_job(
                self._open_round,
                "interval",
                seconds=groups[job].every_s,
                id=job,
                args=[job],
                next_run_time=datetime.now(UTC),
                misfire_grace_time=math.ceil(groups[job].every_s),
                coalesce=True,
                max_instances=1,
            )

    def clock_stepped(self) -> None:
        """Lay the jobs anew after the wall clock was set, so that no round waits an hour or comes twice."""
        now_s = self._clock.monotonic()
        for job, group in self._groups.items():
            due_s = self._opened_s.get(job, now_s) + group.every_s
            self._scheduler.modify_job(job, next_run_time=datetime.now(UTC) + timedelta(seconds=max(0.0, due_s - now_s)))

    def probe_now(self, ids: Iterable[str], confirms: bool = True) -> None:
        """Ask targets at once, beside the timetable, with every probe they have; what is held is left out.

        confirms: by the quick form of each probe that has one. Nothing is asked so twice at the same time.
        """

        def form(probe: str, spec: Spec) -> Spec | None:
            if spec.target in self._confirming[probe]:
                return None
            return confirming(probe, spec) if confirms else spec

        for probe, specs in self._formed(ids, form).items():
            self._confirming[probe].update(spec.target for spec in specs)
            self._probes.start(self._ask(probe, specs, self._confirming[probe], None))

    def poll(
        self, ids: Iterable[str], form: Callable[[str, Spec], Spec | None] = lambda probe, spec: spec
    ) -> tuple[int, AsyncIterator[Reading]]:
        """Ask targets now with every probe they have, in full: how many readings there will be, and each as it comes.

        They are evidence like any other, so they are handed on too. form: what becomes of each probe's spec, None leaves it out.
        """
        wanted = self._formed(ids, form)
        asked = sum(map(len, wanted.values()))
        return asked, self._polled(wanted, asked)

    def _formed(self, ids: Iterable[str], form: Callable[[str, Spec], Spec | None]) -> dict[str, list[Spec]]:
        """Return probe → what of targets is to be asked, in another form, without what is held. Each target counts once."""
        wanted: dict[str, list[Spec]] = defaultdict(list)
        for target in dict.fromkeys(ids):
            for probe, spec in self._specs.get(target, ()):
                formed = None if self._is_held(probe, target) else form(probe, spec)
                if formed is not None:
                    wanted[probe].append(formed)
        return wanted

    async def _polled(self, wanted: Mapping[str, Sequence[Spec]], asked: int) -> AsyncIterator[Reading]:
        readings: asyncio.Queue[Reading] = asyncio.Queue()
        asked_s = self._clock.monotonic()
        addresses = {spec.target: spec.address for specs in wanted.values() for spec in specs}

        def deliver(reading: Reading) -> None:
            readings.put_nowait(reading)
            self._hand_on(reading, addresses[reading.target], asked_s)

        for probe, specs in wanted.items():
            self._probes.start(self._probers[probe].probe(specs, deliver))
        bound_s = max((_span_s(specs) for specs in wanted.values()), default=0.0) + self._hang_grace_s
        for _ in range(asked):
            try:
                yield await asyncio.wait_for(readings.get(), bound_s)
            except TimeoutError:
                log.error("a poll by hand did not bring all of its %s readings", asked)
                return

    async def stop(self) -> None:
        """End the rounds; what is in flight is abandoned."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for timer in self._timers:
            timer.cancel()
        await self._probes.end()

    async def _open_round(self, job: str) -> None:
        group = self._groups.get(job)
        if group is None:
            return
        loop = asyncio.get_running_loop()
        opened_s = self._clock.monotonic()
        missed = round((opened_s - self._accounted_s.get(job, opened_s)) / group.every_s) - 1
        if missed > 0:  # the scheduler opens one round for all whose time passed while we stood still
            self._observer.turns_skipped(group.probe, missed * sum(map(len, group.ticks.values())))
        self._opened_s[job] = self._accounted_s[job] = opened_s
        self._observer.round_opened(group.probe)
        first = round(next_tick(loop.time(), group.tick_s) / group.tick_s)
        self._await_tick(_Round(job, group.probe, opened_s, iter(group.ticks), group.tick_s, first, left=len(group.ticks)))

    def _await_tick(self, opened: _Round) -> None:
        """Fire a round's next tick in its time. Rounds share their ticks, so that one wake-up sends for all that are open."""
        tick = next(opened.ticks, None)
        if tick is None:
            return
        loop = asyncio.get_running_loop()
        due = (opened.first + tick) * opened.tick_s

        def fire() -> None:
            self._timers.discard(timer)
            self._await_tick(opened)
            self._observer.round_late(opened.probe, loop.time() - due)
            self._fire(tick, opened)

        timer = loop.call_at(due, fire)
        self._timers.add(timer)

    def _fire(self, tick: int, opened: _Round) -> None:
        group = self._groups.get(opened.job)
        specs = group.ticks.get(tick, ()) if group else ()
        flying = self._in_flight[opened.probe]
        free = [spec for spec in specs if spec.target not in flying]
        if len(free) < len(specs):
            self._observer.turns_skipped(opened.probe, len(specs) - len(free))
        if KINDS[opened.probe].disturbs_calls:
            free = [spec for spec in free if not self._is_held(opened.probe, spec.target)]
        if not free:
            self._part_done(opened)
            return
        flying.update(spec.target for spec in free)
        self._probes.start(self._ask(opened.probe, free, flying, opened))

    async def _ask(self, probe: str, specs: Sequence[Spec], guard: set[str], opened: _Round | None) -> None:
        waiting, asked_s = {spec.target for spec in specs}, self._clock.monotonic()
        addresses = {spec.target: spec.address for spec in specs}

        def deliver(reading: Reading) -> None:
            target = reading.target
            waiting.discard(target)
            guard.discard(target)
            self._hand_on(reading, addresses[target], asked_s)

        try:
            async with asyncio.timeout(_span_s(specs) + self._hang_grace_s):
                await self._probers[probe].probe(specs, deliver)
        except TimeoutError:
            if waiting:  # else we stood still for as long, and all came at once
                log.error("the %s prober did not deliver %s targets, such as %s", probe, len(waiting), min(waiting))
        finally:
            guard -= waiting
            if opened is not None:
                self._part_done(opened)

    def _hand_on(self, reading: Reading, address: str, asked_s: float) -> None:
        """Deliver a reading, unless a reload removed its target, or gave it another address, while it was being asked.

        A miss says when it was asked: it tells of then, however long it was waited for.
        """
        if self._addresses.get(reading.target) == address:
            self._deliver(replace(reading, asked_s=asked_s) if reading.outcome is Outcome.TIMEOUT else reading)

    def _part_done(self, opened: _Round) -> None:
        opened.left -= 1
        if opened.left == 0:
            self._observer.round_finished(opened.probe, self._clock.monotonic() - opened.opened_s)

    def _round_missed(self, event: Any) -> None:
        group = self._groups.get(event.job_id)
        if group is not None:
            self._accounted_s[group.job] = self._clock.monotonic()
            self._observer.turns_skipped(group.probe, sum(map(len, group.ticks.values())))


def tick_s(every_s: float) -> float:
    """Return how long a tick of a round is, in seconds: the longer, the fewer wake-ups, and each finds more to do.

    A wake-up costs more than a packet: 477 targets spread over 10 s took 705 µs of CPU a target in ticks of 0.1 s, 542 in ticks
    of 0.2 s and 464 in ticks of 0.5 s.
    """
    return min(LONGEST_TICK_S, max(1, int(every_s / TICKS_AT_LEAST / SHORTEST_TICK_S)) * SHORTEST_TICK_S)


def _grouped(turns: Sequence[Turn]) -> list[_Group]:
    ticks: dict[tuple[str, float], dict[int, list[Spec]]] = defaultdict(lambda: defaultdict(list))
    for turn in turns:
        ticks[turn.probe, turn.every_s][int(turn.offset_s / tick_s(turn.every_s))].append(turn.spec)
    return [
        _Group(probe, every_s, tick_s(every_s), {tick: tuple(specs) for tick, specs in sorted(by_tick.items())})
        for (probe, every_s), by_tick in ticks.items()
    ]


def _span_s(specs: Sequence[Spec]) -> float:
    """Return the seconds within which a prober must have delivered specs; what takes longer has hung."""
    return max(spec.span_s for spec in specs) + len(specs) * 0.01
