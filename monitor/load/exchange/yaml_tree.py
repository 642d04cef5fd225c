"""YAML trees made and written by us: small builders, and the flow style of sites.yaml with quotation marks only where needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import yaml

STR, SEQ, MAP = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))

# What no YAML parser can take for anything but a text, within [ ] and { } too.
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()&+;-])*(?<! )|[0-9][\w./+-]*")
# What some YAML parser or editor takes for a number, a date, a time, true, false or nothing.
_AMBIGUOUS = re.compile(
    r"[-+.]?[0-9][0-9_,.:eE+xXoOa-fA-F-]*(?:[tT ][0-9:.]*)?[zZ]?|y|n|yes|no|on|off|true|false|null|\.inf|\.nan", re.IGNORECASE
)


def scalar(text: str, *, is_text: bool = False) -> yaml.ScalarNode:
    """Return a scalar. is_text: a text that must not look like a number or a truth value."""
    style = '"' if is_text and _AMBIGUOUS.fullmatch(text) else None
    return yaml.ScalarNode(STR, text, None, None, style)


def sequence(items: Iterable[yaml.Node]) -> yaml.SequenceNode:
    return yaml.SequenceNode(SEQ, list(items), None, None, True)


def mapping(values: Mapping[str, yaml.Node]) -> yaml.MappingNode:
    return yaml.MappingNode(MAP, [(scalar(key), value) for key, value in values.items()], None, None, True)


def key_text(node: yaml.Node) -> str:
    return str(node.value)


def value_of(node: yaml.Node, key: str) -> yaml.Node | None:
    """Return what a mapping has under a key, None where it has nothing."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key and isinstance(value, yaml.Node):
                return value
    return None


def items_of(node: yaml.Node, key: str) -> list[yaml.Node]:
    """Return the items of the list that a mapping has under a key, none where it has no list there."""
    value = value_of(node, key)
    return list(value.value) if isinstance(value, yaml.SequenceNode) else []


def scalar_under(node: yaml.Node, key: str) -> str | None:
    """Return the scalar that a mapping has under a key, None where it has none."""
    value = value_of(node, key)
    return value.value if isinstance(value, yaml.ScalarNode) else None


def with_mark(node: yaml.Node, mark: yaml.Mark | None) -> yaml.Node:
    """Return a copy of a tree, every node of which stands at a mark."""
    if isinstance(node, yaml.ScalarNode):
        return yaml.ScalarNode(node.tag, node.value, mark, mark, node.style)
    if isinstance(node, yaml.SequenceNode):
        return yaml.SequenceNode(node.tag, [with_mark(item, mark) for item in node.value], mark, mark, True)
    pairs = [(with_mark(key, mark), with_mark(value, mark)) for key, value in node.value]
    return yaml.MappingNode(node.tag, pairs, mark, mark, True)


def flow(node: yaml.Node) -> str:
    """Return a tree in flow style, on one line."""
    if isinstance(node, yaml.SequenceNode):
        return "[" + ", ".join(flow(item) for item in node.value) + "]"
    if isinstance(node, yaml.MappingNode):
        return "{" + ", ".join(f"{flow(key)}: {flow(value)}" for key, value in node.value) + "}"
    if not isinstance(node, yaml.ScalarNode):
        raise TypeError(f"no kind of node: {node!r}")
    if not node.style and (_PLAIN.fullmatch(node.value) or re.fullmatch(r"-?[0-9.]+", node.value)):
        return str(node.value)
    if node.style == "'" and "'" not in node.value:
        return f"'{node.value}'"
    return '"' + "".join(_escaped(letter) for letter in node.value) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter.isprintable() or letter == " ":
        return letter
    return f"\\U{ord(letter):08x}"
