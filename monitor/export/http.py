"""The aiohttp application: routes, content negotiation, and the rules that hold for every answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware
from isal import isal_zlib

from monitor.export import api, discovery, meeting_metrics
from monitor.export.answers import as_json, language_of, refusal
from monitor.export.collector import Collector
from monitor.export.faces import Faces
from monitor.export.meeting_routes import MeetingPages
from monitor.export.meetings_api import MeetingsApi
from monitor.export.operating import Operating
from monitor.export.page_routes import Pages
from monitor.export.panels import names_of, place_names
from monitor.export.polling import Polling
from monitor.export.refused import for_its_reader
from monitor.export.renderer import Renderer, sentences
from monitor.export.source import Meetings, NoMeetings, RefusedError, Reporter, SilentError, Source
from monitor.export.static import Static
from monitor.export.stream import HEARTBEAT_S, Stream
from monitor.words.operations import refuse

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_GZIP = 16 + isal_zlib.MAX_WBITS
"""zlib's way to say: with gzip's header and trailer."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_SAFE = ("GET", "HEAD", "OPTIONS")

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
) -> web.Application:
    """Return the application that shows a source; it opens no socket.

    meetings: who watches them; None where none are watched. reporter: makes files of meetings' reports; None: there are none.
    heartbeat_s: how often the event stream speaks when nothing changed; a screen takes 10 s of silence for a lost monitor.
    """
    static = Static()
    renderer = Renderer(static)
    app = web.Application(middlewares=[_guard(source, renderer)])
    app.on_response_prepare.append(_add_headers)
    meetings = meetings or NoMeetings()
    faces = Faces(source, renderer, meetings)
    stream = Stream(source, faces, heartbeat_s=heartbeat_s)
    app.cleanup_ctx.append(stream.run)
    app.on_shutdown.append(stream.end)
    app.add_routes([*_Metrics(source, meetings).routes(), *_Operations(source).routes(), *_Api(source).routes()])
    app.add_routes([*Polling(source).routes(), *Operating(source).routes(), *MeetingsApi(source, meetings).routes()])
    app.add_routes([web.get("/api/v1/stream", stream.serve), web.get("/static/{name:.+}", static.serve), *Pages(faces).routes()])
    app.add_routes(MeetingPages(faces, reporter).routes())
    return app


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _guard(source: Source, renderer: Renderer) -> Middleware:
    """Return what refuses a change by another origin, and answers what can't be understood or done with its cure."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in _SAFE and not _is_same_origin(request):
            return refusal(403, "the Origin header does not match", f"send Origin: {request.scheme}://{request.host}")
        return for_its_reader(await _answer(request, handler, source), request, source, renderer)

    return guard


async def _answer(request: web.Request, handler: Handler, source: Source) -> web.StreamResponse:
    try:
        return await handler(request)
    except api.BadParameterError as error:
        return refusal(400, error.fault, error.cure)
    except RefusedError as error:
        fault, cure = refuse(error.key, error.values, language_of(request, source.settings.language))
        return refusal(409 if error.is_of_now else 400, fault, cure)
    except SilentError as error:
        answer = refusal(503, f"the poller does not answer: {error}", "try again in some seconds; the log of the service says why")
        answer.headers["Retry-After"] = "5"
        return answer
    except web.HTTPNotFound:
        return refusal(404, f"there is nothing at {request.path!r}", "docs/http.md lists what there is")


def _is_same_origin(request: web.Request) -> bool:
    # A browser always sends Origin with a POST; a page of another site can't forge it.
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


class _Metrics:
    """/metrics in both formats."""

    def __init__(self, source: Source, meetings: Meetings) -> None:
        self._source = source
        self._meetings = meetings
        self._settings = source.settings
        self._collector = Collector(self._settings)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        if self._settings is not self._source.settings:
            self._settings = self._source.settings
            self._collector = Collector(self._settings)
        accepted = request.headers.get("Accept", "")
        is_openmetrics = "application/openmetrics-text" in accepted
        snapshot = await self._source.fresh()
        own = await self._source.own_metrics(is_openmetrics=is_openmetrics) + ("# EOF\n" if is_openmetrics else "")
        due = meeting_metrics.render(
            self._meetings.meetings(),
            snapshot.inventory.targets,
            self._settings.meetings,
            snapshot.at,
            is_openmetrics=is_openmetrics,
        )
        parts = [*self._collector.render(snapshot, is_openmetrics=is_openmetrics), *due, own.encode()]
        headers = {"Content-Type": OPENMETRICS if is_openmetrics else TEXT, "Vary": "Accept, Accept-Encoding"}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            # A quarter of what zlib's level 1 takes, once every scrape, and smaller.
            press = isal_zlib.compressobj(1, isal_zlib.DEFLATED, _GZIP)
            parts = [*map(press.compress, parts), press.flush()]
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=b"".join(parts), headers=headers)


class _Operations:
    """What a service manager and an operator ask of the daemon."""

    def __init__(self, source: Source) -> None:
        self._source = source

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

    async def reload(self, _: web.Request) -> web.Response:
        faults = list(await self._source.reload())
        if faults:
            cure = "mend the faults and reload again; the former configuration stays in force"
            return as_json({"error": "the configuration has faults", "cure": cure, "faults": faults}, status=422)
        return as_json({"reloaded": True})


class _Api:
    """/api/v1: what programs read."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/targets", self.targets),
            web.get("/api/v1/targets/{id}", self.target),
            web.get("/api/v1/events", self.events),
            web.get("/api/v1/sd", self.discover),
        ]

    async def targets(self, _: web.Request) -> web.Response:
        return as_json(api.targets(await self._source.fresh(), self._source.settings))

    async def target(self, request: web.Request) -> web.Response:
        snapshot = await self._source.fresh()
        id_ = request.match_info["id"]
        view = snapshot.views.get(id_)
        if view is None:
            return refusal(404, f"no target is called {id_!r}", "/api/v1/targets lists them all")
        settings = self._source.settings
        why = sentences(language_of(request, settings.language), settings.timezone).reason(view.reason, names_of(snapshot))
        manner = api.manner(await self._source.manner(id_))
        return as_json(api.target_in_full(view, snapshot, settings, why) | {"snmp_manner": manner})

    async def events(self, request: web.Request) -> web.Response:
        api.check_known(request.query, ("since", "limit", "lang"))
        since, limit = api.since_of(request.query), api.limit_of(request.query)
        found = await self._source.events(since, limit)
        words = sentences(language_of(request, self._source.settings.language), self._source.settings.timezone)
        snapshot = await self._source.fresh()
        names = place_names(snapshot)
        return as_json({"at": snapshot.at, "events": [api.entry(item, words.entry(item, names)) for item in found]})

    async def discover(self, request: web.Request) -> web.Response:
        return as_json(discovery.groups((await self._source.fresh()).inventory, self._source.settings, request.query))
