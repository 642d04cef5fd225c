"""The inventory's files as one tree, as they are written: what an export gives away."""

from __future__ import annotations

from pathlib import Path

import yaml

from monitor.errors import Fault
from monitor.load.document import Node, parse_document, yaml_files
from monitor.load.exchange.yaml_tree import items_of, key_text, mapping, sequence, value_of
from monitor.load.probes import ACCESS

_LISTS = ("areas", "points", "endpoints")
_MERGED = ("probes", *(each.name for each in ACCESS))
_SECTION_OF_DEFAULTS = {"point": "points", "endpoint": "endpoints"}


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
