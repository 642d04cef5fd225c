"""The inventory as rows of cells: they become the nodes that sites.yaml would have, so that one set of checks serves all, and back.

csv_file.py and xlsx.py are files of rows, netbox.py is another source of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

import yaml

from monitor.errors import Fault
from monitor.load.exchange.yaml_tree import (
    MAP,
    SEQ,
    flow,
    items_of,
    key_text,
    mapping,
    scalar,
    scalar_under,
    sequence,
    value_of,
    with_mark,
)
from monitor.load.probes import ACCESS
from monitor.load.suggest import did_you_mean
from monitor.words.phrase import Phrase

# Every column, in the order in which they are exported. A row's kind says which of them it may fill.
_TARGET = ("id", "name", "short", "code", "address", "latitude", "longitude", "tags", "answers_from", "contacts")
_SHARED = ("credential", "profile", "expected", "wan_interface", "interfaces", "engine", "max_repetitions", "probes")
_ACCESS = tuple(each.name for each in ACCESS)
COLUMNS = (
    *("kind", "id", "name", "short", "addresses", "level", "area", "point", "code", "address", "latitude", "longitude"),
    *("uplink", "contracted", "call_rate", *_ACCESS, *_SHARED, "contacts", "tags", "answers_from"),
)
COLUMNS_OF = {
    "network": ("name", "short", "addresses"),
    "level": ("id",),
    "area": ("id", "name", "short", "code", "latitude", "longitude"),
    "defaults": ("id", "contracted", "call_rate", *_ACCESS, "contacts", *_SHARED),
    "point": (*_TARGET, "level", "area", "uplink", "contracted", *_SHARED),
    "endpoint": (*_TARGET, "point", "call_rate", *_ACCESS, *_SHARED),
}
SECTIONS = {"area": "areas", "point": "points", "endpoint": "endpoints"}
_TEXTS = frozenset(("name", "short", "code", "wan_interface"))
_LISTS = frozenset(("tags", "answers_from"))
_YAML = frozenset(("contacts", "probes", *_ACCESS))
_LOWEST_HEADER = 20
"""The last row in which the names of the columns are looked for when they do not stand in the first."""


class Rows:
    """Rows as nodes, by kind. columns: by kind, those that the source has for it.

    is_sparse: an absent cell says nothing. Else an empty cell removes its attribute, and only what has no column is left as it is.
    """

    def __init__(self, *, is_sparse: bool = False) -> None:
        self.is_sparse = is_sparse
        self.columns: dict[str, set[str]] = {kind: set() for kind in COLUMNS_OF}
        self.nodes: dict[str, list[yaml.Node]] = {kind: [] for kind in COLUMNS_OF}

    def given(self, kind: str, row: yaml.Node) -> set[str]:
        """Return the keys of sites.yaml that a row of a kind speaks of."""
        if self.is_sparse:
            return {key_text(key) for key, _ in row.value}
        keys = {column for column in self.columns[kind] if column in COLUMNS_OF[kind]}
        return keys | {"location"} if "latitude" in keys else keys

    def add(self, kind: str, cells: Mapping[str, str], mark: yaml.Mark, faults: list[Fault]) -> None:
        """Add a row. cells: column → text, none of them empty, all of the kind. mark: where faults are reported."""
        self.nodes[kind].append(_row_node(cells, mark, faults))


class ImportTable:
    """One table of cells that is being read into rows: its first row names the columns. Notes every fault.

    is_workbook: the table is a sheet of a workbook, else a CSV file; the cures differ. Without the columns kind and id no row is
    read, since every one would be wrong for the same reason.
    """

    def __init__(self, rows: Rows, file: str, faults: list[Fault], *, is_workbook: bool = False) -> None:
        self._rows = rows
        self._file = file
        self._faults = faults
        self._is_workbook = is_workbook
        self._columns: tuple[str, ...] | None = None
        self._unusable: list[Fault] = []

    @property
    def is_unusable(self) -> bool:
        """Whether its header lacks kind or id, so that its rows are not read."""
        return bool(self._unusable)

    def add_row(self, number: int, cells: Sequence[str]) -> None:
        """Take the row of this number, counted from 1; the first taken is the header, rows without any text are passed over."""
        plain = [unicodedata.normalize("NFC", cell).strip() for cell in cells]
        if self._columns is None:
            self._header(plain)
        elif self._unusable:
            self._look_for_header(number, plain)
        elif any(plain):
            self._row(number, plain, self._columns)

    def end(self) -> None:
        """Note a table that has nothing in it."""
        if self._columns is None:
            self._refuse(1, "", "table_empty")

    def _header(self, cells: Sequence[str]) -> None:
        columns = tuple(cell.lower() for cell in cells)
        while columns and not columns[-1]:
            columns = columns[:-1]
        self._columns = columns
        before = len(self._faults)
        cure = Phrase("remove_column_or_sheet" if self._is_workbook else "remove_column")
        for place, column in enumerate(columns):
            if not column:
                self._refuse(1, "", "column_unnamed", cure, number=place + 1)
            elif column not in COLUMNS:
                self._refuse(1, column, "no_column", did_you_mean(column, COLUMNS, cure))
            elif column in columns[:place]:
                self._refuse(1, column, "column_twice", Phrase("remove_one"))
        for column in ("kind", "id"):
            if column not in columns:
                self._refuse(1, column, "column_missing")
        if not {"kind", "id"} <= set(columns):
            self._unusable = self._faults[before:]

    def _look_for_header(self, number: int, cells: Sequence[str]) -> None:
        """Say so where the columns' names stand below a title, in place of what is wrong with the title as a header."""
        if {"kind", "id"} <= {cell.lower() for cell in cells} and number <= _LOWEST_HEADER:
            self._faults[:] = [fault for fault in self._faults if fault not in self._unusable]
            self._refuse(1, "", "header_below", row=number)
            self._unusable = self._faults[-1:]

    def _row(self, number: int, cells: Sequence[str], columns: tuple[str, ...]) -> None:
        if any(cells[len(columns) :]):
            cure = Phrase("empty_unnamed_cells" if self._is_workbook else "quote_separator")
            self._refuse(number, "", "too_many_cells", cure, count=len(cells), most=len(columns))
        row = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
        kind = row.pop("kind", "")
        if kind not in COLUMNS_OF:
            self._refuse(number, "kind", "no_kind" if kind else "empty", did_you_mean(kind, COLUMNS_OF), kind=kind)
            return
        for column in row:
            if column in COLUMNS and column not in COLUMNS_OF[kind]:
                self._refuse(number, column, "not_of_kind", kind=kind)
        known = {column: cell for column, cell in row.items() if column in COLUMNS_OF[kind]}
        self._rows.columns[kind].update(columns)
        self._rows.add(kind, known, yaml.Mark(self._file, 0, number - 1, 0, None, 0), self._faults)

    def _refuse(self, number: int, column: str, code: str, remedy: Phrase | None = None, /, **values: object) -> None:
        self._faults.append(Fault(self._file, number, column, code, remedy, values))


def _row_node(row: Mapping[str, str], mark: yaml.Mark, faults: list[Fault]) -> yaml.Node:
    """Return a row as the mapping that sites.yaml would have, every node marked with the row."""
    values: dict[str, yaml.Node] = {}
    for column, cell in row.items():
        if column in ("latitude", "longitude"):
            pair = [row[part].replace(",", ".") if part in row else "" for part in ("latitude", "longitude")]
            values["location"] = sequence(scalar(part) for part in pair)
        elif (node := _cell_node(column, cell, mark, faults)) is not None:
            values[column] = node
    return with_mark(mapping(values), mark)


def _cell_node(column: str, cell: str, mark: yaml.Mark, faults: list[Fault]) -> yaml.Node | None:
    if column in _LISTS or (column == "uplink" and " " in cell):
        return sequence(scalar(part) for part in cell.split())
    if column == "contracted" and "/" in cell:
        down, _, up = cell.partition("/")
        return mapping({"down": scalar(down.strip()), "up": scalar(up.strip())})
    if column not in _YAML:
        return scalar(cell, is_text=column in _TEXTS)
    try:
        return yaml.compose(cell, yaml.BaseLoader)
    except yaml.YAMLError:
        faults.append(Fault(mark.name, mark.line + 1, column, "cell_unclear"))
        return None


def used_columns(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the columns that the rows fill, in their order; kind and id always."""
    used = {column for row in rows for column in row} | {"kind", "id"}
    return [column for column in COLUMNS if column in used]


def rows_of(top: yaml.Node) -> Iterator[dict[str, str]]:
    """Yield an inventory's tree as rows, column → text; what a row has no value for is left out."""
    network = value_of(top, "network")
    if isinstance(network, yaml.MappingNode):
        yield {"kind": "network"} | _cells(network)
    for level in items_of(top, "levels"):
        yield {"kind": "level", "id": level.value}
    for area in items_of(top, "areas"):
        yield {"kind": "area"} | _cells(area)
    defaults = value_of(top, "defaults")
    if isinstance(defaults, yaml.MappingNode):
        for key, node in defaults.value:
            yield {"kind": "defaults", "id": key.value} | _cells(node)
    for kind in ("point", "endpoint"):
        for item in items_of(top, SECTIONS[kind]):
            yield {"kind": kind} | _cells(item)


def _cells(item: yaml.Node) -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, node in item.value:
        name = key_text(key)
        if name == "location":
            cells["latitude"], cells["longitude"] = (part.value for part in node.value)
        elif name in _YAML:
            cells[name] = flow(node)
        elif name == "contracted" and node.tag == MAP:
            cells[name] = "/".join(scalar_under(node, part) or "" for part in ("down", "up"))
        elif node.tag == SEQ:
            cells[name] = " ".join(part.value for part in node.value)
        else:
            cells[name] = node.value
    return cells
