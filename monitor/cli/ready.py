"""Say whether every endpoint can join a meeting, why not, and whom to call; on the terminal or as a report."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from monitor.cli.meeting_ids import with_known_ids
from monitor.cli.output import add_output, chosen_format, put
from monitor.cli.parser import Parser
from monitor.cli.probing import Progress, as_asked, daemon_answer, is_for_daemon, progress_line
from monitor.cli.run import compose_daemon
from monitor.cli.tables import TableColumn, folded_table, printed_width, seen_width, table
from monitor.errors import SetupError, reason_of
from monitor.export.api.meetings_json import MeetingWording, meeting_in_full
from monitor.export.old_addresses import id_now
from monitor.load.configuration import Configuration, find_folder, load
from monitor.model.meeting import MeetingView, Stage, Verdict
from monitor.model.probe_kinds import ICMP
from monitor.service.specs import addresses_asked
from monitor.words import say
from monitor.words.phrase import Phrase, phrase
from monitor.words.readiness import VERDICTS
from monitor.words.ready import READY
from monitor.words.voice import voice

FORMS = ("html", "xlsx")

Document = Mapping[str, Any]

_CONFIRMED_S = 5.0
"""So long after a whole round every silence in it is confirmed, and who is cut off by whom can be told."""
_NEXT = "next"


def add_arguments(parser: Parser) -> None:
    parser.add_argument("meeting", nargs="?", default=_NEXT, metavar="MEETING", help=parser.say("ready_meeting"))
    parser.add_argument("--now", action="store_true", help=parser.say("ready_now"))
    parser.add_common("table", "json", *FORMS)
    add_output(parser)
    parser.add_values(("--meetings", "FILE", "schedule"), ("--daemon", "URL", "daemon"))


def execute(arguments: argparse.Namespace) -> int:
    """Print the verdict; return 0 where the meeting is ready, else 1."""
    schedule = Path(arguments.meetings) if arguments.meetings else None
    configuration = load(find_folder(arguments.config), meetings=schedule)
    configuration = as_asked(configuration, arguments)
    progress = progress_line(READY, "probing", configuration.settings.language)
    found, view = asyncio.run(_document_of(configuration, arguments.meeting, is_now=arguments.now, progress=progress))
    form = chosen_format(arguments)
    if form in FORMS:
        meeting = str(found["meeting"])
        content = made(view, configuration, form) if view else asyncio.run(fetched(configuration, meeting, form))
        put(content, arguments.output, f"{meeting}.{form}")
    else:
        width = sys.maxsize if arguments.output else printed_width()
        lines = _lines_of(found, configuration, width)
        text = json.dumps(found, ensure_ascii=False, indent=1) if form == "json" else "\n".join(lines)
        put(text, arguments.output, "")
    return 0 if found["verdict"] == Verdict.READY else 1


async def _document_of(
    configuration: Configuration, meeting: str, *, is_now: bool, progress: Progress
) -> tuple[Document, MeetingView | None]:
    """Return what is known, and the view where we judged by ourselves."""
    if not is_now or await is_for_daemon(configuration, addresses_asked(configuration), "or_start_for_ready"):
        return await _asked(configuration, meeting, is_now=is_now, progress=progress), None
    return await _checked_by_us(configuration, meeting, progress)


# By ourselves


async def _checked_by_us(configuration: Configuration, meeting: str, progress: Progress) -> tuple[Document, MeetingView]:
    """Run a daemon that nobody can reach for as long as one check takes; its journal is gone with it."""
    known = await asyncio.to_thread(with_known_ids, configuration)
    with tempfile.TemporaryDirectory(prefix="monitor-ready-") as folder:
        alone = replace(known, settings=replace(configuration.settings, journal=f"sqlite:///{folder}/journal.db"))
        async with contextlib.AsyncExitStack() as stack:
            daemon, _, _, meetings = await compose_daemon(alone, lambda: alone, stack)
            await stack.enter_async_context(daemon.running())
            await meetings.look(starts_checks=False)
            found = _chosen(meetings.meetings(), meeting)
            first_round = asyncio.create_task(asyncio.sleep(ICMP.of(alone.settings).every_s + _CONFIRMED_S))
            await meetings.check(found.meeting.id, progress)
            await first_round
            view = meetings.judged(found.meeting.id)
            teller = MeetingWording(alone.settings.language, _names(alone), ZoneInfo(alone.settings.timezone))
            return meeting_in_full(view, teller), view


def _chosen(views: Sequence[MeetingView], name: str) -> MeetingView:
    now = id_now(name, views)
    for view in views:
        if now == view.meeting.id or (name == _NEXT and view.stage is not Stage.OVER):
            return view
    known = tuple(view.meeting.id for view in views)
    remedy = phrase("list_these_meetings", names=known) if known else Phrase("none_are_due")
    raise SetupError("no_meeting_this_week", remedy, name=repr(name))


# By the running daemon


async def _asked(configuration: Configuration, meeting: str, *, is_now: bool, progress: Progress) -> Document:
    origin, told = configuration.settings.origin, {"lang": configuration.settings.language}
    method, path = ("POST", f"/api/v1/meetings/{meeting}/check") if is_now else ("GET", f"/api/v1/meetings/{meeting}")
    broken = ("unreachable_daemon", Phrase("start_or_probe"))
    async with daemon_answer(origin, method, path, refused="daemon_says", broken=broken, silent_s=120, params=told) as answer:
        if not is_now:
            found: Document = await answer.json()
            return found
        async for line in answer.content:
            each = json.loads(line)
            if "verdict" in each:
                return each  # type: ignore[no-any-return]
            progress(each["done"], each["of"])
    raise SetupError("daemon_broke_off", origin=origin, reason=Phrase("before_the_end"))


# What is printed


def _lines_of(found: Document, configuration: Configuration, width: int) -> Iterator[str]:
    language = configuration.settings.language
    verdict = say(VERDICTS, found["verdict"], language)
    start = datetime.fromisoformat(found["start"])
    values = {"title": found["title"], "start": voice(language).time(start), "verdict": verdict, "reason": found["reason"]["text"]}
    yield say(READY, "head", language, **values)
    yield f"{say(READY, 'counts', language, **found['counts'])} · {_checked_at(found, language)}"
    if found["seal"]:
        yield say(READY, "sealed", language, seal=found["seal"])
    names = _names(configuration)
    for blast in found["blasts"]:
        if len(blast["endpoints"]) > 1:
            share = voice(language).load(blast["ready_after"] / max(1, len(found["endpoints"])))
            name = names.get(blast["target"], blast["target"])
            yield say(READY, "blast", language, target=name, count=len(blast["endpoints"]), share=share)
    rows = [_row(each, names, language) for each in _gravest_first(found["endpoints"])]
    if rows:
        yield ""
        yield _listed([say(READY, key, language) for key in ("verdict", "endpoint", "why", "call", "action")], rows, width)
    elif found["endpoints"]:
        yield say(READY, "all_well", language)


def _listed(headings: list[str], rows: list[list[str]], width: int) -> str:
    """Return a table; where the terminal has no room for it, why, whom to call and what to do go on below each endpoint."""
    whole = table([TableColumn(heading) for heading in headings], rows, sys.maxsize)
    if all(seen_width(line) <= width for line in whole.splitlines()):
        return whole
    folded = [[*row[:2], " · ".join(filter(None, row[2:]))] for row in rows]
    return folded_table([TableColumn(headings[0]), TableColumn(headings[1]), TableColumn(" · ".join(headings[2:]))], folded, width)


def _gravest_first(endpoints: list[Document]) -> list[Document]:
    order = [verdict.value for verdict in Verdict]
    troubled = [each for each in endpoints if each["verdict"] != Verdict.READY]
    return sorted(troubled, key=lambda each: order.index(each["verdict"]))


def _row(each: Document, names: Mapping[str, str], language: str) -> list[str]:
    return [
        say(VERDICTS, each["verdict"], language),
        names.get(each["endpoint"], each["endpoint"]),
        each["reason"]["text"] if each["reason"] else "",
        "; ".join(f"{contact['role']} {contact['telephone']}" for contact in each["call"][:2]),
        each["action"] or "",
    ]


def _checked_at(found: Document, language: str) -> str:
    if found["checked_at"] is None:
        return say(READY, "never_checked", language)
    zone = datetime.fromisoformat(found["start"]).tzinfo
    checked = datetime.fromtimestamp(found["checked_at"], zone)
    return say(READY, "checked", language, at=voice(language).time(checked, seconds=True))


def _names(configuration: Configuration) -> dict[str, str]:
    return {name: target.name for name, target in configuration.inventory.targets.items()}


async def fetched(configuration: Configuration, meeting: str, form: str) -> bytes:
    """Return the report of a meeting that the running daemon makes. Raises SetupError where it makes none."""
    settings = configuration.settings
    url = f"{settings.origin}/meetings/{meeting}/report.{form}"
    timeout = aiohttp.ClientTimeout(total=60, sock_connect=5)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, params={"lang": settings.language}) as answer,
        ):
            content = await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SetupError("no_report", Phrase("start_daemon"), origin=settings.origin, reason=reason_of(error)) from error
    if answer.status != 200:
        raise _refused(settings.origin, answer.status, content)
    return content


def _refused(origin: str, status: int, content: bytes) -> SetupError:
    """Return why the daemon gives no report, in its own words where it has some: the queue is full, the worker died."""
    try:
        refusal = SetupError.answered(json.loads(content))
    except (ValueError, LookupError, TypeError):
        return SetupError("no_report", Phrase("see_log"), origin=origin, reason=phrase("http_alone", status=status))
    remedy = Phrase("list_meetings") if status == 404 else refusal.remedy
    return SetupError("no_report", remedy, origin=origin, reason=phrase("http_says", status=status, reason=refusal.said))


def made(view: MeetingView, configuration: Configuration, form: str) -> bytes:
    """Return the report of a check that we made ourselves."""
    settings = configuration.settings
    zone = ZoneInfo(settings.timezone)
    content: bytes = importlib.import_module("monitor.report.readiness").file(
        view, configuration.inventory, settings.language, zone, made_at=datetime.now(zone).timestamp(), form=form
    )
    return content
