"""A report as titled tables of values, and how a value reads; terminals, pages and workbooks are made of the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor

Value = str | int | float | None


class Form(StrEnum):
    """What a column's values are: texts, whole numbers, shares of 1, or seconds. None reads as a dash."""

    TEXT = "text"
    COUNT = "count"
    RATIO = "ratio"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and what its values are."""

    heading: str
    form: Form = Form.TEXT


@dataclass(frozen=True, slots=True)
class Section:
    """One titled table. note: a sentence about it, '' where none is needed."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. about: lines under the title. appendix: sections that only a workbook holds. notes: lines at the end."""

    title: str
    about: Sequence[str]
    sections: Sequence[Section]
    appendix: Sequence[Section]
    notes: Sequence[str]


def read(value: Value, form: Form, language: str) -> str:
    """Return a value as staff read it: 99,812% (rounded down, so that 100% means all of it), and seconds as 26:05 (h:min)."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if form is Form.RATIO:
        return read_ratio(value, language)
    return read_seconds(value) if form is Form.SECONDS else str(value)


def read_ratio(ratio: float | None, language: str) -> str:
    """Return a share of 1 in per cent with three digits."""
    if ratio is None:
        return "–"
    # The small addition undoes what a binary fraction lacks: 0.999 is 99.9%.
    text = f"{floor(ratio * 100_000 + 1e-6) / 1000:.3f}%"
    return text.replace(".", ",") if language == "vi" else text


def read_seconds(seconds: float) -> str:
    """Return seconds as hours and minutes; what is no whole minute, but something, is <0:01."""
    if 0 < seconds < 60:
        return "<0:01"
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02}"
