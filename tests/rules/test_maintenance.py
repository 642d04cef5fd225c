"""Announced work: single and weekly windows, by id, by area, and over midnight."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.model.inventory import Kind, Target
from monitor.model.settings import MaintenanceWindow
from monitor.rules.maintenance import covers, is_open

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 11, 28, 22, 0, tzinfo=ZONE)
SINGLE = MaintenanceWindow("thay thiết bị", ids=("a",), start=START, end=START + timedelta(hours=3))
TARGET = Target("a", Kind.POINT, "A", "A", "127.0.0.2", "commune", "huyen-x")


@pytest.mark.parametrize(("minutes", "is_on"), [(-1, False), (0, True), (179, True), (180, False)])
def test_a_single_window_is_open_from_its_start_until_its_end(minutes: int, is_on: bool) -> None:
    assert is_on is is_open(SINGLE, START + timedelta(minutes=minutes))


def test_the_zone_of_the_asking_does_not_matter_for_a_single_window() -> None:
    assert is_open(SINGLE, START.astimezone(UTC))


NIGHTLY = MaintenanceWindow("sao lưu", days=(4,), from_time=time(23, 0), to_time=time(2, 0))
FRIDAY = datetime(2026, 11, 27, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("hours", "is_on"),
    [(1, False), (22.9, False), (23, True), (25.9, True), (26, False), (47.5, False)],
)
def test_a_weekly_window_over_midnight_belongs_to_the_day_on_which_it_begins(hours: float, is_on: bool) -> None:
    assert is_on is is_open(NIGHTLY, FRIDAY + timedelta(hours=hours))


def test_a_weekly_window_of_one_day_keeps_to_its_hours() -> None:
    window = MaintenanceWindow("vệ sinh", days=(4,), from_time=time(8), to_time=time(9))
    open_at = [hour for hour in range(48) if is_open(window, FRIDAY + timedelta(hours=hour))]
    assert [8] == open_at


@pytest.mark.parametrize(
    ("ids", "areas", "is_covered"),
    [(("a",), (), True), (("b",), (), False), ((), ("huyen-x",), True), (("b",), ("huyen-x",), True), ((), (), True)],
)
def test_a_window_covers_the_union_of_ids_and_areas_and_everything_when_it_names_none(
    ids: tuple[str, ...], areas: tuple[str, ...], is_covered: bool
) -> None:
    window = MaintenanceWindow("w", ids=ids, areas=areas, start=START, end=START + timedelta(hours=1))
    assert is_covered is covers(window, TARGET)


def test_a_window_without_a_time_is_never_open() -> None:
    assert not is_open(MaintenanceWindow("w"), START)
