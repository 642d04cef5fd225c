"""Reports and shift logs as pages of HTML that need nothing else: to be read, sent on and printed on A4."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.report.sections import ColumnForm, Report, Section, Value, read
from monitor.report.shift import ShiftLog
from monitor.report.wording import ShiftWording

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _names_first(section: Section) -> Section:
    places = sorted(range(len(section.columns)), key=lambda place: section.columns[place].form is not ColumnForm.TEXT)
    rows = [[row[place] for place in places] for row in section.rows]
    return replace(section, columns=[section.columns[place] for place in places], rows=rows)


def report_html(report: Report, language: str) -> str:
    """Return the page of a report; on paper, what a row is about comes first."""
    sections = [_names_first(section) for section in report.sections]

    def reads(value: Value, form: ColumnForm) -> str:
        return read(value, form, language)

    def share(row: list[Value], place: int, rows: list[list[Value]]) -> float:
        """Return how long the bar of a time is, in per cent of the column's longest."""
        value, known = row[place], [each[place] for each in rows]
        longest = max((float(each) for each in known if isinstance(each, (int, float))), default=0.0)
        return 100 * value / longest if isinstance(value, (int, float)) and longest else 0.0

    return _TEMPLATES.get_template("report.html").render(
        report=report, sections=sections, language=language, read=reads, share=share, Form=ColumnForm
    )


def shift_html(log: ShiftLog, say: ShiftWording, network: str, written_at: float) -> str:
    """Return the page of a shift, to be signed and kept. network: its name for the heading. written_at: epoch seconds."""
    written = say.voice.time(say.moment(written_at))
    return _TEMPLATES.get_template("shift.html").render(log=log, say=say, network=network, written=written)
