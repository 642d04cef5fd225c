"""Sight: gathers what speaks for and against our own blindness, and keeps the word until the opposite is proved."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from monitor.model.probe_kinds import ICMP
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import Settings
from monitor.model.state import Blindness, OwnSide
from monitor.rules import blindness, health
from monitor.rules.blindness import WitnessSilence
from monitor.rules.topology import Topology
from monitor.service.board.suspicion import Suspicions
from monitor.service.board.track import Track
from monitor.service.specs import REFERENCE, reference_turn, references_outside


@dataclass(slots=True)
class _Reference:
    """An address outside the inventory. sent_s: when its first miss after an answer was asked, monotonic; None while it answers."""

    sent_s: float | None = None


class BlindnessWatch:
    """Whether we see. All times are monotonic seconds, but Blindness.since."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._span_s = _reference_span_s(settings)
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
        self._span_s = _reference_span_s(settings)
        known = self._references
        names = [REFERENCE + reference for reference in references_outside(targets, settings)]
        self._references = {name: known.get(name, _Reference()) for name in names}

    def own_side(self, own: OwnSide) -> None:
        """Take what is known of our own side; one round of it is kept."""
        self._own.append(own)
        while self._own[0].at_s <= own.at_s - ICMP.of(self._settings).every_s:
            self._own.popleft()
        self._own_reason = blindness.judge_blindness(self._own, WitnessSilence())

    def record_reading(self, reading: Reading) -> None:
        """Take a reading of anyone as evidence that we see, or of a reference that it is silent."""
        is_alive = reading.outcome.is_alive
        if is_alive and reading.at_s > self._answered_s:
            self._answered_s = reading.at_s
        reference = self._references.get(reading.target)
        if reference is None:
            return
        if is_alive:
            reference.sent_s = None
        elif reading.outcome is Outcome.TIMEOUT and reference.sent_s is None:
            reference.sent_s = reading.at_s - self._span_s if reading.asked_s is None else reading.asked_s

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
        return blindness.judge_blindness((), silence)

    def _silence(self, tracks: Mapping[str, Track], topology: Topology, now_s: float) -> WitnessSilence:
        """Gather who is silent besides the root, whose silence is confirmed."""
        root = topology.root
        sent = [_missed_s(tracks[root], now_s)]
        neighbours = [_missed_s(tracks[name], now_s) for name in topology.children.get(root, ())]
        chosen = [name for name in self._settings.health.references if name in tracks]
        references = [_missed_s(tracks[name], now_s) for name in chosen]
        references += [reference.sent_s for reference in self._references.values()]
        counted = references or neighbours
        newest_s = max((each for each in sent + counted if each is not None), default=now_s - self._span_s)
        return WitnessSilence(
            root=True,
            references=len(references),
            silent_references=sum(each is not None for each in references),
            neighbours=len(neighbours),
            silent_neighbours=sum(each is not None for each in neighbours),
            has_answer=self._answered_s > newest_s,
        )


def _missed_s(track: Track, now_s: float) -> float | None:
    """Return when what began a target's silence was asked, None while it answers or is not known to be silent."""
    if track.silence is None or not (track.is_silent or health.is_missing(track.health, now_s)):
        return None
    return track.silence.sent_s


def _reference_span_s(settings: Settings) -> float:
    """Return how long after its beginning a reference's miss is known at the latest, in seconds."""
    return reference_turn("", settings).spec.span_s
