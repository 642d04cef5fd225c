"""The two clocks that a daemon has; whoever needs the time is given one, so that a test can step it."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow, from an arbitrary start; whatever is compared or subtracted is of this clock."""

    def wall(self) -> float:
        """Return epoch seconds, which may be stepped at any moment; only for what people read and for kernel stamps."""
