"""The memory of the poller and of the faces: little, and the same after a thousand rounds as after three hundred."""

from __future__ import annotations

import pytest

from tests.system.conftest import TARGETS, Rounds

MOST_BYTES = {"resident": 125_000_000, "web_resident": 125_000_000}
"""112 and 108 MB were seen; 139 when both were one process."""


@pytest.mark.parametrize("whose", MOST_BYTES)
def test_a_thousand_rounds_of_the_whole_province_take_no_more_than_125_megabytes_of_each_process(
    thousand_rounds: Rounds, whose: str
) -> None:
    lived = thousand_rounds.result()
    print(lived)
    assert (TARGETS, 1) == (lived["targets"], lived["web_starts"])
    assert max(lived[whose].values()) < MOST_BYTES[whose]


@pytest.mark.parametrize("whose", MOST_BYTES)
def test_memory_does_not_grow_from_the_three_hundredth_round_to_the_thousandth(thousand_rounds: Rounds, whose: str) -> None:
    lived = thousand_rounds.result()
    assert lived["journal"] > 1000, "outages came and went"
    assert lived[whose]["1000"] < lived[whose]["300"] * 1.05
