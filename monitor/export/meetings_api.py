"""/api/v1/meetings: what programs, and `monitor ready`, ask of the meetings."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from aiohttp import web

from monitor.export import meetings_json
from monitor.export.answers import as_json, language_of, refusal
from monitor.export.meetings_json import Teller
from monitor.export.panels import names_of
from monitor.export.source import Meetings, Source
from monitor.model.meeting import MeetingView

_NEXT = "next"


class MeetingsApi:
    """The routes of meetings. In place of an id, `next` is the meeting that begins next, or is under way."""

    def __init__(self, source: Source, meetings: Meetings) -> None:
        self._source = source
        self._meetings = meetings

    def routes(self) -> list[web.RouteDef]:
        """Return them."""
        return [
            web.get("/api/v1/meetings", self.list),
            web.get("/api/v1/meetings/{id}", self.show),
            web.post("/api/v1/meetings/{id}/check", self.check),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Answer every meeting of the coming week and the last day, without endpoints."""
        snapshot, teller = await self._source.fresh(), self._teller(request)
        views = [meetings_json.summary(view, teller) for view in self._meetings.meetings()]
        return as_json({"at": snapshot.at, "meetings": views})

    async def show(self, request: web.Request) -> web.Response:
        """Answer one meeting in full."""
        await self._source.fresh()
        view = self._find(request.match_info["id"])
        return self._unknown(request) if view is None else as_json(meetings_json.document(view, self._teller(request)))

    async def check(self, request: web.Request) -> web.StreamResponse:
        """Check a meeting now; answer JSON lines: {"done", "of"} while it probes, at last the meeting in full."""
        await self._source.fresh()
        view = self._find(request.match_info["id"])
        if view is None:
            return self._unknown(request)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"})
        await response.prepare(request)
        async for told in self._checked(view.meeting.id):
            line = (
                {"done": told[0], "of": told[1]} if isinstance(told, tuple) else meetings_json.document(told, self._teller(request))
            )
            await response.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        await response.write_eof()
        return response

    async def _checked(self, meeting: str) -> AsyncIterator[tuple[int, int] | MeetingView]:
        """Yield how far a check is, each time that it came on by a hundredth, and at last what it found."""
        told: asyncio.Queue[tuple[int, int] | None] = asyncio.Queue()
        percent = -1

        def progress(done: int, of: int) -> None:
            nonlocal percent
            if of and done * 100 // of != percent:
                percent = done * 100 // of
                told.put_nowait((done, of))

        checking = asyncio.create_task(self._meetings.check(meeting, progress))
        checking.add_done_callback(lambda _: told.put_nowait(None))
        try:
            while (step := await told.get()) is not None:
                yield step
            view = await checking
            if view is not None:
                yield view
        finally:
            checking.cancel()

    def _find(self, name: str) -> MeetingView | None:
        views = self._meetings.meetings()
        return next((view for view in views if name in (view.meeting.id, _NEXT)), None)

    def _unknown(self, request: web.Request) -> web.Response:
        known = ", ".join(view.meeting.id for view in self._meetings.meetings()[:8]) or "none are due"
        name = request.match_info["id"]
        fault = "no meeting is due" if name == _NEXT else f"no meeting of the coming week is called {name!r}"
        return refusal(404, fault, f"/api/v1/meetings lists them: {known}")

    def _teller(self, request: web.Request) -> Teller:
        settings = self._source.settings
        return Teller(language_of(request, settings.language), names_of(self._source.snapshot()), settings.timezone)
