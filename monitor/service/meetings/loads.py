"""What every circuit usually carries, by weekday and hour: 168 means a direction, in compact arrays, saved beside the history."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from monitor.model.meeting import UsualLoad
from monitor.model.state import TargetView
from monitor.service.saved_state import SavedState

HOURS = 7 * 24
NEW_WEIGHT = 0.3
"""What the newest week counts for in an hour's mean: a change of habits is followed in three weeks, one odd day is not."""


@dataclass(slots=True)
class _PointMeans:
    """One point: the means of each hour of the week (bit/s, NaN where never seen), and the hour that is being filled."""

    down: array[float] = field(default_factory=lambda: array("f", [math.nan]) * HOURS)
    up: array[float] = field(default_factory=lambda: array("f", [math.nan]) * HOURS)
    hour: int = -1
    count: int = 0
    down_sum: float = 0.0
    up_sum: float = 0.0

    def close(self) -> None:
        """Let the hour that is over count."""
        if self.count:
            for means, total in ((self.down, self.down_sum), (self.up, self.up_sum)):
                mean, before = total / self.count, means[self.hour]
                means[self.hour] = mean if math.isnan(before) else before + NEW_WEIGHT * (mean - before)
        self.count, self.down_sum, self.up_sum = 0, 0.0, 0.0


class Loads(SavedState[_PointMeans]):
    file = "loads.hours"
    form = "monitor loads 1"
    lost = "the usual loads in %s can't be read and begin anew: %s"

    def note(self, views: Mapping[str, TargetView], now_local: datetime) -> None:
        """Take what circuits carry now, by their exact rates; called about once a minute. now_local: in the settings' time zone."""
        hour = _hour_of_week(now_local)
        for name, view in views.items():
            rates = _rates(view)
            if rates is None:
                continue
            means = self._by_target.setdefault(name, _PointMeans())
            if means.hour != hour:
                means.close()
                means.hour = hour
            means.count += 1
            means.down_sum += rates[0]
            means.up_sum += rates[1]

    def usual(self, start: datetime, end: datetime) -> dict[str, UsualLoad]:
        """Return point → what it usually carries in the busiest hour of a time (aware, local); who was never seen then lacks."""
        first = start.replace(minute=0, second=0, microsecond=0)
        hours = {_hour_of_week(first + timedelta(hours=number)) for number in range(math.ceil((end - first) / timedelta(hours=1)))}
        found = {}
        for name, means in self._by_target.items():
            down = [value for hour in hours if not math.isnan(value := means.down[hour])]
            up = [value for hour in hours if not math.isnan(value := means.up[hour])]
            if down and up:
                found[name] = UsualLoad(max(down), max(up))
        return found

    def _head(self) -> Mapping[str, Any]:
        return {"points": list(self._by_target)}

    def _write(self, file: BinaryIO) -> None:
        for means in self._by_target.values():
            means.close()
            means.down.tofile(file)
            means.up.tofile(file)

    def _read(self, head: Mapping[str, Any], file: BinaryIO) -> None:
        for name in head["points"]:
            means = _PointMeans(array("f"), array("f"))
            means.down.fromfile(file, HOURS)
            means.up.fromfile(file, HOURS)
            self._by_target[name] = means


def _hour_of_week(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour


def _rates(view: TargetView) -> tuple[float, float] | None:
    """Return what a circuit carries now in bit/s, receive and transmit; None where its device does not tell."""
    if view.snmp is None or not view.snmp.up:
        return None
    wan = next((each for each in view.snmp.interfaces if each.role == "wan"), None)
    if wan is None or wan.receive_bytes_per_second is None or wan.transmit_bytes_per_second is None:
        return None
    return wan.receive_bytes_per_second * 8, wan.transmit_bytes_per_second * 8
