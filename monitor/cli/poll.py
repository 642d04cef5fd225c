"""Probe now and print what answers."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import aiohttp

from monitor.cli.client import is_daemon_there
from monitor.cli.options import add_config, add_format, add_language
from monitor.cli.parser import Parser
from monitor.cli.probers import open_probers
from monitor.cli.tables import TableColumn, table
from monitor.errors import Fault, FaultsError, SetupError, reason_of
from monitor.export.api.readings import row
from monitor.load.configuration import Configuration, find_folder, load
from monitor.model.inventory import AddressMode
from monitor.model.probe_kinds import ICMP, SERVICES, SNMP
from monitor.model.reading import Outcome, Reading
from monitor.model.spelling import nearest
from monitor.probes.guard import ensure_permitted
from monitor.service.process import SystemClock
from monitor.service.specs import addresses_asked, turns
from monitor.words import say
from monitor.words.phrase import Phrase, phrase
from monitor.words.poll import POLL
from monitor.words.probes import OUTCOMES, PROBES
from monitor.words.voice import voice

Row = Mapping[str, Any]
Progress = Callable[[int, int], None]


def add_arguments(parser: Parser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("ids", nargs="*", metavar="ID", help=parser.say("poll_ids"))
    add_config(parser)
    add_language(parser)
    add_format(parser, "table", "json")
    parser.add_argument("--daemon", metavar="URL", help=parser.say("daemon"))


def execute(arguments: argparse.Namespace) -> int:
    """Probe, print, and return 0 where every target answers, else 1."""
    configuration = load(find_folder(arguments.config))
    if arguments.daemon:
        configuration = replace(configuration, settings=replace(configuration.settings, advertise=arguments.daemon))
    language = str(arguments.spoken)
    configuration = replace(configuration, settings=replace(configuration.settings, language=language))
    ids = _chosen(arguments.ids, configuration)
    began_s = time.monotonic()
    # Programs read English beside the codes, as they do of the API.
    told_in = "en" if arguments.format == "json" else language
    rows = asyncio.run(_rows(configuration, ids, told_in, _progress(language)))
    by_target: dict[str, dict[str, Row]] = {target: {} for target in ids}
    for each in rows:
        by_target[each["target"]][each["probe"]] = each
    if arguments.format == "json":
        print(json.dumps([each for probes in by_target.values() for each in probes.values()], ensure_ascii=False, indent=1))
    else:
        _print_table(by_target, language)
    answering = sum(any(_is_alive(each) for each in probes.values()) for probes in by_target.values())
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


def _progress(language: str) -> Progress:
    def show(done: int, asked: int) -> None:
        if sys.stderr.isatty():
            end = "\r" if done < asked else "\r\033[K"
            print(say(POLL, "progress", language, done=done, asked=asked), end=end, file=sys.stderr, flush=True)

    return show


async def _rows(configuration: Configuration, ids: Sequence[str], told_in: str, progress: Progress) -> list[Row]:
    mode = configuration.inventory.network.addresses
    try:
        if mode is AddressMode.PRODUCTION and await is_daemon_there(configuration.settings.origin):
            return await _asked_of_daemon(configuration, ids, told_in, progress)
        ensure_permitted(mode, addresses_asked(configuration, frozenset(ids)))
    except SetupError as refusal:
        if not await is_daemon_there(configuration.settings.origin):
            raise refusal.or_else("or_start_for_poll") from refusal
        return await _asked_of_daemon(configuration, ids, told_in, progress)
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


async def _asked_of_daemon(configuration: Configuration, ids: Sequence[str], told_in: str, progress: Progress) -> list[Row]:
    origin = configuration.settings.origin
    try:
        return await _answers(origin, ids, told_in, progress)
    except (aiohttp.ClientError, TimeoutError, LookupError, TypeError, ValueError) as error:
        raise SetupError("daemon_broke_off", origin=origin, reason=reason_of(error)) from error


async def _answers(origin: str, ids: Sequence[str], told_in: str, progress: Progress) -> list[Row]:
    rows, asked = list[Row](), 0
    async with (
        aiohttp.ClientSession(headers={"Origin": origin}, timeout=aiohttp.ClientTimeout(total=None, sock_read=60)) as session,
        session.post(f"{origin}/api/v1/poll", params={"lang": told_in}, json={"targets": list(ids)}) as answer,
    ):
        if answer.status != 200:
            refusal = SetupError.answered(await answer.json())
            raise SetupError("daemon_refuses_poll", refusal.remedy, origin=origin, reason=refusal.said)
        async for line in answer.content:
            each = json.loads(line)
            if "asked" in each:
                asked = each["asked"]
            else:
                rows.append(each)
                progress(len(rows), asked)
    return rows


# What is printed


def _is_alive(each: Row) -> bool:
    return Outcome(each["outcome"]).is_alive


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
