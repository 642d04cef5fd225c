"""Tasks in the background: none is lost before its end, none fails unheard, and all of them end together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class BackgroundTasks:
    """Tasks that whoever starts them does not await.

    The loop itself knows a task only weakly, so they are kept here until they end. One that ends with an exception is told in the
    log at once, with its traceback; to be cancelled is no failure.
    """

    def __init__(self, what: str) -> None:
        """what: what each of them is, in the log's words, such as 'a probe'."""
        self._what = what
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Result], name: str | None = None) -> asyncio.Task[Result]:
        """Run it from the loop's next round on. name: the task's."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def cancel(self) -> None:
        """Cancel all that are under way, and wait for none."""
        for task in tuple(self._tasks):
            task.cancel()

    async def end(self) -> None:
        """Cancel all that are under way, and return when they have ended."""
        self.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("%s ended with an exception, which is our bug", self._what, exc_info=fault)
