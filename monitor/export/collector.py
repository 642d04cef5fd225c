"""Snapshot → Prometheus text: families are built from the snapshot at each scrape, so nothing of a removed target lingers.

A general client renders a sample in 4 to 8 µs. Here the beginning of each line is rendered once, and the text of each part of a
target (state, ICMP, SNMP) is kept for as long as the part itself: the views are frozen, so identity tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from monitor.export.evidence import answers, gather
from monitor.export.families import ICMP_FAMILIES, SNMP_FAMILIES, STATE_FAMILIES, Family, device_family
from monitor.export.series import Standing, Writer
from monitor.model.inventory import Target
from monitor.model.settings import Settings
from monitor.model.state import IcmpView, RootCause, Snapshot, SnmpView, State, TargetView

_FAMILIES: tuple[Family, ...] = (*STATE_FAMILIES, *ICMP_FAMILIES, *SNMP_FAMILIES[1:])
_NO_STATE = ("",) * (len(STATE_FAMILIES) - 2)
_NO_ICMP = ("",) * len(ICMP_FAMILIES)
_NO_SNMP = ("",) * len(SNMP_FAMILIES)
_HEADERS = {
    is_openmetrics: tuple(family.header(is_openmetrics=is_openmetrics) for family in _FAMILIES) for is_openmetrics in (False, True)
}


class _Kept:
    """One target's texts, each with what it was rendered from."""

    __slots__ = ("contacts", "icmp", "icmp_of", "info", "snmp", "snmp_of", "state", "state_of", "target", "values", "writer")

    def __init__(self, target: Target, *, has_contacts: bool) -> None:
        self.target = target
        self.writer = Writer(target)
        self.info = self.writer.info()
        self.contacts = self.writer.contacts() if has_contacts else ""
        self.state_of: Standing | None = None
        self.state = _NO_STATE
        self.icmp_of: tuple[IcmpView | None, bool] = (None, False)
        self.icmp = _NO_ICMP
        self.snmp_of: tuple[SnmpView | None, bool] = (None, False)
        self.snmp = _NO_SNMP
        self.values: tuple[tuple[str, str], ...] = ()


class Collector:
    """Renders snapshots; keeps the texts of what did not change since the last scrape."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[str, _Kept] = {}

    def render(self, snapshot: Snapshot, *, is_openmetrics: bool = False) -> str:
        """Return the metrics of every target of a snapshot, without the closing # EOF."""
        causes = {cause.target: cause for cause in snapshot.root_causes}
        kept = {id_: self._refresh(id_, view, snapshot, causes.get(id_)) for id_, view in snapshot.views.items()}
        self._kept = kept
        rows = [
            (each.info, *each.state, each.contacts, each.icmp[0] + each.snmp[0], *each.icmp[1:], *each.snmp[1:])
            for each in kept.values()
        ]
        texts: list[str] = []
        for header, column in zip(_HEADERS[is_openmetrics], zip(*rows, strict=True), strict=False):
            lines = "".join(column)
            if lines:
                texts += (header, lines)
        return "".join(chain(texts, _device_texts(kept, is_openmetrics=is_openmetrics)))

    def _refresh(self, id_: str, view: TargetView, snapshot: Snapshot, cause: RootCause | None) -> _Kept:
        kept = self._kept.get(id_)
        if kept is None or kept.target is not view.target:
            kept = _Kept(view.target, has_contacts=self._settings.export.contacts)
        _refresh_state(kept, view, snapshot, cause)
        fresh = gather(view, snapshot, self._settings)
        self._refresh_icmp(kept, view.icmp, is_fresh=fresh.icmp is not None)
        _refresh_snmp(kept, view.snmp, is_fresh=fresh.snmp is not None)
        return kept

    def _refresh_icmp(self, kept: _Kept, icmp: IcmpView | None, *, is_fresh: bool) -> None:
        if kept.icmp_of[0] is icmp and kept.icmp_of[1] is is_fresh:
            return
        has_histogram = self._settings.export.histogram
        kept.icmp_of = (icmp, is_fresh)
        kept.icmp = _NO_ICMP if icmp is None else kept.writer.icmp(icmp, is_fresh=is_fresh, has_histogram=has_histogram)


def _refresh_state(kept: _Kept, view: TargetView, snapshot: Snapshot, cause: RootCause | None) -> None:
    standing = Standing(
        view.state,
        view.since,
        _cause_of(view),
        (cause.points, cause.endpoints) if cause else None,
        None if snapshot.blind else answers(view),
        view.flapping,
        view.maintenance,
    )
    if standing != kept.state_of:
        kept.state_of = standing
        kept.state = kept.writer.state(standing)


def _cause_of(view: TargetView) -> str | None:
    """Return the root cause of a target that does not answer: itself while it is down."""
    if view.state is State.DOWN:
        return view.cause or view.target.id
    return view.cause if view.state is State.UNREACHABLE else None


def _refresh_snmp(kept: _Kept, snmp: SnmpView | None, *, is_fresh: bool) -> None:
    if kept.snmp_of[0] is snmp and kept.snmp_of[1] is is_fresh:
        return
    kept.snmp_of = (snmp, is_fresh)
    kept.snmp = _NO_SNMP if snmp is None else kept.writer.snmp(snmp, is_fresh=is_fresh)
    kept.values = kept.writer.values(snmp) if snmp is not None and snmp.up and is_fresh else ()


def _device_texts(kept: Mapping[str, _Kept], *, is_openmetrics: bool) -> list[str]:
    """Return header and lines of each metric that profiles read, by name."""
    by_name: dict[str, list[str]] = {}
    for each in kept.values():
        for name, line in each.values:
            by_name.setdefault(name, []).append(line)
    texts: list[str] = []
    for name in sorted(by_name.keys() - _RESERVED):
        texts += (device_family(name).header(is_openmetrics=is_openmetrics), *by_name[name])
    return texts


_RESERVED = frozenset(family.name for family in _FAMILIES)
"""Names that are the monitor's own: a profile that used one would write its family twice and void the scrape."""
