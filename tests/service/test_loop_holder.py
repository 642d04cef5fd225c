"""What held the loop is named by a thread that looks from outside."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable

import pytest

from monitor.model.clock import next_tick
from monitor.service.self_monitor import NOT_SEEN, OVERDUE_S, STOOD_STILL, LoopHolder, place


def hold_until(holds: Callable[[], bool]) -> None:
    """Keep this thread in here, as a callback would that does not come back."""
    waiter = threading.Event()
    for _ in range(3000):
        if holds():
            return
        waiter.wait(0.01)
    raise AssertionError("nothing was seen")


def test_whoever_holds_the_loop_is_named_with_its_place() -> None:
    with LoopHolder() as holder:
        hold_until(lambda: len(holder._seen) > 0)
        assert re.search(r"test_loop_holder\.py:\d+ hold_until|threading\.py:\d+ ", holder.name_holder(1.0))
        holder.tick()
        assert NOT_SEEN == holder.name_holder(0.0)


def test_nothing_is_looked_at_while_the_loop_ticks_on() -> None:
    now_s = 0.0
    looks = 0

    def now() -> float:
        nonlocal looks
        looks += 1
        return now_s

    with LoopHolder(now=now) as holder:
        hold_until(lambda: looks > 3)
        assert not holder._seen
        now_s += OVERDUE_S
        hold_until(lambda: len(holder._seen) > 0)


class Times:
    """Both clocks of a process, moved by the test alone."""

    now_s = worked_s = 100.0


@pytest.mark.parametrize(
    ("overslept_s", "worked_s", "expected"),
    [(9.8, 0.05, STOOD_STILL), (9.8, 9.5, "a.py:1 grinding"), (0.01, 0.0, "a.py:1 grinding")],
    ids=["stopped", "busy without letting go", "asleep"],
)
def test_a_process_that_stood_still_as_a_whole_blames_no_function(overslept_s: float, worked_s: float, expected: str) -> None:
    times = Times()
    holder = LoopHolder(now=lambda: times.now_s, worked=lambda: times.worked_s)
    holder._due_s = times.now_s + 10.0
    times.now_s += 10.0
    times.worked_s += worked_s
    holder._overslept_s = overslept_s
    holder._seen["a.py:1 grinding"] = 1
    assert expected == holder.name_holder(10.0)


def test_a_thread_that_is_not_awake_yet_after_a_stop_has_overslept_too() -> None:
    times = Times()
    holder = LoopHolder(now=lambda: times.now_s, worked=lambda: times.worked_s)
    times.now_s += 10.0
    assert STOOD_STILL == holder.name_holder(9.8)


def test_a_place_is_our_innermost_function_what_it_runs_and_who_began_it() -> None:
    def spy(_: object) -> object:
        found.append(place(sys._getframe()))
        return {}

    found: list[str] = []
    json.loads("{}", object_hook=spy)
    assert found[0].startswith("service/test_loop_holder.py:"), "none of it is the monitor's"

    class Number(float):
        def __truediv__(self, other: float) -> float:
            found.append(place(sys._getframe()))
            return float(self) / other

    next_tick(Number(1.0))
    assert re.fullmatch(r"monitor/model/clock\.py:\d+ next_tick, in service/test_loop_holder\.py:\d+ .*__truediv__", found[1])
