"""The aiohttp application: routes, content negotiation, and the rules that hold for every answer."""

from __future__ import annotations

from aiohttp import web

from monitor.errors import MonitorError
from monitor.export.api.meetings import MeetingsApi
from monitor.export.api.operations import OperationsApi
from monitor.export.api.routes import ApiRoutes
from monitor.export.metrics.routes import MetricsRoutes
from monitor.export.middleware import STREAM, Guard
from monitor.export.old_addresses import OldAddresses
from monitor.export.pages.live_pages import LivePages
from monitor.export.pages.renderer import Renderer
from monitor.export.pages.routes import PageRoutes
from monitor.export.pages.static_files import Static
from monitor.export.rendered import FRESH_S, Renderings
from monitor.export.reports.routes import ReportRoutes
from monitor.export.request import readers_language
from monitor.export.responses import as_json, refused
from monitor.export.server.admission import Admission, Limits
from monitor.export.server.connection import ADMISSION, FAULTS, client_that_asks
from monitor.export.server.turns import SharedRun
from monitor.export.server.unexpected import Faults
from monitor.export.source import Meetings, NoMeetings, Reporter, Source
from monitor.export.stream import HEARTBEAT_S, Stream

_LARGEST_BODY = 262_144
_RELOADS_WAITING = 16

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def make_app(
    source: Source,
    *,
    meetings: Meetings | None = None,
    reporter: Reporter | None = None,
    heartbeat_s: float = HEARTBEAT_S,
    fresh_s: float = FRESH_S,
    limits: Limits | None = None,
) -> web.Application:
    """Return the application that shows a source; it opens no socket.

    meetings: who watches them; None where none are watched. reporter: makes files of meetings' reports; None: there are none.
    heartbeat_s: how often the event stream speaks when nothing changed; a screen takes 10 s of silence for a lost monitor.
    fresh_s: how long what was rendered is served again without looking whether anything changed.
    limits: of what is let in; None: those of a process with descriptors enough.
    """
    static = Static()
    renderer = Renderer(static)
    admission, faults = Admission(limits or Limits()), Faults()
    meetings = meetings or NoMeetings()
    renderings = Renderings(source, meetings, fresh_s=fresh_s)
    guard = web.middleware(Guard(source, renderer, renderings, admission, faults))
    moved = web.middleware(OldAddresses(source, meetings))
    app = web.Application(middlewares=[guard, moved], client_max_size=_LARGEST_BODY)
    app[ADMISSION], app[FAULTS] = admission, faults
    app.on_response_prepare.append(_add_headers)
    pages = LivePages(source, renderer, meetings)
    stream = Stream(source, pages, renderings, heartbeat_s=heartbeat_s)
    app.on_shutdown.append(stream.end)
    app.add_routes(MetricsRoutes(source, meetings, renderings, admission).routes())
    app.add_routes(_Lifecycle(source, admission.limits).routes())
    app.add_routes(ApiRoutes(source, renderings).routes())
    app.add_routes(OperationsApi(source, renderings).routes())
    app.add_routes(MeetingsApi(source, meetings, renderings).routes())
    app.add_routes([web.get(STREAM, stream.serve, allow_head=False), web.get("/static/{name:.+}", static.serve)])
    app.add_routes(PageRoutes(pages, renderings).routes())
    ReportRoutes(source, meetings, reporter, renderer).join(app)
    return app


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


class _Lifecycle:
    """What a service manager asks of the daemon, and whoever changed its configuration."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._reload = SharedRun(source.reload, every_s=limits.reload_every_s, waiting=_RELOADS_WAITING)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/-/healthy", self.healthy),
            web.get("/-/ready", self.ready),
            web.post("/-/reload", self.reload),
        ]

    async def healthy(self, _: web.Request) -> web.Response:
        await self._source.fresh()
        return web.Response(text="healthy\n")

    async def ready(self, _: web.Request) -> web.Response:
        await self._source.fresh()
        if self._source.is_ready():
            return web.Response(text="ready\n")
        return web.Response(status=503, text="not ready: the first probes are not sent yet\n")

    async def reload(self, request: web.Request) -> web.Response:
        faults = await self._reload(client_that_asks(request))
        if faults:
            language = readers_language(request, self._source.settings.language)
            texts, found = [fault.text_in(language) for fault in faults], [fault.answer_in(language) for fault in faults]
            return refused(422, MonitorError("not_reloaded"), faults=texts, codes=[fault.code for fault in faults], found=found)
        return as_json({"reloaded": True})
