"""A target's states over the last 24 hours, as a strip whose height tells gravity too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.export.pages.sentences import Sentences, lower_first
from monitor.export.pages.tiles import shown_state
from monitor.model.state import State, TargetView, Transition

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in one state. x, width: minutes of the strip. title: in words."""

    state: State
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The strip. summary: how long it was in which state. ticks: times at an eighth each, the first and the last with the day."""

    stretches: tuple[Stretch, ...]
    summary: str
    ticks: tuple[str, ...]


def strip(view: TargetView, changes: Sequence[Transition], now: float, say: Sentences) -> Strip:
    """Return a target's strip. changes: its transitions of the last 24 hours, newest first; all of them, or it begins unknown."""
    begin = now - DAY_S
    bounds = [(max(begin, change.at), change.new) for change in reversed(changes) if change.at <= now]
    first = changes[-1].old if changes else shown_state(view) if view.since <= begin else None
    stretches, lasted = [], Counter[State]()
    spans = [(begin, first or State.UNKNOWN), *bounds]
    for index, (start, state) in enumerate(spans):
        end = spans[index + 1][0] if index + 1 < len(spans) else now
        if end > start:
            lasted[state] += end - start  # type: ignore[assignment]
            title = f"{say.clock(start)}–{say.clock(end)} {say.state(state)}, {say.age(end - start)}"
            stretches.append(Stretch(state, round((start - begin) / 60, 1), max(2.0, round((end - start) / 60, 1)), title))
    return Strip(tuple(stretches), _summary(lasted, say), _ticks(begin, now, say))


def _summary(lasted: Counter[State], say: Sentences) -> str:
    known = sum(lasted.values()) - lasted[State.UNKNOWN] - lasted[State.MAINTENANCE] - lasted[State.STANDBY]
    share = (lasted[State.UP] + lasted[State.DEGRADED]) / known if known > 0 else None
    parts = [] if share is None else [say("answered", share=say.voice.percent(share, 0 if share == 1 else 1))]
    parts += [
        say("lasted", state=lower_first(say.state(state)), age=say.age(lasted[state]))
        for state in State
        if state is not State.UP and lasted[state] >= 60
    ]
    return " · ".join(parts)


def _ticks(begin: float, now: float, say: Sentences) -> tuple[str, ...]:
    times = [begin + (now - begin) * part / 8 for part in range(9)]
    return tuple(say.day_clock(at, now) if index == 0 else say.clock(at) for index, at in enumerate(times))
