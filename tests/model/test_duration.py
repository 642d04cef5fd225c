"""One way to write a duration, in the configuration, in scenarios, in forms and on command lines."""

from __future__ import annotations

import pytest

from monitor.model.clock import seconds
from monitor.model.scenario import UnfitError, ValueForm, parse_number, parse_value


@pytest.mark.parametrize(
    ("text", "expected"), [("20ms", 0.02), ("15s", 15.0), ("1.5h", 5400.0), ("2D", 172_800.0), ("0.1ms", 0.0001)]
)
def test_a_duration_is_so_many_seconds_for_whoever_reads_it(text: str, expected: float) -> None:
    assert expected == seconds(text) == parse_number(ValueForm.DURATION, text) == parse_value(ValueForm.DURATION, text)


@pytest.mark.parametrize("text", ["", "15", "15 s", "-1s", "1h30m", "٣s", "1w"])
def test_what_has_no_number_and_unit_is_no_duration_for_anybody(text: str) -> None:
    assert seconds(text) is None
    with pytest.raises(UnfitError):
        parse_number(ValueForm.DURATION, text)
