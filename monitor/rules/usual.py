"""A site's usual round-trip time: fibre within a province takes 5 to 20 ms, so that 120 ms is a fault there though it is legal."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

BLOCK = 20
"""Rounds that make one block: 5 minutes at one round every 15 s."""
BLOCKS = 288
"""Blocks that are remembered: a day of them."""
KNOWN_AFTER = 6
"""Blocks before anything is called usual."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What a path usually takes.

    current: mean RTTs (seconds) of the rounds of the block that is not full yet. medians: of the full blocks, the oldest first.
    """

    current: tuple[float, ...] = ()
    medians: tuple[float, ...] = ()
    rtt_s: float | None = None


def step(usual: Usual, rtt_s: float) -> Usual:
    """Return the opinion after one more answered round. rtt_s is the median of the blocks' medians."""
    current = (*usual.current, rtt_s)
    if len(current) < BLOCK:
        return Usual(current, usual.medians, usual.rtt_s)
    medians = (*usual.medians, median(current))[-BLOCKS:]
    return Usual((), medians, median(medians) if len(medians) >= KNOWN_AFTER else None)
