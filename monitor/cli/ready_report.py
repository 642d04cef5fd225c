"""The report of a meeting as a file, for `monitor ready --format html|xlsx`: the running daemon's, or of a check that we made."""

from __future__ import annotations

import importlib
import json
from datetime import datetime
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
