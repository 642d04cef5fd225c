"""The lab where no network of its own is permitted: agents on loopback addresses and a high UDP port; the kernel answers pings.

Every 10.x.y.z of the inventory becomes 127.x.y.z. What that can't show: silence to pings, delay, loss, routers, TCP.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from monitor.errors import SetupError, reason_of
from monitor.lab.province import Province
from monitor.model.inventory import Inventory

FIRST_PORT = 10_161
_PORTS_TRIED = 20
_PRIVATE = re.compile(r"10(\.\d{1,3}\.\d{1,3}\.\d{1,3})")
_LONGEST = 65_535


def loopback_address(address: str) -> str:
    """Return the loopback address that stands for one of 10.0.0.0/8. Raises SetupError for any other."""
    if address.startswith("127."):
        return address
    match = _PRIVATE.fullmatch(address)
    if match is None:
        raise SetupError("no_loopback_address", address=address)
    return f"127{match[1]}"


def loopback_inventory(inventory: Inventory) -> Inventory:
    """Return the inventory with loopback addresses. Raises SetupError where one can't be had."""
    targets = {
        target.id: replace(target, address=loopback_address(target.address), answers_from=())
        for target in inventory.targets.values()
    }
    return replace(inventory, targets=MappingProxyType(targets))


def loopback_document(document: Any) -> Any:
    """Return a YAML document (of texts, lists and mappings) with every text that is an address of 10.0.0.0/8 rewritten.

    An empty text becomes None: so is written what had no value.
    """
    if isinstance(document, dict):
        return {key: loopback_document(value) for key, value in document.items()}
    if isinstance(document, list):
        return [loopback_document(value) for value in document]
    if isinstance(document, str):
        match = _PRIVATE.fullmatch(document)
        return f"127{match[1]}" if match else document or None
    return document


def with_agent_port(document: Any, port: int) -> dict[str, Any]:
    """Return the document of monitor.yaml with the port at which the lab's agents are."""
    settings: dict[str, Any] = dict(document or {})
    probes = dict(settings.get("probes") or {})
    probes["snmp"] = dict(probes.get("snmp") or {}) | {"port": str(port)}
    settings["probes"] = probes
    return settings


@dataclass(frozen=True, slots=True)
class Sockets:
    """A bound UDP socket of each target, all on one port."""

    port: int
    by_target: Mapping[str, socket.socket]


def bind_agents(inventory: Inventory) -> Sockets:
    """Bind every target's loopback address on the first port that is free on all. Raises SetupError where none is."""
    for port in range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED):
        bound: dict[str, socket.socket] = {}
        try:
            for target in inventory.targets.values():
                bound[target.id] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
                bound[target.id].bind((target.address, port))
        except OSError as error:
            for each in bound.values():
                each.close()
            if error.errno != errno.EADDRINUSE:
                raise SetupError("loopback_port", port=port, reason=reason_of(error)) from error
        else:
            return Sockets(port, bound)
    raise SetupError("ports_taken", first=str(FIRST_PORT), last=str(FIRST_PORT + _PORTS_TRIED - 1))


@dataclass(eq=False)
class LoopbackWire:
    """Answers SNMP on the bound sockets while a target is reached, as late as its path and its agent are slow."""

    _sockets: Sockets
    _province: Province

    async def start(self) -> None:
        """Begin to answer; call it from the running loop."""
        loop = asyncio.get_running_loop()
        for target, bound in self._sockets.by_target.items():
            loop.add_reader(bound, self._receive, target, bound)

    async def stop(self) -> None:
        loop = asyncio.get_running_loop()
        for bound in self._sockets.by_target.values():
            loop.remove_reader(bound)
            bound.close()

    def _receive(self, target: str, bound: socket.socket) -> None:
        request, sender = bound.recvfrom(_LONGEST)
        path, agent = self._province.paths[target], self._province.agent(target)
        answer = agent.answer(request, self._province.now()) if agent and path.is_whole and not self._province.is_blind else None
        if agent is not None and answer is not None:
            delay = path.delay_s[-1] + agent.ills.delay_s
            asyncio.get_running_loop().call_later(delay, self._send, bound, answer, sender)

    def _send(self, bound: socket.socket, answer: bytes, sender: tuple[str, int]) -> None:
        if bound.fileno() >= 0:
            bound.sendto(answer, sender)
