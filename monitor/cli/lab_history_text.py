"""A made-up past as OpenMetrics text: what is told in detail is rendered by the exporter itself, so that no name can differ."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import BinaryIO

from monitor.export.metrics.collector import Collector
from monitor.export.metrics.families import escape
from monitor.export.metrics.own_metrics import BOUNDS, OwnMetrics
from monitor.lab.history import InventedHistory
from monitor.lab.history_recorded import Recorded
from monitor.model.probe_kinds import ICMP, SNMP
from monitor.model.reading import Outcome, Reading
from monitor.model.settings import Settings
from monitor.model.state import Snapshot, State

JOB = "monitor"
_OWN_LINE = re.compile(r"^(?P<name>(?:monitor|wan_area)_\w+|wan_\w+_bound_\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")
_DENSE_SHARE = 4
_STEP_S = 300


@dataclass(frozen=True, slots=True)
class _Kept:
    """A recorded series as it waits to be written. steps: of its values, None where there is one for each step."""

    name: str
    prefix: str
    steps: array[int] | None
    values: array[float]


class HistoryText:
    """Writes a past, span after span in order. instance: the label that Prometheus would have given the daemon's own series."""

    def __init__(self, history: InventedHistory, settings: Settings, instance: str) -> None:
        self.history = history
        self._settings = settings
        self._scraped = f'instance="{escape(instance)}",job="{JOB}"'
        recorded = (*history.recorder.series(), *_bounds(settings, history.grid.count))
        self._recorded = sorted((_keep(each) for each in recorded), key=lambda kept: kept.name)
        self._collector = Collector(settings)
        self._own = self._started()
        self._runs = True

    def _started(self) -> OwnMetrics:
        own = OwnMetrics()
        own.see_settings(self._settings)
        return own

    def write(self, file: BinaryIO, first: int, last: int) -> int:
        """Write the steps from first to before last; return how many samples they hold."""
        samples = self._write_recorded(file, first, last) + self._write_pulse(file, first, last)
        if last > self.history.detail:
            samples += self._write_detail(file, max(first, self.history.detail), last)
        file.write(b"# EOF\n")
        return samples

    def _write_recorded(self, file: BinaryIO, first: int, last: int) -> int:
        stamps = [f" {self.history.grid.at(step)}\n" for step in range(first, last)]
        samples = 0
        for name, family in groupby(self._recorded, key=lambda kept: kept.name):
            lines = [line for kept in family for line in _lines(kept, first, last, stamps)]
            if lines:
                file.write(f"# TYPE {name} gauge\n{''.join(lines)}".encode())
                samples += len(lines)
        return samples

    def _write_pulse(self, file: BinaryIO, first: int, last: int) -> int:
        """Write for the whole past what tells of the daemon: whether it ran, since when, and whether it saw."""
        up, started, blind = [], [], []
        for step in range(first, last):
            end = f" {self.history.grid.at(step)}\n"
            runs = self.history.is_running(step)
            up.append(f"up{{{self._scraped}}} {int(runs)}{end}")
            if runs:
                since = self.history.started_at(step)
                started.append(f"process_start_time_seconds{{{self._scraped}}} {since:.2f}{end}")
                if step < self.history.detail:
                    blind.append(f"monitor_blind{{{self._scraped}}} {int(self.history.is_blind(step))}{end}")
        for name, lines in (("up", up), ("process_start_time_seconds", started), ("monitor_blind", blind)):
            if lines:
                file.write(f"# TYPE {name} gauge\n{''.join(lines)}".encode())
        return len(up) + len(started) + len(blind)

    def _write_detail(self, file: BinaryIO, first: int, last: int) -> int:
        """Write each scrape's whole text, the samples of a family together."""
        families: dict[bytes, list[bytes]] = {}
        for step, snapshot in enumerate(self.history.album.snapshots(first, last), first):
            end = b" %d\n" % self.history.grid.at(step)
            if snapshot is None:
                self._own, self._runs = self._started(), False
                continue
            header = b""
            for part in self._collector.render(snapshot, is_openmetrics=True):
                if part.startswith(b"# "):
                    header = part
                else:
                    labelled = part.replace(b'{target="', f'{{{self._scraped},target="'.encode())
                    families.setdefault(header, []).append(labelled.replace(b"\n", end))
            for header, line in self._own_lines(snapshot):
                families.setdefault(header, []).append(line + end)
        for header, parts in families.items():
            file.write(header)
            file.writelines(parts)
        return sum(part.count(b"\n") for parts in families.values() for part in parts)

    def _own_lines(self, snapshot: Snapshot) -> list[tuple[bytes, bytes]]:
        """Return the daemon's own metrics after the five minutes before a snapshot, each with its family's header."""
        own, icmp_s, snmp_s = self._own, ICMP.of(self._settings).every_s, SNMP.of(self._settings).every_s
        for view in snapshot.views.values():
            outcome = Outcome.TIMEOUT if view.icmp is None or view.icmp.outcome is Outcome.TIMEOUT else Outcome.OK
            for probe, every_s in ((ICMP.name, icmp_s), (SNMP.name, snmp_s)):
                reading = Reading(view.target.id, probe, snapshot.at, outcome)
                for _ in range(round(_STEP_S / every_s)):
                    own.count(reading)
        share = sum(view.state is not State.UP for view in snapshot.views.values()) / max(1, len(snapshot.views))
        for probe, every_s, took_s in ((ICMP.name, icmp_s, 1.2), (SNMP.name, snmp_s, 2.5)):
            for turn in range(round(_STEP_S / every_s)):
                own.round_ended(probe, every_s * 0.98 + took_s * share + turn % 3 * 0.01)
            own.round_began(probe, 0.002 + share * 0.02)
        own.see_loop_lag(0.001 + share * 0.01)  # one stands for all of the step: a quantile is the same
        own.see(snapshot)
        return _samples_in(own.render(is_openmetrics=True), self._scraped)


def _bounds(settings: Settings, steps: int) -> Iterator[Recorded]:
    """Yield what rules record of the settings, the same all the time."""
    for name, (_, bound) in BOUNDS.items():
        yield Recorded(f"network:{name}:now", (), array("f", [bound(settings)]) * steps)


def _samples_in(text: str, scraped: str) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    header = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            header = line + "\n"
        elif line.startswith("#"):
            header += line + "\n"
        elif match := _OWN_LINE.match(line):
            labels = f"{scraped},{match['labels']}" if match["labels"] else scraped
            found.append((header.encode(), f"{match['name']}{{{labels}}} {match['value']}".encode()))
    return found


def _keep(recorded: Recorded) -> _Kept:
    labels = ",".join(f'{name}="{escape(value)}"' for name, value in recorded.labels)
    prefix, values = f"{recorded.name}{{{labels}}} " if labels else f"{recorded.name} ", recorded.values
    known = [step for step, value in enumerate(values) if value == value]  # noqa: PLR0124 not ABSENT
    if len(known) * _DENSE_SHARE > len(values):
        return _Kept(recorded.name, prefix, None, values)
    return _Kept(recorded.name, prefix, array("i", known), array("f", [values[step] for step in known]))


def _lines(kept: _Kept, first: int, last: int, stamps: list[str]) -> list[str]:
    prefix = kept.prefix
    if kept.steps is None:
        return [
            f"{prefix}{value:.6g}{stamp}"
            for value, stamp in zip(kept.values[first:last], stamps, strict=True)
            if value == value  # noqa: PLR0124 not ABSENT
        ]
    left, right = bisect_left(kept.steps, first), bisect_left(kept.steps, last)
    return [f"{prefix}{kept.values[place]:.6g}{stamps[kept.steps[place] - first]}" for place in range(left, right)]
