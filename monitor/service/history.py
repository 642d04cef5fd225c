"""The last 24 hours of every target by the minute, in compact arrays: what is usual for a site, and what pages draw."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
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
_SERIES = ("rtt", "loss")
DRAWN = ("jitters_s", "receive_bps", "transmit_bps")
"""What pages draw beside these, by the names of Day's fields."""


class _TargetRings:
    """One target's rings, and the minute that is being filled."""

    __slots__ = (
        "burst_count",
        "drawn",
        "known",
        "loss",
        "loss_sum",
        "minute",
        "rtt",
        "rtt_count",
        "rtt_sum",
        "usual",
        "usual_minute",
    )

    def __init__(self) -> None:
        self.rtt = array("f", [math.nan]) * MINUTES
        self.loss = array("f", [math.nan]) * MINUTES
        self.drawn: dict[str, array[float]] = {}
        self.minute = 0
        self.rtt_sum = self.loss_sum = 0.0
        self.rtt_count = self.burst_count = 0
        self.known = 0
        self.usual: float | None = None
        self.usual_minute = -MINUTES

    def advance(self, minute: int) -> None:
        """Close the minute being filled, empty the ring's places up to the new one, and find what is usual."""
        if self.burst_count:
            place = self.minute % MINUTES
            if self.rtt_count:
                self.known += math.isnan(self.rtt[place])
                self.rtt[place] = self.rtt_sum / self.rtt_count
            self.loss[place] = self.loss_sum / self.burst_count
        self.clear(self.minute + 1, minute)
        self.minute = minute
        self.rtt_sum = self.loss_sum = 0.0
        self.rtt_count = self.burst_count = 0
        self.find_usual()

    def clear(self, first: int, last: int) -> None:
        """Forget what stood in the ring's places from a minute to another: a day ago, or never true."""
        for minute in range(max(first, last - MINUTES + 1), last + 1):
            place = minute % MINUTES
            self.known -= not math.isnan(self.rtt[place])
            self.rtt[place] = self.loss[place] = math.nan
            for ring in self.drawn.values():
                ring[place] = math.nan

    def find_usual(self) -> None:
        """Find the median of the minutes anew, where there are enough of them and the last one was found long enough ago."""
        if self.known < USUAL_NEEDS_MINUTES:
            self.usual = None
        elif self.usual is None or self.minute - self.usual_minute >= max(USUAL_HOLDS_MINUTES, self.known // _USUAL_HOLDS_SHARE):
            self.usual = median(value for value in self.rtt if not math.isnan(value))
            self.usual_minute = self.minute


class History(SavedState):
    """Minute values of ICMP by target. Minutes are of the wall clock: epoch seconds // 60."""

    form = "monitor history 2"
    lost = "the history in %s can't be read and begins anew: %s"

    def __init__(self) -> None:
        self._tracks: dict[str, _TargetRings] = {}

    def note(self, reading: Reading, wall_s: float) -> None:
        """Take a reading in; only bursts that were sent count, and those that confirm a suspicion do not."""
        sample = reading.icmp
        if sample is None or not sample.sent or reading.confirms:
            return
        track = self._tracks.get(reading.target)
        if track is None:
            track = self._tracks[reading.target] = _TargetRings()
        minute = int(wall_s // 60)
        if minute > track.minute:
            track.advance(minute)
        track.burst_count += 1
        track.loss_sum += 1 - sample.received / sample.sent
        rtt_s = sample.rtt_average_s
        if rtt_s is not None and sample.clock == "kernel":
            track.rtt_count += 1
            track.rtt_sum += rtt_s

    def draw(self, target: str, minute: int, values: Mapping[str, float | None]) -> None:
        """Keep what else pages draw of a whole minute, by the names of Day's fields; ignored where no burst was seen around it.

        A series takes memory only once it has a value: most endpoints have no circuit.
        """
        track = self._tracks.get(target)
        if track is None or not track.minute - MINUTES < minute <= track.minute:
            return
        for name, value in values.items():
            if value is not None:
                ring = track.drawn.get(name)
                if ring is None:
                    ring = track.drawn[name] = array("f", [math.nan]) * MINUTES
                ring[minute % MINUTES] = value

    def day(self, target: str, now_s: float) -> Day | None:
        """Return the last whole 1440 minutes of a target before a time of the wall clock; None where it was never seen."""
        track = self._tracks.get(target)
        if track is None:
            return None
        last = int(now_s // 60) - 1
        drawn = {name: tuple(_read_ring(ring, track.minute - 1, last)) for name, ring in track.drawn.items()}
        return Day((last + 1) * 60.0, tuple(self.minutes(target, "rtt", last)), tuple(self.minutes(target, "loss", last)), **drawn)

    def usual_rtt_s(self, target: str) -> float | None:
        """Return the median of the last 24 hours' minutes, seconds; None below USUAL_NEEDS_MINUTES of them."""
        track = self._tracks.get(target)
        return track.usual if track else None

    def minutes(self, target: str, series: str, last_minute: int) -> list[float | None]:
        """Return the 1440 values of 'rtt' (seconds) or 'loss' (ratio) up to a minute, oldest first; None where nothing was seen."""
        track = self._tracks.get(target)
        if track is None:
            return [None] * MINUTES
        ring: array[float] = getattr(track, series)
        return _read_ring(ring, track.minute - 1, last_minute)

    def keep_only(self, targets: Iterable[str]) -> None:
        """Forget the targets that are no longer watched."""
        wanted = set(targets)
        for target in self._tracks.keys() - wanted:
            del self._tracks[target]

    def _head(self) -> Mapping[str, Any]:
        return {"targets": {target: [track.minute, *track.drawn] for target, track in self._tracks.items()}}

    def _write(self, file: BinaryIO) -> None:
        for track in self._tracks.values():
            for series in _SERIES:
                getattr(track, series).tofile(file)
            for ring in track.drawn.values():
                ring.tofile(file)

    def _read(self, head: Mapping[str, Any], file: BinaryIO) -> None:
        for target, (minute, *drawn) in head["targets"].items():
            self._tracks[target] = _read_track(file, int(minute), [name for name in drawn if name in DRAWN])

    def _forget(self) -> None:
        self._tracks.clear()


def history_file(journal_url: str) -> Path | None:
    """Return where the minute values are kept: beside an SQLite journal; None where the journal is elsewhere."""
    _, found, path = journal_url.partition("sqlite:///")
    return Path(path).with_name("history.minutes") if found and path and path != ":memory:" else None


def _read_ring(ring: array[float], newest: int, last_minute: int) -> list[float | None]:
    """Return a ring's values up to a minute, oldest first; newest: the last minute that was filled."""
    wanted = range(last_minute - MINUTES + 1, last_minute + 1)
    values = (ring[minute % MINUTES] if newest - MINUTES < minute <= newest else math.nan for minute in wanted)
    return [None if math.isnan(value) else value for value in values]


def _read_track(file: BinaryIO, minute: int, drawn: Iterable[str]) -> _TargetRings:
    track = _TargetRings()
    track.minute = minute
    for series in _SERIES:
        setattr(track, series, _read_file_ring(file))
    track.drawn = {name: _read_file_ring(file) for name in drawn}
    track.known = MINUTES - sum(map(math.isnan, track.rtt))
    track.find_usual()
    return track


def _read_file_ring(file: BinaryIO) -> array[float]:
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
