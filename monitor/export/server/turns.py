"""Who waits for costly work: one at a time behind a queue of bounded length, or all who ask meanwhile served by one run."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from monitor.export.server.admission import NoRoomError, Quota, Refusal

T = TypeVar("T")


class Turns:
    """One at a time, in the order in which they came; who finds the queue full is refused and not kept waiting."""

    def __init__(self, *, waiting: int, of_client: int = 2, retry_after_s: int = 10) -> None:
        """waiting: how many may stand in the queue behind the one that is served. of_client: how many of all places are one's."""
        self._places = Quota(1 + waiting, of_client)
        self._queue = deque[asyncio.Future[None]]()
        self._is_busy = False
        self._retry_after_s = retry_after_s

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @asynccontextmanager
    async def turn(self, client: str, gone: asyncio.Future[None] | None = None) -> AsyncIterator[None]:
        """Wait for a client's turn and hold it. Raises NoRoomError where the queue is full.

        gone: is done once the client hung up, who then leaves the queue by a ConnectionResetError; whose turn has come keeps it,
        for what was begun goes on.
        """
        if self._places.acquire(client) is not None:
            raise NoRoomError(429, Refusal.QUEUE, self._retry_after_s)
        try:
            await self._wait(gone)
            try:
                yield
            finally:
                self._pass_on()
        finally:
            self._places.give_back(client)

    async def _wait(self, gone: asyncio.Future[None] | None) -> None:
        if not self._is_busy:
            self._is_busy = True
            return
        mine = asyncio.get_running_loop().create_future()

        def leave(_: asyncio.Future[None]) -> None:
            if not mine.done():
                mine.set_exception(ConnectionResetError("the client hung up"))

        self._queue.append(mine)
        if gone is not None:
            gone.add_done_callback(leave)
        try:
            await mine
        except BaseException:
            if mine in self._queue:
                self._queue.remove(mine)
            elif not mine.cancelled() and mine.exception() is None:  # its turn came in the moment in which it was cancelled
                self._pass_on()
            raise
        finally:
            if gone is not None:
                gone.remove_done_callback(leave)

    def _pass_on(self) -> None:
        while self._queue:
            following = self._queue.popleft()
            if not following.done():
                following.set_result(None)
                return
        self._is_busy = False


class SharedRun(Generic[T]):
    """Runs something for all who ask at once: a run begins after the last asked for it, and at most one every `every_s` seconds.

    While one is under way, or too young for another, the next waits; whoever asks meanwhile shares it.
    """

    def __init__(self, run: Callable[[], Awaitable[T]], *, every_s: float, waiting: int) -> None:
        """waiting: how many may wait at once, whatever for."""
        self._run = run
        self._every_s = every_s
        self._places = Quota(waiting, waiting)
        self._lock = asyncio.Lock()
        self._begun_s: float | None = None
        self._next: asyncio.Task[T] | None = None

    async def __call__(self, client: str) -> T:
        """Return the outcome of a run that began after this call; who is cancelled ends no run. Raises NoRoomError."""
        if self._places.acquire(client) is not None:
            raise NoRoomError(429, Refusal.QUEUE, max(1, round(self._every_s)))
        try:
            if self._next is None:
                self._next = asyncio.create_task(self._run_next())
                self._next.add_done_callback(_retrieve)
            return await asyncio.shield(self._next)
        finally:
            self._places.give_back(client)

    async def _run_next(self) -> T:
        async with self._lock:
            loop = asyncio.get_running_loop()
            if self._begun_s is not None:
                await asyncio.sleep(self._begun_s + self._every_s - loop.time())
            self._begun_s = loop.time()
            self._next = None
            return await self._run()


def _retrieve(run: asyncio.Task[T]) -> None:
    """Take note of a run's exception, though everybody who waited for it may have gone."""
    if not run.cancelled():
        run.exception()
