"""What Prometheus' recording rules (config/prometheus/rules) would have recorded over a past, under the same names and labels.

A past of weeks is looked at through what is recorded of it; to write every sample of every scrape would take billions. What rules
record every few seconds stands here every five minutes, long windows once an hour; those that only their newest values are ever
looked at of begin with the days that are told in detail.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, isnan

from monitor.lab.history_faults import Happenings
from monitor.lab.history_measured import ABSENT, STEP_S, Grid, PastMeasurements
from monitor.lab.history_states import Stay, Story
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.state import State

HOUR_STEPS = 3600 // STEP_S
DAY_STEPS = 24 * HOUR_STEPS
WEEK_STEPS = 7 * DAY_STEPS
_CODES = (State.UP, State.STANDBY, State.MAINTENANCE, State.UNKNOWN, State.DEGRADED, State.UNREACHABLE, State.DOWN)

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded series. values: one for each step of the grid, ABSENT where nothing was recorded."""

    name: str
    labels: Labels
    values: array[float]


class Recorder:
    """Makes the recorded series of every target. detail: the first step of the days that are told in detail."""

    def __init__(
        self,
        inventory: Inventory,
        story: Story,
        happenings: Happenings,
        measured: Mapping[str, PastMeasurements],
        grid: Grid,
        *,
        detail: int,
    ) -> None:
        self._inventory, self._story, self._measured = inventory, story, measured
        self._grid = grid
        self._detail = detail
        self._own = sorted((each.start, each.end) for each in (*happenings.stopped, *happenings.blind))
        self._stopped = [(each.start, each.end) for each in happenings.stopped]
        self._flapping = happenings.flapping
        # An hour's values stand at full hours, and at the end, so that there is always one to look at.
        self.hours = [step for step in range(self._grid.count) if self._grid.at(step) % 3600 == 0]
        last = self._grid.count - 1
        self.marks = self.hours if self.hours and self.hours[-1] == last else [*self.hours, last]

    def series(self) -> Iterator[Recorded]:
        sums: dict[str, tuple[array[float], array[float]]] = {}
        hours: dict[Labels, tuple[array[float], array[float]]] = {}
        for target in self._inventory.targets.values():
            own = _labels(target)
            stays = self._story.stays[target.id]
            yield from self._standing(target, own, stays)
            available, down = (self._seconds(stays, states) for states in ((State.UP, State.DEGRADED), (State.DOWN,)))
            yield from self._availability(own, available, down, sums.setdefault(target.id, (self._blank(), self._blank())))
            self._add_hours(target, (available, down), hours)
            yield from self._quality(own, self._measured[target.id])
            yield from self._circuit(target, own, self._measured[target.id])
        for key, whole in hours.items():
            for what, values in zip(("available", "down"), whole, strict=True):
                yield Recorded(f"area_level_kind:wan_target_{what}_seconds:sum1h", key, values)
        yield from self._groups(sums)
        yield from self._cut_off()
        yield from self._areas()

    # States

    def _standing(self, target: Target, own: Labels, stays: Sequence[Stay]) -> Iterator[Recorded]:
        code, outage, flapping = self._blank(), self._blank(), self._blank()
        causes: dict[str, array[float]] = {}
        for stay in stays:
            left, right = self._steps(stay.start, stay.end)
            code[left:right] = array("f", [_CODES.index(stay.state)]) * (right - left)
            if stay.state is State.DOWN:
                outage[left:right] = array("f", [1]) * (right - left)
            if stay.cause is not None and right > left:
                causes.setdefault(stay.cause, self._blank())[left:right] = array("f", [1]) * (right - left)
        for start, end in self._stopped:
            left, right = self._steps(start, end)
            code[left:right] = array("f", [ABSENT]) * (right - left)
        flapping[self._detail :] = array("f", bytes(4 * (self._grid.count - self._detail)))
        for spell in self._flapping:
            if spell.target == target.id:
                left, right = self._steps(spell.start + 120, spell.end + 120)
                flapping[left:right] = outage[left:right] = array("f", [1]) * (right - left)
        yield Recorded("target:wan_target_state:code", own, code)
        yield Recorded("target:wan_target_outage:now", (*own, ("cause", target.id), ("name", target.name)), outage)
        yield Recorded("target:wan_target_flapping:now", own, flapping)
        for name, states in (("down", (State.DOWN,)), ("answers", (State.UP, State.DEGRADED))):
            is_so = _is_any(code, states)
            values = array("f", [value if step >= self._detail else ABSENT for step, value in enumerate(is_so)])
            yield Recorded(f"target:wan_target_{name}:now", own, values)
        known = (("target", target.id), ("name", target.name))
        yield Recorded("target:wan_target_name:now", known, array("f", [1]) * self._grid.count)
        for cause, values in causes.items():
            yield Recorded("target:wan_target_cause:now", (*own, ("cause", cause)), values)

    def _seconds(self, stays: Sequence[Stay], states: tuple[State, ...]) -> array[float]:
        """Return how long of each step a target was seen in some states."""
        held = [(stay.start, stay.end) for stay in stays if stay.state in states]
        return self._grid.shares([part for interval in held for part in _without(interval, self._own)])

    def _availability(
        self, own: Labels, available: array[float], down: array[float], sums: tuple[array[float], array[float]]
    ) -> Iterator[Recorded]:
        """Yield seconds of five minutes, hours and longer, and the ratios. sums: filled with what thirty days sum up to."""
        ratio = self._blank()
        for step in self.marks + list(range(self._detail, self._grid.count)):
            there, away = (sum(values[max(0, step + 1 - HOUR_STEPS) : step + 1]) for values in (available, down))
            ratio[step] = there / (there + away) if there + away > 0 else ABSENT
        yield Recorded("target:wan_target_availability:ratio1h", own, ratio)
        hourly = [self._hourly(values) for values in (available, down)]
        days = [[self._blank(), self._blank()] for _ in range(2)]
        for mark in self._late_marks():
            for kind in range(2):
                days[0][kind][mark] = self._sum_of_hours(hourly[kind], mark, 24)
                days[1][kind][mark] = sums[kind][mark] = self._sum_of_hours(hourly[kind], mark, 720)
        for kind, what in enumerate(("available", "down")):
            yield Recorded(f"target:wan_target_{what}_seconds:sum5m", own, self._only_detail((available, down)[kind]))
            yield Recorded(f"target:wan_target_{what}_seconds:sum1h", own, hourly[kind])
            yield Recorded(f"target:wan_target_{what}_seconds:sum1d", own, days[0][kind])
            yield Recorded(f"target:wan_target_{what}_seconds:sum30d", own, days[1][kind])
        for span, (there_, away_) in zip(("1d", "30d"), days, strict=True):
            yield Recorded(f"target:wan_target_availability:ratio{span}", own, _ratios(there_, away_))

    def _add_hours(
        self, target: Target, both: tuple[array[float], array[float]], into: dict[Labels, tuple[array[float], array[float]]]
    ) -> None:
        """Add a target's hours to those of all who share its area, level and kind."""
        key: Labels = (("area", target.area), ("level", target.level), ("kind", target.kind.value))
        for whole, values in zip(into.setdefault(key, (self._blank(), self._blank())), both, strict=True):
            for step, seconds in enumerate(self._hourly(values)):
                if not isnan(seconds):
                    whole[step] = seconds + (0.0 if isnan(whole[step]) else whole[step])

    def _groups(self, sums: Mapping[str, tuple[array[float], array[float]]]) -> Iterator[Recorded]:
        """Yield the last thirty days of areas and levels, by kind."""
        for label in ("area", "level"):
            totals: dict[Labels, tuple[array[float], array[float]]] = {}
            for id_, both in sums.items():
                target = self._inventory.targets[id_]
                key: Labels = ((label, str(getattr(target, label))), ("kind", target.kind.value))
                whole = totals.setdefault(key, (self._blank(), self._blank()))
                for into, values in zip(whole, both, strict=True):
                    for mark in self._late_marks():
                        into[mark] = values[mark] + (0.0 if isnan(into[mark]) else into[mark])
            for key, (there, away) in totals.items():
                yield Recorded(f"{label}_kind:wan_target_availability:ratio30d", key, _ratios(there, away))

    def _cut_off(self) -> Iterator[Recorded]:
        """Yield the seconds that each cause took of points and of endpoints."""
        held: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
        for id_, stays in self._story.stays.items():
            kind = self._inventory.targets[id_].kind.value
            for stay in stays:
                if stay.cause is not None:
                    held[("cause", stay.cause), ("kind", kind)] += _without((stay.start, stay.end), self._own)
        for key, intervals in held.items():
            seconds = self._blank()
            for interval in intervals:
                left, right = self._steps(interval[0] - STEP_S, interval[1] + STEP_S)
                for step, share in enumerate(self._grid.shares([interval])[left:right], left):
                    if share > 0:
                        seconds[step] = share + (0.0 if isnan(seconds[step]) else seconds[step])
            yield Recorded("cause_kind:wan_target_cut_off_seconds:sum5m", key, seconds)
            yield Recorded("cause_kind:wan_target_cut_off_seconds:sum1h", key, self._hourly(seconds))

    def _areas(self) -> Iterator[Recorded]:
        """Yield how many points an area has, in the days of detail, and how many of them each cause cuts off."""
        held: dict[Labels, array[float]] = {}
        points = [target for target in self._inventory.targets.values() if target.kind is Kind.POINT]
        for area, count in Counter(point.area for point in points).items():
            whole = array("f", [count]) * self._grid.count
            yield Recorded("area:wan_target_points:count", (("area", area),), self._only_detail(whole))
        for point in points:
            for stay in self._story.stays[point.id]:
                left, right = self._steps(stay.start, stay.end)
                if stay.cause is not None and right > left:
                    values = held.setdefault((("area", point.area), ("cause", stay.cause)), self._blank())
                    for step in range(left, right):
                        values[step] = 1.0 if isnan(values[step]) else values[step] + 1
        for key, values in held.items():
            yield Recorded("area_cause:wan_target_points_cut_off:count", key, values)

    # Measurements

    def _quality(self, own: Labels, measured: PastMeasurements) -> Iterator[Recorded]:
        yield Recorded("target:wan_icmp_rtt_average_seconds:avg5m", own, measured.rtt_s)
        median = self._quantiles(measured.rtt_s, WEEK_STEPS, 0.5)
        yield Recorded("target:wan_icmp_rtt_average_seconds:median7d", own, median)
        loss = self._blank()
        for step in range(2, self._grid.count):
            loss[step] = sum(measured.loss_ratio[step - 2 : step + 1]) / 3
        yield Recorded("target:wan_icmp_loss_ratio:ratio15m", own, loss)

    def _circuit(self, target: Target, own: Labels, measured: PastMeasurements) -> Iterator[Recorded]:
        contract = target.contracted
        for way, values, bps in (
            ("receive", measured.receive, contract.down_bps if contract else None),
            ("transmit", measured.transmit, contract.up_bps if contract else None),
        ):
            key = (*own, ("direction", way))
            yield Recorded("target:wan_link_bytes_per_second:avg5m", key, values)
            for span, days in (("7d", 7), ("30d", 30)):
                yield Recorded(f"target:wan_link_bytes_per_second:p95_{span}", key, self._quantiles(values, days * DAY_STEPS))
            yield Recorded("target:wan_link_bytes_per_second:usual1h", key, self._usual(values))
            if bps is not None:
                yield from self._load(key, array("f", [value * 8 / bps for value in values]))

    def _load(self, key: Labels, share: array[float]) -> Iterator[Recorded]:
        yield Recorded("target:wan_link_utilisation_ratio:avg5m", key, share)
        yield Recorded("target:wan_link_utilisation_ratio:now", key, self._only_detail(share))
        busiest, forecast = self._quantiles(share, DAY_STEPS, is_late=False), self._blank()
        yield Recorded("target:wan_link_utilisation_ratio:p95_1d", key, busiest)
        for mark in self._late_marks():
            forecast[mark] = self._trend(busiest, mark)
        yield Recorded("target:wan_link_utilisation_ratio:forecast14d", key, forecast)

    def _trend(self, values: array[float], mark: int) -> float:
        """Return what a line through the last two weeks' hours comes to two weeks from a mark; as predict_linear does."""
        past = range(max(0, mark - 2 * WEEK_STEPS), mark + 1)
        points = [((step - mark) * STEP_S, values[step]) for step in past if not isnan(values[step])]
        if len(points) < 2:
            return ABSENT
        x_mean = sum(x for x, _ in points) / len(points)
        y_mean = sum(y for _, y in points) / len(points)
        slope = sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points)
        return y_mean + slope * (14 * 86_400 - x_mean)

    def _usual(self, values: array[float]) -> array[float]:
        """Return the mean of the same hour one to four weeks ago, as far as it is known."""
        found = self._blank()
        for mark in self.marks:
            means = [_mean(values, mark - week * WEEK_STEPS) for week in range(1, 5)]
            known = [mean for mean in means if mean is not None]
            if known:
                found[mark] = sum(known) / len(known)
        return found

    def _quantiles(self, values: array[float], steps: int, share: float = 0.95, *, is_late: bool = True) -> array[float]:
        found = self._blank()
        for mark, ordered in self._sliding(values, steps, is_late=is_late):
            found[mark] = quantile(share, ordered)
        return found

    def _sliding(self, values: array[float], steps: int, *, is_late: bool) -> Iterator[tuple[int, list[float]]]:
        """Yield each mark with the values of its window, sorted; marks whose window holds none are left out."""
        ordered: list[float] = []
        seen: tuple[int, int] | None = None
        # Prometheus takes what lies on a window's first moment, too.
        width = steps if steps == DAY_STEPS else steps + 1
        for mark in self._late_marks() if is_late else self.marks:
            left, right = max(0, mark + 1 - width), mark + 1
            if seen is None:
                ordered = sorted(value for value in values[left:right] if value == value)  # noqa: PLR0124 not ABSENT
            else:
                for value in values[seen[0] : left]:
                    if value == value:  # noqa: PLR0124
                        del ordered[bisect_left(ordered, value)]
                for value in values[seen[1] : right]:
                    if value == value:  # noqa: PLR0124
                        insort(ordered, value)
            seen = (left, right)
            if ordered:
                yield mark, ordered

    # Windows and marks

    def _blank(self) -> array[float]:
        return array("f", [ABSENT]) * self._grid.count

    def _only_detail(self, values: array[float]) -> array[float]:
        return array("f", [ABSENT]) * self._detail + values[self._detail :]

    def _late_marks(self) -> list[int]:
        return self.marks[bisect_left(self.marks, self._detail) :]

    def _steps(self, start: float, end: float) -> tuple[int, int]:
        """Return the first step that stands in [start, end), and the first one behind it."""
        left, right = (max(0, -int((self._grid.start + STEP_S - at) // STEP_S)) for at in (start, end))
        return min(left, self._grid.count), min(max(left, right), self._grid.count)

    def _hourly(self, values: array[float]) -> array[float]:
        """Return the sums of an hour at each full hour."""
        found = self._blank()
        for step in self.hours:
            window = [value for value in values[max(0, step + 1 - HOUR_STEPS) : step + 1] if not isnan(value)]
            if window:
                found[step] = sum(window)
        return found

    def _sum_of_hours(self, hourly: array[float], mark: int, hours: int) -> float:
        """Return the sum of the last so many hours at a mark; ABSENT where there is none."""
        right = bisect_right(self.hours, mark)
        first = bisect_left(self.hours, mark + 1 - hours * HOUR_STEPS)
        known = [hourly[step] for step in self.hours[first:right] if not isnan(hourly[step])]
        return sum(known) if known else ABSENT


def quantile(share: float, ordered: Sequence[float]) -> float:
    """Return a quantile of sorted values, between the two nearest in proportion, as Prometheus' quantile_over_time does."""
    rank = share * (len(ordered) - 1)
    lower = floor(rank)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] * (1 - (rank - lower)) + ordered[upper] * (rank - lower)


def _labels(target: Target) -> Labels:
    return (("target", target.id), ("kind", target.kind.value), ("level", target.level), ("area", target.area))


def _is_any(code: array[float], states: Sequence[State]) -> array[float]:
    numbers = [_CODES.index(state) for state in states]
    return array("f", [value if isnan(value) else float(value in numbers) for value in code])


def _ratios(there: array[float], away: array[float]) -> array[float]:
    return array("f", [up / (up + down) if up + down > 0 else ABSENT for up, down in zip(there, away, strict=True)])


def _mean(values: array[float], step: int) -> float | None:
    """Return the mean of the hour that ends at a step, None where nothing was measured in it."""
    if step < 0:
        return None
    known = [value for value in values[max(0, step + 1 - HOUR_STEPS) : step + 1] if not isnan(value)]
    return sum(known) / len(known) if known else None


def _without(interval: tuple[float, float], holes: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the parts of an interval that no hole takes. holes: in order, not touching each other."""
    edges = [interval[0], *(at for hole in holes for at in hole if hole[0] < interval[1] and interval[0] < hole[1]), interval[1]]
    parts = list(pairwise(edges))[::2]
    return [(left, right) for left, right in parts if left < right]
