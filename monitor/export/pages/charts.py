"""A target's last hours as charts, and its last day as a strip of states.

A chart has one line a value, its usual as a grey band, limits named; where nothing was seen, a gap. The strip's height tells
gravity too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from monitor.export.pages.panels import Figure, figure
from monitor.export.pages.tiles import shown_state
from monitor.export.sentences import Sentences, lower_first
from monitor.model.day_series import Day
from monitor.model.settings import Settings
from monitor.model.state import State, TargetView, Transition
from monitor.rules.bounds import Bounds, Grade, grades, jitter_bounds, load_bounds, loss_bounds, rtt_bounds
from monitor.rules.evidence import Evidence, circuit_load
from monitor.rules.quality import usual_bound_s

DAY_S = 86_400.0

SHOWN = 360
"""Minutes on a chart."""
HEIGHT = 1000
USUAL_NEEDS = 60
"""Minutes with a value before a band may be called usual."""
_TICKS = (0, 120, 240, 360)

Values = Sequence[float | None]
_Limits = tuple[tuple[float, str, Grade], ...]


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A dashed line with its name. at: its height, per cent from the top."""

    at: float
    name: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. figure: the value of now; aside: what to compare it with. d: SVG paths in a box of SHOWN by HEIGHT.

    area: the line's path down to the ground, '' where it is not filled. second: another line, muted. band: top and height of the
    usual in that box, None where nothing is usual. ticks: times at a quarter each. label: all of it in one sentence.
    """

    key: str
    title: str
    note: str
    figure: Figure
    aside: str
    d: str
    area: str
    second: str
    band: tuple[int, int] | None
    limits: tuple[LimitLine, ...]
    ticks: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a chart is made of. limits: value, its name, its grade; write: a value as text.

    is_bounded: its limits are always drawn; else those far above the line are only named.
    """

    key: str
    figure: Figure
    aside: str
    values: Values
    whole: Values
    write: Callable[[float], str]
    limits: _Limits = ()
    second: Values = ()
    is_filled: bool = False
    is_bounded: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """What is known by measurement of one target: now, and over the day."""

    view: TargetView
    evidence: Evidence
    day: Day


def charts(own: MeasuredDay, carrier: MeasuredDay, settings: Settings, say: Sentences) -> list[Chart]:
    """Return the charts of RTT, jitter, loss and bandwidth. carrier: whose circuit it is, the point's where an endpoint stands."""
    plans = (
        _rtt(own, settings, say),
        _jitter(own, settings, say),
        _loss(own, settings, say),
        _bandwidth(carrier, settings, say, say("of_point", name=carrier.view.target.name) if carrier.view is not own.view else ""),
    )
    return [_draw(plan, own.day.end, say) for plan in plans]


def _rtt(own: MeasuredDay, settings: Settings, say: Sentences) -> _Plan:
    now, usual, day = own.evidence.window_rtt_s, own.view.usual_rtt_s, own.day
    shown = figure(now, say.voice.milliseconds, grades(own.view, own.evidence, settings).rtt)
    aside = "" if usual is None else say("usually", value=say.voice.milliseconds(usual))
    if now is not None and usual and now > usual_bound_s(usual, settings.quality):
        aside = say("times_usual", times=say.voice.number(now / usual), value=say.voice.milliseconds(usual))
    limits = _limits(rtt_bounds(settings, usual), say)
    return _Plan("rtt", shown, aside, day.rtts_s, day.rtts_s, say.voice.milliseconds, limits)


def _jitter(own: MeasuredDay, settings: Settings, say: Sentences) -> _Plan:
    evidence, day = own.evidence, own.day
    now = evidence.icmp.jitter_s if evidence.icmp else None
    shown = figure(now, say.voice.milliseconds, grades(own.view, evidence, settings).jitter)
    usual = _middle(day.jitters_s)
    aside = "" if usual is None else say("usually", value=say.voice.milliseconds(usual[1]))
    limits = _limits(jitter_bounds(settings), say)
    return _Plan("jitter", shown, aside, day.jitters_s, day.jitters_s, say.voice.milliseconds, limits)


def _limits(bounds: Bounds, say: Sentences) -> _Limits:
    """Return the lines of what is measured in milliseconds, the lower first; red alone where it is the lower one."""
    red = (bounds.red, say.voice.milliseconds(bounds.red), Grade.RED)
    return (red,) if bounds.red <= bounds.amber else ((bounds.amber, say.voice.milliseconds(bounds.amber), Grade.AMBER), red)


def _loss(own: MeasuredDay, settings: Settings, say: Sentences) -> _Plan:
    evidence, day = own.evidence, own.day
    now = evidence.window_loss_ratio if evidence.icmp and evidence.icmp.sample.received else None
    shown = figure(now, say.voice.loss, grades(own.view, evidence, settings).loss)
    aside = ""
    if evidence.icmp and now is not None:
        aside = say("window", count=evidence.icmp.packets_recent, window=say.age(settings.quality.window_s))
    if evidence.icmp and not evidence.icmp.sample.received:
        aside = say("nothing_back")
    # Amber begins so far below red that its line would lie on the ground.
    red = loss_bounds(settings).red
    limits = ((red, say.voice.bound(red), Grade.RED),)
    # Where nothing came back the target was away, which the strip tells; as 100% it would flatten all that matters.
    values = [None if value is None or value >= 1 else value for value in day.losses]
    return _Plan("loss", shown, aside, values, (), say.voice.loss, limits, is_bounded=True)


def _bandwidth(carrier: MeasuredDay, settings: Settings, say: Sentences, note: str) -> _Plan:
    target = carrier.view.target
    carried, contracted = circuit_load(target, carrier.evidence.wan), target.contracted
    now, share = carried.receive_bps, carried.receive_ratio
    shown = figure(now, say.voice.rate, grades(carrier.view, carrier.evidence, settings).load)
    up = "" if carried.transmit_bps is None else say("upwards", rate=say.voice.rate(carried.transmit_bps))
    aside = ", ".join(filter(None, ("" if share is None else say.voice.load(share), up)))
    limits: _Limits = ()
    if contracted is not None:
        free = load_bounds(settings).amber
        limits = (
            (contracted.down_bps * free, say.voice.bound(free), Grade.AMBER),
            (contracted.down_bps, say("contract_of", rate=say.voice.rate(contracted.down_bps)), Grade.FINE),
        )
    day = carrier.day
    return _Plan(
        "bandwidth",
        shown,
        aside,
        day.receive_bps,
        day.receive_bps,
        say.voice.rate,
        limits,
        day.transmit_bps,
        is_filled=True,
        is_bounded=True,
        note=note,
    )


def _middle(values: Values) -> tuple[float, float, float] | None:
    """Return the tenth, fiftieth and ninetieth percentile of a day; None below USUAL_NEEDS values."""
    known = sorted(value for value in values if value is not None)
    if len(known) < USUAL_NEEDS:
        return None
    return known[len(known) // 10], known[len(known) // 2], known[len(known) * 9 // 10]


def _draw(plan: _Plan, end: float, say: Sentences) -> Chart:
    values, second = plan.values[-SHOWN:], plan.second[-SHOWN:]
    usual = _middle(plan.whole)
    highest = max((value for value in (*values, *second) if value is not None), default=0.0)
    reach = max(highest, usual[2] if usual else 0.0)
    limits = [limit for limit in plan.limits if plan.is_bounded or limit[0] <= 2.5 * reach]
    beyond = [limit[1] for limit in plan.limits if limit not in limits]
    top = max(reach * 1.15, max((limit[0] for limit in limits), default=0.0) * 1.12) or 1.0

    def height(value: float) -> int:
        return round(HEIGHT - value / top * HEIGHT)

    band = None
    if usual is not None:
        spread = max(usual[2] - usual[0], top * 0.02)
        low = max(0.0, (usual[0] + usual[2] - spread) / 2)
        band = (height(low + spread), height(low) - height(low + spread))
    line = list(_runs(values, height))
    notes = [plan.note, say("six_hours"), say("limit", limit=beyond[0]) if beyond else ""]
    title = say(f"chart_{plan.key}")
    told = plan.figure.text or say("no_value")
    return Chart(
        plan.key,
        title,
        ", ".join(filter(None, notes)),
        plan.figure,
        plan.aside,
        "".join(_path(run) for run in line),
        "".join(f"{_path(run)}V{HEIGHT}H{run[0][0]}z" for run in line if len(run) > 1) if plan.is_filled else "",
        "".join(_path(run) for run in _runs(second, height)),
        band,
        tuple(LimitLine(round(height(value) / HEIGHT * 100, 1), name, colour) for value, name, colour in limits),
        tuple(say.clock(end - (SHOWN - minute) * 60) for minute in _TICKS),
        say("chart_said", title=title, value=told, aside=plan.aside, highest=plan.write(highest)),
    )


def _runs(values: Values, height: Callable[[float], int]) -> Iterator[list[tuple[int, int]]]:
    """Yield what can be drawn without lifting the pen: points of minutes that follow one another."""
    for is_gap, run in groupby(enumerate(values), lambda point: point[1] is None):
        if not is_gap:
            yield [(minute, height(value)) for minute, value in run if value is not None]


def _path(run: Sequence[tuple[int, int]]) -> str:
    (x, y), rest = run[0], run[1:]
    return f"M{x} {y}" + ("".join(f"L{x} {y}" for x, y in rest) or "h.6")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in one state. x, width: minutes of the strip. title: in words."""

    state: State
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class StateStrip:
    """The strip. summary: how long it was in which state. ticks: times at an eighth each, the first and the last with the day."""

    stretches: tuple[Stretch, ...]
    summary: str
    ticks: tuple[str, ...]


def state_strip(view: TargetView, changes: Sequence[Transition], now: float, say: Sentences) -> StateStrip:
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
    return StateStrip(tuple(stretches), _summary(lasted, say), _ticks(begin, now, say))


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
