"""What runs in the background is kept until its end, and none of it fails unheard."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from monitor.background import BackgroundTasks


def tasks() -> BackgroundTasks:
    return BackgroundTasks("a trial")


async def fail() -> None:
    raise ValueError("of no use")


async def wait_for_ever(begun: asyncio.Event) -> None:
    begun.set()
    await asyncio.Event().wait()


async def test_an_exception_that_nobody_awaits_is_told_once_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    background = tasks()
    await asyncio.wait([background.start(fail())])
    (record,) = caplog.records
    assert "a trial ended with an exception, which is our bug" == record.getMessage()
    assert "in fail" in caplog.text
    assert "ValueError: of no use" in caplog.text


async def test_to_be_cancelled_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    background, begun = tasks(), asyncio.Event()
    task = background.start(wait_for_ever(begun))
    await begun.wait()
    await background.end()
    assert task.cancelled()
    assert [] == caplog.records


async def test_the_end_waits_for_what_a_task_has_still_to_do_and_tells_how_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    background, begun, put_away = tasks(), asyncio.Event(), list[str]()

    async def work() -> None:
        try:
            await wait_for_ever(begun)
        finally:
            await asyncio.sleep(0)
            put_away.append("all")
            await fail()

    background.start(work())
    await begun.wait()
    await background.end()
    assert ["all"] == put_away
    assert "ValueError: of no use" in caplog.text


async def test_a_task_that_nobody_else_knows_is_kept_until_it_ends() -> None:
    background, begun = tasks(), asyncio.Event()
    known = weakref.ref(background.start(wait_for_ever(begun)))
    await begun.wait()
    gc.collect()
    task = known()
    assert task is not None
    assert not task.done()
    background.cancel()
    await asyncio.wait([task])
    del task
    gc.collect()
    assert known() is None


async def test_what_a_task_returns_is_for_whoever_awaits_it_after_all() -> None:
    async def work() -> int:
        return 3

    assert 3 == await tasks().start(work())
