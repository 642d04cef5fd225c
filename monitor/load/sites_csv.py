"""The inventory as CSV: rows become the nodes that sites.yaml would have, so that one set of checks serves both, and back again."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import yaml

from monitor.errors import Fault
from monitor.load.suggest import did_you_mean
from monitor.load.yaml_tree import MAP, SEQ, flow, items_of, key_of, mapping, scalar, sequence, text_of, value_of, with_mark

# Every column, in the order in which they are exported. A row's kind says which of them it may fill.
_TARGET = ("id", "name", "short", "code", "address", "latitude", "longitude", "tags", "answers_from", "contacts")
_SHARED = ("credential", "profile", "expected", "wan_interface", "interfaces", "engine", "max_repetitions", "probes")
COLUMNS = (
    *("kind", "id", "name", "short", "addresses", "level", "area", "point", "code", "address", "latitude", "longitude"),
    *("uplink", "contracted", "call_rate", *_SHARED, "contacts", "tags", "answers_from"),
)
COLUMNS_OF = {
    "network": ("name", "short", "addresses"),
    "level": ("id",),
    "area": ("id", "name", "short", "code", "latitude", "longitude"),
    "defaults": ("id", "contracted", "call_rate", "contacts", *_SHARED),
    "point": (*_TARGET, "level", "area", "uplink", "contracted", *_SHARED),
    "endpoint": (*_TARGET, "point", "call_rate", *_SHARED),
}
SECTIONS = {"area": "areas", "point": "points", "endpoint": "endpoints"}
_TEXTS = frozenset(("name", "short", "code", "wan_interface"))
_LISTS = frozenset(("tags", "answers_from"))
_YAML = frozenset(("contacts", "probes"))


class Rows:
    """What a CSV file says, as nodes. columns: those that it has; a column that it lacks leaves what is known as it is."""

    def __init__(self) -> None:
        self.columns: tuple[str, ...] = ()
        self.nodes: dict[str, list[yaml.Node]] = {kind: [] for kind in COLUMNS_OF}

    def given(self, kind: str) -> set[str]:
        """Return the keys of sites.yaml that the file speaks of for a kind."""
        keys = {column for column in self.columns if column in COLUMNS_OF[kind]}
        return keys | {"location"} if "latitude" in keys else keys


def read_rows(content: bytes, file: str, faults: list[Fault]) -> Rows:
    """Return the rows of a CSV file (UTF-8, with or without a byte order mark, ',' or ';'); notes every fault with its row."""
    rows = Rows()
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        faults.append(Fault(file, row, "", "is not UTF-8", "save it as 'CSV UTF-8'"))
        return rows
    head = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True)
    try:
        for number, cells in enumerate(table, start=1):
            if number == 1:
                rows.columns = _header(cells, file, faults)
            elif any(cell.strip() for cell in cells):
                _read_row(rows, cells, file, number, faults)
    except csv.Error as error:
        faults.append(Fault(file, table.line_num, "", f"is not CSV: {error}", "check the quotation marks of this row"))
    return rows


def _header(cells: Sequence[str], file: str, faults: list[Fault]) -> tuple[str, ...]:
    columns = tuple(cell.strip().lower() for cell in cells)
    for place, column in enumerate(columns):
        if column not in COLUMNS:
            faults.append(Fault(file, 1, column, "no column is called so", did_you_mean(column, COLUMNS)))
        elif column in columns[:place]:
            faults.append(Fault(file, 1, column, "the column stands here twice", "remove one"))
    for column in ("kind", "id"):
        if column not in columns:
            faults.append(Fault(file, 1, column, "the column is missing", "kind and id say which target a row is"))
    return columns


def _read_row(rows: Rows, cells: Sequence[str], file: str, number: int, faults: list[Fault]) -> None:
    if len(cells) > len(rows.columns) and any(cell.strip() for cell in cells[len(rows.columns) :]):
        cure = "put a text that holds the separator into quotation marks"
        faults.append(Fault(file, number, "", f"has {len(cells)} cells, the first row has {len(rows.columns)}", cure))
    row = {column: cell.strip() for column, cell in zip(rows.columns, cells, strict=False) if cell.strip()}
    kind = row.pop("kind", "")
    if kind not in COLUMNS_OF:
        fault = f"no kind is called '{kind}'" if kind else "is empty"
        faults.append(Fault(file, number, "kind", fault, did_you_mean(kind, COLUMNS_OF)))
        return
    for column in row:
        if column in COLUMNS and column not in COLUMNS_OF[kind]:
            faults.append(Fault(file, number, column, f"a row of kind {kind} has no such attribute", "empty the cell"))
    known = {column: cell for column, cell in row.items() if column in COLUMNS_OF[kind]}
    rows.nodes[kind].append(_row_node(known, yaml.Mark(file, 0, number - 1, 0, None, 0), faults))


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
        cure = "write it as in sites.yaml, such as [{role: …, telephone: …}] or {icmp: {every: 60s}}"
        faults.append(Fault(mark.name, mark.line + 1, column, "can't be understood", cure))
        return None


def write_rows(top: yaml.Node, *, excel: bool = False) -> str:
    """Return an inventory's tree as CSV; columns that no row fills are left out. excel: with a byte order mark and ';'."""
    rows = list(_rows(top))
    used = {column for row in rows for column in row}
    out = io.StringIO(newline="")
    if excel:
        out.write("\ufeff")
    writer = csv.DictWriter(
        out,
        [column for column in COLUMNS if column in used or column in ("kind", "id")],
        delimiter=";" if excel else ",",
        lineterminator="\n",
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _rows(top: yaml.Node) -> Iterable[dict[str, str]]:
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
        name = key_of(key)
        if name == "location":
            cells["latitude"], cells["longitude"] = (part.value for part in node.value)
        elif name in _YAML:
            cells[name] = flow(node)
        elif name == "contracted" and node.tag == MAP:
            cells[name] = "/".join(text_of(node, part) or "" for part in ("down", "up"))
        elif node.tag == SEQ:
            cells[name] = " ".join(part.value for part in node.value)
        else:
            cells[name] = node.value
    return cells
