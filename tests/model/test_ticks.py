from __future__ import annotations

import pytest

from monitor.model.clock import TICK_S, next_tick


@pytest.mark.parametrize(
    ("at_s", "every_s", "expected"),
    [(10.01, 0.1, 10.1), (10.05, 0.1, 10.1), (10.0, 0.5, 10.5), (10.4999, 0.5, 11.0), (0.0, 0.02, 0.02)],
)
def test_a_beat_is_a_multiple_that_is_still_to_come(at_s: float, every_s: float, expected: float) -> None:
    assert expected == pytest.approx(next_tick(at_s, every_s))


def test_a_beat_is_waited_for_no_longer_than_its_length_and_a_little() -> None:
    waits = [next_tick(at / 997) - at / 997 for at in range(1, 2_000)]
    assert min(waits) > 0
    assert max(waits) <= TICK_S * 1.06


def test_beats_of_one_length_coincide_whoever_asks() -> None:
    assert next_tick(50.003, 0.1) == next_tick(50.071, 0.1)
