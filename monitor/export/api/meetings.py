"""/api/v1/meetings: what programs, and `monitor ready`, ask of the meetings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from monitor.export.api import meetings_json
from monitor.export.api.meetings_json import Teller
from monitor.export.audience import Audience
from monitor.export.pages.panels import names_of
from monitor.export.parameters import NotThereError
from monitor.export.rendered import Renderings
from monitor.export.responses import JsonLines, as_rendered, json_text
from monitor.export.server.connection import client_that_asks, gone
from monitor.export.server.turns import Turns
from monitor.export.source import Meetings, Source
from monitor.export.visitor import audience_of
from monitor.model.meeting import MeetingView
from monitor.model.state import Snapshot
from monitor.words.phrase import Phrase, phrase

_NEXT = "next"
_WAITING = 8


class MeetingsApi:
    """The routes of meetings. In place of an id, `next` is the meeting that begins next, or is under way."""

    def __init__(self, source: Source, meetings: Meetings, renderings: Renderings) -> None:
        self._source = source
        self._renderings = renderings
        self._meetings = meetings
        self._turns = Turns(waiting=_WAITING)

    def routes(self) -> list[web.RouteDef]:
        """Return them."""
        return [
            web.get("/api/v1/meetings", self.list),
            web.get("/api/v1/meetings/{id}", self.show),
            web.post("/api/v1/meetings/{id}/check", self.check),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Answer every meeting of the coming week and the last day, without endpoints."""
        audience = audience_of(request, self._source.settings.language)

        def draw(snapshot: Snapshot, _: None) -> str:
            views = [meetings_json.meeting_listed(view, self._teller(audience, snapshot)) for view in self._meetings.meetings()]
            return json_text({"at": snapshot.at, "meetings": views})

        return as_rendered(await self._renderings.get(("/api/v1/meetings", audience), draw), request)

    async def show(self, request: web.Request) -> web.Response:
        """Answer one meeting in full."""
        audience, name = audience_of(request, self._source.settings.language), request.match_info["id"]

        def draw(snapshot: Snapshot, _: None) -> str:
            return json_text(meetings_json.meeting_in_full(self._known(name), self._teller(audience, snapshot)))

        return as_rendered(await self._renderings.get(("/api/v1/meetings", name, audience), draw), request)

    async def check(self, request: web.Request) -> web.StreamResponse:
        """Check a meeting now; answer JSON lines: {"done", "of"} while it probes, at last the meeting in full."""
        audience = audience_of(request, self._source.settings.language)
        await self._source.fresh()
        view = self._known(request.match_info["id"])
        async with self._turns.turn(client_that_asks(request), gone(request)):
            answer = JsonLines()
            await answer.begin(request)
            async for told in self._checked(view.meeting.id):
                if isinstance(told, tuple):
                    await answer.write({"done": told[0], "of": told[1]})
                else:
                    await answer.write(meetings_json.meeting_in_full(told, self._teller(audience, self._source.snapshot())))
            return await answer.end()

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

    def _known(self, name: str) -> MeetingView:
        views = self._meetings.meetings()
        found = next((view for view in views if name in (view.meeting.id, _NEXT)), None)
        if found is None:
            known = tuple(view.meeting.id for view in views[:8]) or Phrase("none_are_due")
            code = "no_meeting_due" if name == _NEXT else "no_meeting_this_week"
            raise NotThereError(code, phrase("meetings_are", names=known), name=repr(name))
        return found

    def _teller(self, audience: Audience, snapshot: Snapshot) -> Teller:
        zone = self._source.settings.timezone
        return Teller(audience.language, names_of(snapshot), zone, has_telephones=audience.sees_telephones)
