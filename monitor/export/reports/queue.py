"""Reports of meetings on their way: one is made at a time, the same one once, and what is made is kept for a while.

A report is made for whoever asked: a program waits on its connection, a browser shows a page and comes back. A report for which
nobody waits any more is not begun. The queue is of bounded length, and one task works it off while there is anything in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from monitor.background import BackgroundTasks
from monitor.export.server.admission import is_shared
from monitor.export.source import Reporter, ReportFailedError
from monitor.model.meeting import ReportOrder

log = logging.getLogger(__name__)

_MOST_RETRY_S = 60
_WEIGHT = 0.3

Slot = tuple[str, ...]
"""Which file it is whatever it is made of: meeting, report or sealed, form, language."""


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """waiting: reports in the queue. of_one: reports that one client waits for. cache_bytes: of all files that are kept.

    kept_s: how long a report as it stands is served again, where what it is of did not change. sealed_s: one that is sealed.
    failed_s: how long a failure stands, so that pages that come back do not start what fails again and again. lease_s: how long a
    browser that shows the waiting page may be away before nobody waits.
    """

    waiting: int = 16
    of_one: int = 2
    cache_bytes: int = 16 << 20
    kept_s: float = 60.0
    sealed_s: float = 3600.0
    failed_s: float = 10.0
    lease_s: float = 15.0


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file that was made. of: what it is of. made_at: epoch seconds, as the order has it. kept_until: monotonic seconds.

    etag: changes with its content; without quotes.
    """

    content: bytes
    etag: str
    of: Hashable
    made_at: float
    kept_until: float


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What is asked for. of: what changes when the report must be another one: verdicts, a seal. client: as admission counts.

    since: a report that was ordered at or after this moment will do whatever it is of: somebody has waited for it from then on.
    """

    slot: Slot
    of: Hashable
    order: ReportOrder
    client: str
    since: float = math.inf


class QueueFullError(ReportFailedError):
    """No more reports are taken on now. retry_s: when to ask again."""

    def __init__(self, key: str, retry_s: int, **values: int) -> None:
        super().__init__(key, retry_s=retry_s, **values)
        self.retry_s = retry_s


@dataclass(eq=False, slots=True)
class _Job:
    slot: Slot
    of: Hashable
    order: ReportOrder
    made: asyncio.Future[ReportFile]
    connections: dict[Callable[[], bool], str] = field(default_factory=dict)
    leases: dict[str, float] = field(default_factory=dict)

    def clients(self, now_s: float) -> set[str]:
        """Return who is interested; whoever is gone is forgotten."""
        self.connections = {is_gone: client for is_gone, client in self.connections.items() if not is_gone()}
        self.leases = {client: until_s for client, until_s in self.leases.items() if now_s < until_s}
        return {*self.connections.values(), *self.leases}

    def will_do(self, asked: ReportRequest) -> bool:
        return self.of == asked.of or self.order.made_at >= asked.since


class Reports:
    """Makes reports by a Reporter, one at a time, and keeps them. Everything is called on the event loop."""

    def __init__(
        self, reporter: Reporter, limits: QueueLimits | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._reporter = reporter
        self._limits = limits or QueueLimits()
        self._monotonic = monotonic
        self._cache: OrderedDict[Slot, ReportFile] = OrderedDict()
        self._failed: dict[Slot, tuple[float, ReportFailedError]] = {}
        self._waiting: list[_Job] = []
        self._begun: _Job | None = None
        self._background = BackgroundTasks("what makes the reports")
        self._work: asyncio.Task[None] | None = None
        self._usual_s = 1.0
        self._has_ended = False

    @property
    def waiting(self) -> int:
        """Return how many reports are waiting to be begun, those that nobody wants any more left out."""
        self._forget()
        return len(self._waiting)

    @property
    def cached_bytes(self) -> int:
        return sum(len(each.content) for each in self._cache.values())

    async def get(self, asked: ReportRequest, patience_s: float, is_gone: Callable[[], bool]) -> ReportFile | int:
        """Return a report, or its place in the queue where it is not there in time: 0 is being made, 1 is next.

        A place is kept for `lease_s` from then on. is_gone: whether the connection of who asks was closed.
        Raises QueueFullError, and ReportFailedError where it can't be made or could not a moment ago.
        """
        self._forget()
        kept = self._cache.get(asked.slot)
        if kept is not None and (kept.of == asked.of or kept.made_at >= asked.since):
            self._cache.move_to_end(asked.slot)
            return kept
        if asked.slot in self._failed:
            # It is raised for each who asks, and would keep the traces of all.
            raise self._failed[asked.slot][1].with_traceback(None)
        job = self._job(asked)
        job.connections[is_gone] = asked.client
        try:
            async with asyncio.timeout(patience_s):
                return await asyncio.shield(job.made)
        except TimeoutError:
            job.leases[asked.client] = self._monotonic() + self._limits.lease_s
            return self._waiting.index(job) + 1 if job in self._waiting else 0
        finally:
            job.connections.pop(is_gone, None)

    def retry_s(self, place: int) -> int:
        """Return in how many seconds a report at that place should be there."""
        return max(1, min(_MOST_RETRY_S, math.ceil((place + 1) * self._usual_s)))

    async def end(self) -> None:
        """Make no more, and tell whoever waits."""
        self._has_ended = True
        await self._background.end()
        for job in self._waiting:
            _fail(job, ReportFailedError("report_ending"))
        self._waiting.clear()

    def _job(self, asked: ReportRequest) -> _Job:
        """Return what makes a report, another's if that will do. Raises QueueFullError."""
        if self._has_ended:
            raise ReportFailedError("report_ending")
        begun = self._begun
        job = begun if begun is not None and begun.slot == asked.slot and begun.will_do(asked) else None
        job = job or next((each for each in self._waiting if each.slot == asked.slot), None)
        self._bound(asked.client, job)
        if job is None:
            job = _Job(asked.slot, asked.of, asked.order, asyncio.get_running_loop().create_future())
            self._waiting.append(job)
            if self._work is None or self._work.done():
                self._work = self._background.start(self._work_off())
        elif not job.will_do(asked):
            # It has not begun: whoever waits for it gets a newer one, at the old one's place.
            job.of, job.order = asked.of, asked.order
        return job

    def _bound(self, client: str, job: _Job | None) -> None:
        now_s, limits = self._monotonic(), self._limits
        others = [each for each in (self._begun, *self._waiting) if each is not None and each is not job]
        mine = sum(client in each.clients(now_s) for each in others)
        if not is_shared(client) and mine >= limits.of_one:
            raise QueueFullError("report_many", self.retry_s(0), mine=mine)
        if job is None and len(self._waiting) >= limits.waiting:
            raise QueueFullError("report_full", self.retry_s(len(self._waiting)), waiting=len(self._waiting))

    def _forget(self) -> None:
        now_s = self._monotonic()
        for job in [each for each in self._waiting if not each.clients(now_s)]:
            self._waiting.remove(job)
            _fail(job, ReportFailedError("report_ending"))
        for slot in [slot for slot, kept in self._cache.items() if now_s >= kept.kept_until]:
            del self._cache[slot]
        self._failed = {slot: each for slot, each in self._failed.items() if now_s < each[0]}

    async def _work_off(self) -> None:
        while self.waiting:
            job = self._begun = self._waiting.pop(0)
            began_s = self._monotonic()
            try:
                content = await self._reporter(job.order)
            except ReportFailedError as error:
                self._fail(job, error)
            except asyncio.CancelledError:
                _fail(job, ReportFailedError("report_ending"))
                raise
            except Exception:
                # Whatever it is, who waits hears of it, and the next report is made.
                log.exception("no report of %s", job.order.view.meeting.id)
                self._fail(job, ReportFailedError("report_died"))
            else:
                self._usual_s += _WEIGHT * (self._monotonic() - began_s - self._usual_s)
                self._keep(job, content)
            finally:
                self._begun = None

    def _fail(self, job: _Job, error: ReportFailedError) -> None:
        self._failed[job.slot] = (self._monotonic() + self._limits.failed_s, error)
        _fail(job, error)

    def _keep(self, job: _Job, content: bytes) -> None:
        kept_s = self._limits.sealed_s if job.order.is_sealed else self._limits.kept_s
        etag = hashlib.sha256(content).hexdigest()[:32]
        file = ReportFile(content, etag, job.of, job.order.made_at, self._monotonic() + kept_s)
        self._cache[job.slot] = file
        self._cache.move_to_end(job.slot)
        # The newest stays whatever its size, which who makes it bounds: somebody is about to come for it.
        while self.cached_bytes > self._limits.cache_bytes and len(self._cache) > 1:
            self._cache.popitem(last=False)
        if not job.made.done():
            job.made.set_result(file)


def _fail(job: _Job, error: ReportFailedError) -> None:
    if not job.made.done():
        job.made.set_exception(error)
        job.made.exception()  # nobody may be waiting for it, and then it is no fault of ours that nobody hears it
