"""A real Prometheus and Alertmanager with the shipped rules and routes over one daemon, and the sink that all messages reach."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from monitor.cli.demo_processes import Child, start_child, wait_until_ready
from monitor.cli.demo_stack import (
    ALERTMANAGER,
    PROMETHEUS,
    alertmanager_words,
    find_program,
    prometheus_words,
    write_alertmanager,
    write_prometheus,
)
from tests.patience import LONGEST_WAIT_S
from tests.ports import reserved
from tests.supervision.scaling import scaled
from tests.supervision.sink import RECEIVERS, Sink, open_sink

SHIPPED = Path(__file__).parents[2] / "config"
_ABSENT_FOR = "30s"
"""An absence is half as long as the shipped one: on a busy machine a restart took 11.6 s, and a fifth of the minute is 12 s."""


class MissingError(Exception):
    """A program that is not installed."""


@dataclass(frozen=True, slots=True)
class Chain:
    """sink: what was told. children: Prometheus and Alertmanager. prometheus: its URL."""

    sink: Sink
    children: tuple[Child, ...]
    prometheus: str

    def ensure_alive(self) -> None:
        """Raise AssertionError with its last lines where one of them ended."""
        for child in self.children:
            assert child.process.poll() is None, "\n".join([f"{child.name} ended", *child.last_lines()])


@contextlib.contextmanager
def chain_over(daemon: str, folder: Path, *, faster: float = 1) -> Iterator[Chain]:
    """Prometheus and Alertmanager over a daemon at HOST:PORT. Raises MissingError where one is not installed.

    faster: divides every duration of rules, routes and of the programs' own; above 1 no quality of answers is judged, and the
    daemon may be absent for half of the shipped minute.
    """
    programs = [find_program(names, os.environ["PATH"]) for names in (PROMETHEUS, ALERTMANAGER)]
    if programs[0] is None or programs[1] is None:
        raise MissingError("prometheus and prometheus-alertmanager are not both installed")
    with contextlib.ExitStack() as stack:
        sink, url = stack.enter_context(open_sink())
        ports = dict(zip(("prometheus", "alertmanager"), stack.enter_context(reserved(2)), strict=True))
        listen = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
        routes = _alertmanager(folder / "alertmanager", url, faster)
        rules = _prometheus(folder / "prometheus", {"monitor": daemon, **listen}, faster)
        words = alertmanager_words(programs[1], routes, folder / "alertmanager" / "data", listen["alertmanager"])
        children = [start_child(stack, "alertmanager", folder / "alertmanager.log", words)]
        words = prometheus_words(programs[0], rules, folder / "prometheus" / "data", listen["prometheus"])
        own = ("--query.lookback-delta=5m", "--rules.alert.resend-delay=1m")
        children.append(
            start_child(stack, "prometheus", folder / "prometheus.log", [*words, *(scaled(each, faster) for each in own)])
        )
        for child in children:
            is_ready = wait_until_ready(child, "127.0.0.1", ports[child.name], "/-/ready", LONGEST_WAIT_S)
            assert is_ready, "\n".join(child.last_lines())
        yield Chain(sink, tuple(children), f"http://{listen['prometheus']}")


def _prometheus(folder: Path, addresses: dict[str, str], faster: float) -> Path:
    path = write_prometheus(SHIPPED / "prometheus", folder, addresses)
    for each in (path, *(folder / "rules").glob("*.yml")):
        each.write_text(scaled(each.read_text(encoding="utf-8"), faster), encoding="utf-8")
    if faster > 1:
        _change(folder / "rules" / "quality.yml", dict.fromkeys(("HighLoss", "LatencyAboveUsual", "SnmpSilent")))
        _change(folder / "rules" / "monitor.yml", {"MonitorAbsent": {"for": _ABSENT_FOR}})
    return path


def _change(path: Path, changes: Mapping[str, Mapping[str, str] | None]) -> None:
    """Change alerts of a file by their names, None leaves one out.

    That is for what judges how fast and how surely answers come or a daemon starts: no packet and no program is faster.
    """
    top = yaml.safe_load(path.read_text(encoding="utf-8"))
    told = {rule.get("alert") for group in top["groups"] for rule in group["rules"]}
    assert changes.keys() <= told, f"{path.name} has no {sorted(changes.keys() - told)}"
    for group in top["groups"]:
        kept = [(rule, changes.get(rule.get("alert", ""), {})) for rule in group["rules"]]
        group["rules"] = [rule | dict(change) for rule, change in kept if change is not None]
    path.write_text(yaml.safe_dump(top, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _alertmanager(folder: Path, url: str, faster: float) -> Path:
    """Write the shipped routes with a webhook for every receiver, and offices that never close: a test knows no time of day."""
    shutil.copytree(SHIPPED / "alertmanager", folder)
    base = folder / "alertmanager.yml"
    top = yaml.safe_load(scaled(base.read_text(encoding="utf-8"), faster))
    for interval in top["time_intervals"]:
        interval["time_intervals"] = [{"times": [{"start_time": "00:00", "end_time": "24:00"}]}]
    base.write_text(yaml.safe_dump(top, allow_unicode=True, sort_keys=False), encoding="utf-8")
    receivers = {name: {"webhook": [{"url": {"literal": f"{url}/{name}"}}]} for name in RECEIVERS}
    (folder / "receivers.yaml").write_text(yaml.safe_dump(receivers), encoding="utf-8")
    return write_alertmanager(folder, folder / "made")
