"""What a meeting's endpoints missed of it, by the journal's transitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from monitor.model.meeting import Loss, Meeting
from monitor.model.reason import Reason
from monitor.model.state import State, Transition

ABSENT = (State.DOWN, State.UNREACHABLE)


def losses(meeting: Meeting, transitions: Mapping[str, Sequence[Transition]], now: float) -> tuple[Loss, ...]:
    """Return who was absent from a meeting for how long and why, the longest absence first.

    transitions: by endpoint, oldest first, from before the meeting on: the last one before it tells how it began. now: epoch
    seconds; of a meeting under way only what is past counts. Of several absences the longest gives cause and reason.
    """
    start, end = meeting.start.timestamp(), min(now, meeting.end.timestamp())
    found = [loss for name in meeting.endpoints if (loss := _loss(name, transitions.get(name, ()), start, end)) is not None]
    return tuple(sorted(found, key=lambda loss: -loss.minutes))


def _loss(endpoint: str, transitions: Sequence[Transition], start: float, end: float) -> Loss | None:
    states = [each for each in transitions if each.at < end]
    ends = [*(following.at for following in states[1:]), end]
    absent: Counter[tuple[str, str]] = Counter()
    reasons: dict[tuple[str, str], Reason] = {}
    total_s = 0.0
    for each, until in zip(states, ends, strict=False):  # nobody was anything before its end: one end, no state
        lasted_s = min(until, end) - max(each.at, start)
        if each.new in ABSENT and lasted_s > 0:
            key = (each.cause or endpoint, each.reason.code)
            absent[key] += int(lasted_s * 1000)
            reasons[key] = each.reason
            total_s += lasted_s
    if not absent:
        return None
    (key, _), *_ = absent.most_common(1)
    return Loss(endpoint, round(total_s / 60, 1), key[0], reasons[key])


def outages(transitions: Iterable[Transition], since: float) -> tuple[int, float | None]:
    """Return how often a target was cut off since a moment, and when last; a silence that finds another cause is one."""
    at = [each.at for each in transitions if each.at >= since and each.new in ABSENT and each.old not in ABSENT]
    return len(at), max(at, default=None)
