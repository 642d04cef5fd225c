"""Times as people type them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.load.values import moment_meant

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 30, 14, 30, 20, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "is_past", "expected"),
    [
        ("22:00", False, "2026-11-30T22:00:00+07:00"),
        ("07:15", False, "2026-12-01T07:15:00+07:00"),
        ("7:15", True, "2026-11-30T07:15:00+07:00"),
        ("22:00", True, "2026-11-29T22:00:00+07:00"),
        ("2026-11-30T06:00", True, "2026-11-30T06:00:00+07:00"),
        ("2026-11-30 06:00:30", True, "2026-11-30T06:00:30+07:00"),
        ("2026-11-30T06:00+00:00", True, "2026-11-30T06:00:00+00:00"),
        ("2026-11-30", True, "2026-11-30T00:00:00+07:00"),
    ],
)
def test_a_time_of_day_is_the_nearest_one_and_a_date_is_in_the_zone_of_now(text: str, is_past: bool, expected: str) -> None:
    found = moment_meant(text, NOW, is_past=is_past)
    assert found is not None
    assert expected == found.isoformat()


@pytest.mark.parametrize("text", ["", "24:00", "7h", "tomorrow", "2026-13-01", "12:60"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment_meant(text, NOW, is_past=True) is None
