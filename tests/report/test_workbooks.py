"""What people typed stays text in every sheet of every workbook that reports are made as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.model.inventory import Area, Inventory, Target
from monitor.model.meeting import Meeting
from monitor.report import availability, readiness, xlsx
from monitor.report.sections import Report, Section
from monitor.report.wording import ShiftWording
from monitor.report.xlsx import shift_xlsx
from monitor.rules.availability import reckon
from tests.report import evening
from tests.report.test_forms import LOG
from tests.report.test_readiness import AFTER, BEFORE, SNAPSHOT
from tests.workbooks import AWKWARD, cells, texts

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def reports() -> dict[str, Report]:
    """Return every report that the product makes a workbook of."""
    found = reckon(evening.inventory(), evening.JOURNAL.before, evening.JOURNAL.during, evening.SINCE, evening.UNTIL)
    return {
        "before": readiness.readiness_report(BEFORE, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0),
        "after": readiness.readiness_report(AFTER, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0),
        "availability": availability.availability_report(found, evening.inventory(), "vi", UTC, evening.UNTIL),
    }


def spoken(report: Report, say: Callable[[str], str]) -> Report:
    """Return a report of which every text is said otherwise, in all of its sheets."""

    def of(section: Section) -> Section:
        columns = [replace(column, heading=say(column.heading)) for column in section.columns]
        rows = [[say(value) if isinstance(value, str) else value for value in row] for row in section.rows]
        return replace(section, columns=columns, rows=rows)

    sections, appendix = (tuple(map(of, each)) for each in (report.sections, report.appendix))
    return Report(say(report.title), [say(each) for each in report.about], sections, appendix, [say(each) for each in report.notes])


def told(report: Report) -> set[str]:
    tables = [*report.sections, *report.appendix]
    in_tables = {value for table in tables for row in table.rows for value in row if isinstance(value, str)}
    return {report.title, *report.about, *report.notes, *(each.heading for table in tables for each in table.columns)} | in_tables


@pytest.mark.parametrize("text", AWKWARD)
@pytest.mark.parametrize("name", ["before", "after", "availability"])
def test_every_text_of_a_report_stands_in_its_workbook_to_the_letter(name: str, text: str) -> None:
    report = spoken(reports()[name], lambda said: f"{text}{said}" if said else said)
    assert told(report) - {""} == texts(xlsx.report_xlsx(report, "vi"))


def test_the_title_of_a_meeting_and_the_names_of_its_places_are_no_formulas() -> None:
    """The title stood in the first sheet by a way of its own, and was a formula."""
    for text in AWKWARD:
        named = {id_: replace(each, name=text, short=text) for id_, each in SNAPSHOT.inventory.targets.items()}
        network = replace(SNAPSHOT.inventory.network, name=text)
        inventory = replace(SNAPSHOT.inventory, targets=named, network=network)
        meeting: Meeting = replace(BEFORE.meeting, title=text, external_host=text)
        content = readiness.file(replace(BEFORE, meeting=meeting), inventory, "vi", ZONE, made_at=0.0, form="xlsx")
        first, *others = cells(content).values()
        assert [text] in first
        assert all(any(text in str(value) for row in rows for value in row) for rows in others[-2:])


def renamed(source: Inventory, text: str) -> Inventory:
    targets: dict[str, Target] = {id_: replace(each, name=text, short=text) for id_, each in source.targets.items()}
    areas: dict[str, Area] = {id_: replace(each, name=text, short="") for id_, each in source.areas.items()}
    return replace(source, targets=targets, areas=areas)


@pytest.mark.parametrize("text", AWKWARD)
def test_notes_reasons_and_names_of_a_shift_are_no_formulas(text: str) -> None:
    outages = [replace(each, taken=tuple(replace(taken, by=text, note=text) for taken in each.taken)) for each in LOG.outages]
    work = [replace(each, reason=text, by=text) for each in LOG.maintenance]
    log = replace(LOG, outages=tuple(outages), maintenance=tuple(work))
    say = ShiftWording("vi", ZONE, renamed(evening.inventory(), text), evening.SINCE)
    sheets = cells(shift_xlsx(log, say, text, evening.UNTIL))
    summary, broken, maintenance = (sheets[name] for name in ("Tóm tắt", "Sự cố", "Bảo trì"))
    assert [text] in summary
    assert {text} == set(column(broken, "Địa bàn")) == set(column(maintenance, "Lý do")) == set(column(maintenance, "Người báo"))
    assert any(text in str(value) for value in column(broken, "Người xử lý"))


def column(rows: Sequence[Sequence[object]], heading: str) -> list[object]:
    place = list(rows[0]).index(heading)
    return [row[place] for row in rows[1:]]


def test_a_report_is_one_sheet_a_section_and_its_numbers_are_numbers() -> None:
    report = reports()["availability"]
    sheets = cells(xlsx.report_xlsx(report, "vi"))
    assert 1 + len(report.sections) + len(report.appendix) == len(sheets)
    numbers = [value for rows in list(sheets.values())[1:] for row in rows[1:] for value in row if isinstance(value, (int, float))]
    assert numbers
    assert not [value for rows in sheets.values() for row in rows for value in row if isinstance(value, datetime)]
