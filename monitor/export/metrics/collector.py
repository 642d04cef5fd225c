"""Snapshot → Prometheus text: families are built from the snapshot at each scrape, so nothing of a removed target lingers.

A general client renders a sample in 4 to 8 µs. Here the lines of a target are written once, with room for their numbers; the
numbers of each of its parts (standing, pings, agent, interfaces) are put in order when that part changed; and expositions write
each family for all targets at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from monitor.export.metrics import target_lines
from monitor.export.metrics.exposition import Exposition, Row, Shape
from monitor.export.metrics.families import ICMP_FAMILIES, SNMP_FAMILIES, STATE_FAMILIES, Family, device_family
from monitor.model.probe_kinds import ICMP, SERVICES, SNMP
from monitor.model.settings import Settings
from monitor.model.state import IcmpView, InterfaceView, ServiceView, Snapshot, SnmpView, State, TargetView
from monitor.rules.conference import joined_series
from monitor.rules.evidence import answers, bound_s, is_current, wan_interface

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
        families = zip(_HEADERS[is_openmetrics], self._write(everyone), strict=True)
        texts = [part for header, text in families if text for part in (header, text)]
        return texts + self._write_values(everyone, is_openmetrics=is_openmetrics)

    def _write(self, everyone: Sequence[TargetRows]) -> Sequence[bytes]:
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
        """Return header and lines of each metric that profiles read, by name; devices that offer the same share an exposition."""
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


def _write(exposition: Exposition, rows: Sequence[tuple[Shape, Row]]) -> list[bytes]:
    return exposition.write([shape for shape, _ in rows], [row for _, row in rows])


class TargetRows:
    """One target's rows, kept from scrape to scrape.

    A part is put in order again where its view is another, or fresh no longer, or again.

    icmp, snmp, heard (the services): None where nothing is known. interface_*: of each exported interface. metrics: what
    the profile and the probes of services read, with shape (value_lines) and row (values).
    """

    __slots__ = (
        "_bounds_s",
        "_has_histogram",
        "_has_interface",
        "_icmp_of",
        "_icmp_s",
        "_most_series",
        "_services_of",
        "_shapes",
        "_snmp_of",
        "_snmp_s",
        "_standing_of",
        "heard",
        "icmp",
        "interface_rows",
        "interface_shapes",
        "lines",
        "metrics",
        "snmp",
        "standing",
        "target",
        "value_lines",
        "values",
    )

    def __init__(self, view: TargetView, settings: Settings) -> None:
        export = settings.export
        self.target = view.target
        self.lines = target_lines.TargetLines(view.target, has_contacts=export.contacts, has_histogram=export.histogram)
        self.standing: Row = ()
        self.icmp: Row | None = None
        self.snmp: Row | None = None
        self.heard: Row | None = None
        self.interface_shapes: list[Shape] = []
        self.interface_rows: list[Row] = []
        self.metrics: tuple[str, ...] = ()
        self.value_lines: Shape = ()
        self.values: Row = ()
        self._has_histogram = export.histogram
        self._has_interface = False
        self._most_series = export.series
        self._icmp_s, self._snmp_s = (bound_s(view.target, probe, settings) for probe in (ICMP.name, SNMP.name))
        self._bounds_s = {probe: bound_s(view.target, probe, settings) for probe in SERVICES}
        self._standing_of: tuple[object, ...] = ()
        self._icmp_of: tuple[IcmpView | None, bool] = (None, False)
        self._snmp_of: tuple[SnmpView | None, bool] = (None, False)
        self._services_of: tuple[Mapping[str, ServiceView] | None, tuple[str, ...]] = (None, ())
        self._shapes: dict[str, tuple[str, str, Shape]] = {}

    def refresh(self, view: TargetView, snapshot: Snapshot, affected: tuple[int, int] | None) -> None:
        """Put in order what changed since the last scrape. affected: points and endpoints behind it where it is a root cause."""
        is_sighted = snapshot.blind is None
        is_up = answers(view) if is_sighted else None
        standing = (
            view.state,
            view.since,
            view.cause,
            is_up,
            affected,
            view.flapping,
            view.maintenance,
            view.acknowledged is not None,
        )
        if standing != self._standing_of:
            self._standing_of = standing
            self.standing = target_lines.standing_row(view, _cause_of(view), is_up, affected)
        icmp, snmp = view.icmp, view.snmp
        is_fresh = icmp is not None and is_sighted and snapshot.at - icmp.at <= self._icmp_s
        if self._icmp_of[0] is not icmp or self._icmp_of[1] is not is_fresh:
            self._icmp_of = (icmp, is_fresh)
            self.icmp = None if icmp is None else target_lines.icmp_row(icmp, is_fresh=is_fresh, has_histogram=self._has_histogram)
        is_fresh = snmp is not None and is_sighted and is_current(snmp, snapshot.at, self._snmp_s)
        services = view.services
        fresh = self._fresh(services, snapshot.at) if services and is_sighted else ()
        is_same = self._services_of[0] is services and self._services_of[1] == fresh
        if not is_same:
            self._services_of = (services, fresh)
            self.heard = target_lines.heard_row(services) if services else None
        if not is_same or self._snmp_of[0] is not snmp or self._snmp_of[1] is not is_fresh:
            self._snmp_of = (snmp, is_fresh)
            self._refresh_agent(snmp, is_fresh=is_fresh)
            self._refresh_values(snmp.values if snmp is not None and snmp.up and is_fresh else {})

    def _fresh(self, services: Mapping[str, ServiceView], at: float) -> tuple[str, ...]:
        """Return the services whose word is fresh."""
        return tuple([probe for probe, view in services.items() if at - view.at <= self._bounds_s[probe]])

    def _refresh_agent(self, snmp: SnmpView | None, *, is_fresh: bool) -> None:
        is_up = snmp is not None and snmp.up
        chosen = self._chosen(snmp.interfaces) if snmp is not None and is_up else ()
        self.interface_shapes = [self._shape(interface) for interface in chosen]
        self.interface_rows = [target_lines.interface_row(interface, is_fresh=is_fresh) for interface in chosen]
        wan = wan_interface(snmp) if snmp is not None and is_up and is_fresh else None
        self.snmp = None if snmp is None else target_lines.snmp_row(snmp, self.target.contracted, wan, is_fresh=is_fresh)

    def _refresh_values(self, agent: Mapping[str, float]) -> None:
        """Join what the agent's profile read with what the services of the target say."""
        services, fresh = self._services_of
        values = joined_series({probe: services[probe] for probe in fresh}, agent) if services and fresh else agent
        metrics, has_interface = tuple(values), bool(self.interface_rows)
        if metrics != self.metrics or has_interface is not self._has_interface:
            self.metrics, self._has_interface = metrics, has_interface
            has_contract = self.target.contracted is not None
            most = target_lines.room_for_values(self._most_series, has_interface=has_interface, has_contract=has_contract)
            self.value_lines = self.lines.values(metrics, most)
        self.values = target_lines.values_row(self.value_lines, values) if metrics else ()

    def _chosen(self, interfaces: Sequence[InterfaceView]) -> Sequence[InterfaceView]:
        """Return the exported interfaces; a second one of the same name would make the whole scrape invalid."""
        shows_all = self.target.interfaces == "all"
        chosen = [interface for interface in interfaces if shows_all or interface.role == "wan"]
        return chosen if len(chosen) < 2 else tuple({interface.name: interface for interface in reversed(chosen)}.values())[::-1]

    def _shape(self, interface: InterfaceView) -> Shape:
        """Return an interface's lines, the same object while its labels are the same."""
        alias, role = interface.alias, interface.role
        known = self._shapes.get(interface.name)
        if known is None or known[0] != alias or known[1] != role:
            known = self._shapes[interface.name] = (alias, role, self.lines.interface(interface.name, alias, role))
        return known[2]


def _cause_of(view: TargetView) -> str | None:
    """Return the root cause of a target that does not answer: itself while it is down."""
    if view.state is State.DOWN:
        return view.cause or view.target.id
    return view.cause if view.state is State.UNREACHABLE else None
