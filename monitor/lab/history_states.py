"""What the daemon said of a past: happenings judged by its own rules into states, transitions and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.lab.history_faults import Happenings, PastSetting, Spell, silences_of_work
from monitor.model.inventory import Expected, Inventory, Kind
from monitor.model.reason import Reason
from monitor.model.state import Event, State, Transition
from monitor.rules import maintenance
from monitor.rules.health import Circumstances, Health, Judgement, ProbeHealth, Standing, judge_state
from monitor.rules.timetable import is_expected
from monitor.rules.topology import Block, Cut, Topology, find_causes, topology_of

FIRST_JUDGEMENT_S = 15.0
"""After a start, every target is judged within one interval of ICMP."""
_SILENT = Health({"icmp": ProbeHealth(15.0, unanswered=2)}, Standing.SILENT)
_ANSWERING = Health({"icmp": ProbeHealth(15.0)}, Standing.ANSWERING)
_FAULTS = {
    "lossy": Reason("loss", {"loss_ratio": 0.042, "packets": 100}),
    "slow": Reason("rtt", {"rtt_s": 0.34, "bound_s": 0.3}),
}


@dataclass(frozen=True, slots=True)
class Stay:
    """A target in one state. start, end: epoch seconds. is_covered: announced work is about it."""

    start: float
    end: float
    state: State
    cause: str | None
    reason: Reason
    is_covered: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What was said of every target.

    stays: id → one stay after another without a gap, over the whole past. silences: id → (start, end) in which it did not answer,
    whatever was said of it. entries: transitions and events in the order of time, as a journal holds them.
    """

    stays: Mapping[str, Sequence[Stay]]
    silences: Mapping[str, Sequence[tuple[float, float]]]
    entries: Sequence[Transition | Event]


def tell_story(inventory: Inventory, happenings: Happenings, past: PastSetting) -> Story:
    teller = _Teller(inventory, happenings, past)
    for at in teller.moments():
        teller.judge(at)
    return teller.story()


@dataclass(slots=True)
class _Believed:
    """What is believed of a target since `since`."""

    since: float
    judgement: Judgement
    is_covered: bool


class _Holding:
    """Which kinds of spells hold at the moment. holding: id → kind → how many; who has none is not in it."""

    def __init__(self, spells: Sequence[Spell]) -> None:
        self.holding: dict[str, dict[str, int]] = {}
        self.steps: dict[float, list[tuple[Spell, int]]] = defaultdict(list)
        for spell in spells:
            self.steps[spell.start].append((spell, 1))
            self.steps[spell.end].append((spell, -1))

    def pass_by(self, at: float) -> None:
        """Let begin and end what does so at this moment; moments come in order."""
        for spell, step in self.steps.get(at, ()):
            kinds = self.holding.setdefault(spell.target, {})
            kinds[spell.kind] = kinds.get(spell.kind, 0) + step
            if not kinds[spell.kind]:
                del kinds[spell.kind]
            if not kinds:
                del self.holding[spell.target]


class _Teller:
    """Goes through the moments at which anything changed, and judges everyone at each."""

    def __init__(self, inventory: Inventory, happenings: Happenings, past: PastSetting) -> None:
        self._inventory, self._happenings, self._past = inventory, happenings, past
        self._topology: Topology = topology_of(inventory)
        self._ids = sorted(inventory.targets, key=self._topology.order.__getitem__)
        self._silent = _Holding([*happenings.silent, *silences_of_work(happenings.works)])
        self._worse = _Holding(happenings.worse)
        self._open: dict[str, _Believed] = {}
        self._stays: dict[str, list[Stay]] = {id_: [] for id_ in inventory.targets}
        self._silences: dict[str, list[tuple[float, float]]] = {id_: [] for id_ in inventory.targets}
        self._quiet: dict[str, float] = {}
        self._seen: dict[str, object] = {}
        self._entries: list[Transition | Event] = []

    def moments(self) -> Iterator[float]:
        """Yield when anything changed, in order, the past's start first."""
        own = [*self._happenings.stopped, *self._happenings.blind]
        found = {self._past.start, *self._silent.steps, *self._worse.steps, *self._hours()}
        found |= {work.start.timestamp() for work in self._happenings.works if work.start}
        found |= {work.end.timestamp() for work in self._happenings.works if work.end}
        found |= {spell.start for spell in own} | {_known_again(spell) for spell in own}
        return iter(sorted(at for at in found if at < self._past.end))

    def _hours(self) -> set[float]:
        hours, found, at = self._past.office_hours, set[float](), self._past.start
        while at < self._past.end + 86_400:
            day = datetime.fromtimestamp(at, self._past.zone).date()
            found |= {datetime.combine(day, clock, self._past.zone).timestamp() for clock in (hours.from_time, hours.to_time)}
            at += 86_400
        return {at for at in found if at > self._past.start}

    def judge(self, at: float) -> None:
        """Judge everyone as things stand at a moment; what happened while the monitor did not look is judged when it does again."""
        self._silent.pass_by(at)
        self._worse.pass_by(at)
        if at < self._past.start:
            return
        silent = self._find_silent()
        self._note_silences(silent, at)
        own = [*self._happenings.stopped, *self._happenings.blind]
        self._entries += [event for spell in own for event in _events(spell, at, len(self._ids))]
        if not any(spell.start <= at < _known_again(spell) for spell in own):
            self._publish(self._judgements(silent, at), at)

    def _find_silent(self) -> set[str]:
        """Return who does not answer: by itself, or because no uplink carries it."""
        alone = self._silent.holding.keys()
        silent: set[str] = set()
        for id_ in self._ids:
            parents = self._topology.parents[id_]
            if id_ in alone or (parents and silent.issuperset(parents)):
                silent.add(id_)
        return silent

    def _note_silences(self, silent: set[str], at: float) -> None:
        for id_ in silent - self._quiet.keys():
            self._quiet[id_] = at
        for id_ in sorted(self._quiet.keys() - silent):
            self._silences[id_].append((self._quiet.pop(id_), at))

    def _judgements(self, silent: set[str], at: float) -> dict[str, tuple[Judgement, bool]]:
        """Return id → judgement, and whether announced work covers it, of everyone whose circumstances changed."""
        local, targets, hours = datetime.fromtimestamp(at, self._past.zone), self._inventory.targets, self._happenings.expected
        windows = [work for work in self._happenings.works if maintenance.is_open(work, local)]
        covered = {
            id_: window.reason for window in windows for id_, target in targets.items() if maintenance.covers(window, target)
        }
        closed = {each for each in Expected if not is_expected(each, local, self._past.office_hours)}

        def block(id_: str) -> Block:
            if id_ in covered:
                return Block.MAINTENANCE
            return Block.STANDBY if hours[id_] in closed else Block.DOWN

        cuts: Mapping[str, Cut] = find_causes(self._topology, silent | covered.keys(), lambda id_: id_ not in silent, block)
        found = {}
        for id_ in targets:
            worse = self._worse.holding.get(id_)
            fault = _FAULTS[min(worse)] if worse else None
            seen = (id_ in silent, Circumstances(covered.get(id_), cuts.get(id_), hours[id_] not in closed, fault))
            if seen != self._seen.get(id_):
                self._seen[id_] = seen
                found[id_] = _judged(id_, *seen)
        return found

    def _publish(self, judged: Mapping[str, tuple[Judgement, bool]], at: float) -> None:
        before = {id_: self._open.get(id_) for id_ in judged}
        changed = []
        for id_, (judgement, is_covered) in judged.items():
            held = before[id_]
            if held is None or (held.judgement.state, held.judgement.cause) != (judgement.state, judgement.cause):
                changed.append((id_, held.judgement.state if held else None, judgement))
                if held is not None:
                    self._close(id_, held, at)
                self._open[id_] = _Believed(at, judgement, is_covered)
        for id_, old, judgement in changed:
            points, endpoints = self._affected(id_) if judgement.state is State.DOWN else (0, 0)
            seen = {"received": 0, "sent": 10} if id_ in self._quiet else {"received": 5, "sent": 5}
            told = (judgement.state, at, judgement.cause, judgement.reason, (Reason("pings", seen),), points, endpoints)
            self._entries.append(Transition(id_, old, *told))

    def _affected(self, cause: str) -> tuple[int, int]:
        told = {id_: self._open[id_].judgement for id_ in self._topology.behind(cause)}
        behind = [id_ for id_, each in told.items() if each.state is State.UNREACHABLE and each.cause == cause]
        points = sum(self._inventory.targets[id_].kind is Kind.POINT for id_ in behind)
        return points, len(behind) - points

    def _close(self, id_: str, opened: _Believed, at: float) -> None:
        judgement = opened.judgement
        self._stays[id_].append(Stay(opened.since, at, judgement.state, judgement.cause, judgement.reason, opened.is_covered))

    def story(self) -> Story:
        """Return what was told, all that is still open ended with the past."""
        for id_, opened in self._open.items():
            self._close(id_, opened, self._past.end)
        for id_, since in self._quiet.items():
            self._silences[id_].append((since, self._past.end))
        # What comes after, nobody has seen, until a daemon starts on this journal.
        end = Event(self._past.end, "stopped", "")
        return Story(self._stays, self._silences, [*sorted(self._entries, key=lambda entry: entry.at), end])


def _judged(id_: str, is_silent: bool, around: Circumstances) -> tuple[Judgement, bool]:
    """Return the judgement of one target, and whether announced work is about it or stands before it."""
    judgement = judge_state(id_, _SILENT if is_silent else _ANSWERING, around)
    assert judgement is not None, "both healths are judged"
    is_behind_work = is_silent and around.cut is not None and around.cut.by is Block.MAINTENANCE
    return judgement, around.covered is not None or is_behind_work


def _known_again(spell: Spell) -> float:
    """Return when everyone is judged again after the monitor did not look."""
    return spell.end + FIRST_JUDGEMENT_S if spell.kind == "stopped" else spell.end


def _events(spell: Spell, at: float, targets: int) -> Iterator[Event]:
    """Yield what the journal says of the monitor itself at this moment."""
    if spell.kind == "stopped":
        if at == spell.start:
            yield Event(spell.start, "stopped", "")
        if at == _known_again(spell):
            yield Event(spell.end, "started", "", {"targets": targets})
    elif at == spell.start:
        yield Event(spell.start, "blind", "", {"code": "blind_silent"})
    elif at == spell.end:
        yield Event(spell.end, "sighted", "", {"lasted_s": round(spell.end - spell.start)})
