"""What the pages say beside states and reasons."""

from __future__ import annotations

import pytest

from monitor.words.page import counted


@pytest.mark.parametrize(
    ("kind", "count", "vietnamese", "english"),
    [
        ("points", 1, "1 điểm mạng", "1 point"),
        ("points", 2, "2 điểm mạng", "2 points"),
        ("endpoints", 0, "0 điểm cầu", "0 endpoints"),
        ("endpoints", 1, "1 điểm cầu", "1 endpoint"),
    ],
)
def test_one_is_told_in_the_singular(kind: str, count: int, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (counted(kind, count, "vi"), counted(kind, count, "en"))
