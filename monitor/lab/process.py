"""A lab from start to end: enter the namespace, open the TUN device, play until told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.lab.control import Control
from monitor.lab.director import Director
from monitor.lab.emulator import Emulator
from monitor.lab.namespace import permit_ping_sockets, unshare_network
from monitor.lab.province import Province
from monitor.lab.pump import Pump
from monitor.lab.state import prepare_folder, socket_path
from monitor.lab.tun import OWN_ADDRESS, Tun, open_tun
from monitor.model.inventory import Inventory
from monitor.model.scenario import Scenario
from monitor.model.settings import LAB_INTERFACE, Credential


def lab_clock() -> Callable[[], float]:
    """Return a clock of epoch seconds that begins right and only grows, whatever is done to the machine's."""
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset


@dataclass(frozen=True, slots=True)
class LabPlan:
    """What a lab is made of. folder: where it is found while it runs."""

    inventory: Inventory
    credentials: Mapping[str, Credential]
    scenario: Scenario
    folder: Path


def run_lab(plan: LabPlan, announce: Callable[[], None]) -> None:
    """Play the province until SIGTERM or SIGINT. announce: called once it answers. Raises SetupError."""
    prepare_folder(plan.folder)
    unshare_network()
    permit_ping_sockets()
    tun = open_tun(target.address for target in plan.inventory.targets.values())
    try:
        asyncio.run(_play(plan, tun, announce))
    finally:
        tun.close()


async def _play(plan: LabPlan, tun: Tun, announce: Callable[[], None]) -> None:
    now = lab_clock()
    scenario = plan.scenario
    province = Province(plan.inventory, plan.credentials, scenario, now)
    director = Director(province, scenario, tun.set_carrier)
    facts = {"pid": os.getpid(), "interface": LAB_INTERFACE, "own_address": OWN_ADDRESS, "scenario": scenario.title}
    control = Control(socket_path(plan.folder), province, director, facts)
    pump = Pump(tun, Emulator(province, scenario.seed), now)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    pump.start()
    director.start()
    await control.start()
    try:
        announce()
        await stopped.wait()
    finally:
        director.stop()
        await control.stop()
        pump.stop()
