"""The wheel of time-outs and the window of young questions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.probes.snmp.window import Wheel, Window

TIMES = st.lists(st.floats(0, 100, allow_nan=False), max_size=60)


@given(TIMES, TIMES)
def test_everything_falls_due_once_no_sooner_than_armed_and_at_most_a_slot_later(due_s: list[float], looked_s: list[float]) -> None:
    wheel: Wheel[tuple[int, float]] = Wheel()
    for number, each_s in enumerate(due_s):
        wheel.arm(each_s, (number, each_s))
    seen: list[tuple[int, float]] = []
    for now_s in sorted(looked_s):
        fallen = wheel.due(now_s)
        assert all(each_s <= now_s for _, each_s in fallen)
        seen += fallen
        assert all(each_s > now_s - 0.011 for number, each_s in enumerate(due_s) if (number, each_s) not in seen)
    seen += wheel.due(200.0)
    assert sorted(enumerate(due_s)) == sorted(seen)


def test_what_is_dead_wakes_nobody() -> None:
    wheel: Wheel[str] = Wheel()
    wheel.arm(1.0, "dead")
    wheel.arm(2.0, "alive")
    assert 2.01 == wheel.next_s(lambda thing: thing == "alive")
    assert wheel.next_s(lambda _: False) is None
    assert [] == wheel.due(10.0)


def test_a_question_counts_until_it_is_given_back_or_old() -> None:
    window = Window(2, young_s=0.5)
    first, second = window.admit(0.0), window.admit(0.3)
    assert window.is_full
    window.age(0.4)
    assert window.is_full
    window.age(0.6)
    assert 1 == window.young
    window.give(first)
    assert 1 == window.young
    window.give(second)
    assert (0, None) != (window.young, window.next_s)
    window.age(10.0)
    assert (0, None) == (window.young, window.next_s)
