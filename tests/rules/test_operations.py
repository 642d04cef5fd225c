"""What operators said is read back from the journal as it was said, and what is over no longer stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow
from monitor.model.state import Acknowledgement, AnnouncedWork, Event, State
from monitor.rules import operations
from tests.told import sentence

TAKEN = Acknowledgement("Ca trực", 100.0, "đã gọi VNPT")


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def work(number: int = 1, start: float = 1_000.0, end: float = 5_000.0) -> AnnouncedWork:
    return AnnouncedWork(number, MaintenanceWindow("nối cáp", ("xa-a", "xa-b"), ("huyen-x",), at(start), at(end)), "VNPT", 900.0)


@pytest.mark.parametrize(
    ("state", "flapping", "expected"),
    [
        (State.UP, False, True),
        (State.DEGRADED, False, True),
        (State.STANDBY, False, True),
        (State.UP, True, False),
        (State.DOWN, False, False),
        (State.UNREACHABLE, False, False),
        (State.MAINTENANCE, False, False),
        (State.UNKNOWN, False, False),
        (None, False, False),
    ],
)
def test_an_outage_is_over_once_its_target_answers_calmly_and_not_because_nothing_is_known(
    state: State | None, flapping: bool, expected: bool
) -> None:
    assert expected is operations.is_over(state, flapping=flapping)


@pytest.mark.parametrize(
    ("state", "flapping", "expected"),
    [
        (State.DOWN, False, True),
        (State.UP, True, True),
        (State.UNREACHABLE, False, False),
        (State.UP, False, False),
        (None, False, False),
    ],
)
def test_only_a_root_cause_can_be_taken(state: State | None, flapping: bool, expected: bool) -> None:
    assert expected is operations.may_be_taken(state, flapping=flapping)


def test_who_has_what_is_the_last_that_was_said_of_it() -> None:
    again = Acknowledgement("Ca sau", 130.0, "")
    events = [
        operations.acknowledged("a", TAKEN),
        operations.acknowledged("b", TAKEN),
        operations.acknowledged("c", TAKEN),
        Event(110.0, "path", "a", told=(Reason("path_mute"),)),
        operations.withdrawn("b", "Ca trực", 120.0),
        operations.acknowledgement_over("c", TAKEN, 125.0),
        operations.acknowledged("a", again),
    ]
    assert {"a": again} == operations.standing_acknowledgements(events)
    assert {"a": TAKEN, "b": TAKEN, "c": TAKEN} == operations.standing_acknowledgements(events[:3])


def test_announced_work_is_read_back_as_it_was_and_what_was_ended_early_ends_then() -> None:
    events = [operations.announced(work(1)), operations.announced(work(2)), operations.ended(work(2), "VNPT", 2_000.0)]
    first, second = operations.announced_works(events)
    assert work(1) == first
    assert (1_000.0, 2_000.0) == (second.start_at, second.end_at)


def test_work_that_is_called_off_before_it_began_covers_no_moment() -> None:
    off = operations.ended_at(work(), 500.0)
    assert off.start_at == off.end_at == 1_000.0


def test_every_event_says_in_english_who_and_what() -> None:
    said = [sentence(operations.acknowledged("a", TAKEN)), sentence(operations.announced(work()))]
    assert ["Ca trực took on a: đã gọi VNPT", "VNPT announced maintenance 1, xa-a, xa-b, huyen-x: nối cáp"] == said
