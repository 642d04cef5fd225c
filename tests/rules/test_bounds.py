"""The bounds of figures are those of the settings, whatever these are."""

from __future__ import annotations

from dataclasses import astuple
from math import inf

import pytest

from monitor.model.settings import MeetingSettings, QualitySettings, Settings
from monitor.rules.bounds import Bounds, Grade, Grades, jitter_bounds, load_bounds, loss_bounds, rtt_bounds, share_of

SETTINGS = Settings(
    quality=QualitySettings(loss_ratio=0.05, rtt_s=0.4, jitter_s=0.05, rtt_usual_factor=2.0, rtt_usual_extra_s=0.01),
    meetings=MeetingSettings(rtt_s=0.25, jitter_s=0.02, headroom=0.6),
)


def test_each_bound_is_a_settings_one() -> None:
    assert (pytest.approx(0.005), 0.05) == astuple(loss_bounds(SETTINGS))
    assert Bounds(0.25, 0.4) == rtt_bounds(SETTINGS)
    assert Bounds(0.02, 0.05) == jitter_bounds(SETTINGS)
    assert Bounds(0.6) == load_bounds(SETTINGS)


@pytest.mark.parametrize(("usual_s", "amber_s"), [(0.1, 0.2), (0.004, 0.014), (0.3, 0.25)])
def test_a_round_trip_is_amber_above_what_is_usual_for_its_site_but_never_later_than_a_call_is_at_risk(
    usual_s: float, amber_s: float
) -> None:
    assert (pytest.approx(amber_s), 0.4) == astuple(rtt_bounds(SETTINGS, usual_s))


@pytest.mark.parametrize(("value", "bound", "share"), [(None, 0.2, 0.0), (0.1, 0.2, 0.5), (0.0, 0.0, 0.0), (0.1, 0.0, inf)])
def test_a_figure_that_may_not_be_at_all_is_beyond_every_other(value: float | None, bound: float, share: float) -> None:
    assert share == share_of(value, bound)


def test_a_path_is_as_bad_as_its_worst_figure() -> None:
    assert Grade.RED is Grades(loss=Grade.AMBER, jitter=Grade.RED).path
    assert Grade.AMBER is Grades(rtt=Grade.AMBER, load=Grade.RED).path
    assert Grade.FINE is Grades(load=Grade.RED).path
