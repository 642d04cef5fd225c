"""Who has which root cause, on the board: put there, and found to be over when its outage is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from monitor.model.state import Acknowledgement, Event, State
from monitor.rules import operations
from monitor.service.board.track import Track


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
