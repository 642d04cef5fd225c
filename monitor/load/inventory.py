"""sites.yaml and sites.d/*.yaml → Inventory: checked across all files and its uplinks for circles, what is inherited filled in."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from monitor.errors import Fault
from monitor.load.document import Node, paused_collector, read_file, yaml_files
from monitor.load.fields import ReadMapping
from monitor.load.probes import read_overrides
from monitor.load.sites import FILE, NO_CREDENTIAL
from monitor.load.suggest import Suggester
from monitor.model.inventory import (
    AddressMode,
    Area,
    Contracted,
    H323Access,
    Inventory,
    Kind,
    Network,
    ProbeOverride,
    SipAccess,
    Target,
    WebAccess,
)
from monitor.words.phrase import Phrase
from monitor.words.short_names import shortened


@dataclass(frozen=True, slots=True)
class Written:
    """A target as it is written: its entry, and the defaults that hold for it, the nearest first."""

    kind: Kind
    entry: ReadMapping
    defaults: tuple[ReadMapping, ...]

    def value(self, name: str) -> Any:
        """Return what it says, or the first of its defaults that does, or None."""
        return next((entry[name] for entry in (self.entry, *self.defaults) if entry.has(name)), None)

    def said(self, name: str) -> list[Any]:
        """Return what its defaults and it itself say of one thing, the nearest last."""
        return [entry[name] for entry in (*reversed(self.defaults), self.entry) if entry.has(name)]


@dataclass(slots=True)
class Sites:
    """Everything that the files say, before it is checked.

    targets: id → as written, points before endpoints, without those whose id is faulty. defaults: every file's. is_complete: False
    where a file could not be read, so that a name which is not here may well be there.
    """

    network: Network | None = None
    levels: tuple[str, ...] = ()
    areas: dict[str, ReadMapping] = field(default_factory=dict)
    targets: dict[str, Written] = field(default_factory=dict)
    defaults: list[ReadMapping] = field(default_factory=list)
    is_complete: bool = True

    def of_kind(self, kind: Kind) -> dict[str, Written]:
        return {name: written for name, written in self.targets.items() if written.kind is kind}


def load_inventory(
    folder: Path, faults: list[Fault], warnings: list[Fault], main: yaml.Node | None = None
) -> tuple[Inventory | None, Sites]:
    """Return the inventory of a configuration folder, None where it has faults, and what was written, for further checks.

    main: stands for sites.yaml where it is given, so that a change can be checked before it is written.
    """
    before = len(faults)
    with paused_collector():
        sites = read_sites(folder, faults, main)
        root = _check(sites, folder, faults, warnings)
        if root is None or sites.network is None or len(faults) > before:
            return None, sites
        return _inventory(sites, sites.network, root), sites


def read_sites(folder: Path, faults: list[Fault], main: yaml.Node | None = None) -> Sites:
    """Return everything that sites.yaml (or main in its place) and sites.d/*.yaml (in the order of their names) say."""
    sites = Sites()
    entries: list[ReadMapping] = []
    for path in (folder / "sites.yaml", *yaml_files(folder / "sites.d", faults)):
        is_given = main is not None and path.parent == folder
        entry = FILE.read(Node(main, str(path), "", faults)) if is_given and main is not None else read_file(path, FILE, faults)
        if entry is None:
            sites.is_complete = False
        else:
            entries.append(entry)
    for entry in entries:
        _gather_heads(sites, entry)
    first = _kinds(entries[0]) if entries else {}
    for kind, key in ((Kind.POINT, "points"), (Kind.ENDPOINT, "endpoints")):
        for entry in entries:
            own = _kinds(entry)
            defaults = tuple(each[kind] for each in ((own,) if entry is entries[0] else (own, first)) if kind in each)
            for item in entry[key] or ():
                _gather(sites.targets, item, Written(kind, item, defaults))
    return sites


def _kinds(entry: ReadMapping) -> dict[Kind, ReadMapping]:
    defaults: ReadMapping | None = entry["defaults"]
    return {} if defaults is None else {kind: defaults[kind] for kind in Kind if defaults[kind] is not None}


def _gather_heads(sites: Sites, entry: ReadMapping) -> None:
    """Take over what stands once (network, levels), the areas, and the defaults."""
    if entry.has("network"):
        if sites.network is not None:
            entry.refuse("network", "network_twice")
        sites.network = entry["network"]
    if entry.has("levels"):
        if sites.levels:
            entry.refuse("levels", "levels_twice")
        sites.levels = entry["levels"]
    for area in entry["areas"] or ():
        known = sites.areas.setdefault(area["id"], area) if area["id"] is not None else area
        if known is not area:
            _refuse_second("second_area", area, known)
    sites.defaults.extend(_kinds(entry).values())


def _gather(targets: dict[str, Written], item: ReadMapping, written: Written) -> None:
    name = item["id"]
    if name is None:
        return
    known = targets.setdefault(name, written).entry
    if known is not item:
        _refuse_second("second_target", item, known)


def _refuse_second(code: str, second: ReadMapping, first: ReadMapping) -> None:
    place = first.places["id"]
    second.refuse("id", code, Phrase("id_once"), id=second["id"], place=f"{place.file}:{place.line}")


def _check(sites: Sites, folder: Path, faults: list[Fault], warnings: list[Fault]) -> str | None:
    """Note what is wrong between the entries; return the root's id, None where it is not clear."""
    file = str(folder / "sites.yaml")
    if sites.is_complete:
        heads = {fault.path.split(".")[0].split("[")[0] for fault in faults}
        if sites.network is None and "network" not in heads:
            faults.append(Fault(file, 1, "network", "section_missing", Phrase("add_network")))
        if not sites.levels and "levels" not in heads:
            faults.append(Fault(file, 1, "levels", "section_missing", Phrase("add_levels")))
    _check_names(sites)
    _check_addresses(sites)
    _warn_of_rates(sites, warnings)
    points = {name: written.entry for name, written in sites.of_kind(Kind.POINT).items()}
    return check_hierarchy(points, file, faults)


def _check_names(sites: Sites) -> None:
    """Note areas, levels and points that are named but not there."""
    suggest = Suggester()
    points = sites.of_kind(Kind.POINT)
    for written in sites.targets.values():
        entry = written.entry
        if written.kind is Kind.ENDPOINT:
            if entry.has("point"):
                _check_points(entry, "point", sites, points, suggest)
            continue
        _check_points(entry, "uplink", sites, points, suggest)
        level, area = entry["level"], entry["area"]
        if level is not None and sites.levels and level not in sites.levels:
            entry.refuse("level", "no_level", suggest.cure(level, sites.levels), name=level)
        if area is not None and area not in sites.areas and sites.is_complete:
            entry.refuse("area", "no_area", suggest.cure(area, sites.areas, Phrase("add_to_areas")), name=area)


def _check_points(entry: ReadMapping, key: str, sites: Sites, points: Mapping[str, Written], suggest: Suggester) -> None:
    names = (entry[key],) if isinstance(entry[key], str) else entry[key]
    for name in names:
        if name in points:
            continue
        if name in sites.targets:
            entry.refuse(key, "is_endpoint", name=name)
        elif sites.is_complete:
            entry.refuse(key, "no_point", suggest.cure(name, points, Phrase("add_to_points")), name=name)


def _check_addresses(sites: Sites) -> None:
    """Note addresses that two targets have, that no device can have, and host names where only addresses serve."""
    first: dict[str, ReadMapping] = {}
    is_lab = sites.network is not None and sites.network.addresses is AddressMode.LAB
    for written in sites.targets.values():
        entry = written.entry
        if not entry.has("address"):
            continue
        address = entry["address"]
        known = first.setdefault(address, entry)
        if known is not entry:
            place = known.places["address"]
            entry.refuse("address", "address_twice", address=address, other=known["id"], place=f"{place.file}:{place.line}")
        _check_address(entry, address, is_lab=is_lab)


def _check_address(entry: ReadMapping, address: str, *, is_lab: bool) -> None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        if is_lab:
            entry.refuse("address", "address_name_in_lab", address=address)
        return
    if parsed.is_multicast or parsed.is_unspecified or str(parsed) == "255.255.255.255":
        entry.refuse("address", "address_of_no_device", address=address)


def _warn_of_rates(sites: Sites, warnings: list[Fault]) -> None:
    """Note endpoints whose call is faster than their point's circuit."""
    for written in sites.of_kind(Kind.ENDPOINT).values():
        point = sites.targets.get(written.entry["point"]) if written.entry.has("point") else None
        contracted = None if point is None else _contracted(point)
        rate = written.value("call_rate")
        if contracted is None or rate is None or rate <= min(contracted.down_bps, contracted.up_bps):
            continue
        node = written.entry.places.get("call_rate", written.entry.node)
        quoted = {"rate_bps": rate, "point": written.entry["point"]}
        warnings.append(Fault(node.file, node.line, f"{written.entry.node.path}.call_rate", "call_too_fast", values=quoted))


def _inventory(sites: Sites, network: Network, root: str) -> Inventory:
    areas = {name: _area(entry) for name, entry in sites.areas.items()}
    targets: dict[str, Target] = {}
    for name, written in sites.targets.items():
        targets[name] = _point(written) if written.kind is Kind.POINT else _endpoint(written, targets[written.entry["point"]])
    return Inventory(network, sites.levels, MappingProxyType(areas), MappingProxyType(targets), root)


def _area(entry: ReadMapping) -> Area:
    name = entry["name"]
    return Area(entry["id"], name, entry["code"], entry["short"] or shortened(name), entry["location"])


def _point(written: Written) -> Target:
    entry = written.entry
    return Target(
        kind=Kind.POINT,
        short=entry["short"] or shortened(entry["name"]),
        level=entry["level"],
        area=entry["area"],
        parents=entry["uplink"],
        location=entry["location"],
        contracted=_contracted(written),
        **_of_both_kinds(written),
    )


def _endpoint(written: Written, point: Target) -> Target:
    entry = written.entry
    return Target(
        kind=Kind.ENDPOINT,
        short=entry["short"] or point.short,
        level=point.level,
        area=point.area,
        parents=(point.id,),
        location=entry["location"] or point.location,
        call_rate_bps=written.value("call_rate"),
        sip=SipAccess(**_merged(written, "sip")),
        h323=H323Access(**_merged(written, "h323")),
        web=WebAccess(**_merged(written, "web")),
        **_of_both_kinds(written),
    )


def _of_both_kinds(written: Written) -> dict[str, Any]:
    """Return what both kinds have, by the names of Target."""
    entry = written.entry
    credential = written.value("credential")
    return {
        "id": entry["id"],
        "name": entry["name"],
        "address": entry["address"],
        "code": entry["code"],
        "tags": entry["tags"],
        "answers_from": entry["answers_from"],
        "credential": None if credential == NO_CREDENTIAL else credential,
        "profile": written.value("profile") or "default",
        "interfaces": written.value("interfaces") or "wan",
        "contacts": written.value("contacts") or (),
        "probes": _probes(written),
    } | {name: written.value(name) for name in ("expected", "wan_interface", "engine", "max_repetitions")}


def _merged(written: Written, name: str) -> dict[str, Any]:
    """Return what the target and its defaults say of one thing, key by key, the nearest first."""
    merged: dict[str, Any] = {}
    for each in written.said(name):
        merged.update(each)
    return merged


def _contracted(written: Written) -> Contracted | None:
    value = written.value("contracted")
    return Contracted(value, value) if isinstance(value, int) else value


def _probes(written: Written) -> Mapping[str, ProbeOverride]:
    """Return the overrides, those of the target over those of its defaults, key by key."""
    said = written.said("probes")
    return read_overrides(said) if said else _NO_PROBES


_NO_PROBES: Mapping[str, ProbeOverride] = MappingProxyType({})


def check_hierarchy(points: Mapping[str, ReadMapping], file: str, faults: list[Fault]) -> str | None:
    """Return the root: the only point without an uplink. Notes circles, named in full, and a root that lacks or is not alone.

    points: id → as it is written. file: where faults of the whole are reported.
    """
    if not points:
        if not any(fault.path not in ("network", "levels") for fault in faults):
            faults.append(Fault(file, 1, "points", "no_points"))
        return None
    circles = _circles({name: [up for up in entry["uplink"] or () if up in points] for name, entry in points.items()})
    for circle in circles:
        way = " → ".join((*circle, circle[0]))
        points[circle[0]].refuse("uplink", "uplink_circle", way=way)
    roots = [name for name, entry in points.items() if "uplink" not in entry.places]
    for name in roots[1:]:
        first = points[roots[0]].node
        points[name].refuse("uplink", "second_root", root=roots[0], place=f"{first.file}:{first.line}")
    if not roots and not circles:
        faults.append(Fault(file, 1, "points", "no_root"))
    return roots[0] if len(roots) == 1 and not circles else None


def _circles(uplinks: Mapping[str, list[str]]) -> list[list[str]]:
    """Return every circle that a walk up the uplinks closes, each once, without recursion: chains may be long."""
    done: set[str] = set()
    circles: list[list[str]] = []
    for start in uplinks:
        if start in done:
            continue
        way = [start]
        place = {start: 0}
        pending = [iter(uplinks[start])]
        while pending:
            above = next(pending[-1], None)
            if above is None:
                pending.pop()
                done.add(way[-1])
                del place[way.pop()]
            elif above in place:
                circles.append(way[place[above] :])
            elif above not in done:
                place[above] = len(way)
                way.append(above)
                pending.append(iter(uplinks[above]))
    return circles
