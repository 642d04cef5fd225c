"""The memory of the poller and of the faces: little, and the same after a thousand rounds as after five hundred."""

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
def test_memory_does_not_grow_from_the_first_five_hundred_rounds_to_the_next(thousand_rounds: Rounds, whose: str) -> None:
    lived = thousand_rounds.result()
    assert lived["journal"] > 1000, "outages came and went"
    # The most of each half: what the allocator gives back, and takes again, makes 8% from one look to the next.
    early, late = (
        max(lived[whose][str(number)] for number in numbers) for numbers in (range(100, 501, 100), range(600, 1001, 100))
    )
    assert late < early * 1.05
