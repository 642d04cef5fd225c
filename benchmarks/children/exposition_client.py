"""prometheus_client writes out the same samples from metric families that are ready; filling them is not in the time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector as Registered

from benchmarks.children.pictures import first
from benchmarks.children.report import parameters
from monitor.export.metrics.collector import Collector


class Ready(Registered):
    """Hands out families that were made before."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self._families


def main() -> None:
    """Write out as often as asked."""
    asked = parameters()
    picture, settings = first(asked["targets"])
    page = b"".join(Collector(settings).render(picture)).decode()
    registry = CollectorRegistry()
    registry.register(Ready(text_string_to_metric_families(page)))
    text = generate_latest(registry)
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    for _ in range(asked["rounds"]):
        text = generate_latest(registry)
    used_s, wall_s = time.process_time() - began_cpu_s, time.perf_counter() - began_s
    samples = sum(not line.startswith(b"#") for line in text.splitlines())
    figures = {"exchanges": samples * asked["rounds"], "cpu_s": used_s, "wall_s": wall_s, "samples": samples}
    print(json.dumps(figures | {"page_ms": used_s / asked["rounds"] * 1000}))


main()
