"""What is done to one event of a calendar costs no other: `python -m tests.load.odd_calendars 1600` looks further."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.load.configuration import load
from tests.load.folders import make_folder
from tests.load.odd_calendars import VTIMEZONE, damaged, findings, good, lacking


@pytest.mark.parametrize("number", range(10))
def test_the_good_ones_are_read_whole(tmp_path: Path, number: int) -> None:
    folder = make_folder(tmp_path / "config", profiles=("default",))
    inventory = load(folder, {}).inventory
    (folder / "meetings.yaml").write_text("calendars: [lich.ics]\n", encoding="utf-8")
    units = good(number)
    text = "\n".join(
        ["BEGIN:VCALENDAR", *VTIMEZONE.splitlines(), *(line for unit in units for line in unit.lines), "END:VCALENDAR"]
    )
    assert [] == lacking(text.encode(), [held for unit in units for held in unit.held], folder, inventory)


def test_an_event_that_is_damaged_costs_no_other_meeting_and_no_calendar(tmp_path: Path) -> None:
    """240 calendars, always the same ones."""
    assert [] == list(findings(240, tmp_path / "config"))


def test_the_damaged_ones_are_damaged_each_in_its_way() -> None:
    assert len({damaged(number)[0] for number in range(240)}) > 200
