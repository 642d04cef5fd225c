"""A made-up past holds together: states by the daemon's own rules, without gaps, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import isnan
from zoneinfo import ZoneInfo

import pytest

from monitor.lab.history import InventedHistory, past_of
from monitor.lab.history_faults import Happenings, PastSetting, Spell
from monitor.lab.history_measured import Grid
from monitor.lab.history_recorded import quantile
from monitor.lab.history_states import Story, tell_story
from monitor.model.inventory import Expected
from monitor.model.settings import OfficeHours
from monitor.model.state import Event, State, Transition
from tests.lab.small import inventory

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = 1_795_366_800.0  # 2026-11-23 00:00 in Hà Giang
HOUR = 3600.0
ALWAYS = dict.fromkeys(inventory().targets, Expected.ALWAYS)


def past(days: float = 1, seed: int = 1, until: float = MONDAY + 86_400) -> PastSetting:
    return past_of(days, until, OfficeHours(), ZONE, seed)


def told(*silent: Spell, stopped: tuple[Spell, ...] = (), blind: tuple[Spell, ...] = (), worse: tuple[Spell, ...] = ()) -> Story:
    return tell_story(inventory(), Happenings(silent, worse, (), (), stopped, blind, ALWAYS), past())


def states(story: Story, target: str) -> list[tuple[State, float]]:
    return [(stay.state, (stay.start - MONDAY) / HOUR) for stay in story.stays[target]]


@pytest.fixture(scope="module")
def month() -> InventedHistory:
    return InventedHistory(inventory(), {**ALWAYS, "dc-xa": Expected.OFFICE_HOURS}, past(30, until=MONDAY), detail_days=0.02)


def test_a_seed_makes_one_past_and_another_seed_another() -> None:
    one, same, other = (InventedHistory(inventory(), ALWAYS, past(20, seed), 0.01) for seed in (1, 1, 2))
    assert one.story.entries == same.story.entries
    assert [each.values.tobytes() for each in one.recorder.series()] == [each.values.tobytes() for each in same.recorder.series()]
    assert one.story.entries != other.story.entries


def test_what_hangs_on_a_silent_point_is_unreachable_and_charged_to_it_in_one_moment() -> None:
    story = told(Spell("huyen", "fibre", MONDAY + HOUR, MONDAY + 2 * HOUR))
    assert [(State.UP, 0), (State.DOWN, 1), (State.UP, 2)] == states(story, "huyen")
    assert [(State.UP, 0), (State.UNREACHABLE, 1), (State.UP, 2)] == states(story, "dc-xa")
    assert "huyen" == story.stays["dc-xa"][1].cause
    assert [(State.UP, 0)] == states(story, "xa-doi"), "its second uplink carries it"
    (down,) = [entry for entry in story.entries if isinstance(entry, Transition) and entry.new is State.DOWN]
    assert (1, 1) == (down.affected_points, down.affected_endpoints)


@pytest.mark.parametrize("kind", ["stopped", "blind"])
def test_what_changes_while_the_monitor_does_not_look_is_told_when_it_does_again(kind: str) -> None:
    own = (Spell("", kind, MONDAY + 1.5 * HOUR, MONDAY + 3 * HOUR),)
    story = told(
        Spell("xa", "power", MONDAY + HOUR, MONDAY + 2 * HOUR),
        stopped=own if kind == "stopped" else (),
        blind=own if kind == "blind" else (),
    )
    (_, down, up) = states(story, "xa")
    assert (State.DOWN, 1) == down
    assert up[1] >= 3
    words = {"stopped": ("stopped", "started"), "blind": ("blind", "sighted")}[kind]
    assert [*words, "stopped"] == [entry.kind for entry in story.entries if isinstance(entry, Event)]


def test_a_bad_line_is_degraded_with_the_reason() -> None:
    story = told(worse=(Spell("xa", "lossy", MONDAY + HOUR, MONDAY + 2 * HOUR),))
    assert [(State.UP, 0), (State.DEGRADED, 1), (State.UP, 2)] == states(story, "xa")
    assert "loss" == story.stays["xa"][1].reason.code


def test_stays_join_without_a_gap_and_are_what_the_journal_says(month: InventedHistory) -> None:
    for id_, stays in month.story.stays.items():
        assert (month.past.start, month.past.end) == (stays[0].start, stays[-1].end)
        assert all(one.end == other.start for one, other in pairwise(stays)), id_
        journal = [entry for entry in month.story.entries if isinstance(entry, Transition) and entry.target == id_]
        assert [(stay.start, stay.state, stay.cause) for stay in stays] == [(each.at, each.new, each.cause) for each in journal]
    ats = [entry.at for entry in month.story.entries]
    assert sorted(ats) == ats


def test_a_pc_rests_at_night_and_at_weekends(month: InventedHistory) -> None:
    rests = [stay for stay in month.story.stays["dc-xa"] if stay.state is State.STANDBY]
    working = [MONDAY - day * 86_400 + 10 * HOUR for day in range(1, 31) if day % 7 not in (1, 2)]
    assert not [at for at in working if any(stay.start <= at < stay.end for stay in rests)]
    assert 0.5 < sum(stay.end - stay.start for stay in rests) / (month.past.end - month.past.start) < 0.75


def test_a_month_has_outages_work_and_a_weekly_rhythm(month: InventedHistory) -> None:
    seen = {stay.state for stays in month.story.stays.values() for stay in stays}
    assert {State.UP, State.DOWN, State.UNREACHABLE, State.MAINTENANCE, State.STANDBY} <= seen
    (load,) = [
        each.values
        for each in month.recorder.series()
        if each.name == "target:wan_link_utilisation_ratio:avg5m"
        and each.labels[0] == ("target", "goc")
        and each.labels[-1] == ("direction", "receive")
    ]
    by_day = [load[day * 288 : day * 288 + 288] for day in range(30)]
    busiest = [max(value for value in day if not isnan(value)) for day in by_day]
    # The 30 days begin on a Saturday.
    assert max(busiest[0], busiest[1]) < 0.6 * min(busiest[2:6])


def test_nothing_is_available_and_nothing_down_while_nobody_looks() -> None:
    happened = Happenings((), (), (), (), (), (), ALWAYS)
    history = InventedHistory(inventory(), ALWAYS, replace(past(3), seed=4), 3)
    assert happened != history.happenings
    unseen = history.grid.shares([(each.start, each.end) for each in (*history.happenings.stopped, *history.happenings.blind)])
    for each in history.recorder.series():
        if each.name == "target:wan_target_available_seconds:sum5m" and each.labels[0] == ("target", "goc"):
            assert all(value <= 300 - gone + 0.001 for value, gone in zip(each.values, unseen, strict=True))
            assert sum(unseen) > 60


@pytest.mark.parametrize(
    ("intervals", "shares"),
    [
        ([], [0, 0, 0]),
        ([(0, 900)], [300, 300, 300]),
        ([(10, 20), (290, 310)], [20, 10, 0]),
        ([(250, 700)], [50, 300, 100]),
        ([(-50, 30), (890, 2000)], [30, 0, 10]),
    ],
)
def test_intervals_are_shared_out_over_the_steps(intervals: list[tuple[float, float]], shares: list[float]) -> None:
    assert shares == list(Grid(0, 3).shares(intervals))


@pytest.mark.parametrize(("share", "values", "answer"), [(0.5, [1, 2, 4], 2), (0.95, [7], 7), (0.25, [0, 10], 2.5), (1, [1, 9], 9)])
def test_a_quantile_lies_between_its_neighbours(share: float, values: list[float], answer: float) -> None:
    assert answer == quantile(share, values)
