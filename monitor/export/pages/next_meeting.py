"""The meeting that is under way or begins next, in a few numbers: every page's head shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model.meeting import MeetingView, Stage, Verdict


@dataclass(frozen=True, slots=True)
class Coming:
    """A meeting for one line. start: epoch seconds. is_checked: some evidence was judged; all: how many endpoints take part."""

    id: str
    title: str
    start: float
    verdict: Verdict
    is_live: bool
    is_checked: bool
    not_ready: int
    ready: int
    all: int


def next_meeting(meetings: Sequence[MeetingView], now: float) -> Coming | None:
    """Return the first meeting that is not over, within a week; None where there is none."""
    for view in meetings:
        start = view.meeting.start.timestamp()
        if view.stage is Stage.OVER or view.meeting.end.timestamp() <= now or start > now + 7 * 86_400:
            continue
        return meeting_in_brief(view, now)
    return None


def meeting_in_brief(view: MeetingView, now: float) -> Coming:
    """Return a meeting in a few numbers."""
    found, start = view.counts(), view.meeting.start.timestamp()
    return Coming(
        view.meeting.id,
        view.meeting.title,
        start,
        view.verdict,
        start <= now < view.meeting.end.timestamp(),
        bool(view.endpoints),
        found[Verdict.NOT_READY],
        found[Verdict.READY],
        len(view.meeting.endpoints),
    )
