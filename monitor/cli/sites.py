"""The inventory: bring it in from CSV, Excel or NetBox, give it away as CSV or Excel, list it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import yaml

from monitor.cli.output import put, write_whole
from monitor.cli.parser import Parser
from monitor.cli.sites_report import report_lines
from monitor.cli.tables import fitted, printed_width
from monitor.errors import ConfigError, Fault, SetupError, reason_of
from monitor.load.configuration import find_folder
from monitor.load.exchange.csv_file import read_csv, write_csv
from monitor.load.exchange.netbox import rows_from_netbox
from monitor.load.exchange.netbox_api import fetch_netbox
from monitor.load.exchange.netbox_form import load_netbox
from monitor.load.exchange.rows import Rows
from monitor.load.exchange.sites_file import Comments, merged_tree, read_tree, sites_text
from monitor.load.exchange.update import update
from monitor.load.exchange.xlsx import read_xlsx, write_xlsx
from monitor.load.inventory import load_inventory
from monitor.load.sites import FILE
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.probe_kinds import KINDS
from monitor.rules.collation import collation_key
from monitor.words import say
from monitor.words.commands import IMPORT
from monitor.words.phrase import Phrase, phrase
from monitor.words.voice import voice

_OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".ods")


def add_arguments(parser: Parser) -> None:
    commands = parser.add_subparsers(metavar="import|export|list", dest="action", required=True)
    bring = commands.add_parser("import", help=parser.say("sites_import"))
    source = bring.add_mutually_exclusive_group(required=True)
    source.add_argument("file", metavar="FILE", nargs="?", help=parser.say("sites_file"))
    source.add_argument("--netbox", metavar="FILE.yaml", help=parser.say("sites_netbox"))
    bring.add_argument("--write", metavar="DIR/sites.yaml", help=parser.say("sites_write"))
    bring.add_argument("--prune", action="store_true", help=parser.say("sites_prune"))
    bring.add_argument("--all", action="store_true", help=parser.say("sites_all"))
    give = commands.add_parser("export", help=parser.say("sites_export"))
    give.add_argument("--format", choices=("csv", "xlsx"), help=parser.say("sites_format"))
    give.add_argument("--excel", action="store_true", help=parser.say("sites_excel"))
    give.add_argument("-o", "--output", metavar="FILE", help=parser.say("sites_output"))
    show = commands.add_parser("list", help=parser.say("sites_list"))
    show.add_argument("--format", choices=("table", "json"), default="table", help=parser.say("list_format"))
    show.add_values(("--area", "AREA", "sites_area"), ("--level", "LEVEL", "sites_level"))
    show.add_argument("--kind", choices=[kind.value for kind in Kind], help=parser.say("sites_kind"))
    for child in (bring, give, show):
        child.add_common()


def execute(arguments: argparse.Namespace) -> int:
    """Do it; 0 when done. Raises ConfigError with every fault of the rows or of the files."""
    if arguments.action == "import":
        return _import(arguments)
    folder = find_folder(arguments.config)
    inventory = _inventory(folder)
    if arguments.action == "export":
        return _export(arguments, merged_tree(folder, []))
    _check_choice(arguments.area, inventory.areas, "area")
    _check_choice(arguments.level, inventory.levels, "level")
    targets = [target for target in inventory.targets.values() if _is_chosen(target, arguments)]
    if arguments.format == "json":
        print(json.dumps([_plain(target) for target in targets], ensure_ascii=False, indent=1))
    else:
        print("\n".join(_as_table(targets, inventory, arguments.spoken)))
    return 0


def _inventory(folder: Path) -> Inventory:
    faults: list[Fault] = []
    inventory, _ = load_inventory(folder, faults, [])
    if inventory is None:
        raise ConfigError(dict.fromkeys(faults))
    return inventory


def _export(arguments: argparse.Namespace, top: yaml.Node) -> int:
    """Print the inventory or write it to a file; a workbook is never printed on a terminal."""
    form = _form(arguments)
    content = write_xlsx(top, str(arguments.spoken)) if form == "xlsx" else write_csv(top, excel=arguments.excel).encode()
    if form == "csv" and not arguments.output:
        # As a file would have it, ends of lines too.
        sys.stdout.buffer.write(content)
    else:
        put(content, Path(arguments.output) if arguments.output else None, "sites.xlsx")
    return 0


def _form(arguments: argparse.Namespace) -> str:
    """Return csv or xlsx, as it was said or as the file is called. Raises SetupError where one contradicts another."""
    suffix = Path(arguments.output or "").suffix.lower()
    if suffix in _OTHER_WORKBOOKS:
        raise SetupError("suffix_unwritable", path=arguments.output, suffix=suffix)
    named = suffix[1:] if suffix in (".csv", ".xlsx") else None
    form: str = arguments.format or named or "csv"
    if named not in (None, form):
        raise SetupError("format_contradicts", form=form, path=arguments.output)
    if form == "xlsx" and arguments.excel:
        raise SetupError("excel_for_csv")
    return form


def _import(arguments: argparse.Namespace) -> int:
    if arguments.write:
        _check_place(Path(arguments.write))
    path = Path(arguments.write) if arguments.write else _folder_or_new(arguments.config) / "sites.yaml"
    language = str(arguments.spoken)
    before, comments = _existing(path)
    faults: list[Fault] = []
    warnings: list[Fault] = []
    source, rows = _rows(arguments, faults, warnings)
    result = update(before, rows, faults, prune=arguments.prune)
    inventory, _ = load_inventory(path.parent, faults, warnings, result.top)
    if faults or inventory is None:
        raise ConfigError(dict.fromkeys(_with_columns(fault, source, is_new=before is None) for fault in faults))
    for warning in sorted(warnings):
        print(say(IMPORT, "warning", language, warning=warning.text_in(language)), file=sys.stderr)
    for line in report_lines(result, language, prune=arguments.prune, everything=arguments.all):
        print(line)
    if not arguments.write:
        print(say(IMPORT, "not_written", language, path=path))
        return 0
    write_whole(path, sites_text(result.top, comments))
    counts = {f"{kind.value}s": len(inventory.of_kind(kind)) for kind in Kind}
    print(say(IMPORT, "written", language, path=path, **counts))
    return 0


def _rows(arguments: argparse.Namespace, faults: list[Fault], warnings: list[Fault]) -> tuple[str, Rows]:
    """Return the name of what is imported, and its rows. Raises ConfigError where it is no table at all."""
    if arguments.netbox:
        netbox = load_netbox(Path(arguments.netbox))
        return netbox.url, rows_from_netbox(netbox, fetch_netbox(netbox), faults, warnings)
    read = read_xlsx if arguments.file.lower().endswith((".xlsx", ".xlsm")) else read_csv
    rows = read(_content(Path(arguments.file)), arguments.file, faults)
    if any(fault.line <= 1 for fault in faults):
        raise ConfigError(faults)
    return arguments.file, rows


def _check_place(path: Path) -> None:
    """Refuse a place where no file can be written, before anything is read or asked: a misspelt folder must not come into being."""
    if path.is_dir():
        raise SetupError("place_is_folder", path=path, file=path / "sites.yaml")
    if not path.parent.is_dir():
        raise SetupError("no_folder_there", folder=path.parent)


def _folder_or_new(argument: str | None) -> Path:
    try:
        return find_folder(argument)
    except SetupError:
        if argument is not None:
            raise
        return Path("config")


def _existing(path: Path) -> tuple[yaml.Node | None, Comments]:
    """Return the tree and the comments of the file that is to change. Raises ConfigError where it has faults of its own."""
    if not path.exists():
        return None, Comments("", None)
    faults: list[Fault] = []
    node, text = read_tree(path, faults)
    if node is not None:
        FILE.read(node)
    if node is None or faults:
        raise ConfigError(faults)
    return node.yaml, Comments(text, node.yaml)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError("path_unreadable", Phrase("name_import"), path=path, reason=reason_of(error)) from None


def _with_columns(fault: Fault, file: str, *, is_new: bool) -> Fault:
    """Return a fault whose path names the rows' columns. is_new: there is no sites.yaml yet, so what lacks lacks as a row."""
    path = fault.path
    if is_new and path in ("network", "levels", "points") and fault.line <= 1:
        return Fault(file, 0, "", "no_row_of_kind", values={"kind": path.removesuffix("s")})
    for key, column in ((".location[0]", ".latitude"), (".location[1]", ".longitude"), (".location", ".latitude")):
        path = path.replace(key, column)
    return replace(fault, path=path)


def _check_choice(name: str | None, known: Iterable[str], what: str) -> None:
    if name is not None and name not in known:
        raise SetupError(f"no_{what}", phrase("known_are", names=tuple(known)), name=name)


def _is_chosen(target: Target, arguments: argparse.Namespace) -> bool:
    return (
        arguments.area in (None, target.area)
        and arguments.level in (None, target.level)
        and arguments.kind in (None, target.kind.value)
    )


def _plain(target: Target) -> dict[str, Any]:
    """Return a target as JSON may hold it; of its probes every setting, None where it leaves it as it is."""
    probes = {
        name: {"enabled": override.enabled} | {each.name: override.changes.get(each.name) for each in fields(KINDS[name].settings)}
        for name, override in target.probes.items()
    }
    return asdict(replace(target, probes={})) | {"probes": probes}


def _as_table(targets: list[Target], inventory: Inventory, language: str) -> Iterator[str]:
    """Yield the targets area by area, in the areas' order and each by name, as wide as the terminal; piped, as wide as needed."""
    width = printed_width()
    wide = max((len(target.address) for target in targets), default=0)
    longest = max((len(target.id) for target in targets), default=0)
    for area in inventory.areas.values():
        here = [target for target in targets if target.area == area.id]
        here.sort(key=lambda target: (target.kind is Kind.ENDPOINT, collation_key(target.name)))
        if here:
            yield f"{area.name} ({area.id}): {voice(language).number(len(here))}"
        for target in here:
            mark = "●" if target.kind is Kind.POINT else "○"
            yield fitted(f"  {mark} {target.address:{wide}}  {target.id:{longest}}  {target.short}", width)
    points = sum(target.kind is Kind.POINT for target in targets)
    yield say(IMPORT, "points", language, points=points, endpoints=len(targets) - points)
