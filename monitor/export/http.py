"""The aiohttp application: routes, content negotiation, and the rules that hold for every answer."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from monitor.errors import MonitorError
from monitor.export import parameters
from monitor.export.api import discovery, targets
from monitor.export.api.meetings import MeetingsApi
from monitor.export.api.operations import Operating
from monitor.export.api.poll import Polling
from monitor.export.metrics import meeting_metrics
from monitor.export.metrics.collector import Collector
from monitor.export.metrics.http_metrics import HttpMetrics
from monitor.export.middleware import STREAM, guard
from monitor.export.pages.live_pages import Faces
from monitor.export.pages.meeting_routes import MeetingPages
from monitor.export.pages.panels import names_of, place_names
from monitor.export.pages.renderer import Renderer, sentences
from monitor.export.pages.routes import Pages
from monitor.export.pages.static_files import Static
from monitor.export.rendered import FRESH_S, Renderings
from monitor.export.reports.routes import ReportRoutes
from monitor.export.responses import accepts_gzip, as_json, as_rendered, json_text, readers_language, refused
from monitor.export.server.admission import Admission, Limits
from monitor.export.server.connection import ADMISSION, FAULTS, client_that_asks
from monitor.export.server.turns import SharedRun
from monitor.export.server.unexpected import Faults
from monitor.export.source import Meetings, NoMeetings, Reporter, Source
from monitor.export.stream import HEARTBEAT_S, Stream
from monitor.export.visitor import Me, audience_of, text_language_of
from monitor.model.agent_limits import AgentLimits
from monitor.model.state import Event, Snapshot, Transition

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

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
    middlewares = [guard(source, renderer, renderings, admission, faults)]
    app = web.Application(middlewares=middlewares, client_max_size=_LARGEST_BODY)
    app[ADMISSION], app[FAULTS] = admission, faults
    app.on_response_prepare.append(_add_headers)
    faces = Faces(source, renderer, meetings)
    stream = Stream(source, faces, renderings, heartbeat_s=heartbeat_s)
    app.on_shutdown.append(stream.end)
    app.add_routes(
        [
            *_Metrics(source, meetings, renderings, admission).routes(),
            *_Operations(source, admission.limits).routes(),
            *_TargetsApi(source, renderings).routes(),
        ]
    )
    app.add_routes([*Polling(source).routes(), *Operating(source, renderings).routes(), *Me().routes()])
    app.add_routes([web.get(STREAM, stream.serve, allow_head=False), web.get("/static/{name:.+}", static.serve)])
    app.add_routes([*Pages(faces, renderings).routes(), *MeetingPages(faces, renderings).routes()])
    app.add_routes(MeetingsApi(source, meetings, renderings).routes())
    ReportRoutes(source, meetings, reporter, renderer, static).join(app)
    return app


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


class _Metrics:
    """/metrics in both formats."""

    def __init__(self, source: Source, meetings: Meetings, renderings: Renderings, admission: Admission) -> None:
        self._source = source
        self._meetings = meetings
        self._renderings = renderings
        self._http = HttpMetrics(admission)
        self._settings = source.settings
        self._collector = Collector(self._settings)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        is_openmetrics = "application/openmetrics-text" in request.headers.get("Accept", "")

        async def prepare() -> str:
            return await self._source.own_metrics(is_openmetrics=is_openmetrics)

        def draw(snapshot: Snapshot, own: str) -> Sequence[bytes]:
            return self._draw(snapshot, own, is_openmetrics=is_openmetrics)

        found = await self._renderings.get(("/metrics", is_openmetrics), draw, prepare)
        headers = {"Content-Type": OPENMETRICS if is_openmetrics else TEXT, "Vary": "Accept, Accept-Encoding"}
        if not accepts_gzip(request.headers.get("Accept-Encoding", "")):
            return web.Response(body=found.body, headers=headers)
        return web.Response(body=found.zipped, headers=headers | {"Content-Encoding": "gzip"})

    def _draw(self, snapshot: Snapshot, own: str, *, is_openmetrics: bool) -> Sequence[bytes]:
        if self._settings is not self._source.settings:
            self._settings = self._source.settings
            self._collector = Collector(self._settings)
        due = meeting_metrics.render_meetings(
            self._meetings.meetings(),
            snapshot.inventory.targets,
            self._settings.meetings,
            snapshot.at,
            is_openmetrics=is_openmetrics,
        )
        parts = [*self._collector.render(snapshot, is_openmetrics=is_openmetrics), *due, own.encode()]
        return [*parts, self._http.render(is_openmetrics=is_openmetrics).encode(), *([b"# EOF\n"] if is_openmetrics else [])]


class _Operations:
    """What a service manager and an operator ask of the daemon."""

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
            told, found = [fault.text_in(language) for fault in faults], [fault.answer_in(language) for fault in faults]
            return refused(422, MonitorError("not_reloaded"), faults=told, codes=[fault.code for fault in faults], found=found)
        return as_json({"reloaded": True})


class _TargetsApi:
    """/api/v1: what programs read."""

    def __init__(self, source: Source, renderings: Renderings) -> None:
        self._source = source
        self._renderings = renderings

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/targets", self.targets),
            web.get("/api/v1/targets/{id}", self.target),
            web.get("/api/v1/events", self.events),
            web.get("/api/v1/sd", self.discover),
        ]

    async def targets(self, request: web.Request) -> web.Response:
        def draw(snapshot: Snapshot, _: None) -> str:
            return json_text(targets.targets(snapshot, self._source.settings))

        return as_rendered(await self._renderings.get("/api/v1/targets", draw), request)

    async def target(self, request: web.Request) -> web.Response:
        id_, audience = request.match_info["id"], audience_of(request, self._source.settings.language)
        language = text_language_of(request)

        async def prepare() -> AgentLimits | None:
            if id_ not in (await self._source.fresh()).views:
                raise parameters.no_target(id_)
            return await self._source.agent_limits(id_)

        def draw(snapshot: Snapshot, agent_limits: AgentLimits | None) -> str:
            view, settings = snapshot.views.get(id_), self._source.settings
            if view is None:
                raise parameters.no_target(id_)
            why = sentences(audience.language, settings.timezone).reason(view.reason, names_of(snapshot))
            told = targets.target_in_full(view, snapshot, settings, why, language, has_telephones=audience.sees_telephones)
            return json_text(told | {"snmp_manner": targets.agent_limits(agent_limits, language)})

        return as_rendered(await self._renderings.get(("/api/v1/targets", id_, audience, language), draw, prepare), request)

    async def events(self, request: web.Request) -> web.Response:
        parameters.check_known(request.query, ("since", "limit", "lang"))
        since, limit = parameters.since_of(request.query), parameters.limit_of(request.query)
        audience, language = audience_of(request, self._source.settings.language), text_language_of(request)

        async def prepare() -> Sequence[Transition | Event]:
            return await self._source.events(since, limit)

        def draw(snapshot: Snapshot, found: Sequence[Transition | Event]) -> str:
            words, names = sentences(audience.language, self._source.settings.timezone), place_names(snapshot)
            told = [targets.entry(item, words.entry(item, names), language) for item in found]
            return json_text({"at": snapshot.at, "events": told})

        return as_rendered(await self._renderings.get(("/api/v1/events", since, limit, audience, language), draw, prepare), request)

    async def discover(self, request: web.Request) -> web.Response:
        query = {name: request.query[name] for name in sorted(request.query)}

        def draw(snapshot: Snapshot, _: None) -> str:
            return json_text(discovery.groups(snapshot.inventory, self._source.settings, query))

        return as_rendered(await self._renderings.get(("/api/v1/sd", *query.items()), draw), request)
