"""What the daemon knows of its own side comes from measured evidence."""

from __future__ import annotations

import pytest

from monitor.model.state import OwnSide
from monitor.service.clock_steps import WatchedClock
from monitor.service.self_monitor import SelfMonitor


class FakeClock:
    def __init__(self) -> None:
        self.mono, self.epoch = 100.0, 1_800_000_000.0

    def monotonic(self) -> float:
        return self.mono

    def wall(self) -> float:
        return self.epoch

    def pass_by(self, seconds: float) -> None:
        self.mono += seconds
        self.epoch += seconds


class FakeSender:
    sends_attempted = sends_refused = receive_drops = 0
    last_refusal = ""


class FakeHolder:
    """Says the same of everything that held the loop. ticks: how often the loop was said to run."""

    def __init__(self) -> None:
        self.by, self.ticks = "monitor/x.py:1 slow", 0

    def tick(self) -> None:
        self.ticks += 1

    def name_holder(self, lag_s: float) -> str:
        return self.by


class Desk:
    """A watch with everything that it looks at and everything that it says."""

    def __init__(self) -> None:
        self.clock, self.reports, self.steps, self.sender = FakeClock(), list[OwnSide](), list[float](), FakeSender()
        self.lags = list[float]()
        self.holder = FakeHolder()
        clock = WatchedClock(self.clock)
        clock.on_step(self.steps.append)
        self.watch = SelfMonitor(
            clock,
            self.sender,
            lambda: ("lab0", True),
            tick=self.holder.tick,
            name_holder=self.holder.name_holder,
            report=self.reports.append,
            see_lag=self.lags.append,
        )

    def look_after(self, seconds: float, lag_s: float = 0.0) -> None:
        self.clock.pass_by(seconds)
        self.watch.look(lag_s)


def test_a_clock_that_was_set_is_seen_once_though_no_reading_comes() -> None:
    desk = Desk()
    desk.look_after(0.25)
    desk.clock.epoch -= 3600.0
    desk.look_after(0.25)
    desk.look_after(0.25)
    assert [pytest.approx(-3600.0)] == desk.steps


def test_a_stall_is_lag_and_not_a_step() -> None:
    desk = Desk()
    desk.look_after(3.25, lag_s=3.0)
    desk.look_after(0.25)
    assert ([], [3.0, 0.0]) == (desk.steps, desk.lags)


def test_refused_sends_and_drops_are_counted_since_the_last_report() -> None:
    desk = Desk()
    desk.sender.sends_attempted, desk.sender.sends_refused, desk.sender.receive_drops = 4, 2, 7
    desk.sender.last_refusal = "ENETUNREACH"
    desk.look_after(1.0)
    first = desk.reports[-1]
    assert (4, 2, "ENETUNREACH", 7) == (first.sends_attempted, first.sends_refused, first.refusal, first.receive_drops)
    assert ("lab0", True) == (first.link, first.carrier)
    desk.look_after(1.0)
    second = desk.reports[-1]
    assert (0, 0, "", 0) == (second.sends_attempted, second.sends_refused, second.refusal, second.receive_drops)


def test_what_held_the_loop_is_told_at_once_and_then_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.look_after(0.2, lag_s=0.4)
    assert [] == caplog.messages
    desk.look_after(1.2, lag_s=1.0)
    desk.look_after(3.2, lag_s=3.0)
    desk.holder.by = "monitor/y.py:2 slower"
    desk.look_after(9.2, lag_s=9.0)
    assert ["the event loop was held up for 1.0 s: monitor/x.py:1 slow"] == caplog.messages
    desk.look_after(60.0)
    desk.look_after(60.0)
    assert ["the event loop was held up 2 times within a minute, the longest for 9.0 s: monitor/y.py:2 slower"] == caplog.messages[
        1:
    ]
    assert 6 == desk.holder.ticks
