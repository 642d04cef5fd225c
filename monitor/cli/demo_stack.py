"""`monitor demo --stack`: Prometheus, Alertmanager and Grafana beside the demo, as far as this machine has them.

They run with the shipped rules, routes and dashboards, on loopback, and nobody is told of anything: what the demo breaks is no
outage, so receivers.yaml is left alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from monitor.cli.alertmanager import RECEIVERS, complete, write_completed
from monitor.cli.demo_processes import Child, start_child, wait_until_ready
from monitor.errors import SetupError
from monitor.load.receivers import load_receivers
from monitor.words.phrase import Phrase

# Debian's names first, then the makers' own. Debian keeps some programs where only root's PATH leads.
PROMETHEUS = ("prometheus",)
ALERTMANAGER = ("prometheus-alertmanager", "alertmanager")
GRAFANA = ("grafana-server",)
_MORE_PATHS = ":/usr/sbin:/usr/local/sbin:/usr/share/grafana/bin"

_HOST = "127.0.0.1"
_STARTS_S = 90.0
_PORTS = {"prometheus": 9090, "alertmanager": 9093, "grafana": 3000}
_INSTALLS = {
    "prometheus": "apt-get install prometheus",
    "alertmanager": "apt-get install prometheus-alertmanager",
    "grafana": "docs/grafana.md",
}
_GRAFANA_HOME = Path("/usr/share/grafana")
_GRAFANA_SAYS = {  # whoever sits at this machine may look at and change everything, and nothing is asked of anybody outside
    "auth.anonymous.enabled": "true",
    "auth.anonymous.org_role": "Admin",
    "auth.disable_login_form": "true",
    "analytics.reporting_enabled": "false",
    "analytics.check_for_updates": "false",
    "analytics.check_for_plugin_updates": "false",
    "news.news_feed_enabled": "false",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands beside the demo.

    config: the configuration's folder. kept: where data and logs go. daemon: its HOST:PORT. say: the lab's words.
    """

    config: Path
    kept: Path
    daemon: str
    say: Callable[..., str]

    def begin(self, stack: contextlib.ExitStack) -> list[Child]:
        """Start what is installed, say where each is found and what is missing, and return what runs; the stack ends it."""
        running: dict[str, str] = {"monitor": self.daemon}
        children: list[Child] = []
        for name, names, words in (
            ("alertmanager", ALERTMANAGER, self._alertmanager),
            ("prometheus", PROMETHEUS, self._prometheus),
            ("grafana", GRAFANA, self._grafana),
        ):
            program = find_program(names, os.environ.get("PATH", ""))
            if program is None:
                print(self.say("stack_missing", what=name.capitalize(), how=_INSTALLS[name]), flush=True)
                continue
            listen = _free(_PORTS[name])
            child = start_child(stack, name, self.kept / f"{name}.log", words(program, listen, {**running, name: listen}))
            path = "/api/health" if name == "grafana" else "/-/ready"
            if not wait_until_ready(child, _HOST, int(listen.rpartition(":")[2]), path, _STARTS_S):
                lines = "\n  ".join(child.last_lines())
                raise SetupError("program_fails", program=program, lines=lines, log=child.log)
            running[name] = listen
            children.append(child)
            print(self.say(f"stack_{name}", url=f"http://{listen}/"), flush=True)
        return children

    def _alertmanager(self, program: str, listen: str, _: dict[str, str]) -> list[str]:
        made = write_alertmanager(self.config / "alertmanager", self.kept / "alertmanager", tells=False)
        return alertmanager_words(program, made, self.kept / "alertmanager" / "data", listen)

    def _prometheus(self, program: str, listen: str, running: dict[str, str]) -> list[str]:
        made = write_prometheus(self.config / "prometheus", self.kept / "prometheus", running)
        return prometheus_words(program, made, prometheus_data(self.kept), listen)

    def _grafana(self, program: str, listen: str, running: dict[str, str]) -> list[str]:
        folder = self.kept / "grafana"
        self._provision(folder / "provisioning", running.get("prometheus"))
        host, _, port = listen.rpartition(":")
        told = {
            **_GRAFANA_SAYS,
            "server.http_addr": host,
            "server.http_port": port,
            "paths.data": str(folder / "data"),
            "paths.logs": str(folder / "logs"),
            "paths.plugins": str(folder / "plugins"),
            "paths.provisioning": str(folder / "provisioning"),
        }
        return [program, "--homepath", str(_GRAFANA_HOME), *(f"cfg:{name}={value}" for name, value in told.items())]

    def _provision(self, folder: Path, prometheus: str | None) -> None:
        """Write the shipped provisioning with this machine's addresses and the dashboards beside the configuration in it."""
        shipped = self.config.resolve().parent / "grafana"
        sources = _read(shipped / "provisioning" / "datasources" / "monitor.yaml", "take_grafana")
        for source in sources["datasources"]:
            source["url"] = f"http://{prometheus}" if prometheus else source["url"]
        dashboards = _read(shipped / "provisioning" / "dashboards" / "monitor.yaml", "take_grafana")
        for provider in dashboards["providers"]:
            options = provider["options"]
            options["path"] = str(shipped / "dashboards" / Path(options["path"]).name)
        _write(folder / "datasources" / "monitor.yaml", sources)
        _write(folder / "dashboards" / "monitor.yaml", dashboards)


def prometheus_data(kept: Path) -> Path:
    return kept / "prometheus" / "data"


def make_past(config: Path, kept: Path, journal: Path, instance: str, language: str) -> None:
    """Let `monitor lab history` make up a past for Prometheus and the journal. Raises SetupError where it can't."""
    words: Sequence[str] = ("lab", "history", "--config", str(config), "--blocks", str(prometheus_data(kept)))
    prometheus_data(kept).mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *words, "--journal", str(journal), "--instance", instance, "--language", language],
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise SetupError("past_fails")


def _free(port: int) -> str:
    """Return HOST:PORT with this port, or another one where that is taken."""
    for each in (port, 0):
        with contextlib.suppress(OSError), socket.create_server((_HOST, each)) as free:
            return f"{_HOST}:{free.getsockname()[1]}"
    raise SetupError("no_free_port", host=_HOST)


def _read(path: Path, missing: str) -> dict[str, Any]:
    """Return a shipped file. Raises SetupError, `missing` the code of its cure, where it is not there."""
    if not path.exists():
        raise SetupError("not_shipped", Phrase(missing), path=path)
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _write(path: Path, content: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def find_program(names: tuple[str, ...], path: str) -> str | None:
    """Return where the first of these programs is. path: as of the environment's PATH."""
    found = (shutil.which(name, path=path + _MORE_PATHS) for name in names)
    return next((each for each in found if each is not None), None)


def write_prometheus(shipped: Path, folder: Path, addresses: Mapping[str, str]) -> Path:
    """Write the shipped prometheus.yml with its rules into a folder and return its path.

    addresses: job → HOST:PORT; jobs that are not named are left out. Raises SetupError where nothing is shipped.
    """
    top = _read(shipped / "prometheus.yml", "take_prometheus")
    top["scrape_configs"] = [job for job in top["scrape_configs"] if job["job_name"] in addresses]
    for job in top["scrape_configs"]:
        job["static_configs"] = [{"targets": [addresses[job["job_name"]]]}]
    told = [addresses["alertmanager"]] if "alertmanager" in addresses else []
    top["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": told}]}]
    shutil.copytree(shipped / "rules", folder / "rules", dirs_exist_ok=True)
    return _write(folder / "prometheus.yml", top)


def write_alertmanager(shipped: Path, folder: Path, *, tells: bool = True) -> Path:
    """Write what Alertmanager runs with into a folder, as `monitor alertmanager` does, and return its path.

    tells: whether anybody is told, by receivers.yaml.
    """
    completed = complete(shipped, load_receivers(shipped / RECEIVERS) if tells else {})
    folder.mkdir(parents=True, exist_ok=True)
    write_completed(completed, folder / "alertmanager.yml")
    return folder / "alertmanager.yml"


def prometheus_words(program: str, config: Path, data: Path, listen: str) -> list[str]:
    """Return what starts Prometheus: it keeps 400 days, as docs/install.md has it."""
    keeps = (f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=400d")
    return [program, f"--config.file={config}", *keeps, f"--web.listen-address={listen}"]


def alertmanager_words(program: str, config: Path, data: Path, listen: str) -> list[str]:
    """Return what starts Alertmanager, alone: not looking for others to gossip with."""
    alone = "--cluster.listen-address="
    return [program, f"--config.file={config}", f"--storage.path={data}", f"--web.listen-address={listen}", alone]
