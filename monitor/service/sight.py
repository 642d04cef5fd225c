"""Sight: gathers what speaks for and against our own blindness, and keeps the word until the opposite is proved."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from monitor.model.own_side import OwnSide
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import Settings
from monitor.model.state import Blindness
from monitor.rules import blindness, health
from monitor.rules.blindness import Silence
from monitor.rules.topology import Topology
from monitor.service.specs import REFERENCE
from monitor.service.suspicion import Suspicions
from monitor.service.track import Track


@dataclass(slots=True)
class _Reference:
    """An address outside the inventory. silent_since_s: its first miss after an answer, monotonic; None while it answers."""

    silent_since_s: float | None = None


class Sight:
    """Whether we see. All times are monotonic seconds, but Blindness.since."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own: deque[OwnSide] = deque()
        self._references: dict[str, _Reference] = {}
        self._blind: Blindness | None = None
        self._blind_since_s = 0.0
        self._answered_s = float("-inf")
        self._own_reason: Reason | None = None

    @property
    def blind(self) -> Blindness | None:
        """Return why and since when we are blind, None while we see."""
        return self._blind

    @property
    def is_doubted(self) -> bool:
        """True while we are blind, or our own side speaks against our sight and that is not judged yet."""
        return self._blind is not None or self._own_reason is not None

    @property
    def reference_ids(self) -> list[str]:
        """Return the ids under which the poller knows the addresses outside the inventory."""
        return list(self._references)

    def follow(self, settings: Settings, targets: Collection[str]) -> None:
        """Take a changed configuration; references that are targets themselves are told by their tracks."""
        self._settings = settings
        known = self._references
        names = [REFERENCE + reference for reference in settings.health.references if reference not in targets]
        self._references = {name: known.get(name, _Reference()) for name in names}

    def own_side(self, own: OwnSide) -> None:
        """Take what is known of our own side; one round of it is kept."""
        self._own.append(own)
        while self._own[0].at_s <= own.at_s - self._settings.icmp.every_s:
            self._own.popleft()
        self._own_reason = blindness.judge(self._own, Silence())

    def take(self, reading: Reading) -> None:
        """Take a reading of anyone as evidence that we see, or of a reference that it is silent."""
        is_alive = reading.outcome.is_alive
        if is_alive and reading.at_s > self._answered_s:
            self._answered_s = reading.at_s
        reference = self._references.get(reading.target)
        if reference is None:
            return
        if is_alive:
            reference.silent_since_s = None
        elif reading.outcome is Outcome.TIMEOUT and reference.silent_since_s is None:
            reference.silent_since_s = reading.at_s

    def look(
        self, tracks: Mapping[str, Track], topology: Topology, suspicions: Suspicions, now_s: float, wall: float
    ) -> tuple[Blindness | None, Blindness | None]:
        """Judge anew; return what was believed before and what is believed now."""
        before = self._blind
        if before is not None:
            found = self._still_blind(before)
        else:
            found = self._own_reason or self._blind_by_silence(tracks, topology, suspicions, now_s)
        if found is None:
            self._blind = None
        elif before is None:
            self._blind, self._blind_since_s = Blindness(wall, found), now_s
        else:
            self._blind = Blindness(before.since, found)
        return before, self._blind

    def _still_blind(self, before: Blindness) -> Reason | None:
        """A blindness by silence ends with the first answer of anyone; the others end with their evidence."""
        if self._own_reason is not None or before.reason.code != "blind_silent":
            return self._own_reason
        return None if self._answered_s > self._blind_since_s else before.reason

    def _blind_by_silence(
        self, tracks: Mapping[str, Track], topology: Topology, suspicions: Suspicions, now_s: float
    ) -> Reason | None:
        root = topology.root
        if root not in tracks or not suspicions.is_confirmed(root, now_s):
            return None
        silence = self._silence(tracks, topology, now_s)
        return blindness.judge((), silence)

    def _silence(self, tracks: Mapping[str, Track], topology: Topology, now_s: float) -> Silence:
        """Gather who is silent besides the root, whose silence is confirmed."""
        root = topology.root
        since = [_silent_since(tracks[root], now_s)]
        neighbours = [_silent_since(tracks[name], now_s) for name in topology.children.get(root, ())]
        chosen = [name for name in self._settings.health.references if name in tracks]
        references = [_silent_since(tracks[name], now_s) for name in chosen]
        references += [reference.silent_since_s for reference in self._references.values()]
        counted = references or neighbours
        icmp = self._settings.icmp
        burst_s = icmp.timeout_s + icmp.packets * icmp.spacing_s  # a miss is known so long after its burst was sent
        newest_s = max((each for each in since + counted if each is not None), default=now_s)
        return Silence(
            root=True,
            references=len(references),
            silent_references=sum(each is not None for each in references),
            neighbours=len(neighbours),
            silent_neighbours=sum(each is not None for each in neighbours),
            has_answer=self._answered_s > newest_s - burst_s,
        )


def _silent_since(track: Track, now_s: float) -> float | None:
    """Return since when a target has been silent, None while it answers or is not known to be silent."""
    if track.silence is None or not (track.is_silent or health.is_missing(track.health, now_s)):
        return None
    return track.silence.since_s
