"""Everything that the board keeps of one target between two readings, and what of it grows too old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from math import inf

from monitor.model.inventory import Target
from monitor.model.probe_kinds import ICMP, KINDS, SNMP, Brings
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason, Reasons
from monitor.model.settings import Settings
from monitor.model.state import State, TargetView, Transition
from monitor.rules import health
from monitor.rules.flapping import Flapping, step_flapping
from monitor.rules.timetable import Turn
from monitor.service.board.measured import Measurements

SHARES = 20


@dataclass(slots=True)
class TargetSilence:
    """What a target's silence consists of, for the journal.

    since_s: when its first miss was known; sent_s: when that was asked, both monotonic. sent, received: echo requests in it.
    told: probe → why it failed last.
    """

    since_s: float
    sent_s: float
    sent: int = 0
    received: int = 0
    told: dict[str, Reasons] = field(default_factory=dict)


@dataclass(slots=True)
class Track:
    """One target: its health, its evidence, and what is published of it.

    view:      what is published; its evidence is brought up to date by `shown`, not with each reading.
    heard_s:   probe → when its last conclusive reading was complete, monotonic seconds.
    look_s:    before then nothing can have grown too old.
    awaited:   probe → when it was asked to confirm and has not said anything since, monotonic seconds.
    asks, asked_s, is_asked_wide: how often and when a suspicion asked, and whether uplinks and all behind were asked too.
    ripe_s:    since when a suspicion is confirmed but held for others. back_s: since when its return is held for those behind it.
    was_cut:   its silence was put down to an uplink at the last judgement.
    since_s:   before then no evidence could come: when it was added, or given another address. returned_s: when it last came back.
    flapping, steady: its changes so far, and as they were when it last answered: silence that is an uplink's or our own is undone.
    memory:    the journal's last word on this target, until it is judged for the first time.
    """

    target: Target
    plan: tuple[Turn, ...]
    health: health.Health
    view: TargetView
    flapping: Flapping = field(default_factory=Flapping)
    steady: Flapping = field(default_factory=Flapping)
    measured: Measurements = field(default_factory=Measurements)
    heard_s: dict[str, float] = field(default_factory=dict)
    look_s: float = -inf
    silence: TargetSilence | None = None
    memory: Transition | None = None
    awaited: dict[str, float] = field(default_factory=dict)
    asks: int = 0
    asked_s: float = 0.0
    is_asked_wide: bool = False
    ripe_s: float | None = None
    back_s: float | None = None
    was_cut: bool = False
    since_s: float = -inf
    returned_s: float = -inf

    @property
    def is_suspected(self) -> bool:
        """True while a silence is being confirmed."""
        return self.health.suspected_s is not None

    @property
    def is_in_doubt(self) -> bool:
        """True where it answered until a moment ago, which is no longer sure and not yet wrong: what is published stands.

        A blame never does: one answer clears it, whatever comes after.
        """
        is_blamed = self.view.state in (State.DOWN, State.UNREACHABLE)
        return self.is_suspected and self.health.standing is health.Standing.ANSWERING and not is_blamed

    @property
    def is_silent(self) -> bool:
        """True while nothing is to be seen past this target: a silence that is believed, or a return that is held back."""
        return self.health.standing is health.Standing.SILENT or self.back_s is not None

    @property
    def is_answering(self) -> bool:
        """True where it answered last, and that may be told."""
        return self.health.standing is health.Standing.ANSWERING and self.back_s is None

    def is_outdated(self, reading: Reading) -> bool:
        """Return whether an answer came before what began its silence was even sent: it is known late, and proves no return."""
        if self.silence is None:
            return False
        return reading.at_s < self.silence.sent_s

    def sent_s(self, miss: Reading) -> float:
        """Return when what a miss is the lack of an answer to was sent, at the earliest; monotonic seconds."""
        return miss.at_s - self.span_s(miss.probe) if miss.asked_s is None else miss.asked_s

    def span_s(self, probe: str) -> float:
        """Return how long after its beginning a probe's miss is known at the latest, in seconds."""
        return next((turn.spec.span_s for turn in self.plan if turn.probe == probe), 0.0)

    @property
    def first_probe(self) -> str:
        """Return the probe that is asked most often and counts as its rounds; '' for a target without probes."""
        return self.plan[0].probe if self.plan else ""

    def clear_suspicion(self) -> None:
        """Forget what a suspicion that is over has asked."""
        self.asks, self.is_asked_wide, self.ripe_s = 0, False, None

    def record_reading(self, reading: Reading, wall: float, settings: Settings, usual_rtt_s: float | None = None) -> bool:
        """Take a reading as evidence of answering or not, and into what was measured; one that was not sent changes nothing.

        Return whether the target may have to be judged anew. wall: epoch seconds. usual_rtt_s: this site's median RTT.
        """
        if reading.outcome is Outcome.NOT_SENT:
            return False
        before, was_well = self.health, self._is_well
        is_alive = reading.outcome.is_alive
        self.health = health.step_health(before, reading, misses_to_down=settings.health.misses_to_down)
        if self.health is not before and not self.is_suspected:
            self.clear_suspicion()
        if reading.probe in before.probes:
            # What came before we stood still is read after it: it must not make older what was moved along.
            self.heard_s[reading.probe] = max(reading.at_s, self.heard_s.get(reading.probe, -inf))
        if reading.probe == self.first_probe and not reading.confirms:
            self._judge_flapping(is_alive, settings)
        if is_alive:
            self.silence = None
        else:
            self._step_silence(reading)
        if reading.icmp is not None:
            self.measured.take_icmp(reading, reading.icmp, wall, settings.quality, usual_rtt_s)
        elif (brings := KINDS[reading.probe].brings) is Brings.AGENT:
            self.measured.take_snmp(reading, self.target, wall)
        elif brings is Brings.SERVICE:
            self.measured.take_service(reading, wall)
        return self.health is not before or not (was_well and self._is_well)

    @property
    def _is_well(self) -> bool:
        """True where nothing but its health could make an answering target anything but up, and that is told."""
        return self.measured.quality_fault is None and not self.flapping.is_flapping and self.view.state is not None

    def is_fresh(self, now_s: float, intervals: float) -> bool:
        """Return whether any probe brought conclusive evidence within so many of its intervals."""
        probes = self.health.probes
        for name, heard_s in self.heard_s.items():
            if now_s - heard_s <= intervals * probes[name].every_s and not probes[name].is_slow:
                return True
        return False

    def shown(self) -> TargetView:
        """Return what is published, with the evidence of now."""
        measured, view = self.measured, self.view
        if view.icmp is not measured.icmp or view.snmp is not measured.snmp or view.services is not measured.services:
            self.view = view = TargetView(  # dataclasses.replace takes twice as long
                target=view.target,
                state=view.state,
                since=view.since,
                cause=view.cause,
                reason=view.reason,
                flapping=view.flapping,
                maintenance=view.maintenance,
                icmp=measured.icmp,
                snmp=measured.snmp,
                usual_rtt_s=measured.usual_rtt_s,
                acknowledged=view.acknowledged,
                services=measured.services,
            )
        return view

    def drop_stale(self, now_s: float, since_s: float, intervals: float) -> bool:
        """Take away the views whose evidence is too old to be shown; the totals live on. Return whether its health lapsed, too.

        since_s: before then no evidence could come. Nothing of all that can come about again before look_s.
        """
        since_s, measured = max(since_s, self.since_s), self.measured
        icmp_s, snmp_s = self._fresh_until_s(ICMP.name, since_s, intervals), self._fresh_until_s(SNMP.name, since_s, intervals)
        snmp = self.health.probes.get(SNMP.name)
        rows_s = measured.answered_s + intervals * snmp.every_s if snmp else -inf
        if now_s > icmp_s:
            measured.icmp = None
        if now_s > snmp_s:
            measured.snmp = None
        elif snmp is not None:
            measured.drop_old_interfaces(now_s, intervals * snmp.every_s)
        told_s = {name: self._fresh_until_s(name, since_s, intervals) for name in measured.services}
        measured.drop_services([name for name, until_s in told_s.items() if now_s > until_s])
        stale_s = health.stale_at_s(self.health, self.heard_s, since_s, intervals)
        has_lapsed = now_s > stale_s and self.health.standing is not health.Standing.LAPSED
        if has_lapsed:
            self.health = health.lapse(self.health)
            self.clear_suspicion()
        soonest_s = now_s + intervals * min((each.every_s for each in self.health.probes.values()), default=0.0)
        moments = (icmp_s, snmp_s, rows_s, stale_s, *told_s.values(), soonest_s)
        self.look_s = min(each for each in moments if each >= now_s)
        return has_lapsed

    def _fresh_until_s(self, probe: str, since_s: float, intervals: float) -> float:
        known = self.health.probes.get(probe)
        return -inf if known is None else health.fresh_until_s(known.every_s, self.heard_s.get(probe), since_s, intervals)

    def shift(self, moved_s: float) -> None:
        """Follow a step of the wall clock."""
        self.measured.shift(moved_s)

    def stood_still(self, late_s: float, now_s: float) -> None:
        """Let a time in which we looked at nothing count neither as age nor as waiting.

        late_s: for how long we stood still, until now_s (monotonic). What came meanwhile is not older than now for that.
        """
        self.heard_s = {probe: min(heard_s + late_s, now_s) for probe, heard_s in self.heard_s.items()}
        self.awaited = {probe: min(asked_s + late_s, now_s) for probe, asked_s in self.awaited.items()}
        self.asked_s = min(self.asked_s + late_s, now_s)
        self.ripe_s = None if self.ripe_s is None else min(self.ripe_s + late_s, now_s)
        self.back_s = None if self.back_s is None else min(self.back_s + late_s, now_s)
        self.measured.answered_s = min(self.measured.answered_s + late_s, now_s)
        self.health = health.stood_still(self.health, late_s, now_s)

    def forget_misses(self) -> None:
        """Forget misses that prove nothing, because we were blind."""
        self.health = health.forget_misses(self.health)
        self.measured.held.clear()
        self.awaited.clear()
        self.flapping = self.steady
        self.clear_suspicion()
        if not self.is_silent:
            self.silence = None

    def set_cut(self, is_cut: bool) -> None:
        """Note whether its silence is an uplink's; such silence is no flapping of its own."""
        self.was_cut = is_cut
        if is_cut:
            self.flapping = self.steady

    def _judge_flapping(self, is_alive: bool, settings: Settings) -> None:
        if self.was_cut and not is_alive:
            return
        high, low = settings.health.flapping_high, settings.health.flapping_low
        self.flapping = step_flapping(self.flapping, is_alive, high=high, low=low)
        if is_alive:
            self.steady = self.flapping

    def fault(self, settings: Settings) -> Reason | None:
        """Return why the target is degraded while it answers, None where it is well."""
        found = health.fault_of(self.health, settings.health.misses_to_down) or self.measured.quality_fault
        if found is None and self.flapping.is_flapping:
            return Reason("flapping", {"change_ratio": round(self.flapping.change_ratio, 3)})
        return found

    def _step_silence(self, reading: Reading) -> None:
        self.silence = self.silence or TargetSilence(reading.at_s, self.sent_s(reading))
        self.silence.told[reading.probe] = reading.detail
        if reading.icmp is not None:
            self.silence.sent += reading.icmp.sent
            self.silence.received += reading.icmp.received


def new_track(target: Target, plan: tuple[Turn, ...], memory: Transition | None, now_s: float) -> Track:
    """Return the track of a target that nothing is known of, but what the journal remembers.

    plan: its probes, as probe_plan() returns them. now_s: monotonic.
    """
    fresh = health.unknown_health({planned.probe: planned.every_s for planned in plan})
    return Track(target, plan, _remembered(fresh, memory), TargetView(target), memory=memory, since_s=now_s)


def follow(track: Track, target: Target, plan: tuple[Turn, ...], now_s: float) -> None:
    """Let a track follow a changed configuration: what is known stays, but the evidence of an address that changed.

    Its state then stands until the new address was asked. plan: its probes now. now_s: monotonic.
    """
    has_moved = target.address != track.target.address
    known = {} if has_moved else track.health.probes
    track.since_s = now_s if has_moved else track.since_s
    track.look_s = -inf
    names = [planned.probe for planned in plan]
    probes = {
        planned.probe: replace(
            known.get(planned.probe, health.ProbeHealth(planned.every_s)),
            every_s=planned.every_s,
            is_slow=health.is_slow(planned.probe, names),
        )
        for planned in plan
    }
    track.heard_s = {name: heard_s for name, heard_s in track.heard_s.items() if name in known and name in probes}
    if not any(each.counts for each in probes.values()):  # the probe that spoke for the target was taken away
        probes = {name: replace(each, is_trusted=True) for name, each in probes.items()}
    track.health = replace(track.health, probes=probes, suspected_s=None)
    track.target, track.plan = target, plan
    track.view = replace(track.view, target=target)
    track.awaited.clear()
    track.clear_suspicion()


def _remembered(fresh: health.Health, memory: Transition | None) -> health.Health:
    """Return a new health that still knows which probe used to succeed, where the journal says that its failing was news."""
    if memory is None or memory.reason.code not in ("probe_silent", "probe_failing"):
        return fresh
    name = str(memory.reason.values.get("probe", ""))
    if name not in fresh.probes:
        return fresh
    return replace(fresh, probes={**fresh.probes, name: replace(fresh.probes[name], has_succeeded=True)})


class Aging:
    """Looks at a share of the targets at each tick, so that each is looked at every 20 ticks. Times are monotonic seconds."""

    def __init__(self, tracks: Mapping[str, Track], tick_s: float, now_s: float) -> None:
        self._shares = [list(islice(tracks.items(), share, None, SHARES)) for share in range(SHARES)]
        self._share = 0
        self._tick_s = tick_s
        self._looked_s = now_s

    def lapsed(self, now_s: float, evidence_since_s: float, intervals: float) -> list[str]:
        """Take away what is too old, and return whose health lapsed. Ticks that were slept through are made up for.

        evidence_since_s: before then no evidence could come. intervals: how many of a probe's its evidence holds.
        """
        ticks = round((now_s - self._looked_s) / self._tick_s)
        self._looked_s = now_s
        found = []
        for _ in range(min(max(ticks, 1), SHARES)):
            self._share = (self._share + 1) % SHARES
            for name, track in self._shares[self._share]:
                if now_s > track.look_s and track.drop_stale(now_s, evidence_since_s, intervals):
                    found.append(name)
        return found
