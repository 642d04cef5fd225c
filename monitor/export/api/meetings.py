"""/api/v1/meetings: what programs, and `monitor ready`, ask of the meetings, and the technician's tick."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

from aiohttp import web

from monitor.export.api.meetings_json import MeetingWording, calendars_told, meeting_in_full, meeting_listed
from monitor.export.audience import Audience, audience_of
from monitor.export.rendered import Renderings
from monitor.export.request import NOTE_LETTERS, NotThereError, as_json_by, json_object, text_field
from monitor.export.responses import JsonLines, as_rendered, json_text, refusal
from monitor.export.sentences import names_of
from monitor.export.server.connection import client_that_asks, gone
from monitor.export.server.turns import Turns
from monitor.export.source import Meetings, Source
from monitor.model.meeting import Confirmation, MeetingView
from monitor.model.state import Snapshot
from monitor.words.phrase import Phrase, phrase

_NEXT = "next"
_CHECKS_WAITING = 8
_TICK = '{"by": "…", "on_site": "on", "camera": "on", "sound": "on", "note": "…"}'


class MeetingsApi:
    """The routes of meetings. In place of an id, `next` is the meeting that begins next, or is under way."""

    def __init__(self, source: Source, meetings: Meetings, renderings: Renderings) -> None:
        self._source = source
        self._renderings = renderings
        self._meetings = meetings
        self._checks = Turns(waiting=_CHECKS_WAITING)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/meetings", self.list),
            web.get("/api/v1/meetings/{id}", self.show),
            web.post("/api/v1/meetings/{id}/check", self.check),
            web.post("/api/v1/meetings/{id}/endpoints/{endpoint}/good", self.confirm),
            web.post("/api/v1/meetings/{id}/endpoints/{endpoint}/fault", self.confirm),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Answer every meeting of the coming week and the last day, without endpoints, and what is told of their calendars."""
        audience = audience_of(request, self._source.settings.language)

        def draw(snapshot: Snapshot, _: None) -> str:
            say = self._wording(audience, snapshot)
            told = calendars_told(self._meetings.calendar_notices(), audience.language)
            listed = [meeting_listed(view, say) for view in self._meetings.meetings()]
            return json_text({"at": snapshot.at, "meetings": listed, "calendar_notices": told})

        return as_rendered(await self._renderings.get(("/api/v1/meetings", audience), draw), request)

    async def show(self, request: web.Request) -> web.Response:
        audience, name = audience_of(request, self._source.settings.language), request.match_info["id"]

        def draw(snapshot: Snapshot, _: None) -> str:
            return json_text(meeting_in_full(self._known(name), self._wording(audience, snapshot)))

        return as_rendered(await self._renderings.get(("/api/v1/meetings", name, audience), draw), request)

    async def check(self, request: web.Request) -> web.StreamResponse:
        """Check a meeting now; answer JSON lines: {"done", "of"} while it probes, at last the meeting in full."""
        audience = audience_of(request, self._source.settings.language)
        await self._source.fresh()
        view = self._known(request.match_info["id"])
        async with self._checks.turn(client_that_asks(request), gone(request)):
            answer = JsonLines()
            await answer.begin(request)
            async for step in self._checked(view.meeting.id):
                if isinstance(step, tuple):
                    await answer.write({"done": step[0], "of": step[1]})
                else:
                    await answer.write(meeting_in_full(step, self._wording(audience, self._source.snapshot())))
            return await answer.end()

    async def confirm(self, request: web.Request) -> web.Response:
        """Keep a technician's word that all is well at an endpoint, or that something is not."""
        body = await json_object(request, _TICK)
        by = text_field(body, "by", _TICK)
        note = text_field(body, "note", _TICK, most=NOTE_LETTERS, default="")
        on_site, camera, sound = (text_field(body, key, _TICK, default="") == "on" for key in ("on_site", "camera", "sound"))
        at = (await self._source.fresh()).at
        meeting, endpoint = request.match_info["id"], request.match_info["endpoint"]
        tick = Confirmation(by, at, request.path.endswith("/good"), on_site, camera, sound, note)
        view = await self._meetings.confirm(meeting, endpoint, tick)
        if view is None:
            cure = Phrase("meetings_listed")
            return refusal(404, "no_endpoint_of_meeting", cure, meeting=repr(meeting), endpoint=repr(endpoint))
        found = view.endpoints[endpoint]
        return as_json_by(by, {"meeting": meeting, "endpoint": endpoint, "verdict": found.verdict, "disputed": found.disputed})

    async def _checked(self, meeting: str) -> AsyncIterator[tuple[int, int] | MeetingView]:
        """Yield how far a check is, each time that it came on by a hundredth, and at last what it found."""
        steps: asyncio.Queue[tuple[int, int] | None] = asyncio.Queue()
        percent = -1

        def progress(done: int, of: int) -> None:
            nonlocal percent
            if of and done * 100 // of != percent:
                percent = done * 100 // of
                steps.put_nowait((done, of))

        checking = asyncio.create_task(self._meetings.check(meeting, progress))
        checking.add_done_callback(lambda _: steps.put_nowait(None))
        try:
            while (step := await steps.get()) is not None:
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

    def _wording(self, audience: Audience, snapshot: Snapshot) -> MeetingWording:
        zone = ZoneInfo(self._source.settings.timezone)
        return MeetingWording(audience.language, names_of(snapshot), zone, has_telephones=audience.sees_telephones)
