"""When the board takes its next step: soon while it is busy, and at rest until news."""

from __future__ import annotations

import asyncio

import pytest

from monitor.service.board.board import StepTimer

NEVER_S = 3600.0 * 24


async def test_a_board_at_rest_waits_for_news() -> None:
    timer = StepTimer(0.01, NEVER_S)
    waiting = asyncio.create_task(timer.wait(is_busy=False))
    await asyncio.sleep(0)
    assert not waiting.done()
    timer.wake()
    await asyncio.wait_for(waiting, 5)


async def test_news_that_came_before_the_rest_are_not_slept_over() -> None:
    timer = StepTimer(0.01, NEVER_S)
    timer.wake()
    await asyncio.wait_for(timer.wait(is_busy=False), 5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(timer.wait(is_busy=False), 0.02)


async def test_a_busy_board_waits_for_the_next_tick_only_and_a_resting_one_not_for_ever() -> None:
    await asyncio.wait_for(StepTimer(0.01, NEVER_S).wait(is_busy=True), 5)
    await asyncio.wait_for(StepTimer(NEVER_S, 0.01).wait(is_busy=False), 5)
