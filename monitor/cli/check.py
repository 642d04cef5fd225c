"""Say everything that is wrong with the configuration and with this machine, all at once."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from monitor.cli.machine import Finding, Grade, look
from monitor.cli.options import add_config, add_format, add_language
from monitor.cli.parser import Parser
from monitor.errors import ConfigError, Fault, SetupError, reason_of
from monitor.load.configuration import Configuration, find_folder, load
from monitor.load.schema import write_schemas
from monitor.model.inventory import Inventory, Kind
from monitor.model.probe_kinds import ICMP
from monitor.model.settings import Settings
from monitor.words import say
from monitor.words.configuration import CHECK
from monitor.words.phrase import Phrase
from monitor.words.states import LEVELS


def add_arguments(parser: Parser) -> None:
    """Declare --config, --format, --language and --write-schema."""
    add_config(parser)
    add_format(parser, "table", "json")
    add_language(parser)
    parser.add_argument("--write-schema", metavar="DIR", help=parser.say("write_schema"))


def execute(arguments: argparse.Namespace) -> int:
    """Check everything and print it; 2 where anything is a fault."""
    if arguments.write_schema:
        return _write_schemas(Path(arguments.write_schema))
    folder = find_folder(arguments.config)
    configuration: Configuration | None = None
    faults: Sequence[Fault] = ()
    try:
        configuration = load(folder)
    except ConfigError as error:
        faults = error.faults
    settings = None if configuration is None else configuration.settings
    inventory = None if configuration is None else configuration.inventory
    findings = list(look(settings, _versions(inventory), _packets(inventory, settings or Settings())))
    language = str(arguments.spoken)
    if arguments.format == "json":
        print(_as_json(faults, configuration, findings, language))
    else:
        print("\n".join([*_about_configuration(folder, faults, configuration, language), *_about_machine(findings, language)]))
    return 2 if faults or any(finding.grade is Grade.FAULT for finding in findings) else 0


def _write_schemas(folder: Path) -> int:
    try:
        for path in write_schemas(folder):
            print(path)
    except OSError as error:
        raise SetupError("unwritable", Phrase("other_folder"), path=folder, reason=reason_of(error)) from None
    return 0


def _versions(inventory: Inventory | None) -> tuple[int, ...]:
    """Return the IP versions of the targets; names count as IPv4."""
    found = set() if inventory is None else {6 if ":" in target.address else 4 for target in inventory.targets.values()}
    return tuple(sorted(found or {4}))


def _packets(inventory: Inventory | None, settings: Settings) -> int:
    """Return how many echo requests would be unanswered at the same time if a whole round went unanswered."""
    count = 0 if inventory is None else len(inventory.targets)
    icmp = ICMP.of(settings)
    return round(count * icmp.packets * min(1.0, icmp.timeout_s / icmp.every_s))


def _about_configuration(folder: Path, faults: Sequence[Fault], configuration: Configuration | None, language: str) -> list[str]:
    if configuration is None:
        return [*(fault.told(language) for fault in faults), say(CHECK, "faults", language, count=len(faults))]
    warned = [f"{say(CHECK, 'warning', language)}: {warning.told(language)}" for warning in configuration.warnings]
    network = configuration.inventory.network
    head = (
        f"{say(CHECK, 'configuration', language, folder=folder)}: {network.name} ({say(CHECK, network.addresses.value, language)})"
    )
    return [*warned, head, *(f"  {line}" for line in _counts(configuration.inventory, language))]


def _counts(inventory: Inventory, language: str) -> list[str]:
    lines = []
    for level in (*inventory.levels, None):
        here = [target for target in inventory.targets.values() if level in (None, target.level)]
        points = sum(target.kind is Kind.POINT for target in here)
        name = say(CHECK, "whole", language) if level is None else say(LEVELS, level, language) if level in LEVELS else level
        lines.append(say(CHECK, "counts", language, level=name, points=points, endpoints=len(here) - points))
    return lines


def _about_machine(findings: Sequence[Finding], language: str) -> list[str]:
    wide = max(len(say(CHECK, grade.value, language)) for grade in Grade)
    lines = [say(CHECK, "machine", language)]
    for finding in findings:
        cure = finding.cure(language)
        grade = say(CHECK, finding.grade.value, language)
        lines.append(f"  {grade:{wide}}  {finding.text(language)}" + (f"; {cure}" if cure else ""))
    return lines


def _plain(fault: Fault, language: str) -> dict[str, object]:
    said = {"code": fault.code, "fault": fault.fault_in(language), "cure": fault.cure_in(language)}
    return {"file": fault.file, "line": fault.line, "path": fault.path, **said}


def _as_json(faults: Sequence[Fault], configuration: Configuration | None, findings: Sequence[Finding], language: str) -> str:
    warnings = () if configuration is None else configuration.warnings
    counts: dict[str, dict[str, int]] = {}
    for target in () if configuration is None else configuration.inventory.targets.values():
        of_level = counts.setdefault(target.level, {kind.value: 0 for kind in Kind})
        of_level[target.kind.value] += 1
    machine = [{"grade": each.grade.value, "text": each.text(language), "cure": each.cure(language)} for each in findings]
    told = {name: [_plain(each, language) for each in found] for name, found in (("faults", faults), ("warnings", warnings))}
    return json.dumps({**told, "targets": counts, "machine": machine}, ensure_ascii=False, indent=1)
