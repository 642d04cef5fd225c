"""What a watch remembers of endpoints: their rounds of the last minutes, and the outages that the journal tells."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass, field

from monitor.model.meeting import Meeting, Past, Samples
from monitor.model.reading import Reading
from monitor.model.state import Transition
from monitor.rules.readiness.absence import outages
from monitor.service.meetings.records import MeetingJournal

READ_AT_ONCE = 200_000
KNOWN_S = 3_600.0
"""A journal that reaches less far back says nothing of the past."""
_BEFORE_S = 86_400.0
"""Beyond the days that count so much more is kept, so that the state at a meeting's start is known."""

BUCKET_S = 300.0
_SILENT_OF_AN_OUTAGE = 2


@dataclass(slots=True)
class _EndpointSamples:
    """One endpoint. buckets: (when the bucket began, sent, lost), oldest first. silent: bursts in a row without a reply."""

    buckets: deque[tuple[float, int, int]] = field(default_factory=deque)
    at: float = 0.0
    silent: int = 0


class SampleMemory:
    """Records every burst and remembers its packets for some hours, in buckets of five minutes.

    An outage is no loss: with the first reply after it the memory begins anew, as the quality's window does.
    """

    def __init__(self) -> None:
        self._endpoints: dict[str, _EndpointSamples] = {}

    def note(self, reading: Reading, wall: float) -> None:
        """Record a reading; only bursts that were sent count, and those that confirm a suspicion do not."""
        sample = reading.icmp
        if sample is None or not sample.sent or reading.confirms:
            return
        seen = self._endpoints.setdefault(reading.target, _EndpointSamples())
        if sample.received and seen.silent >= _SILENT_OF_AN_OUTAGE:
            seen.buckets.clear()
        seen.silent = 0 if sample.received else seen.silent + 1
        began = wall - wall % BUCKET_S
        _, sent, lost = seen.buckets.pop() if seen.buckets and seen.buckets[-1][0] == began else (began, 0, 0)
        seen.buckets.append((began, sent + sample.sent, lost + sample.sent - sample.received))
        seen.at = wall

    def of(self, target: str, now: float, recent_s: float) -> Samples | None:
        """Return what the last seconds brought, None where nothing did; older buckets are forgotten."""
        seen = self._endpoints.get(target)
        while seen and seen.buckets and seen.buckets[0][0] < now - recent_s:
            seen.buckets.popleft()
        if not seen or not seen.buckets:
            return None
        return Samples(sum(each[1] for each in seen.buckets), sum(each[2] for each in seen.buckets), seen.at)

    def keep_only(self, targets: Collection[str]) -> None:
        for target in self._endpoints.keys() - set(targets):
            del self._endpoints[target]


class Outages:
    """What the journal said of every target in the last days, read anew from where it ended at each refresh.

    transitions: by target, oldest first.
    """

    def __init__(self, journal: MeetingJournal) -> None:
        self._journal = journal
        self.transitions: defaultdict[str, list[Transition]] = defaultdict(list)
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
                self.transitions[entry.target].append(entry)
            self._read_at = max(entry.at, self._read_at or entry.at)
        self._read_at = self._read_at or oldest
        for states in self.transitions.values():
            while len(states) > 1 and states[0].at < oldest:
                del states[0]

    def past(self, meeting: Meeting, now: float, history_s: float) -> dict[str, Past]:
        """Return what the last days were like for each endpoint of a meeting; nothing while the journal is too young to say."""
        seen_s = min(history_s, now - self._since) if self._since is not None else 0.0
        if seen_s < KNOWN_S:
            return {}
        return {name: Past(*outages(self.transitions.get(name, ()), now - history_s), seen_s) for name in meeting.endpoints}
