"""Rounds keep their cadence for every target, whatever one of them does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from monitor.model.reading import Deliver, Outcome, Reading
from monitor.model.spec import H323Spec, IcmpSpec
from monitor.rules.timetable import Turn, spread
from monitor.service.poller import Poller, tick_s
from monitor.service.process import SystemClock
from tests.patience import LONGEST_WAIT_S
from tests.probes.fake_network import SteppedClock

EVERY_S = 0.5


class FakeProber:
    """Answers at once; targets called 'stuck…' are delivered only when `free` is set, 'broken' raises."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.confirmed: Counter[str] = Counter()
        self.released: Counter[str] = Counter()
        self.free = asyncio.Event()

    async def probe(self, specs: Sequence[IcmpSpec], deliver: Deliver) -> None:
        self.asked.update(spec.target for spec in specs if not spec.confirms)
        self.confirmed.update(spec.target for spec in specs if spec.confirms)
        for spec in specs:
            if spec.target == "broken":
                raise ZeroDivisionError("a bug")
            if not spec.target.startswith("stuck"):
                deliver(Reading(spec.target, "icmp", 0.0, Outcome.OK))
        if any(spec.target.startswith("stuck") for spec in specs):
            await self.free.wait()
            for spec in specs:
                if spec.target.startswith("stuck"):
                    self.released[spec.address] += 1
                    deliver(Reading(spec.target, "icmp", 0.0, Outcome.TIMEOUT))


class Observer:
    """Counts, and lets a test wait for a number of rounds."""

    def __init__(self) -> None:
        self.opened = 0
        self.finished: list[float] = []
        self.skipped = 0
        self.changed = asyncio.Condition()

    def round_opened(self, probe: str) -> None:
        self.opened += 1
        self._tell()

    def round_finished(self, probe: str, duration_s: float) -> None:
        self.finished.append(duration_s)
        self._tell()

    def round_late(self, probe: str, lag_s: float) -> None:
        pass

    def turns_skipped(self, probe: str, count: int) -> None:
        self.skipped += count
        self._tell()

    def _tell(self) -> None:
        async def tell() -> None:
            async with self.changed:
                self.changed.notify_all()

        self._telling = asyncio.get_running_loop().create_task(tell())

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONGEST_WAIT_S), self.changed:
            await self.changed.wait_for(holds)


def turns(*names: str, every_s: float = EVERY_S) -> list[Turn]:
    return [Turn("icmp", every_s, spread(name, every_s), IcmpSpec(name, "127.0.0.1")) for name in names]


def make() -> tuple[Poller, FakeProber, Observer, list[Reading]]:
    prober, observer, readings = FakeProber(), Observer(), list[Reading]()
    return Poller({"icmp": prober}, readings.append, observer, SystemClock()), prober, observer, readings


async def test_every_target_is_asked_once_a_round_and_rounds_as_long_as_their_interval_are_not_skipped() -> None:
    poller, prober, observer, readings = make()
    names = [f"t{number}" for number in range(40)]
    poller.start(turns(*names))
    await observer.until(lambda: len(observer.finished) >= 3)
    await poller.stop()
    assert set(names) == set(prober.asked)
    assert max(prober.asked.values()) - min(prober.asked.values()) <= 1
    assert 0 == observer.skipped
    assert sum(prober.asked.values()) == len(readings)


async def test_a_target_still_in_flight_is_skipped_alone_and_counted() -> None:
    poller, prober, observer, readings = make()
    poller.start(turns("stuck", "a", "b", "c"))
    await observer.until(lambda: observer.skipped >= 2 and observer.opened >= 4)
    assert 1 == prober.asked["stuck"]
    assert min(prober.asked[name] for name in "abc") >= 2
    prober.free.set()
    await observer.until(lambda: prober.asked["stuck"] >= 2)
    await poller.stop()
    assert "stuck" in {reading.target for reading in readings}


async def test_a_prober_that_raises_does_not_stop_the_rounds() -> None:
    poller, prober, observer, readings = make()
    poller.start(
        [Turn("icmp", EVERY_S, 0.0, IcmpSpec("broken", "127.0.0.1")), Turn("icmp", EVERY_S, 0.3, IcmpSpec("a", "127.0.0.1"))]
    )
    await observer.until(lambda: len(observer.finished) >= 2)
    await poller.stop()
    assert prober.asked["broken"] >= 2
    assert {"a"} == {reading.target for reading in readings}


async def test_what_is_suspected_is_asked_at_once_and_not_twice_at_a_time() -> None:
    poller, prober, observer, _ = make()
    poller.start(turns("stuck", "a", every_s=60.0))
    await observer.until(lambda: observer.opened == 1)
    poller.probe_now(["stuck", "a", "nobody"])
    poller.probe_now(["stuck"])
    await observer.until(lambda: True)
    await asyncio.sleep(0)
    assert {"stuck": 1, "a": 1} == dict(prober.confirmed)
    await poller.stop()


async def test_heavy_probes_wait_while_they_are_held_at_their_turn_by_hand_and_to_confirm() -> None:
    pings, heavy, observer, readings = FakeProber(), FakeProber(), Observer(), list[Reading]()
    held = {("h323", "a")}
    poller = Poller({"icmp": pings, "h323": heavy}, readings.append, observer, SystemClock(), is_held=lambda *which: which in held)
    connects = [Turn("h323", EVERY_S, 0.0, H323Spec(name, "127.0.0.1")) for name in ("a", "b")]
    poller.start([*turns("a", "b"), *connects])
    asked, coming = poller.poll(["a", "b"])
    assert (3, 3) == (asked, len([reading async for reading in coming]))
    await observer.until(lambda: heavy.asked["b"] >= 3)
    poller.probe_now(["a", "b"])
    await asyncio.sleep(0)
    assert {"a": 1, "b": 1} == dict(pings.confirmed)
    assert (0, 0) == (heavy.asked["a"], heavy.confirmed.total())
    held.clear()
    await observer.until(lambda: heavy.asked["a"] >= 1)
    assert 0 == observer.skipped, "what is held is no turn that was missed"
    await poller.stop()


async def test_a_removed_target_is_neither_asked_nor_delivered_again() -> None:
    poller, prober, observer, readings = make()
    poller.start(turns("stuck", "a"))
    await observer.until(lambda: len(prober.asked) == 2)
    poller.replace(turns("a"))
    prober.free.set()
    rounds = observer.opened
    await observer.until(lambda: observer.opened >= rounds + 2)
    await poller.stop()
    assert 1 == prober.asked["stuck"]
    assert {"a"} == {reading.target for reading in readings}


async def test_what_an_address_said_that_a_target_no_longer_has_is_not_delivered() -> None:
    poller, prober, observer, readings = make()
    poller.start(turns("stuck"))
    await observer.until(lambda: prober.asked["stuck"] == 1)
    poller.replace([Turn("icmp", EVERY_S, 0.0, IcmpSpec("stuck", "127.0.0.2"))])
    prober.free.set()
    await observer.until(lambda: prober.asked["stuck"] >= 3)
    await poller.stop()
    assert 1 == prober.released["127.0.0.1"]
    assert len(readings) == prober.released["127.0.0.2"]


async def test_after_a_clock_step_the_next_round_comes_one_interval_after_the_last() -> None:
    poller, _, observer, _ = make()
    poller.start(turns("a"))
    await observer.until(lambda: observer.opened == 1)
    for job in poller._scheduler.get_jobs():
        job.modify(next_run_time=job.next_run_time.replace(year=job.next_run_time.year + 1))
    poller.clock_stepped()
    await observer.until(lambda: observer.opened >= 3)
    await poller.stop()


async def late_by(seconds: float) -> tuple[Observer, Poller]:
    """Return a poller of rounds a minute apart, the second of which the scheduler was kept from opening for so long."""
    poller, _, observer, _ = make()
    poller.start(turns("a", "b", every_s=60.0))
    await observer.until(lambda: observer.opened == 1)
    for job in poller._scheduler.get_jobs():
        job.modify(next_run_time=job.next_run_time - timedelta(seconds=60.0 + seconds))
    return observer, poller


async def test_a_round_that_comes_late_is_opened_all_the_same_and_only_once() -> None:
    for seconds in (5.0, 200.0):
        observer, poller = await late_by(seconds)
        await observer.until(lambda seen=observer: seen.opened >= 2)  # type: ignore[misc]
        await asyncio.sleep(0.05)
        assert (2, 0) == (observer.opened, observer.skipped)
        await poller.stop()


async def test_a_round_that_was_not_opened_at_all_is_counted() -> None:
    observer, poller = await late_by(5.0)
    for job in poller._scheduler.get_jobs():
        job.modify(misfire_grace_time=1)
    await observer.until(lambda: observer.skipped == 2)
    assert 1 == observer.opened
    await poller.stop()


async def test_rounds_whose_time_passed_while_we_stood_still_are_skipped_and_counted() -> None:
    clock, observer = SteppedClock(), Observer()
    poller = Poller({"icmp": FakeProber()}, lambda reading: None, observer, clock)
    poller.start(turns("a", "b", every_s=60.0))
    await observer.until(lambda: observer.opened == 1)
    clock.monotonic_step_s += 240.0  # the second to the fifth round's time; the fifth is opened
    for job in poller._scheduler.get_jobs():
        job.modify(next_run_time=job.next_run_time - timedelta(seconds=60.0))
    await observer.until(lambda: observer.opened == 2)
    assert 3 * 2 == observer.skipped
    await poller.stop()


async def test_a_prober_that_hangs_is_left_and_its_targets_are_asked_again() -> None:
    prober, observer = FakeProber(), Observer()
    poller = Poller({"icmp": prober}, lambda reading: None, observer, SystemClock(), hang_grace_s=0.0)
    spec = IcmpSpec("stuck", "127.0.0.1", packets=1, timeout_s=0.1)
    poller.start([Turn("icmp", EVERY_S, 0.0, spec)])
    await observer.until(lambda: prober.asked["stuck"] >= 3)
    assert 0 == observer.skipped
    await poller.stop()


async def test_a_poll_by_hand_answers_each_reading_and_is_evidence_too() -> None:
    poller, _, observer, readings = make()
    poller.start(turns("a", "b", every_s=60.0))
    await observer.until(lambda: observer.opened == 1)
    readings.clear()
    asked, answers = poller.poll(["b", "nobody"])
    assert 1 == asked
    assert ["b"] == [reading.target async for reading in answers]
    assert "b" in {reading.target for reading in readings}
    await poller.stop()


async def test_a_miss_says_when_it_was_asked_by_its_turn_or_by_hand_and_an_answer_needs_not_to() -> None:
    poller, prober, observer, readings = make()
    clock = SystemClock()
    begun_s = clock.monotonic()
    poller.start(turns("stuck", "a"))
    await observer.until(lambda: prober.asked["stuck"] == 1)
    by_hand_s = clock.monotonic()
    _, answers = poller.poll(["stuck"])
    waiting = asyncio.ensure_future(anext(answers))
    await observer.until(lambda: prober.asked["stuck"] == 2)
    prober.free.set()
    await waiting
    await observer.until(lambda: any(each.target == "stuck" for each in readings) and len(observer.finished) >= 1)
    await poller.stop()
    of_turn, of_hand, *_ = sorted(each.asked_s for each in readings if each.target == "stuck" and each.asked_s is not None)
    assert begun_s <= of_turn <= by_hand_s <= of_hand <= clock.monotonic()
    assert {None} == {each.asked_s for each in readings if each.target == "a"}


@pytest.mark.parametrize(
    ("every_s", "expected_s"), [(0.2, 0.1), (1.0, 0.1), (4.0, 0.2), (5.0, 0.2), (10.0, 0.5), (15.0, 0.5), (60.0, 0.5)]
)
def test_a_tick_is_a_twentieth_of_the_interval_between_a_tenth_and_half_a_second(every_s: float, expected_s: float) -> None:
    assert expected_s == pytest.approx(tick_s(every_s))
