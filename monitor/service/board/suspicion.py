"""Suspicions: whom to ask again when a target misses, when its silence is believed, how long its return is held for its family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from monitor.model.reading import Reading
from monitor.model.settings import Settings
from monitor.rules import health
from monitor.rules.health import HealthEvent, Standing
from monitor.rules.topology import Topology
from monitor.service.board.track import Track, moved_on

ANSWER_S = 2.5
"""How long an answer to a question is waited for; a burst takes 1.1 s, so what is later than that was never asked."""
ASK_AGAIN_S = 0.5
HOLD_S = 2.5
"""How long a confirmed silence is held for uplinks that are suspected too, so that root and children come out together."""
RETURN_S = 1.3
"""How long the return of a target is held for the first answers of those behind it."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What the suspicion of one target has come to.

    asks, asked_s, is_asked_wide: how often and when it asked, and whether uplinks and all behind were asked too.
    ripe_s: since when it is confirmed but held for others, None while it is not. Both are monotonic seconds.
    """

    asks: int = 0
    asked_s: float = 0.0
    is_asked_wide: bool = False
    ripe_s: float | None = None


class Suspicions:
    """Follows every suspected target from its first miss to the end of the suspicion, and never lets one hang.

    Nothing here looks at a clock: now_s is monotonic seconds.
    """

    def __init__(self) -> None:
        self._suspects: dict[str, Suspicion] = {}
        self._awaited_s: dict[str, dict[str, float]] = {}  # target → probe → when it was asked to confirm and is silent since
        self._returned_s: dict[str, float] = {}  # since when the return of a target is held for those behind it

    def follow(self, tracks: Mapping[str, Track], topology: Topology, settings: Settings) -> None:
        """Follow a changed configuration, for which the tracks have dropped some suspicions; the others and held returns stay."""
        self._tracks, self._topology, self._settings = tracks, topology, settings
        self._suspects = {name: each for name, each in self._suspects.items() if name in tracks and tracks[name].is_suspected}
        self._awaited_s = {name: asked_s for name, asked_s in self._awaited_s.items() if name in tracks}
        self._returned_s = {name: since_s for name, since_s in self._returned_s.items() if name in tracks}

    @property
    def has_any(self) -> bool:
        """True while anyone is suspected, or a return is held."""
        return bool(self._suspects or self._returned_s)

    @property
    def held_back(self) -> Set[str]:
        """Return the targets whose return is held, and all behind them."""
        return self._returned_s.keys() | {below for name in self._returned_s for below in self._topology.behind(name)}

    def is_return_held(self, name: str) -> bool:
        return name in self._returned_s

    def is_silent(self, name: str) -> bool:
        """Return whether nothing is to be seen past a target: its silence is believed, or its return is held."""
        return self._tracks[name].health.standing is Standing.SILENT or name in self._returned_s

    def is_answering(self, name: str) -> bool:
        """Return whether a target answered last, and that may be told."""
        return self._tracks[name].health.standing is Standing.ANSWERING and name not in self._returned_s

    def record_confirmation(self, reading: Reading) -> None:
        """Note that a probe that was asked to confirm has said something."""
        self._awaited_s.get(reading.target, {}).pop(reading.probe, None)

    def review(self, name: str) -> None:
        """Note that a target may be suspected now, or no longer."""
        if self._tracks[name].is_suspected:
            self._suspects.setdefault(name, Suspicion())
        else:
            self._suspects.pop(name, None)

    def forget(self) -> None:
        """Forget all suspicions and questions, because we were blind."""
        self._suspects.clear()
        self._awaited_s.clear()

    def stood_still(self, late_s: float, now_s: float) -> None:
        """Let a time in which we looked at nothing not count as waiting: late_s long, until now_s."""
        self._awaited_s = {name: moved_on(asked_s, late_s, now_s) for name, asked_s in self._awaited_s.items()}
        self._returned_s = moved_on(self._returned_s, late_s, now_s)
        for name, suspicion in self._suspects.items():
            ripe_s = None if suspicion.ripe_s is None else min(suspicion.ripe_s + late_s, now_s)
            self._suspects[name] = replace(suspicion, asked_s=min(suspicion.asked_s + late_s, now_s), ripe_s=ripe_s)

    def returned(self, name: str, now_s: float) -> list[str]:
        """Note that a silent target answers; return whom to ask, so that its whole family comes back together.

        Its return is held for those behind it, unless that of an uplink is held already: then it waits with that one.
        """
        waiting = [below for below in self._topology.behind(name) if self.is_silent(below)]
        if waiting and self._returned_s.keys().isdisjoint(self._topology.ancestors(name)):
            self._returned_s[name] = now_s
        uplinks = [above for above in self._topology.ancestors(name) if self.is_silent(above)]
        return self._await([*waiting, *uplinks], now_s)

    def relieved(self, name: str, now_s: float) -> list[str]:
        """Note that a suspected target answers after all; return whom to ask anew.

        What is suspected behind it missed while it missed too, and that proves nothing against them.
        """
        doubted = [below for below in self._topology.behind(name) if self._tracks[below].is_suspected]
        self._suspect_anew(doubted, HealthEvent.EXCUSED, now_s)
        return self._await(doubted, now_s)

    def freed(self, names: Iterable[str], now_s: float) -> list[str]:
        """Note that an uplink of silent targets carries again; return whom to ask of them."""
        self._suspect_anew(names, HealthEvent.FREED, now_s)
        return self._await(names, now_s)

    def release_returned(self, now_s: float) -> list[str]:
        """Let go of returns that were held long enough, and of those held behind them; return whose."""
        over = [name for name, since_s in self._returned_s.items() if self._has_come_back(name, since_s, now_s)]
        done = sorted(self._returned_s.keys() & {*over, *(below for name in over for below in self._topology.behind(name))})
        for name in done:
            del self._returned_s[name]
        return done

    def targets_to_ask(self, now_s: float) -> list[str]:
        """Return the targets to be probed at once; drop the suspicions that have asked often enough without a conclusive answer."""
        wanted: dict[str, None] = {}
        for name in self._uplinks_first():
            if self._tracks[name].health.standing is not Standing.RETURNING and not self.is_cut(name):
                wanted.update(dict.fromkeys(self._whom_to_ask(name, now_s)))
        return self._await(wanted, now_s)

    def believe(self, now_s: float) -> list[str]:
        """Believe every silence that is confirmed, uplinks first; return whose.

        A target whose every uplink is silent already needs no confirmation of its own: its silence is the uplink's.
        """
        believed = []
        for name in self._uplinks_first():
            if self._is_believed(name, now_s):
                self._end(name, HealthEvent.CONFIRMED, now_s)
                believed.append(name)
        return believed

    def is_cut(self, name: str) -> bool:
        """Return whether every path from a target to the root passes a silent one."""
        parents = self._topology.parents[name]
        return bool(parents) and all(self._is_blocked(parent) for parent in parents)

    def is_confirmed(self, name: str, now_s: float) -> bool:
        """Return whether a target is silent beyond doubt, be it believed already or not."""
        return self.is_silent(name) or self._is_ripe(name, now_s)

    def _uplinks_first(self) -> list[str]:
        return sorted(self._suspects, key=self._topology.order.__getitem__)

    def _end(self, name: str, event: HealthEvent, now_s: float) -> None:
        self._tracks[name].record_event(event, now_s)
        del self._suspects[name]

    def _suspect_anew(self, names: Iterable[str], event: HealthEvent, now_s: float) -> None:
        for name in names:
            self._tracks[name].record_event(event, now_s)
            self._suspects[name] = Suspicion()

    def _is_ripe(self, name: str, now_s: float) -> bool:
        return health.is_ripe(self._tracks[name].health, now_s, misses_to_down=self._settings.health.misses_to_down)

    def _is_cut_for(self, name: str) -> bool:
        """Return whether a target's silence is its uplinks'; for one that returns, a return that is only held is none."""
        if not self.is_cut(name):
            return False
        is_returning = self._tracks[name].health.standing is Standing.RETURNING
        return not is_returning or self._returned_s.keys().isdisjoint(self._topology.parents[name])

    def _is_blocked(self, name: str) -> bool:
        return self.is_silent(name) or (not self.is_answering(name) and self.is_cut(name))

    def _is_believed(self, name: str, now_s: float) -> bool:
        if self._is_cut_for(name) and health.is_missing(self._tracks[name].health, now_s):
            return True
        if not self._is_ripe(name, now_s):
            return False
        ripe_s = self._suspects[name].ripe_s
        if ripe_s is None:
            ripe_s = now_s
            self._suspects[name] = replace(self._suspects[name], ripe_s=now_s)
        if self._may_be_cut(name):
            return False
        return now_s - ripe_s >= HOLD_S or not self._is_awaiting_family(name, now_s)

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
        return self.is_silent(name) or track.is_suspected or (bool(track.plan) and track.health.standing is Standing.NEW)

    def _is_awaiting_family(self, name: str, now_s: float) -> bool:
        """Return whether an uplink is suspected itself, or anyone of the family still owes an answer."""
        above = self._topology.ancestors(name)
        if any(self._tracks[each].is_suspected for each in above):
            return True
        return self._is_any_awaited((name, *above, *self._topology.behind(name)), now_s)

    def _has_come_back(self, name: str, since_s: float, now_s: float) -> bool:
        return now_s - since_s >= RETURN_S or not self._is_any_awaited(self._topology.behind(name), now_s)

    def _whom_to_ask(self, name: str, now_s: float) -> Iterable[str]:
        """A miss of the first probe asks the whole family; one of a slower probe asks the target, whose first probe then tells."""
        suspicion, track = self._suspects[name], self._tracks[name]
        first = track.health.probes.get(track.first_probe)
        asked = replace(suspicion, asks=suspicion.asks + 1, asked_s=now_s)
        if not suspicion.is_asked_wide and first is not None and first.unanswered:
            self._suspects[name] = replace(asked, is_asked_wide=True)
            return (name, *self._topology.ancestors(name), *self._topology.behind(name))
        if suspicion.asks and (self._is_any_awaited((name,), now_s) or now_s - suspicion.asked_s < ASK_AGAIN_S):
            return ()
        if self._is_ripe(name, now_s):
            return ()
        if suspicion.asks >= self._settings.health.misses_to_down + 2:
            self._end(name, HealthEvent.DROPPED, now_s)
            return ()
        self._suspects[name] = asked
        return (name,)

    def _await(self, names: Iterable[str], now_s: float) -> list[str]:
        """Note that targets are asked, and return those that are not being asked already."""
        asked = []
        for name in names:
            track = self._tracks[name]
            if now_s - self._awaited_s.get(name, {}).get(track.first_probe, -ANSWER_S) < ANSWER_S:
                continue
            self._awaited_s[name] = {probe: now_s for probe, each in track.health.probes.items() if each.votes}
            asked.append(name)
        return asked

    def _is_any_awaited(self, names: Iterable[str], now_s: float) -> bool:
        """Return whether anyone of these was asked just now and has not answered with every probe."""
        return any(now_s - asked_s < ANSWER_S for name in names for asked_s in self._awaited_s.get(name, {}).values())
