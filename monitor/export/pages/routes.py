"""The routes of what people read."""

from __future__ import annotations

from aiohttp import web

from monitor.export.pages.live_pages import Faces
from monitor.export.pages.runbooks import book
from monitor.export.parameters import no_target
from monitor.export.rendered import Renderings
from monitor.export.responses import HTML, as_rendered, refusal
from monitor.export.visitor import audience_of
from monitor.model.state import Snapshot


class Pages:
    """Every page, in the language that a request asks for."""

    def __init__(self, faces: Faces, renderings: Renderings) -> None:
        self._faces = faces
        self._renderings = renderings

    def routes(self) -> list[web.RouteDef]:
        """Return the pages' routes."""
        return [
            web.get("/", self.province),
            web.get("/card/{id}", self.card),
            web.get("/targets/{id}", self.target),
            web.get("/runbooks", self.runbooks),
            # Where the rules' annotations say that they are; a browser keeps the #section.
            web.get("/docs/runbooks.md", self.moved),
        ]

    async def province(self, request: web.Request) -> web.Response:
        """Answer the province's page."""
        face, audience = self._faces.province, audience_of(request, self._faces.source.settings.language)
        page = await self._renderings.get((face.key, audience), lambda snapshot, _: face.page(snapshot, audience))
        return as_rendered(page, request, HTML)

    async def target(self, request: web.Request) -> web.Response:
        """Answer a target's page."""
        id_, audience = request.match_info["id"], audience_of(request, self._faces.source.settings.language)
        face = self._faces.target(id_)

        async def prepare() -> None:
            self._check((await self._faces.source.fresh()), id_)
            await face.prepare()

        def draw(snapshot: Snapshot, _: None) -> str:
            self._check(snapshot, id_)
            return face.page(snapshot, audience)

        return as_rendered(await self._renderings.get((face.key, audience), draw, prepare), request, HTML)

    async def card(self, request: web.Request) -> web.Response:
        """Answer what a tile tells when it is opened."""
        source, id_ = self._faces.source, request.match_info["id"]
        audience = audience_of(request, source.settings.language)

        def draw(snapshot: Snapshot, _: None) -> str:
            self._check(snapshot, id_)
            return self._faces.renderer.card(id_, snapshot, source.settings, audience)

        return as_rendered(await self._renderings.get(("card", id_, audience), draw), request, HTML)

    async def runbooks(self, request: web.Request) -> web.Response:
        """Answer what to do about each alert."""
        source, found = self._faces.source, book()
        if found is None:
            return refusal(404, "no_runbooks")
        audience = audience_of(request, source.settings.language)

        def draw(snapshot: Snapshot, _: None) -> str:
            return self._faces.renderer.runbooks(snapshot, source.settings, audience.language, found)

        return as_rendered(await self._renderings.get(("runbooks", audience), draw), request, HTML)

    async def moved(self, _: web.Request) -> web.Response:
        """Send whoever follows an alert's link to the page."""
        raise web.HTTPFound("/runbooks")

    def _check(self, snapshot: Snapshot, id_: str) -> None:
        if id_ not in snapshot.views:
            raise no_target(id_)
