"""Everything that the board keeps of one target between two readings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from monitor.model.inventory import Target
from monitor.model.profile import Profile
from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.model.settings import Settings
from monitor.model.state import RTT_BOUNDS_S, IcmpView, Reason, TargetView, Transition
from monitor.rules import flapping, health, quality, usual
from monitor.rules.timetable import PlannedProbe, probe_plan

HELD_ROUNDS = 3


@dataclass(slots=True)
class Tally:
    """ICMP totals since the daemon's start. buckets: replies by RTT_BOUNDS_S, not cumulative; the last is beyond the bounds."""

    sent: int = 0
    received: int = 0
    rtt_sum_s: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(RTT_BOUNDS_S) + 1))

    def add(self, sample: IcmpSample) -> None:
        """Count one burst."""
        self.sent += sample.sent
        for rtt_s in sample.rtts_s:
            if rtt_s is not None:
                self.received += 1
                self.rtt_sum_s += rtt_s
                self.buckets[bisect_left(RTT_BOUNDS_S, rtt_s)] += 1

    def cumulative(self) -> tuple[int, ...]:
        """Return how many replies took no longer than each of RTT_BOUNDS_S."""
        total, found = 0, []
        for count in self.buckets[:-1]:
            total += count
            found.append(total)
        return tuple(found)


@dataclass(slots=True)
class Silence:
    """What a target's silence consists of, for the journal. since_s: monotonic; sent, received: echo requests in it."""

    since_s: float
    sent: int = 0
    received: int = 0
    told: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Track:
    """One target: its health, its evidence, and what is published of it.

    awaited:   probe → when it was asked to confirm and has not said anything since, monotonic seconds.
    asks, asked_s, is_asked_wide: how often and when a suspicion asked, and whether uplinks and all behind were asked too.
    ripe_s:    since when a suspicion is confirmed but held for others. back_s: since when its return is held for those behind it.
    was_cut:   its silence was put down to an uplink at the last judgement.
    held:      bursts without any reply that are not yet counted as loss: they may turn out to be an outage's or our own blindness.
    memory:    the journal's last word on this target, until it is judged for the first time.
    """

    target: Target
    plan: tuple[PlannedProbe, ...]
    health: health.Health
    view: TargetView
    flapping: flapping.Flapping = field(default_factory=flapping.Flapping)
    quality: quality.Quality = field(default_factory=quality.Quality)
    quality_fault: Reason | None = None
    usual: usual.Usual = field(default_factory=usual.Usual)
    tally: Tally = field(default_factory=Tally)
    silence: Silence | None = None
    held: list[tuple[IcmpSample, float]] = field(default_factory=list)
    memory: Transition | None = None
    awaited: dict[str, float] = field(default_factory=dict)
    asks: int = 0
    asked_s: float = 0.0
    is_asked_wide: bool = False
    ripe_s: float | None = None
    back_s: float | None = None
    was_cut: bool = False

    @property
    def is_suspected(self) -> bool:
        """True while a silence is being confirmed."""
        return self.health.suspected_s is not None

    @property
    def is_in_doubt(self) -> bool:
        """True where it answered until a moment ago, which is no longer sure and not yet wrong."""
        return self.is_suspected and self.health.standing is health.Standing.ANSWERING

    @property
    def is_silent(self) -> bool:
        """True while nothing is to be seen past this target: a silence that is believed, or a return that is held back."""
        return self.health.standing is health.Standing.SILENT or self.back_s is not None

    @property
    def is_answering(self) -> bool:
        """True where it answered last, and that may be told."""
        return self.health.standing is health.Standing.ANSWERING and self.back_s is None

    @property
    def first_probe(self) -> str:
        """Return the probe that is asked most often and counts as its rounds; '' for a target without probes."""
        return self.plan[0].probe if self.plan else ""

    def calm(self) -> None:
        """Forget what a suspicion that is over has asked."""
        self.asks, self.is_asked_wide, self.ripe_s = 0, False, None

    def step_health(self, reading: Reading, settings: Settings) -> None:
        """Take a reading as evidence of answering or not."""
        limits = settings.health
        self.health = health.step(self.health, reading, misses_to_down=limits.misses_to_down)
        if not self.is_suspected:
            self.calm()
        if reading.outcome is Outcome.NOT_SENT:
            return
        if reading.probe == self.first_probe and not reading.confirms:
            self.flapping = flapping.step(
                self.flapping, reading.outcome.is_alive, high=limits.flapping_high, low=limits.flapping_low
            )
        self._step_silence(reading)

    def is_fresh(self, now_s: float, intervals: float) -> bool:
        """Return whether any probe brought conclusive evidence within so many of its intervals."""
        return any(
            probe.at_s is not None and now_s - probe.at_s <= intervals * probe.every_s for probe in self.health.probes.values()
        )

    def drop_stale_views(self, now_s: float, since_s: float, intervals: float) -> None:
        """Empty the views whose evidence is too old to be shown; the totals live on."""
        icmp = self.health.probes.get("icmp")
        if self.view.icmp is not None and (icmp is None or not health.is_fresh(icmp, now_s, since_s, intervals)):
            self.view = replace(self.view, icmp=None)

    def take(self, reading: Reading, wall: float, settings: Settings) -> None:
        """Take a reading into totals, quality and views; one that was not sent changes nothing. wall: epoch seconds."""
        if reading.outcome is Outcome.NOT_SENT:
            return
        if reading.icmp is not None:
            self._take_icmp(reading, reading.icmp, wall, settings)

    def _take_icmp(self, reading: Reading, sample: IcmpSample, wall: float, settings: Settings) -> None:
        self.tally.add(sample)
        self._step_quality(sample, reading.at_s, settings)
        jitter_s = self.quality.jitter_s
        enough = self.quality.sent >= settings.quality.min_packets
        self.view = replace(
            self.view,
            icmp=IcmpView(
                at=wall,
                sample=sample,
                outcome=reading.outcome,
                sent_total=self.tally.sent,
                received_total=self.tally.received,
                rtt_buckets=self.tally.cumulative(),
                rtt_sum_s=self.tally.rtt_sum_s,
                jitter_s=jitter_s if sample.received else None,
                mos=quality.mos_of(sample, jitter_s),
                loss_recent=self.quality.loss_ratio if enough else None,
                packets_recent=self.quality.sent,
            ),
            usual_rtt_s=self.usual.rtt_s,
        )

    def forget_misses(self) -> None:
        """Forget misses that prove nothing, because we were blind."""
        self.health = health.forget_misses(self.health)
        self.held.clear()
        self.awaited.clear()
        self.calm()
        if not self.is_silent:
            self.silence = None

    def fault(self, settings: Settings) -> Reason | None:
        """Return why the target is degraded while it answers, None where it is well."""
        found = health.fault_of(self.health, settings.health.misses_to_down) or self.quality_fault
        if found is None and self.flapping.is_flapping:
            return Reason("flapping", {"change_ratio": round(self.flapping.change_ratio, 3)})
        return found

    def _step_quality(self, sample: IcmpSample, at_s: float, settings: Settings) -> None:
        if not sample.received:
            self.held = [*self.held, (sample, at_s)][-HELD_ROUNDS:]
            return
        for each, each_s in (*self.held, (sample, at_s)):
            self.quality = quality.step(self.quality, each, each_s, settings.quality)
        self.held.clear()
        rtt_s = sample.rtt_average_s
        if rtt_s is not None and sample.clock == "kernel":
            self.usual = usual.step(self.usual, rtt_s)
        self.quality_fault = quality.judge(self.quality, self.usual.rtt_s, settings.quality, self.quality_fault is not None)

    def _step_silence(self, reading: Reading) -> None:
        if reading.outcome.is_alive:
            self.silence = None
            return
        self.silence = self.silence or Silence(reading.at_s)
        self.silence.told[reading.probe] = reading.detail
        if reading.icmp is not None:
            self.silence.sent += reading.icmp.sent
            self.silence.received += reading.icmp.received


def new_track(target: Target, settings: Settings, profiles: Mapping[str, Profile], memory: Transition | None) -> Track:
    """Return the track of a target that nothing is known of, but what the journal remembers."""
    plan = probe_plan(target, settings, profiles.get(target.profile))
    fresh = health.start({planned.probe: planned.every_s for planned in plan})
    return Track(target, plan, _remembered(fresh, memory), TargetView(target), memory=memory)


def follow(track: Track, target: Target, settings: Settings, profiles: Mapping[str, Profile]) -> None:
    """Let a track follow a changed configuration: what is known stays, but the evidence of an address that changed."""
    plan = probe_plan(target, settings, profiles.get(target.profile))
    has_moved = target.address != track.target.address
    known = {} if has_moved else track.health.probes
    probes = {
        planned.probe: replace(known.get(planned.probe, health.ProbeHealth(planned.every_s)), every_s=planned.every_s)
        for planned in plan
    }
    track.health = replace(track.health, probes=probes, suspected_s=None)
    track.target, track.plan = target, plan
    track.view = replace(track.view, target=target)
    track.awaited.clear()
    track.calm()


def _remembered(fresh: health.Health, memory: Transition | None) -> health.Health:
    """Return a new health that still knows which probe used to succeed, where the journal says that its failing was news."""
    if memory is None or memory.reason.code not in ("probe_silent", "probe_failing"):
        return fresh
    name = str(memory.reason.values.get("probe", ""))
    if name not in fresh.probes:
        return fresh
    return replace(fresh, probes={**fresh.probes, name: replace(fresh.probes[name], has_succeeded=True)})
