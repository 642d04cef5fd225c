"""Reporters of which a test says when they are done, orders for them, and the worker itself."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from monitor.export.source import ReportFailedError
from monitor.model.meeting import ReportOrder
from monitor.report.readiness import file
from tests.export import meeting_morning, morning, sample

WORKER = (sys.executable, "-m", "monitor.report.worker")


async def made_here(order: ReportOrder) -> bytes:
    """Make a report at once, in this process."""
    given = order.view, order.inventory, order.language, ZoneInfo(order.zone)
    return file(*given, made_at=order.made_at, form=order.form, is_sealed=order.is_sealed)


def order(id_: str = meeting_morning.ID, *, form: str = "html", language: str = "vi", made_at: float = 0.0) -> ReportOrder:
    """Return the order of a report of the morning's meeting, under any id."""
    snapshot = morning.morning(sample.inventory(12, 19))
    view = meeting_morning.view(snapshot)
    view = replace(view, meeting=replace(view.meeting, id=id_))
    return ReportOrder(view, snapshot.inventory, language, "Asia/Ho_Chi_Minh", made_at or snapshot.at, form)


@dataclass
class GatedReporter:
    """Makes a report when the test lets it. begun: meetings in the order in which theirs were begun. most: at once.

    told: what is made of a meeting's report; else its id.
    """

    begun: list[str] = field(default_factory=list)
    most: int = 0
    told: dict[str, bytes | Exception] = field(default_factory=dict)
    _now: int = 0
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    _started: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, order: ReportOrder) -> bytes:
        id_ = order.view.meeting.id
        self._now += 1
        self.most = max(self.most, self._now)
        async with self._started:
            self.begun.append(id_)
            self._started.notify_all()
        try:
            await self._gate.acquire()
        finally:
            self._now -= 1
        made = self.told.get(id_, id_.encode())
        if isinstance(made, Exception):
            raise made
        return made

    def let(self, number: int = 1) -> None:
        """Let so many reports be done."""
        for _ in range(number):
            self._gate.release()

    async def until_begun(self, number: int) -> None:
        """Wait until so many were begun."""
        async with self._started:
            await self._started.wait_for(lambda: len(self.begun) >= number)


DIED = ReportFailedError("report_died")
