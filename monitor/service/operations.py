"""Where operators are heard: what they say is in the journal, then on the board, and there again after a restart."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from monitor.export.source import RefusedError
from monitor.load.configuration import Configuration
from monitor.load.values import moment_meant
from monitor.model.clock import Clock, seconds
from monitor.model.settings import MaintenanceWindow
from monitor.model.spelling import nearest
from monitor.model.state import Acknowledgement, AnnouncedWork, Event, State, TargetView, Transition
from monitor.rules import operations
from monitor.service.board.announcing import sentence
from monitor.service.board.board import Board
from monitor.words.phrase import Phrase, phrase

log = logging.getLogger("monitor.operations")

MOST_S = 31 * 86_400.0
"""Longer work belongs into monitor.yaml, where somebody sees it."""
_FARTHEST_YEARS = 10
"""Beyond it a moment is a slip of the pen, and past the year 9999 no calendar has an end for the work."""
_YEAR_S = 365 * 86_400.0
_AREA = "area:"


class OperationsJournal(Protocol):
    async def append(self, batch: Sequence[Transition | Event]) -> bool:
        """Commit; False where that failed or took too long. Never raises."""

    def said(self, kinds: Sequence[str]) -> Sequence[Event]:
        """Return the events of these kinds, oldest first."""


class LiveOperations:
    """The daemon's Operations (export/source.py). configuration: the one in force at the moment of the call."""

    def __init__(
        self,
        board: Board,
        journal: OperationsJournal,
        clock: Clock,
        configuration: Callable[[], Configuration],
    ) -> None:
        self._board = board
        self._journal = journal
        self._clock = clock
        self._configuration = configuration
        said = journal.said((*operations.ACKNOWLEDGEMENT_KINDS, *operations.MAINTENANCE_KINDS))
        for target, taken in operations.standing_acknowledgements(said).items():
            board.acknowledge(target, taken)
        works = operations.announced_works(said)
        self._last_number = max((work.number for work in works), default=0)
        self._works = {work.number: work for work in works}
        self._tell_board()

    # Who has it

    async def acknowledge(self, target: str, by: str, note: str) -> Acknowledgement:
        view = self._view(target)
        if not operations.may_be_taken(view.state, flapping=view.flapping):
            raise self._no_root_cause(view)
        taken = Acknowledgement(by, self._clock.wall(), note)
        await self._commit(operations.acknowledged(target, taken))
        self._board.acknowledge(target, taken)
        return taken

    async def withdraw(self, target: str, by: str) -> None:
        view = self._view(target)
        if view.acknowledged is None:
            raise RefusedError("not_taken", name=view.target.name)
        await self._commit(operations.withdrawn(target, by, self._clock.wall()))
        self._board.acknowledge(target, None)

    def _view(self, target: str) -> TargetView:
        view = self._board.snapshot().views.get(target)
        if view is None:
            raise _misspelt(target, self._configuration().inventory.targets)
        return view

    def _no_root_cause(self, view: TargetView) -> RefusedError:
        cause = self._configuration().inventory.targets.get(view.cause or "")
        if view.state is State.UNREACHABLE and cause is not None:
            return RefusedError("behind", name=view.target.name, cause=cause.name, id=cause.id)
        return RefusedError("not_down", name=view.target.name, state=Phrase(f"state_{view.state or State.UNKNOWN}"))

    # Announced work

    async def works(self) -> Sequence[AnnouncedWork]:
        return self.open_works()

    def open_works(self) -> Sequence[AnnouncedWork]:
        """Return the work that was announced at run time and is neither over nor called off, the earliest first."""
        now = self._clock.wall()
        standing = (work for work in self._works.values() if work.end_at > max(now, work.start_at))
        return sorted(standing, key=lambda work: work.start_at)

    def windows(self) -> Sequence[MaintenanceWindow]:
        """Return announced work, of the settings and of run time."""
        return (*self._configuration().settings.maintenance, *(work.window for work in self.open_works()))

    async def announce(self, covers: Sequence[str], lasts: str, start: str, reason: str, by: str) -> AnnouncedWork:
        """Announce work; it holds from the board's next step on, or from its start."""
        window = self._window(covers, lasts, start, reason)
        self._last_number += 1
        work = AnnouncedWork(self._last_number, window, by, self._clock.wall())
        await self._commit(operations.announced(work))
        self._put(work)
        return work

    async def end(self, work: str, by: str) -> AnnouncedWork:
        found, now = self._find(work), self._clock.wall()
        await self._commit(operations.ended(found, by, now))
        self._put(operations.ended_at(found, now))
        return found

    def _window(self, covers: Sequence[str], lasts: str, start: str, reason: str) -> MaintenanceWindow:
        ids, areas = self._covered(covers)
        lasts_s = seconds(lasts)
        if lasts_s is None or lasts_s <= 0:
            raise RefusedError("given_no_duration", name="for", text=lasts)
        if lasts_s > MOST_S:
            # What is longer than any calendar is quoted: no number of days says more, and JSON has no word for the infinite.
            raise RefusedError("work_too_long", lasts_s=lasts_s if lasts_s < _FARTHEST_YEARS * _YEAR_S else lasts, most_s=MOST_S)
        now = datetime.fromtimestamp(self._clock.wall(), ZoneInfo(self._configuration().settings.timezone))
        begin = moment_meant(start, now, is_past=False) if start else now
        if begin is None:
            raise RefusedError("given_no_time", name="from", text=start)
        if begin - now > timedelta(seconds=_FARTHEST_YEARS * _YEAR_S):
            raise RefusedError("given_too_far", name="from", text=start, most=_FARTHEST_YEARS)
        finish = begin + timedelta(seconds=lasts_s)
        if finish <= now:
            raise RefusedError("work_over")
        return MaintenanceWindow(reason, ids, areas, begin, finish)

    def _covered(self, covers: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return ids of targets and of areas; area:ID names an area even where a target is called so."""
        inventory = self._configuration().inventory
        ids, areas = dict[str, None](), dict[str, None]()
        for name in covers:
            bare = name.removeprefix(_AREA)
            if name in inventory.targets:
                ids[name] = None
            elif bare in inventory.areas:
                areas[bare] = None
            else:
                raise _misspelt(bare, [*inventory.targets, *inventory.areas])
        if not ids and not areas:
            raise RefusedError("no_cover")
        return tuple(ids), tuple(areas)

    def _find(self, name: str) -> AnnouncedWork:
        bare = name.removeprefix(_AREA)
        found = [each for each in self.open_works() if str(each.number) == name or bare in (*each.window.ids, *each.window.areas)]
        if not found:
            raise RefusedError("no_work", name=name)
        if len(found) > 1:
            raise RefusedError("many_works", name=name, numbers=", ".join(str(each.number) for each in found))
        return found[0]

    def _put(self, work: AnnouncedWork) -> None:
        now = self._clock.wall()
        self._works = {number: each for number, each in self._works.items() if each.end_at > now} | {work.number: work}
        self._tell_board()

    def _tell_board(self) -> None:
        self._board.announce([work.window for work in self.open_works()])

    async def _commit(self, event: Event) -> None:
        log.info("%s: %s", event.kind, sentence(event))
        await self._journal.append([event])


def _misspelt(name: str, known: Iterable[str]) -> RefusedError:
    near = nearest(name, known)
    return RefusedError("no_target_or_area", None if near is None else phrase("did_you_mean", near=near), name=name)
