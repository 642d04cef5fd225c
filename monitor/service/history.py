"""The last 24 hours of every target by the minute, in compact arrays: what is usual for a site, and what pages draw."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, BinaryIO

from monitor.model.day_series import MINUTES, Day
from monitor.model.reading import Reading
from monitor.model.settings import Settings
from monitor.model.state import Snapshot
from monitor.rules.evidence import circuit_load, gather
from monitor.service.saved_state import SavedState

USUAL_NEEDS_MINUTES = 10
USUAL_HOLDS_MINUTES = 10
_USUAL_HOLDS_SHARE = 24
"""The median of n minutes is sought anew every n / 24 minutes, though no more often than that: so few hardly move it."""
DRAWN = ("jitters_s", "receive_bps", "transmit_bps")
"""What pages draw beside these, by the names of Day's fields."""


def _empty_ring() -> array[float]:
    return array("f", [math.nan]) * MINUTES


@dataclass(slots=True)
class _TargetRings:
    """One target's rings, by the minute modulo MINUTES, and the minute that is being filled.

    drawn: by the names of DRAWN, only what has ever had a value. known: minutes with an RTT. usual: their median, seconds.
    """

    rtts_s: array[float] = field(default_factory=_empty_ring)
    losses: array[float] = field(default_factory=_empty_ring)
    drawn: dict[str, array[float]] = field(default_factory=dict)
    minute: int = 0
    rtt_sum: float = 0.0
    loss_sum: float = 0.0
    rtt_count: int = 0
    burst_count: int = 0
    known: int = 0
    usual: float | None = None
    usual_minute: int = -MINUTES

    @property
    def by_name(self) -> dict[str, array[float]]:
        """Return every ring by the name of Day's field."""
        return {"rtts_s": self.rtts_s, "losses": self.losses, **self.drawn}

    def advance(self, minute: int) -> None:
        """Close the minute being filled, empty the ring's places up to the new one, and find what is usual."""
        if self.burst_count:
            place = self.minute % MINUTES
            if self.rtt_count:
                self.known += math.isnan(self.rtts_s[place])
                self.rtts_s[place] = self.rtt_sum / self.rtt_count
            self.losses[place] = self.loss_sum / self.burst_count
        self.clear(self.minute + 1, minute)
        self.minute = minute
        self.rtt_sum = self.loss_sum = 0.0
        self.rtt_count = self.burst_count = 0
        self.find_usual()

    def clear(self, first: int, last: int) -> None:
        """Forget what stood in the ring's places from a minute to another: a day ago, or never true."""
        for minute in range(max(first, last - MINUTES + 1), last + 1):
            place = minute % MINUTES
            self.known -= not math.isnan(self.rtts_s[place])
            for ring in self.by_name.values():
                ring[place] = math.nan

    def find_usual(self) -> None:
        """Find the median of the minutes anew, where there are enough of them and the last one was found long enough ago."""
        if self.known < USUAL_NEEDS_MINUTES:
            self.usual = None
        elif self.usual is None or self.minute - self.usual_minute >= max(USUAL_HOLDS_MINUTES, self.known // _USUAL_HOLDS_SHARE):
            self.usual = median(value for value in self.rtts_s if not math.isnan(value))
            self.usual_minute = self.minute


class History(SavedState[_TargetRings]):
    """Minute values of ICMP by target. Minutes are of the wall clock: epoch seconds // 60."""

    file = "history.minutes"
    form = "monitor history 2"
    lost = "the history in %s can't be read and begins anew: %s"

    def note(self, reading: Reading, wall_s: float) -> None:
        """Take a reading in; only bursts that were sent count, and those that confirm a suspicion do not."""
        sample = reading.icmp
        if sample is None or not sample.sent or reading.confirms:
            return
        rings = self._by_target.get(reading.target)
        if rings is None:
            rings = self._by_target[reading.target] = _TargetRings()
        minute = int(wall_s // 60)
        if minute > rings.minute:
            rings.advance(minute)
        rings.burst_count += 1
        rings.loss_sum += 1 - sample.received / sample.sent
        rtt_s = sample.rtt_average_s
        if rtt_s is not None and sample.clock == "kernel":
            rings.rtt_count += 1
            rings.rtt_sum += rtt_s

    def draw(self, target: str, minute: int, values: Mapping[str, float | None]) -> None:
        """Keep what else pages draw of a whole minute, by the names of Day's fields; ignored where no burst was seen around it.

        A series takes memory only once it has a value: most endpoints have no circuit.
        """
        rings = self._by_target.get(target)
        if rings is None or not rings.minute - MINUTES < minute <= rings.minute:
            return
        for name, value in values.items():
            if value is not None:
                ring = rings.drawn.get(name)
                if ring is None:
                    ring = rings.drawn[name] = _empty_ring()
                ring[minute % MINUTES] = value

    def day(self, target: str, now_s: float) -> Day | None:
        """Return the last whole 1440 minutes of a target before a time of the wall clock; None where it was never seen."""
        rings = self._by_target.get(target)
        if rings is None:
            return None
        end = int(now_s // 60)
        return Day(end * 60.0, **{name: _values(ring, rings.minute - 1, end - 1) for name, ring in rings.by_name.items()})

    def usual_rtt_s(self, target: str) -> float | None:
        """Return the median of the last 24 hours' minutes, seconds; None below USUAL_NEEDS_MINUTES of them."""
        rings = self._by_target.get(target)
        return rings.usual if rings else None

    def _head(self) -> Mapping[str, Any]:
        return {"targets": {target: [rings.minute, *rings.drawn] for target, rings in self._by_target.items()}}

    def _write(self, file: BinaryIO) -> None:
        for rings in self._by_target.values():
            for ring in rings.by_name.values():
                ring.tofile(file)

    def _read(self, head: Mapping[str, Any], file: BinaryIO) -> None:
        for target, (minute, *drawn) in head["targets"].items():
            rtts_s, losses = _read_ring(file), _read_ring(file)
            rings = _TargetRings(rtts_s, losses, {name: _read_ring(file) for name in drawn if name in DRAWN}, int(minute))
            rings.known = MINUTES - sum(map(math.isnan, rtts_s))
            rings.find_usual()
            self._by_target[target] = rings


def _values(ring: array[float], newest: int, last_minute: int) -> tuple[float | None, ...]:
    """Return a ring's values up to a minute, oldest first; newest: the last minute that was filled."""
    wanted = range(last_minute - MINUTES + 1, last_minute + 1)
    values = (ring[minute % MINUTES] if newest - MINUTES < minute <= newest else math.nan for minute in wanted)
    return tuple(None if math.isnan(value) else value for value in values)


def _read_ring(file: BinaryIO) -> array[float]:
    ring = array("f")
    ring.fromfile(file, MINUTES)
    return ring


def add_minute(history: History, snapshot: Snapshot, settings: Settings, minute: int) -> None:
    """Keep each target's fresh evidence as that of a minute (epoch seconds // 60); what is stale leaves a gap."""
    for id_, view in snapshot.views.items():
        evidence = gather(view, snapshot, settings)
        carried = circuit_load(view.target, evidence.wan)
        answered = evidence.icmp is not None and evidence.icmp.sample.received > 0
        history.draw(
            id_,
            minute,
            {
                "jitters_s": evidence.icmp.jitter_s if evidence.icmp is not None and answered else None,
                "receive_bps": carried.receive_bps,
                "transmit_bps": carried.transmit_bps,
            },
        )
