"""The daemon's memory: little, and the same after a thousand rounds as after three hundred."""

from __future__ import annotations

from tests.system.conftest import TARGETS, Rounds

MOST_BYTES = 150_000_000
"""139 MB were seen; 118 before pages drew a day of jitter and of circuits, and before endpoints were asked by SIP and H.323."""


def test_a_thousand_rounds_of_the_whole_province_stay_within_150_megabytes(thousand_rounds: Rounds) -> None:
    lived = thousand_rounds.result()
    print(lived)
    assert TARGETS == lived["targets"]
    assert max(lived["resident"].values()) < MOST_BYTES


def test_memory_does_not_grow_from_the_three_hundredth_round_to_the_thousandth(thousand_rounds: Rounds) -> None:
    lived = thousand_rounds.result()
    assert lived["journal"] > 1000, "outages came and went"
    assert lived["resident"]["1000"] < lived["resident"]["300"] * 1.05
