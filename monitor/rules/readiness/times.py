"""When a meeting is checked, and where it stands in its day."""

from __future__ import annotations

from collections.abc import Collection

from monitor.model.meeting import Meeting, Stage
from monitor.model.settings import MeetingSettings


def checks(meeting: Meeting, rules: MeetingSettings) -> tuple[tuple[Stage, float], ...]:
    """Return the checks before a meeting in their order: the stage that each leads to, and when it is due, epoch seconds."""
    start = meeting.start.timestamp()
    return (
        (Stage.DAY_BEFORE, start - rules.first_s),
        (Stage.HOUR_BEFORE, start - rules.second_s),
        (Stage.LOCKED, start - rules.last_s),
    )


def due(meeting: Meeting, rules: MeetingSettings, done: Collection[Stage], now: float) -> Stage | None:
    """Return the check that is due, None where none is: the last one whose time has come and that was not made.

    Earlier ones that were missed are not made up for: what the last one finds is what counts. A meeting that was added late is so
    caught up with by one check. Once it has begun none is due: endpoints in a call are not to be disturbed.
    """
    if now >= meeting.start.timestamp():
        return None
    last = next((stage for stage, at in reversed(checks(meeting, rules)) if now >= at), None)
    return last if last is not None and last not in done else None


def next_check(meeting: Meeting, rules: MeetingSettings, now: float) -> float | None:
    """Return when the next check is due, epoch seconds; None where none is to come."""
    return next((at for _, at in checks(meeting, rules) if at > now), None)


def stage(meeting: Meeting, done: Collection[Stage], now: float) -> Stage:
    """Return where a meeting stands: by the clock once it has begun, before by the checks that were made."""
    if now >= meeting.end.timestamp():
        return Stage.OVER
    if now >= meeting.start.timestamp():
        return Stage.LIVE
    return next((each for each in (Stage.LOCKED, Stage.HOUR_BEFORE, Stage.DAY_BEFORE) if each in done), Stage.PLANNED)


def is_watched(meeting: Meeting, rules: MeetingSettings, now: float) -> bool:
    """Return whether a meeting is exported and judged: from its first check to some time after its end."""
    return meeting.start.timestamp() - rules.first_s <= now < meeting.end.timestamp() + rules.shown_s
