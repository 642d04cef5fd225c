"""A daemon of two targets, in whose place a test reads the configuration, guards, probes, traces and sets the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError, SetupError
from monitor.journal.journal import Journal
from monitor.journal.store import Store
from monitor.load.configuration import Configuration
from monitor.model.reading import Deliver, Outcome, PathTrace, Reading
from monitor.service.daemon import Daemon
from monitor.service.history import History
from monitor.service.process import SystemClock
from monitor.words.phrase import Phrase
from tests.service.province import PROFILES, SETTINGS, inventory, point

ONE = Configuration(inventory([point("root")]), SETTINGS, PROFILES, Path("config"))
TWO = replace(ONE, inventory=inventory([point("root"), point("d0", "root")]))


@dataclass
class FakeProber:
    """Answers at once. asked: the ids of whom."""

    asked: set[str] = field(default_factory=set)

    async def probe(self, specs: Sequence[Any], deliver: Deliver) -> None:
        for spec in specs:
            self.asked.add(spec.target)
            deliver(Reading(spec.target, "icmp", SystemClock().monotonic(), Outcome.OK))


class StepClock(SystemClock):
    """The system's clocks, but for what a test sets the wall clock by."""

    set_by_s = 0.0

    def wall(self) -> float:
        return super().wall() + self.set_by_s


@dataclass
class Desk:
    """A daemon and what it looks at. fresh: what a reload reads, or raises. permits: whether the guard lets it pass."""

    fresh: Configuration | ConfigError = TWO
    permits: bool = True
    drops: int = 0
    clock: SystemClock = field(default_factory=SystemClock)
    traced: list[str] = field(default_factory=list)

    def read(self) -> Configuration:
        if isinstance(self.fresh, ConfigError):
            raise self.fresh
        return self.fresh

    def permit(self, _configuration: Configuration) -> None:
        if not self.permits:
            raise SetupError("listen_refused", listen="127.0.0.1:9877", reason=Phrase("eaddrinuse"))

    async def trace(self, address: str) -> PathTrace:
        self.traced.append(address)
        return PathTrace(address)

    @asynccontextmanager
    async def daemon(self, folder: Path) -> AsyncIterator[Daemon]:
        journal = Journal(Store(f"sqlite:///{folder}/journal.db"))
        prober = FakeProber()
        try:
            yield Daemon(
                ONE,
                reload_from=self.read,
                permit=self.permit,
                journal=journal,
                history=History(),
                probers={"icmp": prober, "snmp": prober},
                trace=self.trace,
                receive_drops=lambda: self.drops,
                clock=self.clock,
            )
        finally:
            journal.close()
