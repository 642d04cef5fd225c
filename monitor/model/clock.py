"""Time: the two clocks that whoever needs the time is given, the ticks that waits fall on, and how a duration is written."""

from __future__ import annotations

import math
import re
from typing import Protocol

DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_SIZES = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

TICK_S = 0.02
_TOO_NEAR = 0.05
"""A tick that is nearer than so much of its length is let pass: a timer that ran a little early must not run twice."""


class Clock(Protocol):
    """Where the time comes from."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow, from an arbitrary start; whatever is compared or subtracted is of this clock."""

    def wall(self) -> float:
        """Return epoch seconds, which may be stepped at any moment; only for what people read and for kernel stamps."""


def next_tick(at_s: float, every_s: float = TICK_S) -> float:
    """Return the first multiple of every_s after a moment of the loop's clock."""
    return (math.floor(at_s / every_s + _TOO_NEAR) + 1) * every_s


def seconds(text: str) -> float | None:
    """Return how many seconds a duration such as 20ms, 15s, 5m or 2h is, None where the text is none. Capitals do as well."""
    found = DURATION.fullmatch(text.lower())
    return round(float(found[1]) * _SIZES[found[2]], 9) if found else None
