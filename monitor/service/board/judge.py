"""The judge: health, uplinks, announced work and the hour joined into one judgement for every target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.model.inventory import Expected, Target
from monitor.model.profile import Profile
from monitor.model.settings import MaintenanceWindow, Settings
from monitor.rules import maintenance
from monitor.rules.health import Circumstances, Judgement, Standing, judge_state
from monitor.rules.timetable import is_expected
from monitor.rules.topology import Block, Cut, Topology, find_causes
from monitor.service.board.suspicion import Suspicions
from monitor.service.board.track import Track

MeetingSpans = Mapping[str, Sequence[tuple[datetime, datetime]]]
"""Target → (start, end) of its meetings, aware."""


class Judge:
    """Where every target is judged by what surrounds it.

    What hangs on the hour (announced work, office hours, meetings) is looked up by `look_at`; who is cut off only when someone
    fell silent or came back, or the hour changed something.
    """

    def __init__(self, suspicions: Suspicions) -> None:
        self._suspicions = suspicions
        self._announced: tuple[MaintenanceWindow, ...] = ()
        self._meeting_spans: MeetingSpans = {}

    def follow(
        self,
        tracks: Mapping[str, Track],
        topology: Topology,
        settings: Settings,
        profiles: Mapping[str, Profile],
        now_local: datetime,
    ) -> None:
        """Follow a changed configuration; what was announced at run time and who has meetings stays."""
        self._tracks, self._topology, self._settings = tracks, topology, settings
        self._covered: dict[str, str] = {}
        self._unexpected: frozenset[str] = frozenset()
        self._cuts: Mapping[str, Cut] = {}
        self._hour: tuple[list[MaintenanceWindow], set[Expected], set[str]] | None = None
        self._hours = {name: _expected(track.target, profiles) for name, track in tracks.items()}
        self.look_at(now_local)

    def announce(self, windows: Sequence[MaintenanceWindow]) -> None:
        self._announced = tuple(windows)

    def expect_for_meetings(self, meeting_spans: MeetingSpans) -> None:
        self._meeting_spans = meeting_spans

    def look_at(self, now_local: datetime) -> bool:
        """Look at what holds at an hour (aware, in the settings' time zone); True where something changed."""
        windows = (*self._settings.maintenance, *self._announced)
        open_now = [window for window in windows if maintenance.is_open(window, now_local)]
        hours_of = self._settings.office_hours
        closed = {hours for hours in Expected if not is_expected(hours, now_local, hours_of)}
        meeting_goers = {
            name for name, spans in self._meeting_spans.items() if is_expected(Expected.MEETINGS, now_local, hours_of, spans)
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
        silent = {name for name in self._tracks if self._suspicions.is_silent(name)}
        before = self._cuts
        self._cuts = find_causes(self._topology, silent | self._covered.keys(), self._suspicions.is_answering, self._block)
        moved = {name for name in before.keys() | self._cuts.keys() if before.get(name) != self._cuts.get(name)}
        for name in before.keys() & self._tracks.keys() - silent:
            self._tracks[name].set_cut(False)  # it answers: what silences it next is another matter
        freed = []
        for name in silent:
            if self._tracks[name].is_cut and name not in self._cuts and not self._suspicions.is_return_held(name):
                freed.append(name)
            self._tracks[name].set_cut(name in self._cuts)
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


def _expected(target: Target, profiles: Mapping[str, Profile]) -> Expected:
    if target.expected is not None:
        return target.expected
    profile = profiles.get(target.profile)
    return profile.expected if profile is not None else Expected.ALWAYS
