"""What is usual for a site comes from its last 24 hours, and outlives a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model.day_series import MINUTES, UNSEEN
from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.model.settings import Settings
from monitor.model.state import State
from monitor.service.history import History, add_minute
from tests.export import sample

START_S = 1_800_000_000 // 60 * 60.0


def burst(*rtts_s: float | None, confirms: bool = False) -> Reading:
    outcome = Outcome.OK if any(rtt is not None for rtt in rtts_s) else Outcome.TIMEOUT
    return Reading("a", "icmp", 0.0, outcome, icmp=IcmpSample(len(rtts_s), rtts_s), confirms=confirms)


def filled(history: History, minutes: int, rtt_s: float, first: int = 0) -> History:
    for minute in range(first, first + minutes):
        for turn in range(4):
            history.note(burst(rtt_s, rtt_s), START_S + minute * 60 + turn * 15)
    return history


def test_nothing_is_usual_before_ten_minutes() -> None:
    assert History().usual_rtt_s("a") is None
    assert filled(History(), 10, 0.012).usual_rtt_s("a") is None
    assert pytest.approx(0.012, rel=1e-5) == filled(History(), 11, 0.012).usual_rtt_s("a")


def test_times_that_the_loop_had_to_measure_do_not_make_the_usual() -> None:
    history = History()
    for minute in range(30):
        sample = IcmpSample(1, (0.4,), clock="loop")
        history.note(Reading("a", "icmp", 0.0, Outcome.OK, icmp=sample), START_S + minute * 60)
    assert history.usual_rtt_s("a") is None


def test_the_usual_is_the_median_so_that_one_bad_hour_does_not_move_it() -> None:
    history = filled(History(), 180, 0.012)
    filled(history, 60, 0.4, first=180)
    assert pytest.approx(0.012, rel=1e-5) == history.usual_rtt_s("a")


def test_what_is_older_than_a_day_is_forgotten() -> None:
    history = filled(History(), 60, 0.4)
    filled(history, 20, 0.012, first=MINUTES + 60)
    assert pytest.approx(0.012, rel=1e-5) == history.usual_rtt_s("a")


def test_the_usual_follows_a_path_that_has_changed_for_good() -> None:
    history = filled(History(), MINUTES, 0.012)
    filled(history, MINUTES * 2 // 3, 0.04, first=MINUTES)
    assert pytest.approx(0.04, rel=1e-5) == history.usual_rtt_s("a")


def test_minutes_in_which_nothing_was_seen_are_gaps() -> None:
    history = History()
    history.note(burst(0.01, None), START_S)
    history.note(burst(None, None), START_S + 120)
    history.note(burst(0.02), START_S + 180)
    day = history.day("a", START_S + 180)
    assert day is not None
    assert [0.01, None, None] == [value and round(value, 6) for value in day.rtts_s[-3:]]
    assert (0.5, None, 1.0) == day.losses[-3:]


def test_bursts_that_confirm_a_suspicion_do_not_count() -> None:
    history = History()
    history.note(burst(None, confirms=True), START_S)
    assert history.day("a", START_S + 120) is None
    history.note(burst(0.01), START_S)
    history.note(burst(None, confirms=True), START_S)
    history.note(burst(0.01), START_S + 60)
    day = history.day("a", START_S + 60)
    assert day is not None
    assert 0.0 == day.losses[-1]


def test_a_day_holds_what_else_is_drawn_and_keeps_its_gaps(tmp_path: Path) -> None:
    history = filled(History(), 4, 0.012)
    first = int(START_S // 60)
    history.draw("a", first, {"jitters_s": 0.002, "receive_bps": 4e6})
    history.draw("a", first + 2, {"jitters_s": 0.003, "receive_bps": None})
    history.draw("never seen", first, {"jitters_s": 0.002})
    history.save(tmp_path / "history")
    kept = History()
    kept.load(tmp_path / "history")
    for each in (history, kept):
        day = each.day("a", START_S + 3 * 60 + 20)
        assert day is not None
        assert START_S + 3 * 60 == day.end
        assert [None, 2.0, None, 3.0] == [value and round(value * 1000, 3) for value in day.jitters_s[-4:]]
        assert (4e6, None, None) == day.receive_bps[-3:]
        assert day.transmit_bps == UNSEEN
        assert [12.0] * 3 == [round((value or 0) * 1000, 3) for value in day.rtts_s[-3:]]
    assert history.day("never seen", START_S) is None


def test_what_was_drawn_a_day_ago_is_gone() -> None:
    history = filled(History(), 2, 0.012)
    history.draw("a", int(START_S // 60), {"jitters_s": 0.002})
    filled(history, 2, 0.012, first=MINUTES)
    day = history.day("a", START_S + (MINUTES + 1) * 60)
    assert day is not None
    assert day.jitters_s == UNSEEN


def test_a_clock_set_back_does_not_write_into_the_past() -> None:
    history = filled(History(), 20, 0.012)
    history.note(burst(0.9), START_S - 3600)
    history.note(burst(0.012), START_S + 20 * 60)
    assert pytest.approx(0.012, rel=1e-5) == history.usual_rtt_s("a")


def test_what_was_saved_at_the_stop_is_there_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "history"
    filled(History(), 30, 0.012).save(path)
    history = History()
    history.load(path)
    assert pytest.approx(0.012, rel=1e-5) == history.usual_rtt_s("a")
    history.keep_only(["b"])
    assert history.usual_rtt_s("a") is None


@pytest.mark.parametrize("content", [b"", b"{}", b'{"form": "monitor history 2", "targets": {"a": [5]}}\nshort', b"\xff\xfe"])
def test_a_damaged_file_begins_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history"
    path.write_bytes(content)
    history = History()
    history.load(path)
    assert history.usual_rtt_s("a") is None


# What else pages draw

MINUTE = int(sample.NOW // 60) - 1


def drawn(state: State, **changes: object) -> tuple[float | None, float | None]:
    """Return the last minute's jitter and received rate of a commune in a state."""
    history = History()
    snapshot = sample.with_view(sample.snapshot(states={"xa-1-1": state}), "xa-1-1", **changes)
    history.note(Reading("xa-1-1", "icmp", 0.0, Outcome.OK, icmp=IcmpSample(1, (0.01,))), sample.NOW - 60)
    history.note(Reading("xa-1-1", "icmp", 0.0, Outcome.OK, icmp=IcmpSample(1, (0.01,))), sample.NOW)
    add_minute(history, snapshot, Settings(), MINUTE)
    day = history.day("xa-1-1", sample.NOW)
    assert day is not None
    return day.jitters_s[-1], day.receive_bps[-1]


def test_an_answering_point_is_drawn() -> None:
    jitter_s, receive_bps = drawn(State.UP)
    assert (1.2, 20_000_000) == (round((jitter_s or 0) * 1000, 3), receive_bps)


def test_a_silent_one_leaves_a_gap() -> None:
    assert (None, None) == drawn(State.DOWN)


def test_stale_evidence_leaves_a_gap() -> None:
    old = replace(sample.icmp(), at=sample.NOW - 600)
    assert (None, None) == drawn(State.UP, icmp=old, snmp=sample.snmp(sample.NOW - 900))
