"""The evidence of one target between two readings: what it is, whether it answers, what was measured; and what grows too old.

A track is written here alone: by readings, by what a suspicion or an uplink makes of them (`record_event`), and by passing time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from math import inf

from monitor.model.inventory import Target
from monitor.model.probe_kinds import KINDS, SNMP, Brings
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason, Reasons
from monitor.model.settings import Settings
from monitor.model.state import Transition
from monitor.rules import health
from monitor.rules.health import Flapping, Health, HealthEvent, ProbeHealth, Standing
from monitor.rules.timetable import Turn
from monitor.service.board.measured import Measured

SHARES = 20


@dataclass(slots=True)
class TargetSilence:
    """What a target's silence consists of, for the journal.

    sent_s: when its first miss was asked, monotonic. sent, received: echo requests in it. told: probe → why it failed last.
    """

    sent_s: float
    sent: int = 0
    received: int = 0
    told: dict[str, Reasons] = field(default_factory=dict)

    def record_miss(self, reading: Reading) -> None:
        self.told[reading.probe] = reading.detail
        if reading.icmp is not None:
            self.sent += reading.icmp.sent
            self.received += reading.icmp.received


@dataclass(slots=True)
class Track:
    """One target: its health and its evidence.

    heard_s:   probe → when its last conclusive reading was complete, monotonic seconds.
    look_s:    before then nothing can have grown too old.
    is_cut:    its silence was put down to an uplink at the last judgement.
    since_s:   before then no evidence could come: when it was added, or given another address. returned_s: when it last came back.
    flapping, steady: its changes so far, and as they were when it last answered: silence that is an uplink's or our own is undone.
    """

    target: Target
    plan: tuple[Turn, ...]
    health: Health
    flapping: Flapping = field(default_factory=Flapping)
    steady: Flapping = field(default_factory=Flapping)
    measured: Measured = field(default_factory=Measured)
    heard_s: dict[str, float] = field(default_factory=dict)
    look_s: float = -inf
    silence: TargetSilence | None = None
    is_cut: bool = False
    since_s: float = -inf
    returned_s: float = -inf

    @property
    def is_suspected(self) -> bool:
        return self.health.suspected_s is not None

    def is_outdated(self, reading: Reading) -> bool:
        """Return whether an answer came before what began its silence was even sent: it is known late, and proves no return."""
        return self.silence is not None and reading.at_s < self.silence.sent_s

    def sent_s(self, miss: Reading) -> float:
        """Return when what a miss is the lack of an answer to was sent, at the earliest; monotonic seconds."""
        if miss.asked_s is not None:
            return miss.asked_s
        return miss.at_s - next((turn.spec.span_s for turn in self.plan if turn.probe == miss.probe), 0.0)

    @property
    def first_probe(self) -> str:
        """Return the probe that is asked most often and counts as its rounds; '' for a target without probes."""
        return self.plan[0].probe if self.plan else ""

    def record_reading(self, reading: Reading, wall: float, settings: Settings, usual_rtt_s: float | None = None) -> bool:
        """Take a reading as evidence of answering or not, and into what was measured; one that was not sent changes nothing.

        Return whether the target may have to be judged anew. wall: epoch seconds. usual_rtt_s: this site's median RTT.
        """
        if reading.outcome is Outcome.NOT_SENT:
            return False
        before, was_well = self.health, self._is_well
        is_alive = reading.outcome.is_alive
        self.health = health.step_health(before, reading, misses_to_down=settings.health.misses_to_down)
        if reading.probe in before.probes:
            # What came before we stood still is read after it: it must not make older what was moved along.
            self.heard_s[reading.probe] = max(reading.at_s, self.heard_s.get(reading.probe, -inf))
        if reading.probe == self.first_probe and not reading.confirms:
            self._judge_flapping(is_alive, settings)
        if not is_alive:
            self.silence = self.silence or TargetSilence(self.sent_s(reading))
            self.silence.record_miss(reading)
        else:
            self.silence = None
            if self.health is not before and before.standing in (Standing.SILENT, Standing.RETURNING):
                self.returned_s = reading.at_s
        if reading.icmp is not None:
            self.measured.record_icmp(reading, reading.icmp, wall, settings.quality, usual_rtt_s)
        elif (brings := KINDS[reading.probe].brings) is Brings.AGENT:
            self.measured.record_snmp(reading, self.target, wall)
        elif brings is Brings.SERVICE:
            self.measured.record_service(reading, wall)
        return self.health is not before or not (was_well and self._is_well)

    def record_event(self, event: HealthEvent, now_s: float) -> None:
        """Take what is no reading and yet tells of its answering. now_s: monotonic."""
        self.health = health.step_event(self.health, event, now_s)

    @property
    def _is_well(self) -> bool:
        """True where nothing but its health could make an answering target anything but up."""
        return self.measured.quality_fault is None and not self.flapping.is_flapping

    def fault(self, settings: Settings) -> Reason | None:
        """Return why the target is degraded while it answers, None where it is well."""
        found = health.fault_of(self.health, settings.health.misses_to_down) or self.measured.quality_fault
        if found is None and self.flapping.is_flapping:
            return Reason("flapping", {"change_ratio": round(self.flapping.change_ratio, 3)})
        return found

    def is_fresh(self, now_s: float, intervals: float) -> bool:
        """Return whether any probe brought conclusive evidence within so many of its intervals."""
        probes = self.health.probes
        for name, heard_s in self.heard_s.items():
            if now_s - heard_s <= intervals * probes[name].every_s and not probes[name].is_slow:
                return True
        return False

    def drop_stale(self, now_s: float, since_s: float, intervals: float) -> bool:
        """Take away what was measured too long ago to be shown; the totals live on. Return whether its health lapsed, too.

        since_s: before then no evidence could come. Nothing of all that can come about again before look_s.
        """
        probes, since_s = self.health.probes, max(since_s, self.since_s)
        until_s = {
            name: health.fresh_until_s(each.every_s, self.heard_s.get(name), since_s, intervals) for name, each in probes.items()
        }
        keep_rows_s = intervals * probes[SNMP.name].every_s if SNMP.name in probes else -inf
        self.measured.drop_stale(now_s, until_s, keep_rows_s)
        stale_s = health.stale_at_s(self.health, self.heard_s, since_s, intervals)
        has_lapsed = now_s > stale_s and self.health.standing is not Standing.LAPSED
        if has_lapsed:
            self.record_event(HealthEvent.EXPIRED, now_s)
        soonest_s = now_s + intervals * min((each.every_s for each in probes.values()), default=0.0)
        moments = (*until_s.values(), self.measured.answered_s + keep_rows_s, stale_s, soonest_s)
        self.look_s = min(each for each in moments if each >= now_s)
        return has_lapsed

    def stood_still(self, late_s: float, now_s: float) -> None:
        """Let a time in which we looked at nothing count neither as age nor as waiting.

        late_s: for how long we stood still, until now_s (monotonic). What came meanwhile is not older than now for that.
        """
        self.heard_s = moved_on(self.heard_s, late_s, now_s)
        self.measured.stood_still(late_s, now_s)
        self.health = health.stood_still(self.health, late_s, now_s)

    def forget_misses(self, now_s: float) -> None:
        """Forget misses that prove nothing, because we were blind."""
        self.record_event(HealthEvent.FORGOTTEN, now_s)
        self.measured.drop_held()
        self.flapping = self.steady
        if self.health.standing is not Standing.SILENT:
            self.silence = None

    def set_cut(self, is_cut: bool) -> None:
        """Note whether its silence is an uplink's; such silence is no flapping of its own."""
        self.is_cut = is_cut
        if is_cut:
            self.flapping = self.steady

    def _judge_flapping(self, is_alive: bool, settings: Settings) -> None:
        if self.is_cut and not is_alive:
            return
        high, low = settings.health.flapping_high, settings.health.flapping_low
        self.flapping = health.step_flapping(self.flapping, is_alive, high=high, low=low)
        if is_alive:
            self.steady = self.flapping

    def follow(self, target: Target, plan: tuple[Turn, ...], now_s: float, *, drops_suspicion: bool) -> None:
        """Follow a changed configuration: what is known stays, but the evidence of an address that changed.

        Its state then stands until the new address was asked. A suspicion stays where the same probes ask the same address, so that
        no row of reloads keeps an outage from being told, unless it drops all. plan: its probes now. now_s: monotonic.
        """
        has_moved = target.address != self.target.address
        known = {} if has_moved else self.health.probes
        self.since_s = now_s if has_moved else self.since_s
        self.look_s = -inf
        names = [planned.probe for planned in plan]
        probes = {
            planned.probe: replace(
                known.get(planned.probe, ProbeHealth(planned.every_s)),
                every_s=planned.every_s,
                is_slow=health.is_slow(planned.probe, names),
            )
            for planned in plan
        }
        self.heard_s = {name: heard_s for name, heard_s in self.heard_s.items() if name in known and name in probes}
        if not any(each.votes for each in probes.values()):  # the probe that spoke for the target was taken away
            probes = {name: replace(each, is_trusted=True) for name, each in probes.items()}
        drops_suspicion = drops_suspicion or has_moved or probes.keys() != self.health.probes.keys()
        self.health = replace(self.health, probes=probes, suspected_s=None if drops_suspicion else self.health.suspected_s)
        self.target, self.plan = target, plan


def new_track(target: Target, plan: tuple[Turn, ...], memory: Transition | None, now_s: float) -> Track:
    """Return the track of a target that nothing is known of, but what the journal remembers.

    plan: its probes, as probe_plan() returns them. now_s: monotonic.
    """
    fresh = health.unknown_health({planned.probe: planned.every_s for planned in plan})
    return Track(target, plan, _remembered(fresh, memory), since_s=now_s)


def _remembered(fresh: Health, memory: Transition | None) -> Health:
    """Return a new health that still knows which probe used to succeed, where the journal says that its failing was news."""
    if memory is None or memory.reason.code not in ("probe_silent", "probe_failing"):
        return fresh
    name = str(memory.reason.values.get("probe", ""))
    if name not in fresh.probes:
        return fresh
    return replace(fresh, probes={**fresh.probes, name: replace(fresh.probes[name], has_succeeded=True)})


def moved_on(moments_s: Mapping[str, float], late_s: float, now_s: float) -> dict[str, float]:
    """Return moments (monotonic) as many seconds later as we stood still, none after now."""
    return {name: min(moment_s + late_s, now_s) for name, moment_s in moments_s.items()}


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
