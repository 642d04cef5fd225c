"""A resolver that dies and comes back: who has a name is asked at the last known address, and followed when the name moves.

The daemon runs in the test's own process, its sockets in the lab, so that the resolver and the hour can be what the test wants. Its
sockets have Debian's default buffers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from monitor.journal.journal import Journal
from monitor.journal.store import Store
from monitor.load.configuration import Configuration, load
from monitor.model.probe_kinds import ICMP, SNMP
from monitor.model.reading import PathTrace
from monitor.model.state import Snapshot, State, TargetView
from monitor.probes.icmp.prober import IcmpProber
from monitor.probes.names import FRESH_S
from monitor.probes.snmp.prober import SnmpProber
from monitor.service.daemon import Daemon
from monitor.service.history import History
from monitor.service.process import SystemClock
from tests.lab_fixture import Lab
from tests.patience import LONGEST_WAIT_S

NAMED, NAME = "xa-a1", "xa-a1.example"
OLD, NEW = "10.1.1.1", "10.1.2.1"
DEBIAN_BYTES = 212_992 // 2
"""The kernel doubles what it is asked for."""


class Clock(SystemClock):
    """The machine's, so many seconds ahead."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


@dataclass
class Resolver:
    """Knows one name. address: None while it is dead. asked: how often it was asked."""

    address: str | None = None
    asked: int = 0

    def __call__(self, name: str) -> str:
        assert name == NAME
        self.asked += 1
        if self.address is None:
            raise OSError(-3, "Temporary failure in name resolution")
        return self.address


@dataclass
class Watched:
    """A running daemon, the clock and the resolver that it has, and its lab."""

    daemon: Daemon
    clock: Clock
    resolver: Resolver
    lab: Lab

    async def until(self, holds: Callable[[Snapshot], bool]) -> None:
        """Wait until something holds; whoever has a name is never down meanwhile."""
        async with asyncio.timeout(LONGEST_WAIT_S):
            while True:
                snapshot = self.daemon.board.snapshot()
                assert snapshot.blind is None
                assert snapshot.views[NAMED].state is not State.DOWN
                if holds(snapshot):
                    return
                await asyncio.sleep(0.05)

    async def more_replies(self) -> None:
        """Wait until the named target has answered two more bursts, and the resolver was asked meanwhile."""
        asked, received = self.resolver.asked, _received(self.daemon.board.snapshot().views[NAMED])
        await self.until(lambda snapshot: _received(snapshot.views[NAMED]) >= received + 10 and self.resolver.asked > asked)

    def let_a_minute_pass(self) -> None:
        """Make every name old enough to be asked for again."""
        self.clock.ahead_s += FRESH_S + 1


def _received(view: TargetView) -> int:
    return view.icmp.received_total if view.icmp else 0


def _configuration(lab: Lab) -> Configuration:
    found = load(lab.folder)
    settings, targets = found.settings, dict(found.inventory.targets)
    targets[NAMED] = replace(targets[NAMED], address=NAME)
    brisk = replace(
        settings,
        probes={
            "icmp": replace(ICMP.of(settings), every_s=0.5, timeout_s=0.3),
            "snmp": replace(SNMP.of(settings), every_s=1.0, timeout_s=0.3),
        },
        health=replace(settings.health, stale_intervals=1000),
    )
    return replace(found, settings=brisk, inventory=replace(found.inventory, targets=MappingProxyType(targets)))


@asynccontextmanager
async def watched(lab: Lab, folder: Path) -> AsyncIterator[Watched]:
    """A daemon in the lab whose resolver is dead."""
    configuration, clock, resolver = _configuration(lab), Clock(), Resolver()

    async def trace(address: str) -> PathTrace:
        return PathTrace(address)

    async with AsyncExitStack() as stack:
        journal = Journal(Store(f"sqlite:///{folder}/journal.db"))
        stack.callback(journal.close)
        icmp = IcmpProber(clock, buffer_bytes=DEBIAN_BYTES, resolve=resolver)
        snmp = SnmpProber(clock, resolve=resolver)
        with lab.network():
            await icmp.open()
            stack.callback(icmp.close)
            await snmp.open()
            stack.callback(snmp.close)
        daemon = Daemon(
            configuration,
            reload_from=lambda: configuration,
            permit=lambda _: None,
            journal=journal,
            history=History(),
            probers={"icmp": icmp, "snmp": snmp},
            trace=trace,
            receive_drops=lambda: icmp.receive_drops + snmp.receive_drops,
            clock=clock,
        )
        await stack.enter_async_context(daemon.running())
        yield Watched(daemon, clock, resolver, lab)


async def test_a_resolver_that_dies_and_comes_back_takes_nobody_down(lab: Lab, tmp_path: Path) -> None:
    async with watched(lab, tmp_path) as seen:
        others = set(lab.inventory.targets) - {NAMED}
        await seen.until(lambda snapshot: {State.UP} == {snapshot.views[name].state for name in others})
        assert seen.resolver.asked
        assert seen.daemon.board.snapshot().views[NAMED].state in (None, State.UNKNOWN), "without an address nothing is known"

        seen.resolver.address = OLD
        await seen.until(lambda snapshot: snapshot.views[NAMED].state is State.UP)

        seen.resolver.address = None
        seen.let_a_minute_pass()
        await seen.more_replies()

        seen.resolver.address = NEW
        seen.let_a_minute_pass()
        await seen.more_replies()
        lab.ctl("mute", NAMED)
        seen.let_a_minute_pass()
        await seen.more_replies()
        assert seen.daemon.board.snapshot().views[NAMED].state is State.UP, "it has moved"
        views = seen.daemon.board.snapshot().views.values()
        assert all(view.icmp and view.icmp.sample.loss_ratio == 0 for view in views), "Debian's buffers are enough"
