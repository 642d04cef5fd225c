"""The report of a meeting as a file, for `monitor ready --format html|xlsx`: the running daemon's, or of a check that we made."""

from __future__ import annotations

import importlib
import json
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp

from monitor.errors import SetupError, reason_of
from monitor.load.configuration import Configuration
from monitor.model.meeting import MeetingView
from monitor.words.phrase import Phrase, phrase

FORMS = ("html", "xlsx")


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
        told = json.loads(content)
        fault, cure = str(told["error"]), phrase("quoted", text=told["cure"])
    except (ValueError, LookupError, TypeError):
        fault, cure = "", Phrase("see_log")
    if status == 404:
        cure = Phrase("list_meetings")
    return SetupError("no_report", cure, origin=origin, reason=f"HTTP {status}{fault and ': '}{fault}")


def made(view: MeetingView, configuration: Configuration, form: str) -> bytes:
    """Return the report of a check that we made ourselves."""
    settings = configuration.settings
    zone = ZoneInfo(settings.timezone)
    content: bytes = importlib.import_module("monitor.report.readiness").file(
        view, configuration.inventory, settings.language, zone, made_at=datetime.now(zone).timestamp(), form=form
    )
    return content


def put(content: bytes, output: Path | None) -> None:
    """Write a report to a file, or to the standard output where that is none of a terminal. Raises SetupError where it can't."""
    if output is not None:
        try:
            output.write_bytes(content)
        except OSError as error:
            raise SetupError("unwritable", Phrase("file_in_folder"), path=output, reason=reason_of(error)) from error
    elif sys.stdout.isatty():
        raise SetupError("report_on_terminal")
    else:
        sys.stdout.buffer.write(content)
