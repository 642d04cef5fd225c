"""Say everything that is wrong with the configuration and with this machine, all at once; write the schemas for editors."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor.cli.check_machine import MachineFinding, MachineGrade, look
from monitor.cli.notices import notice_lines
from monitor.cli.parser import Parser
from monitor.errors import ConfigError, Fault, Notice, SetupError, reason_of
from monitor.load import meetings, profiles, sites
from monitor.load.configuration import Configuration, find_folder, load
from monitor.load.document import ValueReader
from monitor.load.exchange.netbox_form import netbox_table
from monitor.load.fields import ReadMapping
from monitor.load.secrets import SecretStore
from monitor.load.settings import settings_table
from monitor.model.inventory import Inventory, Kind
from monitor.model.probe_kinds import ICMP
from monitor.rules.timetable import Turn
from monitor.service.specs import addresses_asked, turns
from monitor.words import say
from monitor.words.configuration import CHECK
from monitor.words.phrase import Phrase
from monitor.words.states import LEVELS

_FORMS: dict[str, tuple[str, ValueReader[ReadMapping]]] = {
    "sites": ("The inventory: sites.yaml, sites.d/*.yaml", sites.FILE),
    "monitor": ("How the daemon watches: monitor.yaml", settings_table(SecretStore({}, Path()))),
    "meetings": ("The meetings: meetings.yaml", meetings.FILE),
    "netbox": ("Where the inventory comes from: netbox.yaml", netbox_table(SecretStore({}, Path()))),
    "profile": ("A kind of device: profiles/*.yaml", profiles.FILE),
}


def add_arguments(parser: Parser) -> None:
    parser.add_config()
    parser.add_format("table", "json")
    parser.add_language()
    parser.add_argument("--write-schema", metavar="DIR", help=parser.say("write_schema"))


def execute(arguments: argparse.Namespace) -> int:
    """Check everything and print it; 2 where anything is a fault, 1 where anything of a calendar is left out."""
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
    findings = list(look(settings, *_pinged(configuration)))
    language = str(arguments.spoken)
    if arguments.format == "json":
        print(_as_json(faults, configuration, findings, language))
    else:
        print("\n".join([*_about_configuration(folder, faults, configuration, language), *_about_machine(findings, language)]))
    if faults or any(finding.grade is MachineGrade.FAULT for finding in findings):
        return 2
    return 1 if any(each.is_left_out for each in _notices(configuration)) else 0


def _write_schemas(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in schemas().items():
            (folder / name).write_text(text, encoding="utf-8")
            print(folder / name)
    except OSError as error:
        raise SetupError("unwritable", Phrase("other_folder"), path=folder, reason=reason_of(error)) from None
    return 0


def _pinged(configuration: Configuration | None) -> tuple[tuple[int, ...], int]:
    """Return the IP versions of whoever is pinged, names as IPv4, and how many requests go unanswered at once if nobody answers."""
    if configuration is None:
        return (4,), 0
    timetable = turns(configuration.inventory, configuration.settings, configuration.profiles)
    pings = [turn for turn in timetable if turn.probe == ICMP.name]
    versions = {6 if ":" in turn.spec.address else 4 for turn in pings}
    return tuple(sorted(versions or {4})), round(sum(map(_unanswered, pings)))


def _unanswered(turn: Turn) -> float:
    burst: Any = turn.spec
    return float(burst.packets * min(1.0, burst.timeout_s / turn.every_s))


def _besides(configuration: Configuration) -> list[str]:
    """Return the addresses of no target that are asked all the same."""
    known = {target.address for target in configuration.inventory.targets.values()}
    return [address for address in addresses_asked(configuration) if address not in known]


def _about_configuration(folder: Path, faults: Sequence[Fault], configuration: Configuration | None, language: str) -> list[str]:
    if configuration is None:
        return [*(fault.text_in(language) for fault in faults), say(CHECK, "faults", language, count=len(faults))]
    warned = [f"{say(CHECK, 'warning', language)}: {warning.text_in(language)}" for warning in configuration.warnings]
    warned += notice_lines(_notices(configuration), language)
    network = configuration.inventory.network
    head = (
        f"{say(CHECK, 'configuration', language, folder=folder)}: {network.name} ({say(CHECK, network.addresses.value, language)})"
    )
    besides = _besides(configuration)
    asked = [say(CHECK, "besides", language, addresses=", ".join(besides))] if besides else []
    return [*warned, head, *(f"  {line}" for line in (*_counts(configuration.inventory, language), *asked))]


def _notices(configuration: Configuration | None) -> Sequence[Notice]:
    return () if configuration is None else configuration.meetings.notices


def _counts(inventory: Inventory, language: str) -> list[str]:
    lines = []
    for level in (*inventory.levels, None):
        here = [target for target in inventory.targets.values() if level in (None, target.level)]
        points = sum(target.kind is Kind.POINT for target in here)
        name = say(CHECK, "whole", language) if level is None else say(LEVELS, level, language) if level in LEVELS else level
        lines.append(say(CHECK, "counts", language, level=name, points=points, endpoints=len(here) - points))
    return lines


def _about_machine(findings: Sequence[MachineFinding], language: str) -> list[str]:
    wide = max(len(say(CHECK, grade.value, language)) for grade in MachineGrade)
    lines = [say(CHECK, "machine", language)]
    for finding in findings:
        cure = finding.cure(language)
        grade = say(CHECK, finding.grade.value, language)
        lines.append(f"  {grade:{wide}}  {finding.text(language)}" + (f"; {cure}" if cure else ""))
    return lines


def _as_json(
    faults: Sequence[Fault], configuration: Configuration | None, findings: Sequence[MachineFinding], language: str
) -> str:
    warnings = () if configuration is None else configuration.warnings
    counts: dict[str, dict[str, int]] = {}
    for target in () if configuration is None else configuration.inventory.targets.values():
        of_level = counts.setdefault(target.level, {kind.value: 0 for kind in Kind})
        of_level[target.kind.value] += 1
    besides = [] if configuration is None else _besides(configuration)
    told = {name: [each.answer_in(language) for each in found] for name, found in (("faults", faults), ("warnings", warnings))}
    machine = [each.answer_in(language) for each in findings]
    told["calendar_notices"] = [each.answer_in(language) for each in _notices(configuration)]
    return json.dumps({**told, "targets": counts, "asked_besides": besides, "machine": machine}, ensure_ascii=False, indent=1)


def schemas() -> dict[str, str]:
    """Return file name → JSON Schema as text. What it can't express (uplinks, duplicates, ranges of durations) `check` finds."""
    texts = {}
    for name, (title, form) in _FORMS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | form.schema()
        texts[f"{name}.schema.json"] = json.dumps(schema, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return texts
