"""What is learned of an agent's limits, step by step, with a clock that the test moves."""

from __future__ import annotations

import pytest

from monitor.model.agent_limits import LearnedLimit
from monitor.model.reason import Reason
from monitor.probes.snmp.adaptive_limits import GROW_AFTER_S, AdaptiveLimit, Devices, KnownAgent, ResponseTimes
from tests.probes.manual_clock import ManualClock
from tests.probes.readings import snmp_spec
from tests.told import english

TOO_BIG = Reason("status", {"status": "tooBig"})

SPEC = snmp_spec(port=161, timeout_s=2.0, max_requests_per_second=5)


def test_a_limit_is_as_configured_until_something_was_too_much_then_half_of_that() -> None:
    limit = AdaptiveLimit()
    assert 20 == limit.within(20, 0.0)
    assert limit.halve(20, TOO_BIG, least=1, now_s=0.0, at=1000.0)
    assert 10 == limit.within(20, 1.0)
    assert LearnedLimit(10, TOO_BIG, 1000.0) == limit.shown(20)
    assert not limit.halve(20, Reason("status", {"status": "again"}), least=1, now_s=2.0, at=1002.0)


def test_a_limit_grows_by_a_quarter_an_hour_until_it_is_as_configured() -> None:
    limit = AdaptiveLimit()
    limit.halve(20, TOO_BIG, least=1, now_s=0.0, at=0.0)
    sizes = [limit.within(20, hour * GROW_AFTER_S) for hour in (0.9, 1, 1.5, 2, 3, 4)]
    assert [10, 12, 12, 15, 18, 20] == sizes
    assert LearnedLimit(20) == limit.shown(20)


def test_what_chokes_again_after_growing_waits_twice_as_long_at_most_a_day() -> None:
    limit, now_s, waits = AdaptiveLimit(), 0.0, []
    for _ in range(7):
        limit.halve(20, TOO_BIG, least=1, now_s=now_s, at=0.0)
        begun_s = now_s
        while limit.within(20, now_s) == 10:
            now_s += 900.0
        waits.append((now_s - begun_s) / 3600)
        limit.learned = None
    assert [1, 2, 4, 8, 16, 24, 24] == waits


@pytest.mark.parametrize(
    ("answers_s", "wait_s"),
    [
        ([], 2.0),
        ([0.005] * 20, 0.5),
        ([3.0], 8.0),
        ([3.0] * 40, 3.05),
        ([30.0] * 5, 8.0),
    ],
)
def test_a_first_try_waits_as_long_as_was_learned_within_the_bounds(answers_s: list[float], wait_s: float) -> None:
    times = ResponseTimes()
    for took_s in answers_s:
        times.add(took_s)
    assert pytest.approx(wait_s, abs=0.01) == times.wait_s(2.0, 0.5, 8.0)


def test_a_configured_timeout_outside_the_bounds_widens_them() -> None:
    times = ResponseTimes()
    times.add(0.001)
    assert 0.1 == times.wait_s(0.1, 0.5, 8.0)
    times.add(100.0)
    assert 12.0 == times.wait_s(12.0, 0.5, 8.0)


def test_a_slow_agent_is_told_once_and_so_is_its_recovery_an_hour_later() -> None:
    clock = ManualClock()
    device = KnownAgent(clock)
    for _ in range(3):
        device.answered_in(3.0, SPEC)
    assert "answers in 3 s: waited for 8 s instead of 2 s from now on" == english(device.drain_news())
    clock.now_s += 3600.0
    for _ in range(60):
        device.answered_in(0.01, SPEC)
    assert "no longer waited for longer than 2 s" in english(device.drain_news())
    assert () == device.drain_news()


def poll(device: KnownAgent, large: int, largest: int | None) -> None:
    """Ask as a poll does: one object first where the last poll lost more. largest: what is answered at most, None for nothing."""
    has_answer = False
    for size in (1, large) if device.is_wary else (large,):
        if largest is None or size > largest:
            device.lost_get(size, after_answer=has_answer)
            return
        device.got(size)
        device.is_wary = False
        has_answer = True


def test_a_loss_is_taken_for_one_of_fragments_only_when_it_lies_between_smaller_answers_twice() -> None:
    device = KnownAgent(ManualClock())
    for _ in range(3):
        poll(device, 20, largest=8)
        assert device.get_size.learned is None
    poll(device, 20, largest=8)
    assert 10 == device.get_size_within()
    assert device.get_size.reason is not None
    assert "silence, though 1 is answered, at 20 objects" == english((device.get_size.reason,))


@pytest.mark.parametrize("every_s", [5, 10, 15, 30, 35, 60, 70, 75, 300])
@pytest.mark.parametrize("period_s", [7, 35, 60, 90])
def test_a_line_that_comes_and_goes_teaches_nothing_of_sizes(period_s: int, every_s: int) -> None:
    device = KnownAgent(ManualClock())
    for at_s in range(0, 300 * every_s, every_s):
        is_up = at_s // period_s % 2 == 0
        poll(device, 20, largest=24 if is_up else None)
        if at_s % 3 == 0:
            continue
        if (at_s + 1) // period_s % 2 == 0 and device.lost_size:
            device.got(1)  # a question outside of the schedule, such as one that confirms a suspicion
    assert (None, []) == (device.get_size.learned, device.news)


def test_a_line_that_is_cut_right_after_a_small_answer_teaches_nothing_of_sizes() -> None:
    device = KnownAgent(ManualClock())
    for _ in range(5):
        poll(device, 20, largest=None)
        poll(device, 20, largest=8)
        poll(device, 20, largest=None)
        poll(device, 20, largest=24)
    assert device.get_size.learned is None


def test_a_silence_or_a_refused_port_in_between_voids_what_the_losses_told() -> None:
    device = KnownAgent(ManualClock())
    for _ in range(3):
        poll(device, 20, largest=8)
    device.doubt_losses()
    poll(device, 20, largest=8)
    assert device.get_size.learned is None


def test_a_loss_between_answers_of_the_same_size_is_a_mere_loss() -> None:
    device = KnownAgent(ManualClock())
    for _ in range(5):
        poll(device, 20, largest=8)
        poll(device, 20, largest=24)
    assert (None, 0) == (device.get_size.learned, device.lost_size)


def test_no_second_holds_more_requests_than_permitted_whenever_they_are_wanted() -> None:
    clock = ManualClock()
    device = KnownAgent(clock)
    sent: list[float] = []
    for turn in range(200):
        clock.now_s += (0.0, 0.07, 0.0, 0.4, 0.0, 0.0)[turn % 6]
        clock.now_s = device.turn_s(clock.now_s, 5)
        device.note_sent(clock.now_s, 5)
        sent.append(clock.now_s)
    assert all(later - earlier >= 1.0 for earlier, later in zip(sent, sent[5:], strict=False))


def test_a_device_is_an_address_and_a_port_and_is_remembered() -> None:
    devices = Devices(ManualClock())
    assert devices.at("10.2.0.1", 161) is devices.at("10.2.0.1", 161)
    assert devices.at("10.2.0.1", 161) is not devices.at("10.2.0.1", 1161)
