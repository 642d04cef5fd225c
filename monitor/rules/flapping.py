"""Flapping: Icinga 2's weighted share of state changes over the last 20 checks.

Source: Icinga 2 documentation, Advanced Topics, "Check Flapping": each of the last 20 checks that changed the state counts with its
weight, from 0.8 for the oldest in steps of 0.02 up to 1.18 for the newest; the sum is divided by 20.
"""

from __future__ import annotations

from dataclasses import dataclass

CHECKS = 20
_ALL = (1 << CHECKS) - 1
_WEIGHTS = tuple(1.18 - 0.02 * age for age in range(CHECKS))


@dataclass(frozen=True, slots=True)
class Flapping:
    """What the last checks say.

    changes: bit n is set where the check n turns ago (0 is the newest) saw another state than the one before it.
    answered: what the newest check saw, None before the first.
    """

    changes: int = 0
    answered: bool | None = None
    is_flapping: bool = False

    @property
    def change_ratio(self) -> float:
        """Return the weighted share of checks that changed the state, 0 to 0.99."""
        return weigh(self.changes)


def weigh(changes: int) -> float:
    """Return the weighted share of changes in a history of 20 bits, the newest in bit 0."""
    if not changes:
        return 0.0
    return sum(weight for age, weight in enumerate(_WEIGHTS) if changes >> age & 1) / CHECKS


def step_flapping(flapping: Flapping, answered: bool, *, high: float, low: float) -> Flapping:
    """Return the opinion after one more check. Above high it flaps; then until it is no longer above low. Ratios are 0 to 1.

    Where nothing changes, it is the very same object.
    """
    if not flapping.changes and flapping.answered is answered:
        return flapping
    has_changed = flapping.answered is not None and flapping.answered is not answered
    changes = (flapping.changes << 1 | has_changed) & _ALL
    bound = low if flapping.is_flapping else high
    return Flapping(changes, answered, weigh(changes) > bound)
