"""What was measured of one target: readings carried into totals, quality and counters, and shown as views."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from math import inf
from types import MappingProxyType

from monitor.model.inventory import Target
from monitor.model.probe_kinds import ICMP, SNMP
from monitor.model.quick import quick
from monitor.model.reading import IcmpSample, Outcome, Reading, ServiceSample
from monitor.model.reason import Reason
from monitor.model.settings import QualitySettings
from monitor.model.state import RTT_BOUNDS_S, IcmpView, InterfaceView, ServiceView, SnmpView
from monitor.rules import counters, quality

_icmp_view, _snmp_view = quick(IcmpView), quick(SnmpView)

HELD_ROUNDS = 3
_NOTHING: Mapping[str, ServiceView] = MappingProxyType({})
_NO_SAMPLE = ServiceSample()


@dataclass(slots=True)
class Tally:
    """ICMP totals since the daemon's start. buckets: replies by RTT_BOUNDS_S, not cumulative; the last is beyond the bounds."""

    sent: int = 0
    received: int = 0
    rtt_sum_s: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(RTT_BOUNDS_S) + 1))

    def add(self, sample: IcmpSample, received: int) -> None:
        """Count one burst. received: how many of it were answered."""
        buckets, sum_s = self.buckets, self.rtt_sum_s
        for rtt_s in sample.rtts_s:
            if rtt_s is not None:
                sum_s += rtt_s
                buckets[bisect_left(RTT_BOUNDS_S, rtt_s)] += 1
        self.sent += sample.sent
        self.received += received
        self.rtt_sum_s = sum_s

    def cumulative(self) -> tuple[int, ...]:
        """Return how many replies took no longer than each of RTT_BOUNDS_S."""
        return tuple(accumulate(self.buckets[:-1]))


@dataclass(slots=True)
class Measured:
    """The measurements of one target, and the views that are made of them.

    held: bursts without any reply that are not yet counted as loss: they may turn out to be an outage's or our own blindness.
    quality_fault: why the path is not good enough for a call, None while it is. answered_s: monotonic seconds of the agent's last
    full answer. services: probe → its last reading; replaced, never changed.
    """

    icmp: IcmpView | None = None
    snmp: SnmpView | None = None
    quality: quality.Quality = field(default_factory=quality.Quality)
    quality_fault: Reason | None = None
    usual_rtt_s: float | None = None
    tally: Tally = field(default_factory=Tally)
    held: list[tuple[IcmpSample, float]] = field(default_factory=list)
    counters: counters.DeviceCounters | None = None
    answered_s: float = float("-inf")
    services: Mapping[str, ServiceView] = field(default_factory=lambda: _NOTHING)

    def record_icmp(
        self, reading: Reading, sample: IcmpSample, wall: float, settings: QualitySettings, usual_rtt_s: float | None
    ) -> None:
        """Take a burst into totals, quality and view. usual_rtt_s: this site's median RTT, None where it is not known."""
        self.usual_rtt_s = usual_rtt_s
        received, tally = sample.received, self.tally
        tally.add(sample, received)
        if received:
            for each, each_s in self.held:  # what was held until now is loss, and no outage's
                self.quality.record_burst(each, each_s, settings)
            self.quality.record_burst(sample, reading.at_s, settings)
            self.held.clear()
            self.quality_fault = quality.judge_quality(self.quality, usual_rtt_s, settings, self.quality_fault is not None)
        else:
            self.held = [*self.held, (sample, reading.at_s)][-HELD_ROUNDS:]
        jitter_s = self.quality.jitter_s if received else None
        loss_ratio = 1 - received / sample.sent if sample.sent else 1.0
        sent = self.quality.sent
        self.icmp = _icmp_view(
            at=wall,
            sample=sample,
            outcome=reading.outcome,
            sent_total=tally.sent,
            received_total=tally.received,
            rtt_buckets=tally.cumulative(),
            rtt_sum_s=tally.rtt_sum_s,
            jitter_s=jitter_s,
            mos=quality.mos_of(sample.rtt_average_s, jitter_s, loss_ratio),
            loss_recent=self.quality.loss_ratio if sent >= settings.min_packets else None,
            packets_recent=sent,
            rounds_recent=tuple(self.quality.rounds),
        )

    def record_snmp(self, reading: Reading, target: Target, wall: float) -> None:
        """Take an agent's answer, or its lack, into counters and view.

        A brief answer, to a question that only confirmed, says that the agent lives and nothing else.
        """
        sample = reading.snmp
        if reading.outcome is Outcome.OK and sample is not None and not sample.brief:
            if self.counters is None:
                self.counters = counters.DeviceCounters()
            self.counters.record_sample(sample, reading.at_s, wall, target.contracted)
            self.answered_s = reading.at_s
            self.snmp = _snmp_view(
                at=wall,
                up=True,
                detail=(),
                profile=sample.profile,
                boot_at=self.counters.boot_at,
                interfaces=_shown(self.counters.views, target),
                values=sample.values,
                spikes_total=self.counters.spikes_total,
            )
        elif reading.outcome is Outcome.OK:
            self.snmp = self.snmp and replace(self.snmp, up=True, detail=())
        else:
            before = self.snmp or SnmpView(None, False, (), target.profile, None, (), {})
            self.snmp = replace(before, up=False, detail=reading.detail or (Reason("outcome", {"outcome": reading.outcome.value}),))

    def record_service(self, reading: Reading, wall: float) -> None:
        view = ServiceView(wall, reading.outcome, reading.detail, reading.service or _NO_SAMPLE)
        self.services = MappingProxyType({**self.services, reading.probe: view})

    def drop_stale(self, now_s: float, until_s: Mapping[str, float], keep_rows_s: float) -> None:
        """Take away what is too old to be shown; the totals live on.

        until_s: probe → until when what it said may be shown, monotonic; of a probe that is not there, nothing may.
        keep_rows_s: for how long the rows of an agent's last full answer may.
        """
        if now_s > until_s.get(ICMP.name, -inf):
            self.icmp = None
        if now_s > until_s.get(SNMP.name, -inf):
            self.snmp = None
        self.drop_old_interfaces(now_s, keep_rows_s)
        if any(now_s > until_s.get(name, -inf) for name in self.services):
            fresh = {name: view for name, view in self.services.items() if now_s <= until_s.get(name, -inf)}
            self.services = MappingProxyType(fresh)

    def drop_old_interfaces(self, now_s: float, keep_s: float) -> None:
        """Empty what an agent said longer than keep_s ago, so that nothing of yesterday is shown."""
        if self.snmp is not None and (self.snmp.interfaces or self.snmp.values) and now_s - self.answered_s > keep_s:
            self.snmp = replace(self.snmp, interfaces=(), values={})

    def drop_held(self) -> None:
        """Forget bursts that may have been lost to our own blindness."""
        self.held.clear()

    def stood_still(self, late_s: float, now_s: float) -> None:
        """Let a time in which we looked at nothing not count as age: late_s long, until now_s (monotonic)."""
        self.answered_s = min(self.answered_s + late_s, now_s)

    def shift(self, moved_s: float) -> None:
        """Follow a step of the wall clock, so that no measurement is older or younger than it is."""
        if self.icmp is not None:
            self.icmp = replace(self.icmp, at=self.icmp.at + moved_s)
        if self.snmp is not None and self.snmp.at is not None:
            self.snmp = replace(self.snmp, at=self.snmp.at + moved_s)
        moved = {name: replace(view, at=view.at + moved_s) for name, view in self.services.items()}
        self.services = MappingProxyType(moved) if moved else _NOTHING


def _shown(interfaces: tuple[InterfaceView, ...], target: Target) -> tuple[InterfaceView, ...]:
    """Return the interfaces that are exported: the one that carries the circuit, unless the target wants all."""
    return interfaces if target.interfaces == "all" else tuple([each for each in interfaces if each.role == "wan"])
