"""Who is cut off in a cycle: one target in a hundred, others each time, so that some go down while others come back."""

from __future__ import annotations

from benchmarks.province import leaf_address


def dark_places(size: int, cycle: int) -> range:
    """Return the places of the endpoints that are cut off in a cycle."""
    count = max(1, size // 100)
    first = cycle % 3 * count
    return range(first, first + count)


def dark(size: int, cycle: int) -> list[str]:
    """Return their addresses."""
    return [leaf_address(size, place) for place in dark_places(size, cycle)]
