"""Sends requests that no browser sends: python -m tests.export.malformed [--requests 10000] [--seed 1]

Octets at random, requests with damage, and well-formed ones that ask for nonsense, of every route, over real sockets to a daemon
with its journal. What answers 5xx, ends in a traceback or leaves a trace in asyncio is a finding, told with its number: the same
seed sends the same again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.export.server.admission import Limits
from monitor.journal.journal import Journal
from monitor.journal.store import Store
from monitor.load.configuration import Configuration
from monitor.model.reading import Deliver, Outcome, PathTrace, Reading
from monitor.service.daemon import Daemon
from monitor.service.history import History
from monitor.service.live_source import LiveSource
from monitor.service.process import SystemClock
from tests.export import sample
from tests.export.malformed_requests import request
from tests.export.meetings import FakeMeetings
from tests.export.serving import Served, served
from tests.service.province import PROFILES, SETTINGS

AT_ONCE = 32
PATIENCE = Limits(
    head_s=0.15, reserve_head_s=0.15, body_s=0.15, idle_s=0.1, read_s=5, patience_s=0, reload_every_s=0, sweep_s=0.02,
    connections_of_client=800, requests=800,
)  # fmt: skip
_MOST_LINES = 40
"""Lines of log that a thousand requests may leave behind: what is told once a minute, and what an operator's word brings about."""


@dataclass
class Report:
    """What became of the requests. findings: what should not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    findings: list[str] = field(default_factory=list)


_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) [A-Z]")


async def run(count: int, seed: int) -> Report:
    """Send so many requests to a daemon of its own, and report."""
    report, lines = Report(), list[logging.LogRecord]()
    handler = _Keeping(lines)
    logging.getLogger().addHandler(handler)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: report.findings.append(f"asyncio: {context}"))
    try:
        with tempfile.TemporaryDirectory() as folder:
            await _run_in(Path(folder), count, seed, report)
    finally:
        logging.getLogger().removeHandler(handler)
        loop.set_exception_handler(None)
    report.findings += [f"log: {line.getMessage()}" for line in lines if line.exc_info or line.levelno >= logging.ERROR]
    report.findings += [f"log: a line break in {line.getMessage()!r}" for line in lines if "\n" in line.getMessage()]
    ours = [line for line in lines if line.name == "monitor.http"]
    if len(ours) > _MOST_LINES:
        report.findings.append(f"log: {len(ours)} lines of HTTP")
    return report


async def _run_in(folder: Path, count: int, seed: int, report: Report) -> None:
    configuration = Configuration(sample.inventory(), SETTINGS, PROFILES, folder)
    journal, prober = Journal(Store(f"sqlite:///{folder}/journal.db")), _Prober()
    try:
        daemon = Daemon(
            configuration,
            reload_from=lambda: configuration,
            permit=lambda _: None,
            journal=journal,
            history=History(),
            probers={"icmp": prober, "snmp": prober},
            trace=_trace,
            receive_drops=lambda: 0,
            clock=SystemClock(),
        )
        async with (
            daemon.running(),
            served(LiveSource(daemon), PATIENCE, meetings=FakeMeetings(), heartbeat_s=0.05) as server,  # type: ignore[arg-type]
        ):
            numbers = iter(range(count))
            await asyncio.gather(*(_work(server, numbers, seed, report) for _ in range(AT_ONCE)))
            await _still_serves(server, report)
    finally:
        journal.close()


async def _work(server: Served, numbers: Any, seed: int, report: Report) -> None:
    origin = f"http://127.0.0.1:{server.port}"
    for number in numbers:
        await ask(server, number, request(number, seed, origin), report)


async def ask(server: Served, number: int, sent: bytes, report: Report) -> None:
    """Send one, and report what came of it."""
    async with await server.visit() as visitor:
        visitor.send(sent)
        if number % 11 == 0:
            await asyncio.sleep(0)  # and hang up
            return
        got = bytearray()
        try:
            async with asyncio.timeout(60):
                while piece := await visitor.reader.read(65_536):
                    got += piece
                    if b"text/event-stream" in got:
                        break
        except TimeoutError:
            report.findings.append(f"{number}: neither answered nor closed: {sent[:200]!r}")
        except ConnectionError:
            pass
    statuses = [int(status) for status in _STATUS.findall(got)]
    report.statuses.update(statuses[:1])
    report.unanswered += not statuses
    if any(status >= 500 for status in statuses) or b"Traceback" in got:
        report.findings.append(f"{number}: {sent[:300]!r} … → {bytes(got[:600])!r}")
    elif statuses and 400 <= statuses[0] and b"application/json" in got:
        _check_told(number, bytes(got), report)


def _check_told(number: int, got: bytes, report: Report) -> None:
    head, _, rest = got.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    told = rest[: int(length[1])] if length else rest
    if rest.startswith(b"HTTP/"):  # that was the answer to a HEAD
        return
    try:
        if told and not {"error", "cure", "code", "values"} <= json.loads(told).keys():
            report.findings.append(f"{number}: no fault or cure in {told!r}")
    except ValueError:
        report.findings.append(f"{number}: no JSON: {told!r}")


async def _still_serves(server: Served, report: Report) -> None:
    for path in ("/", "/metrics", "/api/v1/targets", "/api/v1/events", "/api/v1/maintenance", "/meetings"):
        status = (await server.get(path)).status
        if status != 200:
            report.findings.append(f"{path} is {status} afterwards")
    async with await server.visit() as visitor:
        if (await visitor.post("/api/v1/poll", b'{"targets": ["xa-1-1"]}')).status != 200:
            report.findings.append("a poll fails afterwards")


class _Keeping(logging.Handler):
    def __init__(self, lines: list[logging.LogRecord]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record)


class _Prober:
    async def probe(self, specs: Sequence[Any], deliver: Deliver) -> None:
        for spec in specs:
            deliver(Reading(spec.target, "icmp", SystemClock().monotonic(), Outcome.TIMEOUT))


async def _trace(address: str) -> PathTrace:
    return PathTrace(address)


def main(argv: Sequence[str]) -> int:
    """Run as a command; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.export.malformed", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    begun = time.monotonic()
    report = asyncio.run(run(arguments.requests, arguments.seed))
    print(f"{arguments.requests} requests in {time.monotonic() - begun:.0f} s: {dict(sorted(report.statuses.items()))},")
    print(f"{report.unanswered} hung up or were nothing to answer; {len(report.findings)} findings")
    print(*report.findings[:40], sep="\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
