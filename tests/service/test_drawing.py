"""What is drawn of a minute is fresh evidence; what is stale, silent or unseen leaves a gap."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.model.settings import Settings
from monitor.model.state import State
from monitor.service.history import History, add_minute
from tests.export import sample

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
