"""Judging: health, uplinks, announced work and the hour joined into one judgement for every target, and what those change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from monitor.model.inventory import Expected
from monitor.model.profile import Profile
from monitor.model.settings import MaintenanceWindow, Settings
from monitor.model.state import State, Transition
from monitor.rules import maintenance
from monitor.rules.health import Circumstances, Judgement, Standing, judge_state
from monitor.rules.timetable import is_expected
from monitor.rules.topology import Block, Cut, Topology, find_causes
from monitor.service.board.announcing import evidence_of
from monitor.service.board.published import Published, detail
from monitor.service.board.track import Track

MeetingSpans = Mapping[str, Sequence[tuple[datetime, datetime]]]
"""Target → (start, end) of its meetings, aware."""
_NO_SPANS: MeetingSpans = MappingProxyType({})


class Judge:
    """Where every target is judged by what surrounds it.

    What hangs on the hour (announced work, office hours, meetings) is looked up by `look_at`; who is cut off only when someone
    fell silent or came back, or the hour changed something.
    """

    def __init__(
        self,
        tracks: Mapping[str, Track],
        topology: Topology,
        settings: Settings,
        profiles: Mapping[str, Profile],
        now_local: datetime,
        *,
        announced: Sequence[MaintenanceWindow] = (),
        meeting_spans: MeetingSpans = _NO_SPANS,
    ) -> None:
        """announced: windows of work that was announced at run time, beside the settings'. meeting_spans: who has meetings when."""
        self._tracks = tracks
        self._topology = topology
        self._settings = settings
        self._profiles = profiles
        self.announced = tuple(announced)
        self.meeting_spans = meeting_spans
        self._covered: dict[str, str] = {}
        self._unexpected: frozenset[str] = frozenset()
        self._cuts: Mapping[str, Cut] = {}
        self._hour: tuple[list[MaintenanceWindow], set[Expected], set[str]] | None = None
        self._hours = {name: self._expected(track) for name, track in tracks.items()}
        self.look_at(now_local)

    def look_at(self, now_local: datetime) -> bool:
        """Look at what holds at an hour (aware, in the settings' time zone); True where something changed."""
        windows = (*self._settings.maintenance, *self.announced)
        open_now = [window for window in windows if maintenance.is_open(window, now_local)]
        hours_of = self._settings.office_hours
        closed = {hours for hours in Expected if not is_expected(hours, now_local, hours_of)}
        meeting_goers = {
            name for name, spans in self.meeting_spans.items() if is_expected(Expected.MEETINGS, now_local, hours_of, spans)
        }
        if self._hour == (open_now, closed, meeting_goers):
            return False
        self._hour = (open_now, closed, meeting_goers)
        covered = {
            name: next(window.reason for window in open_now if maintenance.covers(window, track.target))
            for name, track in self._tracks.items()
            if any(maintenance.covers(window, track.target) for window in open_now)
        }
        unexpected = {name for name, hours in self._hours.items() if hours in closed and name not in meeting_goers}
        has_changed = covered != self._covered or unexpected != self._unexpected
        self._covered, self._unexpected = covered, frozenset(unexpected)
        return has_changed

    def resolve(self) -> tuple[list[str], set[str]]:
        """Resolve anew who is cut off.

        Return the silent targets that no longer are, whose silence so proves nothing any more; and everyone whose lot changed.
        """
        silent = {name for name, track in self._tracks.items() if track.is_silent}
        before = self._cuts
        self._cuts = find_causes(
            self._topology, silent | self._covered.keys(), lambda name: self._tracks[name].is_answering, self._block
        )
        moved = {name for name in before.keys() | self._cuts.keys() if before.get(name) != self._cuts.get(name)}
        for name in before.keys() - silent:
            if name in self._tracks:
                self._tracks[name].was_cut = False  # it answers: what silences it next is another matter
        freed = []
        for name in silent:
            track = self._tracks[name]
            if track.was_cut and name not in self._cuts and track.back_s is None:
                freed.append(name)
            track.set_cut(name in self._cuts)
        return freed, moved

    def is_covered(self, name: str) -> bool:
        """Return whether announced work is about a target, or stands between it and the root while it is silent."""
        if name in self._covered:
            return True
        cut = self._cuts.get(name)
        return cut is not None and cut.by is Block.MAINTENANCE and self._tracks[name].health.standing is Standing.SILENT

    def judge(self, name: str) -> Judgement | None:
        """Return the judgement of a target, None while nothing is known of it."""
        track = self._tracks[name]
        around = Circumstances(
            covered=self._covered.get(name),
            cut=self._cuts.get(name),
            is_expected=name not in self._unexpected,
            fault=track.fault(self._settings),
        )
        return judge_state(name, track.health, around)

    def _block(self, name: str) -> Block:
        if name in self._covered:
            return Block.MAINTENANCE
        return Block.STANDBY if name in self._unexpected else Block.DOWN

    def _expected(self, track: Track) -> Expected:
        if track.target.expected is not None:
            return track.target.expected
        profile = self._profiles.get(track.target.profile)
        return profile.expected if profile is not None else Expected.ALWAYS


def transitions_of(
    judged: Mapping[str, Judgement], tracks: Mapping[str, Track], bench: Judge, picture: Published, wall: float
) -> tuple[list[tuple[Judgement, Transition]], bool]:
    """Return the transitions that judgements make, and whether a target just went on from the journal's last word on it.

    wall: epoch seconds. Views that only change in detail are replaced here.
    """
    changed: dict[str, Judgement] = {}
    has_resumed = False
    for name, judgement in judged.items():
        track, is_covered = tracks[name], bench.is_covered(name)
        if track.view.state is None and track.memory is not None and _is_same(track.memory, judgement):
            detail(track, judgement, track.memory.at, is_covered=is_covered)
            track.memory, has_resumed = None, True
        elif (track.view.state, track.view.cause) != (judgement.state, judgement.cause):
            changed[name] = judgement
        else:
            detail(track, judgement, track.view.since, is_covered=is_covered)
    made = [(judgement, _transition(tracks[name], judgement, changed, picture, wall)) for name, judgement in changed.items()]
    return made, has_resumed


def _transition(
    track: Track, judgement: Judgement, changed: Mapping[str, Judgement], picture: Published, wall: float
) -> Transition:
    name = track.target.id
    points, endpoints = picture.affected(name, changed) if judgement.state is State.DOWN else (0, 0)
    return Transition(
        target=name,
        old=track.view.state or (track.memory.new if track.memory else None),
        new=judgement.state,
        at=wall,
        cause=judgement.cause,
        reason=judgement.reason,
        evidence=evidence_of(track),
        affected_points=points,
        affected_endpoints=endpoints,
    )


def _is_same(memory: Transition, judgement: Judgement) -> bool:
    """Return whether the journal's last word on a target is what is judged now, so that nothing changed over a restart."""
    return (memory.new, memory.cause) == (judgement.state, judgement.cause)
