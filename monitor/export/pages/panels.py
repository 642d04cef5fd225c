"""The panels beside the field, as rows of words: root causes, worst links, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.export.pages.tiles import HOUR_S, ProvinceLayout, recent_changes
from monitor.export.sentences import Sentences, lower_first, names_of
from monitor.model.inventory import Kind, Target
from monitor.model.settings import Settings
from monitor.model.state import RootCause, Snapshot, State, TargetView, Transition
from monitor.rules.bounds import Grade, grades, load_bounds, loss_bounds, rtt_bounds, share_of
from monitor.rules.evidence import circuit_load, gather

CAUSES_SHOWN = 3
LINKS_SHOWN = 8
CHANGES_SHOWN = 40
CROWD = 4
"""So many like changes within a minute are one row."""
LONG_NAME = 26
"""A name of more letters does not fit on a line of the rail; its short form does."""


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One root cause. where: what broke there. hit, hit_more: how much it takes. taker, taker_more: who has it."""

    target: str
    name: str
    where: str
    hit: str
    hit_more: str
    since: float
    taker: str
    taker_more: str


@dataclass(frozen=True, slots=True)
class Causes:
    """The panel of root causes. summary: one sentence on all; more: '' or how many are not shown."""

    rows: tuple[CauseRow, ...]
    summary: str
    more: str
    empty: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in words, '' where there is none, and how it stands out."""

    text: str
    grade: Grade = Grade.FINE


def figure(value: float | None, write: Callable[[float], str], grade: Grade = Grade.FINE) -> Figure:
    """Return a value in words, where there is one."""
    return Figure("") if value is None else Figure(write(value), grade)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One of the worst links. bar: percent of the contracted speed, 0 to 100, None where it is not known."""

    target: str
    name: str
    loss: Figure
    rtt: Figure
    usual: str
    load: Figure
    bar: int | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line of what changed. targets: how many changed at once. is_new: within the last minute."""

    at: float
    state: State
    text: str
    is_new: bool


def causes(layout: ProvinceLayout, snapshot: Snapshot, say: Sentences) -> Causes:
    """Return the gravest root causes, what takes most first; among equals points before endpoints, the newest first."""
    views = snapshot.views

    def gravity(cause: RootCause) -> tuple[int, bool, float]:
        return (-cause.points - cause.endpoints, views[cause.target].target.kind is Kind.ENDPOINT, -cause.since)

    ranked = sorted((cause for cause in snapshot.root_causes if cause.target in views), key=gravity)
    kinds = Counter(views[cause.target].target.kind for cause in ranked)
    points = kinds[Kind.POINT] + sum(cause.points for cause in ranked)
    endpoints = kinds[Kind.ENDPOINT] + sum(cause.endpoints for cause in ranked)
    rest = len(ranked) - CAUSES_SHOWN
    return Causes(
        tuple(_cause_row(cause, layout, snapshot, say) for cause in ranked[:CAUSES_SHOWN]),
        say("causes_sum", count=len(ranked), points=points, endpoints=endpoints) if ranked else "",
        say("causes_more", count=rest) if rest > 0 else "",
        "" if ranked else _nothing_broken(snapshot, say),
    )


def _nothing_broken(snapshot: Snapshot, say: Sentences) -> str:
    if all(view.state is None for view in snapshot.views.values()):
        return say("causes_waiting")
    for change in snapshot.changes:
        if change.old is State.DOWN and change.target in snapshot.views:
            began = next((each.at for each in snapshot.changes if each.target == change.target and each.new is State.DOWN), None)
            if began is not None and began < change.at:
                name = say.name(snapshot.views[change.target].target, snapshot.inventory)
                at, lasted = say.day_clock(began, snapshot.at), say.age(change.at - began)
                return f"{say('causes_none')} {say('causes_last', name=name, time=at, age=lasted)}"
    return say("causes_none")


def _cause_row(cause: RootCause, layout: ProvinceLayout, snapshot: Snapshot, say: Sentences) -> CauseRow:
    view = snapshot.views[cause.target]
    target = view.target
    area = layout.area_name(target.area)
    why = say.path(cause.path) or say.reason(cause.reason, names_of(snapshot))
    is_point = target.kind is Kind.POINT
    points, endpoints = cause.points + is_point, cause.endpoints + (not is_point)
    hit = say("hit_endpoints", count=endpoints) if endpoints else ""
    taker, taker_more = _who(view, snapshot.at, say)
    return CauseRow(
        target.id,
        say.name(target, snapshot.inventory),
        why if area in target.name else f"{area} · {why}",
        hit or say("hit_points", count=points),
        _levels(cause, snapshot, say) if points > 1 else "",
        cause.since,
        taker,
        taker_more,
    )


def _levels(cause: RootCause, snapshot: Snapshot, say: Sentences) -> str:
    """Return how many points of each level a root cause takes, itself counted, the most numerous first."""
    hit = [view.target for view in snapshot.views.values() if cause.target in (view.cause, view.target.id)]
    by_level = Counter(target.level for target in hit if target.kind is Kind.POINT)
    return ", ".join(f"{count} {say.level(level)}" for level, count in by_level.most_common())


def _who(view: TargetView, now: float, say: Sentences) -> tuple[str, str]:
    owner, contacts = view.acknowledged, view.target.contacts
    if owner is not None:
        return owner.by, ": ".join(filter(None, (say("taken", time=say.day_clock(owner.at, now)), owner.note)))
    return (say("call", role=lower_first(contacts[0].role)), say("untaken")) if contacts else (say("untaken"), "")


def links(snapshot: Snapshot, settings: Settings, say: Sentences) -> tuple[LinkRow, ...]:
    """Return the worst circuits of points that answer, the worst first; how bad: each figure as a share of its limit."""
    answering = (
        view for view in snapshot.views.values() if view.target.kind is Kind.POINT and view.state in (State.UP, State.DEGRADED)
    )
    rows = [_link(view, snapshot, settings, say) for view in answering]
    rows.sort(key=lambda each: -each[1])
    return tuple(row for row, badness in rows[:LINKS_SHOWN] if badness > 0)


def links_note(settings: Settings, say: Sentences) -> str:
    """Return over which time the links are measured, and what the tick on a load's bar stands for."""
    share = say.voice.bound(load_bounds(settings).amber)
    return say("links_note", window=say.age(settings.quality.window_s), load=share)


def load_tick(settings: Settings) -> int:
    """Return where that tick stands, in percent of the contracted speed."""
    return min(100, round(load_bounds(settings).amber * 100))


def _link(view: TargetView, snapshot: Snapshot, settings: Settings, say: Sentences) -> tuple[LinkRow, float]:
    """Return the row of a circuit, and how bad it is: 1 where its worst figure is at its limit."""
    evidence = gather(view, snapshot, settings, is_frozen=True)
    graded, voice = grades(view, evidence, settings), say.voice
    loss, rtt_s, usual_s = evidence.window_loss_ratio, evidence.window_rtt_s, view.usual_rtt_s
    share = circuit_load(view.target, evidence.wan).utilisation
    row = LinkRow(
        view.target.id,
        snapshot.inventory.short_name(view.target),
        figure(loss, voice.loss, graded.loss),
        figure(rtt_s, voice.bare_milliseconds, graded.rtt),
        "" if usual_s is None else voice.bare_milliseconds(usual_s),
        figure(share, voice.load, graded.load),
        None if share is None else min(100, round(share * 100)),
    )
    badness = max(
        share_of(loss, loss_bounds(settings).red),
        share_of(rtt_s, rtt_bounds(settings, usual_s).least),
        share_of(share, load_bounds(settings).amber),
    )
    return row, badness


def change_rows(layout: ProvinceLayout, snapshot: Snapshot, say: Sentences) -> tuple[tuple[ChangeRow, ...], int]:
    """Return the rows of the last hour, newest first, and how many changes they stand for.

    A crowd is one row: what is unreachable by one cause, and like changes within a minute.
    """
    recent = [change for change in recent_changes(snapshot, HOUR_S) if change.target in snapshot.views]
    crowds: dict[tuple[State, str | None, int], list[Transition]] = {}
    for change in _without_echoes(recent, snapshot):
        cause = change.cause if change.new is State.UNREACHABLE else None
        crowds.setdefault((change.new, cause, int(change.at // 60)), []).append(change)
    rows: list[ChangeRow] = []
    for (state, _, _), crowd in crowds.items():
        if len(crowd) >= CROWD:
            rows.append(_row(crowd[0].at, state, _group_text(crowd, layout, snapshot, say), snapshot))
        else:
            rows += [_row(each.at, state, _name(snapshot.views[each.target].target, layout, say), snapshot) for each in crowd]
    rows.sort(key=lambda row: -row.at)
    return tuple(rows[:CHANGES_SHOWN]), len(recent)


def _without_echoes(recent: Sequence[Transition], snapshot: Snapshot) -> list[Transition]:
    """Return the changes without those of endpoints that merely went down or came back with the point that they stand at."""
    moved = {(change.target, int(change.at // 60)): change.new for change in recent}

    def is_echo(change: Transition) -> bool:
        parents = snapshot.views[change.target].target.parents
        if snapshot.views[change.target].target.kind is Kind.POINT or not parents:
            return False
        of_parent = moved.get((parents[0], int(change.at // 60)))
        return of_parent is change.new or (change.new is State.UNREACHABLE and change.cause == parents[0])

    return [change for change in recent if not is_echo(change)]


def _name(target: Target, layout: ProvinceLayout, say: Sentences) -> str:
    name = say.name(target, layout.inventory)
    return name if len(name) <= LONG_NAME or target.kind is Kind.ENDPOINT else layout.inventory.short_name(target)


def _row(at: float, state: State, text: str, snapshot: Snapshot) -> ChangeRow:
    return ChangeRow(at, state, text, snapshot.at - at < 60)


def _group_text(crowd: Sequence[Transition], layout: ProvinceLayout, snapshot: Snapshot, say: Sentences) -> str:
    members = [snapshot.views[change.target].target for change in crowd]
    areas = {target.area for target in members}
    place = layout.area_name(areas.pop()) if len(areas) == 1 else ""
    kinds = {target.kind for target in members}
    key = "many_targets" if len(kinds) > 1 else "many_points" if Kind.POINT in kinds else "many_endpoints"
    return say(key, count=len(crowd), place=place).strip()
