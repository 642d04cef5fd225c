"""What is held and who was refused can be scraped."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from monitor.export.metrics.routes import HttpMetrics
from monitor.export.server.admission import Admission, Limits, Refusal
from tests.export import oracle
from tests.export.sample import FakeSource
from tests.export.serving import served

PROMTOOL = shutil.which("promtool")


def held() -> HttpMetrics:
    admission = Admission(Limits())
    admission.connections.acquire("127.0.0.2")
    admission.refusals.note(Refusal.QUEUE, "127.0.0.2")
    return HttpMetrics(admission)


def test_each_reason_has_its_series_from_the_start() -> None:
    found = oracle.parsed(held().render())
    assert 1 == found["monitor_http_connections", frozenset()]
    assert 0 == found["monitor_http_streams", frozenset()]
    refused = {dict(labels)["reason"]: value for (name, labels), value in found.items() if name.endswith("refused_total")}
    assert {reason.value: float(reason is Refusal.QUEUE) for reason in Refusal} == refused


def test_openmetrics_says_the_same() -> None:
    families = parse_openmetrics(held().render(is_openmetrics=True) + "# EOF\n")  # type: ignore[no-untyped-call]
    assert {"monitor_http_connections", "monitor_http_requests_refused"} < {family.name for family in families}


@pytest.mark.skipif(PROMTOOL is None, reason="promtool (Debian's prometheus) is not installed")
def test_promtool_finds_nothing_to_say() -> None:
    checked = subprocess.run(
        [str(PROMTOOL), "check", "metrics"], input=held().render(), capture_output=True, text=True, check=False
    )
    assert (0, "", "") == (checked.returncode, checked.stdout, checked.stderr)


async def test_a_scrape_has_them_beside_the_daemons_own(source: FakeSource) -> None:
    async with served(source) as server:
        text = (await server.get("/metrics", "127.0.0.2")).body.decode()
    assert 1 == oracle.parsed(text)["monitor_http_connections", frozenset()]
    assert ("monitor_blind", frozenset()) in oracle.parsed(text)


def test_what_the_process_takes_that_meets_the_visitors_is_told_beside_the_pollers() -> None:
    found = {name: value for (name, _), value in oracle.parsed(held().render()).items() if name.startswith("monitor_web_process_")}
    told = {"cpu_seconds_total", "resident_memory_bytes", "virtual_memory_bytes", "open_fds", "max_fds", "start_time_seconds"}
    assert {f"monitor_web_process_{each}" for each in told} <= set(found)
    assert found["monitor_web_process_resident_memory_bytes"] > 1 << 20
    assert 0 < found["monitor_web_process_open_fds"] <= found["monitor_web_process_max_fds"]
