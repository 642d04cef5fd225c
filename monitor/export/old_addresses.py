"""Addresses under ids that meetings had before: whoever has one from a message or a bookmark is led to today's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from aiohttp import web

from monitor.export.source import Meetings, Source
from monitor.model.meeting import MeetingView

_PLACES = ("/meetings/", "/api/v1/meetings/")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def id_now(name: str, views: Sequence[MeetingView]) -> str | None:
    """Return the id of the meeting that is called so, or was before; None where there is none."""
    if any(view.meeting.id == name for view in views):
        return name
    return next((view.meeting.id for view in views if name in view.meeting.old_ids), None)


class OldAddresses:
    """The middleware of all routes below a meeting's id: page, tiles, reports, API. What is asked is asked again, its body too."""

    def __init__(self, source: Source, meetings: Meetings) -> None:
        self._source = source
        self._meetings = meetings

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        place = _place(request)
        if place is not None:
            name = request.match_info["id"]
            if id_now(name, self._meetings.meetings()) is None:
                await self._source.fresh()
            new = id_now(name, self._meetings.meetings())
            if new not in (None, name):
                raise web.HTTPTemporaryRedirect(_moved(request, place, new))
        return await handler(request)


def _place(request: web.Request) -> str | None:
    resource = request.match_info.route.resource
    canonical = "" if resource is None else resource.canonical
    return next((place for place in _PLACES if canonical.startswith(f"{place}{{id}}")), None)


def _moved(request: web.Request, place: str, new: str) -> str:
    _, slash, below = request.rel_url.raw_path.removeprefix(place).partition("/")
    query = request.rel_url.raw_query_string
    return f"{place}{quote(new, safe='')}{slash}{below}" + (f"?{query}" if query else "")
