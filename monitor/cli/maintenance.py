"""Announce maintenance while the daemon runs: what it covers is under maintenance at once, and nobody is told of its silence."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.cli.client import DaemonClient, add_daemon, running_daemon
from monitor.cli.parser import Parser
from monitor.cli.tables import TableColumn, table
from monitor.words.page import short_weekdays
from monitor.words.voice import voice

_PATH = "/api/v1/maintenance"


def add_arguments(parser: Parser) -> None:
    commands = parser.add_subparsers(metavar="add|list|end", dest="action", required=True)
    add = commands.add_parser("add", help=parser.say("maintenance_add"))
    add.add_argument("ids", nargs="+", metavar="ID", help=parser.say("maintenance_ids"))
    add.add_argument("--for", dest="lasts", metavar="DURATION", required=True, help=parser.say("maintenance_for"))
    add.add_argument("--from", dest="start", metavar="TIME", default="", help=parser.say("maintenance_from"))
    add.add_argument("--reason", metavar="TEXT", required=True, help=parser.say("maintenance_reason"))
    show = commands.add_parser("list", help=parser.say("maintenance_list"))
    end = commands.add_parser("end", help=parser.say("maintenance_end"))
    end.add_argument("work", metavar="NUMBER|ID", help=parser.say("maintenance_work"))
    user = os.environ.get("SUDO_USER") or os.environ.get("USER", "")
    for child in (add, end):
        child.add_argument("--by", metavar="NAME", default=user, help=parser.say("maintenance_by"))
    for child in (add, show, end):
        add_daemon(child)


def execute(arguments: argparse.Namespace) -> int:
    """Do it; 0 when done. Raises SetupError, with a cure, where the daemon refuses."""
    daemon = running_daemon(arguments)
    if arguments.action == "list":
        _list(daemon, is_json=arguments.format == "json")
        return 0
    if arguments.action == "add":
        said = {"covers": arguments.ids, "for": arguments.lasts, "from": arguments.start, "reason": arguments.reason}
        work, key = daemon.post(_PATH, said | {"by": arguments.by}), "announced"
    else:
        work, key = daemon.post(f"{_PATH}/end", {"work": arguments.work, "by": arguments.by}), "ended"
    if arguments.format == "json":
        print(json.dumps(work, ensure_ascii=False, indent=1))
    else:
        print(daemon.say(key, number=work["number"], covers=_covers(work, daemon), span=_span(work, daemon)))
    return 0


def _list(daemon: DaemonClient, *, is_json: bool) -> None:
    answer = daemon.get(_PATH)
    if is_json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    rows = [[str(work["number"]), *_cells(work, daemon), work["by"]] for work in answer["announced"]]
    now = answer["at"]
    lasting = [window for window in answer["configured"] if window["end"] is None or window["end"] > now]
    rows += [["", *_cells(window, daemon), "monitor.yaml"] for window in lasting]
    if rows:
        print(table([TableColumn(daemon.say(key)) for key in ("number", "covers", "when", "reason", "by")], rows))
    else:
        print(daemon.say("none_announced"))


def _cells(window: Mapping[str, Any], daemon: DaemonClient) -> list[str]:
    return [_covers(window, daemon), _span(window, daemon), window["reason"]]


def _covers(window: Mapping[str, Any], daemon: DaemonClient) -> str:
    """Return what a window covers, by the names that the daemon gives."""
    return ", ".join(window.get("names", (*window["ids"], *window["areas"]))) or daemon.say("everything")


def _span(window: Mapping[str, Any], daemon: DaemonClient) -> str:
    if window["start"] is None or window["end"] is None:
        names = short_weekdays(daemon.language)
        return f"{' '.join(names[day] for day in window['days'])} {window['from_time']}–{window['to_time']}"
    start, end = (datetime.fromtimestamp(window[key], daemon.zone) for key in ("start", "end"))
    speaker = voice(daemon.language)
    until = speaker.clock(end) if start.date() == end.date() else speaker.short_time(end)
    return f"{speaker.short_time(start)} – {until}"
