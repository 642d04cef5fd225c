"""A report as a page of HTML that needs nothing else: to be read, sent on and printed on A4."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.report.sections import ColumnForm, Report, Section, Value, read

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _names_first(section: Section) -> Section:
    places = sorted(range(len(section.columns)), key=lambda place: section.columns[place].form is not ColumnForm.TEXT)
    rows = [[row[place] for place in places] for row in section.rows]
    return replace(section, columns=[section.columns[place] for place in places], rows=rows)


def render_report(report: Report, language: str) -> bytes:
    """Return the page's file."""
    return page(report, language).encode()


def page(report: Report, language: str) -> str:
    """Return the page; on paper, what a row is about comes first."""
    sections = [_names_first(section) for section in report.sections]

    def reads(value: Value, form: ColumnForm) -> str:
        return read(value, form, language)

    def share(row: list[Value], place: int, rows: list[list[Value]]) -> float:
        """Return how long the bar of a time is, in per cent of the column's longest."""
        value, known = row[place], [each[place] for each in rows]
        longest = max((float(each) for each in known if isinstance(each, (int, float))), default=0.0)
        return 100 * value / longest if isinstance(value, (int, float)) and longest else 0.0

    return _TEMPLATES.get_template("page.html").render(
        report=report, sections=sections, language=language, read=reads, share=share, Form=ColumnForm
    )
