"""Meetings → Prometheus text: from a meeting's first check to an hour after its end; then its series are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from monitor.export.metrics.families import Family, labels, target_labels
from monitor.model.inventory import Target
from monitor.model.meeting import MeetingView, Verdict
from monitor.model.settings import MeetingSettings
from monitor.rules.readiness.times import is_watched

_SECONDS = "seconds"
FAMILIES = (
    Family("conference_meeting_info", "info", "A meeting from its first check to an hour after its end; always 1."),
    Family("conference_meeting_start_timestamp_seconds", "gauge", "When the meeting begins.", _SECONDS),
    Family("conference_meeting_end_timestamp_seconds", "gauge", "When the meeting ends.", _SECONDS),
    Family("conference_meeting_readiness", "gauge", "1 for the meeting's verdict, 0 for the others."),
    Family("conference_meeting_endpoints", "gauge", "How many endpoints of the meeting have each verdict."),
    Family("conference_readiness", "gauge", "1 for the endpoint's verdict for the meeting, 0 for the others."),
    Family("conference_readiness_reason_info", "info", "Why the endpoint is not ready: the first rung that fails; always 1."),
)


def render_meetings(
    views: Iterable[MeetingView], targets: Mapping[str, Target], rules: MeetingSettings, now: float, *, is_openmetrics: bool
) -> list[bytes]:
    """Return the text of the meetings that are watched at a moment (epoch seconds), in parts, without a closing # EOF."""
    shown = [view for view in views if is_watched(view.meeting, rules, now)]
    if not shown:
        return []
    columns = zip(*(_families(view, targets) for view in shown), strict=True)
    parts = []
    for family, column in zip(FAMILIES, columns, strict=True):
        text = "".join(line for lines in column for line in lines)
        if text:
            parts += [family.header(is_openmetrics=is_openmetrics).encode(), text.encode()]
    return parts


def _families(view: MeetingView, targets: Mapping[str, Target]) -> Sequence[list[str]]:
    """Return the lines of each of FAMILIES for one meeting."""
    meeting = view.meeting
    name = labels(("meeting", meeting.id))
    host = meeting.host or meeting.external_host
    about = labels(("meeting", meeting.id), ("title", meeting.title), ("level", meeting.level), ("host", host))
    counts = view.counts()
    endpoints = [(each, f"{target_labels(targets[id_])},{name}") for id_, each in view.endpoints.items() if id_ in targets]
    return (
        [f"conference_meeting_info{{{about}}} 1\n"],
        [f"conference_meeting_start_timestamp_seconds{{{name}}} {meeting.start.timestamp():.0f}\n"],
        [f"conference_meeting_end_timestamp_seconds{{{name}}} {meeting.end.timestamp():.0f}\n"],
        [f'conference_meeting_readiness{{{name},verdict="{each}"}} {int(each is view.verdict)}\n' for each in Verdict],
        [f'conference_meeting_endpoints{{{name},verdict="{each}"}} {counts[each]}\n' for each in Verdict],
        [
            f'conference_readiness{{{own},verdict="{verdict}"}} {int(verdict is each.verdict)}\n'
            for each, own in endpoints
            for verdict in Verdict
        ],
        [
            f'conference_readiness_reason_info{{{own},rung="{each.rung}",code="{each.reason.code}"}} 1\n'
            for each, own in endpoints
            if each.rung is not None and each.reason is not None
        ],
    )
