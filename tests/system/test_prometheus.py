"""A real Prometheus and its linter take what the daemon exports."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.conftest import TARGETS
from tests.system.running import Running

CONFIGURATION = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: monitor
    static_configs: [{{targets: ["{target}"]}}]
"""


@pytest.fixture
def prometheus(province: Running, tmp_path: Path) -> Iterator[str]:
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed")
    (tmp_path / "prometheus.yml").write_text(CONFIGURATION.format(target=province.origin.removeprefix("http://")))
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    words = [program, f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/tsdb"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([*words, f"--web.listen-address={listen}"], stdout=log, stderr=log)
    try:
        yield f"http://{listen}"
    finally:
        process.terminate()
        process.wait(30)


def ask(prometheus: str, query: str) -> float | None:
    """Return the one value of an instant query; None where Prometheus has none, or does not answer yet."""
    url = f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            result = json.load(answer)["data"]["result"]
    except OSError:
        return None
    return float(result[0]["value"][1]) if result else None


def test_every_target_has_a_state_and_series_and_the_linter_is_silent(province: Running) -> None:
    scrape = province.until(lambda scrape: len(scrape.samples.get("wan_snmp_up", ())) == TARGETS)
    assert TARGETS == len(scrape.states())
    for name in ("wan_target_info", "wan_target_up", "wan_icmp_packets_sent_total", "wan_icmp_rtt_seconds_count"):
        assert TARGETS == len(scrape.samples[name]), name
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    lint = subprocess.run([promtool, "check", "metrics"], input=scrape.text, capture_output=True, text=True, check=False)
    assert ("", "", 0) == (lint.stdout, lint.stderr, lint.returncode)


def test_a_real_prometheus_scrapes_it(province: Running, prometheus: str) -> None:
    for _ in province.scrapes():
        if ask(prometheus, "count(wan_target_up == 1)") == TARGETS:
            break
    assert TARGETS == ask(prometheus, "count(wan_target_up == 1)")
    assert 1 == ask(prometheus, 'up{job="monitor"}')
    assert TARGETS == ask(prometheus, 'sum(wan_target_state{state="up"})')
