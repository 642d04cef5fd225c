"""A thousand rounds of the shipped province through the real daemon, as fast as they go: `python -m tests.system.thousand_rounds`.

Everything from the reading on is what `monitor run` uses: board, rules, journal on disk, history, collector, HTTP, event stream.
Only the packets and the clock are made up. Prints one JSON object: round → resident bytes of poller and faces, and what happened.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import monitor.cli.run  # noqa: F401  what the daemon loads is loaded here, too
from monitor.export.source import NoMeetings
from monitor.journal.journal import Journal
from monitor.journal.store import Store
from monitor.load.configuration import Configuration, load
from monitor.model.reading import Deliver, IcmpSample, InterfaceSample, Outcome, PathTrace, Reading, SnmpSample
from monitor.model.reason import Reason
from monitor.model.spec import IcmpSpec, SnmpSpec
from monitor.model.state import OwnSide
from monitor.service.daemon import Daemon
from monitor.service.history import History
from monitor.service.live_source import LiveSource
from monitor.service.specs import turns
from monitor.service.web_process import WebProcess

SILENT = (Reason("unanswered", {"tries": 2}),)

ROUNDS = 1000
ROUND_S = 15.0
STEPS = 3
"""Steps of a round: so often the board judges."""
SNMP_ROUNDS = 10
SCRAPE_EVERY, PAGE_EVERY, CUT_EVERY, CUT_FOR = 10, 50, 25, 6
MEASURE_EVERY = 100
BEGIN = 1_795_400_000.0
MAX_OCTETS_S = 1_500_000


class Clock:
    """Both clocks, moved by the rounds."""

    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    def wall(self) -> float:
        return BEGIN + self.now_s


class Devices:
    """Answers for every target with a delay and a traffic of its own; those behind what is cut are silent."""

    def __init__(self, configuration: Configuration, clock: Clock) -> None:
        self.dead: set[str] = set()
        self._clock = clock
        self._chance = random.Random(1)
        names = configuration.inventory.targets
        self._rtts_s = {name: self._chance.uniform(0.004, 0.04) for name in names}
        self._octets = dict.fromkeys(names, (0, 0))
        metrics = [value.metric for profile in configuration.profiles.values() for value in profile.values]
        self._values = {name: {metric: self._chance.random() for metric in metrics} for name in names}

    async def probe(self, specs: Sequence[IcmpSpec | SnmpSpec], deliver: Deliver) -> None:
        """Deliver one reading a spec."""
        for spec in specs:
            deliver(self._ping(spec) if isinstance(spec, IcmpSpec) else self._ask(spec))

    def _ping(self, spec: IcmpSpec) -> Reading:
        is_silent = spec.target in self.dead
        base_s, chance = self._rtts_s[spec.target], self._chance.random
        rtts_s = tuple(None if is_silent or chance() < 0.001 else base_s + 0.002 * chance() for _ in range(spec.packets))
        outcome = Outcome.OK if any(rtts_s) else Outcome.TIMEOUT
        sample = IcmpSample(spec.packets, rtts_s)
        return Reading(spec.target, "icmp", self._clock.now_s, outcome, icmp=sample, confirms=spec.confirms)

    def _ask(self, spec: SnmpSpec) -> Reading:
        now_s = self._clock.now_s
        if spec.target in self.dead:
            return Reading(spec.target, "snmp", now_s, Outcome.TIMEOUT, detail=SILENT, confirms=spec.confirms)
        ticks = int(now_s * 100)
        sample = SnmpSample(spec.profile.id, uptime_ticks=ticks, brief=spec.brief)
        if not spec.brief:
            rows = tuple(self._row(spec.target, place, ticks) for place in range(3))
            values = {metric: value + self._chance.random() for metric, value in self._values[spec.target].items()}
            sample = replace(sample, sys_descr=f"device {spec.target}", interfaces=rows, values=values)
        return Reading(spec.target, "snmp", now_s, Outcome.OK, snmp=sample, confirms=spec.confirms)

    def _row(self, target: str, place: int, ticks: int) -> InterfaceSample:
        if place == 0:
            grown = self._chance.randrange(MAX_OCTETS_S) * int(ROUND_S) * SNMP_ROUNDS
            self._octets[target] = (self._octets[target][0] + grown, self._octets[target][1] + grown // 3)
        receive, transmit = self._octets[target]
        return InterfaceSample(
            name=f"eth{place}",
            index=place + 1,
            descr=f"Ethernet {place}",
            up=True,
            speed_bps=1_000_000_000,
            receive_octets=receive,
            transmit_octets=transmit,
            receive_errors=0,
            transmit_errors=0,
            receive_discards=ticks % 7,
            transmit_discards=0,
            uptime_ticks=ticks,
            role="other" if place else "wan",
        )


class Reader:
    """A Prometheus, a browser and an open screen, over real connections."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.octets = 0

    async def get(self, path: str) -> None:
        """Read one answer to its end."""
        reader, writer = await self._ask(path)
        text = await reader.read()
        assert text.startswith(b"HTTP/1.1 200 "), text[:200]
        self.octets += len(text)
        writer.close()
        await writer.wait_closed()

    async def watch(self) -> None:
        """Read the event stream for ever."""
        reader, _ = await self._ask("/api/v1/stream?parts=vi")
        while part := await reader.read(65_536):
            self.octets += len(part)

    async def _ask(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode())
        return reader, writer


class Life:
    """The daemon, its devices and its readers, lived through round by round."""

    def __init__(self, configuration: Configuration, journal: Journal, history: History) -> None:
        self.clock = Clock()
        self.devices = Devices(configuration, self.clock)
        self.resident: dict[int, int] = {}
        self.web_resident: dict[int, int] = {}
        self.daemon = Daemon(
            configuration,
            reload_from=lambda: configuration,
            permit=lambda _: None,
            journal=journal,
            history=history,
            probers={"icmp": self.devices, "snmp": self.devices},
            trace=_trace,
            receive_drops=lambda: 0,
            clock=self.clock,
        )
        self._parts = _parts(configuration)
        self._districts = [area for area in configuration.inventory.areas if area.startswith("huyen-")]
        self._behind = {
            area: {target.id for target in configuration.inventory.targets.values() if target.area == area}
            for area in self._districts
        }

    async def round(self, number: int, reader: Reader) -> None:
        """Live through one round of pings and a quarter of one of SNMP."""
        turn = number % CUT_EVERY
        if turn in (0, CUT_FOR):
            district = self._districts[number // CUT_EVERY % len(self._districts)]
            self.devices.dead = self._behind[district] if turn == 0 else set()
        self.daemon.round_opened("icmp")
        for step in range(STEPS):
            self.clock.now_s += ROUND_S / STEPS
            await self.devices.probe(self._parts["icmp"][step::STEPS], self.daemon.deliver)
            await self.devices.probe(
                self._parts["snmp"][number % SNMP_ROUNDS * STEPS + step :: STEPS * SNMP_ROUNDS], self.daemon.deliver
            )
            self.daemon.see_own_side(OwnSide(self.clock.now_s, sends_attempted=500))
            await self.daemon.board.evaluate()
        self.daemon.round_finished("icmp", ROUND_S)
        if number % SCRAPE_EVERY == 0:
            await reader.get("/metrics")
        if number % PAGE_EVERY == 0:
            for path in ("/", "/api/v1/targets", "/api/v1/events?limit=1000"):
                await reader.get(path)
        if (number + 1) % MEASURE_EVERY == 0:
            self.resident[number + 1], self.web_resident[number + 1] = resident(os.getpid()), resident(child())


def _parts(configuration: Configuration) -> dict[str, list[IcmpSpec | SnmpSpec]]:
    specs: dict[str, list[IcmpSpec | SnmpSpec]] = {"icmp": [], "snmp": []}
    for turn in turns(configuration.inventory, configuration.settings, configuration.profiles):
        if isinstance(turn.spec, IcmpSpec | SnmpSpec):
            specs[turn.probe].append(turn.spec)
    return specs


async def _trace(address: str) -> PathTrace:
    return PathTrace(address)


def resident(pid: int) -> int:
    """Return a process's resident set, bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def child() -> int:
    """Return the process that visitors meet."""
    (pid,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return int(pid)


async def live(folder: Path, rounds: int) -> dict[str, object]:
    """Live through the rounds and return what there is to tell."""
    configuration, url = load(Path(__file__).parents[2] / "config"), f"sqlite:///{folder}/journal.db"
    configuration = replace(configuration, settings=replace(configuration.settings, journal=url))
    async with AsyncExitStack() as stack:
        journal = Journal(Store(url))
        stack.callback(journal.close)
        life = Life(configuration, journal, stack.enter_context(History().kept_beside(url)))
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        web = WebProcess(LiveSource(life.daemon), NoMeetings(), [listener])
        serving = asyncio.create_task(web.run())
        stack.push_async_callback(_ended, serving)
        await web.serving.wait()
        reader = Reader(listener.getsockname()[1])
        watching = asyncio.create_task(reader.watch())
        stack.callback(watching.cancel)
        for number in range(rounds):
            await life.round(number, reader)
        transitions = len(await journal.events(None, 1_000_000))
    targets = len(configuration.inventory.targets)
    told = {"resident": life.resident, "web_resident": life.web_resident, "journal": transitions, "read": reader.octets}
    return {**told, "targets": targets, "web_starts": web.starts}


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def main() -> None:
    """Print what a thousand rounds, or as many as are asked for, cost in memory."""
    with tempfile.TemporaryDirectory() as folder:
        logging.basicConfig(level=logging.INFO, filename=f"{folder}/log")
        print(json.dumps(asyncio.run(live(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))))


if __name__ == "__main__":
    main()
