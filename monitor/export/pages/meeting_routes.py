"""The routes of meetings: their pages, what a tile tells, and the technician's tick."""

from __future__ import annotations

from aiohttp import web

from monitor.export.pages.live_pages import Faces
from monitor.export.parameters import NotThereError
from monitor.export.rendered import Renderings
from monitor.export.request_body import NOTE_LETTERS, json_object, remember_name, text_field
from monitor.export.responses import HTML, as_json, as_rendered, refusal
from monitor.export.visitor import audience_of
from monitor.model.meeting import Confirmation
from monitor.model.state import Snapshot
from monitor.words.phrase import Phrase

_TICK = '{"by": "…", "on_site": "on", "camera": "on", "sound": "on", "note": "…"}'
_CURE = Phrase("meetings_listed")


class MeetingPages:
    """What people read of meetings, and what a technician says."""

    def __init__(self, faces: Faces, renderings: Renderings) -> None:
        self._faces = faces
        self._renderings = renderings

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/meetings", self.list),
            web.get("/meetings/{id}", self.board),
            web.get("/meetings/{id}/endpoints/{endpoint}", self.endpoint),
            web.post("/api/v1/meetings/{id}/endpoints/{endpoint}/good", self.good),
            web.post("/api/v1/meetings/{id}/endpoints/{endpoint}/fault", self.fault),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Answer what is due."""
        face, audience = self._faces.list_of_meetings, audience_of(request, self._faces.source.settings.language)
        page = await self._renderings.get((face.key, audience), lambda snapshot, _: face.page(snapshot, audience))
        return as_rendered(page, request, HTML)

    async def board(self, request: web.Request) -> web.Response:
        """Answer a meeting's board."""
        id_, audience = request.match_info["id"], audience_of(request, self._faces.source.settings.language)
        face = self._faces.board(id_)

        def draw(snapshot: Snapshot, _: None) -> str:
            if face.view() is None:
                raise _no_meeting(id_)
            return face.page(snapshot, audience)

        return as_rendered(await self._renderings.get((face.key, audience), draw), request, HTML)

    async def endpoint(self, request: web.Request) -> web.Response:
        """Answer why an endpoint has its verdict, and the form of the tick."""
        audience = audience_of(request, self._faces.source.settings.language)
        meeting, id_ = request.match_info["id"], request.match_info["endpoint"]
        face = self._faces.board(meeting)

        def draw(snapshot: Snapshot, _: None) -> str:
            if face.view() is None:
                raise _no_meeting(meeting)
            html = face.endpoint(id_, snapshot, audience)
            if html is None:
                raise NotThereError("no_endpoint_here", _CURE, name=repr(id_))
            return html

        return as_rendered(await self._renderings.get((face.key, id_, audience), draw), request, HTML)

    async def good(self, request: web.Request) -> web.Response:
        """Take a technician's word that all is well."""
        return await self._confirm(request, is_good=True)

    async def fault(self, request: web.Request) -> web.Response:
        """Take a technician's word that something is not."""
        return await self._confirm(request, is_good=False)

    async def _confirm(self, request: web.Request, *, is_good: bool) -> web.Response:
        body = await json_object(request, _TICK)
        by = text_field(body, "by", _TICK)
        note = text_field(body, "note", _TICK, most=NOTE_LETTERS, default="")
        on_site, camera, sound = (text_field(body, key, _TICK, default="") == "on" for key in ("on_site", "camera", "sound"))
        at = (await self._faces.source.fresh()).at
        told = Confirmation(by, at, is_good, on_site, camera, sound, note)
        meeting, endpoint = request.match_info["id"], request.match_info["endpoint"]
        view = await self._faces.meetings.confirm(meeting, endpoint, told)
        if view is None:
            return refusal(404, "no_endpoint_of_meeting", _CURE, meeting=repr(meeting), endpoint=repr(endpoint))
        found = view.endpoints[endpoint]
        response = as_json({"meeting": meeting, "endpoint": endpoint, "verdict": found.verdict, "disputed": found.disputed})
        remember_name(response, by)
        return response


def _no_meeting(id_: str) -> NotThereError:
    return NotThereError("no_meeting_here", _CURE, name=repr(id_))
