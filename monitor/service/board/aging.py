"""Aging: lets go of beliefs and evidence that grew too old, a share of the targets at a time, so that no step is long."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from monitor.service.board.track import Track

SHARES = 20


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
