"""What happened in a shift, who took it on, and what is still open."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.cli.output import add_output, put_report
from monitor.cli.parser import Parser
from monitor.cli.tables import TableColumn, folded_table, printed_width, wrapped
from monitor.errors import LOG, SetupError
from monitor.journal.store import JournalReader, reading
from monitor.load.configuration import find_folder, load
from monitor.load.values import moment_meant
from monitor.model.clock import seconds
from monitor.model.state import Event
from monitor.report.shift import Outage, ShiftLog, ShiftRecords, shift_log
from monitor.report.shift_json import shift_json
from monitor.report.wording import ShiftWording
from monitor.rules.operations import ACKNOWLEDGEMENT_KINDS, MAINTENANCE_KINDS
from monitor.words import say
from monitor.words.report import SHIFT
from monitor.words.voice import voice

_USUAL = "8h"
_EXAMPLE = "ca-truc.xlsx"
_SIGHT = ("blind", "sighted")
_RUNNING = ("started", "stopped")
_WORKS = 10_000


def add_arguments(parser: Parser) -> None:
    span = parser.add_mutually_exclusive_group()
    span.add_argument("--last", metavar="DURATION", help=parser.say("shift_last", usual=_USUAL))
    span.add_argument("--from", dest="since", metavar="TIME", help=parser.say("shift_from"))
    parser.add_argument("--to", dest="until", metavar="TIME", help=parser.say("shift_to"))
    parser.add_argument("--journal", metavar="URL", help=parser.say("journal"))
    add_output(parser)
    parser.add_common("table", "json", "html", "xlsx")


def execute(arguments: argparse.Namespace) -> int:
    """Write the report; 0 when done. Raises SetupError where the journal can't be read or the times mean nothing."""
    configuration = load(find_folder(arguments.config))
    settings, inventory = configuration.settings, configuration.inventory
    language = str(arguments.spoken)
    zone = ZoneInfo(settings.timezone)
    now = datetime.now(zone)
    since, until = _span(arguments, now)
    with reading(arguments.journal or settings.journal) as journal:
        log = shift_log(_read(journal, since, until), inventory, since, until)
    wording = ShiftWording(language, zone, inventory, since)
    told = (log, wording, inventory.network.name, now.timestamp())
    makers: dict[str, Callable[[], str | bytes]] = {
        "table": lambda: "\n".join(_lines(log, wording, inventory.network.name)),
        "json": lambda: json.dumps(shift_json(log, wording), ensure_ascii=False, indent=1),
        # What makes pages and workbooks is loaded only where one is asked for.
        "html": lambda: importlib.import_module("monitor.report.page").shift_html(*told),
        "xlsx": lambda: importlib.import_module("monitor.report.xlsx").shift_xlsx(*told),
    }
    put_report(arguments, makers, _EXAMPLE, say(SHIFT, "file_written", language, path=arguments.output))
    return 0


def _span(arguments: argparse.Namespace, now: datetime) -> tuple[float, float]:
    """Return from when to when, in epoch seconds."""
    until = _moment("--to", arguments.until, now) if arguments.until else now
    if arguments.since:
        since = _moment("--from", arguments.since, until)
    else:
        lasts_s = seconds(arguments.last or _USUAL)
        if not lasts_s:
            raise SetupError("given_no_duration", name="--last", text=arguments.last)
        since = until - timedelta(seconds=lasts_s)
    if not since < until <= now:
        raise SetupError("period_empty", since=voice(LOG).time(since), until=voice(LOG).time(until))
    return since.timestamp(), until.timestamp()


def _moment(option: str, text: str, now: datetime) -> datetime:
    found = moment_meant(text, now, is_past=True)
    if found is None:
        raise SetupError("given_no_time", name=option, text=text)
    return found


def _read(journal: JournalReader, since: float, until: float) -> ShiftRecords:
    before = [entry for kinds in (ACKNOWLEDGEMENT_KINDS, _SIGHT, _RUNNING) for entry in journal.newest_before(since, kinds)]
    works = [entry for entry in journal.events(None, _WORKS, kinds=MAINTENANCE_KINDS) if isinstance(entry, Event)]
    return ShiftRecords([*journal.newest_before(since), *before], journal.between(since, until), works[::-1])


# What is printed


def _lines(log: ShiftLog, say_: ShiftWording, network: str) -> Iterator[str]:
    """Yield the log as lines: what is open first, since it is what the next shift must know."""
    width = printed_width()
    yield f"{say_('title')} · {network}"
    yield say_.span(log)
    yield ""
    yield from wrapped(say_.summary(log), width)
    for key, columns, rows in _sections(log, say_):
        if rows or key == "open":
            yield ""
            yield say_(key)
            yield folded_table(columns, rows) if rows else say_("none_open")


def _sections(log: ShiftLog, say_: ShiftWording) -> Iterator[tuple[str, list[TableColumn], list[list[str]]]]:
    """Yield the key of each section's heading, its columns and its rows."""
    outage = ("lasted", "where", "hit_short", "who_why")
    yield "open", _columns(say_, "from", *outage), [[say_.time(each.began), *_outage_row(each, say_)] for each in log.open]
    closed = [[say_.time(each.began), say_.time(each.ended), *_outage_row(each, say_)] for each in log.closed]
    yield "closed", _columns(say_, "from", "until", *outage), closed
    works = [
        [say_.time(each.began), say_.ended(each.ended), say_.announcer(each), f"{say_.covers(each)}: {each.reason}"]
        for each in log.maintenance
    ]
    yield "maintenance", _columns(say_, "from", "until", "by", "covers"), works
    gaps = [[say_.began(each), say_.ended(each.ended), say_.lasted(each, log.until), say_.gap(each)] for each in log.gaps]
    yield "gaps", _columns(say_, "from", "until", "lasted", "why"), gaps
    declines = [[say_.name(each.target), str(each.times), say_.age(each.lasted_s), say_.decline(each)] for each in log.declines]
    yield "declines", _columns(say_, "target", "times", "lasted", "why"), declines
    yield "notes", [*_columns(say_, "from"), TableColumn("")], [[say_.time(note.at), say_.note(note)] for note in log.notes]


def _outage_row(outage: Outage, say_: ShiftWording) -> list[str]:
    hit = f"{outage.points}+{outage.endpoints}" if outage.points or outage.endpoints else ""
    return [say_.age(outage.down_s), say_.name(outage.target), hit, " · ".join(filter(None, (say_.who(outage), say_.why(outage))))]


def _columns(say_: ShiftWording, *keys: str) -> list[TableColumn]:
    return [TableColumn(say_(key), is_number=key in ("hit_short", "times")) for key in keys]
