"""The bounds of figures are those of the settings, whatever these are."""

from __future__ import annotations

from dataclasses import astuple
from math import inf

import pytest

from monitor.model.settings import MeetingSettings, QualitySettings, Settings
from monitor.rules.bounds import (
    Bounds,
    Floors,
    Grade,
    Grades,
    jitter_bounds,
    left_floors,
    load_bounds,
    loss_bounds,
    often_bounds,
    ready_floors,
    rtt_bounds,
    share_of,
)

SETTINGS = Settings(
    quality=QualitySettings(loss_ratio=0.05, rtt_s=0.4, jitter_s=0.05, rtt_usual_factor=2.0, rtt_usual_extra_s=0.01),
    meetings=MeetingSettings(rtt_s=0.25, jitter_s=0.02, headroom=0.6, attendance=0.9, second_s=1800.0, last_s=600.0),
)


def test_each_bound_is_a_settings_one() -> None:
    assert (pytest.approx(0.005), 0.05) == astuple(loss_bounds(SETTINGS))
    assert Bounds(0.25, 0.4) == rtt_bounds(SETTINGS)
    assert Bounds(0.02, 0.05) == jitter_bounds(SETTINGS)
    assert Bounds(0.6) == load_bounds(SETTINGS)
    assert (pytest.approx(0.45), 0.6) == astuple(often_bounds(SETTINGS))
    assert Floors(1.0, 0.9) == ready_floors(SETTINGS)
    assert Floors(1800.0, 600.0) == left_floors(SETTINGS)


@pytest.mark.parametrize(
    ("usual_s", "red_s", "least_s"), [(0.1, 0.2, 0.2), (0.004, 0.014, 0.014), (0.15, 0.3, 0.25), (0.3, 0.4, 0.25)]
)
def test_a_round_trip_is_red_above_what_is_usual_for_its_site_and_no_later_than_everywhere(
    usual_s: float, red_s: float, least_s: float
) -> None:
    bounds = rtt_bounds(SETTINGS, usual_s)
    assert (0.25, pytest.approx(red_s)) == astuple(bounds)
    assert pytest.approx(least_s) == bounds.least


@pytest.mark.parametrize(("value", "bound", "share"), [(None, 0.2, 0.0), (0.1, 0.2, 0.5), (0.0, 0.0, 0.0), (0.1, 0.0, inf)])
def test_a_figure_that_may_not_be_at_all_is_beyond_every_other(value: float | None, bound: float, share: float) -> None:
    assert share == share_of(value, bound)


def test_a_path_is_as_bad_as_its_worst_figure() -> None:
    assert Grade.RED is Grades(loss=Grade.AMBER, jitter=Grade.RED).path
    assert Grade.AMBER is Grades(rtt=Grade.AMBER, load=Grade.RED).path
    assert Grade.FINE is Grades(load=Grade.RED).path
