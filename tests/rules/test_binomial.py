"""What counts of lost packets prove."""

import math

import pytest

from monitor.rules.binomial import _BISECTIONS, proves_above, proves_below, smallest_proof, tail, upper_bound


def lower_bound(count: int, packets: int, confidence: float) -> float:
    """Return the loss ratio that the true one exceeds at this confidence (one-sided), 0 to 1; 0 where nothing was lost."""
    if count <= 0 or packets <= 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if tail(count, packets, middle) < 1.0 - confidence:
            low = middle
        else:
            high = middle
    return low


@pytest.mark.parametrize(("packets", "ratio"), [(1, 0.5), (5, 0.2), (20, 0.01), (100, 0.37), (100, 0.999)])
def test_a_tail_is_the_sum_of_the_exact_probabilities(packets: int, ratio: float) -> None:
    for count in range(packets + 2):
        exact = math.fsum(math.comb(packets, k) * ratio**k * (1 - ratio) ** (packets - k) for k in range(count, packets + 1))
        assert exact == pytest.approx(tail(count, packets, ratio), abs=1e-12)


def test_tails_hold_at_the_ends() -> None:
    assert (1.0, 0.0, 0.0, 1.0) == (tail(0, 5, 0.1), tail(6, 5, 0.1), tail(1, 5, 0.0), tail(1, 5, 1.0))


@pytest.mark.parametrize(
    ("lost", "packets", "confidence", "low", "high"),
    [
        # Clopper-Pearson intervals as published: two-sided 95% is 97.5% on each side.
        (5, 100, 0.975, 0.0164, 0.1128),
        (4, 10, 0.975, 0.1216, 0.7376),
        (0, 20, 0.95, 0.0, 1 - 0.05 ** (1 / 20)),
        (20, 20, 0.95, 0.05 ** (1 / 20), 1.0),
        (0, 300, 0.95, 0.0, 0.00994),
        (0, 3000, 0.95, 0.0, 0.000998),
    ],
)
def test_bounds_are_those_of_clopper_and_pearson(lost: int, packets: int, confidence: float, low: float, high: float) -> None:
    assert low == pytest.approx(lower_bound(lost, packets, confidence), abs=6e-5)
    assert high == pytest.approx(upper_bound(lost, packets, confidence), abs=6e-5)


def test_no_packets_prove_nothing() -> None:
    assert (0.0, 1.0) == (lower_bound(0, 0, 0.95), upper_bound(0, 0, 0.95))


@pytest.mark.parametrize(("packets", "ratio"), [(100, 0.01), (300, 0.001), (118, 0.03), (5, 0.01)])
def test_the_smallest_proof_is_the_first_count_whose_lower_bound_is_above_the_ratio(packets: int, ratio: float) -> None:
    least = smallest_proof(packets, ratio, 0.95)
    assert lower_bound(least, packets, 0.95) > ratio
    assert lower_bound(least - 1, packets, 0.95) <= ratio


def test_where_even_total_loss_proves_nothing_no_count_does() -> None:
    assert smallest_proof(1, 0.5, 0.95) == 2


@pytest.mark.parametrize("packets", [1, 20, 298, 299, 300, 1_000, 3_600])
@pytest.mark.parametrize("lost", [0, 1, 3, 20, 40])
def test_what_is_proven_of_a_ratio_is_what_the_bounds_say(lost: int, packets: int) -> None:
    for ratio in (0.001, 0.01, 0.05):
        assert (0 < lost <= packets and lower_bound(lost, packets, 0.95) > ratio) == proves_above(lost, packets, ratio, 0.95)
        assert (lost < packets and upper_bound(lost, packets, 0.95) <= ratio) == proves_below(lost, packets, ratio, 0.95)
