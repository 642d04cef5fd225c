"""Blindness: without evidence on our own side nobody calls an outage our fault."""

import pytest

from monitor.model.reason import Reason
from monitor.model.state import OwnSide
from monitor.rules.blindness import WitnessSilence, judge_own_side, judge_silence

FINE = OwnSide(at_s=10.0, sends_attempted=30, carrier=True, link="eth0")


def code(reason: Reason | None) -> str | None:
    return reason.code if reason else None


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (FINE, None),
        (OwnSide(10.0, sends_attempted=30, sends_refused=15), None),
        (OwnSide(10.0, sends_attempted=30, sends_refused=16, refusal="ENETUNREACH"), "blind_sends"),
        (OwnSide(10.0, sends_attempted=30, carrier=False, link="eth0"), "blind_carrier"),
        (OwnSide(10.0, sends_attempted=30, receive_drops=3), None),
        (OwnSide(10.0, sends_attempted=30, receive_drops=20), "blind_drops"),
    ],
)
def test_evidence_on_our_own_side_makes_us_blind(own: OwnSide, expected: str | None) -> None:
    assert expected == code(judge_own_side([own]))


def test_refused_sends_are_counted_over_the_whole_round() -> None:
    refused = OwnSide(10.0, sends_attempted=1, sends_refused=1, refusal="EHOSTUNREACH")
    assert code(judge_own_side([FINE, refused, FINE])) is None


@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        (WitnessSilence(), None),
        (WitnessSilence(root=True, neighbours=3, silent_neighbours=3), "blind_silent"),
        (WitnessSilence(root=True, neighbours=3, silent_neighbours=2), None),
        (WitnessSilence(root=False, neighbours=3, silent_neighbours=3), None),
        (WitnessSilence(root=True, neighbours=3, silent_neighbours=3, has_answer=True), None),
        (WitnessSilence(root=True), None),
        (WitnessSilence(root=True, references=2, silent_references=2, neighbours=3), "blind_silent"),
        (WitnessSilence(root=True, references=2, silent_references=1, neighbours=3, silent_neighbours=3), None),
        (WitnessSilence(root=False, references=2, silent_references=2), None),
    ],
)
def test_silence_needs_the_root_and_all_that_prove_our_sight(silence: WitnessSilence, expected: str | None) -> None:
    assert expected == code(judge_silence(silence))


def test_a_mass_failure_behind_an_answering_root_is_an_outage() -> None:
    assert judge_silence(WitnessSilence(root=False, neighbours=32, silent_neighbours=31)) is None
