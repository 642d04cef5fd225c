"""Meetings' ids as the journal keeps them: handed to the schedule in force, and whatever is new of them to the journal."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from monitor.load.schedule import NO_MEETINGS, Schedule
from monitor.model.meeting import NO_IDS, KeptSlug, KnownIds, Meeting, OldId
from monitor.service.meetings.records import MeetingJournal, MeetingRecords

log = logging.getLogger(__name__)


class MeetingIds:
    """Lists meetings under ids that stay. What the journal can't commit now, it does later; here it holds at once."""

    def __init__(self, journal: MeetingJournal, records: MeetingRecords) -> None:
        self._journal = journal
        self._records = records
        self._known = NO_IDS
        self._read: Schedule | None = None
        self._schedule = NO_MEETINGS

    def recall(self, known: KnownIds) -> None:
        """Begin with what earlier runs have kept."""
        self._known = known

    async def between(self, schedule: Schedule, start: datetime, end: datetime) -> tuple[Meeting, ...]:
        """Return the meetings of a schedule between two aware moments.

        Of one that was read anew the slugs are kept, and what earlier versions wrote of its meetings becomes theirs.
        """
        if schedule is self._read:
            return self._schedule.between(start, end)
        self._read = schedule
        self._know(schedule, self._known.joined(_as_kept(schedule.known)))
        slugs = self._schedule.new_slugs()
        self._know(schedule, self._known.joined(slugs))
        renamed = self._records.carry_over(self._schedule.between(start, end))
        self._know(schedule, self._known.joined(renamed))
        for each in renamed:
            log.info("what the journal has of the meeting %s is that of %s from now on", each.old, each.new)
        await self._journal.append([*slugs, *renamed])
        return self._schedule.between(start, end)

    def _know(self, schedule: Schedule, known: KnownIds) -> None:
        self._known = known
        self._schedule = schedule.knowing(known)


def _as_kept(known: KnownIds) -> Iterable[KeptSlug | OldId]:
    yield from (KeptSlug(event, slug) for event, slug in known.slugs.items())
    yield from (OldId(old, start, new) for (old, start), new in known.renamed.items())
