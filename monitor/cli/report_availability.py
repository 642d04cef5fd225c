"""How much of a period points and endpoints were there, by the journal."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.cli import tables
from monitor.cli.output import add_output, put_report
from monitor.cli.parser import Parser
from monitor.errors import LOG, SetupError
from monitor.journal.rows import TRANSITION
from monitor.journal.store import reading
from monitor.load.configuration import find_folder, load
from monitor.load.values import aware
from monitor.report.availability import availability_report, values
from monitor.report.sections import ColumnForm, Report, Section, read
from monitor.rules.availability import OWN_KINDS, reckon
from monitor.service.process import SystemClock
from monitor.words import say
from monitor.words.availability import AVAILABILITY
from monitor.words.phrase import joined, phrase
from monitor.words.voice import voice

_EXAMPLE = "kha-dung.xlsx"


def add_arguments(parser: Parser) -> None:
    parser.add_common("table", "json", "html", "xlsx")
    parser.add_values(("--month", "YEAR-MONTH", "availability_month"))
    parser.add_argument("--from", dest="start", metavar="TIME", help=parser.say("availability_from"))
    parser.add_argument("--to", dest="end", metavar="TIME", help=parser.say("availability_to"))
    parser.add_argument("--journal", metavar="URL", help=parser.say("availability_journal"))
    add_output(parser)


def execute(arguments: argparse.Namespace) -> int:
    configuration = load(find_folder(arguments.config))
    zone, now = ZoneInfo(configuration.settings.timezone), SystemClock().wall()
    language = str(arguments.spoken)
    start, end = _period(arguments, zone, now)
    with reading(arguments.journal or configuration.settings.journal) as journal:
        before = [*journal.newest_before(start, (TRANSITION,)), *journal.newest_before(start, OWN_KINDS)]
        found = reckon(configuration.inventory, before, journal.between(start, end), start, end)
    report = availability_report(found, configuration.inventory, language, zone, now)
    makers: dict[str, Callable[[], str | bytes]] = {
        "table": lambda: _text(report, language),
        "json": lambda: json.dumps(values(found, configuration.inventory), ensure_ascii=False, indent=1),
        # What makes pages and workbooks is loaded only where one is asked for.
        "html": lambda: importlib.import_module("monitor.report.page").report_html(report, language),
        "xlsx": lambda: importlib.import_module("monitor.report.xlsx").report_xlsx(report, language),
    }
    put_report(arguments, makers, _EXAMPLE, say(AVAILABILITY, "written", language, path=arguments.output))
    return 0


def _period(arguments: argparse.Namespace, zone: ZoneInfo, now: float) -> tuple[float, float]:
    """Return the period that is meant, its end no later than now."""
    if arguments.month and (arguments.start or arguments.end):
        raise SetupError("period_two_ways")
    if arguments.start or arguments.end:
        if not arguments.start:
            raise SetupError("period_without_start")
        first = _moment("--from", arguments.start, zone)
        last = _moment("--to", arguments.end, zone) if arguments.end else now
    else:
        first, last = _month(arguments.month, zone, now)
    last = min(last, now)
    if first >= last:
        since, until = (voice(LOG).time(datetime.fromtimestamp(each, zone)) for each in (first, last))
        raise SetupError("period_empty", since=since, until=until)
    return first, last


def _month(text: str | None, zone: ZoneInfo, now: float) -> tuple[float, float]:
    try:
        first = datetime.strptime(text, "%Y-%m") if text else datetime.fromtimestamp(now, zone)
    except ValueError as error:
        raise SetupError("no_month", text=text) from error
    first = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=zone)
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.timestamp(), after.timestamp()


def _moment(option: str, text: str, zone: ZoneInfo) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        remedy = phrase("write_it_as", example=joined("or", ("2026-11-01", "2026-11-01T07:00")))
        raise SetupError("given_no_time", remedy, name=option, text=text) from error
    return aware(moment, zone).timestamp()


def _text(report: Report, language: str) -> str:
    parts = ["\n".join(_wrapped([report.title, *report.about]))]
    parts += [
        "\n".join([section.title.upper(), *_wrapped([section.note]), *_table(section, language)]) for section in report.sections
    ]
    parts.append("\n".join(_wrapped(report.notes)))
    return "\n\n".join(parts)


def _table(section: Section, language: str) -> list[str]:
    if not section.rows:
        return []
    columns = [tables.TableColumn(column.heading, column.form is not ColumnForm.TEXT) for column in section.columns]
    rows = [
        [read(value, column.form, language) for value, column in zip(row, section.columns, strict=True)] for row in section.rows
    ]
    return [tables.table(columns, rows)]


def _wrapped(lines: Sequence[str]) -> list[str]:
    """Return lines broken at spaces where the terminal ends; in a pipe, at 80 columns."""
    width = min(tables.printed_width(), 80)
    found: list[str] = []
    for line in lines:
        here = ""
        for word in line.split():
            if here and tables.seen_width(f"{here} {word}") > width:
                found.append(here)
                here = word
            else:
                here = f"{here} {word}" if here else word
        found += [here] if here else []
    return found
