"""YAML as nodes that know their file and line, so that every fault can name its place.

Three modules are one reader: here files become nodes, `load/values.py` reads single values (durations, rates, choices, ...) and
`load/fields.py` reads mappings and lists by tables of fields. A file's form is a table; the same table makes its JSON Schema
and its documentation. Nothing raises at the first fault: every fault goes into one list.

    PULSE = Record(Pulse, (
        Field("every", Duration(at_least=1), attribute="every_s", usual="15s", doc="how often"),
        Field("kind", Choice(("soft", "hard")), required=True, doc="which kind"),
    ))
    FILE = Table((Field("pulses", ListOf(PULSE), default=(), doc="the pulses"),))

    faults: list[Fault] = []
    entry = read_file(Path("config/pulses.yaml"), FILE, faults)     # an Entry, or None where nothing could be read
    if entry is not None:
        for pulse in entry["pulses"]: ...                           # Pulse objects; the faulty are left out, their faults noted
        entry.refuse("pulses", "there are none", "add one")         # a check of your own: notes a fault at that key's line
    if faults: raise ConfigError(faults)

A `Record` builds its object of the keys that are given, by keyword, so that the class's own defaults hold for the others. A
`Table` gives an `Entry`, which keeps the place of every key for later cross checks. No type is ever guessed from the text:
a scalar is what its field says it is (NO, 22:22 and 00715 stay texts where a text is due).
"""

from __future__ import annotations

import gc
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import yaml

from monitor.errors import Fault

HAS_C_LOADER = hasattr(yaml, "CBaseLoader")
_LOADER: type[yaml.BaseLoader] | type[yaml.CBaseLoader] = yaml.CBaseLoader if HAS_C_LOADER else yaml.BaseLoader
_log = logging.getLogger(__name__)

_UNTAGGED = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
_NO_VALUE = ("", "~", "null", "Null", "NULL")

# What libyaml says (a part of its message), what an operator is told, and the cure.
_SYNTAX = (
    ("cannot start any token", "a character that can't begin a value (often a tab)", "indent with spaces and quote the text"),
    ("found a tab character", "a tab in the indentation", "indent with spaces"),
    ("mapping values are not allowed", "a ':' where none may be", "check the indentation, and quote a text that holds ': '"),
    ("could not find expected ':'", "a key without ':'", "write 'key: value'"),
    ("did not find expected ',' or '}'", "a '{' that is not closed, or a ',' that lacks", "close it with '}'"),
    ("did not find expected ',' or ']'", "a '[' that is not closed, or a ',' that lacks", "close it with ']'"),
    ("expected ',' or '}'", "a '{' that is not closed, or a ',' that lacks", "close it with '}'"),
    ("expected ',' or ']'", "a '[' that is not closed, or a ',' that lacks", "close it with ']'"),
    ("unexpected end of stream", "a quotation mark that is not closed", "close it"),
    ("undefined alias", "an alias (*name) that nothing defines", "quote a text that begins with '*'"),
    ("duplicate anchor", "an anchor (&name) that is defined twice", "quote a text that begins with '&'"),
    ("but found another document", "a second document after '---'", "one file is one document: remove the '---'"),
    ("did not find expected key", "a line that is neither a key nor part of the value above", "check the indentation"),
    ("expected <block end>", "a line that is neither a key nor part of the value above", "check the indentation"),
    ("did not find expected '-' indicator", "a line that is neither an item of the list nor part of one", "check the indentation"),
)


@contextmanager
def paused_collector() -> Iterator[None]:
    """Let Python's cycle collector rest: trees of 10,000 targets hold none, and looking for some takes two thirds of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


Result_co = TypeVar("Result_co", covariant=True)


class Faulty(Exception):  # noqa: N818 -- not an error of ours: it carries no message, and never leaves load/
    """A value could not be read. Its fault is in the list already; whoever catches it goes on without the value."""


class Node:
    """A place in a file with what stands there.

    path: such as 'points.xa-lung-cu.uplink', '' for the whole file. faults: where every fault goes. A node that was made of another
    file (a row of a CSV file) carries that file's name in its mark.
    """

    __slots__ = ("_file", "faults", "path", "yaml")

    def __init__(self, node: yaml.Node, file: str, path: str, faults: list[Fault]) -> None:
        self.yaml = node
        self._file = file
        self.path = path
        self.faults = faults

    @property
    def file(self) -> str:
        """Return the file that it stands in, as the operator would type it."""
        mark = self.yaml.start_mark
        name = "" if mark is None else mark.name or ""
        return self._file if not name or name.startswith("<") else name

    @property
    def line(self) -> int:
        """Return the line on which it begins, counted from 1."""
        mark = self.yaml.start_mark
        return mark.line + 1 if mark is not None else 0

    def refuse(self, fault: str, cure: str = "") -> Faulty:
        """Note a fault at this place; `raise` what is returned to give the value up."""
        self.faults.append(Fault(self.file, self.line, self.path, fault, cure))
        return Faulty()

    def at(self, node: yaml.Node, path: str) -> Node:
        """Return another place of the same file."""
        return Node(node, self._file, path, self.faults)

    def has_no_value(self) -> bool:
        """Return whether nothing, ~ or null stands here."""
        return isinstance(self.yaml, yaml.ScalarNode) and not self.yaml.style and self.yaml.value in _NO_VALUE

    def text(self, what: str) -> str:
        """Return the scalar as it is written, in NFC and without space around it; what: such as 'a duration', for the fault."""
        node = self.yaml
        if not isinstance(node, yaml.ScalarNode):
            raise self.refuse(f"must be {what}, not {self.describe()}")
        if not node.style and node.value in _NO_VALUE:
            raise self.refuse(f"has no value; it must be {what}", "write one or remove the key")
        self._refuse_tag()
        value = node.value.strip()
        return value if value.isascii() else unicodedata.normalize("NFC", value)

    def items(self) -> Iterator[yaml.Node]:
        """Yield what a list holds. Raises Faulty where this is no list."""
        if not isinstance(self.yaml, yaml.SequenceNode):
            raise self.refuse(f"must be a list, not {self.describe()}", "write [a, b] or one '- ' line an item")
        self._refuse_tag()
        yield from self.yaml.value

    def pairs(self) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Yield (key, key's node, value's node) of a mapping. Raises Faulty where this is none; notes keys that are no texts."""
        if not isinstance(self.yaml, yaml.MappingNode):
            raise self.refuse(f"must be a mapping, not {self.describe()}", "write {key: value} or one 'key: value' line a key")
        self._refuse_tag()
        for key, value in self.yaml.value:
            if isinstance(key, yaml.ScalarNode):
                name = key.value
                yield name if name.isascii() else unicodedata.normalize("NFC", name), key, value
            else:
                self.at(key, self.path).refuse("a key must be a text", "put the brackets into quotation marks, or remove them")

    def describe(self) -> str:
        """Return what stands here, in words, without quoting it: it may be a secret."""
        if isinstance(self.yaml, yaml.MappingNode):
            return "a mapping"
        if isinstance(self.yaml, yaml.SequenceNode):
            return "a list"
        return "nothing" if self.has_no_value() else "a text"

    def _refuse_tag(self) -> None:
        if self.yaml.tag not in _UNTAGGED:
            raise self.refuse("tags are not used here", "quote a text that begins with '!'")


class Reader(Protocol[Result_co]):
    """What reads one kind of value: everything in load/values.py and load/fields.py."""

    def read(self, node: Node) -> Result_co:
        """Return the value. Notes every fault at its place, and raises Faulty where there is no value to go on with."""

    def schema(self) -> dict[str, object]:
        """Return the same rule as JSON Schema (draft 2020-12)."""

    def form(self) -> str:
        """Return how it is written, in a few words for the documentation, such as 'duration'."""


Result = TypeVar("Result")


def read_file(path: Path, reader: Reader[Result], faults: list[Fault]) -> Result | None:
    """Return what a file says, None where nothing could be read (its faults are noted). An empty file is an empty mapping."""
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.append(Fault(str(path), 0, "", f"can't be read: {error.strerror}", "see that it exists and may be read"))
        return None
    return read_text(content, str(path), reader, faults)


def yaml_files(folder: Path, faults: list[Fault]) -> list[Path]:
    """Return the *.yaml files of a folder by name, none where it is not there; one that can't be read is noted."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".yaml")
    except FileNotFoundError:
        return []
    except OSError as error:
        faults.append(Fault(str(folder), 0, "", f"can't be read: {error.strerror}", "let the user that runs the monitor read it"))
        return []


def read_text(content: bytes, file: str, reader: Reader[Result], faults: list[Fault]) -> Result | None:
    """Return what UTF-8 text says, None where nothing could be read. file: the name for its faults."""
    node = compose(content, file, faults)
    if node is None:
        return None
    try:
        return reader.read(node)
    except Faulty:
        return None


def compose(content: bytes, file: str, faults: list[Fault], loader: type = _LOADER) -> Node | None:
    """Return the document's top node, None where it is no YAML (its fault is noted).

    loader: the C one composes 10,000 targets in 1 s, the Python one in 7 s; both leave every scalar the text that it is.
    """
    if loader is yaml.BaseLoader and not HAS_C_LOADER:
        _log.warning("PyYAML was built without libyaml: reading %s takes about 7 times as long; install python3-yaml", file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.append(Fault(file, line, "", "is not UTF-8", "save the file as UTF-8"))
        return None
    try:
        top = yaml.compose(text, loader)
    except yaml.YAMLError as error:
        faults.append(_syntax_fault(error, file, text))
        return None
    except RecursionError:
        faults.append(Fault(file, 0, "", "is nested too deeply", "no part of it needs more than six levels"))
        return None
    if top is None:
        top = yaml.MappingNode("tag:yaml.org,2002:map", [], yaml.Mark(file, 0, 0, 0, None, 0), None)
    return Node(top, file, "", faults)


def _syntax_fault(error: yaml.YAMLError, file: str, text: str) -> Fault:
    """Return a YAML error as a fault; the parser's own words only where ours lack, since they may quote the text."""
    problem = str(getattr(error, "problem", "") or "")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 0
    for part, fault, cure in _SYNTAX:
        if part in problem:
            opened = getattr(error, "context_mark", None)
            if opened is not None and "not closed" in fault and opened.line + 1 != line:
                fault += f" (it was opened on line {opened.line + 1})"  # noqa: PLW2901
            return Fault(file, line, "", f"is not YAML: {fault}", cure)
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
        return Fault(file, line, "", "is not YAML: a character that no text may hold", "remove it")
    said = problem or "it could not be understood"
    return Fault(file, line, "", f"is not YAML: {said}", "check the indentation and the quotation marks")
