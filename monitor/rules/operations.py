"""What operators said, as events of the journal, and what of it still stands when the events are read back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from monitor.model.settings import MaintenanceWindow
from monitor.model.state import Acknowledgement, AnnouncedWork, Event, State

ACKNOWLEDGED = "acknowledged"
WITHDRAWN = "withdrawn"
ACKNOWLEDGEMENT_OVER = "acknowledgement_over"
ACKNOWLEDGEMENT_KINDS = (ACKNOWLEDGED, WITHDRAWN, ACKNOWLEDGEMENT_OVER)
MAINTENANCE = "maintenance"
MAINTENANCE_ENDED = "maintenance_ended"
MAINTENANCE_KINDS = (MAINTENANCE, MAINTENANCE_ENDED)

_WELL = (State.UP, State.DEGRADED, State.STANDBY)


def may_be_taken(state: State | None, *, flapping: bool) -> bool:
    """Return whether there is something to take on: a target that is down by itself, or comes and goes."""
    return state is State.DOWN or flapping


def is_over(state: State | None, *, flapping: bool) -> bool:
    """Return whether the outage that was taken on has ended: the target answers, or is not expected to, and is calm.

    While its uplink is down too, or announced work covers it, or nothing is known of it, its outage goes on; so it does while it
    flaps, since an alert of a flapping target goes on as well. None: not judged since the start, which ends nothing.
    """
    return state in _WELL and not flapping


# Acknowledgements


def acknowledged(target: str, taken: Acknowledgement) -> Event:
    return Event(taken.at, ACKNOWLEDGED, target, {"by": taken.by, "note": taken.note})


def withdrawn(target: str, by: str, at: float) -> Event:
    return Event(at, WITHDRAWN, target, {"by": by})


def acknowledgement_over(target: str, taken: Acknowledgement, at: float) -> Event:
    return Event(at, ACKNOWLEDGEMENT_OVER, target, {"by": taken.by})


def acknowledgement_of(event: Event) -> Acknowledgement:
    return Acknowledgement(str(event.values.get("by", "")), event.at, str(event.values.get("note", "")))


def standing_acknowledgements(events: Iterable[Event]) -> dict[str, Acknowledgement]:
    """Return target → who has it, after these events, oldest first; other kinds are left out."""
    standing: dict[str, Acknowledgement] = {}
    for event in events:
        if event.kind == ACKNOWLEDGED:
            standing[event.target] = acknowledgement_of(event)
        elif event.kind in (WITHDRAWN, ACKNOWLEDGEMENT_OVER):
            standing.pop(event.target, None)
    return standing


# Announced work


def announced(work: AnnouncedWork) -> Event:
    """Return the event of work being announced; its target is the first that it covers, '' where it covers areas alone."""
    window = work.window
    values: dict[str, float | int | str] = {
        "number": work.number,
        "ids": " ".join(window.ids),
        "areas": " ".join(window.areas),
        "start": work.start_at,
        "end": work.end_at,
        "by": work.by,
        "reason": window.reason,
    }
    return Event(work.at, MAINTENANCE, window.ids[0] if window.ids else "", values)


def ended(work: AnnouncedWork, by: str, at: float) -> Event:
    """Return the event of work that somebody ends before its time."""
    values: dict[str, float | int | str] = {"number": work.number, "by": by, "reason": work.window.reason}
    return Event(at, MAINTENANCE_ENDED, work.window.ids[0] if work.window.ids else "", values)


def _work_of(event: Event) -> AnnouncedWork:
    values = event.values
    window = MaintenanceWindow(
        str(values["reason"]),
        tuple(str(values["ids"]).split()),
        tuple(str(values["areas"]).split()),
        _moment(float(values["start"])),
        _moment(float(values["end"])),
    )
    return AnnouncedWork(int(values["number"]), window, str(values["by"]), event.at)


def announced_works(events: Iterable[Event]) -> list[AnnouncedWork]:
    """Return all work that these events announce, oldest first; what was ended early ends at that moment."""
    found: dict[int, AnnouncedWork] = {}
    for event in events:
        if event.kind == MAINTENANCE:
            work = _work_of(event)
            found[work.number] = work
        elif event.kind == MAINTENANCE_ENDED and (known := found.get(int(event.values["number"]))) is not None:
            found[known.number] = ended_at(known, event.at)
    return list(found.values())


def ended_at(work: AnnouncedWork, at: float) -> AnnouncedWork:
    """Return work that ends at a moment (epoch seconds), if it would not have ended before."""
    end = _moment(max(work.start_at, min(work.end_at, at)))
    return replace(work, window=replace(work.window, end=end))


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
