"""Prometheus, Alertmanager and Grafana beside the daemon: the shipped files with other addresses in them, and what starts each.

Nothing that the shipped rules, routes or dashboards say is changed; only where the programs find one another.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from monitor.errors import SetupError
from monitor.load.receivers import load_receivers, with_receivers
from monitor.load.whole_file import write_whole
from monitor.words.phrase import Phrase

# Debian's names first, then the makers' own. Debian keeps some programs where only root's PATH leads.
PROMETHEUS = ("prometheus",)
ALERTMANAGER = ("prometheus-alertmanager", "alertmanager")
GRAFANA = ("grafana-server",)
_MORE_PATHS = ":/usr/sbin:/usr/local/sbin:/usr/share/grafana/bin"


def find_program(names: tuple[str, ...], path: str) -> str | None:
    """Return where the first of these programs is. path: as of the environment's PATH."""
    found = (shutil.which(name, path=path + _MORE_PATHS) for name in names)
    return next((each for each in found if each is not None), None)


def write_prometheus(shipped: Path, folder: Path, addresses: Mapping[str, str]) -> Path:
    """Write the shipped prometheus.yml with its rules into a folder and return its path.

    addresses: job → HOST:PORT; jobs that are not named are left out. Raises SetupError where nothing is shipped.
    """
    if not (shipped / "prometheus.yml").exists():
        raise SetupError("not_shipped", Phrase("take_prometheus"), path=shipped / "prometheus.yml")
    top = yaml.safe_load((shipped / "prometheus.yml").read_text(encoding="utf-8"))
    top["scrape_configs"] = [job for job in top["scrape_configs"] if job["job_name"] in addresses]
    for job in top["scrape_configs"]:
        job["static_configs"] = [{"targets": [addresses[job["job_name"]]]}]
    told = [addresses["alertmanager"]] if "alertmanager" in addresses else []
    top["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": told}]}]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(shipped / "rules", folder / "rules", dirs_exist_ok=True)
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(top, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def write_alertmanager(shipped: Path, folder: Path, *, tells: bool = True) -> Path:
    """Write what Alertmanager runs with into a folder, as `monitor alertmanager` does, and return its path.

    tells: whether anybody is told, by receivers.yaml.
    """
    base, own = shipped / "alertmanager.yml", shipped / "receivers.yaml"
    if not base.exists():
        raise SetupError("not_shipped", Phrase("take_alertmanager"), path=base)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "alertmanager.yml"
    text = yaml.safe_dump(with_receivers(base, load_receivers(own) if tells else {}, str(own)), allow_unicode=True, sort_keys=False)
    write_whole(path, text, mode=0o600)
    return path


def prometheus_words(program: str, config: Path, data: Path, listen: str) -> list[str]:
    """Return what starts Prometheus: it keeps 400 days, as docs/install.md has it."""
    keeps = (f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=400d")
    return [program, f"--config.file={config}", *keeps, f"--web.listen-address={listen}"]


def alertmanager_words(program: str, config: Path, data: Path, listen: str) -> list[str]:
    """Return what starts Alertmanager, alone: not looking for others to gossip with."""
    alone = "--cluster.listen-address="
    return [program, f"--config.file={config}", f"--storage.path={data}", f"--web.listen-address={listen}", alone]
