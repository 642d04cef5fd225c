"""Frozen values that are made fast."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from monitor.model.quick import quick
from monitor.model.reading import IcmpSample, Outcome, Reading

SAMPLE = IcmpSample(2, (0.01, None))


def test_what_is_made_fast_is_the_same_value_of_the_same_frozen_class() -> None:
    made = quick(IcmpSample)(2, (0.01, None))
    assert (SAMPLE, hash(SAMPLE), repr(SAMPLE), IcmpSample) == (made, hash(made), repr(made), type(made))
    with pytest.raises(FrozenInstanceError):
        made.sent = 3  # type: ignore[misc]


def test_fields_have_their_defaults_and_their_names() -> None:
    expected = Reading("a", "icmp", 1.0, Outcome.OK, icmp=SAMPLE, confirms=True)
    assert expected == quick(Reading)("a", "icmp", 1.0, Outcome.OK, icmp=SAMPLE, confirms=True)
    with pytest.raises(TypeError):
        quick(Reading)("a")  # type: ignore[call-arg]
