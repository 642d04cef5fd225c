"""Traffic over a believable day, as a function of time whose integral is exact: so counters have true values at every moment."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

DAY_S = 86_400.0
_LOCAL_OFFSET_S = 7 * 3600.0
"""Vietnam is seven hours ahead of UTC all year: the day's shape follows the office clock there."""

# Hour of the day → share of the busiest hour, as an office's line shows it: mornings, a lunch break, afternoons, a quiet night.
_SHAPE = (
    *((0.0, 0.06), (5.0, 0.05), (6.5, 0.15), (7.5, 0.60), (9.0, 0.95), (10.5, 1.00), (11.5, 0.55), (12.5, 0.30)),
    *((13.5, 0.65), (15.0, 0.90), (16.5, 0.70), (17.5, 0.35), (19.0, 0.25), (21.0, 0.18), (23.0, 0.08), (24.0, 0.06)),
)
_KNOTS = 144


@dataclass(frozen=True, slots=True)
class Curve:
    """Bit/s over the local day, linear between knots, the same every day.

    seconds: knots from 0 to DAY_S. rates_bps: at each knot. bits: carried from midnight to each knot.
    """

    seconds: tuple[float, ...]
    rates_bps: tuple[float, ...]
    bits: tuple[float, ...]

    def rate_bps(self, at: float) -> float:
        """Return the rate at an epoch second."""
        second = (at + _LOCAL_OFFSET_S) % DAY_S
        left = bisect_right(self.seconds, second) - 1
        return self._between(left, second) if left + 1 < len(self.seconds) else self.rates_bps[-1]

    def octets(self, start: float, end: float) -> float:
        """Return what is carried between two epoch seconds."""
        return (self._bits_until(end) - self._bits_until(start)) / 8

    def limited(self, capacity_bps: float) -> Curve:
        """Return the part of it that a link of this capacity carries."""
        points: list[tuple[float, float]] = [(self.seconds[0], min(self.rates_bps[0], capacity_bps))]
        for (left, low), (right, high) in pairwise(zip(self.seconds, self.rates_bps, strict=True)):
            if (low > capacity_bps) != (high > capacity_bps):
                points.append((left + (right - left) * (capacity_bps - low) / (high - low), capacity_bps))
            points.append((right, min(high, capacity_bps)))
        return curve(points)

    def _between(self, left: int, second: float) -> float:
        start, end = self.seconds[left], self.seconds[left + 1]
        share = (second - start) / (end - start) if end > start else 0.0
        return self.rates_bps[left] + (self.rates_bps[left + 1] - self.rates_bps[left]) * share

    def _bits_until(self, at: float) -> float:
        days, second = divmod(at + _LOCAL_OFFSET_S, DAY_S)
        left = min(bisect_right(self.seconds, second) - 1, len(self.seconds) - 2)
        part = (self.rates_bps[left] + self._between(left, second)) / 2 * (second - self.seconds[left])
        return days * self.bits[-1] + self.bits[left] + part


def curve(points: Sequence[tuple[float, float]]) -> Curve:
    """Return the curve through (second of the day, bit/s); the first at 0, the last at DAY_S."""
    bits = [0.0]
    for (left, low), (right, high) in pairwise(points):
        bits.append(bits[-1] + (low + high) / 2 * (right - left))
    return Curve(tuple(second for second, _ in points), tuple(rate for _, rate in points), tuple(bits))


def steady(rate_bps: float) -> Curve:
    return curve(((0.0, rate_bps), (DAY_S, rate_bps)))


def office_day(busiest_bps: float, seed: str) -> Curve:
    """Return an office's day: its busiest hour carries about busiest_bps, and no ten minutes are like the next."""
    noise = random.Random(seed)
    rates = [busiest_bps * _share(index * 24 / _KNOTS) * noise.uniform(0.7, 1.2) for index in range(_KNOTS)]
    points = [(index * DAY_S / _KNOTS, rate) for index, rate in enumerate(rates)]
    return curve([*points, (DAY_S, points[0][1])])


def _share(hour: float) -> float:
    for (left, low), (right, high) in pairwise(_SHAPE):
        if left <= hour <= right:
            return low + (high - low) * (hour - left) / (right - left)
    return _SHAPE[-1][1]
