"""The board's pulse: at each tick while anything is open, and else only at news, or after a long rest.

A loop that wakes up for nothing costs more than the step that it then takes: it finds its caches cold.
"""

from __future__ import annotations

import asyncio

from monitor.model.ticks import next_beat


class Pulse:
    """Waits for the board's next step, on beats that others wait for too. tick_s, rest_s: how long at most, busy and at rest."""

    def __init__(self, tick_s: float, rest_s: float) -> None:
        self._tick_s = tick_s
        self._rest_s = rest_s
        self._news = asyncio.Event()

    def quicken(self) -> None:
        """Have the next step taken at the next tick, for something happened that it must see."""
        self._news.set()

    async def wait(self, *, is_busy: bool) -> None:
        """Return at the next tick where the board is busy; else at the first one after news, or when it has rested."""
        loop = asyncio.get_running_loop()
        if not is_busy:
            try:
                async with asyncio.timeout_at(next_beat(loop.time(), self._rest_s)):
                    await self._news.wait()
            except TimeoutError:
                return
        now_s = loop.time()
        await asyncio.sleep(next_beat(now_s, self._tick_s) - now_s)
        self._news.clear()  # the step that follows sees all that came until now
