"""What is published of every target, its root causes, who has them, and the last changes, as one consistent snapshot."""

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
from monitor.service.board.track import Track

CHANGES = 200


class Published:
    """Holds what was published, and tells subscribers when it changed."""

    def __init__(self, inventory: Inventory, tracks: Mapping[str, Track], topology: Topology) -> None:
        self._changes: deque[Transition] = deque(maxlen=CHANGES)
        self._paths: dict[str, Reason] = {}
        self._root_causes: tuple[RootCause, ...] = ()
        self._subscribers: list[Callable[[Snapshot], None]] = []
        self._generation = 0
        self.last_round_at = 0.0
        self.follow(inventory, tracks, topology)

    def follow(self, inventory: Inventory, tracks: Mapping[str, Track], topology: Topology) -> None:
        """Show another inventory from now on."""
        self._inventory, self._tracks, self._topology = inventory, tracks, topology
        self.find_root_causes()

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Have a function called after each publication; the returned one ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    def snapshot(self, at: float, now_s: float, intervals: float, blind: Blindness | None) -> Snapshot:
        """Return the picture at a moment: epoch seconds and the same in monotonic ones."""
        return Snapshot(
            generation=self._generation,
            at=at,
            inventory=self._inventory,
            views={name: track.shown() for name, track in self._tracks.items()},
            root_causes=self._root_causes,
            changes=tuple(self._changes),
            blind=blind,
            last_round_at=self.last_round_at,
            fresh=sum(track.is_fresh(now_s, intervals) for track in self._tracks.values()),
        )

    def put(self, transition: Transition, judgement: Judgement, *, is_covered: bool) -> None:
        """Put one committed transition on the board."""
        track = self._tracks[transition.target]
        since = _since(track, transition)
        detail(track, judgement, since, is_covered=is_covered)
        track.memory = None
        if transition.is_news:
            self._changes.appendleft(transition)

    def has_changed(self, snapshot: Callable[[], Snapshot]) -> None:
        """Count a publication and tell everybody who listens."""
        self._generation += 1
        if self._subscribers:
            picture = snapshot()
            for callback in tuple(self._subscribers):
                callback(picture)

    def path_found(self, target: str, path: Reason) -> bool:
        """Keep where the path to a root cause breaks; False where it is none any more. find_root_causes() shows it."""
        if self._tracks.get(target) is None or self._tracks[target].view.state is not State.DOWN:
            return False
        self._paths[target] = path
        return True

    def find_root_causes(self) -> None:
        """Find anew who is down and what that takes along, the gravest first."""
        down = {name: track.view for name, track in self._tracks.items() if track.view.state is State.DOWN}
        self._paths = {name: path for name, path in self._paths.items() if name in down}
        found = []
        for name, view in down.items():
            points, endpoints = self.affected(name, {})
            found.append(RootCause(name, view.since, view.reason, points, endpoints, self._paths.get(name)))
        self._root_causes = tuple(sorted(found, key=lambda cause: (-(cause.points + cause.endpoints), cause.since)))

    def affected(self, cause: str, changed: Mapping[str, Judgement]) -> tuple[int, int]:
        """Return how many points and endpoints are unreachable because of a target, what is about to be published included."""
        counts = {Kind.POINT: 0, Kind.ENDPOINT: 0}
        for name in self._topology.behind(cause):
            track = self._tracks[name]
            told: TargetView | Judgement = changed.get(name, track.view)
            if told.state is State.UNREACHABLE and told.cause == cause:
                counts[track.target.kind] += 1
        return counts[Kind.POINT], counts[Kind.ENDPOINT]


def _since(track: Track, transition: Transition) -> float:
    """Return since when a target is in the state that a transition tells: another cause does not begin it anew, nor a restart."""
    if track.view.state is transition.new:
        return track.view.since
    if track.view.state is None and track.memory is not None and track.memory.new is transition.new:
        return track.memory.at
    return transition.at


def detail(track: Track, judgement: Judgement, since: float, *, is_covered: bool) -> None:
    """Write a judgement into a track's view, which stays the same object where nothing changed: renderers rely on that."""
    view = track.view
    told = (judgement.state, since, judgement.cause, judgement.reason, track.flapping.is_flapping, is_covered)
    if told == (view.state, view.since, view.cause, view.reason, view.flapping, view.maintenance):
        return
    track.view = replace(
        view,
        state=judgement.state,
        since=since,
        cause=judgement.cause,
        reason=judgement.reason,
        flapping=track.flapping.is_flapping,
        maintenance=is_covered,
    )


def committed(
    transitions: Sequence[tuple[Judgement, Transition]], tracks: Mapping[str, Track]
) -> list[tuple[Judgement, Transition]]:
    """Return the transitions of targets that are still there: a reload may have removed some while the journal committed."""
    return [(judgement, transition) for judgement, transition in transitions if transition.target in tracks]


class Acknowledgements:
    """The acknowledgements of all tracks; each stands in its track's view."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def put(self, name: str, track: Track, taken: Acknowledgement | None) -> None:
        """Show who has a target; None: nobody."""
        track.view = replace(track.view, acknowledged=taken)
        (self._names.discard if taken is None else self._names.add)(name)

    def over(self, tracks: Mapping[str, Track], published: Mapping[str, State], wall: float) -> list[Event]:
        """Return the events of acknowledgements whose outage ends. published: states that are about to be. wall: epoch s."""
        self._names &= tracks.keys()
        found = []
        for name in sorted(self._names):
            track = tracks[name]
            taken, state = track.view.acknowledged, published.get(name, track.view.state)
            if taken is not None and operations.is_over(state, flapping=track.flapping.is_flapping):
                found.append(operations.acknowledgement_over(name, taken, wall))
        return found

    def release(self, tracks: Mapping[str, Track], events: Iterable[Event]) -> bool:
        """Take away what committed events end; return whether there was anything."""
        ended = [event.target for event in events if event.kind == operations.ACKNOWLEDGEMENT_OVER and event.target in tracks]
        for name in ended:
            self.put(name, tracks[name], None)
        return bool(ended)
