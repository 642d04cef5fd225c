"""A report as titled tables of values, and how a value reads; terminals, pages and workbooks are made of the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.words import Catalogue, say
from monitor.words.voice import voice

Value = str | int | float | None


class ColumnForm(StrEnum):
    """What a column's values are: texts, whole numbers, shares of 1, or seconds. None reads as a dash."""

    TEXT = "text"
    COUNT = "count"
    RATIO = "ratio"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column's heading and what its values are."""

    heading: str
    form: ColumnForm = ColumnForm.TEXT


@dataclass(frozen=True, slots=True)
class Section:
    """One titled table. note: a sentence about it, '' where none is needed."""

    title: str
    columns: Sequence[ReportColumn]
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


class ReportTexts:
    """The texts of a report in a language, out of a catalogue."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self._catalogue = catalogue
        self._language = language

    def __call__(self, key: str, **values: object) -> str:
        return say(self._catalogue, key, self._language, **values)

    def columns(self, *keys: str, form: ColumnForm = ColumnForm.TEXT) -> list[ReportColumn]:
        return [ReportColumn(self(key), form) for key in keys]


def read(value: Value, form: ColumnForm, language: str) -> str:
    """Return a value as staff read it: 99,812%, seconds as 26:05 (h:min), counts."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    speaker = voice(language)
    if form is ColumnForm.RATIO:
        return speaker.availability(value)
    return speaker.account(value) if form is ColumnForm.SECONDS else speaker.plain(value)
