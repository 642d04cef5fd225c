"""How many packets of each endpoint were sent and lost in the last hours: what a claim of low loss rests on."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from monitor.model.meeting import Samples
from monitor.model.reading import Reading

BUCKET_S = 300.0
_SILENT_OF_AN_OUTAGE = 2


@dataclass(slots=True)
class _EndpointSamples:
    """One endpoint. buckets: (when the bucket began, sent, lost), oldest first. silent: bursts in a row without a reply."""

    buckets: deque[tuple[float, int, int]] = field(default_factory=deque)
    at: float = 0.0
    silent: int = 0


class SampleMemory:
    """Takes every reading and remembers the packets of the last hours, in buckets of five minutes.

    An outage is no loss: with the first reply after it the memory begins anew, as the quality's window does.
    """

    def __init__(self) -> None:
        self._tracks: dict[str, _EndpointSamples] = {}

    def note(self, reading: Reading, wall: float) -> None:
        """Take a reading; only bursts that were sent count, and those that confirm a suspicion do not."""
        sample = reading.icmp
        if sample is None or not sample.sent or reading.confirms:
            return
        track = self._tracks.setdefault(reading.target, _EndpointSamples())
        if not sample.received:
            track.silent += 1
        elif track.silent >= _SILENT_OF_AN_OUTAGE:
            track.buckets.clear()
            track.silent = 0
        else:
            track.silent = 0
        began = wall - wall % BUCKET_S
        if track.buckets and track.buckets[-1][0] == began:
            _, sent, lost = track.buckets.pop()
        else:
            sent = lost = 0
        track.buckets.append((began, sent + sample.sent, lost + sample.sent - sample.received))
        track.at = wall

    def of(self, target: str, now: float, recent_s: float) -> Samples | None:
        """Return what the last seconds brought, None where nothing did; older buckets are forgotten."""
        track = self._tracks.get(target)
        if track is None:
            return None
        while track.buckets and track.buckets[0][0] < now - recent_s:
            track.buckets.popleft()
        if not track.buckets:
            return None
        return Samples(sum(each[1] for each in track.buckets), sum(each[2] for each in track.buckets), track.at)

    def keep_only(self, targets: Collection[str]) -> None:
        """Forget the targets that are no longer watched."""
        for target in self._tracks.keys() - set(targets):
            del self._tracks[target]
