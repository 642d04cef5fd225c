"""What every circuit usually carries, by weekday and hour: 168 means a direction, in compact arrays, saved beside the history."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
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


class Loads(SavedState):
    """The usual load of every point's circuit."""

    form = "monitor loads 1"
    lost = "the usual loads in %s can't be read and begin anew: %s"

    def __init__(self) -> None:
        self._tracks: dict[str, _PointMeans] = {}

    def note(self, views: Mapping[str, TargetView], now_local: datetime) -> None:
        """Take what circuits carry now, by their exact rates; called about once a minute. now_local: in the settings' time zone."""
        hour = now_local.weekday() * 24 + now_local.hour
        for name, view in views.items():
            rates = _rates(view)
            if rates is None:
                continue
            track = self._tracks.setdefault(name, _PointMeans())
            if track.hour != hour:
                track.close()
                track.hour = hour
            track.count += 1
            track.down_sum += rates[0]
            track.up_sum += rates[1]

    def usual(self, start: datetime, end: datetime) -> dict[str, UsualLoad]:
        """Return point → what it usually carries in the busiest hour of a time (aware, local); who was never seen then lacks."""
        hours = []
        moment = start.replace(minute=0, second=0, microsecond=0)
        while moment < end:
            hours.append(moment.weekday() * 24 + moment.hour)
            moment += timedelta(hours=1)
        found = {}
        for name, track in self._tracks.items():
            down = [value for hour in hours if not math.isnan(value := track.down[hour])]
            up = [value for hour in hours if not math.isnan(value := track.up[hour])]
            if down and up:
                found[name] = UsualLoad(max(down), max(up))
        return found

    def keep_only(self, targets: Iterable[str]) -> None:
        """Forget the points that are no longer watched."""
        for target in self._tracks.keys() - set(targets):
            del self._tracks[target]

    def _head(self) -> Mapping[str, Any]:
        return {"points": list(self._tracks)}

    def _write(self, file: BinaryIO) -> None:
        for track in self._tracks.values():
            track.close()
            track.down.tofile(file)
            track.up.tofile(file)

    def _read(self, head: Mapping[str, Any], file: BinaryIO) -> None:
        for name in head["points"]:
            track = _PointMeans(array("f"), array("f"))
            track.down.fromfile(file, HOURS)
            track.up.fromfile(file, HOURS)
            self._tracks[name] = track

    def _forget(self) -> None:
        self._tracks.clear()


def loads_file(history: Path | None) -> Path | None:
    """Return where the loads are kept: beside the history."""
    return None if history is None else history.with_name("loads.hours")


def _rates(view: TargetView) -> tuple[float, float] | None:
    """Return what a circuit carries now in bit/s, receive and transmit; None where its device does not tell."""
    if view.snmp is None or not view.snmp.up:
        return None
    wan = next((each for each in view.snmp.interfaces if each.role == "wan"), None)
    if wan is None or wan.receive_bytes_per_second is None or wan.transmit_bytes_per_second is None:
        return None
    return wan.receive_bytes_per_second * 8, wan.transmit_bytes_per_second * 8
