"""How the values of a report read."""

from __future__ import annotations

import pytest

from monitor.report.sections import ColumnForm, Value, read


@pytest.mark.parametrize(
    ("value", "form", "vietnamese", "english"),
    [
        (1.0, ColumnForm.RATIO, "100,000%", "100.000%"),
        # Nothing but all of the time is 100%.
        (0.9999999, ColumnForm.RATIO, "99,999%", "99.999%"),
        (0.999, ColumnForm.RATIO, "99,900%", "99.900%"),
        (0.0, ColumnForm.RATIO, "0,000%", "0.000%"),
        (None, ColumnForm.RATIO, "–", "–"),
        (0.0, ColumnForm.SECONDS, "0:00", "0:00"),
        (20.0, ColumnForm.SECONDS, "<0:01", "<0:01"),
        (93_910.0, ColumnForm.SECONDS, "26:05", "26:05"),
        (3, ColumnForm.COUNT, "3", "3"),
        ("Xã Lũng Cú", ColumnForm.TEXT, "Xã Lũng Cú", "Xã Lũng Cú"),
    ],
)
def test_values_read_as_staff_write_them(value: Value, form: ColumnForm, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (read(value, form, "vi"), read(value, form, "en"))
