"""GET /metrics: what a scrape gets of the targets, the meetings, the daemon itself, and the process that meets the visitors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector as RegistryCollector

from monitor.export.metrics import meeting_metrics
from monitor.export.metrics.collector import Collector
from monitor.export.metrics.own_metrics import registry_text
from monitor.export.rendered import Renderings
from monitor.export.responses import accepts_gzip
from monitor.export.server.admission import Admission
from monitor.export.source import Meetings, Source
from monitor.model.state import Snapshot

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class MetricsRoutes:
    """/metrics in both formats."""

    def __init__(self, source: Source, meetings: Meetings, renderings: Renderings, admission: Admission) -> None:
        self._source = source
        self._meetings = meetings
        self._renderings = renderings
        self._http = HttpMetrics(admission)
        self._settings = source.settings
        self._collector = Collector(self._settings)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self.scrape)]

    async def scrape(self, request: web.Request) -> web.Response:
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


class HttpMetrics(RegistryCollector):
    """What is open, what is being worked on, who was refused, and what that process takes.

    Read from admission and the kernel at each scrape; nothing is counted twice.
    """

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._registry = CollectorRegistry()
        self._registry.register(self)
        # process_* is the poller's: who serves this is another process, of the same scrape.
        ProcessCollector(namespace="monitor_web", registry=self._registry)

    def render(self, *, is_openmetrics: bool = False) -> str:
        return registry_text(self._registry, is_openmetrics=is_openmetrics)

    def collect(self) -> Iterator[Metric]:
        held = self._admission
        for what, quota, purpose in (
            ("connections", held.connections, "HTTP connections that are open."),
            ("streams", held.streams, "Event streams that are open."),
            ("requests_in_flight", held.requests, "HTTP requests that are being worked on."),
        ):
            yield GaugeMetricFamily(f"monitor_http_{what}", purpose, value=quota.held)
        refused = CounterMetricFamily(
            "monitor_http_requests_refused",
            "Connections and requests that were refused or let go, by the reason.",
            labels=["reason"],
        )
        for reason, total in held.refusals.total.items():
            refused.add_metric([reason.value], total)
        yield refused
