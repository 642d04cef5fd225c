"""The lines of one target's metrics with room for their numbers, and the numbers in the order of the lines.

Each part (standing, pings, agent, interfaces) is a row: for each family a template and what it is filled with, None
where nothing can be said: absent evidence, no series.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite

from monitor.export.metrics.exposition import Row, Shape
from monitor.export.metrics.families import ICMP_FAMILIES, SNMP_FAMILIES, STATE_FAMILIES, escape, labels, target_labels
from monitor.model.inventory import Contracted, Kind, Target
from monitor.model.probe_kinds import ICMP, SERVICES, SNMP
from monitor.model.state import RTT_BOUNDS_S, IcmpView, InterfaceView, ServiceView, SnmpView, State, TargetView
from monitor.rules import operations
from monitor.rules.evidence import load_ratios

STANDING_WIDE = (True, False, True, False, False, True, False, False, False, True)
"""Which columns of a standing are wide: info, states, affected and contacts."""
ICMP_WIDE = tuple(family.kind == "histogram" for family in ICMP_FAMILIES)
SNMP_WIDE = (False, False, False, True, False, False)
"""Of an agent's row: last reading, up, boot time, contract (wide), and the load of both directions."""
INTERFACE_WIDE = (*(False,) * 7, True, False, False)
"""Of an interface's row: six counters, up, info (wide), and both rates."""

_INTEGER = "%d"
_FLOAT = "%.15g"
"""15 digits are all that a double holds for sure (DBL_DIG); to find the shortest that reads back the same takes twice as long."""
_TEXT = "%b"


def _labels(*pairs: tuple[str, str]) -> str:
    """Return labels as text, for the % operator."""
    return labels(*pairs).replace("%", "%%")


class TargetLines:
    """One target's lines, written once for all scrapes: the shapes of its standing, its pings, its agent, and when it was heard."""

    __slots__ = ("_common", "_is_endpoint", "heard", "icmp", "snmp", "standing")

    def __init__(self, target: Target, *, has_contacts: bool, has_histogram: bool) -> None:
        self._common = target_labels(target).replace("%", "%%")
        self._is_endpoint = target.kind is Kind.ENDPOINT
        self.standing = self._standing(target, has_contacts=has_contacts)
        self.icmp = self._icmp(has_histogram=has_histogram)
        self.snmp = self._snmp(target.contracted)
        last = SNMP_FAMILIES[0].name
        self.heard = tuple(self._line(last, _FLOAT, _labels(("probe", probe))) for probe in SERVICES)

    def _line(self, name: str, number: str, own: str = "") -> bytes:
        return f"{name}{{{self._common}{',' if own else ''}{own}}} {number}\n".encode()

    def _standing(self, target: Target, *, has_contacts: bool) -> Shape:
        info, up, states, changed, cause, affected, flapping, maintenance, taken, contact = (
            family.name for family in STATE_FAMILIES
        )
        where, contacts = target.location, target.contacts if has_contacts else ()
        known = _labels(
            ("name", target.name),
            ("address", target.address),
            ("profile", target.profile),
            ("uplink", ",".join(target.parents)),
            ("latitude", repr(where.latitude) if where else ""),
            ("longitude", repr(where.longitude) if where else ""),
        )
        called = [
            _labels(("order", str(order)), ("role", each.role), ("telephone", each.telephone))
            for order, each in enumerate(contacts, start=1)
        ]
        return (
            self._line(info, "1", known),
            self._line(up, _INTEGER),
            b"".join(self._line(states, _INTEGER, _labels(("state", state.value))) for state in State),
            self._line(changed, _FLOAT),
            self._line(cause, "1", f'cause="{_TEXT}"'),
            b"".join(self._line(affected, _INTEGER, _labels(("affected", kind))) for kind in ("points", "endpoints")),
            self._line(flapping, _INTEGER),
            self._line(maintenance, _INTEGER),
            self._line(taken, _INTEGER),
            b"".join(self._line(contact, "1", own) for own in called),
        )

    def _icmp(self, *, has_histogram: bool) -> Shape:
        last, sent, received, histogram, *gauges = (family.name for family in ICMP_FAMILIES)
        bounds = [repr(bound) for bound in RTT_BOUNDS_S] + ["+Inf"]
        buckets = [self._line(f"{histogram}_bucket", _INTEGER, _labels(("le", bound))) for bound in bounds]
        whole = [*buckets, self._line(f"{histogram}_count", _INTEGER), self._line(f"{histogram}_sum", _FLOAT)]
        return (
            self._line(last, _FLOAT, _labels(("probe", ICMP.name))),
            self._line(sent, _INTEGER),
            self._line(received, _INTEGER),
            b"".join(whole) if has_histogram else b"",
            *(self._line(gauge, _FLOAT) for gauge in gauges),
        )

    def _snmp(self, contracted: Contracted | None) -> Shape:
        last, up, boot = (family.name for family in SNMP_FAMILIES[:3])
        speed, share = (family.name for family in SNMP_FAMILIES[13:])
        receive, transmit = (_labels(("direction", way)) for way in ("receive", "transmit"))
        speeds = ((receive, contracted.down_bps), (transmit, contracted.up_bps)) if contracted else ()
        return (
            self._line(last, _FLOAT, _labels(("probe", SNMP.name))),
            self._line(up, _INTEGER),
            self._line(boot, _FLOAT),
            b"".join(self._line(speed, _FLOAT % (bps / 8), way) for way, bps in speeds),
            self._line(share, _FLOAT, receive),
            self._line(share, _FLOAT, transmit),
        )

    def interface(self, name: str, alias: str, role: str) -> Shape:
        *totals, up, info, receive, transmit = (family.name for family in SNMP_FAMILIES[3:13])
        own = _labels(("interface", name))
        return (
            *(self._line(total, _INTEGER, own) for total in totals),
            self._line(up, _INTEGER, own),
            self._line(info, "1", _labels(("interface", name), ("alias", alias), ("role", role))),
            self._line(receive, _FLOAT, own),
            self._line(transmit, _FLOAT, own),
        )

    def values(self, metrics: tuple[str, ...], most: int) -> Shape:
        """Return the lines of what is read of a device, b'' for what has no name of its own and for all beyond the first `most`.

        What is said of an endpoint's conferences has room of its own.
        """
        room, parts = {True: CONFERENCE_MOST, False: most}, []
        for metric in metrics:
            has_own_room = self._is_endpoint and metric.startswith("conference_")
            parts.append(metric_of(metric) if room[has_own_room] > 0 else ("", ""))
            room[has_own_room] -= 1
        return tuple([self._line(name, _FLOAT, own.replace("%", "%%")) if name else b"" for name, own in parts])


CONFERENCE_MOST = 16
"""So many series of a target may speak of conferences; the probes and the shipped profiles have 10."""
_SERIES_OF_A_TARGET = 22
_SERIES_OF_AN_INTERFACE = 10
_SERIES_OF_A_CONTRACT = 4


def room_for_values(most: int, *, has_interface: bool, has_contract: bool) -> int:
    """Return how many of a profile's values fit into `most` series of a target.

    Always the same for the same target, whatever else it has to tell just now, so that no value comes and goes with it. Interfaces
    beside the circuit's own are asked for by a setting, and are not counted; neither are the histogram and conferences.
    """
    return most - _SERIES_OF_A_TARGET - _SERIES_OF_AN_INTERFACE * has_interface - _SERIES_OF_A_CONTRACT * has_contract


_METRIC = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?:\{(?P<labels>[^{}]*)\})?")
_OURS = frozenset(family.name for family in (*STATE_FAMILIES, *ICMP_FAMILIES, *SNMP_FAMILIES))
"""Names that are the monitor's own: a profile that used one would write its family twice and void the scrape."""


@lru_cache(maxsize=4096)
def metric_of(metric: str) -> tuple[str, str]:
    """Return name and labels of what a profile reads, such as conference_registered{protocol="sip"}.

    The name is '' where it is none, or one of ours.
    """
    parts = _METRIC.fullmatch(metric)
    return (parts["name"], parts["labels"] or "") if parts and parts["name"] not in _OURS else ("", "")


_ONE_OF = {state: tuple(int(each is state) for each in State) for state in State}


def standing_row(view: TargetView, cause: str | None, is_up: bool | None, affected: tuple[int, int] | None) -> Row:
    """Return what the state's metrics say of a target; nothing but what it is before the first judgement.

    cause: the root cause while it does not answer. is_up: None while that can't be said. affected: points and endpoints behind it
    where it is a root cause.
    """
    if view.state is None:
        return ((), None, None, None, None, None, None, None, None, ())
    named = None if cause is None else escape(cause).encode()
    has_owner = view.acknowledged is not None
    shown = has_owner if has_owner or operations.may_be_taken(view.state, flapping=view.flapping) else None
    return ((), is_up, _ONE_OF[view.state], view.since, named, affected, view.flapping, view.maintenance, shown, ())


def icmp_row(view: IcmpView, *, is_fresh: bool, has_histogram: bool) -> Row:
    """Return what ICMP's metrics say. Gauges of the last round only while fresh; counters and the time of it always."""
    sample, received = view.sample, view.received_total
    whole = (*view.rtt_buckets, received, received, view.rtt_sum_s) if has_histogram else ()
    if not is_fresh:
        return (view.at, view.sent_total, received, whole, None, None, None, None)
    return (view.at, view.sent_total, received, whole, sample.rtt_average_s, sample.loss_ratio, view.jitter_s, view.mos)


def snmp_row(view: SnmpView, contracted: Contracted | None, wan: InterfaceView | None, *, is_fresh: bool) -> Row:
    """Return what an agent's metrics say. wan: the interface that carries the circuit, where the agent answers."""
    if not is_fresh:
        return (view.at, None, None, (), None, None)
    receive, transmit = load_ratios(wan, contracted)
    return (view.at, view.up, view.boot_at if view.up else None, (), receive, transmit)


def heard_row(services: Mapping[str, ServiceView]) -> Row:
    return tuple([services[probe].at if probe in services else None for probe in SERVICES])


def interface_row(row: InterfaceView, *, is_fresh: bool) -> Row:
    """Return what an interface's metrics say: rates and state only while fresh."""
    return (
        row.receive_bytes_total,
        row.transmit_bytes_total,
        row.receive_errors_total,
        row.transmit_errors_total,
        row.receive_discards_total,
        row.transmit_discards_total,
        row.up if is_fresh else None,
        (),
        row.receive_bytes_per_second if is_fresh else None,
        row.transmit_bytes_per_second if is_fresh else None,
    )


def values_row(lines: Shape, values: Mapping[str, float]) -> Row:
    """Return what the profile reads, in the order of its lines; what is not finite is no evidence."""
    row = tuple(values.values())
    if all(map(isfinite, row)) and all(lines):
        return row
    return tuple([value if line and isfinite(value) else None for line, value in zip(lines, row, strict=True)])
