"""The page of one target: its state and why, the path, a day, four charts, the ladder, and what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.export.audience import Audience
from monitor.export.pages import ladder
from monitor.export.pages.charts import DAY_S, Chart, MeasuredDay, charts, state_strip
from monitor.export.pages.path import uplink_path
from monitor.export.pages.renderer import LivePage, Renderer, script_words
from monitor.export.pages.tiles import GRAVITY, root_cause_of, shown_state
from monitor.export.rendered import FRESH_S
from monitor.export.request import no_target
from monitor.export.sentences import Sentences, names_of
from monitor.export.source import Meetings, Source
from monitor.model.day_series import Day
from monitor.model.inventory import Kind
from monitor.model.state import Event, Snapshot, State, TargetView, Transition
from monitor.rules.evidence import gather
from monitor.words.page import counted

EVENTS_READ = 500
EVENTS_SHOWN = 12
RELATED_SHOWN = 40


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of what happened. state: '' for what is no change of a state."""

    when: str
    state: str
    text: str
    said: str


class TargetPage(LivePage):
    """The page of one target, by its id."""

    def __init__(self, id_: str, source: Source, renderer: Renderer, meetings: Meetings) -> None:
        super().__init__(source, renderer, meetings)
        self.key = f"target {id_}"
        self._id = id_
        self._journal: list[Transition | Event] = []
        self._days: dict[str, Day | None] = {}
        self._reading = asyncio.Lock()
        self._read_at: float | None = None

    async def prepare(self) -> None:
        """Read the last day: the target's lines of the journal, and its minutes and those of the point that it stands at.

        Read at most once a second of the pictures' time, whether pages or open streams ask.
        """
        async with self._reading:
            snapshot = await self.source.fresh()
            if self._read_at is not None and 0 <= snapshot.at - self._read_at < FRESH_S:
                return
            view = snapshot.views.get(self._id)
            if view is None:
                return
            journal = list(await self.source.events(snapshot.at - DAY_S, EVENTS_READ, self._id))
            days = {id_: await self.source.history(id_) for id_ in (self._id, *view.target.parents)}
            # Both at once: others may draw while this one waits.
            self._journal, self._days = journal, days
            self._read_at = snapshot.at

    def html(self, snapshot: Snapshot, audience: Audience) -> str:
        if self._id not in snapshot.views:
            raise no_target(self._id)
        say = self.say(audience)
        return self.renderer.whole(
            "target.html",
            say,
            snapshot,
            self.parts(snapshot, audience),
            page="target",
            stream=f"page=target&id={self._id}",
            script_words=script_words(say),
            name=snapshot.views[self._id].target.name,
        )

    def parts(self, snapshot: Snapshot, audience: Audience) -> dict[str, str]:
        """Return every part; nothing but the head where the target was just taken out of the inventory."""
        say = self.say(audience)
        found = self.renderer.shared_parts(snapshot, say, self.meetings.meetings())
        view = snapshot.views.get(self._id)
        if view is None:
            return found
        settings, layout = self.source.settings, self.renderer.layout(snapshot.inventory)
        draw = self.renderer.render
        changes = self._entries(snapshot)
        transitions = [each for each in changes if isinstance(each, Transition)]
        path = uplink_path(view, layout, snapshot, settings, say)
        found |= {
            "about": draw("about.html", say, snapshot=snapshot, **self._about(view, snapshot, say)),
            "path": draw("path.html", say, hops=path),
            "day": draw("day.html", say, strip=state_strip(view, transitions, snapshot.at, say)),
            "ladder": draw("ladder.html", say, snapshot=snapshot, **self._ladder(view, snapshot, say)),
            "events": draw("events.html", say, rows=[self._row(each, snapshot, say) for each in changes[:EVENTS_SHOWN]]),
            "related": draw("related.html", say, **self._related(view, snapshot, say)),
        }
        return found | {f"chart-{each.key}": draw("chart.html", say, chart=each) for each in self._charts(view, snapshot, say)}

    def _entries(self, snapshot: Snapshot) -> list[Transition | Event]:
        """Return the journal's lines of the last day with what changed since it was read, newest first."""
        read = self._journal[0].at if self._journal else 0.0
        known = {each.at for each in self._journal}
        fresh = [each for each in snapshot.changes if each.target == self._id and each.at >= read and each.at not in known]
        return [each for each in (*fresh, *self._journal) if each.at > snapshot.at - DAY_S]

    def _about(self, view: TargetView, snapshot: Snapshot, say: Sentences) -> dict[str, object]:
        """Return the head. facts: label and text; hint: where the fault is, '' where that is not known."""
        target, layout = view.target, self.renderer.layout(snapshot.inventory)
        evidence = gather(view, snapshot, self.source.settings, is_frozen=True)
        root = root_cause_of(target.id, snapshot)
        why = say.reason(view.reason, names_of(snapshot))
        if root is not None and (path := say.path(root.path)):
            why = f"{why} · {path}"
        down = "" if target.contracted is None else say.voice.rate(target.contracted.down_bps)
        up = "" if target.contracted is None else say.voice.rate(target.contracted.up_bps)
        boot_at = evidence.snmp.boot_at if evidence.snmp else None
        facts = (
            ("card_address", target.address),
            ("card_contract", down if down == up else f"{down} / {up}"),
            ("profile", target.profile),
            ("boot", "" if boot_at is None else say.age(snapshot.at - boot_at)),
            (
                "card_who",
                "" if view.acknowledged is None else f"{view.acknowledged.by} {say.day_clock(view.acknowledged.at, snapshot.at)}",
            ),
        )
        return {
            "name": target.name,
            "place": f"{layout.area(target.area).name} · {say(f'kind_{target.kind}', level=say.level(target.level))}",
            "state": shown_state(view),
            "since": view.since if view.state else 0.0,
            "since_text": say.day_clock(view.since, snapshot.at),
            "why": why if view.state else say("not_judged"),
            "hint": self._hint(view, snapshot, say),
            "facts": [(say(label), text) for label, text in facts if text],
        }

    def _hint(self, view: TargetView, snapshot: Snapshot, say: Sentences) -> str:
        cause = snapshot.views.get(view.cause or "")
        if cause is not None and cause is not view:
            return say("fault_above", cause=cause.target.name)
        root = root_cause_of(view.target.id, snapshot)
        if root is not None and (root.points or root.endpoints):
            return say(
                "behind_it",
                points=counted("points", root.points, say.language),
                endpoints=counted("endpoints", root.endpoints, say.language),
            )
        above = [snapshot.views[each] for each in view.target.parents if each in snapshot.views]
        if view.state in (State.DOWN, State.DEGRADED) and above and all(each.state is State.UP for each in above):
            return say("fault_here", uplink=above[0].target.name)
        return ""

    def _charts(self, view: TargetView, snapshot: Snapshot, say: Sentences) -> list[Chart]:
        settings = self.source.settings
        point = view
        if view.target.kind is Kind.ENDPOINT:
            point = next((snapshot.views[each] for each in view.target.parents if each in snapshot.views), view)
        none = Day(snapshot.at // 60 * 60)

        def measured(of: TargetView) -> MeasuredDay:
            return MeasuredDay(of, gather(of, snapshot, settings, is_frozen=True), self._days.get(of.target.id) or none)

        return charts(measured(view), measured(point), settings, say)

    def _ladder(self, view: TargetView, snapshot: Snapshot, say: Sentences) -> dict[str, object]:
        of = view
        if view.target.kind is Kind.POINT:
            ids = self.renderer.layout(snapshot.inventory).endpoints_of.get(self._id, ())
            of = min((snapshot.views[each] for each in ids), key=lambda each: GRAVITY[shown_state(each)], default=view)
        found = ladder.verdict_of(of.target.id, self.meetings.meetings())
        title = say("ladder") if of is view else say("ladder_of", name=of.target.name)
        if found is None:
            steps = ladder.routine(of, snapshot, self.source.settings, say)
            return {"title": title, "note": say("ladder_note"), "steps": steps}
        note = say("ladder_meeting", title=found[0].meeting.title)
        return {"title": title, "note": note, "steps": ladder.of_meeting(found[1], snapshot, say)}

    def _row(self, entry: Transition | Event, snapshot: Snapshot, say: Sentences) -> EventRow:
        # Of a day's list the times of half a day need no weekday, and keep their column.
        when = say.clock(entry.at) if snapshot.at - entry.at < 43_200 else say.day_clock(entry.at, snapshot.at)
        if isinstance(entry, Transition):
            return EventRow(when, entry.new.value, say.reason(entry.reason, names_of(snapshot)), say.state(entry.new))
        return EventRow(when, "", say.entry(entry, names_of(snapshot)), "")

    def _related(self, view: TargetView, snapshot: Snapshot, say: Sentences) -> dict[str, object]:
        target, layout, views = view.target, self.renderer.layout(snapshot.inventory), snapshot.views
        above = [views[each] for each in target.parents if each in views]
        endpoints = [views[each] for each in layout.endpoints_of.get(self._id, ())]
        below = [each for each in views.values() if self._id in each.target.parents and each.target.kind is Kind.POINT]
        below.sort(key=lambda each: GRAVITY[shown_state(each)])
        groups: list[tuple[str, Sequence[TargetView]]] = [
            (say("card_uplink") if target.kind is Kind.POINT else say("link"), above),
            (say("endpoints"), endpoints),
            (say("all_points", count=len(below)), below[:RELATED_SHOWN]),
        ]
        meetings = [
            each.meeting
            for each in self.meetings.meetings()
            if {self._id, *(view.target.id for view in endpoints)} & {*each.meeting.endpoints}
        ]
        return {
            "groups": [
                (
                    title,
                    [
                        (each.target.id, each.target.short if title == groups[2][0] else each.target.name, shown_state(each))
                        for each in members
                    ],
                )
                for title, members in groups
                if members
            ],
            "meetings": [(each.id, each.title, say.day_clock(each.start.timestamp(), snapshot.at)) for each in meetings],
        }
