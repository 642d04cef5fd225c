"""The routes of what people read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable

from aiohttp import web

from monitor.export.audience import Audience, audience_of
from monitor.export.pages.card import card_html
from monitor.export.pages.live_pages import LivePages
from monitor.export.pages.renderer import LivePage
from monitor.export.pages.runbooks import book
from monitor.export.rendered import Renderings
from monitor.export.responses import HTML, as_rendered, refusal
from monitor.export.sentences import sentences
from monitor.model.state import Snapshot


class PageRoutes:
    """Every page, in the language that a request asks for."""

    def __init__(self, pages: LivePages, renderings: Renderings) -> None:
        self._pages = pages
        self._source = pages.source
        self._renderings = renderings

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.province),
            web.get("/card/{id}", self.card),
            web.get("/targets/{id}", self.target),
            web.get("/meetings", self.meetings),
            web.get("/meetings/{id}", self.meeting),
            web.get("/meetings/{id}/endpoints/{endpoint}", self.endpoint),
            web.get("/runbooks", self.runbooks),
            # Where the rules' annotations say that they are; a browser keeps the #section.
            web.get("/docs/runbooks.md", self.moved),
        ]

    async def province(self, request: web.Request) -> web.Response:
        return await self._answer_page(request, self._pages.province)

    async def target(self, request: web.Request) -> web.Response:
        return await self._answer_page(request, self._pages.target(request.match_info["id"]))

    async def meetings(self, request: web.Request) -> web.Response:
        return await self._answer_page(request, self._pages.meeting_list)

    async def meeting(self, request: web.Request) -> web.Response:
        return await self._answer_page(request, self._pages.meeting(request.match_info["id"]))

    async def endpoint(self, request: web.Request) -> web.Response:
        """Answer why an endpoint has its verdict, and the form of the tick."""
        page, id_ = self._pages.meeting(request.match_info["id"]), request.match_info["endpoint"]
        return await self._answer(request, (page.key, id_), lambda snapshot, audience: page.endpoint(id_, snapshot, audience))

    async def card(self, request: web.Request) -> web.Response:
        """Answer what a tile tells when it is opened."""
        id_, renderer = request.match_info["id"], self._pages.renderer

        def draw(snapshot: Snapshot, audience: Audience) -> str:
            return card_html(id_, renderer, snapshot, self._source.settings, audience)

        return await self._answer(request, ("card", id_), draw)

    async def runbooks(self, request: web.Request) -> web.Response:
        found = book()
        if found is None:
            return refusal(404, "no_runbooks")

        def draw(snapshot: Snapshot, audience: Audience) -> str:
            say = sentences(audience.language, self._source.settings.timezone)
            return self._pages.renderer.plain("runbooks.html", say, snapshot.inventory.network, book=found)

        return await self._answer(request, ("runbooks",), draw)

    async def moved(self, _: web.Request) -> web.Response:
        """Send whoever follows an alert's link to the page."""
        raise web.HTTPFound("/runbooks")

    async def _answer_page(self, request: web.Request, page: LivePage) -> web.Response:
        return await self._answer(request, (page.key,), page.html, page.prepare)

    async def _answer(
        self,
        request: web.Request,
        key: tuple[Hashable, ...],
        draw: Callable[[Snapshot, Audience], str],
        prepare: Callable[[], Awaitable[None]] | None = None,
    ) -> web.Response:
        """Answer what draw makes of the picture of now for the audience of a request. key: tells it from all else."""
        audience = audience_of(request, self._source.settings.language)
        rendered = await self._renderings.get((*key, audience), lambda snapshot, _: draw(snapshot, audience), prepare)
        return as_rendered(rendered, request, HTML)
