"""Flapping, held against the worked example of Icinga 2's documentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.flapping import CHECKS, Flapping, step_flapping, weigh

HIGH, LOW = 0.30, 0.25
NEW = Flapping()
EXAMPLE = sum(1 << (CHECKS - 1 - place) for place in (2, 3, 4, 5, 9, 13, 16, 19))
"""Icinga 2's picture: the changes whose weights are 0.84, 0.86, 0.88, 0.9, 0.98, 1.06, 1.12 and 1.18; 0 is the oldest check."""


def after(answers: str, flapping: Flapping = NEW) -> Flapping:
    for answer in answers:
        flapping = step_flapping(flapping, answer == "+", high=HIGH, low=LOW)
    return flapping


def test_the_worked_example_of_the_documentation_weighs_39_1_percent() -> None:
    assert pytest.approx(0.391) == weigh(EXAMPLE)


def test_seven_quiet_checks_end_the_flapping_of_the_example() -> None:
    flapping = after("+++++++", Flapping(EXAMPLE, answered=True, is_flapping=True))
    assert not flapping.is_flapping
    assert flapping.change_ratio < LOW


def test_it_starts_above_the_high_bound_and_ends_only_below_the_low_one() -> None:
    started = after("+-+-+-+")
    assert (True, True) == (started.is_flapping, started.change_ratio > HIGH)
    between = after("+" * 12, started)
    assert (True, True) == (between.is_flapping, LOW < between.change_ratio < HIGH)
    assert not after("+" * 6, between).is_flapping


def test_one_outage_is_not_flapping() -> None:
    assert not after("+" * 20 + "-" * 7 + "+" * 20).is_flapping
    assert not after("+" * 20 + "-" * 7 + "+").is_flapping


def test_the_first_check_is_no_change() -> None:
    assert Flapping(0, answered=False) == after("-")


@given(st.text("+-", max_size=200))
def test_the_share_stays_within_its_range_and_the_history_within_20_bits(answers: str) -> None:
    flapping = after(answers)
    assert 0 <= flapping.change_ratio <= 0.99 + 1e-9
    assert 0 <= flapping.changes < 1 << CHECKS


@given(st.sampled_from("+-"))
def test_twenty_equal_checks_leave_nothing_of_any_history(answer: str) -> None:
    assert 0.0 == after(answer * 21, Flapping(EXAMPLE, answered=True, is_flapping=True)).change_ratio
