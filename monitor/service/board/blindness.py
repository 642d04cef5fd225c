"""Our own blindness: what speaks for and against it, and the word that is kept until the opposite is proved."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import inf

from monitor.model.probe_kinds import ICMP
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import Settings
from monitor.model.state import Blindness, OwnSide
from monitor.rules import health
from monitor.rules.blindness import WitnessSilence, judge_own_side, judge_silence
from monitor.rules.topology import Topology
from monitor.service.board.suspicion import Suspicions
from monitor.service.board.track import Track
from monitor.service.specs import REFERENCE, reference_turn, references_outside


class BlindnessWatch:
    """Whether we see.

    All times are monotonic seconds, but Blindness.since.
    blind: why and since when we are blind, None while we see. sighted_s: since when we see again; -inf where we always did.
    """

    def __init__(self, suspicions: Suspicions) -> None:
        self._suspicions = suspicions
        self._own: deque[OwnSide] = deque()
        self._references: dict[str, float | None] = {}  # id → when its first miss after an answer was asked, None while it answers
        self.blind: Blindness | None = None
        self._blind_since_s = 0.0
        self.sighted_s = -inf
        self._answered_s = -inf
        self._own_reason: Reason | None = None

    @property
    def is_doubted(self) -> bool:
        """True while we are blind, or our own side speaks against our sight and that is not judged yet."""
        return self.blind is not None or self._own_reason is not None

    @property
    def reference_ids(self) -> list[str]:
        """Return the ids under which the poller knows the addresses outside the inventory."""
        return list(self._references)

    def follow(self, tracks: Mapping[str, Track], topology: Topology, settings: Settings) -> None:
        """Follow a changed configuration; references that are targets themselves are told by their tracks."""
        self._tracks, self._topology, self._settings = tracks, topology, settings
        self._span_s = reference_turn(
            "", settings
        ).spec.span_s  # a reference's miss is known so long after its beginning at the latest
        names = [REFERENCE + reference for reference in references_outside(tracks, settings)]
        self._references = {name: self._references.get(name) for name in names}

    def own_side(self, own: OwnSide) -> None:
        """Take what is known of our own side; one round of it is kept."""
        self._own.append(own)
        while self._own[0].at_s <= own.at_s - ICMP.of(self._settings).every_s:
            self._own.popleft()
        self._own_reason = judge_own_side(self._own)

    def record_reading(self, reading: Reading) -> None:
        """Take a reading of anyone as evidence that we see, or of a reference that it is silent."""
        is_alive = reading.outcome.is_alive
        if is_alive and reading.at_s > self._answered_s:
            self._answered_s = reading.at_s
        name = reading.target
        if name not in self._references:
            return
        if is_alive:
            self._references[name] = None
        elif reading.outcome is Outcome.TIMEOUT and self._references[name] is None:
            self._references[name] = reading.at_s - self._span_s if reading.asked_s is None else reading.asked_s

    def look(self, now_s: float, wall: float) -> tuple[Blindness | None, Blindness | None]:
        """Judge anew; return what was believed before and what is believed now."""
        before = self.blind
        found = self._still_blind(before) if before is not None else self._own_reason or self._blind_by_silence(now_s)
        if found is None:
            self.blind = None
            self.sighted_s = now_s if before is not None else self.sighted_s
        elif before is None:
            self.blind, self._blind_since_s = Blindness(wall, found), now_s
        else:
            self.blind = Blindness(before.since, found)
        return before, self.blind

    def _still_blind(self, before: Blindness) -> Reason | None:
        """A blindness by silence ends with the first answer of anyone; the others end with their evidence."""
        if self._own_reason is not None or before.reason.code != "blind_silent":
            return self._own_reason
        return None if self._answered_s > self._blind_since_s else before.reason

    def _blind_by_silence(self, now_s: float) -> Reason | None:
        """Where the root's silence is confirmed, gather who else is silent."""
        root = self._topology.root
        if root not in self._tracks or not self._suspicions.is_confirmed(root, now_s):
            return None
        neighbours = [self._missed_s(name, now_s) for name in self._topology.children.get(root, ())]
        chosen = [name for name in self._settings.health.references if name in self._tracks]
        references = [*(self._missed_s(name, now_s) for name in chosen), *self._references.values()]
        counted = [self._missed_s(root, now_s), *(references or neighbours)]
        newest_s = max((each for each in counted if each is not None), default=now_s - self._span_s)
        silent = WitnessSilence(
            root=True,
            references=len(references),
            silent_references=sum(each is not None for each in references),
            neighbours=len(neighbours),
            silent_neighbours=sum(each is not None for each in neighbours),
            has_answer=self._answered_s > newest_s,
        )
        return judge_silence(silent)

    def _missed_s(self, name: str, now_s: float) -> float | None:
        """Return when what began a target's silence was asked, None while it answers or is not known to be silent."""
        track = self._tracks[name]
        is_missing = self._suspicions.is_silent(name) or health.is_missing(track.health, now_s)
        return track.silence.sent_s if track.silence is not None and is_missing else None
