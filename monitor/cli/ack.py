"""Take a root cause on, so that everybody sees who has it, until its outage ends."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.cli.client import DaemonClient, add_daemon, running_daemon
from monitor.cli.parser import Parser
from monitor.cli.tables import TableColumn, table
from monitor.errors import SetupError
from monitor.words.page import counted
from monitor.words.voice import voice

_PATH = "/api/v1/acknowledgements"


def add_arguments(parser: Parser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help=parser.say("ack_id"))
    parser.add_argument("--by", metavar="NAME", help=parser.say("ack_by"))
    parser.add_argument("--note", metavar="TEXT", default="", help=parser.say("ack_note"))
    parser.add_argument("--withdraw", action="store_true", help=parser.say("ack_withdraw"))
    add_daemon(parser)


def execute(arguments: argparse.Namespace) -> int:
    """List, take on or withdraw; 0 when done, 1 where the list has something that nobody has."""
    daemon = running_daemon(arguments)
    if arguments.id is None:
        return _list(daemon, arguments)
    if not arguments.by:
        raise SetupError("nobody_named")
    said = {"target": arguments.id, "by": arguments.by}
    path, more = (f"{_PATH}/withdraw", {}) if arguments.withdraw else (_PATH, {"note": arguments.note})
    answer = daemon.post(path, said | more)
    if arguments.format == "json":
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        key = "withdrew" if arguments.withdraw else "took"
        print(daemon.say(key, by=arguments.by, name=answer.get("name", arguments.id)))
    return 0


def _list(daemon: DaemonClient, arguments: argparse.Namespace) -> int:
    causes = daemon.get(_PATH)["root_causes"]
    if arguments.format == "json":
        print(json.dumps(causes, ensure_ascii=False, indent=1))
    elif causes:
        columns = [TableColumn(daemon.say(key)) for key in ("where", "since", "hit", "who", "id")]
        print(
            table(
                columns,
                [
                    [cause["name"], _time(cause["since"], daemon), _hit(cause, daemon), _who(cause, daemon), cause["target"]]
                    for cause in causes
                ],
            )
        )
    else:
        print(daemon.say("none_open"))
    return 1 if any(cause["acknowledged"] is None for cause in causes) else 0


def _hit(cause: Mapping[str, Any], daemon: DaemonClient) -> str:
    hit = cause["affected"] or {"points": 0, "endpoints": 0}
    return ", ".join(counted(kind, hit[kind], daemon.language) for kind in ("points", "endpoints") if hit[kind])


def _who(cause: Mapping[str, Any], daemon: DaemonClient) -> str:
    taken = cause["acknowledged"]
    if taken is None:
        return daemon.say("untaken")
    note = f": {taken['note']}" if taken["note"] else ""
    return daemon.say("taken", by=taken["by"], time=_time(taken["at"], daemon), note=note)


def _time(at: float | None, daemon: DaemonClient) -> str:
    return "" if at is None else voice(daemon.language).short_time(datetime.fromtimestamp(at, daemon.zone))
