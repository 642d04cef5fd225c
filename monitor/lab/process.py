"""A lab from start to end: a network of its own or loopback addresses, and a province that plays until told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from monitor.lab.control import Control, socket_path
from monitor.lab.director import Director
from monitor.lab.emulator import Emulator
from monitor.lab.inner_network import InnerNetwork, open_inner
from monitor.lab.loopback import LoopbackWire, Sockets
from monitor.lab.namespace import permit_ping_sockets, unshare_network
from monitor.lab.province import Province
from monitor.lab.pump import Pump
from monitor.lab.services import PORTS, Services
from monitor.lab.tun import OWN_ADDRESS, Tun, open_tun
from monitor.model.inventory import Inventory
from monitor.model.scenario import Scenario
from monitor.model.settings import LAB_INTERFACE, Credential, Login
from monitor.wire.h323 import TransportAddress


def lab_clock() -> Callable[[], float]:
    """Return a clock of epoch seconds that begins right and only grows, whatever is done to the machine's."""
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset


@dataclass(frozen=True, slots=True)
class LabPlan:
    """What a lab is made of. folder: where it is found while it runs. config: the folder that a daemon in it is started with.

    logins: of status documents, by the names that targets give. gatekeeper: its address and RAS port, None for none.
    """

    inventory: Inventory
    credentials: Mapping[str, Credential]
    scenario: Scenario
    folder: Path
    config: Path
    logins: Mapping[str, Login] = field(default_factory=lambda: MappingProxyType({}))
    gatekeeper: TransportAddress | None = None


class Wire(Protocol):
    """What carries packets between the province and whoever asks it."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class LabNetwork:
    """The lab's own network: the device that whoever asks reaches the province by, and the hosts' TCP behind it."""

    tun: Tun
    inner: InnerNetwork

    def close(self) -> None:
        self.inner.close()
        self.tun.close()


Connect = Callable[[Province], Wire]


def open_network(addresses: Iterable[str]) -> LabNetwork:
    """Move this process into a network namespace of its own and return what was opened there.

    Raises SetupError where the machine does not permit that.
    """
    every = tuple(addresses)
    unshare_network()
    permit_ping_sockets()
    tun = open_tun(every)
    try:
        return LabNetwork(tun, open_inner(every, PORTS))
    except BaseException:
        tun.close()
        raise


class _NetworkWire:
    """Packets by the pump, and what hosts say by TCP."""

    def __init__(self, network: LabNetwork, province: Province, plan: LabPlan) -> None:
        self._listeners = network.inner.listeners
        self._services = Services(province, plan.logins)
        self._pump = Pump(network.tun, network.inner.tun, Emulator(province, plan.scenario.seed, PORTS), province.now)

    async def start(self) -> None:
        await self._services.start(self._listeners)
        self._pump.start()

    async def stop(self) -> None:
        self._pump.stop()
        await self._services.stop()


def play_in_network(plan: LabPlan, network: LabNetwork, announce: Callable[[], None]) -> None:
    """Play the province in its network until SIGTERM or SIGINT. announce: called once it answers."""
    facts = {"mode": "namespace", "interface": LAB_INTERFACE, "own_address": OWN_ADDRESS}
    try:
        asyncio.run(_play(plan, lambda province: _NetworkWire(network, province, plan), network.tun.set_carrier, facts, announce))
    finally:
        network.close()


def play_on_loopback(plan: LabPlan, sockets: Sockets, announce: Callable[[], None]) -> None:
    """Play what can be played on loopback addresses, until SIGTERM or SIGINT. announce: called once it answers."""
    facts = {"mode": "loopback", "interface": "lo", "own_address": "127.0.0.1", "port": sockets.port}
    asyncio.run(_play(plan, lambda province: LoopbackWire(sockets, province), lambda _: None, facts, announce))


async def _play(
    plan: LabPlan, connect: Connect, set_carrier: Callable[[bool], None], facts: Mapping[str, object], announce: Callable[[], None]
) -> None:
    province = Province(plan.inventory, plan.credentials, plan.scenario, lab_clock(), plan.gatekeeper)
    director = Director(province, plan.scenario, set_carrier)
    all_facts = {"pid": os.getpid(), **facts, "config": str(plan.config), "scenario": plan.scenario.title}
    control = Control(socket_path(plan.folder), province, director, all_facts)
    wire = connect(province)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    await wire.start()
    director.start()
    await control.start()
    try:
        announce()
        await stopped.wait()
    finally:
        director.stop()
        await control.stop()
        await wire.stop()
