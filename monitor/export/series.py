"""The lines of one target's metrics, part by part: what it is, its state, its pings, its agent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isfinite, isnan
from typing import NamedTuple

from monitor.export.evidence import load, wan_interface
from monitor.export.families import ICMP_FAMILIES, SNMP_FAMILIES, STATE_FAMILIES, Family
from monitor.model.inventory import Target
from monitor.model.state import RTT_BOUNDS_S, IcmpView, InterfaceView, SnmpView, State


def escape(value: str) -> str:
    """Return a label's value as the text format writes it (backslash, quote, line feed)."""
    if "\\" in value or '"' in value or "\n" in value:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return value


def number(value: float) -> str:
    """Return a sample's value as both formats write it."""
    if isinstance(value, int):
        return str(int(value))
    if isfinite(value):
        return repr(value)
    return "NaN" if isnan(value) else "+Inf" if value > 0 else "-Inf"


def common_labels(target: Target) -> str:
    """Return the labels that every metric of a target begins with, without braces."""
    return f'target="{escape(target.id)}",kind="{target.kind.value}",level="{escape(target.level)}",area="{escape(target.area)}"'


class Standing(NamedTuple):
    """What the state's metrics say of a target.

    cause: the root cause while it does not answer. affected: points and endpoints behind it where it is a root cause. is_up: None
    while that can't be said.
    """

    state: State | None
    since: float
    cause: str | None
    affected: tuple[int, int] | None
    is_up: bool | None
    flapping: bool
    maintenance: bool


class Writer:
    """Writes one target's lines; the beginning of each line is rendered once for all scrapes.

    Each method returns one text a family, in the family tuples' order, '' where nothing can be said: absent evidence, no series.
    """

    __slots__ = ("_buckets", "_icmp", "_labels", "_snmp", "_state", "_target")

    def __init__(self, target: Target) -> None:
        self._target = target
        self._labels = common_labels(target)
        self._state = self._prefixes(STATE_FAMILIES)
        self._icmp = self._prefixes(ICMP_FAMILIES)
        self._snmp = self._prefixes(SNMP_FAMILIES)
        name = "wan_icmp_rtt_seconds"
        bounds = [number(bound) for bound in RTT_BOUNDS_S] + ["+Inf"]
        buckets = [f'{name}_bucket{{{self._labels},le="{bound}"}} ' for bound in bounds]
        self._buckets = (*buckets, f"{name}_count{{{self._labels}}} ", f"{name}_sum{{{self._labels}}} ")

    def _prefixes(self, families: Iterable[Family]) -> tuple[str, ...]:
        return tuple(f"{family.name}{{{self._labels}" for family in families)

    def info(self) -> str:
        """Return the wan_target_info line."""
        target = self._target
        location = target.location
        own = (
            ("name", target.name),
            ("address", target.address),
            ("profile", target.profile),
            ("uplink", ",".join(target.parents)),
            ("latitude", number(location.latitude) if location else ""),
            ("longitude", number(location.longitude) if location else ""),
        )
        labels = ",".join(f'{label}="{escape(value)}"' for label, value in own)
        return f"{self._state[0]},{labels}}} 1\n"

    def contacts(self) -> str:
        """Return the wan_target_contact_info lines, in the order in which the contacts are to be called."""
        prefix = self._state[8]
        return "".join(
            f'{prefix},order="{order}",role="{escape(contact.role)}",telephone="{escape(contact.telephone)}"}} 1\n'
            for order, contact in enumerate(self._target.contacts, start=1)
        )

    def state(self, standing: Standing) -> tuple[str, ...]:
        """Return the lines of wan_target_up to wan_target_maintenance; all '' before the first judgement."""
        if standing.state is None:
            return ("",) * 7
        _, up, states, changed, cause, behind, flapping, maintenance, _ = self._state
        affected = standing.affected
        return (
            "" if standing.is_up is None else f"{up}}} {int(standing.is_up)}\n",
            "".join([f'{states},state="{each.value}"}} {int(each is standing.state)}\n' for each in State]),
            f"{changed}}} {number(standing.since)}\n",
            "" if standing.cause is None else f'{cause},cause="{escape(standing.cause)}"}} 1\n',
            ""
            if affected is None
            else f'{behind},affected="points"}} {affected[0]}\n{behind},affected="endpoints"}} {affected[1]}\n',
            f"{flapping}}} {int(standing.flapping)}\n",
            f"{maintenance}}} {int(standing.maintenance)}\n",
        )

    def icmp(self, view: IcmpView, *, is_fresh: bool, has_histogram: bool) -> tuple[str, ...]:
        """Return the lines of ICMP_FAMILIES. Gauges of the last round only while fresh; counters and the time of it always."""
        last, sent, received, _, rtt, loss, jitter, mos = self._icmp
        sample = view.sample
        return (
            f'{last},probe="icmp"}} {number(view.at)}\n',
            f"{sent}}} {view.sent_total}\n",
            f"{received}}} {view.received_total}\n",
            self._histogram(view) if has_histogram else "",
            _gauge(rtt, sample.rtt_average_s if is_fresh else None),
            _gauge(loss, sample.loss_ratio if is_fresh else None),
            _gauge(jitter, view.jitter_s if is_fresh else None),
            _gauge(mos, view.mos if is_fresh else None),
        )

    def _histogram(self, view: IcmpView) -> str:
        values = (*map(str, view.rtt_buckets), str(view.received_total), str(view.received_total), number(view.rtt_sum_s))
        return "".join([f"{prefix}{value}\n" for prefix, value in zip(self._buckets, values, strict=True)])

    def snmp(self, view: SnmpView, *, is_fresh: bool) -> tuple[str, ...]:
        """Return the lines of SNMP_FAMILIES. Counters stay while the agent is silent; rates and states of interfaces do not."""
        last, up, boot = self._snmp[:3]
        is_alive = is_fresh and view.up
        rows = self._interfaces(view.interfaces) if view.up else ()
        return (
            "" if view.at is None else f'{last},probe="snmp"}} {number(view.at)}\n',
            f"{up}}} {int(view.up)}\n" if is_fresh else "",
            _gauge(boot, view.boot_at if is_alive else None),
            *self._counters(rows),
            *self._live(rows, is_alive=is_alive),
            *self._link(wan_interface(view) if is_alive else None),
        )

    def _interfaces(self, interfaces: Sequence[InterfaceView]) -> tuple[tuple[str, InterfaceView], ...]:
        """Return the exported interfaces with their label; a second one of the same name would make the whole scrape invalid."""
        chosen: dict[str, InterfaceView] = {}
        for interface in interfaces:
            if self._target.interfaces == "all" or interface.role == "wan":
                chosen.setdefault(interface.name, interface)
        return tuple((f',interface="{escape(name)}"', interface) for name, interface in chosen.items())

    def _counters(self, rows: Sequence[tuple[str, InterfaceView]]) -> tuple[str, ...]:
        totals: list[list[str]] = [[], [], [], [], [], []]
        for label, row in rows:
            values = (
                row.receive_bytes_total,
                row.transmit_bytes_total,
                row.receive_errors_total,
                row.transmit_errors_total,
                row.receive_discards_total,
                row.transmit_discards_total,
            )
            for lines, prefix, value in zip(totals, self._snmp[3:9], values, strict=True):
                if value is not None:
                    lines.append(f"{prefix}{label}}} {value}\n")
        return tuple("".join(lines) for lines in totals)

    def _live(self, rows: Sequence[tuple[str, InterfaceView]], *, is_alive: bool) -> tuple[str, str, str, str]:
        up, info, receive, transmit = self._snmp[9:13]
        described = "".join(f'{info}{label},alias="{escape(row.alias)}",role="{escape(row.role)}"}} 1\n' for label, row in rows)
        live = rows if is_alive else ()
        return (
            "".join(f"{up}{label}}} {int(row.up)}\n" for label, row in live if row.up is not None),
            described,
            "".join(_gauge(receive + label, row.receive_bytes_per_second) for label, row in live),
            "".join(_gauge(transmit + label, row.transmit_bytes_per_second) for label, row in live),
        )

    def _link(self, wan: InterfaceView | None) -> tuple[str, str]:
        contracted = self._target.contracted
        if contracted is None:
            return "", ""
        speed, share = self._snmp[13:15]
        carried = load(self._target, wan)
        return (
            f'{speed},direction="receive"}} {number(contracted.down_bps / 8)}\n'
            f'{speed},direction="transmit"}} {number(contracted.up_bps / 8)}\n',
            _gauge(f'{share},direction="receive"', carried.receive_ratio)
            + _gauge(f'{share},direction="transmit"', carried.transmit_ratio),
        )

    def values(self, view: SnmpView) -> tuple[tuple[str, str], ...]:
        """Return (metric name, line) for what the profile reads.

        A metric may carry labels of its own, as in conference_registered{protocol="sip"}.
        """
        found = []
        for metric, value in view.values.items():
            parts = _METRIC.fullmatch(metric)
            if parts is not None:
                own = f",{parts['labels']}" if parts["labels"] else ""
                found.append((parts["name"], f"{parts['name']}{{{self._labels}{own}}} {number(value)}\n"))
        return tuple(found)


_METRIC = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?:\{(?P<labels>[^{}]*)\})?")


def _gauge(prefix: str, value: float | None) -> str:
    return "" if value is None else f"{prefix}}} {number(value)}\n"
