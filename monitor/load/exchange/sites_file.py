"""sites.yaml as a tree, with what sites.d/ adds, and as text: one line a target, in flow style, with the comments that it had."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from monitor.errors import Fault
from monitor.load.document import Node, parse_document, yaml_files
from monitor.load.exchange.yaml_tree import flow, items_of, key_text, mapping, scalar_under, sequence, value_of
from monitor.load.probes import ACCESS

_MERGED = ("probes", *(each.name for each in ACCESS))
_SECTION_OF_DEFAULTS = {"point": "points", "endpoint": "endpoints"}

HEAD = (
    "# yaml-language-server: $schema=schema/sites.schema.json",
    "# The inventory: what is watched. docs/inventory.md says where it comes from, docs/configuration.md what every key means.",
    "# `monitor sites import FILE.csv` brings real addresses in; `monitor check` says everything that is wrong.",
)
_LISTS = ("areas", "points", "endpoints")
_TRAILING = re.compile(r"[\s,\]}]*\s(#.*)")

Place = tuple[str, str]


class Comments:
    """The comments of a file, by the section (key, '') or item (key, id) that they stand above; tail: those below the last."""

    def __init__(self, text: str, top: yaml.Node | None) -> None:
        self.above: dict[Place, list[str]] = {}
        self.tail: list[str] = []
        if top is None:
            self.above["network", ""] = list(HEAD)
            return
        generated = {f"# {scalar_under(area, 'name')}" for area in items_of(top, "areas")}
        places = list(_places(top))
        starts = [line for line, _ in places]
        lines = text.splitlines()
        for number, line in enumerate(lines):
            if line.lstrip().startswith("#") and line.strip() not in generated:
                self._put(line.strip(), places, bisect.bisect_right(starts, number))
        for node in _scalars(top):
            end = node.end_mark
            found = _TRAILING.fullmatch(lines[end.line][end.column :]) if end is not None and end.line < len(lines) else None
            if found:
                self._put(found[1], places, bisect.bisect_right(starts, node.start_mark.line) - 1)

    def _put(self, comment: str, places: list[tuple[int, Place]], index: int) -> None:
        if index < len(places):
            self.above.setdefault(places[max(index, 0)][1], []).append(comment)
        else:
            self.tail.append(comment)


def _places(top: yaml.Node) -> Iterator[tuple[int, Place]]:
    for key, value in top.value:
        yield key.start_mark.line, (key_text(key), "")
        if isinstance(value, yaml.SequenceNode):
            for item in value.value:
                if isinstance(item, yaml.MappingNode):
                    yield item.start_mark.line, (key_text(key), scalar_under(item, "id") or "?")


def _scalars(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.ScalarNode):
        yield node
        return
    for child in node.value:
        for each in child if isinstance(child, tuple) else (child,):
            yield from _scalars(each)


def sites_text(top: yaml.Node, comments: Comments) -> str:
    """Return an inventory's tree as the text of sites.yaml; targets of one area stand together under the area's name."""
    names = {scalar_under(area, "id"): scalar_under(area, "name") for area in items_of(top, "areas")}
    areas = {scalar_under(point, "id"): scalar_under(point, "area") for point in items_of(top, "points")}
    lines: list[str] = []
    for key, value in top.value:
        section = key_text(key)
        lines += [""] if lines else []
        lines += comments.above.get((section, ""), ())
        if section not in _LISTS:
            lines += _section(section, value)
            continue
        lines.append(f"{section}:")
        before = None
        for item in value.value:
            area = None if section == "areas" else scalar_under(item, "area") or areas.get(scalar_under(item, "point"))
            if area != before:
                lines.append(f"  # {names.get(area, area)}")
                before = area
            lines += [f"  {line}" for line in comments.above.get((section, scalar_under(item, "id") or "?"), ())]
            lines.append(f"  - {flow(item)}")
    return "\n".join([*lines, *comments.tail]) + "\n"


def _section(key: str, value: yaml.Node) -> list[str]:
    if isinstance(value, yaml.MappingNode):
        return [f"{key}:", *(f"  {key_text(name)}: {flow(part)}" for name, part in value.value)]
    return [f"{key}: {flow(value)}"]


def read_tree(path: Path, faults: list[Fault]) -> tuple[Node | None, str]:
    """Return a file's tree and its text; None where it is no YAML (noted). Raises OSError."""
    content = path.read_bytes()
    return parse_document(content, str(path), faults), content.decode("utf-8-sig", errors="replace")


def merged_tree(folder: Path, faults: list[Fault]) -> yaml.Node:
    """Return sites.yaml with what sites.d/*.yaml add; defaults of those files are written into their targets."""
    parts: dict[str, yaml.Node] = {}
    lists: dict[str, list[yaml.Node]] = {key: [] for key in _LISTS}
    for path in (folder / "sites.yaml", *yaml_files(folder / "sites.d", faults)):
        node, _ = read_tree(path, faults)
        if node is None:
            continue
        top = node.yaml
        is_main = path.parent == folder
        for key in ("network", "levels") + (("defaults",) if is_main else ()):
            value = value_of(top, key)
            if value is not None:
                parts[key] = value
        own = None if is_main else value_of(top, "defaults")
        for key in _LISTS:
            lists[key].extend(_with_defaults(item, own, key) for item in items_of(top, key))
    order = ("network", "levels", "areas", "defaults", "points", "endpoints")
    whole = parts | {key: sequence(items) for key, items in lists.items()}
    return mapping({key: whole[key] for key in order if key in whole})


def _with_defaults(item: yaml.Node, defaults: yaml.Node | None, section: str) -> yaml.Node:
    """Return a target with what its file's defaults add to it; what is in _MERGED is added key by key."""
    kind = next((kind for kind, each in _SECTION_OF_DEFAULTS.items() if each == section), "")
    said = None if defaults is None else value_of(defaults, kind)
    return item if said is None else _under(item, said, depth=3)


def _under(upper: yaml.Node, lower: yaml.Node, depth: int) -> yaml.Node:
    """Return a mapping with the keys of another that it lacks; likewise within what is merged key by key."""
    if not isinstance(upper, yaml.MappingNode) or not isinstance(lower, yaml.MappingNode) or depth == 0:
        return upper
    pairs = {key_text(key): value for key, value in upper.value}
    for key, value in lower.value:
        name = key_text(key)
        if name not in pairs:
            pairs[name] = value
        elif depth < 3 or name in _MERGED:
            pairs[name] = _under(pairs[name], value, depth - 1)
    return mapping(pairs)
