"""`monitor demo --stack`: what is installed runs beside the demo and goes with it; what is not is named."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from monitor.cli.demo_stack import Surroundings
from monitor.words import say
from monitor.words.lab import LAB
from tests.lab_fixture import Lab
from tests.patience import LONGEST_WAIT_S

SHIPPED = Path(__file__).parents[2] / "config"
# Stands in for Grafana, which Debian does not have: answers as it does when it is ready, and keeps what it was started with.
FAKE_GRAFANA = """#!{python}
import http.server, json, pathlib, sys
told = dict(word.removeprefix("cfg:").split("=", 1) for word in sys.argv if word.startswith("cfg:"))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())
http.server.HTTPServer((told["server.http_addr"], int(told["server.http_port"])), Handler).serve_forever()
"""


def surroundings(folder: Path) -> Surroundings:
    return Surroundings(SHIPPED, folder, "127.0.0.1:9", lambda key, **values: say(LAB, key, "en", **values))


@pytest.fixture
def stack() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as stack:
        yield stack


def test_what_is_not_installed_is_named_with_its_cure_and_left_out(
    tmp_path: Path, stack: contextlib.ExitStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [] == surroundings(tmp_path).begin(stack)
    assert capsys.readouterr().out.splitlines() == [
        "Alertmanager is not installed here (apt-get install prometheus-alertmanager), so it is left out.",
        "Prometheus is not installed here (apt-get install prometheus), so it is left out.",
        "Grafana is not installed here (docs/grafana.md), so it is left out.",
    ]


def test_grafana_gets_the_source_and_the_dashboards_in_both_languages(
    tmp_path: Path, stack: contextlib.ExitStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "grafana-server"
    program.write_text(FAKE_GRAFANA.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (grafana,) = surroundings(tmp_path).begin(stack)
    url = capsys.readouterr().out.split()[-1].removesuffix("dashboards")
    with urllib.request.urlopen(f"{url}api/health", timeout=LONGEST_WAIT_S) as answer:
        told = json.load(answer)
    provisioning = Path(told["paths.provisioning"])
    (source,) = yaml.safe_load((provisioning / "datasources" / "monitor.yaml").read_text())["datasources"]
    assert ("prometheus", "http://127.0.0.1:9090") == (source["uid"], source["url"])
    providers = yaml.safe_load((provisioning / "dashboards" / "monitor.yaml").read_text())["providers"]
    assert [2, 2] == [min(2, len(list(Path(each["options"]["path"]).glob("*.json")))) for each in providers]
    assert "grafana" == grafana.name


def test_prometheus_sees_the_demo_and_ctrl_c_ends_everything(lab: Lab, tmp_path: Path) -> None:
    for program in ("prometheus", "prometheus-alertmanager"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    config = Path(shutil.copytree(lab.folder, tmp_path / "config"))
    for folder in ("prometheus", "alertmanager"):
        shutil.copytree(SHIPPED / folder, config / folder)
    words = [sys.executable, "-m", "monitor", "demo", "--stack", "--language", "en", "--config", str(config)]
    words += ["--state", str(tmp_path / "state"), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            found = dict(_said(process, "Alerts", "Prometheus"))
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            ends = [os.pidfd_open(int(child)) for child in children]
            assert 4 == len(ends), "lab, daemon, Alertmanager and Prometheus"
            while not _ask(found["Prometheus"], 'up{job="monitor"} == 1 and on () (up{job="alertmanager"} == 1)'):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"the demo ended with {process.wait(0.2)}")
        finally:
            process.send_signal(signal.SIGINT)
        assert 0 == process.wait(LONGEST_WAIT_S)
    for end in ends:
        with selectors.DefaultSelector() as selector:
            selector.register(end, selectors.EVENT_READ)  # readable once the process is gone, pidfd_open(2)
            assert selector.select(0)
        os.close(end)


def _said(process: subprocess.Popen[str], *names: str) -> Iterator[tuple[str, str]]:
    """Yield name and address of what the demo says it started."""
    assert process.stdout is not None
    waited = set(names)
    for line in process.stdout:
        name, _, rest = line.partition(":")
        if name in waited:
            yield name, rest.split()[0]
            waited.remove(name)
        if not waited:
            return
    raise AssertionError(f"never said: {waited}")


def _ask(prometheus: str, query: str) -> list[object]:
    with urllib.request.urlopen(f"{prometheus}api/v1/query?query={urllib.parse.quote(query)}", timeout=LONGEST_WAIT_S) as answer:
        return list(json.load(answer)["data"]["result"])
