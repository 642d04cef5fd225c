"""Everything that the board keeps of one target between two readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from monitor.model.inventory import Target
from monitor.model.profile import Profile
from monitor.model.reading import Outcome, Reading
from monitor.model.settings import Settings
from monitor.model.state import Reason, State, TargetView, Transition
from monitor.rules import health
from monitor.rules.flapping import Flapping
from monitor.rules.flapping import step as step_flapping
from monitor.rules.timetable import PlannedProbe, probe_plan
from monitor.service.measured import Measured


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
    since_s:   before then no evidence could come: when it was added, or given another address. returned_s: when it last came back.
    flapping, steady: its changes so far, and as they were when it last answered: silence that is an uplink's or our own is undone.
    memory:    the journal's last word on this target, until it is judged for the first time.
    """

    target: Target
    plan: tuple[PlannedProbe, ...]
    health: health.Health
    view: TargetView
    flapping: Flapping = field(default_factory=Flapping)
    steady: Flapping = field(default_factory=Flapping)
    measured: Measured = field(default_factory=Measured)
    silence: Silence | None = None
    memory: Transition | None = None
    awaited: dict[str, float] = field(default_factory=dict)
    asks: int = 0
    asked_s: float = 0.0
    is_asked_wide: bool = False
    ripe_s: float | None = None
    back_s: float | None = None
    was_cut: bool = False
    since_s: float = float("-inf")
    returned_s: float = float("-inf")

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

    @property
    def first_probe(self) -> str:
        """Return the probe that is asked most often and counts as its rounds; '' for a target without probes."""
        return self.plan[0].probe if self.plan else ""

    def calm(self) -> None:
        """Forget what a suspicion that is over has asked."""
        self.asks, self.is_asked_wide, self.ripe_s = 0, False, None

    def step_health(self, reading: Reading, settings: Settings) -> None:
        """Take a reading as evidence of answering or not."""
        self.health = health.step(self.health, reading, misses_to_down=settings.health.misses_to_down)
        if not self.is_suspected:
            self.calm()
        if reading.outcome is Outcome.NOT_SENT:
            return
        if reading.probe == self.first_probe and not reading.confirms:
            self._step_flapping(reading.outcome.is_alive, settings)
        self._step_silence(reading)

    def is_fresh(self, now_s: float, intervals: float) -> bool:
        """Return whether any probe brought conclusive evidence within so many of its intervals."""
        return any(
            probe.at_s is not None and now_s - probe.at_s <= intervals * probe.every_s for probe in self.health.probes.values()
        )

    def take(self, reading: Reading, wall: float, settings: Settings, usual_rtt_s: float | None = None) -> None:
        """Take a reading into what was measured; one that was not sent changes nothing. wall: epoch seconds."""
        if reading.outcome is Outcome.NOT_SENT:
            return
        if reading.icmp is not None:
            self.measured.take_icmp(reading, reading.icmp, wall, settings.quality, usual_rtt_s)
        elif reading.probe == "snmp":
            self.measured.take_snmp(reading, self.target, wall)
        self._show()

    def drop_stale_views(self, now_s: float, since_s: float, intervals: float) -> None:
        """Take away the views whose evidence is too old to be shown; the totals live on."""
        icmp, snmp = self.health.probes.get("icmp"), self.health.probes.get("snmp")
        since_s = max(since_s, self.since_s)
        if icmp is None or not health.is_fresh(icmp, now_s, since_s, intervals):
            self.measured.icmp = None
        if snmp is None or not health.is_fresh(snmp, now_s, since_s, intervals):
            self.measured.snmp = None
        else:
            self.measured.drop_old_interfaces(now_s, intervals * snmp.every_s)
        self._show()

    def shift(self, moved_s: float) -> None:
        """Follow a step of the wall clock."""
        self.measured.shift(moved_s)
        self._show()

    def forget_misses(self) -> None:
        """Forget misses that prove nothing, because we were blind."""
        self.health = health.forget_misses(self.health)
        self.measured.held.clear()
        self.awaited.clear()
        self.flapping = self.steady
        self.calm()
        if not self.is_silent:
            self.silence = None

    def set_cut(self, is_cut: bool) -> None:
        """Note whether its silence is an uplink's; such silence is no flapping of its own."""
        self.was_cut = is_cut
        if is_cut:
            self.flapping = self.steady

    def _step_flapping(self, is_alive: bool, settings: Settings) -> None:
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

    def _show(self) -> None:
        measured = self.measured
        if self.view.icmp is not measured.icmp or self.view.snmp is not measured.snmp:
            self.view = replace(self.view, icmp=measured.icmp, snmp=measured.snmp, usual_rtt_s=measured.usual_rtt_s)

    def _step_silence(self, reading: Reading) -> None:
        if reading.outcome.is_alive:
            self.silence = None
            return
        self.silence = self.silence or Silence(reading.at_s)
        self.silence.told[reading.probe] = reading.detail
        if reading.icmp is not None:
            self.silence.sent += reading.icmp.sent
            self.silence.received += reading.icmp.received


def new_track(
    target: Target, settings: Settings, profiles: Mapping[str, Profile], memory: Transition | None, now_s: float
) -> Track:
    """Return the track of a target that nothing is known of, but what the journal remembers. now_s: monotonic."""
    plan = probe_plan(target, settings, profiles.get(target.profile))
    fresh = health.start({planned.probe: planned.every_s for planned in plan})
    return Track(target, plan, _remembered(fresh, memory), TargetView(target), memory=memory, since_s=now_s)


def follow(track: Track, target: Target, settings: Settings, profiles: Mapping[str, Profile], now_s: float) -> None:
    """Let a track follow a changed configuration: what is known stays, but the evidence of an address that changed.

    Its state then stands until the new address was asked. now_s: monotonic.
    """
    plan = probe_plan(target, settings, profiles.get(target.profile))
    has_moved = target.address != track.target.address
    known = {} if has_moved else track.health.probes
    track.since_s = now_s if has_moved else track.since_s
    probes = {
        planned.probe: replace(known.get(planned.probe, health.ProbeHealth(planned.every_s)), every_s=planned.every_s)
        for planned in plan
    }
    if not any(each.is_witness for each in probes.values()):  # the probe that spoke for the target was taken away
        probes = {name: replace(each, is_witness=True) for name, each in probes.items()}
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
