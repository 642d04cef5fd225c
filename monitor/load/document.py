"""YAML as nodes that know their file and line, so that every fault can name its place; and where a configuration lies.

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
        entry.refuse("pulses", "no_pulses")                         # a check of your own: notes a fault at that key's line
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

from monitor.errors import Fault, reason_of
from monitor.words.phrase import Phrase, phrase

SYSTEM_FOLDER = Path("/etc/monitor")

HAS_C_LOADER = hasattr(yaml, "CBaseLoader")
_LOADER: type[yaml.BaseLoader] | type[yaml.CBaseLoader] = yaml.CBaseLoader if HAS_C_LOADER else yaml.BaseLoader
_log = logging.getLogger(__name__)

_UNTAGGED = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
_NO_VALUE = ("", "~", "null", "Null", "NULL")

# What libyaml says (a part of its message), and by which code an operator is told; some say where what is not closed was opened.
_SYNTAX = (
    ("cannot start any token", "yaml_start"),
    ("found a tab character", "yaml_tab"),
    ("mapping values are not allowed", "yaml_colon"),
    ("could not find expected ':'", "yaml_no_colon"),
    ("did not find expected ',' or '}'", "yaml_brace"),
    ("did not find expected ',' or ']'", "yaml_bracket"),
    ("expected ',' or '}'", "yaml_brace"),
    ("expected ',' or ']'", "yaml_bracket"),
    ("unexpected end of stream", "yaml_quote"),
    ("undefined alias", "yaml_alias"),
    ("duplicate anchor", "yaml_anchor"),
    ("but found another document", "yaml_second"),
    ("did not find expected key", "yaml_stray_line"),
    ("expected <block end>", "yaml_stray_line"),
    ("did not find expected '-' indicator", "yaml_stray_item"),
)
_NESTED = "exceeded maximum nesting depth"
"""What libyaml says where Python's parser runs out of stack."""
_OPENED = ("yaml_brace", "yaml_bracket", "yaml_quote")


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

    def refuse(self, code: str, remedy: Phrase | None = None, /, **values: object) -> Faulty:
        """Note a fault at this place by its code of words/faults and what it quotes; `raise` what is returned to give the value up.

        remedy: what to do about it, where the catalogue has no cure for the code that always holds.
        """
        self.faults.append(Fault(self.file, self.line, self.path, code, remedy, values))
        return Faulty()

    def at(self, node: yaml.Node, path: str) -> Node:
        return Node(node, self._file, path, self.faults)

    def has_no_value(self) -> bool:
        return isinstance(self.yaml, yaml.ScalarNode) and not self.yaml.style and self.yaml.value in _NO_VALUE

    def text(self, what: str | Phrase) -> str:
        """Return the scalar as it is written, in NFC and without space around it; what: such as 'a_duration', for the fault."""
        node = self.yaml
        if not isinstance(node, yaml.ScalarNode):
            raise self.refuse("not_what", what=_due(what), found=self.describe())
        if not node.style and node.value in _NO_VALUE:
            raise self.refuse("no_value", what=_due(what))
        self._refuse_tag()
        value = node.value.strip()
        return value if value.isascii() else unicodedata.normalize("NFC", value)

    def items(self) -> Iterator[yaml.Node]:
        """Yield what a list holds. Raises Faulty where this is no list."""
        if not isinstance(self.yaml, yaml.SequenceNode):
            raise self.refuse("not_a_list", found=self.describe())
        self._refuse_tag()
        yield from self.yaml.value

    def pairs(self) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Yield (key, key's node, value's node) of a mapping. Raises Faulty where this is none; notes keys that are no texts."""
        if not isinstance(self.yaml, yaml.MappingNode):
            raise self.refuse("not_a_mapping", found=self.describe())
        self._refuse_tag()
        for key, value in self.yaml.value:
            if isinstance(key, yaml.ScalarNode):
                name = key.value
                yield name if name.isascii() else unicodedata.normalize("NFC", name), key, value
            else:
                self.at(key, self.path).refuse("key_not_text")

    def describe(self) -> Phrase:
        """Return what stands here, without quoting it: it may be a secret."""
        if isinstance(self.yaml, yaml.MappingNode):
            return Phrase("a_mapping")
        if isinstance(self.yaml, yaml.SequenceNode):
            return Phrase("a_list")
        return Phrase("nothing" if self.has_no_value() else "a_text")

    def _refuse_tag(self) -> None:
        if self.yaml.tag not in _UNTAGGED:
            raise self.refuse("tagged")


class ValueReader(Protocol[Result_co]):
    """What reads one kind of value: everything in load/values.py and load/fields.py."""

    def read(self, node: Node) -> Result_co:
        """Return the value. Notes every fault at its place, and raises Faulty where there is no value to go on with."""

    def schema(self) -> dict[str, object]:
        """Return the same rule as JSON Schema (draft 2020-12)."""

    def form(self) -> str:
        """Return how it is written, in a few words for the documentation, such as 'duration'."""


Result = TypeVar("Result")


def read_file(path: Path, reader: ValueReader[Result], faults: list[Fault]) -> Result | None:
    """Return what a file says, None where nothing could be read (its faults are noted). An empty file is an empty mapping."""
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.append(Fault(str(path), 0, "", "unreadable", values={"reason": reason_of(error)}))
        return None
    return read_text(content, str(path), reader, faults)


def yaml_files(folder: Path, faults: list[Fault]) -> list[Path]:
    """Return the *.yaml files of a folder by name, none where it is not there; one that can't be read is noted."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".yaml")
    except FileNotFoundError:
        return []
    except OSError as error:
        faults.append(Fault(str(folder), 0, "", "unreadable", Phrase("let_read"), {"reason": reason_of(error)}))
        return []


def read_text(content: bytes, file: str, reader: ValueReader[Result], faults: list[Fault]) -> Result | None:
    """Return what UTF-8 text says, None where nothing could be read. file: the name for its faults."""
    node = parse_document(content, file, faults)
    if node is None:
        return None
    try:
        return reader.read(node)
    except Faulty:
        return None


def parse_document(content: bytes, file: str, faults: list[Fault], loader: type = _LOADER) -> Node | None:
    """Return the document's top node, None where it is no YAML (its fault is noted).

    loader: the C one composes 10,000 targets in 1 s, the Python one in 7 s; both leave every scalar the text that it is.
    """
    if loader is yaml.BaseLoader and not HAS_C_LOADER:
        _log.warning("PyYAML was built without libyaml: reading %s takes about 7 times as long; install python3-yaml", file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.append(Fault(file, line, "", "not_utf8"))
        return None
    try:
        top = yaml.compose(text, loader)
    except yaml.YAMLError as error:
        faults.append(_syntax_fault(error, file, text))
        return None
    except RecursionError:
        faults.append(Fault(file, 0, "", "nested_too_deeply"))
        return None
    if top is None:
        top = yaml.MappingNode("tag:yaml.org,2002:map", [], yaml.Mark(file, 0, 0, 0, None, 0), None)
    return Node(top, file, "", faults)


def _syntax_fault(error: yaml.YAMLError, file: str, text: str) -> Fault:
    """Return a YAML error as a fault; the parser's own words only where ours lack, since they may quote the text."""
    problem = str(getattr(error, "problem", "") or "")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 0
    if _NESTED in problem:
        return Fault(file, line, "", "nested_too_deeply")
    for part, code in _SYNTAX:
        if part in problem:
            opened = getattr(error, "context_mark", None)
            said = Phrase(code)
            if opened is not None and code in _OPENED and opened.line + 1 != line:
                said = phrase("yaml_opened", problem=said, line=opened.line + 1)
            return _not_yaml(file, line, said, Phrase(f"{code}_cure"))
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
        return _not_yaml(file, line, Phrase("yaml_character"), Phrase("yaml_character_cure"))
    return _not_yaml(file, line, phrase("quoted", text=problem) if problem else Phrase("yaml_unclear"))


def _not_yaml(file: str, line: int, problem: Phrase, remedy: Phrase | None = None) -> Fault:
    return Fault(file, line, "", "not_yaml", remedy, {"problem": problem})


def _due(what: str | Phrase) -> Phrase:
    return what if isinstance(what, Phrase) else Phrase(what)


def usual_folder() -> Path | None:
    """Return ./config, else /etc/monitor, None where neither is there."""
    return next((folder for folder in (Path("config"), SYSTEM_FOLDER) if folder.is_dir()), None)
