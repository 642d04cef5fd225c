"""A past as snapshots, the same nouns that the daemon publishes: whatever renders those renders a past under the same names."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isnan
from types import MappingProxyType

from monitor.lab.device import Device, make_device
from monitor.lab.history_faults import Happenings
from monitor.lab.history_measured import STEP_S, Grid, PastMeasurements, Weather
from monitor.lab.history_states import Stay, Story
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.reading import IcmpSample, Outcome
from monitor.model.reason import Reason
from monitor.model.state import RTT_BOUNDS_S, Blindness, IcmpView, InterfaceView, RootCause, Snapshot, SnmpView, State, TargetView
from monitor.rules.quality import mos_of

_BURST = 5
_PACKETS = 100
_AGE_S = 1.0
"""How old what was measured last is in a snapshot: fresh by whatever intervals are set."""


@dataclass(slots=True)
class _Totals:
    """What has been counted of a target since the daemon's start, and by its device since that booted."""

    sent: int = 0
    received: int = 0
    rtt_sum_s: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(RTT_BOUNDS_S) + 1))
    receive_bytes: float = 0.0
    transmit_bytes: float = 0.0
    receive_errors: int = 0


class Album:
    """Makes the snapshots of some steps of a past, in their order."""

    def __init__(
        self,
        inventory: Inventory,
        story: Story,
        happenings: Happenings,
        measured: Mapping[str, PastMeasurements],
        weather: Weather,
    ) -> None:
        self._inventory, self._story, self._happenings, self._measured = inventory, story, happenings, measured
        self._grid: Grid = weather.grid
        self._devices: dict[str, Device] = {id_: make_device(each, weather.past.end) for id_, each in inventory.targets.items()}
        self._totals: dict[str, _Totals] = {id_: _Totals() for id_ in inventory.targets}
        self._starts = {id_: [stay.start for stay in stays] for id_, stays in story.stays.items()}
        self._chance = random.Random(f"history {weather.past.seed} views")
        self._boots = self._find_boots()

    def snapshots(self, first: int, last: int) -> Iterator[Snapshot | None]:
        """Yield the snapshot of each step from first to before last; None while the daemon did not run."""
        for step in range(first, last):
            at = float(self._grid.at(step))
            if any(spell.holds(at) for spell in self._happenings.stopped):
                for totals in self._totals.values():
                    self._restart(totals)
                yield None
            else:
                yield self._snapshot(step, at)

    def _restart(self, totals: _Totals) -> None:
        """A daemon that starts counts its own packets anew; what the devices count goes on."""
        totals.sent, totals.received, totals.rtt_sum_s = 0, 0, 0.0
        totals.buckets = [0] * (len(RTT_BOUNDS_S) + 1)

    def _snapshot(self, step: int, at: float) -> Snapshot:
        views = {id_: self._view(target, step, at) for id_, target in self._inventory.targets.items()}
        blind = next((each for each in self._happenings.blind if each.holds(at)), None)
        return Snapshot(
            generation=step,
            at=at,
            inventory=self._inventory,
            views=views,
            root_causes=self._root_causes(views),
            blind=Blindness(blind.start, Reason("blind_silent")) if blind else None,
            last_round_at=at - _AGE_S,
            fresh=len(views),
        )

    def _root_causes(self, views: Mapping[str, TargetView]) -> tuple[RootCause, ...]:
        found = []
        for id_, view in views.items():
            if view.state is State.DOWN:
                behind = [each.target.kind for each in views.values() if each.cause == id_ and each.state is State.UNREACHABLE]
                points = behind.count(Kind.POINT)
                found.append(RootCause(id_, view.since, view.reason, points, len(behind) - points))
        return tuple(found)

    def stay(self, id_: str, at: float) -> Stay:
        return self._story.stays[id_][max(0, bisect_right(self._starts[id_], at) - 1)]

    def _view(self, target: Target, step: int, at: float) -> TargetView:
        stay, measured, totals = self.stay(target.id, at), self._measured[target.id], self._totals[target.id]
        rtt_s, loss = measured.rtt_s[step], measured.loss_ratio[step]
        is_silent = isnan(rtt_s) or any(start <= at < end for start, end in self._story.silences[target.id])
        icmp = self._icmp(totals, at, None if is_silent else rtt_s, 1.0 if isnan(loss) else loss)
        has_agent = target.credential is not None
        is_flapping = any(each.target == target.id and each.holds(at) for each in self._happenings.flapping)
        return TargetView(
            target,
            stay.state,
            stay.start,
            stay.cause,
            stay.reason,
            flapping=is_flapping,
            maintenance=stay.is_covered,
            icmp=icmp,
            snmp=self._snmp(target, totals, measured, step, at, is_up=not is_silent) if has_agent else None,
        )

    def _icmp(self, totals: _Totals, at: float, rtt_s: float | None, loss: float) -> IcmpView:
        received = round(_PACKETS * (1 - loss))
        totals.sent += _PACKETS
        totals.received += received
        wobble = self._chance.uniform(0.02, 0.12)
        if rtt_s is not None:
            for share, factor in ((0.5, 1 - wobble), (0.35, 1 + wobble), (0.15, 1 + 3 * wobble)):
                totals.buckets[bisect_left(RTT_BOUNDS_S, rtt_s * factor)] += round(received * share)
            totals.rtt_sum_s += received * rtt_s
        totals.received = sum(totals.buckets)
        lost = int(self._chance.random() < loss * _BURST) if loss < 0.2 else 0
        rtts: tuple[float | None, ...] = (None,) * _BURST
        if rtt_s is not None:
            rtts = (*((rtt_s,) * (_BURST - lost)), *((None,) * lost))
        jitter_s = None if rtt_s is None else rtt_s * wobble
        cumulative, so_far = [], 0
        for count in totals.buckets[:-1]:
            so_far += count
            cumulative.append(so_far)
        return IcmpView(
            at - _AGE_S,
            IcmpSample(_BURST, rtts),
            Outcome.TIMEOUT if rtt_s is None else Outcome.OK,
            totals.sent,
            totals.received,
            tuple(cumulative),
            totals.rtt_sum_s,
            jitter_s,
            mos_of(rtt_s, jitter_s, lost / _BURST),
            loss,
            _PACKETS,
        )

    def _snmp(self, target: Target, totals: _Totals, measured: PastMeasurements, step: int, at: float, *, is_up: bool) -> SnmpView:
        receive, transmit = measured.receive[step], measured.transmit[step]
        if not is_up or isnan(receive):
            return SnmpView(at - _AGE_S, False, (Reason("no_answer"),), target.profile, None, (), MappingProxyType({}))
        totals.receive_bytes += receive * STEP_S
        totals.transmit_bytes += transmit * STEP_S
        totals.receive_errors += int(self._chance.random() < measured.loss_ratio[step] / 4)
        circuit = self._devices[target.id].interfaces[-1]
        counted = (int(totals.receive_bytes), int(totals.transmit_bytes), totals.receive_errors, 0, 0, 0)
        boots = self._boots[target.id]
        booted_at = boots[max(0, bisect_right(boots, at) - 1)]
        interface = InterfaceView(circuit.name, circuit.alias, "wan", True, *counted, receive, transmit)
        return SnmpView(at - _AGE_S, True, (), target.profile, booted_at, (interface,), MappingProxyType({}))

    def _find_boots(self) -> Mapping[str, list[float]]:
        """Return id → when its device booted: as the lab's devices did, and after each power cut and each night off."""
        boots = {id_: [device.booted_at] for id_, device in self._devices.items()}
        for spell in self._happenings.silent:
            if spell.kind in ("power", "off"):
                boots[spell.target].append(spell.end - 40)
        return {id_: sorted(each) for id_, each in boots.items()}
