"""The pages of meetings: one meeting's go/no-go board, and the list of what is due."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.errors import Notice, left_out_first
from monitor.export.audience import Audience
from monitor.export.pages import meeting_board
from monitor.export.pages.ladder import of_meeting
from monitor.export.pages.renderer import WEEK_S, LivePage, Renderer, TileValues, script_words
from monitor.export.pages.tiles import Layout
from monitor.export.request import NotThereError
from monitor.export.sentences import Sentences, names_of
from monitor.export.source import Meetings, Source
from monitor.model.meeting import MeetingView, Rung, Stage, Verdict
from monitor.model.state import Snapshot
from monitor.words.phrase import Phrase

NOTICES_SHOWN = 40
COUNTED = (Verdict.NOT_READY, Verdict.AT_RISK, Verdict.UNKNOWN, Verdict.READY)
_SCRIPT_KEYS = (
    "actions_more",
    "filtered",
    "site_good",
    "site_fault",
    "site_none",
    "is_host",
    "show_ready",
    "show_behind",
    "show_ready_behind",
    "show_less",
    "card_failed",
)
_CURE = Phrase("meetings_listed")


@dataclass(frozen=True, slots=True)
class DayStep:
    """One check of the day. mark: 'done', 'now' or 'todo'; what: what it looks at, when: '' where that is not known."""

    name: str
    what: str
    when: str
    mark: str


class MeetingPage(LivePage):
    """The board of one meeting, by its id.

    A tile's attributes: verdict, behind an uplink, what the site says, rung, group, disputed.
    """

    def __init__(self, id_: str, source: Source, renderer: Renderer, meetings: Meetings) -> None:
        super().__init__(source, renderer, meetings)
        self.key = f"meeting {id_}"
        self._id = id_
        self._layout: Layout | None = None

    def view(self) -> MeetingView | None:
        """Return the meeting as it is now; None where it is no longer shown."""
        return next((each for each in self.meetings.meetings() if each.meeting.id == self._id), None)

    def layout_id(self, snapshot: Snapshot) -> str:
        """Return what changes with the inventory, with who takes part, and when the meeting is gone."""
        view = self.view()
        ids = "\n".join(view.meeting.endpoints) if view else ""
        return hashlib.sha256(f"{super().layout_id(snapshot)}\n{ids}".encode()).hexdigest()[:12]

    def tiles(self, snapshot: Snapshot) -> Mapping[str, TileValues]:
        view = self.view()
        return {} if view is None else {each.target.id: each.values for each in self._all(view, snapshot)}

    def html(self, snapshot: Snapshot, audience: Audience) -> str:
        view, say = self._known(), self.say(audience)
        layout = self.layout(view, snapshot)
        return self.renderer.whole(
            "meeting.html",
            say,
            snapshot,
            self.parts(snapshot, audience),
            page="meeting",
            stream=f"page=meeting&id={self._id}",
            layout_id=self.layout_id(snapshot),
            script_words=script_words(say, _SCRIPT_KEYS)
            | {
                "verdicts": {each.value: say.verdict(each) for each in Verdict},
                "chips": {rung.value: say.chip(rung) for rung in Rung},
            },
            meeting=view.meeting,
            layout=layout,
            blocks={
                area: [meeting_board.tile(id_, view, snapshot.inventory) for id_ in ids] for area, ids in layout.blocks.items()
            },
            title=lambda tile: meeting_board.endpoint_title(tile, say),
        )

    def parts(self, snapshot: Snapshot, audience: Audience) -> dict[str, str]:
        """Return every part; only the head's once the meeting is gone."""
        say, view = self.say(audience), self.view()
        found = self.renderer.shared_parts(snapshot, say, ())
        if view is None:
            return found
        draw, tiles, counts = self.renderer.render, self._all(view, snapshot), view.counts()
        todo, blasts = meeting_board.actions(view, snapshot, say), meeting_board.blast_rows(view, snapshot)
        confirmed = sum(bool(each.site) for each in tiles)
        names, ready = names_of(snapshot), counts[Verdict.READY]
        missing = len(tiles) - ready - counts[Verdict.AT_RISK]
        found |= {
            "countdown": draw("countdown.html", say, view=view, snapshot=snapshot, **_times(view, snapshot.at)),
            "verdict": draw("verdict.html", say, view=view, said=meeting_board.verdict_sentence(view, snapshot, say)),
            "counts": draw(
                "verdicts.html",
                say,
                counts=[(each, counts[each]) for each in COUNTED],
                share=meeting_board.share(counts),
                confirmed=confirmed,
                all=len(tiles),
            ),
            "stages": draw("stages.html", say, steps=day_steps(view, say, snapshot.at), checking=view.checking),
            "chips": draw("chips.html", say, chips=meeting_board.chips(tiles, say, snapshot.inventory.levels)),
            "blast": draw(
                "blast.html",
                say,
                blasts=[(each, names.get(each.target, each.target)) for each in blasts[: meeting_board.BLASTS_SHOWN]],
                more=len(blasts) - meeting_board.BLASTS_SHOWN,
                missing=missing,
                losses=_losses(view, snapshot, say),
                is_held=view.stage in (Stage.LIVE, Stage.OVER),
            ),
            "actions": draw(
                "actions.html",
                say,
                actions=todo[: meeting_board.ACTIONS_SHOWN],
                more=len(todo) - meeting_board.ACTIONS_SHOWN,
                snapshot=snapshot,
            ),
            "foot": say("board_foot", confirmed=confirmed, all=len(tiles)),
        }
        for area, ids in self.layout(view, snapshot).blocks.items():
            wrong = Counter(each.verdict for each in tiles if each.target.id in ids)
            found[f"head-{area}"] = draw(
                "board_head.html", say, wrong=[(each, wrong[each]) for each in Verdict if wrong[each]], all=len(ids)
            )
        return found

    def endpoint(self, id_: str, snapshot: Snapshot, audience: Audience) -> str:
        """Return what a tile tells when it is opened, as HTML. Raises NotThereError where no such endpoint takes part."""
        view, say = self._known(), self.say(audience)
        if id_ not in view.meeting.endpoints or id_ not in snapshot.views:
            raise NotThereError("no_endpoint_here", _CURE, name=repr(id_))
        found = view.endpoints.get(id_)
        names = names_of(snapshot)
        return self.renderer.render(
            "endpoint.html",
            say,
            target=snapshot.views[id_].target,
            area=self.renderer.layout(snapshot.inventory).area_name(snapshot.views[id_].target.area),
            meeting=view.meeting,
            found=found,
            why=say.readiness(found.reason, names) if found and found.reason else "",
            action=say.readiness(found.action, names) if found and found.action else "",
            cause=names.get(found.cause, "") if found and found.cause not in ("", id_) else "",
            cause_id=found.cause if found else "",
            steps=of_meeting(found, snapshot, say) if found else [],
            snapshot=snapshot,
            has_telephones=audience.sees_telephones,
        )

    def layout(self, view: MeetingView, snapshot: Snapshot) -> Layout:
        """Return where each endpoint stands; made anew only when the inventory or who takes part changed."""
        ids = view.meeting.endpoints
        if self._layout is None or self._layout.inventory is not snapshot.inventory or self._layout.ids != ids:
            self._layout = Layout(snapshot.inventory, ids)
        return self._layout

    def _all(self, view: MeetingView, snapshot: Snapshot) -> list[meeting_board.EndpointTile]:
        blocks = self.layout(view, snapshot).blocks
        return [meeting_board.tile(id_, view, snapshot.inventory) for ids in blocks.values() for id_ in ids]

    def _known(self) -> MeetingView:
        view = self.view()
        if view is None:
            raise NotThereError("no_meeting_here", _CURE, name=repr(self._id))
        return view


def _times(view: MeetingView, now: float) -> dict[str, object]:
    start, end = view.meeting.start.timestamp(), view.meeting.end.timestamp()
    is_over = view.stage is Stage.OVER or now >= end
    label = "is_over" if is_over else "until_end" if now >= start else "until_start"
    return {"label": label, "until": None if is_over else end if now >= start else start, "start": start, "end": end}


def _losses(view: MeetingView, snapshot: Snapshot, say: Sentences) -> list[tuple[str, str, str]]:
    names, worst = names_of(snapshot), sorted(view.losses, key=lambda each: -each.minutes)[: meeting_board.BLASTS_SHOWN]
    return [
        (
            names.get(each.endpoint, each.endpoint),
            say.age(each.minutes * 60),
            say.reason(each.reason, names),
        )
        for each in worst
    ]


_STEPS = (
    ("day", Stage.DAY_BEFORE),
    ("hour", Stage.HOUR_BEFORE),
    ("lock", Stage.LOCKED),
    ("live", Stage.LIVE),
)
_ORDER = {stage: rank for rank, stage in enumerate(Stage)}


def day_steps(view: MeetingView, say: Sentences, now: float) -> list[DayStep]:
    """Return the checks of the day: which are done, which is under way, which are to come."""
    found, is_next = [], True
    for key, stage in _STEPS:
        name, what = say(f"stage_{key}"), say(f"stage_{key}_what")
        if _ORDER[view.stage] >= _ORDER[stage]:
            is_last = view.stage is stage and stage is not Stage.LIVE
            at = say("checked_at", time=say.day_clock(view.checked_at, now)) if is_last and view.checked_at else ""
            found.append(DayStep(name, what, at, "now" if view.stage is Stage.LIVE is stage else "done"))
        elif is_next:
            at = say("check_at", time=say.day_clock(view.next_check_at, now)) if view.next_check_at else ""
            if view.checking is not None:
                at = say("checking", done=view.checking[0], all=view.checking[1])
            found.append(DayStep(name, what, at, "now" if view.checking is not None else "todo"))
            is_next = False
        else:
            found.append(DayStep(name, what, "", "todo"))
    return found


class MeetingListPage(LivePage):
    """The list of meetings: today, the next seven days, later, and what is just over."""

    key = "meetings"

    def html(self, snapshot: Snapshot, audience: Audience) -> str:
        say, parts = self.say(audience), self.parts(snapshot, audience)
        return self.renderer.whole("meetings.html", say, snapshot, parts, page="meetings", script_words=script_words(say))

    def parts(self, snapshot: Snapshot, audience: Audience) -> dict[str, str]:
        say, names = self.say(audience), names_of(snapshot)
        groups: dict[str, list[tuple[MeetingView, str]]] = {"today": [], "this_week": [], "later": [], "past": []}
        for view in self.meetings.meetings():
            host = view.meeting.external_host or names.get(view.meeting.host, "")
            groups[_when(view, snapshot.at, say)].append((view, host))
        shown = self.renderer.render("meetings_list.html", say, groups=groups, snapshot=snapshot, counted=COUNTED)
        return self.renderer.shared_parts(snapshot, say, ()) | {"list": shown, "calendars": self._calendars(say)}

    def _calendars(self, say: Sentences) -> str:
        """Return what is told of calendars, what was left out first; '' where nothing is."""
        notices, left_out = left_out_first(self.meetings.calendar_notices())
        shown = [
            (each, _place(each), each.fault.fault_in(say.language), each.fault.cure_in(say.language))
            for each in notices[:NOTICES_SHOWN]
        ]
        return self.renderer.render(
            "calendars.html", say, notices=shown, left_out=left_out, all=len(notices), more=len(notices) - len(shown)
        )


def _place(notice: Notice) -> str:
    """Return where it stands: the folder is known to whoever may change it."""
    file = notice.fault.file.rpartition("/")[2]
    return f"{file}:{notice.fault.line}" if notice.fault.line else file


def _when(view: MeetingView, now: float, say: Sentences) -> str:
    start, end = view.meeting.start.timestamp(), view.meeting.end.timestamp()
    if view.stage is Stage.OVER or end <= now:
        return "past"
    is_today = datetime.fromtimestamp(start, say.zone).date() <= datetime.fromtimestamp(now, say.zone).date()
    return "today" if is_today else "this_week" if start <= now + WEEK_S else "later"
