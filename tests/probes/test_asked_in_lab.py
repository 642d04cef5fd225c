"""In the lab, where every packet is seen: each prober sends to whom its specs say, and to nobody else."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections import defaultdict
from collections.abc import Iterator

from monitor.cli.probers import open_probers
from monitor.load.configuration import load
from monitor.model.probe_kinds import KINDS
from monitor.model.reading import Outcome, Reading
from monitor.model.settings import LAB_INTERFACE
from monitor.model.spec import Spec
from monitor.service.process import SystemClock
from monitor.service.specs import addresses_asked, turns
from tests.lab_fixture import SITES, StartLab

GATEKEEPER, REFERENCE, CODEC = "10.0.0.9", "192.0.2.7", "10.2.1.20"
PLACE = "{id: dc-xa-b1, name: Phòng họp xã B1, point: xa-b1,"
ASKED_BY_ALL = SITES.replace(PLACE, f'{PLACE} profile: every-kind, h323: {{alias: "0243826"}},')
OF_VERSION_3 = ASKED_BY_ALL.replace("{id: xa-b1,", "{id: xa-b1, credential: v3,")
PROFILE = "probes: {sip: true, tcp: [445, 3389], h323: true, web: {path: /}}\n"
MONITOR_YAML = f"""
credentials: {{wan: {{version: 2c, community: {{literal: lab}}}}, v3: {{version: 3, user: monitor}}}}
probes:
  icmp: {{timeout: 500ms}}
  snmp: {{timeout: 500ms, retries: 0, deadline: 5s}}
  h323: {{gatekeeper: {GATEKEEPER}}}
health: {{references: [{REFERENCE}]}}
"""
_ETH_P_ALL = 3
_OUTGOING = 4
"""PACKET_OUTGOING of packet(7)."""


class Witness:
    """Sees every packet that leaves for the lab; opened in its network."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, socket.htons(_ETH_P_ALL))
        self._socket.bind((LAB_INTERFACE, _ETH_P_ALL))

    def seen(self) -> set[str]:
        """Return the addresses that packets went to since the last time, but those of the kernel's own (multicast)."""
        found = set[str]()
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, (_, _, kind, *_) = self._socket.recvfrom(65_536)
                if kind == _OUTGOING:
                    to = packet[16:20] if packet[0] >> 4 == 4 else packet[24:40]
                    address = ipaddress.ip_address(to)
                    found |= set[str]() if address.is_multicast else {str(address)}
        return found

    def close(self) -> None:
        self._socket.close()


@contextlib.contextmanager
def witness() -> Iterator[Witness]:
    found = Witness()
    try:
        yield found
    finally:
        found.close()


async def test_every_prober_sends_to_whom_its_specs_say_and_to_nobody_else(start_lab: StartLab) -> None:
    lab = start_lab(sites=OF_VERSION_3, monitor=MONITOR_YAML, files={"profiles/every-kind.yaml": PROFILE})
    configuration = load(lab.folder)
    specs: dict[str, list[Spec]] = defaultdict(list)
    for turn in turns(configuration.inventory, configuration.settings, configuration.profiles):
        specs[turn.probe].append(turn.spec)
    assert KINDS.keys() == specs.keys(), "each kind is asked here"
    readings: list[Reading] = []
    sent: dict[str, set[str]] = {}
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(lab.network())
        watching = stack.enter_context(witness())
        probers = (await open_probers(configuration.settings, SystemClock(), stack)).by_probe
        watching.seen()
        for probe, asked in specs.items():
            await probers[probe].probe(asked, readings.append)
            sent[probe] = watching.seen()
    assert sent == {probe: {address for spec in asked for address in spec.asks} for probe, asked in specs.items()}
    assert {GATEKEEPER, REFERENCE, CODEC} <= set().union(*sent.values()) == set(addresses_asked(configuration))
    answered = {probe for probe in KINDS if any(each.probe == probe and each.outcome is Outcome.OK for each in readings)}
    assert answered >= {"icmp", "snmp", "sip", "h323", "web"}, "real servers answered; of the ports none is open"
