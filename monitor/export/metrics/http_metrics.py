"""The metrics of who meets the visitors: what is open, what is being worked on, who was refused, what that process takes."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from monitor.export.server.admission import Admission

_EOF = "# EOF\n"


class HttpMetrics:
    """Renders them from what admission and the kernel hold at that moment; nothing is counted twice."""

    def __init__(self, admission: Admission) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Families(admission))
        # process_* is the poller's: who serves this is another process, of the same scrape.
        ProcessCollector(namespace="monitor_web", registry=self.registry)

    def render(self, *, is_openmetrics: bool = False) -> str:
        """Return the registry's text, without the closing # EOF."""
        if is_openmetrics:
            text: bytes = openmetrics.generate_latest(self.registry)  # type: ignore[no-untyped-call]
            return text.decode().removesuffix(_EOF)
        return generate_latest(self.registry).decode()


class _Families(Collector):
    def __init__(self, admission: Admission) -> None:
        self._admission = admission

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
