"""What is published of every target, its root causes, who has them, and the last changes, as one consistent snapshot.

Views are written here alone. One stays the same object while nothing of it changed: renderers rely on that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.model.inventory import Inventory, Kind
from monitor.model.reason import Reason
from monitor.model.state import Acknowledgement, Blindness, Event, RootCause, Snapshot, State, TargetView, Transition
from monitor.rules import operations
from monitor.rules.health import Judgement
from monitor.rules.topology import Topology
from monitor.service.board.announcing import evidence_of
from monitor.service.board.track import Track

CHANGES = 200


class Published:
    """Holds what was published, and tells subscribers when it changed.

    memory: the journal's last word on each target that was not judged yet. last_round_at: epoch seconds, 0 before the first.
    """

    def __init__(self, memory: Mapping[str, Transition]) -> None:
        self.memory = dict(memory)
        self._views: dict[str, TargetView] = {}
        self._acknowledged: set[str] = set()
        self._changes: deque[Transition] = deque(maxlen=CHANGES)
        self._paths: dict[str, Reason] = {}
        self._subscribers: list[Callable[[Snapshot], None]] = []
        self._generation = 0
        self.last_round_at = 0.0

    def follow(self, inventory: Inventory, tracks: Mapping[str, Track], topology: Topology) -> None:
        """Show another inventory from now on."""
        self._inventory, self._tracks, self._topology = inventory, tracks, topology
        known = self._views
        self._views = {
            name: replace(known[name], target=track.target) if name in known else TargetView(track.target)
            for name, track in tracks.items()
        }
        self._acknowledged &= tracks.keys()
        self.find_root_causes()

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    def notify(self, snapshot: Callable[[], Snapshot]) -> None:
        """Count a publication and tell everybody who listens."""
        self._generation += 1
        if self._subscribers:
            shown = snapshot()
            for callback in tuple(self._subscribers):
                callback(shown)

    def snapshot(self, at: float, now_s: float, intervals: float, blind: Blindness | None) -> Snapshot:
        """Return the picture at a moment: epoch seconds and the same in monotonic ones."""
        return Snapshot(
            generation=self._generation,
            at=at,
            inventory=self._inventory,
            views={name: self.view(name) for name in self._views},
            root_causes=self._root_causes,
            changes=tuple(self._changes),
            blind=blind,
            last_round_at=self.last_round_at,
            fresh=sum(track.is_fresh(now_s, intervals) for track in self._tracks.values()),
        )

    def view(self, name: str) -> TargetView:
        """Return what is published of a target, with the evidence of now."""
        measured, view = self._tracks[name].measured, self._views[name]
        if view.icmp is not measured.icmp or view.snmp is not measured.snmp or view.services is not measured.services:
            self._views[name] = view = TargetView(  # dataclasses.replace takes twice as long
                target=view.target,
                state=view.state,
                since=view.since,
                cause=view.cause,
                reason=view.reason,
                flapping=view.flapping,
                maintenance=view.maintenance,
                icmp=measured.icmp,
                snmp=measured.snmp,
                usual_rtt_s=measured.usual_rtt_s,
                acknowledged=view.acknowledged,
                services=measured.services,
            )
        return view

    def is_blamed(self, name: str) -> bool:
        """Return whether it is told of a target that it does not answer, by its own fault or an uplink's."""
        return self._views[name].state in (State.DOWN, State.UNREACHABLE)

    def round_opened(self, wall: float) -> None:
        self.last_round_at = wall

    # Changes of state

    def changed_by(
        self, judged: Mapping[str, Judgement], is_covered: Callable[[str], bool], wall: float
    ) -> tuple[list[Transition], bool]:
        """Return the transitions that judgements make, and whether a target just went on from the journal's last word on it.

        wall: epoch seconds. Views that only change in detail are replaced here.
        """
        changed: dict[str, Judgement] = {}
        has_resumed = False
        for name, judgement in judged.items():
            view, memory = self._views[name], self.memory.get(name)
            now = (judgement.state, judgement.cause)
            if memory is not None and (memory.new, memory.cause) == now:  # nothing changed over a restart
                self._write(name, judgement, memory.at, is_covered=is_covered(name))
                del self.memory[name]
                has_resumed = True
            elif (view.state, view.cause) != now:
                changed[name] = judgement
            else:
                self._write(name, judgement, view.since, is_covered=is_covered(name))
        return [self._transition(name, judgement, changed, wall) for name, judgement in changed.items()], has_resumed

    def publish(self, transitions: Sequence[Transition], is_covered: Callable[[str], bool]) -> dict[str, float]:
        """Put committed transitions on the board; return target → epoch seconds since when its old state held, where it had one."""
        old = {each.target: self._views[each.target] for each in transitions}
        for transition in transitions:
            name, judgement = transition.target, Judgement(transition.new, transition.reason, transition.cause)
            self._write(name, judgement, self._since(transition), is_covered=is_covered(name))
            self.memory.pop(name, None)
            if transition.is_news:
                self._changes.appendleft(transition)
        self.find_root_causes()
        return {name: view.since for name, view in old.items() if view.state is not None}

    def _transition(self, name: str, judgement: Judgement, changed: Mapping[str, Judgement], wall: float) -> Transition:
        points, endpoints = self._affected(name, changed) if judgement.state is State.DOWN else (0, 0)
        return Transition(
            target=name,
            old=self._last_state(name),
            new=judgement.state,
            at=wall,
            cause=judgement.cause,
            reason=judgement.reason,
            evidence=evidence_of(self._tracks[name]),
            affected_points=points,
            affected_endpoints=endpoints,
        )

    def _last_state(self, name: str) -> State | None:
        memory = self.memory.get(name)
        return self._views[name].state or (memory.new if memory else None)

    def _since(self, transition: Transition) -> float:
        """Return since when a target is in the state that a transition tells; another cause, or a restart, begins no new one."""
        name = transition.target
        if self._last_state(name) is not transition.new:
            return transition.at
        return self.memory[name].at if name in self.memory else self._views[name].since

    def _write(self, name: str, judgement: Judgement, since: float, *, is_covered: bool) -> None:
        view, flapping = self._views[name], self._tracks[name].flapping.is_flapping
        told = (judgement.state, since, judgement.cause, judgement.reason, flapping, is_covered)
        if told == (view.state, view.since, view.cause, view.reason, view.flapping, view.maintenance):
            return
        self._views[name] = replace(
            view,
            state=judgement.state,
            since=since,
            cause=judgement.cause,
            reason=judgement.reason,
            flapping=flapping,
            maintenance=is_covered,
        )

    # Root causes

    def path_found(self, target: str, path: Reason) -> bool:
        """Keep where the path to a root cause breaks; False where it is none any more. find_root_causes() shows it."""
        if target not in self._views or self._views[target].state is not State.DOWN:
            return False
        self._paths[target] = path
        return True

    def find_root_causes(self) -> None:
        """Find anew who is down and what that takes along, the gravest first."""
        down = {name: view for name, view in self._views.items() if view.state is State.DOWN}
        self._paths = {name: path for name, path in self._paths.items() if name in down}
        found = [
            RootCause(name, view.since, view.reason, *self._affected(name, {}), self._paths.get(name))
            for name, view in down.items()
        ]
        self._root_causes = tuple(sorted(found, key=lambda cause: (-(cause.points + cause.endpoints), cause.since)))

    def _affected(self, cause: str, changed: Mapping[str, Judgement]) -> tuple[int, int]:
        """Return how many points and endpoints are unreachable because of a target, what is about to be published included."""
        counts = {Kind.POINT: 0, Kind.ENDPOINT: 0}
        for name in self._topology.behind(cause):
            told: TargetView | Judgement = changed.get(name, self._views[name])
            if told.state is State.UNREACHABLE and told.cause == cause:
                counts[self._tracks[name].target.kind] += 1
        return counts[Kind.POINT], counts[Kind.ENDPOINT]

    # Acknowledgements

    def acknowledge(self, name: str, taken: Acknowledgement | None) -> None:
        """Show who has a target; None: nobody."""
        self._views[name] = replace(self._views[name], acknowledged=taken)
        (self._acknowledged.discard if taken is None else self._acknowledged.add)(name)

    def acknowledgements_over(self, transitions: Sequence[Transition], wall: float) -> list[Event]:
        """Return the events of acknowledgements whose outage is over once these transitions are published. wall: epoch seconds."""
        states = {transition.target: transition.new for transition in transitions}
        found = []
        for name in sorted(self._acknowledged):
            taken, state = self._views[name].acknowledged, states.get(name, self._views[name].state)
            if taken is not None and operations.is_over(state, flapping=self._tracks[name].flapping.is_flapping):
                found.append(operations.acknowledgement_over(name, taken, wall))
        return found

    def end_acknowledgements(self, events: Iterable[Event]) -> bool:
        """Take away what committed events end; return whether there was anything."""
        ended = [event.target for event in events if event.kind == operations.ACKNOWLEDGEMENT_OVER and event.target in self._views]
        for name in ended:
            self.acknowledge(name, None)
        return bool(ended)
