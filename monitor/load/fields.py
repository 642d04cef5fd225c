"""Readers of mappings and lists, made of tables of fields; see load/document.py for how they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import yaml

from monitor.load.document import Faulty, Node, ValueReader
from monitor.load.suggest import did_you_mean
from monitor.model.spelling import nearest
from monitor.words.faults import knows
from monitor.words.phrase import Phrase, phrase

Schema = dict[str, object]
Item = TypeVar("Item")
Built = TypeVar("Built")


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a mapping.

    name: as it is written. reader: what reads its value. doc: what it means, for the documentation and for editors.
    default: what an Entry gives where the key is absent. usual: that default as an operator would write it, for the documentation
    ('' where there is none). attribute: the keyword that a Record hands the value on by, the name itself where it is ''.
    """

    name: str
    reader: ValueReader[Any]
    required: bool = False
    default: Any = None
    doc: str = ""
    usual: str = ""
    attribute: str = ""


@dataclass(slots=True, eq=False)
class ReadMapping:
    """A mapping that was read: its values by key, and the place of each key.

    places: of every known key that is written, readable or not. is_whole: False where a value was faulty, or a required key is
    missing; it then stands at its default.
    """

    node: Node
    values: dict[str, Any]
    places: dict[str, Node]
    _faulty: set[str]
    is_whole: bool

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def has(self, name: str) -> bool:
        """Return whether the key is written in the file and its value could be read."""
        return name in self.places and name not in self._faulty

    def refuse(self, key: str, code: str, remedy: Phrase | None = None, /, **values: object) -> Faulty:
        """Note a fault at a key's place, as Node.refuse does; where the key is absent, at the mapping's, under the key's path."""
        place = self.places.get(key)
        if place is not None:
            return place.refuse(code, remedy, **values)
        return self.node.at(self.node.yaml, _join(self.node.path, key)).refuse(code, remedy, **values)


class Table:
    """A mapping of known keys.

    what: what it is, for faults ('point'). key: the field that names it within a list, so that a fault's path says
    points.xa-lung-cu rather than points[17]. secret: faults never quote its keys.
    """

    def __init__(self, fields: Sequence[Field], *, what: str = "", key: str = "", secret: bool = False) -> None:
        self.fields = {field.name: field for field in fields}
        self.what = what
        self.key = key
        self.secret = secret
        self._defaults = {field.name: field.default for field in fields}
        self._required = tuple(field for field in fields if field.required)

    def read(self, node: Node) -> ReadMapping:
        """Return its values, faulty ones at their default. Raises Faulty only where there is no mapping."""
        before = len(node.faults)
        values = dict(self._defaults)
        places: dict[str, Node] = {}
        faulty: set[str] = set()
        prefix = f"{node.path}." if node.path else ""
        misspelt: set[str | None] = set()
        for name, key, value in node.pairs():
            field = self.fields.get(name)
            if field is None:
                misspelt.add(nearest(name, self.fields))
                self._refuse_unknown(node.at(key, prefix + name if not self.secret else node.path), name)
            elif name in places:
                _refuse_again(node.at(key, prefix + name), places[name].line)
            else:
                places[name] = place = node.at(value, prefix + name)
                try:
                    values[name] = field.reader.read(place)
                except Faulty:
                    faulty.add(name)
        for field in self._required:
            # A misspelt key is one fault, not two.
            if field.name not in places and field.name not in misspelt:
                node.refuse("key_missing", self._how_to_add(field, node.path), name=field.name)
        return ReadMapping(node, values, places, faulty, is_whole=len(node.faults) == before)

    def name_of(self, item: yaml.Node) -> str | None:
        if not self.key or not isinstance(item, yaml.MappingNode):
            return None
        for key, value in item.value:
            if key.value == self.key and isinstance(value, yaml.ScalarNode):
                return value.value.strip() or None
        return None

    def schema(self) -> Schema:
        properties: dict[str, object] = {}
        for field in self.fields.values():
            about = field.doc + (f" (default: {field.usual})" if field.usual else "")
            properties[field.name] = field.reader.schema() | ({"description": about} if about else {})
        schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
        return schema | {"required": [field.name for field in self._required]} if self._required else schema

    def form(self) -> str:
        return "{" + ", ".join(f"{name}: …" for name in self.fields) + "}"

    def _how_to_add(self, field: Field, path: str) -> Phrase:
        """Return how a missing key is added: words/faults/keys.py says what it means, by what the mapping is or where it stands."""
        if not field.doc:
            return Phrase("add_it")
        whose = self.what or path.rpartition(".")[2].partition("[")[0]
        code = f"key_{whose.replace(' ', '_')}_{field.name}"
        return phrase("add_key", name=field.name, doc=Phrase(code) if knows(code) else field.doc)

    def _refuse_unknown(self, place: Node, name: str) -> None:
        if self.secret:
            place.refuse("unknown_key", phrase("known_are", names=tuple(self.fields)))
        elif name == "<<":
            place.refuse("merge_key")
        elif self.what:
            what = Phrase(f"what_{self.what.replace(' ', '_')}")
            place.refuse("no_key_of", did_you_mean(name, self.fields), name=name, what=what)
        else:
            place.refuse("no_key", did_you_mean(name, self.fields), name=name)


class Record(Generic[Built]):
    """A mapping of known keys that becomes an object: the keys that are given are handed on by keyword."""

    def __init__(self, build: Callable[..., Built], fields: Sequence[Field], *, what: str = "", key: str = "") -> None:
        self.build = build
        self.table = Table(fields, what=what, key=key)

    def read(self, node: Node) -> Built:
        """Return the object. Raises Faulty where any part of it is faulty."""
        entry = self.table.read(node)
        if not entry.is_whole:
            raise Faulty
        fields = self.table.fields
        return self.build(**{fields[name].attribute or name: entry[name] for name in entry.places})

    def name_of(self, item: yaml.Node) -> str | None:
        return self.table.name_of(item)

    def schema(self) -> Schema:
        return self.table.schema()

    def form(self) -> str:
        return self.table.form()


@dataclass(eq=False)
class ListOf(Generic[Item]):
    """A list whose items are of one kind. once: no item may stand there twice."""

    item: ValueReader[Item]
    least: int = 0
    most: int | None = None
    once: bool = False

    def read(self, node: Node) -> tuple[Item, ...]:
        """Return the items that could be read, in their order. Raises Faulty where there is no list."""
        name_of: Callable[[yaml.Node], str | None] = getattr(self.item, "name_of", lambda _: None)
        found: list[Item] = []
        count = 0
        for count, item in enumerate(node.items(), start=1):
            name = name_of(item)
            path = f"{node.path}[{count - 1}]" if name is None else _join(node.path, name)
            place = node.at(item, path)
            try:
                value = self.item.read(place)
            except Faulty:
                continue
            if self.once and value in found:
                place.refuse("twice_in_list", Phrase("remove_one"), value=value)
            else:
                found.append(value)
        if count < self.least or (self.most is not None and count > self.most):
            raise node.refuse("count_of_items", count=count, size=self._size())
        return tuple(found)

    def schema(self) -> Schema:
        schema: Schema = {"type": "array", "items": self.item.schema()}
        schema |= ({"minItems": self.least} if self.least else {}) | ({"uniqueItems": True} if self.once else {})
        return schema | ({"maxItems": self.most} if self.most is not None else {})

    def form(self) -> str:
        return f"list: {self.item.form()}"

    def _size(self) -> Phrase:
        if self.least == self.most:
            return phrase("quoted", text=self.least)
        if self.most is None:
            return phrase("at_least", least=self.least)
        return phrase("between", least=self.least, most=self.most)


class OneOrMany(Generic[Item]):
    """One item, or a list of at least one, none of them twice."""

    def __init__(self, item: ValueReader[Item]) -> None:
        self.item = item
        self.many = ListOf(item, least=1, once=True)

    def read(self, node: Node) -> tuple[Item, ...]:
        return self.many.read(node) if isinstance(node.yaml, yaml.SequenceNode) else (self.item.read(node),)

    def schema(self) -> Schema:
        return {"anyOf": [self.item.schema(), self.many.schema()]}

    def form(self) -> str:
        return f"{self.item.form()}, or a list"


@dataclass(eq=False)
class MapOf(Generic[Item]):
    """A mapping whose keys are names of the operator's choice. key: reads them."""

    key: ValueReader[Any]
    item: ValueReader[Item]

    def read(self, node: Node) -> Mapping[Any, Item]:
        """Return key → item, for those that could be read. Raises Faulty where there is no mapping."""
        found: dict[Any, Item] = {}
        lines: dict[str, int] = {}
        for name, key, value in node.pairs():
            path = _join(node.path, name)
            if name in lines:
                _refuse_again(node.at(key, path), lines[name])
                continue
            lines[name] = key.start_mark.line + 1
            try:
                read_key = self.key.read(node.at(key, path))
                found[read_key] = self.item.read(node.at(value, path))
            except Faulty:
                continue
        return MappingProxyType(found)

    def schema(self) -> Schema:
        pattern = self.key.schema().get("pattern")
        names: Schema = {"propertyNames": {"pattern": pattern}} if pattern else {}
        return {"type": "object", "additionalProperties": self.item.schema()} | names

    def form(self) -> str:
        return f"{{{self.key.form()}: {self.item.form()}}}"


@dataclass(eq=False)
class Either:
    """A value that has a short form and a mapping: the form is told apart by what stands there."""

    short: ValueReader[Any]
    mapping: ValueReader[Any]

    def read(self, node: Node) -> Any:
        return (self.mapping if isinstance(node.yaml, yaml.MappingNode) else self.short).read(node)

    def schema(self) -> Schema:
        return {"anyOf": [self.short.schema(), self.mapping.schema()]}

    def form(self) -> str:
        return f"{self.short.form()} or {self.mapping.form()}"


def _refuse_again(place: Node, line: int) -> None:
    place.refuse("key_again", Phrase("remove_one"), line=line)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
