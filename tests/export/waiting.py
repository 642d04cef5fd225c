"""Waiting until something is so, however long a busy machine takes for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.patience import LONGEST_WAIT_S


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop go on until something holds."""
    async with asyncio.timeout(LONGEST_WAIT_S):
        while True:
            if holds():
                return
            await asyncio.sleep(0.001)
