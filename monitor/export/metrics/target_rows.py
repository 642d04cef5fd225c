"""What is kept of one target from scrape to scrape: its lines, and the numbers of each part with what they were made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.export.metrics import target_lines
from monitor.export.metrics.exposition import Row, Shape
from monitor.model.probe_kinds import ICMP, SERVICES, SNMP
from monitor.model.settings import Settings
from monitor.model.state import IcmpView, InterfaceView, ServiceView, Snapshot, SnmpView, State, TargetView
from monitor.rules.conference import joined_series
from monitor.rules.evidence import answers, bound_s, is_current, wan_interface


class TargetRows:
    """One target's rows of the sheets. A part is put in order again where its view is another, or fresh no longer, or again.

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
        """Take what changed since the last scrape. affected: points and endpoints behind the target where it is a root cause."""
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
        told = self._told(services, snapshot.at) if services and is_sighted else ()
        is_same = self._services_of[0] is services and self._services_of[1] == told
        if not is_same:
            self._services_of = (services, told)
            self.heard = target_lines.heard_row(services) if services else None
        if not is_same or self._snmp_of[0] is not snmp or self._snmp_of[1] is not is_fresh:
            self._snmp_of = (snmp, is_fresh)
            self._take_agent(snmp, is_fresh=is_fresh)
            self._take_values(snmp.values if snmp is not None and snmp.up and is_fresh else {})

    def _told(self, services: Mapping[str, ServiceView], at: float) -> tuple[str, ...]:
        """Return the services whose word is fresh."""
        return tuple([probe for probe, view in services.items() if at - view.at <= self._bounds_s[probe]])

    def _take_agent(self, snmp: SnmpView | None, *, is_fresh: bool) -> None:
        is_up = snmp is not None and snmp.up
        chosen = self._chosen(snmp.interfaces) if snmp is not None and is_up else ()
        self.interface_shapes = [self._shape(interface) for interface in chosen]
        self.interface_rows = [target_lines.interface_row(interface, is_fresh=is_fresh) for interface in chosen]
        wan = wan_interface(snmp) if snmp is not None and is_up and is_fresh else None
        self.snmp = None if snmp is None else target_lines.snmp_row(snmp, self.target.contracted, wan, is_fresh=is_fresh)

    def _take_values(self, agent: Mapping[str, float]) -> None:
        """Take what the agent's profile read, together with what its services say."""
        services, told = self._services_of
        values = joined_series({probe: services[probe] for probe in told}, agent) if services and told else agent
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
