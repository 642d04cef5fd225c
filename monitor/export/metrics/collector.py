"""Snapshot → Prometheus text: families are built from the snapshot at each scrape, so nothing of a removed target lingers.

A general client renders a sample in 4 to 8 µs. Here the lines of a target are written once, with room for their numbers; the
numbers of each of its parts (standing, pings, agent, interfaces) are put in order when that part changed; and sheets write each
family for all targets at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from monitor.export.metrics import target_lines
from monitor.export.metrics.exposition import Exposition, Row, Shape
from monitor.export.metrics.families import ICMP_FAMILIES, SNMP_FAMILIES, STATE_FAMILIES, Family, device_family
from monitor.export.metrics.target_rows import TargetRows
from monitor.model.probe_kinds import SERVICES
from monitor.model.settings import Settings
from monitor.model.state import Snapshot

_FAMILIES: tuple[Family, ...] = (*STATE_FAMILIES, *ICMP_FAMILIES, *SNMP_FAMILIES[1:])
_HEADERS = {
    is_openmetrics: tuple(family.header(is_openmetrics=is_openmetrics).encode() for family in _FAMILIES)
    for is_openmetrics in (False, True)
}


class Collector:
    """Renders snapshots; keeps what did not change since the last scrape."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[str, TargetRows] = {}
        self._standings = Exposition(target_lines.STANDING_WIDE)
        self._pings = Exposition(target_lines.ICMP_WIDE)
        self._agents = Exposition(target_lines.SNMP_WIDE)
        self._heard = Exposition((False,) * len(SERVICES))
        self._interfaces = Exposition(target_lines.INTERFACE_WIDE)
        self._values: dict[tuple[str, ...], Exposition] = {}

    def render(self, snapshot: Snapshot, *, is_openmetrics: bool = False) -> list[bytes]:
        """Return the metrics of every target of a snapshot, UTF-8 and in parts, without the closing # EOF."""
        affected = {cause.target: (cause.points, cause.endpoints) for cause in snapshot.root_causes}
        before, now = self._kept, {}
        for id_, view in snapshot.views.items():
            kept = before.get(id_)
            if kept is None or kept.target is not view.target:
                kept = TargetRows(view, self._settings)
            kept.refresh(view, snapshot, affected.get(id_))
            now[id_] = kept
        self._kept = now
        everyone = tuple(now.values())
        told = zip(_HEADERS[is_openmetrics], self._write(everyone), strict=True)
        texts = [part for header, text in told if text for part in (header, text)]
        return texts + self._write_values(everyone, is_openmetrics=is_openmetrics)

    def _write(self, everyone: Sequence[TargetRows]) -> Sequence[bytes]:
        """Return the text of each of _FAMILIES."""
        standings = self._standings.write([each.lines.standing for each in everyone], [each.standing for each in everyone])
        pinged = [(each.lines.icmp, each.icmp) for each in everyone if each.icmp is not None]
        polled = [(each.lines.snmp, each.snmp) for each in everyone if each.snmp is not None]
        others = _write(self._heard, [(each.lines.heard, each.heard) for each in everyone if each.heard is not None])
        heard, *pings = _write(self._pings, pinged)
        answered, up, boot, speed, *shares = _write(self._agents, polled)
        interfaces = self._interfaces.write(
            list(chain.from_iterable([each.interface_shapes for each in everyone])),
            list(chain.from_iterable([each.interface_rows for each in everyone])),
        )
        return (*standings, b"".join((heard, answered, *others)), *pings, up, boot, *interfaces, speed, b"".join(shares))

    def _write_values(self, everyone: Iterable[TargetRows], *, is_openmetrics: bool) -> list[bytes]:
        """Return header and lines of each metric that profiles read, by name. Devices that offer the same share a sheet."""
        alike: dict[tuple[str, ...], list[tuple[Shape, Row]]] = {}
        for each in everyone:
            if each.metrics:
                alike.setdefault(each.metrics, []).append((each.value_lines, each.values))
        self._values = {metrics: self._values.get(metrics) or Exposition((False,) * len(metrics)) for metrics in alike}
        by_name: dict[str, list[bytes]] = {}
        for metrics, rows in alike.items():
            for metric, text in zip(metrics, _write(self._values[metrics], rows), strict=True):
                if text:
                    by_name.setdefault(target_lines.metric_of(metric)[0], []).append(text)
        texts: list[bytes] = []
        for name in sorted(by_name):
            texts += (device_family(name).header(is_openmetrics=is_openmetrics).encode(), *by_name[name])
        return texts


def _write(sheet: Exposition, rows: Sequence[tuple[Shape, Row]]) -> list[bytes]:
    return sheet.write([shape for shape, _ in rows], [row for _, row in rows])
