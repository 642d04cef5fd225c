"""Bringing rows into an inventory: what the rows speak of changes, everything else stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from monitor.errors import Fault
from monitor.load.exchange.rows import COLUMNS, SECTIONS, Rows
from monitor.load.exchange.yaml_tree import flow, items_of, key_text, mapping, scalar_under, sequence, value_of, with_mark

# The order in which keys are written: what a reader looks for first, then the others as their columns stand.
_FIRST = (
    "id",
    "name",
    "short",
    "level",
    "area",
    "point",
    "code",
    "address",
    "location",
    "uplink",
    "contracted",
    "profile",
    "credential",
)
_ORDER = {key: place for place, key in enumerate(dict.fromkeys((*_FIRST, *COLUMNS)))}
_TOP = ("network", "levels", "areas", "defaults", "points", "endpoints")


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import changes under one key. of: a target's id, 'area …', 'defaults of …', 'network' or 'levels'.

    key: '' where the whole is new or another. before, after: as sites.yaml would have it, '' for nothing.
    """

    of: str
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class InventoryUpdate:
    """What an import makes of an inventory. top: the new tree. differences: of all but new targets, none where top was None.

    The rest: ids of targets, each in one of them; kept: without a row.
    """

    top: yaml.MappingNode
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]
    differences: tuple[Difference, ...]


def update(top: yaml.Node | None, rows: Rows, faults: list[Fault], *, prune: bool = False) -> InventoryUpdate:
    """Return an inventory with the rows brought in. top: the tree before, None for none. prune: targets without a row go.

    What a row does not speak of is kept (see Rows.given); an empty cell removes its attribute. Known targets keep their
    place, new ones follow in the file's order. Rows without an id, and codes that a spreadsheet has shortened, are noted.
    """
    old, top = top, mapping({}) if top is None else top
    parts: dict[str, yaml.Node] = {}
    network = rows.nodes["network"][-1] if rows.nodes["network"] else None
    before = value_of(top, "network")
    if network is not None:
        parts["network"] = network if before is None else _merged(before, network, rows.given("network", network))
    elif before is not None:
        parts["network"] = before
    levels = sequence(value for row in rows.nodes["level"] if (value := value_of(row, "id")) is not None)
    parts["levels"] = levels if levels.value else value_of(top, "levels") or levels
    tally: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": [], "kept": []}
    for kind, section in SECTIONS.items():
        items = _section(items_of(top, section), rows, kind, tally, faults)
        parts[section] = sequence(
            item for item in items if not (prune and kind != "area" and scalar_under(item, "id") in tally["kept"])
        )
    defaults = _defaults(value_of(top, "defaults"), rows, faults)
    if defaults.value:
        parts["defaults"] = defaults
    _refuse_repeated(rows, faults)
    new = mapping({key: parts[key] for key in _TOP if key in parts and parts[key].value})
    differences = () if old is None else tuple(_differences(old, new))
    return InventoryUpdate(new, **{name: tuple(ids) for name, ids in tally.items()}, differences=differences)


def _differences(old: yaml.Node, new: yaml.Node) -> Iterator[Difference]:
    """Yield what differs, in the order of the file; targets that only one of them has are left to the lists of ids."""
    yield from _between("network", value_of(old, "network"), value_of(new, "network"))
    levels = [_shown(value_of(top, "levels")) for top in (old, new)]
    if levels[0] != levels[1]:
        yield Difference("levels", "", *levels)
    known = {scalar_under(item, "id"): item for item in items_of(old, "areas")}
    for area in items_of(new, "areas"):
        name = scalar_under(area, "id")
        if name in known:
            yield from _between(f"area {name}", known[name], area)
        else:
            yield Difference(f"area {name}", "", "", _shown(value_of(area, "name")))
    defaults = [value_of(top, "defaults") or mapping({}) for top in (old, new)]
    for kind in ("point", "endpoint"):
        yield from _between(f"defaults of {kind}", value_of(defaults[0], kind), value_of(defaults[1], kind))
    for section in ("points", "endpoints"):
        known = {scalar_under(item, "id"): item for item in items_of(old, section)}
        for item in items_of(new, section):
            if (name := scalar_under(item, "id")) in known:
                yield from _between(name or "", known[name], item)


def _between(of: str, before: yaml.Node | None, after: yaml.Node | None) -> Iterator[Difference]:
    old, new = (_texts(item) if isinstance(item, yaml.MappingNode) else {} for item in (before, after))
    for key in sorted(old.keys() | new.keys(), key=lambda key: _ORDER.get(key, len(_ORDER))):
        if old.get(key) != new.get(key):
            yield Difference(of, key, *(_shown(None if item is None else value_of(item, key)) for item in (before, after)))


def _shown(node: yaml.Node | None) -> str:
    """Return a value as sites.yaml would have it, one item written as a list without its brackets; '' for none."""
    if node is None:
        return ""
    if isinstance(node, yaml.SequenceNode) and len(node.value) == 1 and isinstance(node.value[0], yaml.ScalarNode):
        return flow(node.value[0])
    return flow(node)


def _section(items: list[yaml.Node], rows: Rows, kind: str, tally: dict[str, list[str]], faults: list[Fault]) -> list[yaml.Node]:
    new = {scalar_under(row, "id"): row for row in rows.nodes[kind] if scalar_under(row, "id")}
    result: list[yaml.Node] = []
    for item in items:
        name = scalar_under(item, "id") or ""
        row = new.pop(name, None)
        merged = item if row is None else _merged(item, row, rows.given(kind, row))
        result.append(merged)
        if row is not None:
            _refuse_shortened_code(item, row, faults)
        if kind != "area":
            state = "kept" if row is None else "unchanged" if _texts(item) == _texts(merged) else "changed"
            tally[state].append(name)
    if kind != "area":
        tally["added"].extend(str(name) for name in new)
    return result + [_ordered(row) for row in rows.nodes[kind] if not scalar_under(row, "id") or scalar_under(row, "id") in new]


def _merged(item: yaml.Node, row: yaml.Node, given: set[str]) -> yaml.Node:
    """Return an item with what its row says; every node stands at the row, for faults to name it."""
    kept = [(key, value) for key, value in item.value if key_text(key) not in given]
    return _ordered(with_mark(yaml.MappingNode(row.tag, [*kept, *row.value]), row.start_mark))


def _ordered(item: yaml.Node) -> yaml.Node:
    pairs = sorted(item.value, key=lambda pair: _ORDER.get(key_text(pair[0]), len(_ORDER)))
    return yaml.MappingNode(item.tag, pairs, item.start_mark, item.end_mark, True)


def _texts(item: yaml.Node) -> dict[str, str]:
    return {key_text(key): _bare(value) for key, value in item.value}


def _bare(node: yaml.Node) -> str:
    """Return a tree's text without regard to quotation marks and to one item written as a list."""
    if isinstance(node, yaml.SequenceNode) and len(node.value) == 1 and isinstance(node.value[0], yaml.ScalarNode):
        return _bare(node.value[0])
    return str(node.value) if isinstance(node, yaml.ScalarNode) else flow(node)


def _defaults(before: yaml.Node | None, rows: Rows, faults: list[Fault]) -> yaml.MappingNode:
    """Return the defaults of both kinds, a kind with a row taking what the row says."""
    kinds: dict[str, yaml.Node] = {} if before is None else {key_text(key): value for key, value in before.value}
    for row in rows.nodes["defaults"]:
        kind = scalar_under(row, "id") or ""
        if kind not in ("point", "endpoint"):
            _refuse(row, "id", faults, "no_defaults", kind=kind)
            continue
        said = yaml.MappingNode(row.tag, [pair for pair in row.value if key_text(pair[0]) != "id"], row.start_mark)
        given = rows.given("defaults", row) - {"id"}
        kinds[kind] = _merged(kinds[kind], said, given) if kind in kinds else _ordered(said)
    return mapping(kinds)


def _refuse_repeated(rows: Rows, faults: list[Fault]) -> None:
    """Note a second row of the same id: in an update both would change one target, and the last would win in silence."""
    first: dict[str, yaml.Node] = {}
    for row in rows.nodes["network"][1:]:
        _refuse(row, "kind", faults, "network_row_twice")
    for kind in ("area", "defaults", "point", "endpoint"):
        for row in rows.nodes[kind]:
            name = scalar_under(row, "id")
            key = f"{kind} {name}" if kind in ("area", "defaults") else f"target {name}"
            known = first.setdefault(key, row)
            if name and known is not row:
                _refuse(row, "id", faults, "row_twice", id=name, place=_place(known, row))


def _place(row: yaml.Node, seen_from: yaml.Node) -> str:
    """Return where a row stands, without its file where that is the other's too."""
    file, number = row.start_mark.name, row.start_mark.line + 1
    if not number:
        return str(file)
    return str(number) if file == seen_from.start_mark.name else f"{file}:{number}"


def _refuse_shortened_code(item: yaml.Node, row: yaml.Node, faults: list[Fault]) -> None:
    before, now = scalar_under(item, "code") or "", scalar_under(row, "code") or ""
    if now and now != before and now == before.lstrip("0"):
        _refuse(row, "code", faults, "code_shortened", before=before)


def _refuse(row: yaml.Node, column: str, faults: list[Fault], code: str, /, **values: object) -> None:
    faults.append(Fault(row.start_mark.name, row.start_mark.line + 1, column, code, values=values))
