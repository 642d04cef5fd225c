"""What the watch over meetings needs of the daemon and the journal, and what it keeps of each occurrence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from monitor.load.configuration import Configuration
from monitor.model.meeting import Confirmation, Meeting, MeetingView, Stage
from monitor.model.settings import MaintenanceWindow
from monitor.model.state import Event, Snapshot, Transition
from monitor.rules.topology import Topology
from monitor.service.board.judge import Summons
from monitor.service.meetings.check import Ask


class Watched(Protocol):
    """What the watch needs of the daemon."""

    @property
    def configuration(self) -> Configuration:
        """Return the configuration in force; another object after a reload."""

    @property
    def topology(self) -> Topology:
        """Return what hangs on what."""

    def snapshot(self) -> Snapshot:
        """Return the picture of now."""

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Call back with each published change; returns what ends it."""

    def windows(self) -> Sequence[MaintenanceWindow]:
        """Return announced work, of the settings and of run time."""

    def summon(self, summons: Summons) -> None:
        """Have targets be expected for their meetings."""

    @property
    def ask(self) -> Ask:
        """Return what probes targets now."""


class MeetingJournal(Protocol):
    """What the watch needs of the journal."""

    async def append(self, batch: Sequence[Transition | Event]) -> bool:
        """Commit; never raises."""

    def said(self, kinds: Sequence[str], since: float | None = None) -> Sequence[Event]:
        """Return the events of some kinds, oldest first; blocks."""

    async def events(self, since: float | None, limit: int) -> Sequence[Transition | Event]:
        """Return what came after `since`, newest first."""


@dataclass(slots=True)
class OccurrenceRecord:
    """What was done about one occurrence. done: checks made. sealed: the event of its report, None before."""

    done: set[Stage] = field(default_factory=set)
    checked_at: float | None = None
    ticks: dict[str, Confirmation] = field(default_factory=dict)
    sealed: Event | None = None
    view: MeetingView | None = None
    judged_at: float = 0.0
    checking: tuple[int, int] | None = None
    is_final: bool = False


def overlap(one: Meeting, other: Meeting) -> bool:
    """Return whether two meetings are held at the same time, in whole or in part."""
    return one.start < other.end and one.end > other.start


def worth_telling(view: MeetingView) -> tuple[object, ...]:
    """Return what of a view is worth telling when it changes: ages and figures alone are not."""
    endpoints: Mapping[str, object] = {
        name: (each.verdict, each.rung, None if each.reason is None else each.reason.code, each.confirmation, each.disputed)
        for name, each in view.endpoints.items()
    }
    return (
        view.meeting,
        view.stage,
        view.verdict,
        view.reason.code,
        endpoints,
        view.losses,
        view.checked_at,
        view.checking,
        view.seal,
    )
