"""Numbers of chance, the same for whoever says them, and how long that takes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from benchmarks.children.report import Stopwatch, parameters

_RANGES = {
    "small": (0, 999),
    "large": (1_000, 1e9),
    "negative": (-1e6, 0),
    "shares": (0, 1),
    "times": (0, 0.9),
    "rates": (1e3, 1e9),
}
"""Kind → from where to where. Times are seconds."""


def said(by_kind: Mapping[str, Callable[[float], str]]) -> None:
    """Say as many numbers of a kind as asked, and tell the figures."""
    asked = parameters()
    say, (least, most) = by_kind[asked["kind"]], _RANGES[asked["kind"]]
    chance = random.Random(1)
    numbers = [chance.uniform(least, most) for _ in range(asked["numbers"])]
    say(numbers[0])
    watch = Stopwatch()
    for number in numbers:
        say(number)
    watch.tell(len(numbers), 0)
