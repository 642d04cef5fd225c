"""An invented day of one target: calm, with work at night, a power cut, and the last half hour as bad as its state says."""

from __future__ import annotations

import math
import random

from monitor.model.day_series import MINUTES, Day
from monitor.model.reason import Reason
from monitor.model.state import State, TargetView, Transition

CUT = range(1124, 1148)
"""Minutes of the day in which nothing came back."""
WORK = range(936, 976)
LATELY = 34
"""For so many minutes it has been as it is now."""


def day(view: TargetView, at: float, *, seed: int = 1) -> Day:
    """Return a day that ends at a time; the same for the same seed."""
    chance = random.Random(seed)
    usual_s, is_ill = view.usual_rtt_s or 0.011, view.state is State.DEGRADED
    rtts, losses, jitters, receive, transmit = [], [], [], [], []
    speed = view.target.contracted.down_bps if view.target.contracted else 0
    for minute in range(MINUTES):
        is_gone = minute in CUT or (view.state in (State.DOWN, State.UNREACHABLE) and minute >= MINUTES - 14)
        is_late = is_ill and minute >= MINUTES - LATELY
        factor = 3.2 if is_late else 1.0
        rtts.append(None if is_gone else usual_s * factor * chance.uniform(0.93, 1.12))
        jitters.append(None if is_gone else 0.0018 * (5.5 if is_late else 1) * chance.uniform(0.8, 1.25))
        lost = chance.choice((0.0, 0.05, 0.0, 0.025)) if is_late else 0.05 * (chance.random() < 0.004)
        losses.append(1.0 if is_gone else lost)
        busy = 0.16 + 0.12 * math.sin((minute - 500) / MINUTES * 2 * math.pi) ** 2 + (0.5 if is_late else 0)
        busy += 0.35 * max(0.0, (minute - 1200) / 240)
        receive.append(None if is_gone or not speed else speed * busy * chance.uniform(0.95, 1.05))
        transmit.append(None if is_gone or not speed else speed * busy * 0.12 * chance.uniform(0.9, 1.1))
    end = at // 60 * 60
    return Day(end, tuple(rtts), tuple(losses), tuple(jitters), tuple(receive), tuple(transmit))


def journal(view: TargetView, at: float) -> list[Transition]:
    """Return what happened in that day, newest first."""
    begin, id_ = at - 86_400, view.target.id
    state = view.state or State.UNKNOWN
    lines = [
        (WORK[0], State.UP, State.MAINTENANCE, Reason("maintenance", {"work": "nhà mạng thay thiết bị"})),
        (WORK[-1], State.MAINTENANCE, State.UP, Reason("answers")),
        (CUT[0], State.UP, State.DOWN, Reason("silent", {"bursts": 2})),
        (CUT[-1], State.DOWN, State.UP, Reason("answers")),
    ]
    found = [Transition(id_, old, new, begin + minute * 60, None, reason) for minute, old, new, reason in lines]
    if state is not State.UP:
        found.append(Transition(id_, State.UP, state, view.since, view.cause, view.reason))
    return sorted(found, key=lambda each: -each.at)
