"""Suspicions: whom to ask again when a target misses, and when its silence is believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model.settings import Settings
from monitor.rules import health
from monitor.rules.health import Standing
from monitor.rules.topology import Topology
from monitor.service.board.track import Track

ANSWER_S = 2.5
"""How long an answer to a question is waited for; a burst takes 1.1 s, so what is later than that was never asked."""
ASK_AGAIN_S = 0.5
HOLD_S = 2.5
"""How long a confirmed silence is held for uplinks that are suspected too, so that root and children come out together."""
RETURN_S = 1.3
"""How long the return of a target is held for the first answers of those behind it."""


class Suspicions:
    """Follows every suspected target from its first miss to the end of the suspicion, and never lets one hang.

    Nothing here looks at a clock: now_s is monotonic seconds.
    """

    def __init__(self, tracks: Mapping[str, Track], topology: Topology, settings: Settings) -> None:
        self._tracks = tracks
        self._topology = topology
        self._settings = settings
        self._suspects: set[str] = {name for name, track in tracks.items() if track.is_suspected}
        self._back: set[str] = {name for name, track in tracks.items() if track.back_s is not None}

    @property
    def has_any(self) -> bool:
        """True while anyone is suspected, or a return is held."""
        return bool(self._suspects or self._back)

    @property
    def held_back(self) -> frozenset[str]:
        """Return the targets whose return is held for those behind them."""
        return frozenset(self._back)

    def noticed(self, name: str) -> None:
        """Note that a target may be suspected now."""
        if self._tracks[name].is_suspected:
            self._suspects.add(name)

    def returned(self, name: str, now_s: float) -> list[str]:
        """Note that a silent target answers; return whom to ask, so that its whole family comes back together.

        Its return is held for those behind it, unless that of an uplink is held already: then it waits with that one.
        """
        waiting = [below for below in self._topology.behind(name) if self._tracks[below].is_silent]
        if waiting and self._back.isdisjoint(self._topology.ancestors(name)):
            self._tracks[name].back_s = now_s
            self._back.add(name)
        uplinks = [above for above in self._topology.ancestors(name) if self._tracks[above].is_silent]
        return self._await([*waiting, *uplinks], now_s)

    def relieved(self, name: str, now_s: float) -> list[str]:
        """Note that a suspected target answers after all; return whom to ask anew.

        What is suspected behind it missed while it missed too, and that proves nothing against them.
        """
        doubted = [below for below in self._topology.behind(name) if self._tracks[below].is_suspected]
        for below in doubted:
            track = self._tracks[below]
            track.health = health.restart(track.health, now_s)
            track.clear_suspicion()
        return self._await(doubted, now_s)

    def release_returned(self, now_s: float) -> list[str]:
        """Let go of returns that were held long enough, and of those held behind them; return whose."""
        over = [name for name in self._back if self._has_come_back(name, now_s)]
        done = self._back.intersection(over).union(*(self._back & self._topology.behind(name) for name in over))
        for name in done:
            self._tracks[name].back_s = None
            self._back.discard(name)
        return sorted(done)

    def ask(self, now_s: float) -> list[str]:
        """Return the targets to be probed at once; drop the suspicions that have asked often enough without a conclusive answer."""
        wanted: dict[str, None] = {}
        for name in sorted(self._suspects, key=self._topology.order.__getitem__):
            track = self._tracks[name]
            if not track.is_suspected:
                self._suspects.discard(name)
            elif track.health.standing is not Standing.RETURNING and not self.is_cut(name):
                wanted.update(dict.fromkeys(self._whom_to_ask(track, now_s)))
        return self._await(wanted, now_s)

    def await_return(self, names: Iterable[str], now_s: float) -> list[str]:
        """Return whom to ask of targets whose uplink carries again, and note that they are suspected from now on."""
        found = list(names)
        self._suspects.update(found)
        return self._await(found, now_s)

    def believe(self, now_s: float) -> list[str]:
        """Believe every silence that is confirmed, uplinks first; return whose.

        A target whose every uplink is silent already needs no confirmation of its own: its silence is the uplink's.
        """
        believed = []
        for name in sorted(self._suspects, key=self._topology.order.__getitem__):
            track = self._tracks[name]
            if self._is_believed(name, track, now_s):
                track.health = health.settle(track.health)
                track.clear_suspicion()
                self._suspects.discard(name)
                believed.append(name)
        return believed

    def is_cut(self, name: str) -> bool:
        """Return whether every path from a target to the root passes a silent one."""
        parents = self._topology.parents[name]
        return bool(parents) and all(self._is_blocked(parent) for parent in parents)

    def is_confirmed(self, name: str, now_s: float) -> bool:
        """Return whether a target is silent beyond doubt, be it believed already or not."""
        track = self._tracks[name]
        return track.is_silent or health.is_ripe(track.health, now_s, misses_to_down=self._settings.health.misses_to_down)

    def _is_cut_for(self, track: Track) -> bool:
        """Return whether a target's silence is its uplinks'; for one that returns, a return that is only held is none."""
        if not self.is_cut(track.target.id):
            return False
        is_returning = track.health.standing is Standing.RETURNING
        return not is_returning or all(self._tracks[parent].back_s is None for parent in self._topology.parents[track.target.id])

    def _is_blocked(self, name: str) -> bool:
        track = self._tracks[name]
        return track.is_silent or (not track.is_answering and self.is_cut(name))

    def _is_believed(self, name: str, track: Track, now_s: float) -> bool:
        if not track.is_suspected:
            return False
        if self._is_cut_for(track) and health.is_missing(track.health, now_s):
            return True
        if not health.is_ripe(track.health, now_s, misses_to_down=self._settings.health.misses_to_down):
            return False
        if track.ripe_s is None:
            track.ripe_s = now_s
        if self._may_be_cut(name):
            return False
        return now_s - track.ripe_s >= HOLD_S or not self._is_awaiting_family(name, now_s)

    def _may_be_cut(self, name: str) -> bool:
        """Return whether every path from a target to the root passes one that is silent, suspected or not heard of yet.

        Then its silence is not its own before theirs is believed or relieved, however long that takes: every suspicion ends, and
        whoever is never heard of lapses.
        """
        parents = self._topology.parents[name]
        return bool(parents) and all(self._is_doubtful(parent) or self._may_be_cut(parent) for parent in parents)

    def _is_doubtful(self, name: str) -> bool:
        """Return whether a target may be what cuts others off: after a start that is anyone who was not heard of yet."""
        track = self._tracks[name]
        return track.is_silent or track.is_suspected or (bool(track.plan) and track.health.standing is Standing.NEW)

    def _is_awaiting_family(self, name: str, now_s: float) -> bool:
        """Return whether an uplink is suspected itself, or anyone of the family still owes an answer."""
        above = self._topology.ancestors(name)
        if any(self._tracks[each].is_suspected for each in above):
            return True
        family = (name, *above, *self._topology.behind(name))
        return any(self._is_awaited(self._tracks[each], now_s) for each in family)

    def _has_come_back(self, name: str, now_s: float) -> bool:
        since_s = self._tracks[name].back_s
        if since_s is None or now_s - since_s >= RETURN_S:
            return True
        return not any(self._is_awaited(self._tracks[below], now_s) for below in self._topology.behind(name))

    def _whom_to_ask(self, track: Track, now_s: float) -> Iterable[str]:
        """A miss of the first probe asks the whole family; one of a slower probe asks the target, whose first probe then tells."""
        name = track.target.id
        first = track.health.probes.get(track.first_probe)
        if not track.is_asked_wide and first is not None and first.unanswered:
            track.is_asked_wide = True
            track.asks, track.asked_s = track.asks + 1, now_s
            return (name, *self._topology.ancestors(name), *self._topology.behind(name))
        if track.asks and (self._is_awaited(track, now_s) or now_s - track.asked_s < ASK_AGAIN_S):
            return ()
        misses_to_down = self._settings.health.misses_to_down
        if health.is_ripe(track.health, now_s, misses_to_down=misses_to_down):
            return ()
        if track.asks >= misses_to_down + 2:
            track.health = health.drop(track.health)
            track.clear_suspicion()
            self._suspects.discard(name)
            return ()
        track.asks, track.asked_s = track.asks + 1, now_s
        return (name,)

    def _await(self, names: Iterable[str], now_s: float) -> list[str]:
        """Note that targets are asked, and return those that are not being asked already."""
        asked = []
        for name in names:
            track = self._tracks[name]
            if now_s - track.awaited.get(track.first_probe, -ANSWER_S) < ANSWER_S:
                continue
            track.awaited = {probe: now_s for probe, each in track.health.probes.items() if each.counts}
            asked.append(name)
        return asked

    def _is_awaited(self, track: Track, now_s: float) -> bool:
        return any(now_s - asked_s < ANSWER_S for asked_s in track.awaited.values())
