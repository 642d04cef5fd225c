"""Availability by the journal: what counts for a target, what against it, and what proves nothing."""

from __future__ import annotations

import pytest

from monitor.model.inventory import Kind
from monitor.model.reason import Reason
from monitor.model.state import Event, State, Transition
from monitor.rules.availability import Account, Availability, reckon
from tests.lab.small import inventory


def change(target: str, new: State, at: float, cause: str | None = None) -> Transition:
    return Transition(target, None, new, at, cause or (target if new is State.DOWN else None), Reason("start"))


def event(kind: str, at: float) -> Event:
    return Event(at, kind, "")


def reckoned(*entries: Transition | Event, before: tuple[Transition | Event, ...] = ()) -> Availability:
    return reckon(inventory(), before, entries, 1000, 2000)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], Account(unseen_s=1000)),
        ([change("xa", State.UP, 1000)], Account(available_s=1000)),
        ([change("xa", State.UP, 1200)], Account(available_s=800, unseen_s=200)),
        (
            [change("xa", State.UP, 0), change("xa", State.DOWN, 1100), change("xa", State.UP, 1200)],
            Account(available_s=900, down_s=100, outages=1, longest_s=100),
        ),
        ([change("xa", State.DEGRADED, 0)], Account(available_s=1000)),
        ([change("xa", State.UNREACHABLE, 0, "huyen"), change("xa", State.UP, 1500)], Account(available_s=500, unreachable_s=500)),
        ([change("xa", State.MAINTENANCE, 0), change("xa", State.STANDBY, 1900)], Account(maintenance_s=900, standby_s=100)),
        ([change("xa", State.UNKNOWN, 0)], Account(unseen_s=1000)),
        # An outage that the period begins with is one, and so is one that it ends with; only what lies within counts.
        (
            [change("xa", State.DOWN, 0), change("xa", State.UP, 1300), change("xa", State.DOWN, 1950)],
            Account(available_s=650, down_s=350, outages=2, longest_s=300),
        ),
        ([change("xa", State.UP, 0), event("blind", 1100), event("sighted", 1300)], Account(available_s=800, unseen_s=200)),
        ([change("xa", State.DOWN, 0), event("stopped", 1900)], Account(down_s=900, unseen_s=100, outages=1, longest_s=900)),
        # A stop ends a blindness; the start after it ends both.
        (
            [change("xa", State.UP, 0), event("blind", 1100), event("stopped", 1200), event("started", 1250)],
            Account(available_s=850, unseen_s=150),
        ),
        # Nobody heard it die: it is believed to have seen.
        ([change("xa", State.UP, 0), event("started", 1500)], Account(available_s=1000)),
    ],
)
def test_a_period_is_booked(entries: list[Transition | Event], expected: Account) -> None:
    assert expected == reckoned(*entries).targets["xa"]


def test_the_share_that_was_watched_is_of_all_but_what_nobody_saw() -> None:
    account = Account(available_s=200, down_s=50, unreachable_s=50, maintenance_s=50, standby_s=50, unseen_s=600)
    assert (0.4, None) == (account.watched, Account().watched)


def test_a_blindness_from_before_the_period_lasts_into_it() -> None:
    found = reckoned(event("sighted", 1400), before=(change("xa", State.UP, 0), event("blind", 900)))
    assert Account(available_s=600, unseen_s=400) == found.targets["xa"]
    assert (400, 0) == (found.blind_s, found.stopped_s)


def test_a_cause_is_charged_with_all_that_it_cut_off_and_nobody_else() -> None:
    found = reckoned(
        change("huyen", State.UP, 0),
        change("xa", State.UP, 0),
        change("dc-xa", State.UP, 0),
        change("huyen", State.DOWN, 1500),
        change("xa", State.UNREACHABLE, 1500, "huyen"),
        change("dc-xa", State.UNREACHABLE, 1500, "huyen"),
        change("huyen", State.UP, 1700),
        change("xa", State.UP, 1700),
        change("dc-xa", State.UP, 1710),
    )
    (charge,) = found.charges
    assert ("huyen", 1, 200, 200, 210) == (charge.cause, charge.outages, charge.own_s, charge.points_s, charge.endpoints_s)
    assert 1.0 == found.targets["xa"].ratio
    assert 0.8 == found.targets["huyen"].ratio
    level = found.levels["commune", Kind.POINT]
    assert (5, 1600, 200) == (level.targets, level.available_s, level.down_s)
    assert 1600 / 1800 == level.ratio
    assert None is reckoned().levels["commune", Kind.POINT].ratio


def test_work_on_one_target_is_one_line_for_each_cause_and_repeats_of_down_are_no_new_outage() -> None:
    found = reckoned(change("xa", State.DOWN, 1000), change("xa", State.DOWN, 1400), change("xa", State.UP, 1600))
    assert (1, 600) == (found.targets["xa"].outages, found.targets["xa"].down_s)
