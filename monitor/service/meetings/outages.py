"""The transitions of the last days, kept for what meetings ask: who was cut off how often, and who missed how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from monitor.model.meeting import Meeting, Past
from monitor.model.state import Event, Transition
from monitor.rules.readiness.absence import outages

READ_AT_ONCE = 200_000
KNOWN_S = 3_600.0
"""A journal that reaches less far back says nothing of the past."""
_BEFORE_S = 86_400.0
"""Beyond the days that count so much more is kept, so that the state at a meeting's start is known."""


class TransitionReader(Protocol):
    """Where transitions are read."""

    async def events(self, since: float | None, limit: int) -> Sequence[Transition | Event]:
        """Return what came after `since`, newest first."""


class Outages:
    """What the journal said of every target in the last days, read anew from where it ended at each refresh."""

    def __init__(self, journal: TransitionReader) -> None:
        self._journal = journal
        self._told: defaultdict[str, list[Transition]] = defaultdict(list)
        self._read_at: float | None = None
        self._since: float | None = None

    async def refresh(self, now: float, history_s: float) -> None:
        """Read what is new. now: epoch seconds. What is older than history_s and a day is forgotten, but each last word."""
        oldest = now - history_s - _BEFORE_S
        found = await self._journal.events(oldest if self._read_at is None else self._read_at, READ_AT_ONCE)
        if self._since is None and found:
            self._since = found[-1].at
        for entry in reversed(found):
            if isinstance(entry, Transition):
                self._told[entry.target].append(entry)
            self._read_at = max(entry.at, self._read_at or entry.at)
        self._read_at = self._read_at or oldest
        for told in self._told.values():
            while len(told) > 1 and told[0].at < oldest:
                del told[0]

    def past(self, meeting: Meeting, now: float, history_s: float) -> dict[str, Past]:
        """Return what the last days were like for each endpoint of a meeting; nothing while the journal is too young to say."""
        seen_s = min(history_s, now - self._since) if self._since is not None else 0.0
        if seen_s < KNOWN_S:
            return {}
        return {name: Past(*outages(self._told.get(name, ()), now - history_s), seen_s) for name in meeting.endpoints}

    def transitions(self) -> Mapping[str, Sequence[Transition]]:
        """Return every target's transitions, oldest first."""
        return self._told
