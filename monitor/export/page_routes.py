"""The routes of what people read."""

from __future__ import annotations

from aiohttp import web

from monitor.export.answers import as_page, language_of, refusal, theme_of
from monitor.export.body import remembered_name
from monitor.export.faces import Face, Faces
from monitor.export.runbooks import book


class Pages:
    """Every page, in the language and on the ground that a request asks for."""

    def __init__(self, faces: Faces) -> None:
        self._faces = faces

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
        return await self._show(self._faces.province, request)

    async def target(self, request: web.Request) -> web.Response:
        """Answer a target's page."""
        id_ = request.match_info["id"]
        await self._faces.source.fresh()
        face = self._faces.of({"page": "target", "id": id_})
        if face is None:
            return refusal(404, f"no target is called {id_!r}", "/api/v1/targets lists them all")
        return await self._show(face, request)

    async def card(self, request: web.Request) -> web.Response:
        """Answer what a tile tells when it is opened."""
        source = self._faces.source
        language = language_of(request, source.settings.language)
        id_ = request.match_info["id"]
        snapshot = await source.fresh()
        if id_ not in snapshot.views:
            return refusal(404, f"no target is called {id_!r}", "/api/v1/targets lists them all")
        card = self._faces.renderer.card(id_, snapshot, source.settings, language, remembered_name(request))
        return as_page(card, request, language)

    async def runbooks(self, request: web.Request) -> web.Response:
        """Answer what to do about each alert."""
        source, found = self._faces.source, book()
        if found is None:
            return refusal(404, "runbooks.md did not come with this installation", "install the package anew")
        language = language_of(request, source.settings.language)
        html = self._faces.renderer.runbooks(await source.fresh(), source.settings, language, theme_of(request), found)
        return as_page(html, request, language)

    async def moved(self, _: web.Request) -> web.Response:
        """Send whoever follows an alert's link to the page."""
        raise web.HTTPFound("/runbooks")

    async def _show(self, face: Face, request: web.Request) -> web.Response:
        language = language_of(request, self._faces.source.settings.language)
        await face.prepare()
        return as_page(face.page(await self._faces.source.fresh(), language, theme_of(request)), request, language)
