"""The board: takes every reading, asks again where silence is suspected, judges, commits to the journal, and then publishes.

Readings come in synchronously and only move evidence. States move in `evaluate`, a step of 100 ms: blindness first, then
suspicions, then one judgement of everybody; its transitions are committed together and published in one step, so that an outage is
never seen in halves. Readings that come in while a commit is awaited wait for the next step.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from monitor.background import BackgroundTasks
from monitor.model.clock import next_tick
from monitor.model.inventory import Inventory
from monitor.model.probe_kinds import KINDS
from monitor.model.profile import Profile
from monitor.model.reading import Reading
from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow, Settings
from monitor.model.state import Acknowledgement, Event, OwnSide, Snapshot, State, Transition
from monitor.rules.conference import is_held
from monitor.rules.health import Health, Standing
from monitor.rules.timetable import candidates_of, probe_plan
from monitor.rules.topology import Topology, topology_of
from monitor.service.board.announcing import announce, sentence
from monitor.service.board.blindness import BlindnessWatch
from monitor.service.board.judge import Judge, MeetingSpans
from monitor.service.board.passing_time import PassingTime
from monitor.service.board.published import Published
from monitor.service.board.suspicion import Suspicions
from monitor.service.board.track import Aging, Track, new_track
from monitor.service.clock_steps import WatchedClock

log = logging.getLogger("monitor.board")

TICK_S = 0.1
LOOK_EVERY_S = 1.0
"""How often what hangs on the hour is looked at, and how long the board rests at most."""


_Found = tuple[list[Event], list[Transition]]
"""What a step has found, to be committed and then published."""


class BoardJournal(Protocol):
    """What the board needs of the journal."""

    async def append(self, batch: Sequence[Transition | Event]) -> bool:
        """Commit; False where that failed or took too long. Never raises."""

    def last_states(self) -> Mapping[str, Transition]:
        """Return the last transition of every target, its `at` being when the state began."""


class Board:
    """What is believed of every target.

    confirm is called with ids that are to be probed at once with every probe they have; on_root_cause with the id of a target that
    was just published as down. Neither may block. usual_rtt_s tells a target's usual round-trip time, None where it is not known.
    """

    def __init__(
        self,
        inventory: Inventory,
        settings: Settings,
        profiles: Mapping[str, Profile],
        *,
        journal: BoardJournal,
        clock: WatchedClock,
        confirm: Callable[[Sequence[str]], None],
        on_root_cause: Callable[[str], None] = lambda target: None,
        usual_rtt_s: Callable[[str], float | None] = lambda target: None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._confirm = confirm
        self._on_root_cause = on_root_cause
        self._usual_rtt_s = usual_rtt_s
        self._tracks: dict[str, Track] = {}
        self._topology = topology_of(inventory)
        self._time = PassingTime(clock, self._stood_still)
        self._suspicions = Suspicions()
        self._blindness = BlindnessWatch(self._suspicions)
        self._judge = Judge(self._suspicions)
        self._published = Published(journal.last_states())
        self._looked_s = clock.monotonic()
        self._events: list[Event] = []
        self._has_new_paths = False
        self._is_committing = False
        self._commits = BackgroundTasks("a commit")
        self._step_timer = StepTimer(TICK_S, LOOK_EVERY_S)
        self._follow(inventory, settings, profiles)
        clock.on_step(self._clock_was_set)

    @property
    def topology(self) -> Topology:
        return self._topology

    def deliver(self, reading: Reading) -> None:
        """Take one reading; what it changes of a state is published by the next `evaluate`."""
        now_s, wall = self._time.now()  # what is stamped by the new time must not be moved along with the old
        self._blindness.record_reading(reading)
        track = self._tracks.get(reading.target)
        if track is None:
            return
        if reading.confirms:
            self._suspicions.record_confirmation(reading)
        before = track.health
        if track.is_outdated(reading) if reading.outcome.is_alive else self._proves_nothing(reading, track):
            return
        usual_rtt_s = self._usual_rtt_s(reading.target) if reading.icmp is not None else None
        if track.record_reading(reading, wall, self._settings, usual_rtt_s):
            self._unjudged.add(reading.target)
            self._step_timer.wake()
            self._time.hurry(now_s + TICK_S)
        if track.health is not before:
            self._follow_up(track, before, now_s)

    def is_held(self, probe: str, target: str) -> bool:
        """Return whether a probe of a target must wait, because it would disturb a call."""
        return KINDS[probe].disturbs_calls and target in self._tracks and is_held(probe, self._published.view(target))

    def own_side(self, own: OwnSide) -> None:
        self._blindness.own_side(own)
        if self._blindness.is_doubted:
            self._step_timer.wake()

    def round_opened(self, wall: float) -> None:
        """Note that an ICMP round begins. wall: epoch seconds."""
        self._published.round_opened(wall)

    def path_found(self, target: str, path: Reason) -> None:
        """Keep where the path to a root cause breaks, and tell the journal; one that is no longer down is only told.

        It is published with the next step, once for all that were found by then: an outage may have a hundred root causes.
        """
        self._events.append(Event(self._clock.wall(), "path", target, told=(path,)))
        self._step_timer.wake()
        self._has_new_paths |= self._published.path_found(target, path)

    def acknowledge(self, target: str, taken: Acknowledgement | None) -> None:
        """Show who has a target, None: nobody; the journal has it already. It ends by itself with the target's outage."""
        if target in self._tracks:
            self._published.acknowledge(target, taken)
            self._step_timer.wake()
            self._published.notify(self.snapshot)

    def announce(self, windows: Sequence[MaintenanceWindow]) -> None:
        """Have these windows of work hold beside those of the settings, from the next step on."""
        self._judge.announce(windows)
        self._look_soon()

    def expect_for_meetings(self, meeting_spans: MeetingSpans) -> None:
        """Have targets be expected for their meetings, from the next step on."""
        self._judge.expect_for_meetings(meeting_spans)
        self._look_soon()

    def _look_soon(self) -> None:
        self._looked_s = float("-inf")
        self._step_timer.wake()

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Have a function called with the snapshot after each publication; it must not block. The returned one ends that."""
        return self._published.subscribe(callback)

    def snapshot(self) -> Snapshot:
        """Return one consistent picture of everything as it is now."""
        now_s, wall = self._time.now()
        return self._published.snapshot(wall, now_s, self._settings.health.stale_intervals, self._blindness.blind)

    def replace(self, inventory: Inventory, settings: Settings, profiles: Mapping[str, Profile]) -> None:
        """Follow a changed configuration: kept targets keep state and views, removed ones are gone at once."""
        self._follow(inventory, settings, profiles)
        self._published.notify(self.snapshot)

    async def run(self) -> None:
        """Evaluate every 100 ms while anything is open, else at news and each second, until cancelled.

        A slow journal delays publications, never questions.
        """
        committing: asyncio.Task[None] | None = None
        try:
            while True:
                try:
                    found = self._step()
                except Exception:
                    log.exception("a step ended with an exception, which is our bug")
                    self._unjudged.update(self._tracks)
                else:
                    if found is not None:
                        committing = self._commits.start(self._commit(*found))
                await self._step_timer.wait(is_busy=self._is_busy)
        finally:
            if committing is not None:
                await asyncio.gather(committing, return_exceptions=True)

    @property
    def _is_busy(self) -> bool:
        """True where something may change by the next tick without any further reading."""
        is_open = bool(self._unjudged or self._events or self._is_committing or self._are_standings_new)
        return is_open or self._suspicions.has_any or self._blindness.is_doubted

    async def evaluate(self) -> None:
        """Take one step: attend, judge, commit, publish. A second call while one is committing only attends."""
        found = self._step()
        if found is not None:
            await self._commit(*found)

    def _step(self) -> _Found | None:
        """Attend and, unless a commit is under way, judge; return what is to be committed and published, None where nothing is."""
        now_s, _ = self._time.now()
        self._time.expect(now_s + LOOK_EVERY_S)
        found = self._step_at(now_s)
        self._time.stepped(now_s + (TICK_S if self._is_busy else LOOK_EVERY_S))
        return found

    def _step_at(self, now_s: float) -> _Found | None:
        self._look_at_blindness(now_s)
        if self._blindness.blind is None:
            self._ask(self._suspicions.targets_to_ask(now_s))
        if self._is_committing:
            return None
        transitions = [] if self._blindness.blind else self._judge_anew(now_s)
        events = [*self._events, *self._published.acknowledgements_over(transitions, self._clock.wall())]
        self._events = []
        self._is_committing = bool(transitions or events)
        return (events, transitions) if self._is_committing else None

    async def _commit(self, events: Sequence[Event], transitions: Sequence[Transition]) -> None:
        """Commit to the journal, then publish."""
        try:
            await self._journal.append([*events, *transitions])
            has_news, self._has_new_paths = self._has_new_paths, False
            has_news |= self._published.end_acknowledgements(events)
            if transitions:
                self._publish(transitions)
            elif has_news:
                self._published.find_root_causes()
                self._published.notify(self.snapshot)
        except BaseException:
            self._unjudged.update(self._tracks)  # what could not be published is judged again
            raise
        finally:
            self._is_committing = False

    def _follow(self, inventory: Inventory, settings: Settings, profiles: Mapping[str, Profile]) -> None:
        self._settings, self._zone = settings, ZoneInfo(settings.timezone)
        now_s, topology = self._clock.monotonic(), topology_of(inventory)
        keeps_uplinks = topology.keeps_uplinks_of(self._topology)
        tracks: dict[str, Track] = {}
        candidates = candidates_of(profiles)
        for name, target in inventory.targets.items():
            track, plan = self._tracks.get(name), probe_plan(target, settings, profiles, candidates)
            if track is None:
                track = new_track(target, plan, self._published.memory.get(name), now_s)
            else:
                track.follow(target, plan, now_s, drops_suspicion=not keeps_uplinks)
            tracks[name] = track
        self._tracks = tracks
        self._aging = Aging(tracks, TICK_S, now_s)
        self._topology = topology
        self._suspicions.follow(tracks, self._topology, settings)
        self._blindness.follow(tracks, self._topology, settings)
        self._judge.follow(tracks, self._topology, settings, profiles, self._now_local())
        self._published.follow(inventory, tracks, self._topology)
        self._are_standings_new = True
        self._unjudged = set(tracks)
        self._step_timer.wake()

    def _clock_was_set(self, moved_s: float) -> None:
        """Move along with the wall clock what is stamped by it."""
        for track in self._tracks.values():
            track.measured.shift(moved_s)

    def _stood_still(self, late_s: float, now_s: float) -> None:
        self._suspicions.stood_still(late_s, now_s)
        for track in self._tracks.values():
            track.stood_still(late_s, now_s)

    def _follow_up(self, track: Track, before: Health, now_s: float) -> None:
        """Follow up a reading that changed what is believed of a target."""
        name, standing = track.target.id, track.health.standing
        self._suspicions.review(name)
        if standing is not before.standing:
            self._are_standings_new = True
            if before.standing is Standing.SILENT:
                self._ask(self._suspicions.returned(name, now_s))
        if before.suspected_s is not None and not track.is_suspected and self._suspicions.is_answering(name):
            self._ask(self._suspicions.relieved(name, now_s))

    def _ask(self, names: Sequence[str]) -> None:
        """Have targets probed at once; where the root is in doubt, so are the references."""
        if names:
            is_root_doubted = self._topology.root in names
            self._confirm([*names, *(self._blindness.reference_ids if is_root_doubted else ())])

    def _look_at_blindness(self, now_s: float) -> None:
        before, now = self._blindness.look(now_s, self._clock.wall())
        if (before is None) == (now is None):
            return
        self._unjudged.update(self._tracks)
        self._suspicions.forget()
        for track in self._tracks.values():
            track.forget_misses(now_s)
        if now is not None:
            self._tell("blind", {**now.reason.values, "code": now.reason.code})
        elif before is not None:
            self._time.begin_evidence(now_s)
            self._tell("sighted", {"lasted_s": round(self._clock.wall() - before.since)})
        self._published.notify(self.snapshot)

    def _proves_nothing(self, reading: Reading, track: Track) -> bool:
        """Return whether a miss tells of our blindness or of the target's own silence: it is known long after it was sent."""
        return self._blindness.blind is not None or track.sent_s(reading) < max(self._blindness.sighted_s, track.returned_s)

    def _tell(self, kind: str, values: Mapping[str, float | int | str]) -> None:
        event = Event(self._clock.wall(), kind, "", values)
        log.warning("%s: %s", kind, sentence(event))
        self._events.append(event)

    def _judge_anew(self, now_s: float) -> list[Transition]:
        """Settle what is ripe and judge whoever may have changed; views that only change in detail are replaced here."""
        lapsed = self._aging.lapsed(now_s, self._time.evidence_since_s, self._settings.health.stale_intervals)
        for name in lapsed:
            self._suspicions.review(name)
        self._are_standings_new = self._are_standings_new or bool(lapsed)
        if now_s - self._looked_s >= LOOK_EVERY_S - TICK_S:
            self._looked_s = now_s
            if self._judge.look_at(self._now_local()):
                self._are_standings_new = True
                self._unjudged.update(self._tracks)
        settled = [*self._suspicions.believe(now_s), *self._suspicions.release_returned(now_s)]
        self._unjudged.update(lapsed, settled)
        if settled or self._are_standings_new:
            self._are_standings_new = False
            self._resolve_cuts(now_s)
        judged = {name: judgement for name in self._open_to_judgement() if (judgement := self._judge.judge(name)) is not None}
        transitions, has_resumed = self._published.changed_by(judged, self._judge.is_covered, self._clock.wall())
        if has_resumed:
            self._published.find_root_causes()
            self._published.notify(self.snapshot)
        return transitions

    def _resolve_cuts(self, now_s: float) -> None:
        """Resolve who is cut off; whoever no longer is gets a fresh hearing, and so does in turn who hangs on them."""
        is_settled = False
        while not is_settled:
            freed, moved = self._judge.resolve()
            self._unjudged.update(moved, freed)
            self._ask(self._suspicions.freed(freed, now_s))
            is_settled = not freed

    def _open_to_judgement(self) -> list[str]:
        """Return the targets that may have changed and may be judged now, uplinks first; the others stay for the next step.

        Not those whose uplink's return is held, nor those that answered until a moment ago and are being asked again.
        """
        if not self._unjudged:
            return []
        held = self._suspicions.held_back
        found = {name for name in self._unjudged if name not in held and not self._is_in_doubt(name)}
        self._unjudged -= found
        return sorted(found, key=self._topology.order.__getitem__)

    def _is_in_doubt(self, name: str) -> bool:
        """Return whether a target answered until a moment ago, which is no longer sure and not yet wrong: what is published stands.

        A blame never does: one answer clears it, whatever comes after.
        """
        track = self._tracks[name]
        return track.is_suspected and track.health.standing is Standing.ANSWERING and not self._published.is_blamed(name)

    def _publish(self, transitions: Sequence[Transition]) -> None:
        """Put committed transitions on the board in one step, then tell everybody."""
        told = [each for each in transitions if each.target in self._tracks]  # a reload may have removed some meanwhile
        since = self._published.publish(told, self._judge.is_covered)
        announce(told, since, self._zone)
        self._published.notify(self.snapshot)
        for transition in told:
            if transition.new is State.DOWN:
                self._on_root_cause(transition.target)

    def _now_local(self) -> datetime:
        return datetime.fromtimestamp(self._clock.wall(), self._zone)


class StepTimer:
    """Waits for the board's next step, on ticks that others wait for too. tick_s, rest_s: how long at most, busy and at rest."""

    def __init__(self, tick_s: float, rest_s: float) -> None:
        self._tick_s = tick_s
        self._rest_s = rest_s
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Have the next step taken at the next tick, for something happened that it must see."""
        self._news.set()

    async def wait(self, *, is_busy: bool) -> None:
        """Return at the next tick where the board is busy; else at the first one after news, or when it has rested."""
        loop = asyncio.get_running_loop()
        if not is_busy:
            try:
                async with asyncio.timeout_at(next_tick(loop.time(), self._rest_s)):
                    await self._news.wait()
            except TimeoutError:
                return
        now_s = loop.time()
        await asyncio.sleep(next_tick(now_s, self._tick_s) - now_s)
        self._news.clear()  # the step that follows sees all that came until now
