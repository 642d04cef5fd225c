"""The watch over meetings: checks by the clock, verdicts that follow the board, ticks and sealed reports that outlive a restart.

APScheduler calls `look` every few seconds; what is due is found by the wall clock and the journal's records each time, so that a
late addition, a restart or a step of the clock needs no care of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.background import BackgroundTasks
from monitor.errors import Notice
from monitor.load.configuration import Configuration
from monitor.model.clock import Clock
from monitor.model.meeting import Confirmation, Meeting, MeetingView, Stage, Verdict
from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow
from monitor.model.state import Snapshot
from monitor.rules.readiness import times
from monitor.rules.readiness.absence import losses
from monitor.rules.readiness.inputs import MeetingInput
from monitor.rules.readiness.verdicts import judge_readiness
from monitor.rules.topology import Topology
from monitor.service.board.judge import MeetingSpans
from monitor.service.meetings.check import Ask, Progress, check
from monitor.service.meetings.ids import MeetingIds
from monitor.service.meetings.loads import Loads
from monitor.service.meetings.memory import Outages, SampleMemory
from monitor.service.meetings.records import (
    KINDS,
    MeetingJournal,
    MeetingRecords,
    OccurrenceRecord,
    checked,
    confirmed,
    sealed,
    view_of,
)

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
LIST_EVERY_S = 30.0
REMEMBER_EVERY_S = 60.0
JUDGE_EVERY_S = 15.0
NUDGE_S = 0.5
SETTLE_S = 3.0
"""After a check the board confirms whatever fell silent; only then is anything sealed."""
AHEAD = timedelta(days=7)
BEHIND = timedelta(days=1)


class MeetingBoard(Protocol):
    @property
    def topology(self) -> Topology: ...

    def snapshot(self) -> Snapshot: ...

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]: ...

    def expect_for_meetings(self, meeting_spans: MeetingSpans) -> None: ...


class MeetingWatch:
    """Keeps a view of every meeting of the coming week and of the last day; it is the faces' source of meetings."""

    def __init__(
        self,
        board: MeetingBoard,
        journal: MeetingJournal,
        clock: Clock,
        samples: SampleMemory,
        loads: Loads,
        *,
        ask: Ask,
        configuration: Callable[[], Configuration],
        windows: Callable[[], Sequence[MaintenanceWindow]],
        settle_s: float = SETTLE_S,
    ) -> None:
        """ask probes endpoints now; configuration is the one in force, windows the announced work, when they are called."""
        self._board = board
        self._ask = ask
        self._configuration = configuration
        self._windows = windows
        self._journal = journal
        self._clock = clock
        self._samples = samples
        self._loads = loads
        self._settle_s = settle_s
        self._outages = Outages(journal)
        self._records = MeetingRecords()
        self._ids = MeetingIds(journal, self._records)
        self._listed: tuple[Meeting, ...] = ()
        self._listed_of: Configuration | None = None
        self._listed_s = self._remembered_s = float("-inf")
        self._subscribers: list[Callable[[MeetingView], None]] = []
        self._one_check = asyncio.Lock()
        self._checks = BackgroundTasks("a check")
        self._nudge: asyncio.TimerHandle | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        since = self._clock.wall() - (AHEAD + BEHIND).total_seconds() - 86_400
        known = await asyncio.to_thread(self._journal.known_ids)
        self._ids.recall(known)
        self._records.recall(await asyncio.to_thread(self._journal.said, KINDS, since), known.renamed)
        await self.look()
        unsubscribe = self._board.subscribe(self._board_changed)
        self._scheduler.add_job(
            self.look, "interval", seconds=LOOK_EVERY_S, id="look", misfire_grace_time=None, coalesce=True, max_instances=1
        )
        self._scheduler.start()
        try:
            yield
        finally:
            unsubscribe()
            self._scheduler.shutdown(wait=False)
            if self._nudge is not None:
                self._nudge.cancel()
            await self._checks.end()

    def clock_stepped(self, _: float) -> None:
        if self._scheduler.running:
            self._scheduler.modify_job("look", next_run_time=datetime.now(UTC))

    # Meetings, as the faces ask for them

    def meetings(self) -> Sequence[MeetingView]:
        """Return the meetings of the coming week and of the last day, the next to begin first, those that are over last."""
        views = [view for meeting in self._listed if (view := self._records.of(meeting).view) is not None]
        return sorted(views, key=lambda view: (view.stage is Stage.OVER, view.meeting.start, view.meeting.id))

    def calendar_notices(self) -> Sequence[Notice]:
        return self._configuration().meetings.notices

    def subscribe(self, callback: Callable[[MeetingView], None]) -> Callable[[], None]:
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    async def confirm(self, meeting: str, endpoint: str, confirmation: Confirmation) -> MeetingView | None:
        found = self._find(meeting)
        if found is None or endpoint not in found.endpoints:
            return None
        await self._journal.append([confirmed(found, endpoint, confirmation)])
        self._records.of(found).ticks[endpoint] = confirmation
        return self._judge(found)

    async def sealed(self, meeting: str) -> MeetingView | None:
        """Return a meeting's report as it was sealed; None before that, or where there is no such meeting.

        Raises ValueError where what the journal holds is not what was sealed, RefusedError where a later version has sealed it.
        """
        found = self._find(meeting)
        if found is None or (event := self._records.of(found).sealed) is None:
            return None
        return view_of(found, event)

    async def check(self, meeting: str, progress: Progress = lambda done, of: None) -> MeetingView | None:
        found = self._find(meeting)
        return None if found is None else await self._check(found, None, progress)

    def judged(self, meeting: str) -> MeetingView:
        """Return a meeting as it is judged now. Raises KeyError where there is no such meeting."""
        return self._judge({each.id: each for each in self._listed}[meeting])

    # The clock

    async def look(self, *, starts_checks: bool = True) -> None:
        """Do what is due: list the meetings, start checks, judge what may have changed."""
        now, now_s = self._clock.wall(), self._clock.monotonic()
        await self._list(now, now_s)
        await self._remember(now, now_s)
        rules = self._configuration().settings.meetings
        for meeting in self._listed:
            record = self._records.of(meeting)
            stage = times.due(meeting, rules, record.done, now)
            if stage is not None and record.checking is None and starts_checks:
                record.checking = (0, 0)
                self._checks.start(self._check(meeting, stage))
            every_s = rules.live_every_s if meeting.start.timestamp() <= now < meeting.end.timestamp() else JUDGE_EVERY_S
            if record.view is None or now - record.judged_at >= every_s or now < record.judged_at:
                self._judge(meeting)
                await asyncio.sleep(0)  # 241 endpoints take some 30 ms; several meetings in a row must not hold up the packets

    async def _list(self, now: float, now_s: float) -> None:
        configuration = self._configuration()
        if configuration is self._listed_of and now_s - self._listed_s < LIST_EVERY_S:
            return
        moment = datetime.fromtimestamp(now, UTC)
        meetings = await self._ids.between(configuration.meetings, moment - BEHIND, moment + AHEAD)
        self._listed_of, self._listed_s = configuration, now_s
        if meetings == self._listed:
            return
        self._listed = meetings
        self._records.keep_only(meetings, moment - 2 * BEHIND)
        meeting_spans: dict[str, list[tuple[datetime, datetime]]] = {}
        for meeting in meetings:
            self._records.of(meeting).judged_at = 0.0
            for name in meeting.endpoints:
                meeting_spans.setdefault(name, []).append((meeting.start, meeting.end))
        self._board.expect_for_meetings(MappingProxyType(meeting_spans))

    async def _remember(self, now: float, now_s: float) -> None:
        """Read what the journal has new, and take what the circuits carry; what was taken out of the inventory is forgotten."""
        if now_s - self._remembered_s < REMEMBER_EVERY_S:
            return
        self._remembered_s = now_s
        settings = self._configuration().settings
        self._loads.keep_only(self._configuration().inventory.targets)
        self._loads.note(self._board.snapshot().views, datetime.fromtimestamp(now, ZoneInfo(settings.timezone)))
        await self._outages.refresh(now, settings.meetings.history_s)

    async def _check(self, meeting: Meeting, stage: Stage | None, progress: Progress = lambda done, of: None) -> MeetingView:
        """Probe, judge, and keep what was found. stage: what the check leads to, None for one out of turn."""
        record, rules = self._records.of(meeting), self._configuration().settings.meetings
        published_s = float("-inf")

        def report(done: int, of: int) -> None:
            nonlocal published_s
            record.checking = (done, of)
            progress(done, of)
            if record.view is not None and (done == of or self._clock.monotonic() - published_s >= 1.0):
                published_s = self._clock.monotonic()
                self._publish(record, replace(record.view, checking=record.checking))

        try:
            async with self._one_check:
                ids = self._to_check(meeting, stage)
                await check(ids, self._board.snapshot().views, rules, self._ask, report)
                await asyncio.sleep(self._settle_s)
                await self._outages.refresh(self._clock.wall(), rules.history_s)
        finally:
            record.checking = None
        record.checked_at = self._clock.wall()
        if stage is not None:
            record.done.add(stage)
        view = self._judge(meeting)
        if stage is not None:
            view = await self._keep(meeting, view, stage)
        log.info("%s: checked %s endpoints: %s", meeting.id, len(ids), view.verdict.value)
        return view

    def _to_check(self, meeting: Meeting, stage: Stage | None) -> list[str]:
        """Return whom a check probes: everybody, and at the last one only who was not ready."""
        view = self._records.of(meeting).view
        if stage is not Stage.LOCKED or view is None or Stage.HOUR_BEFORE not in self._records.of(meeting).done:
            return list(meeting.endpoints)
        return [name for name, each in view.endpoints.items() if each.verdict is not Verdict.READY]

    async def _keep(self, meeting: Meeting, view: MeetingView, stage: Stage) -> MeetingView:
        """Have the journal keep a check, and at the last one the sealed report."""
        record, now = self._records.of(meeting), self._clock.wall()
        batch = [checked(view, stage, now)]
        if stage is Stage.LOCKED and record.sealed is None:
            record.sealed = sealed(view, now)
            batch.append(record.sealed)
        await self._journal.append(batch)
        return self._judge(meeting)

    # Judging

    def _judge(self, meeting: Meeting) -> MeetingView:
        """Judge a meeting by what is known now, and tell whoever listens where that changed."""
        record, now = self._records.of(meeting), self._clock.wall()
        record.judged_at = now
        rules = self._configuration().settings.meetings
        stage = times.stage(meeting, record.done, now)
        if stage is Stage.OVER and record.view is not None and record.is_final:
            return record.view
        if now < meeting.start.timestamp() - rules.first_s:
            view = MeetingView(meeting, stage, now, Verdict.UNKNOWN, Reason("planned"))
        elif stage is Stage.OVER and record.view is not None and record.view.endpoints:
            view = replace(record.view, stage=stage, at=now)  # what was found at its end stands
        else:
            view = judge_readiness(self._input(meeting, stage, now))
        absent = losses(meeting, self._outages.transitions, now) if stage in (Stage.LIVE, Stage.OVER) else ()
        record.is_final = stage is Stage.OVER and now > meeting.end.timestamp() + 2 * REMEMBER_EVERY_S
        view = replace(
            view,
            checked_at=record.checked_at,
            next_check_at=times.next_check(meeting, rules, now),
            checking=record.checking,
            losses=absent,
            seal="" if record.sealed is None else str(record.sealed.values["seal"]),
        )
        self._publish(record, view)
        return view

    def _input(self, meeting: Meeting, stage: Stage, now: float) -> MeetingInput:
        configuration, snapshot = self._configuration(), self._board.snapshot()
        rules = configuration.settings.meetings
        return MeetingInput(
            meeting=meeting,
            stage=stage,
            now=now,
            inventory=configuration.inventory,
            topology=self._board.topology,
            settings=configuration.settings,
            profiles=configuration.profiles,
            views=snapshot.views,
            windows=self._windows(),
            blind=snapshot.blind,
            samples={name: each for name in meeting.endpoints if (each := self._samples.of(name, now, rules.recent_s)) is not None},
            past=self._outages.past(meeting, now, rules.history_s),
            loads=self._loads.usual(meeting.start, meeting.end),
            others=[other for other in self._listed if other is not meeting and _overlap(other, meeting)],
            confirmations=self._records.of(meeting).ticks,
        )

    def _publish(self, record: OccurrenceRecord, view: MeetingView) -> None:
        before, record.view = record.view, view
        if before is None or _worth_telling(before) != _worth_telling(view):
            for callback in tuple(self._subscribers):
                callback(view)

    def _board_changed(self, _: Snapshot) -> None:
        """Judge what is under watch soon after the board changed: an outage's many changes make one step."""
        if self._nudge is None:
            self._nudge = asyncio.get_running_loop().call_later(NUDGE_S, lambda: self._checks.start(self._judge_watched()))

    async def _judge_watched(self) -> None:
        self._nudge = None
        now, rules = self._clock.wall(), self._configuration().settings.meetings
        for meeting in self._listed:
            if times.is_watched(meeting, rules, now) and now < meeting.end.timestamp():
                self._judge(meeting)
                await asyncio.sleep(0)

    def _find(self, name: str) -> Meeting | None:
        """Return the meeting that is called so, or was before."""
        named = (meeting for meeting in self._listed if meeting.id == name)
        return next(named, None) or next((meeting for meeting in self._listed if name in meeting.old_ids), None)


def _overlap(one: Meeting, other: Meeting) -> bool:
    return one.start < other.end and one.end > other.start


def _worth_telling(view: MeetingView) -> tuple[object, ...]:
    """Return what of a view is worth telling when it changes: ages and figures alone are not."""
    endpoints: Mapping[str, object] = {
        name: (each.verdict, each.rung, None if each.reason is None else each.reason.code, each.confirmation, each.disputed)
        for name, each in view.endpoints.items()
    }
    return (
        view.meeting,
        view.stage,
        view.verdict,
        view.reason.code,
        endpoints,
        view.losses,
        view.checked_at,
        view.checking,
        view.seal,
    )
