"""Medians with their least and greatest, of figures and of ratios of pairs."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some figures, how far they reach, and how many they are."""

    median: float
    least: float
    greatest: float
    count: int


def spread(figures: Sequence[float]) -> Spread | None:
    """Return the spread of the figures, None where there are none."""
    return Spread(statistics.median(figures), min(figures), max(figures), len(figures)) if figures else None


def ratio_of_pairs(ours: Sequence[float | None], theirs: Sequence[float | None]) -> Spread | None:
    """Return the spread of ours ÷ theirs, run by run: what the machine did meanwhile happened to both of a pair.

    Runs that one of the two lacks (None, or beyond the shorter one's end) are no pair, nor are those in which theirs is 0.
    """
    pairs = zip(ours, theirs, strict=False)
    return spread([mine / other for mine, other in pairs if mine is not None and other])
