"""Who waits for costly work waits in a queue of bounded length, or shares what others wait for."""

from __future__ import annotations

import asyncio

import pytest

from monitor.export.server.admission import NoRoomError, Refusal
from monitor.export.server.turns import SharedRun, Turns
from tests.export.waiting import until

A, B, PROXY = "127.0.0.2", "127.0.0.3", "127.0.0.1"


class Work:
    """What is done in turns. begun, ended: who, in which order."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.end = asyncio.Event()

    async def do(self, name: str, client: str = PROXY, gone: asyncio.Future[None] | None = None) -> None:
        async with self.turns.turn(client, gone):
            self.begun.append(name)
            assert len(self.begun) == len(self.ended) + 1
            await self.end.wait()
            self.ended.append(name)


async def test_one_at_a_time_in_the_order_in_which_they_came() -> None:
    work = Work(Turns(waiting=3))
    tasks = [asyncio.create_task(work.do(name)) for name in "abcd"]
    await until(lambda: 3 == work.turns.waiting)
    assert ["a"] == work.begun
    work.end.set()
    await asyncio.gather(*tasks)
    assert list("abcd") == work.ended


async def test_who_finds_the_queue_full_is_refused_at_once_and_may_come_again() -> None:
    work = Work(Turns(waiting=1))
    tasks = [asyncio.create_task(work.do(name)) for name in "ab"]
    await until(lambda: 1 == work.turns.waiting)
    with pytest.raises(NoRoomError) as refused:
        await work.do("c")
    assert (429, Refusal.QUEUE) == (refused.value.status, refused.value.reason)
    work.end.set()
    await asyncio.gather(*tasks, work.do("d"))
    assert ["a", "b", "d"] == work.ended


async def test_one_client_takes_no_more_than_its_places() -> None:
    work = Work(Turns(waiting=7, of_client=2))
    tasks = [asyncio.create_task(work.do(name, A)) for name in "ab"]
    await until(lambda: 1 == work.turns.waiting)
    with pytest.raises(NoRoomError):
        await work.do("c", A)
    tasks.append(asyncio.create_task(work.do("d", B)))
    work.end.set()
    await asyncio.gather(*tasks)
    assert ["a", "b", "d"] == work.ended


async def test_who_hangs_up_leaves_the_queue_and_who_is_served_does_not() -> None:
    work, gone = Work(Turns(waiting=3)), asyncio.get_running_loop().create_future()
    tasks = [asyncio.create_task(work.do("a", gone=gone)), asyncio.create_task(work.do("b", gone=gone))]
    tasks.append(asyncio.create_task(work.do("c")))
    await until(lambda: 2 == work.turns.waiting)
    gone.set_result(None)
    with pytest.raises(ConnectionResetError):
        await tasks[1]
    assert 1 == work.turns.waiting
    work.end.set()
    await asyncio.gather(tasks[0], tasks[2])
    assert ["a", "c"] == work.ended


async def test_who_is_cancelled_in_the_moment_of_its_turn_passes_it_on() -> None:
    work = Work(Turns(waiting=3))

    async def first() -> None:
        async with work.turns.turn(PROXY):
            await until(lambda: 2 == work.turns.waiting)
        tasks[1].cancel()

    tasks = [asyncio.create_task(each) for each in (first(), work.do("b"), work.do("c"))]
    work.end.set()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(ended[1], asyncio.CancelledError)
    assert ["c"] == work.ended
    await work.do("d")
    assert ["c", "d"] == work.ended


class Runs:
    """What is run for all at once. begun: how often. fails: whether it raises."""

    def __init__(self) -> None:
        self.begun = 0
        self.end = asyncio.Event()
        self.fails = False

    async def run(self) -> int:
        self.begun += 1
        number = self.begun
        await self.end.wait()
        if self.fails:
            raise ValueError(number)
        return number


async def test_all_who_ask_while_one_runs_share_the_next() -> None:
    runs = Runs()
    shared = SharedRun(runs.run, every_s=0, waiting=1000)
    first = asyncio.create_task(shared(PROXY))
    await until(lambda: 1 == runs.begun)
    later = [asyncio.create_task(shared(PROXY)) for _ in range(500)]
    await asyncio.sleep(0)
    assert 1 == runs.begun
    runs.end.set()
    assert [1] + [2] * 500 == await asyncio.gather(first, *later)
    assert 2 == runs.begun


async def test_the_next_run_begins_no_sooner_than_it_may() -> None:
    runs, every_s = Runs(), 0.05
    runs.end.set()
    shared, loop = SharedRun(runs.run, every_s=every_s, waiting=9), asyncio.get_running_loop()
    begun_s = loop.time()
    assert [1, 2, 3] == [await shared(PROXY), await shared(PROXY), await shared(PROXY)]
    assert loop.time() - begun_s > 1.99 * every_s


async def test_who_comes_when_too_many_wait_is_refused() -> None:
    runs = Runs()
    shared = SharedRun(runs.run, every_s=0, waiting=3)
    tasks = [asyncio.create_task(shared(PROXY)) for _ in range(3)]
    await until(lambda: 1 == runs.begun)
    with pytest.raises(NoRoomError):
        await shared(PROXY)
    runs.end.set()
    await asyncio.gather(*tasks)
    assert 2 == await shared(PROXY)


async def test_what_fails_fails_for_all_who_waited_and_for_nobody_after_them() -> None:
    runs = Runs()
    runs.fails = True
    shared = SharedRun(runs.run, every_s=0, waiting=9)
    tasks = [asyncio.create_task(shared(PROXY)) for _ in range(3)]
    runs.end.set()
    assert all(isinstance(each, ValueError) for each in await asyncio.gather(*tasks, return_exceptions=True))
    runs.fails = False
    assert 2 == await shared(PROXY)


async def test_who_hangs_up_ends_no_run() -> None:
    runs = Runs()
    shared = SharedRun(runs.run, every_s=0, waiting=9)
    impatient, patient = asyncio.create_task(shared(PROXY)), asyncio.create_task(shared(PROXY))
    await until(lambda: 1 == runs.begun)
    impatient.cancel()
    runs.end.set()
    assert 1 == await patient
