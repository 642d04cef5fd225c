"""The schedule of meetings: list it, check it, bring a calendar in."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from pathlib import Path

import yaml

from monitor.cli.meeting_ids import with_known_ids
from monitor.cli.notices import notice_lines
from monitor.cli.output import write_whole
from monitor.cli.parser import Parser
from monitor.cli.tables import TableColumn, table
from monitor.errors import ConfigError, Fault, Notice, SetupError, left_out_first, reason_of
from monitor.load.configuration import Configuration, find_folder, load
from monitor.model.meeting import Meeting
from monitor.words import say
from monitor.words.phrase import Phrase
from monitor.words.ready import READY
from monitor.words.usage import OPTIONS
from monitor.words.voice import voice

_USUAL_DAYS = 30
_MOST_DAYS = 366
_EMPTY = "# yaml-language-server: $schema=schema/meetings.schema.json\n"


def add_arguments(parser: Parser) -> None:
    parser.set_defaults(days=_USUAL_DAYS)
    _add_common(parser)
    # What stands after the action wins; where nothing stands there, what stands before it holds.
    common = Parser(language=parser.language, add_help=False, argument_default=argparse.SUPPRESS)
    _add_common(common)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help=parser.say("meetings_list"), parents=[common])
    listing.add_format("table", "json")
    actions.add_parser("check", help=parser.say("meetings_check"), parents=[common])
    bringing = actions.add_parser("import", help=parser.say("meetings_import"), parents=[common])
    bringing.add_argument("file", metavar="FILE", help=parser.say("calendar"))
    bringing.add_argument("--name", help=parser.say("calendar_called"))
    for key, what in (("level", "LEVEL"), ("host", "ENDPOINT"), ("platform", "NAME"), ("carrier", "NAME"), ("call-rate", "RATE")):
        bringing.add_argument(f"--{key}", metavar=what, help=parser.say("calendar_key", what=key))
    bringing.add_argument("--all", action="store_true", help=parser.say("calendar_all"))


def _add_common(parser: Parser) -> None:
    parser.add_common()
    told = parser.say("days", most=_MOST_DAYS, usual=_USUAL_DAYS)
    parser.add_argument("--days", type=partial(_days, parser.language), help=told)


def _days(language: str, text: str) -> int:
    if text.isdecimal() and 1 <= int(text[:9]) <= _MOST_DAYS:
        return int(text)
    raise argparse.ArgumentTypeError(say(OPTIONS, "days_unknown", language, text=text, most=_MOST_DAYS))


def execute(arguments: argparse.Namespace) -> int:
    folder = find_folder(arguments.config)
    if arguments.action == "import":
        return _import(arguments, folder)
    configuration = load(folder)
    language = str(arguments.spoken)
    found = _due_within(configuration, arguments.days)
    if arguments.action == "check":
        schedule = configuration.meetings
        counts = {"singles": len(schedule.singles), "calendars": len(schedule.sources)}
        if any(counts.values()):
            print(say(READY, "fine", language, **counts, count=len(found), days=arguments.days))
        else:
            print(say(READY, "unscheduled", language, path=folder / "meetings.yaml"))
        return _tell_notices(schedule.notices, language)
    if arguments.format == "json":
        print(json.dumps([_json(meeting) for meeting in found], ensure_ascii=False, indent=1))
    elif found:
        _print(found, language)
    else:
        print(say(READY, "none", language, days=arguments.days))
    return 0


def _due_within(configuration: Configuration, days: int) -> tuple[Meeting, ...]:
    now = datetime.now(UTC)
    return with_known_ids(configuration).meetings.between(now, now + timedelta(days=days))


def _json(meeting: Meeting) -> dict[str, object]:
    return {
        "meeting": meeting.id,
        "series": meeting.series,
        "title": meeting.title,
        "level": meeting.level or None,
        "start": meeting.start.isoformat(),
        "end": meeting.end.isoformat(),
        "host": meeting.host or None,
        "external_host": meeting.external_host or None,
        "endpoints": list(meeting.endpoints),
        "place": meeting.place,
        "participants_by_name": meeting.participants_by_name,
    }


def _tell_notices(notices: Sequence[Notice], language: str) -> int:
    """Print what is told of calendars; return 1 where anything was left out, else 0."""
    _, left_out = left_out_first(notices)
    if notices:
        print(*notice_lines(notices, language), sep="\n")
        print(say(READY, "calendars_told", language, left_out=left_out, odd=len(notices) - left_out))
    return 1 if left_out else 0


def _print(found: tuple[Meeting, ...], language: str) -> None:
    columns = [
        TableColumn(say(READY, "begins", language)),
        TableColumn(say(READY, "ends", language)),
        TableColumn("ID"),
        TableColumn(say(READY, "endpoints", language), is_number=True),
        TableColumn(say(READY, "meeting", language)),
    ]
    speaker = voice(language)
    by_name = say(READY, "by_name", language)
    rows = [
        [
            speaker.time(each.start),
            speaker.clock(each.end),
            each.id,
            str(len(each.endpoints)),
            f"{each.title} ({by_name})" if each.participants_by_name else each.title,
        ]
        for each in found
    ]
    print(table(columns, rows))


# Bringing a calendar in


def _import(arguments: argparse.Namespace, folder: Path) -> int:
    """Check a calendar with the whole configuration, and only then write anything; 1 where anything of it is left out."""
    source, name = Path(arguments.file), arguments.name or Path(arguments.file).name
    if "/" in name or not name.endswith(".ics"):
        raise SetupError("calendar_name", name=name)
    content = _content(source)
    listed = folder / "meetings.yaml"
    before = listed.read_text(encoding="utf-8") if listed.exists() else _EMPTY
    after = before if _names(before, name) else with_calendar(before, _item(arguments, name))
    configuration, notices = _tried(folder, content, name, after, source)
    write_whole(folder / name, content)
    if after != before:
        write_whole(listed, after)
    language = str(arguments.spoken)
    count = len(_due_within(configuration, arguments.days))
    print(say(READY, "imported", language, file=source, into=listed, count=count, days=arguments.days))
    print(say(READY, "reload", language, origin=configuration.settings.origin))
    return _tell_notices(notices, language)


def _content(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except OSError as error:
        raise SetupError("path_unreadable", Phrase("unreadable_cure"), path=source, reason=reason_of(error)) from None


def _tried(folder: Path, content: bytes, name: str, listed: str, source: Path) -> tuple[Configuration, Sequence[Notice]]:
    """Load the configuration with the calendar in it, in a folder of its own; return it, and what is told of the calendar.

    Raises its faults. All is told under the names that people know.
    """
    with tempfile.TemporaryDirectory(prefix="monitor-meetings-") as trial:
        draft = Path(trial)
        for other in folder.glob("*.ics"):
            (draft / other.name).write_bytes(other.read_bytes())
        (draft / name).write_bytes(content)
        (draft / "meetings.yaml").write_text(listed, encoding="utf-8")
        places = {str(draft / name): str(source), str(draft): str(folder)}
        try:
            configuration = load(folder, meetings=draft / "meetings.yaml")
        except ConfigError as error:
            raise ConfigError(_renamed(fault, places) for fault in error.faults) from None
        own = (each for each in configuration.meetings.notices if each.fault.file == str(draft / name))
        return configuration, [replace(each, fault=_renamed(each.fault, places)) for each in own]


def _renamed(fault: Fault, places: dict[str, str]) -> Fault:
    def known(told: object) -> str:
        return reduce(lambda text, place: text.replace(*place), places.items(), str(told))

    values = {name: value if isinstance(value, Phrase | tuple) else known(value) for name, value in fault.values.items()}
    return replace(fault, file=known(fault.file), values=values)


def _item(arguments: argparse.Namespace, name: str) -> str:
    keys = ("level", "host", "platform", "carrier", "call_rate")
    said = {key: getattr(arguments, key) for key in keys if getattr(arguments, key)}
    if not said and not arguments.all:
        return name
    parts = [f"file: {name}", *(f"{key}: {value}" for key, value in said.items())]
    return "{" + ", ".join([*parts, *(["participants: {all: true}"] if arguments.all else [])]) + "}"


def _names(text: str, name: str) -> bool:
    """Return whether a meetings.yaml names a calendar already."""
    top = yaml.compose(text, yaml.BaseLoader)
    node = _calendars(top)
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    return any(scalar.value == name for item in items for scalar in _scalars(item))


def _scalars(item: yaml.Node) -> list[yaml.Node]:
    if isinstance(item, yaml.MappingNode):
        return [value for key, value in item.value if key.value == "file"]
    return [item]


def _calendars(top: yaml.Node | None) -> yaml.Node | None:
    if isinstance(top, yaml.MappingNode):
        return next((value for key, value in top.value if key.value == "calendars"), None)
    return None


def with_calendar(text: str, item: str) -> str:
    """Return a meetings.yaml with one more calendar; everything else stays as it is, comments too. item: as it is written."""
    node = _calendars(yaml.compose(text, yaml.BaseLoader))
    if node is None:
        return text.rstrip("\n") + f"\n\ncalendars:\n  - {item}\n"
    if not isinstance(node, yaml.SequenceNode):
        raise SetupError("calendars_no_list")
    if node.flow_style:
        end = node.end_mark.index - 1
        return text[:end].rstrip() + (", " if node.value else "") + item + text[end:]
    last = node.value[-1]
    end = last.end_mark.index
    line = text.find("\n", end)
    place = len(text) if line < 0 else line
    indent = " " * node.start_mark.column
    return text[:place] + f"\n{indent}- {item}" + text[place:]
