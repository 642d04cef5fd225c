"""The queue, the single flight and the cache of reports, with a reporter of which the test says all."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, replace

import pytest

from monitor.export.reports.queue import QueueFullError, QueueLimits, ReportFile, ReportRequest, Reports
from monitor.export.source import ReportFailedError
from tests.export.reporting import DIED, GatedReporter, order

ORDER = order()
HERE = "127.0.0.1"


@dataclass
class Time:
    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass(eq=False)
class Connection:
    """is_closed: the client hung up."""

    is_closed: bool = False

    def __call__(self) -> bool:
        return self.is_closed


@dataclass
class House:
    reporter: GatedReporter
    reports: Reports
    time: Time

    def ask(
        self,
        id_: str,
        of: object = "",
        *,
        client: str = HERE,
        patience_s: float = 60.0,
        since: float = math.inf,
        made_at: float = 1.0,
        is_sealed: bool = False,
        gone: Connection | None = None,
    ) -> asyncio.Task[ReportFile | int]:
        meant = replace(
            ORDER, view=replace(ORDER.view, meeting=replace(ORDER.view.meeting, id=id_)), made_at=made_at, is_sealed=is_sealed
        )
        asked = ReportRequest((id_, "report", "html", "vi"), str(of), meant, client, since)
        return asyncio.create_task(self.reports.get(asked, patience_s, gone or Connection()))


def house(limits: QueueLimits | None = None) -> House:
    reporter, time = GatedReporter(), Time()
    return House(reporter, Reports(reporter, limits, time), time)


async def settle() -> None:
    """Let whatever can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def content(task: asyncio.Task[ReportFile | int]) -> bytes:
    found = await task
    assert isinstance(found, ReportFile)
    return found.content


async def test_the_same_report_is_made_once_for_forty_who_ask() -> None:
    at = house()
    tasks = [at.ask("a", client=f"127.0.1.{number}") for number in range(40)]
    await at.reporter.until_begun(1)
    at.reporter.let(40)
    assert {b"a"} == {await content(task) for task in tasks}
    assert ["a"] == at.reporter.begun


async def test_reports_are_made_one_at_a_time_in_the_order_in_which_they_were_asked_for() -> None:
    at = house()
    tasks = [at.ask(id_) for id_ in "abcde"]
    await at.reporter.until_begun(1)
    assert 4 == at.reports.waiting
    at.reporter.let(5)
    assert [b"a", b"b", b"c", b"d", b"e"] == [await content(task) for task in tasks]
    assert list("abcde") == at.reporter.begun
    assert 1 == at.reporter.most


async def test_who_does_not_wait_hears_its_place_and_keeps_it() -> None:
    at = house()
    held = at.ask("a")
    await at.reporter.until_begun(1)
    assert [0, 1, 2] == [await at.ask(id_, patience_s=0) for id_ in ("a", "b", "c")]
    assert 1 == await at.ask("b", patience_s=0), "the same place again"
    at.reporter.let(3)
    await at.reporter.until_begun(3)
    await settle()
    assert [b"a", b"b", b"c"] == [await content(each) for each in (held, at.ask("b"), at.ask("c"))]
    assert list("abc") == at.reporter.begun


async def test_a_report_for_which_nobody_waits_any_more_is_not_begun() -> None:
    at, gone = house(), Connection()
    first = at.ask("a")
    await at.reporter.until_begun(1)
    left, kept = at.ask("b", gone=gone), at.ask("c")
    await settle()
    gone.is_closed = True
    assert 1 == at.reports.waiting
    with pytest.raises(ReportFailedError):
        await left
    at.reporter.let(2)
    assert [b"a", b"c"] == [await content(each) for each in (first, kept)]
    assert ["a", "c"] == at.reporter.begun


async def test_a_report_is_made_while_one_of_those_who_asked_is_still_there() -> None:
    at, gone = house(), Connection()
    first = at.ask("a")
    await at.reporter.until_begun(1)
    at.ask("b", gone=gone)
    stays = at.ask("b", client="127.0.1.1")
    await settle()
    gone.is_closed = True
    at.reporter.let(2)
    assert b"b" == await content(stays)
    assert b"a" == await content(first)


async def test_a_browser_that_does_not_come_back_loses_its_place() -> None:
    at = house()
    first = at.ask("a")
    await at.reporter.until_begun(1)
    assert 1 == await at.ask("b", patience_s=0)
    at.time.now_s += QueueLimits().lease_s - 1
    assert 1 == at.reports.waiting
    at.time.now_s += 1
    assert 0 == at.reports.waiting
    at.reporter.let(2)
    await first
    await settle()
    assert ["a"] == at.reporter.begun


async def test_the_queue_is_bounded_and_a_report_in_it_can_still_be_asked_for() -> None:
    at = house(QueueLimits(waiting=2))
    held = [at.ask("a")]
    await at.reporter.until_begun(1)
    held += [at.ask(id_) for id_ in "bc"]
    await settle()
    with pytest.raises(QueueFullError) as refused:
        await at.ask("d")
    assert ("report_full", 2) == (refused.value.code, refused.value.values["waiting"])
    assert refused.value.retry_s >= 1
    held.append(at.ask("c", client="127.0.1.9"))
    at.reporter.let(3)
    assert [b"a", b"b", b"c", b"c"] == [await content(each) for each in held]


async def test_one_client_waits_for_two_reports_at_most_but_a_proxy_for_all() -> None:
    at = house()
    held = [at.ask(id_, client="127.0.1.1") for id_ in "ab"]
    await at.reporter.until_begun(1)
    with pytest.raises(QueueFullError, match="this address is waiting"):
        await at.ask("c", client="127.0.1.1")
    held += [at.ask("b", client="127.0.1.1")]
    held += [at.ask(id_, client=client) for client, ids in ((HERE, "cdef"), ("127.0.1.2", "gh")) for id_ in ids]
    at.reporter.let(8)
    assert list(b"abbcdefgh") == list(b"".join([await content(each) for each in held]))
    again = at.ask("c", client="127.0.1.1")
    assert b"c" == await content(again), "what it waited for is there, and counts no more"


async def test_what_was_made_is_kept_until_what_it_is_of_changes() -> None:
    at = house()
    at.reporter.let(9)
    first = await at.ask("a", 1)
    assert first is await at.ask("a", 1)
    assert ["a"] == at.reporter.begun
    assert first is not await at.ask("a", 2)
    assert ["a", "a"] == at.reporter.begun


async def test_a_report_as_it_stands_is_kept_for_a_minute_and_a_sealed_one_for_an_hour() -> None:
    at, limits = house(), QueueLimits()
    at.reporter.let(9)
    await at.ask("a")
    await at.ask("s", is_sealed=True)
    at.time.now_s += limits.kept_s
    await at.ask("a")
    await at.ask("s", is_sealed=True)
    assert ["a", "s", "a"] == at.reporter.begun
    at.time.now_s += limits.sealed_s
    await at.ask("s", is_sealed=True)
    assert ["a", "s", "a", "s"] == at.reporter.begun


async def test_the_cache_is_bounded_in_octets_and_forgets_what_was_asked_for_longest_ago() -> None:
    at = house(QueueLimits(cache_bytes=1000))
    at.reporter.told |= {id_: id_.encode() * 400 for id_ in "abc"}
    at.reporter.told["large"] = b"l" * 5000
    at.reporter.let(9)
    for id_ in ("a", "b", "a", "c"):
        await at.ask(id_)
    assert 800 == at.reports.cached_bytes
    await at.ask("a")
    assert ["a", "b", "c"] == at.reporter.begun
    await at.ask("b")
    assert ["a", "b", "c", "b"] == at.reporter.begun
    await at.ask("large")
    assert 5000 == at.reports.cached_bytes, "the newest is kept for who is about to come for it, and nothing else"


async def test_a_change_while_a_report_waits_makes_it_newer_at_its_place() -> None:
    at = house()
    first = at.ask("a")
    await at.reporter.until_begun(1)
    old, other, new = at.ask("b", 1), at.ask("c"), at.ask("b", 2)
    await settle()
    assert 2 == at.reports.waiting
    at.reporter.let(9)
    assert await old is await new
    await asyncio.gather(first, other)
    assert list("abc") == at.reporter.begun


async def test_a_change_while_a_report_is_made_makes_another_but_not_for_who_waited() -> None:
    at = house()
    first = at.ask("a", 1, made_at=100.0)
    await at.reporter.until_begun(1)
    same = at.ask("a", 2, since=100.0, made_at=101.0)
    new = at.ask("a", 3, made_at=102.0)
    at.reporter.let(9)
    assert await first is await same
    assert (3, 102.0) == (int(str((await found(new)).of)), (await found(new)).made_at)
    assert await new is await at.ask("a", 4, since=101.0), "it is newer than what was waited for"
    assert ["a", "a"] == at.reporter.begun


async def found(task: asyncio.Task[ReportFile | int]) -> ReportFile:
    file = await task
    assert isinstance(file, ReportFile)
    return file


async def test_a_failure_is_told_to_all_and_stands_for_a_moment_and_the_next_report_is_made() -> None:
    at = house()
    at.reporter.told = {"a": DIED, "b": ValueError("our bug")}
    tasks = [at.ask(id_) for id_ in "aabbc"]
    await at.reporter.until_begun(1)
    at.reporter.let(9)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    keys = [each.code if isinstance(each, ReportFailedError) else each for each in results]
    assert ["report_died"] * 4 == keys[:4]
    assert b"c" == await content(tasks[4])
    with pytest.raises(ReportFailedError, match="ended before it was done"):
        await at.ask("a")
    assert list("abc") == at.reporter.begun, "what just failed is not tried again at once"
    at.time.now_s += QueueLimits().failed_s
    at.reporter.told = {}
    assert b"a" == await content(at.ask("a"))


async def test_what_waits_hears_of_the_end_and_nothing_is_begun_after_it() -> None:
    at = house()
    tasks = [at.ask(id_) for id_ in "abc"]
    await at.reporter.until_begun(1)
    await at.reports.end()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert {"report_ending"} == {each.code for each in results if isinstance(each, ReportFailedError)}
    with pytest.raises(ReportFailedError, match="the monitor is ending"):
        await at.ask("d")
    assert ["a"] == at.reporter.begun
