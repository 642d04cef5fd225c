"""The journal of a running daemon: one writer thread, batched commits, and an honest word when it can't keep up."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from monitor.journal.meeting_ids import KeptId
from monitor.journal.rows import Entry
from monitor.journal.store import Store
from monitor.model.meeting import KnownIds
from monitor.model.state import Event, Transition

log = logging.getLogger(__name__)

COMMIT_WITHIN_S = 1.0
RETRY_AFTER_S = 2.0
BACKLOG_LIMIT = 50_000
RECALLED = 10_000
"""How many events of what operators said are looked through at a start."""


@dataclass(frozen=True, slots=True)
class _Order:
    """Entries to commit, and who waits for it."""

    batch: tuple[Entry | KeptId, ...]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[bool]

    def answer(self, is_committed: bool) -> None:
        """Tell the waiting loop; a loop that is closed has nobody waiting."""
        try:
            self.loop.call_soon_threadsafe(self._settle, is_committed)
        except RuntimeError:
            log.debug("the loop is closed; nobody waits for the commit")

    def _settle(self, is_committed: bool) -> None:
        if not self.done.done():
            self.done.set_result(is_committed)


class Journal:
    """Commits transitions and events before they are published.

    What can't be committed is kept (the newest BACKLOG_LIMIT entries) and tried again every RETRY_AFTER_S, so that a full disk that
    is mended loses nothing of the night.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._orders: queue.Queue[_Order | None] = queue.Queue()
        self._backlog: list[Entry | KeptId] = []
        self._is_up = True
        self._writer = threading.Thread(target=self._write_for_ever, name="journal", daemon=True)
        self._writer.start()

    @property
    def is_up(self) -> bool:
        """True while the last commit succeeded in time."""
        return self._is_up

    async def append(self, batch: Sequence[Entry | KeptId]) -> bool:
        """Commit entries, and ids to be kept; True once they are on the disk, False when that failed or took over COMMIT_WITHIN_S.

        Never raises.
        """
        if not batch:
            return True
        loop = asyncio.get_running_loop()
        order = _Order(tuple(batch), loop, loop.create_future())
        self._orders.put(order)
        try:
            return await asyncio.wait_for(asyncio.shield(order.done), COMMIT_WITHIN_S)
        except TimeoutError:
            self._is_up = False
            log.error("the journal takes over %s s to commit %s entries; published without it", COMMIT_WITHIN_S, len(batch))
            return False

    def last_states(self) -> Mapping[str, Transition]:
        """Return id → the newest transition of every target, `at` when its state began; blocks, for the start."""
        return self._store.last_states()

    def known_ids(self) -> KnownIds:
        """Return what is kept of meetings' ids; blocks, for the start."""
        return self._store.known_ids()

    def said(self, kinds: Sequence[str], since: float | None = None) -> Sequence[Event]:
        """Return the last RECALLED events of these kinds after `since` (epoch seconds), oldest first; blocks, for the start."""
        found = self._store.events(since, RECALLED, kinds=kinds)
        return [entry for entry in reversed(found) if isinstance(entry, Event)]

    async def events(self, since: float | None = None, limit: int = 100, target: str | None = None) -> Sequence[Entry]:
        """Return the newest entries after `since` (epoch seconds), newest first; [] while the database can't be read."""
        try:
            return await asyncio.to_thread(self._store.events, since, limit, target)
        except SQLAlchemyError as error:
            log.error("the journal can't be read: %s", error)
            return []

    def close(self) -> None:
        """Commit what is waiting, then close the database."""
        self._orders.put(None)
        self._writer.join(timeout=10)
        self._store.close()

    def _write_for_ever(self) -> None:
        is_closing = False
        while not is_closing:
            orders, is_closing = self._gather()
            if orders or self._backlog:
                self._commit(orders)

    def _gather(self) -> tuple[list[_Order], bool]:
        """Wait for an order and take all that wait behind it; ends after RETRY_AFTER_S while something is left to retry."""
        orders: list[_Order] = []
        try:
            order = self._orders.get(timeout=RETRY_AFTER_S if self._backlog else None)
            while order is not None:
                orders.append(order)
                order = self._orders.get_nowait()
        except queue.Empty:
            return orders, False
        return orders, True

    def _commit(self, orders: Sequence[_Order]) -> None:
        batch = [*self._backlog, *(entry for order in orders for entry in order.batch)]
        try:
            self._store.write(batch)
        except SQLAlchemyError as error:
            if self._is_up or not self._backlog:
                log.error("the journal can't be written, %s entries wait: %s", len(batch), error)
            self._is_up = False
            self._backlog = batch[-BACKLOG_LIMIT:]
        else:
            if self._backlog:
                log.warning("the journal is written again: %s entries that waited are in", len(self._backlog))
            self._is_up = True
            self._backlog = []
        for order in orders:
            order.answer(self._is_up)
