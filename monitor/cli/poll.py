"""Probe now and print what answers."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from monitor.cli.client import add_daemon
from monitor.cli.parser import Parser
from monitor.cli.probers import open_probers
from monitor.cli.probing import Progress, as_asked, daemon_answer, is_for_daemon, progress_line
from monitor.cli.tables import TableColumn, table
from monitor.errors import Fault, FaultsError
from monitor.export.api.readings import row
from monitor.load.configuration import Configuration, find_folder, load
from monitor.model.probe_kinds import ICMP, SERVICES, SNMP
from monitor.model.reading import Outcome, Reading
from monitor.model.spelling import nearest
from monitor.service.process import SystemClock
from monitor.service.specs import addresses_asked, turns
from monitor.words import say
from monitor.words.phrase import Phrase, phrase
from monitor.words.poll import POLL
from monitor.words.probes import OUTCOMES, PROBES
from monitor.words.voice import voice

Row = Mapping[str, Any]


def add_arguments(parser: Parser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help=parser.say("poll_ids"))
    add_daemon(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Probe, print, and return 0 where every target answers, else 1."""
    configuration = as_asked(load(find_folder(arguments.config)), arguments)
    language = configuration.settings.language
    ids = _chosen(arguments.ids, configuration)
    began_s = time.monotonic()
    # Programs read English beside the codes, as they do of the API.
    told_in = "en" if arguments.format == "json" else language
    rows = asyncio.run(_rows(configuration, ids, told_in, progress_line(POLL, "progress", language)))
    by_target: dict[str, dict[str, Row]] = {target: {} for target in ids}
    for each in rows:
        by_target[each["target"]][each["probe"]] = each
    if arguments.format == "json":
        print(json.dumps([each for probes in by_target.values() for each in probes.values()], ensure_ascii=False, indent=1))
    else:
        _print_table(by_target, language)
    answering = sum(any(Outcome(each["outcome"]).is_alive for each in probes.values()) for probes in by_target.values())
    took = voice(language).milliseconds(time.monotonic() - began_s)
    summary = say(POLL, "summary", language, answering=answering, asked=len(ids), took=took)
    print(summary, file=sys.stderr if arguments.format == "json" else sys.stdout)
    return 0 if answering == len(ids) else 1


def _chosen(ids: Sequence[str], configuration: Configuration) -> list[str]:
    targets = configuration.inventory.targets
    unknown = [_unknown(name, targets) for name in ids if name not in targets]
    if unknown:
        raise FaultsError(unknown)
    return list(dict.fromkeys(ids)) or list(targets)


def _unknown(name: str, targets: Iterable[str]) -> Fault:
    near = nearest(name, targets)
    remedy = Phrase("list_targets") if near is None else phrase("did_you_mean", near=near)
    return Fault("", 0, "", "no_target", remedy, {"name": name})


async def _rows(configuration: Configuration, ids: Sequence[str], told_in: str, progress: Progress) -> list[Row]:
    if await is_for_daemon(configuration, addresses_asked(configuration, frozenset(ids)), "or_start_for_poll"):
        return await _asked_of_daemon(configuration.settings.origin, ids, told_in, progress)
    return await _asked_by_us(configuration, ids, told_in, progress)


# By ourselves


async def _asked_by_us(configuration: Configuration, ids: Sequence[str], told_in: str, progress: Progress) -> list[Row]:
    wanted, rows = set(ids), list[Row]()
    specs: dict[str, list[Any]] = defaultdict(list)
    for turn in turns(configuration.inventory, configuration.settings, configuration.profiles):
        if turn.spec.target in wanted:
            specs[turn.probe].append(turn.spec)
    asked = sum(map(len, specs.values()))

    def on_reading(reading: Reading) -> None:
        rows.append(row(reading, told_in))
        progress(len(rows), asked)

    async with AsyncExitStack() as stack:
        probers = (await open_probers(configuration.settings, SystemClock(), stack)).by_probe
        async with asyncio.TaskGroup() as group:
            for probe, chosen in specs.items():
                group.create_task(probers[probe].probe(chosen, on_reading))
    return rows


# By the running daemon


async def _asked_of_daemon(origin: str, ids: Sequence[str], told_in: str, progress: Progress) -> list[Row]:
    rows, asked = list[Row](), 0
    asked_for = {"params": {"lang": told_in}, "json": {"targets": list(ids)}}
    broken = ("daemon_broke_off", None)
    async with daemon_answer(
        origin, "POST", "/api/v1/poll", refused="daemon_refuses_poll", broken=broken, silent_s=60, **asked_for
    ) as answer:
        async for line in answer.content:
            each = json.loads(line)
            if "asked" in each:
                asked = each["asked"]
            else:
                rows.append(each)
                progress(len(rows), asked)
    return rows


# What is printed


def _print_table(by_target: Mapping[str, Mapping[str, Row]], language: str) -> None:
    columns = [
        TableColumn(say(POLL, "target", language)),
        TableColumn(say(POLL, "ping", language)),
        TableColumn(say(POLL, "loss", language), is_number=True),
        TableColumn(say(POLL, "rtt", language), is_number=True),
        TableColumn(say(PROBES, SNMP.name, language)),
    ]
    # A column a service, where anybody has it.
    others = [probe for probe in SERVICES if any(probe in probes for probes in by_target.values())]
    columns += [TableColumn(say(PROBES, probe, language)) for probe in others]
    columns.append(TableColumn(say(POLL, "why", language)))
    print(table(columns, [_cells(target, probes, others, language) for target, probes in by_target.items()]))


def _cells(target: str, probes: Mapping[str, Row], others: Sequence[str], language: str) -> list[str]:
    speaker, icmp = voice(language), probes.get(ICMP.name, {})
    sample = icmp.get("icmp") or {}
    asked = [probes[probe] for probe in (ICMP.name, SNMP.name, *others) if probe in probes]
    return [
        target,
        _outcome(icmp, language),
        "" if sample.get("loss") is None else speaker.loss(sample["loss"]),
        "" if sample.get("rtt_ms") is None else speaker.milliseconds(sample["rtt_ms"] / 1000),
        _outcome(probes.get(SNMP.name, {}), language),
        *(_service(probes.get(probe, {}), language) for probe in others),
        # Last, since a narrow terminal shortens the end of a line: the outcomes are seen in any case.
        "; ".join(each["detail"] for each in asked if each["detail"] and each["outcome"] != Outcome.OK),
    ]


def _service(each: Row, language: str) -> str:
    """Return how a service's probe ended, with the status that came."""
    code = (each.get("service") or {}).get("code") if each else None
    return _outcome(each, language) if code is None else f"{_outcome(each, language)} ({code})"


def _outcome(each: Row, language: str) -> str:
    return say(OUTCOMES, each["outcome"], language) if each else say(POLL, "none", language)
