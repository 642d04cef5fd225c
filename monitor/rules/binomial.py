"""What a count of lost packets proves about the true loss: exact binomial tails and bounds (Clopper and Pearson, 1934)."""

from __future__ import annotations

import math
from functools import lru_cache

_BISECTIONS = 60


def tail(count: int, packets: int, ratio: float) -> float:
    """Return the probability of at least count losses among packets, each lost with probability ratio (0 to 1)."""
    if count <= 0:
        return 1.0
    if count > packets or ratio <= 0.0:
        return 0.0
    if ratio >= 1.0:
        return 1.0
    # The side with fewer terms is summed; logarithms keep large binomials in range.
    if count > packets * ratio:
        return min(1.0, math.fsum(_mass(k, packets, ratio) for k in _until_negligible(count, packets, ratio)))
    return max(0.0, 1.0 - math.fsum(_mass(k, packets, ratio) for k in range(count)))


def _mass(count: int, packets: int, ratio: float) -> float:
    ways = math.lgamma(packets + 1) - math.lgamma(count + 1) - math.lgamma(packets - count + 1)
    return math.exp(ways + count * math.log(ratio) + (packets - count) * math.log1p(-ratio))


def _until_negligible(count: int, packets: int, ratio: float) -> range:
    """Return the counts from count up that still weigh: 12 standard deviations and 40 counts beyond the start."""
    spread = 12.0 * math.sqrt(packets * ratio * (1.0 - ratio))
    return range(count, min(packets, count + int(spread) + 40) + 1)


def upper_bound(count: int, packets: int, confidence: float) -> float:
    """Return the loss ratio that the true one stays below at this confidence (one-sided); 1 where nothing was sent.

    0 lost of 20 at 0.95 prove no more than 'below 14%': 1 - 0.05 ** (1 / 20).
    """
    if packets <= 0 or count >= packets:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if 1.0 - tail(count + 1, packets, middle) > 1.0 - confidence:
            low = middle
        else:
            high = middle
    return high


def proves_above(count: int, packets: int, ratio: float, confidence: float) -> bool:
    """Return whether so many losses prove a true loss above ratio (one-sided)."""
    return 0 < count <= packets and tail(count, packets, ratio) < 1.0 - confidence


def proves_below(count: int, packets: int, ratio: float, confidence: float) -> bool:
    """Return whether so few losses prove a true loss of at most ratio: upper_bound() <= ratio, at a sixtieth of its price."""
    return 0 <= count < packets and 1.0 - tail(count + 1, packets, ratio) <= 1.0 - confidence


@lru_cache(maxsize=65_536)
def smallest_proof(packets: int, ratio: float, confidence: float) -> int:
    """Return the smallest number of losses among packets that proves a true loss above ratio; packets + 1 where none does."""
    low, high = 0, packets + 1
    while low < high:
        middle = (low + high) // 2
        if tail(middle, packets, ratio) < 1.0 - confidence:
            high = middle
        else:
            low = middle + 1
    return low
