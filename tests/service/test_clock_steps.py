"""A wall clock that was set is found once, by whoever looks first, and told to everybody."""

from __future__ import annotations

import pytest

from monitor.service.clock_steps import STEP_S, WatchedClock
from tests.service.province import WALL_0, FakeClock


def watched(clock: FakeClock) -> tuple[WatchedClock, list[tuple[str, float]]]:
    """Return a watched clock, and who was told of which step, in order."""
    found, told = WatchedClock(clock), list[tuple[str, float]]()
    found.on_step(lambda moved_s: told.append(("board", moved_s)))
    found.on_step(lambda moved_s: told.append(("rounds", moved_s)))
    return found, told


@pytest.mark.parametrize("step_s", [3600.0, -3600.0, 2.0])
def test_a_step_is_told_to_all_before_anything_is_stamped_and_only_once(step_s: float) -> None:
    clock = FakeClock()
    found, told = watched(clock)
    assert (1000.0, 1000.0 + WALL_0) == found.look()
    clock.offset_s += step_s
    assert (1000.0, 1000.0 + WALL_0 + step_s) == found.look()
    assert [("board", round(step_s)), ("rounds", round(step_s))] == [(who, round(moved_s, 3)) for who, moved_s in told]
    clock.now_s += 0.2
    found.look()
    assert 2 == len(told)


def test_a_slewing_clock_is_not_a_step() -> None:
    clock = FakeClock()
    found, told = watched(clock)
    for _ in range(10_000):
        clock.now_s += 0.25
        clock.offset_s += 0.0005
        found.look()
    assert clock.offset_s - WALL_0 > 4 * STEP_S
    assert [] == told


def test_time_that_passed_unseen_is_not_a_step() -> None:
    clock = FakeClock()
    found, told = watched(clock)
    clock.now_s += 86_400.0
    found.look()
    assert [] == told
